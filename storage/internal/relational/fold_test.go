package relational

import (
	"reflect"
	"testing"

	"schemaside/storage"
)

func TestFoldChanges(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	version := func(subject string, n, id int32) storage.Version {
		return storage.Version{Subject: subject, Version: n, SchemaID: id}
	}
	put := func(subject string, n, id int32) storage.Change {
		return storage.PutVersion{Version: version(subject, n, id)}
	}
	reference := storage.BackReference{Subject: "s", Version: 1, ReferrerContext: ".", ReferrerID: 1}
	f := func(want Fold, changes ...storage.Change) {
		t.Helper()
		if got := FoldChanges(changes); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v:\n got %+v\nwant %+v", changes, got, want)
		}
	}
	f(Fold{})
	f(Fold{NextID: 7}, storage.RaiseNextID{To: 5}, storage.RaiseNextID{To: 7}, storage.RaiseNextID{To: 6})
	f(Fold{Known: &no}, storage.SetKnown{Known: true}, storage.SetKnown{Known: false})
	f(Fold{Known: &yes, Removal: true}, storage.Removal{}, storage.SetKnown{Known: true}, storage.Removal{})
	f(Fold{Versions: []storage.Version{version("a", 1, 9), version("a", 2, 2)}}, put("a", 1, 1), put("a", 2, 2), put("a", 1, 9))
	f(Fold{DropVersions: []storage.DeleteVersion{{Subject: "a", Version: 1}}}, put("a", 1, 1), storage.DeleteVersion{Subject: "a", Version: 1})
	f(Fold{Versions: []storage.Version{version("a", 1, 2)}}, put("a", 1, 1), storage.DeleteVersion{Subject: "a", Version: 1}, put("a", 1, 2))
	f(Fold{DropSettings: []string{"a"}}, storage.PutSettings{Settings: storage.Settings{Subject: "a", Mode: "IMPORT"}},
		storage.PutSettings{Settings: storage.Settings{Subject: "a", Config: []byte{}}})
	f(Fold{Settings: []storage.Settings{{Subject: "a", Mode: "IMPORT"}}}, storage.PutSettings{Settings: storage.Settings{Subject: "a"}},
		storage.PutSettings{Settings: storage.Settings{Subject: "a", Mode: "IMPORT"}})
	f(Fold{Schemas: []storage.Schema{{ID: 1, Text: "b"}}, DropSchemas: []int32{2}},
		storage.PutSchema{Schema: storage.Schema{ID: 1, Text: "a"}}, storage.DeleteSchema{ID: 2}, storage.PutSchema{Schema: storage.Schema{ID: 1, Text: "b"}})
	f(Fold{Fingerprints: []storage.PutFingerprint{{Fingerprint: storage.Fingerprint{1}, ID: 3}}, DropFingerprints: []storage.Fingerprint{{2}}},
		storage.PutFingerprint{Fingerprint: storage.Fingerprint{1}, ID: 1}, storage.DeleteFingerprint{Fingerprint: storage.Fingerprint{2}},
		storage.PutFingerprint{Fingerprint: storage.Fingerprint{1}, ID: 3})
	f(Fold{DropBackReferences: []storage.BackReference{reference}}, storage.PutBackReference{BackReference: reference},
		storage.DeleteBackReference{BackReference: reference})
	f(Fold{BackReferences: []storage.BackReference{reference}}, storage.PutBackReference{BackReference: reference},
		storage.PutBackReference{BackReference: reference})
}
