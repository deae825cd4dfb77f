package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"schemaside/storage"
)

func nameCases() []testCase {
	return []testCase{
		{"names compare bytewise", namesBytewise},
		{"names of contexts compare bytewise", contextNamesBytewise},
		{"names of referring contexts compare bytewise", referrerNamesBytewise},
	}
}

// names differ in what a careless comparison takes for the same.
func names() []string {
	long := strings.Repeat("0123456789", 50)
	return []string{
		"", "Orders", "orders", "orders ", " orders", "orders\t", "ORDERS", "ß", "ss", "SS", "é", "e\u0301", "🚀", "🚁", "a/b", "a%2Fb", "a:b", ":.a:b",
		`"quoted"`, `'quoted'`, "`quoted`", `back\slash`, "100%", "under_score", "..", ".", "\u200b", long, long + "x", "ı", "i", "I", "K", "\u212a",
	}
}

func namesBytewise(e *env) {
	c := e.context()
	var changes []storage.Change
	for i, name := range names() {
		n := int32(i + 1)
		changes = append(changes, version(name, n, n), mode(name, fmt.Sprint("MODE", n)),
			storage.PutBackReference{BackReference: storage.BackReference{Subject: name, Version: n, ReferrerContext: ".", ReferrerID: n}})
	}
	e.commit(c, changes...)
	for i, name := range names() {
		n := int32(i + 1)
		what := fmt.Sprintf(" of %q", name)
		equalRows(e, "Versions"+what, e.versions(c, name), version(name, n, n).Version)
		equalRows(e, "VersionsOfID"+what, e.versionsOfID(c, n), version(name, n, n).Version)
		equal(e, "Settings"+what, e.settings(c, name), mode(name, fmt.Sprint("MODE", n)).Settings)
		equalRows(e, "BackReferences"+what, e.backReferences(c, name), storage.BackReference{Subject: name, Version: n, ReferrerContext: ".", ReferrerID: n})
		equal(e, "ContextsOfSubject names the context"+what, slices.Contains(e.contextsOfSubject(name), c), true)
	}
	want := names()
	slices.Sort(want)
	equalRows(e, "Subjects", e.subjectNames(c)(storage.Scan{}), want...)

	e.commit(c, storage.DeleteVersion{Subject: "orders", Version: 3}, mode("orders", ""))
	equalRows(e, "Versions of a name that stays", e.versions(c, "orders "), version("orders ", 4, 4).Version)
	equal(e, "Settings of a name that stays", e.settings(c, "Orders").Mode, "MODE2")
}

func contextNamesBytewise(e *env) {
	prefix := e.context()
	for i, name := range names() {
		equal(e, fmt.Sprintf("revision of %q", prefix+name), e.head(prefix+name).Revision, storage.Revision(0))
		e.commit(prefix+name, version("orders", 1, int32(i+1)))
	}
	for i, name := range names() {
		equalRows(e, fmt.Sprintf("Versions in %q", prefix+name), e.versions(prefix+name, "orders"), version("orders", 1, int32(i+1)).Version)
	}
}

func referrerNamesBytewise(e *env) {
	c := e.context()
	var want []storage.BackReference
	for _, name := range names() {
		want = append(want, storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: "." + name, ReferrerID: 1})
	}
	for _, row := range want {
		e.commit(c, storage.PutBackReference{BackReference: row})
	}
	slices.SortFunc(want, func(a, b storage.BackReference) int { return strings.Compare(a.ReferrerContext, b.ReferrerContext) })
	equalRows(e, "BackReferences", e.backReferences(c, "orders"), want...)
}
