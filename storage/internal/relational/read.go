// Package relational is what the drivers of SQL databases share: how rows become values, how the changes of a commit
// become rows, how the outcome of a commit is found out, and how migrations are run. It knows no dialect: a driver
// brings the texts of its statements, and the connections.
package relational

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"schemaside/storage"
)

// Row is one row of an answer.
type Row interface {
	Scan(dest ...any) error
}

// Database runs a statement that reads, from one snapshot, and hands its rows over.
// Errors: what each returns; else storage.ErrUnavailable.
type Database interface {
	Query(ctx context.Context, statement string, args []any, each func(Row) error) error
}

// Reads are the statements that read, with their arguments in order. Each returns at least one row, as long as the
// registry of the namespace is there; columns of rows that aren't found are null. What is read of one context begins
// with the head's columns in every row: epoch, revision, removal, next ID, known.
type Reads struct {
	Head                  string // context, namespace
	Schema                string // context, ID, namespace: ID, fingerprint, type, text, details
	SchemaByFingerprint   string // context, fingerprint, namespace: as Schema
	Versions              string // context, subject, namespace: subject, version, schema ID, deleted, timestamp, created, written; in any order
	VersionsOfID          string // context, ID, namespace: as Versions
	SchemaAndVersions     string // context, ID, namespace, and the same again: as Schema, then as Versions; the text once
	Subjects              string // context, namespace, context, scan's from, below, but, limit, namespace: subject, live; by subject
	BackReferences        string // context, subject, namespace: subject, version, context, ID; in any order
	Settings              string // context, subject, namespace: subject, config, mode
	ScanSettings          string // as Subjects: subject, config, mode; by subject
	ListContexts          string // namespace: context; in order
	ContextsOfSubject     string // subject, namespace: context; in order
	ContextsOfFingerprint string // fingerprint, namespace: context; in order

	// Subject: three contexts, subject, namespace, the first context and the subject again, namespace: the head's columns,
	// the name of the context, subject, config and mode as Settings, then as Versions. Each row has settings or a version
	// or neither; names of contexts that have no head are null.
	Subject string
}

// Reader answers the reads of a storage.Store that are one statement.
type Reader struct {
	Database  Database
	Reads     *Reads
	Namespace string
}

// ErrNoRegistry tells that the namespace has lost its row: nothing can be told about what is there.
var ErrNoRegistry = fmt.Errorf("%w: the registry is gone from the database", storage.ErrUnavailable)

// subjectKey returns a name as an argument. No row has a name that can't be kept; null equals none.
func subjectKey(name string) any {
	if !storage.ValidSubject(name) {
		return nil
	}
	return name
}

// ContextKey does the same for the name of a context.
func ContextKey(name string) any {
	if !storage.ValidContext(name) {
		return nil
	}
	return name
}

// HeadScan is where the head's columns of a row go.
type HeadScan struct {
	epoch, revision, removal int64
	head                     storage.Head
}

// Into returns the destinations of the head's columns, and of others behind them.
func (h *HeadScan) Into(others ...any) []any {
	return append([]any{&h.epoch, &h.revision, &h.removal, &h.head.NextID, &h.head.Known}, others...)
}

// Head returns what was scanned.
func (h *HeadScan) Head() storage.Head {
	h.head.Epoch, h.head.Revision, h.head.Removal = uint64(h.epoch), storage.Revision(h.revision), storage.Revision(h.removal) //nolint:gosec // the same bits
	return h.head
}

// schemaScan is where the columns of a schema go; all are null where there is none.
type schemaScan struct {
	id                         *int32
	fingerprint, text, details []byte
	kind                       *string
}

func (s *schemaScan) into() []any { return []any{&s.id, &s.fingerprint, &s.kind, &s.text, &s.details} }

func (s *schemaScan) schema() (storage.Schema, error) {
	if s.id == nil {
		return storage.Schema{}, storage.ErrNotFound
	}
	row := storage.Schema{ID: *s.id, Text: string(s.text), Details: orNil(s.details)}
	copy(row.Fingerprint[:], s.fingerprint)
	if s.kind != nil {
		row.Type = *s.kind
	}
	return row, nil
}

// orNil returns nil for what is empty: that is how a row tells that it has none.
func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// versionScan is where the columns of a version go; all are null where there is none.
type versionScan struct {
	subject                   *string
	version, id               *int32
	deleted                   *bool
	timestamp, created, write *int64
}

func (v *versionScan) into() []any {
	return []any{&v.subject, &v.version, &v.id, &v.deleted, &v.timestamp, &v.created, &v.write}
}

func (v *versionScan) appendTo(rows []storage.Version) []storage.Version {
	if v.subject == nil {
		return rows
	}
	return append(rows, storage.Version{
		Subject: *v.subject, Version: *v.version, SchemaID: *v.id, Deleted: *v.deleted, Timestamp: *v.timestamp,
		Created: storage.Revision(*v.created), Written: storage.Revision(*v.write), //nolint:gosec // the same bits
	})
}

// rows runs a statement that reads of one context. scan takes the columns behind the head's.
func (r *Reader) rows(ctx context.Context, statement string, args []any, scan func(head *HeadScan, row Row) error) (storage.Head, error) {
	var head HeadScan
	found := false
	err := r.Database.Query(ctx, statement, args, func(row Row) error {
		found = true
		return scan(&head, row)
	})
	if err == nil && !found {
		err = ErrNoRegistry
	}
	if err != nil {
		return storage.Head{}, err
	}
	return head.Head(), nil
}

// Head implements storage.Store.
func (r *Reader) Head(ctx context.Context, registryCtx string) (storage.Head, error) {
	return r.rows(ctx, r.Reads.Head, []any{ContextKey(registryCtx), r.Namespace}, func(head *HeadScan, row Row) error {
		return row.Scan(head.Into()...)
	})
}

// Schema implements storage.Store.
func (r *Reader) Schema(ctx context.Context, registryCtx string, id int32) (storage.Schema, storage.Head, error) {
	return r.schema(ctx, r.Reads.Schema, registryCtx, id)
}

// SchemaByFingerprint implements storage.Store.
func (r *Reader) SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint storage.Fingerprint) (storage.Schema, storage.Head, error) {
	return r.schema(ctx, r.Reads.SchemaByFingerprint, registryCtx, fingerprint[:])
}

func (r *Reader) schema(ctx context.Context, statement, registryCtx string, key any) (storage.Schema, storage.Head, error) {
	var s schemaScan
	head, err := r.rows(ctx, statement, []any{ContextKey(registryCtx), key, r.Namespace}, func(head *HeadScan, row Row) error {
		return row.Scan(head.Into(s.into()...)...)
	})
	if err != nil {
		return storage.Schema{}, head, err
	}
	schema, err := s.schema()
	return schema, head, err
}

// Versions implements storage.Store.
func (r *Reader) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	rows, head, err := r.versions(ctx, r.Reads.Versions, registryCtx, subjectKey(subject))
	slices.SortFunc(rows, byNumber)
	return rows, head, err
}

// VersionsOfID implements storage.Store.
func (r *Reader) VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]storage.Version, storage.Head, error) {
	rows, head, err := r.versions(ctx, r.Reads.VersionsOfID, registryCtx, id)
	slices.SortFunc(rows, byCreation)
	return rows, head, err
}

func (r *Reader) versions(ctx context.Context, statement, registryCtx string, key any) ([]storage.Version, storage.Head, error) {
	var found []storage.Version
	head, err := r.rows(ctx, statement, []any{ContextKey(registryCtx), key, r.Namespace}, func(head *HeadScan, row Row) error {
		var v versionScan
		err := row.Scan(head.Into(v.into()...)...)
		found = v.appendTo(found)
		return err
	})
	if err != nil {
		return nil, head, err
	}
	return found, head, nil
}

func byNumber(a, b storage.Version) int { return cmp.Compare(a.Version, b.Version) }

func byCreation(a, b storage.Version) int {
	return cmp.Or(cmp.Compare(a.Created, b.Created), strings.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
}

// SchemaAndVersions implements storage.Store.
func (r *Reader) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (storage.Schema, []storage.Version, storage.Head, error) {
	var found schemaScan
	var carriers []storage.Version
	registryKey := ContextKey(registryCtx)
	args := []any{registryKey, id, r.Namespace, registryKey, id, r.Namespace}
	head, err := r.rows(ctx, r.Reads.SchemaAndVersions, args, func(head *HeadScan, row Row) error {
		var s schemaScan
		var v versionScan
		err := row.Scan(head.Into(append(s.into(), v.into()...)...)...)
		if s.id != nil {
			found = s
		}
		carriers = v.appendTo(carriers)
		return err
	})
	if err != nil {
		return storage.Schema{}, nil, head, err
	}
	schema, err := found.schema()
	if err != nil {
		return schema, nil, head, err
	}
	slices.SortFunc(carriers, byCreation)
	return schema, carriers, head, nil
}

// Subjects implements storage.Store.
func (r *Reader) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	var found []storage.Subject
	head, err := r.rows(ctx, r.Reads.Subjects, r.scanArgs(registryCtx, scan), func(head *HeadScan, row Row) error {
		var name *string
		var live *bool
		err := row.Scan(head.Into(&name, &live)...)
		if name != nil && live != nil {
			found = append(found, storage.Subject{Name: *name, Live: *live})
		}
		return err
	})
	if err != nil {
		return nil, head, err
	}
	return found, head, nil
}

// scanArgs are the arguments of a scan: the first name that may come, one that comes after all that may, one that must
// not come, and how many may.
func (r *Reader) scanArgs(registryCtx string, scan storage.Scan) []any {
	registryKey, limit := ContextKey(registryCtx), int64(math.MaxInt64)
	if scan.Limit > 0 {
		limit = int64(scan.Limit)
	}
	if len(textOf(scan.Prefix)) < len(scan.Prefix) {
		// No name starts with what isn't text.
		return []any{registryKey, r.Namespace, registryKey, nil, nil, nil, limit, r.Namespace}
	}
	below := afterAll(scan.Prefix)
	but := below
	if scan.After != "" {
		but = textOf(scan.After)
	}
	return []any{registryKey, r.Namespace, registryKey, max(scan.Prefix, textOf(scan.After)), below, but, limit, r.Namespace}
}

// textOf returns what a name has before the first thing that no name can have. The same names come after both.
func textOf(name string) string {
	for i, c := range name {
		if _, size := utf8.DecodeRuneInString(name[i:]); c == 0 || c == utf8.RuneError && size == 1 {
			return name[:i]
		}
	}
	return name
}

// afterAll returns a name that comes after all names which start with the prefix, and is UTF-8 like them: after the
// prefix it has the last character that there is, more often than a name has room for.
func afterAll(prefix string) string {
	return prefix + strings.Repeat("\U0010FFFF", max(0, storage.MaxSubject-len(prefix))/4+1)
}

// BackReferences implements storage.Store.
func (r *Reader) BackReferences(ctx context.Context, registryCtx, subject string) ([]storage.BackReference, storage.Head, error) {
	var found []storage.BackReference
	args := []any{ContextKey(registryCtx), subjectKey(subject), r.Namespace}
	head, err := r.rows(ctx, r.Reads.BackReferences, args, func(head *HeadScan, row Row) error {
		var name, referrer *string
		var version, id *int32
		err := row.Scan(head.Into(&name, &version, &referrer, &id)...)
		if name != nil {
			found = append(found, storage.BackReference{Subject: *name, Version: *version, ReferrerContext: *referrer, ReferrerID: *id})
		}
		return err
	})
	if err != nil {
		return nil, head, err
	}
	slices.SortFunc(found, func(a, b storage.BackReference) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), strings.Compare(a.ReferrerContext, b.ReferrerContext), cmp.Compare(a.ReferrerID, b.ReferrerID))
	})
	return found, head, nil
}

// settingsScan is where the columns of settings go; all are null where there are none.
type settingsScan struct {
	subject, mode *string
	config        []byte
}

func (s *settingsScan) into() []any { return []any{&s.subject, &s.config, &s.mode} }

func (s *settingsScan) appendTo(rows []storage.Settings) []storage.Settings {
	if s.subject == nil {
		return rows
	}
	return append(rows, storage.Settings{Subject: *s.subject, Config: orNil(s.config), Mode: *s.mode})
}

// Settings implements storage.Store.
func (r *Reader) Settings(ctx context.Context, registryCtx, subject string) (storage.Settings, storage.Head, error) {
	found, head, err := r.settings(ctx, r.Reads.Settings, []any{ContextKey(registryCtx), subjectKey(subject), r.Namespace})
	if err != nil || len(found) == 0 {
		return storage.Settings{Subject: subject}, head, err
	}
	return found[0], head, nil
}

// ScanSettings implements storage.Store.
func (r *Reader) ScanSettings(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Settings, storage.Head, error) {
	return r.settings(ctx, r.Reads.ScanSettings, r.scanArgs(registryCtx, scan))
}

func (r *Reader) settings(ctx context.Context, statement string, args []any) ([]storage.Settings, storage.Head, error) {
	var found []storage.Settings
	head, err := r.rows(ctx, statement, args, func(head *HeadScan, row Row) error {
		var s settingsScan
		err := row.Scan(head.Into(s.into()...)...)
		found = s.appendTo(found)
		return err
	})
	if err != nil {
		return nil, head, err
	}
	return found, head, nil
}

// defaultContext is listed whether or not anything was ever written to it.
const defaultContext = "."

// ListContexts implements storage.Store.
func (r *Reader) ListContexts(ctx context.Context) ([]string, error) {
	found, err := r.names(ctx, r.Reads.ListContexts, r.Namespace)
	if err != nil {
		return nil, err
	}
	if i, known := slices.BinarySearch(found, defaultContext); !known {
		found = slices.Insert(found, i, defaultContext)
	}
	return found, nil
}

// ContextsOfSubject implements storage.Store.
func (r *Reader) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	return r.names(ctx, r.Reads.ContextsOfSubject, subjectKey(subject), r.Namespace)
}

// ContextsOfFingerprint implements storage.Store.
func (r *Reader) ContextsOfFingerprint(ctx context.Context, fingerprint storage.Fingerprint) ([]string, error) {
	return r.names(ctx, r.Reads.ContextsOfFingerprint, fingerprint[:], r.Namespace)
}

func (r *Reader) names(ctx context.Context, statement string, args ...any) ([]string, error) {
	var found []string
	answered := false
	err := r.Database.Query(ctx, statement, args, func(row Row) error {
		answered = true
		var name *string
		err := row.Scan(&name)
		if name != nil {
			found = append(found, *name)
		}
		return err
	})
	if err == nil && !answered {
		err = ErrNoRegistry
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}
