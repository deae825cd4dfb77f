package storage

import "context"

// SubjectReader is a Store that reads in one call what most answers about a subject begin with. It is the same as the
// single reads; a store that has it saves the way to the database.
type SubjectReader interface {
	// ReadSubject returns the settings and the versions of a subject, the settings of its context, and those of two other
	// contexts. All that is of one context comes from one snapshot, as every read does. Errors: as the single reads.
	ReadSubject(ctx context.Context, registryCtx, subject string, others [2]string) (SubjectRows, error)
}

// SubjectRows is what ReadSubject returns.
type SubjectRows struct {
	Head     Head
	Versions []Version
	// Own and Context are the settings of the subject and of its context.
	Own, Context Settings
	// Others are the settings of the other contexts, with their heads.
	Others [2]ContextSettings
}

// ContextSettings are the settings of a whole context.
type ContextSettings struct {
	Head     Head
	Settings Settings
}
