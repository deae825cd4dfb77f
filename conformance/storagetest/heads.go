package storagetest

import (
	"errors"
	"slices"
	"strings"

	"schemaside/storage"
)

func headCases() []testCase {
	return []testCase{
		{"the head of a context without a commit", headOfNothing},
		{"the epoch is one for all contexts", epochOfContexts},
		{"the epoch is another for another store", epochOfStores},
		{"the revision grows by one with each commit", revisionGrows},
		{"heads come in the order asked", headsInOrder},
	}
}

func headOfNothing(e *env) {
	s := e.fresh()
	head, err := s.Head(e.Context(), e.context())
	e.ok("Head", err)
	equal(e, "head", head, storage.Head{Epoch: head.Epoch, NextID: 1})
}

func epochOfContexts(e *env) {
	untouched, touched := e.context(), e.context()
	before := e.head(touched).Epoch
	after := e.commit(touched).Epoch
	equal(e, "epoch after a commit", after, before)
	equal(e, "epoch of another context", e.head(untouched).Epoch, before)
}

func epochOfStores(e *env) {
	other, err := e.fresh().Head(e.Context(), ".")
	e.ok("Head", err)
	if ours := e.head("."); ours.Epoch == other.Epoch {
		e.Errorf("two stores have the epoch %d", ours.Epoch)
	}
}

func revisionGrows(e *env) {
	c := e.context()
	for want := storage.Revision(1); want <= 5; want++ {
		equal(e, "revision returned", e.commit(c, schema(int32(want), "x")).Revision, want)
		equal(e, "revision read", e.head(c).Revision, want)
	}
}

func headsInOrder(e *env) {
	a, b, untouched := e.context(), e.context(), e.context()
	e.commit(a)
	e.commit(b, storage.RaiseNextID{To: 9})
	e.commit(b, storage.Removal{})
	heads, err := e.store.Heads(e.Context(), []string{b, untouched, a, b})
	e.ok("Heads", err)
	equalRows(e, "heads", heads, e.head(b), e.head(untouched), e.head(a), e.head(b))

	none, err := e.store.Heads(e.Context(), nil)
	e.ok("Heads of nothing", err)
	equalRows(e, "heads of nothing", none)
}

func contextCases() []testCase {
	return []testCase{
		{"the default context is always listed", defaultListed},
		{"contexts are listed when known, in bytewise order", knownListed},
		{"a context that is no longer known keeps its head", unknownKeepsHead},
		{"a commit alone doesn't list a context", commitDoesNotList},
		{"contexts are apart", contextsApart},
		{"reading creates nothing", readingCreatesNothing},
	}
}

func defaultListed(e *env) {
	s := e.fresh()
	names, err := s.ListContexts(e.Context())
	e.ok("ListContexts", err)
	equalRows(e, "contexts of an empty store", names, ".")
	for i, known := range []bool{true, false} {
		_, err = s.Commit(e.Context(), ".", storage.Revision(i), storage.SetKnown{Known: known})
		e.ok("Commit", err)
		names, err = s.ListContexts(e.Context())
		e.ok("ListContexts", err)
		equalRows(e, "contexts", names, ".")
	}
}

func knownListed(e *env) {
	prefix := e.context()
	want := []string{prefix, prefix + " ", prefix + "A", prefix + "a", prefix + "a.b", prefix + "ä"}
	for _, i := range []int{3, 0, 5, 1, 4, 2} {
		head := e.commit(want[i], storage.SetKnown{Known: true})
		equal(e, "Known", head.Known, true)
	}
	listed := e.contexts()
	if !slices.IsSorted(listed) {
		e.Errorf("contexts are not in order: %q", listed)
	}
	ours := slices.DeleteFunc(listed, func(name string) bool { return !strings.HasPrefix(name, prefix) })
	equalRows(e, "contexts", ours, want...)
}

func unknownKeepsHead(e *env) {
	c := e.context()
	e.commit(c, storage.SetKnown{Known: true}, storage.RaiseNextID{To: 5})
	head := e.commit(c, storage.SetKnown{Known: false})
	equal(e, "head", e.head(c), storage.Head{Epoch: head.Epoch, Revision: 2, NextID: 5})
	equal(e, "listed", slices.Contains(e.contexts(), c), false)
	e.commit(c, storage.SetKnown{Known: true})
	equal(e, "listed again", slices.Contains(e.contexts(), c), true)
}

func commitDoesNotList(e *env) {
	c := e.context()
	e.commit(c, version("orders", 1, 1))
	equal(e, "listed", slices.Contains(e.contexts(), c), false)
	equal(e, "Known", e.head(c).Known, false)
}

func contextsApart(e *env) {
	a, b, empty := e.context(), e.context(), e.context()
	fingerprint := e.fingerprint()
	e.commit(a, everything(fingerprint)...)
	before := e.content(a)
	e.commit(b, schema(1, "b"), version("orders", 1, 2), version("orders", 2, 1), mode("orders", "READWRITE"), mode("", "READWRITE"))
	e.commit(b, storage.DeleteVersion{Subject: "orders", Version: 1}, storage.DeleteBackReference{
		BackReference: storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 7},
	}, storage.DeleteFingerprint{Fingerprint: fingerprint}, storage.RaiseNextID{To: 100}, storage.Removal{})
	equal(e, "the one context after commits to the other", e.content(a), before)
	equal(e, "schema in the other context", e.schema(b, 1).Text, "b")
	equalRows(e, "versions in the other context", e.versions(b, "orders"), version("orders", 2, 1).Version)
	equalRows(e, "versions of an ID in the other context", e.versionsOfID(b, 1), version("orders", 2, 1).Version)
	equalRows(e, "back-references in the other context", e.backReferences(b, "orders"))
	_, _, err := e.store.SchemaByFingerprint(e.Context(), b, fingerprint)
	e.fails("the fingerprint in the other context", err, storage.ErrNotFound)
	head := e.head(empty)
	equal(e, "a third context", e.content(empty), content{Head: storage.Head{Epoch: head.Epoch, NextID: 1}})
}

func readingCreatesNothing(e *env) {
	c := e.context()
	for _, r := range readers(e.store, c, e.fingerprint()) {
		_, err := r.read(e.Context())
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			e.Errorf("%s: %v", r.method, err)
		}
	}
	equalRows(e, "contexts of a subject that was read", e.contextsOfSubject(e.unique("")))
	head := e.head(c)
	equal(e, "head after reading", head, storage.Head{Epoch: head.Epoch, NextID: 1})
	equal(e, "listed", slices.Contains(e.contexts(), c), false)
	_, err := e.store.Commit(e.Context(), c, 0, storage.SetKnown{Known: true})
	e.ok("first commit after reading", err)
}

func readCases() []testCase {
	return []testCase{
		{"a read returns the head that it was read under", readsReturnHead},
		{"not found comes with the head", notFoundReturnsHead},
		{"where nothing is, lists are empty", nothingIsEmpty},
	}
}

func readsReturnHead(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	e.commit(c, everything(fingerprint)...)
	for range 2 {
		want := e.commit(c, storage.Removal{}, storage.RaiseNextID{To: e.head(c).NextID + 3})
		for _, r := range readers(e.store, c, fingerprint) {
			head, err := r.read(e.Context())
			e.ok(r.method, err)
			equal(e, r.method+"'s head", head, want)
		}
	}
}

func notFoundReturnsHead(e *env) {
	c := e.context()
	unwritten := e.head(c)
	check := func(what string, want storage.Head) {
		e.Helper()
		_, head, err := e.store.Schema(e.Context(), c, 99)
		e.fails("Schema of "+what, err, storage.ErrNotFound)
		equal(e, "Schema's head of "+what, head, want)
		_, head, err = e.store.SchemaByFingerprint(e.Context(), c, e.fingerprint())
		e.fails("SchemaByFingerprint of "+what, err, storage.ErrNotFound)
		equal(e, "SchemaByFingerprint's head of "+what, head, want)
	}
	check("a context without a commit", unwritten)
	head := e.commit(c, everything(e.fingerprint())...)
	check("a context with rows", head)
	check("a context that moved on", e.commit(c, storage.Removal{}))
}

func nothingIsEmpty(e *env) {
	c, other := e.context(), e.context()
	e.commit(other, everything(e.fingerprint())...)
	for _, c := range []string{c, other} {
		equalRows(e, "Versions", e.versions(c, "nothing"))
		equalRows(e, "VersionsOfID", e.versionsOfID(c, 99))
		equalRows(e, "Subjects", e.subjects(c, storage.Scan{Prefix: "nothing"}))
		equalRows(e, "BackReferences", e.backReferences(c, "nothing"))
		equal(e, "Settings", e.settings(c, "nothing"), storage.Settings{Subject: "nothing"})
		equalRows(e, "ScanSettings", e.scanSettings(c, storage.Scan{Prefix: "nothing"}))
	}
	equalRows(e, "ContextsOfSubject", e.contextsOfSubject(e.unique("")))
	equalRows(e, "ContextsOfFingerprint", e.contextsOfFingerprint(e.fingerprint()))
}
