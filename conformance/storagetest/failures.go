package storagetest

import (
	"context"
	"errors"
	"slices"
	"time"
	"unsafe"

	"schemaside/storage"
)

func failureCases() []testCase {
	return []testCase{
		{"a call whose context was cancelled fails and changes nothing", cancelled},
		{"a call whose deadline passed fails and changes nothing", deadlinePassed},
		{"a closed store fails every call", closed},
		{"closing again does nothing", closedAgain},
	}
}

// failing runs every method and demands storage.ErrUnavailable.
func failing(ctx context.Context, e *env, s storage.Store, c string, base storage.Revision) {
	e.Helper()
	for _, r := range readers(s, c, e.fingerprint()) {
		_, err := r.read(ctx)
		e.fails(r.method, err, storage.ErrUnavailable)
		if errors.Is(err, storage.ErrNotFound) {
			e.Errorf("%s: %v tells that nothing is there", r.method, err)
		}
	}
	_, err := s.ListContexts(ctx)
	e.fails("ListContexts", err, storage.ErrUnavailable)
	_, err = s.ContextsOfSubject(ctx, "orders")
	e.fails("ContextsOfSubject", err, storage.ErrUnavailable)
	_, err = s.ContextsOfFingerprint(ctx, e.fingerprint())
	e.fails("ContextsOfFingerprint", err, storage.ErrUnavailable)
	_, err = s.Commit(ctx, c, base, version("orders", 2, 1))
	e.fails("Commit", err, storage.ErrUnavailable)
}

func cancelled(e *env) {
	ctx, cancel := context.WithCancel(e.Context())
	cancel()
	failsUnchanged(ctx, e)
}

func deadlinePassed(e *env) {
	ctx, cancel := context.WithDeadline(e.Context(), time.Unix(0, 0))
	defer cancel()
	failsUnchanged(ctx, e)
}

func failsUnchanged(ctx context.Context, e *env) {
	e.Helper()
	c, unwritten := e.context(), e.context()
	e.commit(c, everything(e.fingerprint())...)
	want := e.content(c)
	failing(ctx, e, e.store, c, want.Head.Revision)
	failing(ctx, e, e.store, unwritten, 0)
	equal(e, "content", e.content(c), want)
	equal(e, "revision of a new context", e.head(unwritten).Revision, storage.Revision(0))
}

func closed(e *env) {
	s, c := e.fresh(), e.context()
	_, err := s.Commit(e.Context(), c, 0, everything(e.fingerprint())...)
	e.ok("Commit", err)
	e.ok("Close", s.Close())
	failing(e.Context(), e, s, c, 1)
	failing(e.Context(), e, s, e.context(), 0)
}

func closedAgain(e *env) {
	s := e.fresh()
	e.ok("Close", s.Close())
	e.ok("second Close", s.Close())
}

func ownershipCases() []testCase {
	return []testCase{
		{"slices handed out are the caller's", slicesAreCallers},
		{"names, texts and slices handed in are only borrowed", argumentsAreBorrowed},
	}
}

func slicesAreCallers(e *env) {
	c, fingerprint := e.context(), e.fingerprint()
	subject := e.unique("orders-")
	e.commit(c, everything(fingerprint)...)
	e.commit(c, version(subject, 1, 1), storage.SetKnown{Known: true}, storage.PutFingerprint{Fingerprint: fingerprint, ID: 1})
	want, wantOfID := e.content(c), slices.Clone(e.versionsOfID(c, 1))

	spoil(e.versions(c, "orders"))
	spoil(e.versionsOfID(c, 1))
	spoil(e.subjects(c, storage.Scan{}))
	spoil(e.backReferences(c, "orders"))
	spoil(e.contexts())
	spoil(e.contextsOfSubject(subject))
	spoil(e.contextsOfFingerprint(fingerprint))
	spoil(e.schema(c, 1).Details)
	spoil(e.settings(c, "orders").Config)
	for _, row := range e.scanSettings(c, storage.Scan{}) {
		spoil(row.Config)
	}
	spoil(e.scanSettings(c, storage.Scan{}))
	found, _, err := e.store.SchemaByFingerprint(e.Context(), c, fingerprint)
	e.ok("SchemaByFingerprint", err)
	spoil(found.Details)

	equal(e, "content", e.content(c), want)
	equalRows(e, "VersionsOfID", e.versionsOfID(c, 1), wantOfID...)
	equal(e, "listed", slices.Contains(e.contexts(), c), true)
	equalRows(e, "ContextsOfSubject", e.contextsOfSubject(subject), c)
	equalRows(e, "ContextsOfFingerprint", e.contextsOfFingerprint(fingerprint), c)
}

// spoil writes over all elements, and over what an append might share.
func spoil[T any](rows []T) {
	clear(rows[:cap(rows)])
}

// lender lends strings that change afterwards, as those of a request do once it is answered.
type lender struct{ lent [][]byte }

func (l *lender) bytes(s string) []byte {
	b := []byte(s)
	l.lent = append(l.lent, b)
	return b
}

func (l *lender) string(s string) string {
	b := l.bytes(s)
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // a string that changes is what this is about
}

func (l *lender) takeBack() {
	for _, b := range l.lent {
		for i := range b {
			b[i] = '!'
		}
	}
}

func argumentsAreBorrowed(e *env) {
	c, subject, fingerprint := e.context(), e.unique("orders-"), e.fingerprint()
	reference := storage.BackReference{Subject: subject, Version: 1, ReferrerContext: ".other", ReferrerID: 1}
	want := content{
		Head:           storage.Head{Epoch: e.head(c).Epoch, Revision: 2, NextID: 2, Known: true},
		Schemas:        []storage.Schema{{ID: 1, Fingerprint: fingerprint, Type: "AVRO", Text: "the text", Details: []byte("details")}},
		Subjects:       []storage.Subject{{Name: subject, Live: true}},
		Versions:       []storage.Version{version(subject, 1, 1).Version, version(subject, 2, 1).Version},
		BackReferences: []storage.BackReference{reference},
		Settings:       []storage.Settings{{Subject: subject, Config: []byte("config"), Mode: "IMPORT"}},
	}
	var l lender
	commit := func(base storage.Revision, changes ...storage.Change) {
		e.Helper()
		_, err := e.store.Commit(e.Context(), l.string(c), base, changes...)
		e.ok("Commit", err)
		l.takeBack()
	}
	commit(0,
		storage.PutSchema{Schema: storage.Schema{ID: 1, Fingerprint: fingerprint, Type: l.string("AVRO"), Text: l.string("the text"), Details: l.bytes("details")}},
		version(l.string(subject), 1, 1), version(l.string("gone"), 1, 1), version(l.string("gone"), 2, 1), mode(l.string("gone"), l.string("IMPORT")),
		storage.PutSettings{Settings: storage.Settings{Subject: l.string(subject), Config: l.bytes("config"), Mode: l.string("IMPORT")}},
		storage.PutBackReference{BackReference: storage.BackReference{Subject: l.string(subject), Version: 1, ReferrerContext: l.string(".other"), ReferrerID: 1}},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: 1}, storage.RaiseNextID{To: 2}, storage.SetKnown{Known: true})
	commit(1, version(l.string(subject), 2, 1), mode(l.string("gone"), ""),
		storage.DeleteVersion{Subject: l.string("gone"), Version: 1}, storage.DeleteVersion{Subject: l.string("gone"), Version: 2},
		storage.PutBackReference{BackReference: storage.BackReference{Subject: l.string(subject), Version: 1, ReferrerContext: l.string(".other"), ReferrerID: 1}})

	equal(e, "content", e.content(c), want)
	equalRows(e, "VersionsOfID", e.versionsOfID(c, 1), want.Versions...)
	equal(e, "listed", slices.Contains(e.contexts(), c), true)
	equalRows(e, "ContextsOfSubject", e.contextsOfSubject(subject), c)
	equalRows(e, "ContextsOfFingerprint", e.contextsOfFingerprint(fingerprint), c)
}
