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
		{"names may be as long as CheckNames allows", longestNames},
		{"a name that can't be kept is refused and reads as nothing", impossibleNames},
	}
}

// names differ in what a careless comparison takes for the same.
func names() []string {
	long := strings.Repeat("0123456789", 20)
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

// longestNames uses names in the longest keys, in each of which only the last byte tells one from another.
func longestNames(e *env) {
	fill := func(prefix string, length int) string { return prefix + strings.Repeat("x", length-len(prefix)) }
	a, b := fill(e.context(), storage.MaxContext-1)+"a", fill(e.context(), storage.MaxContext-1)+"b"
	first, second := fill("", storage.MaxSubject-1)+"a", fill("", storage.MaxSubject-1)+"b"
	reference := storage.BackReference{Subject: first, Version: 1, ReferrerContext: b, ReferrerID: 1}
	e.commit(a, version(first, 1, 1), version(second, 1, 2), mode(first, "READONLY"), mode(second, "IMPORT"),
		storage.PutBackReference{BackReference: reference}, storage.SetKnown{Known: true})
	e.commit(b, version(first, 1, 3))
	equalRows(e, "Subjects", e.subjectNames(a)(storage.Scan{}), first, second)
	equalRows(e, "Versions", e.versions(a, first), version(first, 1, 1).Version)
	equalRows(e, "VersionsOfID", e.versionsOfID(a, 2), version(second, 1, 2).Version)
	equalRows(e, "Versions in the other context", e.versions(b, first), version(first, 1, 3).Version)
	equal(e, "Settings", e.settings(a, second).Mode, "IMPORT")
	equalRows(e, "BackReferences", e.backReferences(a, first), reference)
	equal(e, "listed", slices.Contains(e.contexts(), a), true)
	equalRows(e, "Subjects after a name", e.subjectNames(a)(storage.Scan{After: first, Prefix: first[:len(first)-1]}), second)
	found := e.contextsOfSubject(first)
	equal(e, "ContextsOfSubject names both", slices.Contains(found, a) && slices.Contains(found, b), true)
}

func impossibleNames(e *env) {
	c := e.context()
	e.commit(c, everything(e.fingerprint())...)
	want := e.content(c)
	for _, name := range []string{strings.Repeat("x", storage.MaxSubject+1), "orders\x00", "\x00", "orders\xff", "orders\x00\x80\x00\x00\x01"} {
		what := fmt.Sprintf(" of %.20q", name)
		for _, change := range []storage.Change{version(name, 1, 1), mode(name, "IMPORT"), storage.DeleteVersion{Subject: name, Version: 1}} {
			_, err := e.store.Commit(e.Context(), c, want.Head.Revision, schema(1, "another"), storage.RaiseNextID{To: 9}, change)
			e.fails("Commit"+what, err, storage.ErrName)
		}
		equalRows(e, "Versions"+what, e.versions(c, name))
		equalRows(e, "BackReferences"+what, e.backReferences(c, name))
		equal(e, "Settings"+what, e.settings(c, name), storage.Settings{Subject: name})
		equalRows(e, "ContextsOfSubject"+what, e.contextsOfSubject(name))
		equalRows(e, "Subjects below"+what, e.subjects(c, storage.Scan{Prefix: name}))
	}
	for _, name := range []string{"." + strings.Repeat("x", storage.MaxContext), c + "\x00", c + "\xff", ""} {
		what := fmt.Sprintf(" of %.20q", name)
		_, err := e.store.Commit(e.Context(), name, 0, everything(e.fingerprint())...)
		e.fails("Commit to a context"+what, err, storage.ErrName)
		equal(e, "content of a context"+what, e.content(name), content{Head: storage.Head{Epoch: want.Head.Epoch, NextID: 1}})
		_, err = e.store.Commit(e.Context(), c, want.Head.Revision, storage.PutBackReference{BackReference: storage.BackReference{Subject: "orders", ReferrerContext: name}})
		e.fails("Commit of a back-reference"+what, err, storage.ErrName)
	}
	equal(e, "content", e.content(c), want)
}
