// Package backend is the seam between the HTTP side and a registry: one that keeps its own rows
// (backend/registry) or one that asks another registry.
//
// It knows what can be asked and what an answer rests on. It must not know how a request looked or how an answer
// is rendered.
package backend

import (
	"context"

	"schemaside/backend/wire"
	"schemaside/storage"
)

// Registry answers the REST API. Refusals are *wire.Error; a failure of the database is one too, whose cause wraps a
// sentinel of package storage. Reads also tell what their answer, or their refusal, rests on.
//
// Implementations are safe for concurrent use. Strings in parameters are only borrowed: what is kept is copied.
type Registry interface {
	// SchemaByID answers GET /schemas/ids/{id} and its /schema (spec 2.5).
	// Errors: SchemaIDNotFound.
	SchemaByID(ctx context.Context, p SchemaByID) (wire.Schema, Basis, error)
	// VersionsOfID answers GET /schemas/ids/{id}/versions; /subjects are the subjects of the same list.
	// Errors: SchemaNotFound.
	VersionsOfID(ctx context.Context, p VersionsOfID) ([]wire.SubjectVersion, Basis, error)
	// SchemaTypes answers GET /schemas/types.
	SchemaTypes() []string

	// Schemas answers GET /schemas, ordered by the names as the open view writes them, then by version.
	Schemas(ctx context.Context, p Schemas) ([]wire.Schema, Basis, error)
	// SchemaByGUID answers GET /schemas/guids/{guid}: the schema without subject and version (spec 4.8).
	// Errors: SchemaGUIDNotFound.
	SchemaByGUID(ctx context.Context, p SchemaByGUID) (wire.Schema, Basis, error)
	// IDsOfGUID answers GET /schemas/guids/{guid}/ids: the default context first, then the others in order.
	IDsOfGUID(ctx context.Context, p SchemaByGUID) ([]wire.ContextID, Basis, error)

	// Contexts answers GET /contexts: the known contexts in order, "." first.
	Contexts(ctx context.Context, p Contexts) ([]string, Basis, error)
	// DeleteContext answers DELETE /contexts/{c}: the context is listed no more. One that isn't known is fine.
	// Errors: ContextNotEmpty.
	DeleteContext(ctx context.Context, registryCtx string) error
	// Subjects answers GET /subjects, ordered by the names as the open view writes them.
	Subjects(ctx context.Context, p Subjects) ([]wire.Name, Basis, error)
	// Versions answers GET /subjects/{s}/versions; soft-deleted ones may come as negative numbers.
	// Errors: SubjectNotFound.
	Versions(ctx context.Context, p Versions) ([]int32, Basis, error)
	// Version answers GET /subjects/{s}/versions/{v} and its /schema.
	// Errors: SubjectNotFound, VersionNotFound.
	Version(ctx context.Context, p Version) (wire.Schema, Basis, error)
	// VersionByMetadata answers GET /subjects/{s}/metadata: the newest version that has all the properties asked for.
	// Errors: SubjectNotFound, SchemaNotFound.
	VersionByMetadata(ctx context.Context, p VersionByMetadata) (wire.Schema, Basis, error)
	// ReferencedBy answers GET /subjects/{s}/versions/{v}/referencedby with schema IDs.
	// Errors: SubjectNotFound, VersionNotFound.
	ReferencedBy(ctx context.Context, p Version) ([]int32, Basis, error)

	// Lookup answers POST /subjects/{s}.
	// Errors: SubjectNotFound, SchemaNotFound, InvalidSchema.
	Lookup(ctx context.Context, p Lookup) (wire.Schema, Basis, error)
	// Register answers POST /subjects/{s}/versions. The Basis is that of a look-up when nothing had to be written,
	// else Volatile.
	// Errors: InvalidSubject, InvalidSchema, Incompatible, ReadOnly and the other refusals of spec 1.7.
	Register(ctx context.Context, p Register) (wire.Schema, Basis, error)
	// Tag answers POST /subjects/{s}/versions/{v}/tags with the version that it registers.
	// Errors: SubjectNotFound, VersionNotFound, InvalidRuleSet, and those of Register.
	Tag(ctx context.Context, p Tag) (wire.Schema, error)
	// DeleteSubject answers DELETE /subjects/{s} with the versions deleted.
	DeleteSubject(ctx context.Context, p DeleteSubject) ([]int32, error)
	// DeleteVersion answers DELETE /subjects/{s}/versions/{v} with the version deleted.
	DeleteVersion(ctx context.Context, p DeleteVersion) (int32, error)

	// Check answers POST /compatibility/subjects/{s}/versions[/{v}].
	Check(ctx context.Context, p Check) (wire.Compatibility, error)

	// Config answers GET /config[/{s}].
	// Errors: NoSubjectConfig.
	Config(ctx context.Context, p Settings) (wire.Config, Basis, error)
	// PutConfig answers PUT /config[/{s}] with the stored, merged config.
	PutConfig(ctx context.Context, p Settings, u wire.ConfigUpdate) (wire.Config, error)
	// DeleteConfig answers DELETE /config[/{s}] with the config that was.
	DeleteConfig(ctx context.Context, p Settings) (wire.Config, error)
	// Mode answers GET /mode[/{s}].
	// Errors: NoSubjectMode.
	Mode(ctx context.Context, p Settings) (string, Basis, error)
	// PutMode answers PUT /mode[/{s}]. A mode that is nil clears.
	PutMode(ctx context.Context, p Settings, mode *string, force bool) error
	// DeleteMode answers DELETE /mode[/{s}] with the mode that was; empty when none was set and recursive.
	DeleteMode(ctx context.Context, p Settings, recursive bool) (string, error)

	// Ping asks the database whether it answers.
	Ping(ctx context.Context) error
}

// Target is the (context, subject) that a request is about.
type Target struct {
	Context string
	Subject string
	// Bound ties the call to Context: nothing outside of it is read, counted, written or inherited, `.__GLOBAL`
	// settings aside. Without it, a subject of the default context may be looked for in others (spec 2.5, 2.6).
	Bound bool
}

// Root tells whether the target is the caller's root context as a whole: what the plain /config and /mode mean.
func (t Target) Root() bool { return t.Subject == "" && (t.Bound || t.Context == ".") }

// Name is the target as an answer names it.
func (t Target) Name() wire.Name { return wire.Name{Context: t.Context, Subject: t.Subject} }

// Basis tells what an answer rests on, so that a cache knows how long it is good.
type Basis struct {
	// Stamps are the revisions of the contexts that were read.
	Stamps []storage.Stamp
	// Immutable answers stay good while nothing is taken away from those contexts.
	Immutable bool
	// Volatile answers are not to be kept at all.
	Volatile bool
}

// Page is a part of a list: Limit entries from Offset on. A Limit below 0 means all. Offset is never negative.
type Page struct{ Offset, Limit int }

// SchemaByID asks for the schema of an ID. Target is the subject parameter; its Subject may be empty.
type SchemaByID struct {
	Target     Target
	ID         int32
	Format     string
	FetchMaxID bool
	// QualifiedReferences is referenceFormat=qualified.
	QualifiedReferences bool
	// FindTags are tags that are asked for, "*" for all.
	FindTags []string
}

// VersionsOfID asks who carries an ID.
type VersionsOfID struct {
	Target  Target
	ID      int32
	Deleted bool
	Page    Page
}

// Contexts asks for contexts that start with Prefix. In a bound view nobody asks.
type Contexts struct {
	Prefix string
	Page   Page
}

// Subjects asks for subjects (spec 2.7).
type Subjects struct {
	// AllContexts lists every known context; else ContextPrefix, when not empty, every known context whose name
	// starts with it; else Context alone.
	AllContexts   bool
	ContextPrefix string
	Context       string
	SubjectPrefix string
	Deleted       bool
	DeletedOnly   bool
	Page          Page
}

// Schemas asks for the schemas of a set of subjects.
type Schemas struct {
	// Subjects tells which subjects; its DeletedOnly and Page are not used.
	Subjects Subjects
	Bound    bool
	// LatestOnly leaves out all but the newest version of each subject.
	LatestOnly bool
	// Aliases tells the aliases of each subject, and adds what the aliases among the subjects lead to.
	Aliases bool
	// RuleType, when not empty, leaves out what has no rule of that type.
	RuleType string
	Page     Page
}

// SchemaByGUID asks for the schema of a guid: in Context for a bound caller, else in every context.
type SchemaByGUID struct {
	GUID    string
	Context string
	Bound   bool
	Format  string
}

// VersionByMetadata asks for a version with certain metadata properties.
type VersionByMetadata struct {
	Target     Target
	Properties map[string]string
	Format     string
	Deleted    bool
}

// Versions asks for the versions of a subject.
type Versions struct {
	Target            Target
	Deleted           bool
	DeletedOnly       bool
	DeletedAsNegative bool
	Page              Page
}

// Latest is the version number that stands for the newest live version.
const Latest int32 = -1

// Version asks for one version of a subject, or for what refers to it.
type Version struct {
	Target              Target
	Version             int32
	Format              string
	Deleted             bool
	QualifiedReferences bool
	// FindTags are tags that are asked for, "*" for all.
	FindTags []string
	Page     Page
}

// Lookup asks whether a subject has a schema.
type Lookup struct {
	Target    Target
	Input     wire.SchemaInput
	Normalize bool
	Format    string
	Deleted   bool
}

// Register adds a schema to a subject.
type Register struct {
	Target    Target
	Input     wire.SchemaInput
	Normalize bool
	Format    string
	Force     bool
	// Anew registers another version even of what is registered already.
	Anew bool
}

// Tag registers a version of a subject again as a new one, with other tags, metadata or rules.
type Tag struct {
	Target  Target
	Version int32
	// NewVersion is 0 or Latest for whichever comes next.
	NewVersion   int32
	Add, Remove  []wire.SchemaTags
	Metadata     *wire.Metadata
	RuleSet      *wire.RuleSet
	RulesToMerge *wire.RuleSet
	// RulesToRemove are names of rules.
	RulesToRemove []string
}

// DeleteSubject deletes all versions of a subject.
type DeleteSubject struct {
	Target    Target
	Permanent bool
}

// DeleteVersion deletes a version of a subject.
type DeleteVersion struct {
	Target    Target
	Version   int32
	Permanent bool
}

// Check asks whether a schema could follow the versions of a subject.
type Check struct {
	Target Target
	// Version is 0 for all versions that the level in scope asks for.
	Version   int32
	Input     wire.SchemaInput
	Normalize bool
	Verbose   bool
}

// Settings names whose config or mode is meant: a subject, or the context for an empty subject.
type Settings struct {
	Target Target
	// DefaultToGlobal asks for what is in scope rather than for the exact record.
	DefaultToGlobal bool
}
