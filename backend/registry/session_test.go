package registry

import (
	"context"
	"errors"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

// meddler is a store in which something happens right after the first reads of a subject's versions.
type meddler struct {
	storage.Store
	meddle func()
	times  int
}

func (m *meddler) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	rows, head, err := m.Store.Versions(ctx, registryCtx, subject)
	if m.times > 0 {
		m.times--
		m.meddle()
	}
	return rows, head, err
}

func commit(t *testing.T, store storage.Store, registryCtx string, changes ...storage.Change) {
	t.Helper()
	head, err := store.Head(t.Context(), registryCtx)
	if err == nil {
		_, err = store.Commit(t.Context(), registryCtx, head.Revision, changes...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func versionOne(id int32) storage.Change {
	return storage.PutVersion{Version: storage.Version{Subject: "s", Version: 1, SchemaID: id}}
}

func schemaRow(id int32, text string) storage.Change {
	return storage.PutSchema{Schema: storage.Schema{ID: id, Type: "AVRO", Text: text, Fingerprint: fingerprint(text, details{})}}
}

// A version and its schema are two reads. When the subject is made anew between them, the answer is all old or all new.
func TestAnswerComesFromOneRevision(t *testing.T) {
	t.Parallel()
	store := memory.New()
	commit(t, store, ".c", schemaRow(1, textA), versionOne(1))
	replace := func() {
		commit(t, store, ".c", storage.DeleteSchema{ID: 1}, schemaRow(2, textB), versionOne(2), storage.Removal{})
	}
	r := New(&meddler{Store: store, meddle: replace, times: 1}, Options{SplitName: resolver.SplitName})
	got, basis, err := r.Version(t.Context(), backend.Version{Target: backend.Target{Context: ".c", Subject: "s"}, Version: 1})
	if err != nil || got.ID != 2 || got.Text != textB {
		t.Fatalf("got %+v, %v", got, err)
	}
	if len(basis.Stamps) != 1 || basis.Stamps[0].Revision != 2 || !basis.Immutable {
		t.Errorf("it rests on %+v", basis)
	}
}

// A commit that takes nothing away doesn't make a reader start again, however many there are.
func TestReaderOutlivesBusyWriters(t *testing.T) {
	t.Parallel()
	store := memory.New()
	commit(t, store, ".c", schemaRow(1, textA), versionOne(1))
	r := New(&meddler{Store: store, meddle: func() { commit(t, store, ".c") }, times: 1 << 30}, Options{SplitName: resolver.SplitName})
	got, basis, err := r.Version(t.Context(), backend.Version{Target: backend.Target{Context: ".c", Subject: "s"}, Version: 1})
	if err != nil || got.Text != textA {
		t.Fatalf("got %+v, %v", got, err)
	}
	if basis.Stamps[0].Revision != 1 {
		t.Errorf("it rests on revision %d, want the one of its first read", basis.Stamps[0].Revision)
	}
}

// A failure is never an answer: not a 404, not a default.
func TestFailureIsNoAnswer(t *testing.T) {
	t.Parallel()
	store := faulty.Wrap(memory.New())
	r := New(store, Options{SplitName: resolver.SplitName})
	target := backend.Target{Context: ".", Subject: "s"}
	calls := map[string]func() error{
		"SchemaByID": func() error {
			_, _, err := r.SchemaByID(t.Context(), backend.SchemaByID{Target: target, ID: 1})
			return err
		},
		"VersionsOfID": func() error {
			_, _, err := r.VersionsOfID(t.Context(), backend.VersionsOfID{Target: target, ID: 1})
			return err
		},
		"Contexts": func() error { _, _, err := r.Contexts(t.Context(), backend.Contexts{}); return err },
		"Subjects": func() error {
			_, _, err := r.Subjects(t.Context(), backend.Subjects{Context: ".", Page: backend.Page{Limit: -1}})
			return err
		},
		"Versions": func() error { _, _, err := r.Versions(t.Context(), backend.Versions{Target: target}); return err },
		"Version": func() error {
			_, _, err := r.Version(t.Context(), backend.Version{Target: target, Version: 1})
			return err
		},
		"ReferencedBy": func() error {
			_, _, err := r.ReferencedBy(t.Context(), backend.Version{Target: target, Version: 1})
			return err
		},
		"Config": func() error { _, _, err := r.Config(t.Context(), backend.Settings{Target: target}); return err },
		"Mode":   func() error { _, _, err := r.Mode(t.Context(), backend.Settings{Target: target}); return err },
		"DeleteSubject": func() error {
			_, err := r.DeleteSubject(t.Context(), backend.DeleteSubject{Target: target})
			return err
		},
		"DeleteVersion": func() error {
			_, err := r.DeleteVersion(t.Context(), backend.DeleteVersion{Target: target, Version: 1})
			return err
		},
		"PutConfig": func() error {
			_, err := r.PutConfig(t.Context(), backend.Settings{Target: target}, wire.ConfigUpdate{})
			return err
		},
		"DeleteConfig": func() error { _, err := r.DeleteConfig(t.Context(), backend.Settings{Target: target}); return err },
		"DeleteMode":   func() error { _, err := r.DeleteMode(t.Context(), backend.Settings{Target: target}, false); return err },
		"Ping":         func() error { return r.Ping(t.Context()) },
	}
	for _, cause := range []error{storage.ErrUnavailable, storage.ErrOutcomeUnknown, errors.New("disk on fire")} {
		store.Fail(cause)
		for name, call := range calls {
			err := call()
			var e *wire.Error
			if !errors.As(err, &e) || e.Status() != 500 || !errors.Is(err, cause) {
				t.Errorf("%s with %v: %v", name, cause, err)
			}
		}
	}
}

// A conflict is decided anew; one that never ends is told as such.
func TestConflicts(t *testing.T) {
	t.Parallel()
	target := backend.Target{Context: ".c", Subject: "s"}
	update := wire.ConfigUpdate{Compatibility: wire.Patch[string]{Set: true, Value: "none"}}

	store := faulty.Wrap(memory.New())
	store.Fail(storage.ErrConflict, "Commit")
	_, err := New(store, Options{}).PutConfig(t.Context(), backend.Settings{Target: target}, update)
	if !errors.Is(err, storage.ErrConflict) || !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a conflict without end: %v", err)
	}
	if calls := store.Calls("Commit"); calls != commitAttempts {
		t.Errorf("%d commits, want %d", calls, commitAttempts)
	}
	if head, _ := store.Head(t.Context(), ".c"); head.Revision != 0 {
		t.Errorf("revision %d, want 0", head.Revision)
	}

	store.Heal()
	if _, err := New(store, Options{}).PutConfig(t.Context(), backend.Settings{Target: target}, update); err != nil {
		t.Error(err)
	}
}
