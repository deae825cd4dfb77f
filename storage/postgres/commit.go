package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

//go:embed commit.sql
var commitStatement string

// Commit implements storage.Store.
func (s *Store) Commit(ctx context.Context, registryCtx string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	if err := storage.CheckNames(registryCtx, changes); err != nil {
		return storage.Head{}, err
	}
	ctx, done, err := s.life.Begin(ctx)
	if err != nil {
		return storage.Head{}, err
	}
	defer done()
	id := relational.NewCommitID()
	args := commitArgs(s.Namespace, registryCtx, base, id, relational.FoldChanges(changes))
	head, err := relational.Sent{
		Context: registryCtx, Base: base, ID: id,
		Send:   func(ctx context.Context) (storage.Head, bool, error) { return s.send(ctx, args) },
		Recent: func(ctx context.Context) (storage.Head, []byte, error) { return s.recent(ctx, registryCtx) },
	}.Settle(ctx)
	if err != nil {
		return storage.Head{}, err
	}
	s.announcer.moved(registryCtx)
	return head, nil
}

// send sends a commit. It needs one connection, for one statement.
func (s *Store) send(ctx context.Context, args []any) (storage.Head, bool, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return storage.Head{}, false, unavailable(err)
	}
	defer conn.Release()
	var head relational.HeadScan
	err = conn.QueryRow(ctx, commitStatement, args...).Scan(head.Into()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return storage.Head{}, false, nil
	}
	if err != nil {
		return storage.Head{}, false, fmt.Errorf("postgres: commit: %w", commitError(err))
	}
	return head.Head(), true, nil
}

// recent reads a context's head with the IDs of its last commits.
func (s *Store) recent(ctx context.Context, registryCtx string) (storage.Head, []byte, error) {
	var head relational.HeadScan
	var ids []byte
	err := s.Query(ctx, selectRecent, []any{registryCtx, s.Namespace}, func(row relational.Row) error {
		return row.Scan(head.Into(&ids)...)
	})
	return head.Head(), ids, err
}

// commitArgs are the arguments of commit.sql.
func commitArgs(namespace, registryCtx string, base storage.Revision, id relational.CommitID, f relational.Fold) []any {
	args := []any{namespace, registryCtx, int64(base), id[:], f.NextID, f.Known, f.Removal} //nolint:gosec // a revision that is no int64 was never reached
	args = append(args, schemaArrays(f)...)
	args = append(args, fingerprintArrays(f)...)
	args = append(args, versionArrays(f)...)
	args = append(args, backReferenceArrays(f.BackReferences)...)
	args = append(args, backReferenceArrays(f.DropBackReferences)...)
	return append(args, settingsArrays(f)...)
}

// column collects one column of all rows.
func column[R, V any](rows []R, value func(*R) V) []V {
	values := make([]V, len(rows))
	for i := range rows {
		values[i] = value(&rows[i])
	}
	return values
}

func schemaArrays(f relational.Fold) []any {
	return []any{
		column(f.Schemas, func(r *storage.Schema) int32 { return r.ID }),
		column(f.Schemas, func(r *storage.Schema) []byte { return r.Fingerprint[:] }),
		column(f.Schemas, func(r *storage.Schema) string { return r.Type }),
		column(f.Schemas, func(r *storage.Schema) []byte { return []byte(r.Text) }),
		column(f.Schemas, func(r *storage.Schema) []byte { return r.Details }),
		column(f.DropSchemas, func(r *int32) int32 { return *r }),
	}
}

func fingerprintArrays(f relational.Fold) []any {
	return []any{
		column(f.Fingerprints, func(r *storage.PutFingerprint) []byte { return r.Fingerprint[:] }),
		column(f.Fingerprints, func(r *storage.PutFingerprint) int32 { return r.ID }),
		column(f.DropFingerprints, func(r *storage.Fingerprint) []byte { return r[:] }),
	}
}

func versionArrays(f relational.Fold) []any {
	return []any{
		column(f.Versions, func(r *storage.Version) string { return r.Subject }),
		column(f.Versions, func(r *storage.Version) int32 { return r.Version }),
		column(f.Versions, func(r *storage.Version) int32 { return r.SchemaID }),
		column(f.Versions, func(r *storage.Version) bool { return r.Deleted }),
		column(f.Versions, func(r *storage.Version) int64 { return r.Timestamp }),
		column(f.Versions, func(r *storage.Version) int64 { return int64(r.Created) }), //nolint:gosec // the same bits
		column(f.Versions, func(r *storage.Version) int64 { return int64(r.Written) }), //nolint:gosec // the same bits
		column(f.DropVersions, func(r *storage.DeleteVersion) string { return r.Subject }),
		column(f.DropVersions, func(r *storage.DeleteVersion) int32 { return r.Version }),
	}
}

func backReferenceArrays(rows []storage.BackReference) []any {
	return []any{
		column(rows, func(r *storage.BackReference) string { return r.Subject }),
		column(rows, func(r *storage.BackReference) int32 { return r.Version }),
		column(rows, func(r *storage.BackReference) string { return r.ReferrerContext }),
		column(rows, func(r *storage.BackReference) int32 { return r.ReferrerID }),
	}
}

func settingsArrays(f relational.Fold) []any {
	return []any{
		column(f.Settings, func(r *storage.Settings) string { return r.Subject }),
		column(f.Settings, func(r *storage.Settings) []byte { return r.Config }),
		column(f.Settings, func(r *storage.Settings) string { return r.Mode }),
		column(f.DropSettings, func(r *string) string { return *r }),
	}
}
