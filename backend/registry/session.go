package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"schemaside/backend"
	"schemaside/storage"
)

// errMoved tells that a context moved on between two reads of one answer.
var errMoved = errors.New("the context moved while it was read")

// readAttempts bounds how often an answer is read anew because a context moved meanwhile.
const readAttempts = 20

// maxStamps bounds the contexts that a kept answer may rest on: its own and the two that lend settings, and a few for
// references.
const maxStamps = 6

// session reads for one answer. Every context is seen at one revision: the one that its first read found.
type session struct {
	r     *Registry
	ctx   context.Context
	heads map[string]storage.Head
	// rows are what was read already: what is asked for again comes from there.
	rows rows
	// volatile is set by reads that no head vouches for.
	volatile bool
}

func (r *Registry) begin(ctx context.Context) *session {
	return &session{r: r, ctx: ctx, heads: make(map[string]storage.Head, 3)}
}

// read runs an answer's reads, again when a context moved meanwhile, and tells what the answer rests on.
func read[T any](ctx context.Context, r *Registry, reads func(s *session) (T, error)) (T, backend.Basis, error) {
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	for attempt := 1; ; attempt++ {
		s := r.begin(ctx)
		v, err := reads(s)
		if errors.Is(err, errMoved) && attempt < readAttempts {
			continue
		}
		return v, s.basis(), answerable(err)
	}
}

func (s *session) basis() backend.Basis {
	b := backend.Basis{Volatile: s.volatile || len(s.heads) == 0 || len(s.heads) > maxStamps}
	for registryCtx, head := range s.heads {
		b.Stamps = append(b.Stamps, storage.StampOf(registryCtx, head))
	}
	return b
}

// see notes the head that a read came with. The error wraps errMoved when an earlier read saw another revision.
func (s *session) see(registryCtx string, head storage.Head, err error) error {
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	s.r.o.Learn(registryCtx, head)
	if seen, ok := s.heads[registryCtx]; !ok {
		s.heads[registryCtx] = head
	} else if seen.Revision != head.Revision || seen.Epoch != head.Epoch {
		return fmt.Errorf("%w: context %s", errMoved, registryCtx)
	}
	return err
}

func (s *session) head(registryCtx string) (storage.Head, error) {
	if head, ok := s.heads[registryCtx]; ok {
		return head, nil
	}
	head, err := s.r.store.Head(s.ctx, registryCtx)
	return head, s.see(registryCtx, head, err)
}

func (s *session) versions(registryCtx, subject string) ([]storage.Version, error) {
	at := place{registryCtx, subject}
	got, ok := s.rows.versions[at]
	if !ok {
		rows, head, err := s.r.store.Versions(s.ctx, registryCtx, subject)
		got = row[[]storage.Version]{rows, head, err}
		keep(&s.rows.versions, at, got)
	}
	return slices.Clone(got.value), s.see(registryCtx, got.head, got.err)
}

func (s *session) versionsOfID(registryCtx string, id int32) ([]storage.Version, error) {
	rows, head, err := s.r.store.VersionsOfID(s.ctx, registryCtx, id)
	return rows, s.see(registryCtx, head, err)
}

func (s *session) subjects(registryCtx string, scan storage.Scan) ([]storage.Subject, error) {
	rows, head, err := s.r.store.Subjects(s.ctx, registryCtx, scan)
	return rows, s.see(registryCtx, head, err)
}

func (s *session) referrers(registryCtx, subject string) ([]storage.BackReference, error) {
	rows, head, err := s.r.store.BackReferences(s.ctx, registryCtx, subject)
	return rows, s.see(registryCtx, head, err)
}

func (s *session) scanSettings(registryCtx string) ([]storage.Settings, error) {
	rows, head, err := s.r.store.ScanSettings(s.ctx, registryCtx, storage.Scan{})
	return rows, s.see(registryCtx, head, err)
}

// schema returns the schema of an ID. Errors: storage.ErrNotFound.
func (s *session) schema(registryCtx string, id int32) (stored, error) {
	at := placeOfID{registryCtx, id}
	got, ok := s.rows.schemas[at]
	if !ok {
		found, head, err := s.r.store.Schema(s.ctx, registryCtx, id)
		got = row[storage.Schema]{found, head, err}
		keep(&s.rows.schemas, at, got)
	}
	head := got.head
	if seen, ok := s.heads[registryCtx]; ok && got.err == nil && head.Epoch == seen.Epoch && head.Removal <= seen.Revision {
		// A schema never changes under its ID, so one read a little later is the one of the revision seen.
		head = seen
	}
	if err := s.see(registryCtx, head, got.err); err != nil {
		return stored{}, err
	}
	return decode(got.value)
}

// schemaAndVersions returns the schema of an ID and the versions that carry it. Errors: storage.ErrNotFound.
func (s *session) schemaAndVersions(registryCtx string, id int32) (stored, []storage.Version, error) {
	row, rows, head, err := s.r.store.SchemaAndVersions(s.ctx, registryCtx, id)
	if err := s.see(registryCtx, head, err); err != nil {
		return stored{}, nil, err
	}
	st, err := decode(row)
	return st, rows, err
}

// fingerprint returns the schema of a fingerprint. Errors: storage.ErrNotFound.
func (s *session) fingerprint(registryCtx string, fp storage.Fingerprint) (stored, error) {
	at := placeOfFingerprint{registryCtx, fp}
	got, ok := s.rows.fingerprints[at]
	if !ok {
		found, head, err := s.r.store.SchemaByFingerprint(s.ctx, registryCtx, fp)
		got = row[storage.Schema]{found, head, err}
		keep(&s.rows.fingerprints, at, got)
		if err == nil {
			keep(&s.rows.schemas, placeOfID{registryCtx, found.ID}, got)
		}
	}
	if err := s.see(registryCtx, got.head, got.err); err != nil {
		return stored{}, err
	}
	return decode(got.value)
}

func (s *session) settings(registryCtx, subject string) (settings, error) {
	at := place{registryCtx, subject}
	got, ok := s.rows.settings[at]
	if !ok {
		found, head, err := s.r.store.Settings(s.ctx, registryCtx, subject)
		got = row[storage.Settings]{found, head, err}
		keep(&s.rows.settings, at, got)
	}
	if err := s.see(registryCtx, got.head, got.err); err != nil {
		return settings{}, err
	}
	return decodeSettings(got.value)
}
