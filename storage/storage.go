// Package storage is the seam between the registry and a database.
//
// It knows rows, revisions and atomic commits, one registry context at a time. It must not know what a
// schema says, which versions are compatible, or what a subject may be called: those rules are decided by
// backend/registry, which hands a driver nothing but changes to apply.
//
// Every key below starts with a namespace that a Store is opened for, so that several registries can share
// one database; no method mentions it. Names compare bytewise on every store.
package storage

import "context"

// Revision counts the commits of one context. 0 means that nothing was ever committed to it.
type Revision uint64

// Head is the state of a context as a whole. The Head of a context that never saw a commit has the store's
// Epoch, NextID 1 and zeros elsewhere.
type Head struct {
	// Epoch is a random number made with the store. What was learnt under another epoch says nothing about
	// this one: the database was restored or wiped.
	Epoch uint64
	// Revision grows by one with each commit.
	Revision Revision
	// Removal is the revision of the last commit that carried a Removal change.
	Removal Revision
	// NextID is the schema ID that the next new schema of the context gets. It never shrinks.
	NextID int32
	// Known tells whether the context is listed by ListContexts.
	Known bool
}

// Stamp names a revision of a context that an answer was read at.
type Stamp struct {
	Context  string
	Epoch    uint64
	Revision Revision
}

// StampOf returns the stamp of what was read from registryCtx together with head.
func StampOf(registryCtx string, head Head) Stamp {
	return Stamp{Context: registryCtx, Epoch: head.Epoch, Revision: head.Revision}
}

// Fingerprint is the MD5 over all that makes a schema the same schema (text, references, metadata, rule set).
type Fingerprint [16]byte

// Schema is what a schema ID stands for. It never changes under its ID.
type Schema struct {
	ID          int32
	Fingerprint Fingerprint
	// Type is the name of the schema language: AVRO, JSON, PROTOBUF.
	Type string
	// Text is the canonical or normalised text.
	Text string
	// Details is backend/registry's own encoding of references, metadata and rule set; nil when there are none.
	Details []byte
}

// Version ties a version number of a subject to a schema ID.
type Version struct {
	Subject  string
	Version  int32
	SchemaID int32
	// Deleted marks a soft-deleted version.
	Deleted bool
	// Timestamp is in milliseconds since the Unix epoch.
	Timestamp int64
	// Created and Written are the revisions of the commits that first and last wrote the row.
	Created, Written Revision
}

// Subject is a line in the list of subjects.
type Subject struct {
	Name string
	// Live tells whether any version is not soft-deleted.
	Live bool
}

// BackReference tells that the schema ReferrerID of ReferrerContext refers to a version of a subject.
type BackReference struct {
	Subject         string
	Version         int32
	ReferrerContext string
	ReferrerID      int32
}

// Settings are the config and mode of a subject, or of the whole context when Subject is empty.
// A zero value besides Subject means that none are set.
type Settings struct {
	Subject string
	// Config is backend/registry's own encoding; nil when no config is set.
	Config []byte
	// Mode is empty when no mode is set.
	Mode string
}

// Scan bounds an ordered scan over subject names: those that start with Prefix and come after After (bytewise;
// an empty After starts at the beginning, the empty name included), at most Limit of them (0: no limit).
// A scan is continued with After set to the last name returned; a last name that is empty can't be told from the
// beginning, so a continued scan asks for Limit >= 2.
type Scan struct {
	Prefix string
	After  string
	Limit  int
}

// Store keeps the rows of all contexts of one namespace.
//
// Every read of a context returns the Head that it was read under: rows and Head come from one snapshot. That
// holds for ErrNotFound, too. Slices come in the order told, are the caller's to keep, and are empty rather than an
// error when nothing is there. A context that was never written to reads as an empty one, and reading never
// creates it. So does one that can't be written to: no row has a name that ValidContext or ValidSubject refuses.
//
// Any method fails with ErrUnavailable when the database can't be asked (it is away, the deadline of ctx passed,
// ctx was cancelled, the store is closed). No other error is meant where none is named.
type Store interface {
	// Head returns the head of a context.
	Head(ctx context.Context, registryCtx string) (Head, error)

	// Heads returns the heads of several contexts, in the order asked. They need not come from one snapshot.
	Heads(ctx context.Context, contexts []string) ([]Head, error)

	// ListContexts returns the known contexts in bytewise order. The default context "." is always there.
	ListContexts(ctx context.Context) ([]string, error)

	// Schema returns the schema of an ID. Errors: ErrNotFound.
	Schema(ctx context.Context, registryCtx string, id int32) (Schema, Head, error)

	// SchemaByFingerprint returns the schema that the fingerprint was last put for. Errors: ErrNotFound.
	SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint Fingerprint) (Schema, Head, error)

	// Versions returns the versions of a subject, ascending, soft-deleted ones included.
	Versions(ctx context.Context, registryCtx, subject string) ([]Version, Head, error)

	// VersionsOfID returns the versions that carry a schema ID, soft-deleted ones included, ordered by Created,
	// then subject, then version.
	VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]Version, Head, error)

	// SchemaAndVersions returns the schema of an ID together with the versions that carry it, as VersionsOfID does: what a
	// look-up by ID needs, in one call. Errors: ErrNotFound.
	SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (Schema, []Version, Head, error)

	// Subjects returns the subjects that have a version, soft-deleted ones included, in bytewise order.
	Subjects(ctx context.Context, registryCtx string, scan Scan) ([]Subject, Head, error)

	// BackReferences returns what refers to any version of a subject, ordered by version, context, ID.
	BackReferences(ctx context.Context, registryCtx, subject string) ([]BackReference, Head, error)

	// Settings returns the settings of a subject, or of the context for an empty subject.
	Settings(ctx context.Context, registryCtx, subject string) (Settings, Head, error)

	// ScanSettings returns the settings of subjects that have any (the context's own, with an empty Subject,
	// included), in bytewise order.
	ScanSettings(ctx context.Context, registryCtx string, scan Scan) ([]Settings, Head, error)

	// ContextsOfSubject returns in bytewise order the contexts in which the subject has a version, soft-deleted
	// ones included. It may name a context that has just lost it; the caller reads there.
	ContextsOfSubject(ctx context.Context, subject string) ([]string, error)

	// ContextsOfFingerprint does the same for the contexts that have a schema of this fingerprint.
	ContextsOfFingerprint(ctx context.Context, fingerprint Fingerprint) ([]string, error)

	// Commit applies the changes in order, all or none, if the context is still at base, and returns the new Head,
	// whose Revision is base+1. An empty list of changes is a commit like any other.
	// Errors: those of CheckNames; ErrConflict when the context is not at base (nothing was changed); ErrOutcomeUnknown
	// when the database can't tell whether the commit happened; ErrUnavailable when it surely did not.
	Commit(ctx context.Context, registryCtx string, base Revision, changes ...Change) (Head, error)

	// Close lets calls under way fail with ErrUnavailable, and frees what the store holds. Later calls do nothing.
	Close() error
}
