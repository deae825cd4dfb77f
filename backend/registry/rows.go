package registry

import (
	"context"
	"errors"

	"schemaside/backend"
	"schemaside/storage"
)

// rows are what a session has read, each with the head that it came with: an answer rests on one revision of a context,
// so nothing has to be read twice.
type rows struct {
	settings     map[place]row[storage.Settings]
	versions     map[place]row[[]storage.Version]
	schemas      map[placeOfID]row[storage.Schema]
	fingerprints map[placeOfFingerprint]row[storage.Schema]
}

type (
	place     struct{ context, subject string }
	placeOfID struct {
		context string
		id      int32
	}
	placeOfFingerprint struct {
		context     string
		fingerprint storage.Fingerprint
	}
)

// row is what a read returned.
type row[V any] struct {
	value V
	head  storage.Head
	err   error
}

// maxKept bounds the rows of a kind that a session keeps: a registration asks for the same few again and again, a list
// for very many once.
const maxKept = 32

// keep notes what was read. That nothing was found is a fact; a failure isn't.
func keep[P comparable, V any](all *map[P]row[V], at P, got row[V]) {
	if len(*all) >= maxKept || got.err != nil && !errors.Is(got.err, storage.ErrNotFound) {
		return
	}
	if *all == nil {
		*all = make(map[P]row[V], 4)
	}
	(*all)[at] = got
}

// on returns the session for calls within ctx.
func (s *session) on(ctx context.Context) *session {
	next := *s
	next.ctx = ctx
	return &next
}

// readAhead reads in one call what an answer about a subject begins with, where the store can. What of it is never asked
// for, the answer doesn't rest on.
func (s *session) readAhead(t backend.Target) error {
	reader, ok := s.r.store.(storage.SubjectReader)
	if _, read := s.rows.versions[place{t.Context, t.Subject}]; !ok || read || t.Context == wildcardContext {
		return nil
	}
	others := [2]string{globalContext, s.r.rootContext(t)}
	got, err := reader.ReadSubject(s.ctx, t.Context, t.Subject, others)
	if err != nil {
		return err
	}
	for i, other := range others {
		keep(&s.rows.settings, place{other, ""}, row[storage.Settings]{value: got.Others[i].Settings, head: got.Others[i].Head})
	}
	keep(&s.rows.settings, place{t.Context, ""}, row[storage.Settings]{value: got.Context, head: got.Head})
	keep(&s.rows.settings, place{t.Context, t.Subject}, row[storage.Settings]{value: got.Own, head: got.Head})
	keep(&s.rows.versions, place{t.Context, t.Subject}, row[[]storage.Version]{value: got.Versions, head: got.Head})
	return nil
}
