package storagetest

import (
	"fmt"
	"math"
	"strings"

	"schemaside/storage"
)

func schemaCases() []testCase {
	return []testCase{
		{"a schema reads as it was put", schemaAsPut},
		{"a schema text may have 5 MB", schemaOf5MB},
		{"a schema is found by the fingerprint that was put for it", schemaByFingerprint},
		{"the last PutFingerprint wins", lastFingerprintWins},
		{"a fingerprint whose schema is gone finds nothing", fingerprintOfNothing},
	}
}

func schemaAsPut(e *env) {
	c := e.context()
	put := []storage.Schema{
		{ID: 1, Fingerprint: e.fingerprint(), Type: "AVRO", Text: `"string"`},
		{ID: 2, Fingerprint: e.fingerprint(), Type: "JSON", Text: "{\n\t\"a\": \"\\u0000 ß 🚀 '; -- \\\" %s ?\"\r\n}", Details: []byte{0, 1, 0xff, '\n', 0}},
		{ID: 3, Type: "PROTOBUF", Text: ""},
		{ID: math.MaxInt32, Fingerprint: e.fingerprint(), Type: "AVRO", Text: " padded ", Details: []byte(" ")},
	}
	for _, s := range put {
		e.commit(c, storage.PutSchema{Schema: s}, storage.PutFingerprint{Fingerprint: s.Fingerprint, ID: s.ID})
	}
	for _, want := range put {
		equal(e, "Schema", e.schema(c, want.ID), want)
		got, _, err := e.store.SchemaByFingerprint(e.Context(), c, want.Fingerprint)
		e.ok("SchemaByFingerprint", err)
		equal(e, "SchemaByFingerprint", got, want)
	}
}

func schemaOf5MB(e *env) {
	c := e.context()
	text := strings.Repeat("0123456789abcdeß", 5_000_000/17) + e.run
	e.commit(c, schema(1, text))
	if got := e.schema(c, 1).Text; got != text {
		e.Errorf("a text of %d bytes reads as another one of %d bytes", len(text), len(got))
	}
}

func schemaByFingerprint(e *env) {
	c, a, b := e.context(), e.fingerprint(), e.fingerprint()
	e.commit(c, storage.PutSchema{Schema: storage.Schema{ID: 1, Fingerprint: a, Type: "AVRO", Text: "x"}})
	_, _, err := e.store.SchemaByFingerprint(e.Context(), c, a)
	e.fails("a schema without PutFingerprint", err, storage.ErrNotFound)

	// What is found is what was put, whatever the row says.
	e.commit(c, storage.PutFingerprint{Fingerprint: b, ID: 1})
	got, _, err := e.store.SchemaByFingerprint(e.Context(), c, b)
	e.ok("SchemaByFingerprint", err)
	equal(e, "SchemaByFingerprint", got, e.schema(c, 1))
}

func lastFingerprintWins(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	e.commit(c, schema(1, "one"), schema(2, "two"), schema(3, "three"))
	check := func(want string) {
		e.Helper()
		got, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
		e.ok("SchemaByFingerprint", err)
		equal(e, "text", got.Text, want)
	}
	put := func(id int32) storage.Change { return storage.PutFingerprint{Fingerprint: fingerprint, ID: id} }
	e.commit(c, put(3))
	check("three")
	e.commit(c, put(1))
	check("one")
	e.commit(c, put(3), put(1), put(2))
	check("two")
}

func fingerprintOfNothing(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	e.commit(c, schema(1, "x"), storage.PutFingerprint{Fingerprint: fingerprint, ID: 1})
	head := e.commit(c, storage.DeleteSchema{ID: 1})
	_, got, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.fails("SchemaByFingerprint", err, storage.ErrNotFound)
	equal(e, "head", got, head)
}

func versionCases() []testCase {
	return []testCase{
		{"versions are ascending, soft-deleted ones included", versionsAscending},
		{"a version reads as it was put", versionAsPut},
		{"versions of an ID are ordered by creation, subject, version", versionsOfIDInOrder},
		{"a schema comes together with its versions", schemaWithVersions},
		{"versions of an ID follow the version", versionsOfIDFollow},
	}
}

func versionsAscending(e *env) {
	c := e.context()
	var want []storage.Version
	for _, n := range []int32{1, 2, 9, 10, 11, 99, 100, 200, 1000} {
		row := version("orders", n, 1000-n).Version
		row.Deleted = n%2 == 0
		want = append(want, row)
	}
	for i := range want {
		e.commit(c, storage.PutVersion{Version: want[(i*4+3)%len(want)]})
	}
	e.commit(c, version("orders-value", 5, 5), version("order", 6, 5))
	equalRows(e, "Versions", e.versions(c, "orders"), want...)
}

func versionAsPut(e *env) {
	c := e.context()
	put := []storage.Version{
		{Subject: "a", Version: 1, SchemaID: 1, Timestamp: 1700000000123, Created: 1, Written: 1},
		{Subject: "b", Version: math.MaxInt32, SchemaID: math.MaxInt32, Deleted: true, Timestamp: math.MaxInt64, Created: math.MaxInt64 - 1, Written: math.MaxInt64},
		{Subject: "c", Version: 3, SchemaID: 4},
	}
	for _, row := range put {
		e.commit(c, storage.PutVersion{Version: row})
	}
	for _, row := range put {
		equalRows(e, "Versions", e.versions(c, row.Subject), row)
		equalRows(e, "VersionsOfID", e.versionsOfID(c, row.SchemaID), row)
	}
}

func versionsOfIDInOrder(e *env) {
	c := e.context()
	row := func(created storage.Revision, subject string, number int32, deleted bool) storage.Version {
		return storage.Version{Subject: subject, Version: number, SchemaID: 5, Deleted: deleted, Created: created, Written: 99}
	}
	want := []storage.Version{
		row(2, "z", 3, true), row(9, "B", 1, false), row(9, "a", 2, false), row(9, "a", 10, true), row(9, "ä", 1, false), row(10, "A", 1, false),
	}
	for i := range want {
		e.commit(c, storage.PutVersion{Version: want[(i*5+2)%len(want)]}, version("other", int32(i+1), 6))
	}
	equalRows(e, "VersionsOfID", e.versionsOfID(c, 5), want...)
}

func schemaWithVersions(e *env) {
	c := e.context()
	held := []storage.Version{version("a", 1, 5).Version, version("b", 1, 5).Version}
	e.commit(c, schema(5, "five"), schema(6, "six"), version("a", 1, 5), version("b", 1, 5), version("a", 2, 7))
	row, rows := e.schemaAndVersions(c, 5)
	equalRows(e, "the schema", []storage.Schema{row}, schema(5, "five").Schema)
	equalRows(e, "its versions", rows, held...)
	row, rows = e.schemaAndVersions(c, 6)
	equalRows(e, "a schema that no version carries", []storage.Schema{row}, schema(6, "six").Schema)
	equalRows(e, "its versions", rows)
	_, rows, _, err := e.store.SchemaAndVersions(e.Context(), c, 7)
	e.fails("a version without a schema", err, storage.ErrNotFound)
	equalRows(e, "its versions", rows)
}

func versionsOfIDFollow(e *env) {
	c := e.context()
	e.commit(c, version("orders", 1, 1), version("orders", 2, 1), version("bills", 1, 1))
	moved := storage.Version{Subject: "orders", Version: 1, SchemaID: 2, Created: 7, Written: 8}
	e.commit(c, storage.PutVersion{Version: moved})
	equalRows(e, "the old ID", e.versionsOfID(c, 1), version("bills", 1, 1).Version, version("orders", 2, 1).Version)
	equalRows(e, "the new ID", e.versionsOfID(c, 2), moved)
	moved.Created = 9
	e.commit(c, storage.PutVersion{Version: moved}, storage.DeleteVersion{Subject: "bills", Version: 1})
	equalRows(e, "the new ID after another change", e.versionsOfID(c, 2), moved)
	equalRows(e, "the old ID after a removal", e.versionsOfID(c, 1), version("orders", 2, 1).Version)
}

func subjectCases() []testCase {
	return []testCase{
		{"subjects are listed in bytewise order and tell whether they live", subjectsInOrder},
		{"a subject is listed as long as it has a version", subjectsComeAndGo},
		{"a scan of subjects obeys prefix, after and limit", subjectScans},
		{"a scan of subjects is continued over many pages", subjectPages},
	}
}

func subjectsInOrder(e *env) {
	c := e.context()
	deleted := version("bills", 1, 1).Version
	deleted.Deleted = true
	half := version("a", 1, 1).Version
	half.Deleted = true
	e.commit(c, version("ä", 1, 1), version("a-b", 1, 1), storage.PutVersion{Version: deleted}, version("Z", 1, 1))
	e.commit(c, storage.PutVersion{Version: half}, version("a", 2, 1), version("a.b", 1, 1), version("aB", 1, 1))
	equalRows(e, "Subjects", e.subjects(c, storage.Scan{}), storage.Subject{Name: "Z", Live: true}, storage.Subject{Name: "a", Live: true},
		storage.Subject{Name: "a-b", Live: true}, storage.Subject{Name: "a.b", Live: true}, storage.Subject{Name: "aB", Live: true},
		storage.Subject{Name: "bills"}, storage.Subject{Name: "ä", Live: true})
}

func subjectsComeAndGo(e *env) {
	c := e.context()
	e.commit(c, version("orders", 1, 1), version("orders", 2, 1), mode("settings-only", "READONLY"),
		storage.PutBackReference{BackReference: storage.BackReference{Subject: "referred-only", Version: 1, ReferrerContext: ".", ReferrerID: 1}})
	soft := version("orders", 2, 1).Version
	soft.Deleted = true
	steps := []struct {
		change storage.Change
		want   []storage.Subject
	}{
		{storage.DeleteVersion{Subject: "orders", Version: 1}, []storage.Subject{{Name: "orders", Live: true}}},
		{storage.PutVersion{Version: soft}, []storage.Subject{{Name: "orders"}}},
		{version("orders", 2, 1), []storage.Subject{{Name: "orders", Live: true}}},
		{storage.DeleteVersion{Subject: "orders", Version: 2}, nil},
		{version("orders", 3, 1), []storage.Subject{{Name: "orders", Live: true}}},
	}
	for i, step := range steps {
		e.commit(c, step.change)
		equalRows(e, fmt.Sprintf("subjects after step %d", i+1), e.subjects(c, storage.Scan{}), step.want...)
	}
}

func (e *env) subjectNames(registryCtx string) lister {
	return func(scan storage.Scan) []string {
		e.Helper()
		var names []string
		for _, row := range e.subjects(registryCtx, scan) {
			names = append(names, row.Name)
		}
		return names
	}
}

func subjectScans(e *env) {
	c, names := e.context(), scanNames()
	var changes []storage.Change
	for i, name := range names {
		changes = append(changes, version(name, int32(i+1), 1), version(name, int32(i+2), 1))
	}
	e.commit(c, changes...)
	e.scans("subjects", names, e.subjectNames(c))
}

func subjectPages(e *env) {
	c, names := e.context(), manyNames()
	var changes []storage.Change
	for _, name := range names {
		changes = append(changes, version(name, 1, 1))
	}
	e.commit(c, changes...)
	e.pages("subjects", names, e.subjectNames(c))
}

func backReferenceCases() []testCase {
	return []testCase{
		{"back-references are ordered by version, context, ID", backReferencesInOrder},
		{"a back-reference is added once and removed", backReferencesOnce},
	}
}

func backReferencesInOrder(e *env) {
	c := e.context()
	row := func(number int32, referrer string, id int32) storage.BackReference {
		return storage.BackReference{Subject: "orders", Version: number, ReferrerContext: referrer, ReferrerID: id}
	}
	want := []storage.BackReference{
		row(2, ".", 3), row(2, ".B", 1), row(2, ".a", 9), row(2, ".a", 10), row(10, ".", 1), row(10, ".ä", math.MaxInt32),
	}
	for i := range want {
		e.commit(c, storage.PutBackReference{BackReference: want[(i*5+2)%len(want)]})
	}
	e.commit(c, storage.PutBackReference{BackReference: storage.BackReference{Subject: "orders2", Version: 1, ReferrerContext: ".", ReferrerID: 1}})
	equalRows(e, "BackReferences", e.backReferences(c, "orders"), want...)
}

func backReferencesOnce(e *env) {
	c := e.context()
	a := storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 1}
	b := storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 2}
	e.commit(c, storage.PutBackReference{BackReference: a}, storage.PutBackReference{BackReference: a})
	e.commit(c, storage.PutBackReference{BackReference: b}, storage.PutBackReference{BackReference: a})
	equalRows(e, "BackReferences", e.backReferences(c, "orders"), a, b)
	e.commit(c, storage.DeleteBackReference{BackReference: a})
	equalRows(e, "BackReferences after a removal", e.backReferences(c, "orders"), b)
	e.commit(c, storage.DeleteBackReference{BackReference: a})
	equalRows(e, "BackReferences after a second removal", e.backReferences(c, "orders"), b)
}
