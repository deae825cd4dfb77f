package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"schemaside/storage"
)

func changeCases() []testCase {
	return []testCase{
		{"PutSchema writes over what was there", putSchemaOver},
		{"PutVersion writes over what was there", putVersionOver},
		{"each kind of row is removed", rowsRemoved},
		{"removing what is absent changes nothing", absentRemoved},
		{"RaiseNextID never shrinks", nextIDNeverShrinks},
		{"SetKnown sets Known", knownSet},
		{"Removal moves the removal revision to its commit", removalMoves},
	}
}

func putSchemaOver(e *env) {
	c := e.context()
	e.commit(c, storage.PutSchema{Schema: storage.Schema{ID: 1, Fingerprint: e.fingerprint(), Type: "AVRO", Text: "long text", Details: []byte("d")}})
	want := storage.Schema{ID: 1, Fingerprint: e.fingerprint(), Type: "JSON", Text: "{}"}
	e.commit(c, storage.PutSchema{Schema: want})
	equal(e, "Schema", e.schema(c, 1), want)
}

func putVersionOver(e *env) {
	c := e.context()
	e.commit(c, storage.PutVersion{Version: storage.Version{Subject: "orders", Version: 1, SchemaID: 1, Timestamp: 5, Created: 1, Written: 1}})
	want := storage.Version{Subject: "orders", Version: 1, SchemaID: 2, Deleted: true, Timestamp: 6, Created: 3, Written: 4}
	e.commit(c, storage.PutVersion{Version: want})
	equalRows(e, "Versions", e.versions(c, "orders"), want)
	want.Deleted = false
	e.commit(c, storage.PutVersion{Version: want})
	equalRows(e, "Versions after another change", e.versions(c, "orders"), want)
}

// removals remove all that everything puts.
func removals(fingerprint storage.Fingerprint) []storage.Change {
	return []storage.Change{
		storage.DeleteSchema{ID: 1},
		storage.DeleteFingerprint{Fingerprint: fingerprint},
		storage.DeleteVersion{Subject: "orders", Version: 1},
		storage.DeleteBackReference{BackReference: storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 7}},
		storage.PutSettings{Settings: storage.Settings{Subject: "orders"}},
		storage.PutSettings{},
	}
}

func rowsRemoved(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	e.commit(c, everything(fingerprint)...)
	e.commit(c, removals(fingerprint)...)
	head := e.head(c)
	equal(e, "content", e.content(c), content{Head: storage.Head{Epoch: head.Epoch, Revision: 2, NextID: 2, Known: true}})
	equalRows(e, "BackReferences", e.backReferences(c, "orders"))
	equalRows(e, "VersionsOfID", e.versionsOfID(c, 1))
	// The schema comes back, but not what pointed at it.
	e.commit(c, schema(1, "x"))
	_, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.fails("SchemaByFingerprint", err, storage.ErrNotFound)
}

func absentRemoved(e *env) {
	c, empty, fingerprint := e.context(), e.context(), e.fingerprint()
	e.commit(c, everything(fingerprint)...)
	want := e.content(c)
	want.Head.Revision++
	e.commit(c, storage.DeleteSchema{ID: 2}, storage.DeleteFingerprint{Fingerprint: e.fingerprint()},
		storage.DeleteVersion{Subject: "orders", Version: 2}, storage.DeleteVersion{Subject: "bills", Version: 1},
		storage.DeleteBackReference{BackReference: storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 8}},
		storage.PutSettings{Settings: storage.Settings{Subject: "bills"}})
	equal(e, "content", e.content(c), want)
	_, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.ok("SchemaByFingerprint", err)

	head := e.commit(empty, removals(fingerprint)...)
	equal(e, "content of an empty context", e.content(empty), content{Head: storage.Head{Epoch: head.Epoch, Revision: 1, NextID: 1}})
}

func nextIDNeverShrinks(e *env) {
	c := e.context()
	f := func(want int32, to ...int32) {
		e.Helper()
		var changes []storage.Change
		for _, id := range to {
			changes = append(changes, storage.RaiseNextID{To: id})
		}
		equal(e, fmt.Sprintf("NextID returned after raises to %d", to), e.commit(c, changes...).NextID, want)
		equal(e, fmt.Sprintf("NextID read after raises to %d", to), e.head(c).NextID, want)
	}
	f(1)
	f(1, 0)
	f(5, 5)
	f(5, 4)
	f(5)
	f(12, 10, 12, 11)
	f(12, -1)
	f(1<<31-1, 1<<31-1)
}

func knownSet(e *env) {
	c := e.context()
	f := func(want bool, known ...bool) {
		e.Helper()
		var changes []storage.Change
		for _, k := range known {
			changes = append(changes, storage.SetKnown{Known: k})
		}
		equal(e, fmt.Sprintf("Known returned after %t", known), e.commit(c, changes...).Known, want)
		equal(e, fmt.Sprintf("Known read after %t", known), e.head(c).Known, want)
	}
	f(false)
	f(true, true)
	f(true)
	f(false, false)
	f(true, false, true)
	f(false, true, false)
}

func removalMoves(e *env) {
	c := e.context()
	f := func(want storage.Revision, changes ...storage.Change) {
		e.Helper()
		equal(e, "Removal returned", e.commit(c, changes...).Removal, want)
		equal(e, "Removal read", e.head(c).Removal, want)
	}
	f(0, version("orders", 1, 1))
	f(2, storage.Removal{}, version("orders", 2, 1))
	f(2, storage.DeleteVersion{Subject: "orders", Version: 1})
	f(2)
	f(5, storage.DeleteVersion{Subject: "orders", Version: 2}, storage.Removal{}, storage.Removal{})
}

func commitCases() []testCase {
	return []testCase{
		{"a commit applies its changes in order", changesInOrder},
		{"a commit of many changes", manyChanges},
		{"a commit returns the new head", commitReturnsHead},
		{"an empty commit is a commit like any other", emptyCommit},
		{"a commit on another revision is a conflict and changes nothing", conflictChangesNothing},
		{"a conflict in a new context creates nothing", conflictCreatesNothing},
	}
}

func changesInOrder(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	reference := storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 1}
	e.commit(c,
		schema(1, "first"), schema(1, "second"), storage.DeleteSchema{ID: 2}, schema(2, "kept"), schema(3, "gone"), storage.DeleteSchema{ID: 3},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: 1}, storage.DeleteFingerprint{Fingerprint: fingerprint}, storage.PutFingerprint{Fingerprint: fingerprint, ID: 2},
		version("orders", 1, 1), version("orders", 1, 2), storage.DeleteVersion{Subject: "orders", Version: 2}, version("orders", 2, 1),
		version("orders", 3, 1), storage.DeleteVersion{Subject: "orders", Version: 3},
		version("gone", 1, 1), storage.DeleteVersion{Subject: "gone", Version: 1},
		storage.PutBackReference{BackReference: reference}, storage.DeleteBackReference{BackReference: reference}, storage.PutBackReference{BackReference: reference},
		mode("orders", "READONLY"), mode("orders", ""), mode("orders", "IMPORT"), mode("bills", "IMPORT"), mode("bills", ""),
		storage.RaiseNextID{To: 4}, storage.RaiseNextID{To: 3})
	equal(e, "content", e.content(c), content{
		Head:           storage.Head{Epoch: e.head(c).Epoch, Revision: 1, NextID: 4},
		Schemas:        []storage.Schema{schema(1, "second").Schema, schema(2, "kept").Schema},
		Subjects:       []storage.Subject{{Name: "orders", Live: true}},
		Versions:       []storage.Version{version("orders", 1, 2).Version, version("orders", 2, 1).Version},
		BackReferences: []storage.BackReference{reference},
		Settings:       []storage.Settings{mode("orders", "IMPORT").Settings},
	})
	got, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.ok("SchemaByFingerprint", err)
	equal(e, "SchemaByFingerprint", got.Text, "kept")
	equalRows(e, "VersionsOfID of the old ID", e.versionsOfID(c, 1), version("orders", 2, 1).Version)
}

func manyChanges(e *env) {
	c := e.context()
	const n = 300
	var changes []storage.Change
	for i := range int32(n) {
		changes = append(changes, schema(i+1, strconv.Itoa(int(i))), version("orders", i+1, i+1), mode("subject-"+strconv.Itoa(int(i)), "IMPORT"))
	}
	e.commit(c, append(changes, storage.RaiseNextID{To: n + 1})...)
	got := e.content(c)
	equal(e, "schemas", len(got.Schemas), n)
	equal(e, "versions", len(got.Versions), n)
	equal(e, "settings", len(got.Settings), n)
	e.commit(c, storage.DeleteVersion{Subject: "orders", Version: n / 2})
	equal(e, "versions after one went", len(e.versions(c, "orders")), n-1)
}

func commitReturnsHead(e *env) {
	c := e.context()
	before := e.head(c)
	head := e.commit(c, storage.RaiseNextID{To: 8}, storage.SetKnown{Known: true}, storage.Removal{})
	equal(e, "head returned", head, storage.Head{Epoch: before.Epoch, Revision: 1, Removal: 1, NextID: 8, Known: true})
	equal(e, "head read", e.head(c), head)
}

func emptyCommit(e *env) {
	c := e.context()
	e.commit(c, everything(e.fingerprint())...)
	want := e.content(c)
	want.Head.Revision++
	equal(e, "head returned", e.commit(c), want.Head)
	equal(e, "content", e.content(c), want)
	_, err := e.store.Commit(e.Context(), c, 1)
	e.fails("an empty commit on an old revision", err, storage.ErrConflict)
	equal(e, "content after a conflict", e.content(c), want)
}

func conflictChangesNothing(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	e.commit(c, everything(fingerprint)...)
	e.commit(c)
	want, subject := e.content(c), e.unique("orders-")
	changes := append(removals(fingerprint), schema(5, "x"), storage.PutFingerprint{Fingerprint: e.fingerprint(), ID: 1}, version(subject, 1, 1),
		mode("bills", "IMPORT"), storage.RaiseNextID{To: 50}, storage.SetKnown{Known: false}, storage.Removal{})
	for _, base := range []storage.Revision{0, 1, 3, 1 << 62} {
		_, err := e.store.Commit(e.Context(), c, base, changes...)
		e.fails(fmt.Sprintf("Commit on %d", base), err, storage.ErrConflict)
		equal(e, fmt.Sprintf("content after a commit on %d", base), e.content(c), want)
	}
	_, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.ok("SchemaByFingerprint", err)
	equalRows(e, "BackReferences", e.backReferences(c, "orders"), want.BackReferences...)
	_, err = e.store.Commit(e.Context(), c, 2, changes...)
	e.ok("the same on the right revision", err)
}

func conflictCreatesNothing(e *env) {
	c := e.context()
	want := e.content(c)
	_, err := e.store.Commit(e.Context(), c, 1, everything(e.fingerprint())...)
	e.fails("Commit on 1", err, storage.ErrConflict)
	equal(e, "content", e.content(c), want)
	_, err = e.store.Commit(e.Context(), c, 0)
	e.ok("Commit on 0", err)
}

func parallelCases() []testCase {
	return []testCase{
		{"a reader never sees half a commit", readersSeeWholeCommits},
		{"of parallel writers each is counted once", writersCountedOnce},
		{"of parallel commits on one revision one succeeds", oneSucceeds},
		{"commits to different contexts don't conflict", contextsDoNotConflict},
	}
}

// readersSeeWholeCommits reads, while another goroutine commits revision after revision, each with as many rows as its
// number, until there was enough of either.
func readersSeeWholeCommits(e *env) {
	const rounds, atLeast, atMost = 20, 20, 500
	c, fingerprint := e.context(), e.fingerprint()
	wholeCommit(e, c, fingerprint)
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- commitUntil(e.Context(), stop, e.store, c, fingerprint, atMost) }()
	enough := sync.OnceFunc(func() { close(stop) })
	for round := 1; ; round++ {
		wholeCommit(e, c, fingerprint)
		if round >= rounds && e.head(c).Revision >= atLeast {
			enough()
		}
		select {
		case err := <-done:
			e.ok("Commit", err)
			wholeCommit(e, c, fingerprint)
			return
		default:
		}
	}
}

func commitUntil(ctx context.Context, stop <-chan struct{}, s storage.Store, c string, fingerprint storage.Fingerprint, atMost int32) error {
	for i := int32(1); i <= atMost; i++ {
		_, err := s.Commit(ctx, c, storage.Revision(i-1),
			schema(i, strconv.Itoa(int(i))), storage.PutFingerprint{Fingerprint: fingerprint, ID: i},
			version("orders", i, 1), mode("orders", strconv.Itoa(int(i))), storage.RaiseNextID{To: i + 1}, storage.Removal{},
			version("bills", i, 1))
		if err != nil {
			return err
		}
		select {
		case <-stop:
			return nil
		default:
		}
	}
	return nil
}

func wholeCommit(e *env, c string, fingerprint storage.Fingerprint) {
	e.Helper()
	head := e.head(c)
	equal(e, "Removal of a head", head.Removal, head.Revision)
	equal(e, "NextID of a head", fmt.Sprint(head.NextID), fmt.Sprint(head.Revision+1))
	rows, head, err := e.store.Versions(e.Context(), c, "orders")
	e.ok("Versions", err)
	equal(e, "versions at a revision", storage.Revision(len(rows)), head.Revision)
	rows, head, err = e.store.VersionsOfID(e.Context(), c, 1)
	e.ok("VersionsOfID", err)
	equal(e, "versions of an ID at a revision", storage.Revision(len(rows)), 2*head.Revision)
	row, head, err := e.store.Settings(e.Context(), c, "orders")
	e.ok("Settings", err)
	if head.Revision > 0 {
		equal(e, "mode at a revision", row.Mode, fmt.Sprint(head.Revision))
	}
	found, head, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	if head.Revision > 0 {
		e.ok("SchemaByFingerprint", err)
	}
	equal(e, "schema of the fingerprint at a revision", fmt.Sprint(found.ID), fmt.Sprint(head.Revision))
}

// together runs f n times at once and returns what failed.
func together(n int32, f func(i int32) error) []error {
	var all sync.WaitGroup
	start, errs := make(chan struct{}), make([]error, n)
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// increment commits a version whose number is the context's next ID, again until there is no conflict.
func increment(ctx context.Context, s storage.Store, registryCtx string) error {
	for {
		head, err := s.Head(ctx, registryCtx)
		if err != nil {
			return err
		}
		_, err = s.Commit(ctx, registryCtx, head.Revision, version("orders", head.NextID, head.NextID), storage.RaiseNextID{To: head.NextID + 1})
		if !errors.Is(err, storage.ErrConflict) {
			return err
		}
	}
}

func writersCountedOnce(e *env) {
	const writers = 100
	c := e.context()
	err := errors.Join(together(writers, func(int32) error { return increment(e.Context(), e.store, c) })...)
	e.ok("Commit", err)
	equal(e, "versions", len(e.versions(c, "orders")), writers)
	head := e.head(c)
	equal(e, "revision", head.Revision, storage.Revision(writers))
	equal(e, "NextID", head.NextID, int32(writers+1))
}

// oneSucceeds commits many changes at a time, so that commits take long enough to meet each other.
func oneSucceeds(e *env) {
	const writers, rounds, rows = 16, 10, 50
	c := e.context()
	for round := range int32(rounds) {
		base := e.head(c).Revision
		errs := together(writers, func(i int32) error {
			var changes []storage.Change
			for n := range int32(rows) {
				changes = append(changes, version("orders", round*rows+n, i))
			}
			_, err := e.store.Commit(e.Context(), c, base, changes...)
			return err
		})
		succeeded := 0
		for _, err := range errs {
			if err == nil {
				succeeded++
			} else {
				e.fails("Commit", err, storage.ErrConflict)
			}
		}
		equal(e, "commits that succeeded", succeeded, 1)
		equal(e, "revision", e.head(c).Revision, base+1)
		equal(e, "versions", len(e.versions(c, "orders")), int(round+1)*rows)
	}
}

func contextsDoNotConflict(e *env) {
	const commits = 20
	contexts := []string{e.context(), e.context(), e.context()}
	errs := together(3, func(i int32) error {
		var head storage.Head
		var err error
		for n := int32(1); n <= commits && err == nil; n++ {
			head, err = e.store.Commit(e.Context(), contexts[i], head.Revision, version("orders", n, i))
		}
		return err
	})
	e.ok("Commit", errors.Join(errs...))
	for _, c := range contexts {
		equal(e, "revision", e.head(c).Revision, storage.Revision(commits))
	}
}
