// Package memory keeps all rows in the memory of the process: the store of tests and of trying things out.
//
// Each context is one immutable snapshot behind an atomic pointer. A commit copies the snapshot (the trees share
// what does not change), applies its changes and publishes the copy, so a reader sees a commit whole or not at
// all, and never waits for one.
package memory

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v4"

	"schemaside/storage"
)

// Store implements storage.Store. What it holds is gone with the process.
type Store struct {
	contexts *xsync.Map[string, *contextStore]
	index    index
	// empty is what a context without a commit reads as. It is never copied.
	empty  *snapshot
	closed atomic.Bool
}

var _ storage.Store = (*Store)(nil)

// contextStore is one context. It is created by a commit and stays for ever.
type contextStore struct {
	// name is the store's own copy of the context's name.
	name string
	// committing is held by a commit from its look at the revision until it has published.
	committing sync.Mutex
	state      atomic.Pointer[snapshot]
}

// New returns an empty store with an epoch of its own.
func New() *Store {
	s := &Store{
		contexts: xsync.NewMap[string, *contextStore](),
		empty:    newSnapshot(storage.Head{Epoch: newEpoch(), NextID: 1}),
	}
	s.index.state.Store(newEntries())
	return s
}

// newEpoch returns a random number. rand.Read never fails.
func newEpoch() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return binary.NativeEndian.Uint64(b[:])
}

// Close makes all later calls fail with storage.ErrUnavailable and lets go of the rows.
func (s *Store) Close() error {
	if s.closed.CompareAndSwap(false, true) {
		s.contexts.Clear()
		s.index.clear()
	}
	return nil
}

// usable tells why a call can't be answered, if it can't. A reader asks after it has loaded what it reads: Close
// sets the flag before it lets go of anything, so nothing that Close took away reads as absent.
func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory store: %w: %w", storage.ErrUnavailable, err)
	}
	if s.closed.Load() {
		return fmt.Errorf("memory store: %w: closed", storage.ErrUnavailable)
	}
	return nil
}

// peek returns the latest snapshot of a context.
func (s *Store) peek(registryCtx string) *snapshot {
	if c, ok := s.contexts.Load(registryCtx); ok {
		return c.state.Load()
	}
	return s.empty
}

// view returns the snapshot that a read is answered from.
func (s *Store) view(ctx context.Context, registryCtx string) (*snapshot, error) {
	v := s.peek(registryCtx)
	return v, s.usable(ctx)
}

// Head implements storage.Store. It allocates nothing.
func (s *Store) Head(ctx context.Context, registryCtx string) (storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return storage.Head{}, err
	}
	return v.head, nil
}

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	heads := make([]storage.Head, len(contexts))
	for i, registryCtx := range contexts {
		heads[i] = s.peek(registryCtx).head
	}
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return heads, nil
}

// ListContexts implements storage.Store.
func (s *Store) ListContexts(ctx context.Context) ([]string, error) {
	names := s.index.state.Load().known.Keys()
	return names, s.usable(ctx)
}

// Schema implements storage.Store.
func (s *Store) Schema(ctx context.Context, registryCtx string, id int32) (storage.Schema, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return storage.Schema{}, storage.Head{}, err
	}
	schema, err := v.schema(id)
	return schema, v.head, err
}

// SchemaByFingerprint implements storage.Store.
func (s *Store) SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint storage.Fingerprint) (storage.Schema, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return storage.Schema{}, storage.Head{}, err
	}
	point, ok := v.fingerprints.Get(fingerprintID{fingerprint: fingerprint})
	if !ok {
		return storage.Schema{}, v.head, storage.ErrNotFound
	}
	schema, err := v.schema(point.id)
	return schema, v.head, err
}

// Versions implements storage.Store.
func (s *Store) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return nil, storage.Head{}, err
	}
	row, _ := v.subjects.Get(subject)
	return slices.Clone(row.versions), v.head, nil
}

// VersionsOfID implements storage.Store.
func (s *Store) VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]storage.Version, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return nil, storage.Head{}, err
	}
	return v.carriers(id), v.head, nil
}

// SchemaAndVersions implements storage.Store.
func (s *Store) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (storage.Schema, []storage.Version, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return storage.Schema{}, nil, storage.Head{}, err
	}
	schema, err := v.schema(id)
	if err != nil {
		return schema, nil, v.head, err
	}
	return schema, v.carriers(id), v.head, nil
}

// carriers are the versions that carry an ID, in their order.
func (v *snapshot) carriers(id int32) []storage.Version {
	return run(v.versionsOfID, storage.Version{SchemaID: id}, func(row storage.Version) bool { return row.SchemaID == id })
}

// Subjects implements storage.Store.
func (s *Store) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return nil, storage.Head{}, err
	}
	var rows []storage.Subject
	ascend(v.subjects, scan, func(name string, row subjectRow) {
		rows = append(rows, storage.Subject{Name: name, Live: row.live})
	})
	return rows, v.head, nil
}

// BackReferences implements storage.Store.
func (s *Store) BackReferences(ctx context.Context, registryCtx, subject string) ([]storage.BackReference, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return nil, storage.Head{}, err
	}
	same := func(row storage.BackReference) bool { return row.Subject == subject }
	return run(v.backReferences, firstBackReference(subject), same), v.head, nil
}

// Settings implements storage.Store.
func (s *Store) Settings(ctx context.Context, registryCtx, subject string) (storage.Settings, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return storage.Settings{}, storage.Head{}, err
	}
	row, ok := v.settings.Get(subject)
	if !ok {
		return storage.Settings{Subject: subject}, v.head, nil
	}
	row.Config = slices.Clone(row.Config)
	return row, v.head, nil
}

// ScanSettings implements storage.Store.
func (s *Store) ScanSettings(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Settings, storage.Head, error) {
	v, err := s.view(ctx, registryCtx)
	if err != nil {
		return nil, storage.Head{}, err
	}
	var rows []storage.Settings
	ascend(v.settings, scan, func(_ string, row storage.Settings) {
		row.Config = slices.Clone(row.Config)
		rows = append(rows, row)
	})
	return rows, v.head, nil
}

// ContextsOfSubject implements storage.Store.
func (s *Store) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	names := s.index.state.Load().contextsOfSubject(subject)
	return names, s.usable(ctx)
}

// ContextsOfFingerprint implements storage.Store.
func (s *Store) ContextsOfFingerprint(ctx context.Context, fingerprint storage.Fingerprint) ([]string, error) {
	names := s.index.state.Load().contextsOfFingerprint(fingerprint)
	return names, s.usable(ctx)
}

// Commit implements storage.Store.
func (s *Store) Commit(ctx context.Context, registryCtx string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	if err := s.usable(ctx); err != nil {
		return storage.Head{}, err
	}
	if err := storage.CheckNames(registryCtx, changes); err != nil {
		return storage.Head{}, err
	}
	if at := s.peek(registryCtx).head.Revision; at != base {
		return storage.Head{}, conflict(registryCtx, base, at)
	}
	c := s.getOrCreateContext(registryCtx)
	c.committing.Lock()
	defer c.committing.Unlock()
	if err := s.usable(ctx); err != nil {
		return storage.Head{}, err
	}
	old := c.state.Load()
	if old.head.Revision != base {
		return storage.Head{}, conflict(registryCtx, base, old.head.Revision)
	}
	next, touched := old.with(changes)
	move := movement{context: c.name, old: old, next: next, touched: touched}
	// Whoever sees the commit must find it by the index, so what comes is entered before, and what goes is
	// struck out after.
	s.index.enter(move)
	c.state.Store(next)
	s.index.strike(move)
	return next.head, nil
}

// getOrCreateContext is for commits only: reading never creates a context.
func (s *Store) getOrCreateContext(registryCtx string) *contextStore {
	if c, ok := s.contexts.Load(registryCtx); ok {
		return c
	}
	c := &contextStore{name: strings.Clone(registryCtx)}
	c.state.Store(newSnapshot(s.empty.head))
	c, _ = s.contexts.LoadOrStore(c.name, c)
	return c
}

func conflict(registryCtx string, base, at storage.Revision) error {
	return fmt.Errorf("commit to context %s at revision %d, decided on %d: %w", registryCtx, at, base, storage.ErrConflict)
}
