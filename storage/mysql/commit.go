package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

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
	w := write{s: s, registryCtx: registryCtx, base: base, id: relational.NewCommitID(), Fold: relational.FoldChanges(changes)}
	return relational.Sent{
		Context: registryCtx, Base: base, ID: w.id,
		Send:   w.send,
		Recent: func(ctx context.Context) (storage.Head, []byte, error) { return s.recent(ctx, registryCtx) },
	}.Settle(ctx)
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

// write is one commit. It needs one connection, for one transaction.
type write struct {
	relational.Fold

	s           *Store
	registryCtx string
	base        storage.Revision
	id          relational.CommitID
}

// step is one statement of a transaction.
type step struct {
	statement *sql.Stmt
	args      []any
}

// send runs the transaction: it moves the head, then writes the rows. Nothing is known about the outcome only when the
// answer to COMMIT is lost.
func (w write) send(ctx context.Context) (storage.Head, bool, error) {
	move, read, rows, err := w.prepare(ctx)
	if err != nil {
		return storage.Head{}, false, unavailable(err)
	}
	tx, err := w.s.db.BeginTx(ctx, nil)
	if err != nil {
		return storage.Head{}, false, unavailable(err)
	}
	head, moved, err := apply(ctx, tx, move, read, rows)
	if err != nil || !moved {
		// Without an answer the connection is closed, which rolls back, too.
		_ = tx.Rollback()
	}
	if err != nil {
		return storage.Head{}, false, refusal(err)
	}
	if !moved {
		return storage.Head{}, false, nil
	}
	if err := tx.Commit(); err != nil {
		return storage.Head{}, false, fmt.Errorf("mysql: commit: %w: %w", storage.ErrOutcomeUnknown, err)
	}
	return head, true, nil
}

// prepare returns all steps before the transaction begins: it holds a connection, and to prepare a statement may take one.
func (w write) prepare(ctx context.Context) (move, read step, rows []step, err error) {
	if move, err = w.move(ctx); err != nil {
		return move, read, nil, err
	}
	if read, err = w.s.step(ctx, w.s.Reads.Head, w.registryCtx, w.s.Namespace); err != nil {
		return move, read, nil, err
	}
	rows, err = w.rows(ctx)
	return move, read, rows, err
}

// apply tells whether the context was at base, and returns its new head.
func apply(ctx context.Context, tx *sql.Tx, move, read step, rows []step) (storage.Head, bool, error) {
	result, err := tx.StmtContext(ctx, move.statement).ExecContext(ctx, move.args...)
	if isNumber(err, duplicateEntry) {
		return storage.Head{}, false, nil
	}
	if err != nil {
		return storage.Head{}, false, err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return storage.Head{}, false, err
	}
	var head relational.HeadScan
	err = tx.StmtContext(ctx, read.statement).QueryRowContext(ctx, read.args...).Scan(head.Into()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = relational.ErrNoRegistry
	}
	if err != nil {
		return storage.Head{}, false, err
	}
	for _, row := range rows {
		if _, err := tx.StmtContext(ctx, row.statement).ExecContext(ctx, row.args...); err != nil {
			return storage.Head{}, false, err
		}
	}
	return head.Head(), true, nil
}

// move is the step that moves the head from base, or makes it.
func (w write) move(ctx context.Context) (step, error) {
	next := int64(w.base) + 1 //nolint:gosec // a revision that is no int64 was never reached
	if w.base == 0 {
		removal := int64(0)
		if w.Removal {
			removal = next
		}
		known := w.Known != nil && *w.Known
		return w.s.step(ctx, insertHead, w.s.Namespace, w.registryCtx, removal, max(1, w.NextID), known, w.id[:])
	}
	var removal, known any
	if w.Removal {
		removal = next
	}
	if w.Known != nil {
		known = *w.Known
	}
	return w.s.step(ctx, moveHead, next, removal, w.NextID, known, w.id[:], w.s.Namespace, w.registryCtx, next-1)
}

// rows are the steps that write the rows.
func (w write) rows(ctx context.Context) ([]step, error) {
	var all []step
	for _, kind := range []struct {
		statement listed
		rows      [][]any
	}{
		{putSchemas(), args(w.Schemas, func(r *storage.Schema) []any {
			return w.key(r.ID, r.Fingerprint[:], r.Type, []byte(r.Text), r.Details)
		})},
		{dropSchemas(), args(w.DropSchemas, func(r *int32) []any { return w.key(*r) })},
		{putFingerprints(), args(w.Fingerprints, func(r *storage.PutFingerprint) []any { return w.key(r.Fingerprint[:], r.ID) })},
		{dropFingerprints(), args(w.DropFingerprints, func(r *storage.Fingerprint) []any { return w.key(r[:]) })},
		{putVersions(), args(w.Versions, func(r *storage.Version) []any {
			return w.key(r.Subject, r.Version, r.SchemaID, r.Deleted, r.Timestamp, int64(r.Created), int64(r.Written)) //nolint:gosec // the same bits
		})},
		{dropVersions(), args(w.DropVersions, func(r *storage.DeleteVersion) []any { return w.key(r.Subject, r.Version) })},
		{putBackReferences(), args(w.BackReferences, w.backReference)},
		{dropBackReferences(), args(w.DropBackReferences, w.backReference)},
		{putSettings(), args(w.Settings, func(r *storage.Settings) []any { return w.key(r.Subject, r.Config, r.Mode) })},
		{dropSettings(), args(w.DropSettings, func(r *string) []any { return w.key(*r) })},
	} {
		steps, err := w.s.rowSteps(ctx, kind.statement, kind.rows)
		if err != nil {
			return nil, err
		}
		all = append(all, steps...)
	}
	return all, nil
}

// key puts the beginning of every key before the other arguments of a row.
func (w write) key(others ...any) []any {
	return append([]any{w.s.Namespace, w.registryCtx}, others...)
}

func (w write) backReference(r *storage.BackReference) []any {
	return w.key(r.Subject, r.Version, r.ReferrerContext, r.ReferrerID)
}

func args[R any](rows []R, of func(*R) []any) [][]any {
	all := make([][]any, len(rows))
	for i := range rows {
		all[i] = of(&rows[i])
	}
	return all
}

// manyRows are written by one statement; what is left goes one by one, so that few texts have to be prepared.
const manyRows = 32

func (s *Store) rowSteps(ctx context.Context, l listed, rows [][]any) ([]step, error) {
	var steps []step
	for len(rows) > 0 {
		n := 1
		if len(rows) >= manyRows {
			n = manyRows
		}
		made, err := s.step(ctx, l.of(n), slices.Concat(rows[:n]...)...)
		if err != nil {
			return nil, err
		}
		steps, rows = append(steps, made), rows[n:]
	}
	return steps, nil
}

func (s *Store) step(ctx context.Context, text string, args ...any) (step, error) {
	statement, err := s.statement(ctx, text)
	return step{statement, args}, err
}
