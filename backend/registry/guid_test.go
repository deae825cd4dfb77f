package registry

import (
	"testing"
	"time"

	"schemaside/backend"
)

// What is found in the caller's first context rests on that alone; for anything else, who has the guid may change unseen.
func TestWhatAGUIDRestsOn(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	own, others := r.mustRegister(t, "s", input("AVRO", textA)), r.mustRegister(t, ":.b:s", input("AVRO", textB))
	gone := r.mustRegister(t, "gone", input("AVRO", `"int"`))
	if _, err := r.DeleteSubject(t.Context(), backend.DeleteSubject{Target: r.target("gone")}); err != nil {
		t.Fatal(err)
	}
	f := func(p backend.SchemaByGUID, there, volatile, immutable, idsVolatile bool) {
		t.Helper()
		if p.Context == "" {
			p.Context = defaultContext
		}
		_, basis, err := r.SchemaByGUID(t.Context(), p)
		if (err == nil) != there || basis.Volatile != volatile || basis.Immutable != immutable || !volatile && len(basis.Stamps) != 1 {
			t.Errorf("%+v: %+v, %v", p, basis, err)
		}
		if _, basis, err = r.IDsOfGUID(t.Context(), p); err != nil || basis.Volatile != idsVolatile || basis.Immutable {
			t.Errorf("IDs of %+v: %+v, %v", p, basis, err)
		}
	}
	f(backend.SchemaByGUID{GUID: own.GUID}, true, false, true, true)
	f(backend.SchemaByGUID{GUID: own.GUID, Context: ".b"}, true, false, true, true)
	f(backend.SchemaByGUID{GUID: others.GUID}, true, true, true, true)
	f(backend.SchemaByGUID{GUID: others.GUID, Context: ".b", Bound: true}, true, false, true, false)
	f(backend.SchemaByGUID{GUID: own.GUID, Context: ".b", Bound: true}, false, false, false, false)
	f(backend.SchemaByGUID{GUID: gone.GUID}, true, false, false, true)
	f(backend.SchemaByGUID{GUID: "00000000-0000-0000-0000-000000000000"}, false, true, false, true)
	f(backend.SchemaByGUID{GUID: "none"}, false, true, false, true)
}

// An import that gives a guid to another ID changes what is shown with it, so what was kept must go.
func TestGUIDOfAnotherID(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1000)
	r := newCaller(Options{Now: func() time.Time { return now }})
	r.mode(t, "", modeImport)
	f := func(subject string, id int32, timestamp int64, removal bool) {
		t.Helper()
		now = now.Add(time.Second)
		in := input("AVRO", textA)
		in.ID = id
		out := r.mustRegister(t, subject, in)
		head, err := r.store.Head(t.Context(), defaultContext)
		if err != nil || (head.Removal == head.Revision) != removal {
			t.Errorf("%s with ID %d: %+v, %v", subject, id, head, err)
		}
		got, _, err := r.SchemaByGUID(t.Context(), backend.SchemaByGUID{GUID: out.GUID})
		if err != nil || got.Timestamp != timestamp {
			t.Errorf("%s with ID %d: shown %d, %v, want %d", subject, id, got.Timestamp, err, timestamp)
		}
	}
	f("a", 7, 2000, false)
	f("b", 7, 2000, false)
	f("c", 9, 4000, true)
	f("d", 9, 4000, false)
	f("e", 7, 2000, true)
}
