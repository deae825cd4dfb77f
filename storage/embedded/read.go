package embedded

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"schemaside/storage"
)

func hasPrefix(key, prefix []byte) bool { return bytes.HasPrefix(key, prefix) }

// collect reads all rows whose keys have a prefix.
func collect[T any](ctx context.Context, s *Store, r contextRows, prefix []byte, row func(key, value []byte) (T, error)) ([]T, error) {
	var all []T
	err := s.each(ctx, r.bucket, prefix, prefix, func(key, value []byte) (bool, error) {
		one, err := row(key, value)
		all = append(all, one)
		return true, err
	})
	return all, err
}

// scan reads the rows of a kind that a scan asks for.
func scan[T any](ctx context.Context, s *Store, r contextRows, kind byte, asked storage.Scan, row func(key, value []byte) (T, error)) ([]T, error) {
	var all []T
	prefix, after := nameKey(kind, asked.Prefix), nameKey(kind, asked.After)
	err := s.each(ctx, r.bucket, nameKey(kind, max(asked.Prefix, asked.After)), prefix, func(key, value []byte) (bool, error) {
		if asked.After != "" && bytes.Equal(key, after) {
			return true, nil
		}
		one, err := row(key, value)
		all = append(all, one)
		return len(all) != asked.Limit, err
	})
	return all, err
}

// Head implements storage.Store.
func (s *Store) Head(ctx context.Context, registryCtx string) (storage.Head, error) {
	return s.read(ctx, registryCtx, func(contextRows) error { return nil })
}

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	heads := make([]storage.Head, len(contexts))
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for i, registryCtx := range contexts {
			rows, err := s.open(tx, registryCtx)
			if err != nil {
				return err
			}
			heads[i] = rows.head
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return heads, nil
}

// Schema implements storage.Store.
func (s *Store) Schema(ctx context.Context, registryCtx string, id int32) (row storage.Schema, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
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
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		key := fingerprintKey(fingerprint)
		value := r.get(key)
		if value == nil {
			return storage.ErrNotFound
		}
		f := fields{rest: value}
		id := f.number()
		if err := f.end(key); err != nil {
			return err
		}
		row, err = r.schema(id)
		return err
	})
	return row, head, err
}

// Versions implements storage.Store.
func (s *Store) Versions(ctx context.Context, registryCtx, subject string) (rows []storage.Version, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		if storage.ValidSubject(subject) {
			rows, err = collect(ctx, s, r, versionsPrefix(subject), versionRow)
		}
		return err
	})
	return rows, head, err
}

// VersionsOfID implements storage.Store.
func (s *Store) VersionsOfID(ctx context.Context, registryCtx string, id int32) (rows []storage.Version, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		rows, err = collect(ctx, s, r, carriersPrefix(id), carrierRow)
		return err
	})
	return rows, head, err
}

// SchemaAndVersions implements storage.Store.
func (s *Store) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (row storage.Schema, rows []storage.Version, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		if row, err = r.schema(id); err == nil {
			rows, err = collect(ctx, s, r, carriersPrefix(id), carrierRow)
		}
		return err
	})
	return row, rows, head, err
}

// Subjects implements storage.Store.
func (s *Store) Subjects(ctx context.Context, registryCtx string, asked storage.Scan) (rows []storage.Subject, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		rows, err = scan(ctx, s, r, kindSubject, asked, func(key, value []byte) (storage.Subject, error) {
			c, err := decodeCounts(key, value)
			return storage.Subject{Name: string(key[1:]), Live: c.live > 0}, err
		})
		return err
	})
	return rows, head, err
}

// BackReferences implements storage.Store.
func (s *Store) BackReferences(ctx context.Context, registryCtx, subject string) (rows []storage.BackReference, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		if storage.ValidSubject(subject) {
			rows, err = collect(ctx, s, r, backReferencesPrefix(subject), backReferenceRow)
		}
		return err
	})
	return rows, head, err
}

// Settings implements storage.Store.
func (s *Store) Settings(ctx context.Context, registryCtx, subject string) (row storage.Settings, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		row = storage.Settings{Subject: subject}
		key := nameKey(kindSettings, subject)
		if value := r.get(key); value != nil {
			row, err = settingsRow(key, value)
		}
		return err
	})
	return row, head, err
}

// ScanSettings implements storage.Store.
func (s *Store) ScanSettings(ctx context.Context, registryCtx string, asked storage.Scan) (rows []storage.Settings, head storage.Head, err error) {
	head, err = s.read(ctx, registryCtx, func(r contextRows) (err error) {
		rows, err = scan(ctx, s, r, kindSettings, asked, settingsRow)
		return err
	})
	return rows, head, err
}

// defaultContext is listed whether or not anything was ever written to it. It sorts before all others, which begin with it.
const defaultContext = "."

// ListContexts implements storage.Store.
func (s *Store) ListContexts(ctx context.Context) ([]string, error) {
	names := []string{defaultContext}
	known, err := s.namesBelow(ctx, s.buckets.known, nil)
	for _, name := range known {
		if name != defaultContext {
			names = append(names, name)
		}
	}
	return names, err
}

// ContextsOfSubject implements storage.Store.
func (s *Store) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	if !storage.ValidSubject(subject) {
		return nil, s.usable(ctx)
	}
	return s.namesBelow(ctx, s.buckets.subjects, subjectIndexPrefix(subject))
}

// ContextsOfFingerprint implements storage.Store.
func (s *Store) ContextsOfFingerprint(ctx context.Context, fingerprint storage.Fingerprint) ([]string, error) {
	return s.namesBelow(ctx, s.buckets.fingerprints, fingerprint[:])
}

// namesBelow returns what follows the prefix in the keys of an index.
func (s *Store) namesBelow(ctx context.Context, index, prefix []byte) ([]string, error) {
	var names []string
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		return s.each(ctx, tx.Bucket(index), prefix, prefix, func(key, _ []byte) (bool, error) {
			names = append(names, string(key[len(prefix):]))
			return true, nil
		})
	})
	return names, err
}
