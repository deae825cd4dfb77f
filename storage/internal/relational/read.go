// Package relational is what the drivers of SQL databases share: how rows become values, how a commit's changes become
// rows, how an outcome is found out, and how migrations are run. It knows no dialect: a driver brings the texts of its
// statements and the connection.
package relational

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"schemaside/storage"
)

// Row is one row of an answer.
type Row interface {
	Scan(dest ...any) error
}

// Database runs one statement that reads, from one snapshot, and hands its rows over.
// Errors: whatever each returns; else storage.ErrUnavailable.
type Database interface {
	Query(ctx context.Context, statement string, args []any, each func(Row) error) error
}

// Reads are the texts of the statements that read. Each takes its arguments in the order told. Those of one context
// return the head's five columns first, in every row, and at least one row as long as the registry is there:
// where nothing is found, the other columns are null.
type Reads struct {
	Head                  string // context, namespace
	Schema                string // context, ID, namespace: ID, fingerprint, type, text, details
	SchemaByFingerprint   string // context, fingerprint, namespace: as Schema
	Versions              string // context, subject, namespace: subject, version, schema ID, deleted, timestamp, created, written
	VersionsOfID          string // context, ID, namespace: as Versions, in any order
	SchemaAndVersions     string // context, ID, namespace, context, ID, namespace: as Schema, then as Versions without subject's order
	Subjects              string // context, namespace, scan (4), ...
	BackReferences        string // context, subject, namespace
	Settings              string // context, subject, namespace
	ScanSettings          string // as Subjects
	ListContexts          string // namespace
	ContextsOfSubject     string // namespace, subject
	ContextsOfFingerprint string // namespace, fingerprint
}
