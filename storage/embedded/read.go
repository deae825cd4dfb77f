package embedded

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"schemaside/storage"
)

// decoder reads one row.
type decoder[T any] func(key, value []byte) (T, error)

// list reads all rows of a context whose keys have a prefix.
func list[T any](ctx context.Context, s *Store, registryCtx string, prefix []byte, row decoder[T]) (all []T, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		all, err = collect(ctx, s, r, prefix, row)
		return err
	})
	return all, head, err
}

func collect[T any](ctx context.Context, s *Store, r contextRows, prefix []byte, row decoder[T]) (all []T, err error) {
	err = s.each(ctx, r.bucket, prefix, prefix, func(key, value []byte) (bool, error) {
		one, err := row(key, value)
		all = append(all, one)
		return true, err
	})
	return all, err
}

// scan reads the rows of a kind that a scan asks for.
func scan[T any](ctx context.Context, s *Store, registryCtx string, kind byte, asked storage.Scan, row decoder[T]) (all []T, head storage.Head, err error) {
	from, prefix, after := nameKey(kind, max(asked.Prefix, asked.After)), nameKey(kind, asked.Prefix), nameKey(kind, asked.After)
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		return s.each(ctx, r.bucket, from, prefix, func(key, value []byte) (bool, error) {
			if asked.After != "" && bytes.Equal(key, after) {
				return true, nil
			}
			one, err := row(key, value)
			all = append(all, one)
			return len(all) != asked.Limit, err
		})
	})
	return all, head, err
}

// Head implements storage.Store.
func (s *Store) Head(ctx context.Context, registryCtx string) (storage.Head, error) {
	return s.read(ctx, registryCtx, func(contextRows) error { return nil })
}

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) (heads []storage.Head, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for _, registryCtx := range contexts {
			rows, err := s.open(tx, registryCtx)
			if err != nil {
				return err
			}
			heads = append(heads, rows.head)
		}
		return nil
	})
	return heads, err
}

// Schema implements storage.Store.
func (s *Store) Schema(ctx context.Context, registryCtx string, id int32) (row storage.Schema, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		row, err = r.schema(id)
		return err
	})
	return row, head, err
}

// schema returns the schema of an ID. Errors: storage.ErrNotFound.
func (r contextRows) schema(id int32) (storage.Schema, error) {
	value := r.get(schemaKey(id))
	if value == nil {
		return storage.Schema{}, storage.ErrNotFound
	}
	return decodeSchema(id, value)
}

// SchemaByFingerprint implements storage.Store.
func (s *Store) SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint storage.Fingerprint) (row storage.Schema, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		var id int32
		key := fingerprintKey(fingerprint)
		value := r.get(key)
		if value == nil {
			return storage.ErrNotFound
		}
		if _, err = decode(key, value, &id); err == nil {
			row, err = r.schema(id)
		}
		return err
	})
	return row, head, err
}

// Versions implements storage.Store.
func (s *Store) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	return list(ctx, s, registryCtx, versionsPrefix(subject), decodeVersion)
}

// VersionsOfID implements storage.Store.
func (s *Store) VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]storage.Version, storage.Head, error) {
	return list(ctx, s, registryCtx, carriersPrefix(id), decodeVersion)
}

// SchemaAndVersions implements storage.Store.
func (s *Store) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (row storage.Schema, rows []storage.Version, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		if row, err = r.schema(id); err == nil {
			rows, err = collect(ctx, s, r, carriersPrefix(id), decodeVersion)
		}
		return err
	})
	return row, rows, head, err
}

// Subjects implements storage.Store.
func (s *Store) Subjects(ctx context.Context, registryCtx string, asked storage.Scan) ([]storage.Subject, storage.Head, error) {
	return scan(ctx, s, registryCtx, kindSubject, asked, decodeSubject)
}

// BackReferences implements storage.Store.
func (s *Store) BackReferences(ctx context.Context, registryCtx, subject string) ([]storage.BackReference, storage.Head, error) {
	return list(ctx, s, registryCtx, backReferencesPrefix(subject), decodeBackReference)
}

// Settings implements storage.Store.
func (s *Store) Settings(ctx context.Context, registryCtx, subject string) (row storage.Settings, head storage.Head, err error) {
	row = storage.Settings{Subject: subject}
	head, err = s.read(ctx, registryCtx, func(r contextRows) error {
		key := nameKey(kindSettings, subject)
		if value := r.get(key); value != nil {
			row, err = decodeSettings(key, value)
		}
		return err
	})
	return row, head, err
}

// ScanSettings implements storage.Store.
func (s *Store) ScanSettings(ctx context.Context, registryCtx string, asked storage.Scan) ([]storage.Settings, storage.Head, error) {
	return scan(ctx, s, registryCtx, kindSettings, asked, decodeSettings)
}

// defaultContext is listed whether or not anything was ever written to it. All others begin with it.
const defaultContext = "."

// ListContexts implements storage.Store.
func (s *Store) ListContexts(ctx context.Context) ([]string, error) {
	names, err := s.namesBehind(ctx, s.buckets.known, nil)
	if err == nil && (len(names) == 0 || names[0] != defaultContext) {
		names = append([]string{defaultContext}, names...)
	}
	return names, err
}

// ContextsOfSubject implements storage.Store.
func (s *Store) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	return s.namesBehind(ctx, s.buckets.subjects, subjectIndexPrefix(subject))
}

// ContextsOfFingerprint implements storage.Store.
func (s *Store) ContextsOfFingerprint(ctx context.Context, fingerprint storage.Fingerprint) ([]string, error) {
	return s.namesBehind(ctx, s.buckets.fingerprints, fingerprint[:])
}

// namesBehind returns what follows the prefix in the keys of an index.
func (s *Store) namesBehind(ctx context.Context, index, prefix []byte) (names []string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		return s.each(ctx, tx.Bucket(index), prefix, prefix, func(key, _ []byte) (bool, error) {
			names = append(names, string(key[len(prefix):]))
			return true, nil
		})
	})
	return names, err
}
