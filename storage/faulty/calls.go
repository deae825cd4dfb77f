package faulty

import (
	"context"

	"schemaside/storage"
)

// Head implements storage.Store.
func (s *Store) Head(ctx context.Context, registryCtx string) (storage.Head, error) {
	if err := s.enter(ctx, "Head"); err != nil {
		return storage.Head{}, err
	}
	return s.store.Head(ctx, registryCtx)
}

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	if err := s.enter(ctx, "Heads"); err != nil {
		return nil, err
	}
	return s.store.Heads(ctx, contexts)
}

// ListContexts implements storage.Store.
func (s *Store) ListContexts(ctx context.Context) ([]string, error) {
	if err := s.enter(ctx, "ListContexts"); err != nil {
		return nil, err
	}
	return s.store.ListContexts(ctx)
}

// Schema implements storage.Store.
func (s *Store) Schema(ctx context.Context, registryCtx string, id int32) (storage.Schema, storage.Head, error) {
	if err := s.enter(ctx, "Schema"); err != nil {
		return storage.Schema{}, storage.Head{}, err
	}
	return s.store.Schema(ctx, registryCtx, id)
}

// SchemaByFingerprint implements storage.Store.
func (s *Store) SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint storage.Fingerprint) (storage.Schema, storage.Head, error) {
	if err := s.enter(ctx, "SchemaByFingerprint"); err != nil {
		return storage.Schema{}, storage.Head{}, err
	}
	return s.store.SchemaByFingerprint(ctx, registryCtx, fingerprint)
}

// Versions implements storage.Store.
func (s *Store) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	if err := s.enter(ctx, "Versions"); err != nil {
		return nil, storage.Head{}, err
	}
	return s.store.Versions(ctx, registryCtx, subject)
}

// VersionsOfID implements storage.Store.
func (s *Store) VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]storage.Version, storage.Head, error) {
	if err := s.enter(ctx, "VersionsOfID"); err != nil {
		return nil, storage.Head{}, err
	}
	return s.store.VersionsOfID(ctx, registryCtx, id)
}

// SchemaAndVersions implements storage.Store.
func (s *Store) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (storage.Schema, []storage.Version, storage.Head, error) {
	if err := s.enter(ctx, "SchemaAndVersions"); err != nil {
		return storage.Schema{}, nil, storage.Head{}, err
	}
	return s.store.SchemaAndVersions(ctx, registryCtx, id)
}

// Subjects implements storage.Store.
func (s *Store) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	if err := s.enter(ctx, "Subjects"); err != nil {
		return nil, storage.Head{}, err
	}
	return s.store.Subjects(ctx, registryCtx, scan)
}

// BackReferences implements storage.Store.
func (s *Store) BackReferences(ctx context.Context, registryCtx, subject string) ([]storage.BackReference, storage.Head, error) {
	if err := s.enter(ctx, "BackReferences"); err != nil {
		return nil, storage.Head{}, err
	}
	return s.store.BackReferences(ctx, registryCtx, subject)
}

// Settings implements storage.Store.
func (s *Store) Settings(ctx context.Context, registryCtx, subject string) (storage.Settings, storage.Head, error) {
	if err := s.enter(ctx, "Settings"); err != nil {
		return storage.Settings{}, storage.Head{}, err
	}
	return s.store.Settings(ctx, registryCtx, subject)
}

// ScanSettings implements storage.Store.
func (s *Store) ScanSettings(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Settings, storage.Head, error) {
	if err := s.enter(ctx, "ScanSettings"); err != nil {
		return nil, storage.Head{}, err
	}
	return s.store.ScanSettings(ctx, registryCtx, scan)
}

// ContextsOfSubject implements storage.Store.
func (s *Store) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	if err := s.enter(ctx, "ContextsOfSubject"); err != nil {
		return nil, err
	}
	return s.store.ContextsOfSubject(ctx, subject)
}

// ContextsOfFingerprint implements storage.Store.
func (s *Store) ContextsOfFingerprint(ctx context.Context, fingerprint storage.Fingerprint) ([]string, error) {
	if err := s.enter(ctx, "ContextsOfFingerprint"); err != nil {
		return nil, err
	}
	return s.store.ContextsOfFingerprint(ctx, fingerprint)
}

// Commit implements storage.Store.
func (s *Store) Commit(ctx context.Context, registryCtx string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	if err := s.enter(ctx, "Commit"); err != nil {
		return storage.Head{}, err
	}
	return s.store.Commit(ctx, registryCtx, base, changes...)
}

// Close implements storage.Store.
func (s *Store) Close() error {
	s.count("Close")
	return s.store.Close()
}
