// Package schema is the seam between the registry's rules and the schema languages.
//
// Each language is a package below this one. It knows texts: how they are parsed, printed and compared. It must not
// know subjects, versions, storage or HTTP.
package schema

import "context"

// Language reads and compares the texts of one schema language. Implementations are values without state that are
// safe for concurrent use. None of their functions panics, whatever the text.
type Language interface {
	// Name is the schemaType of the REST API, for example "AVRO".
	Name() string

	// Parse reads a text. The error of a refused text has the reference server's words, without the prefix that
	// names the subject (spec/rest-api.md 4.10 after "details: ").
	Parse(text string, o ParseOptions) (Schema, error)

	// Check tells what keeps reader from reading what was written with writer: a message each in the order of
	// the walk, none when compatible. Both schemas were parsed by this language.
	Check(reader, writer Schema, o CheckOptions) []string
}

// ParseOptions tell how a text is read.
type ParseOptions struct {
	// References are the texts that the text may refer to: each after what it refers to itself, each name once.
	References []Reference
	// Strict asks for the rules of a new text; stored texts and look-ups are read with wider ones.
	Strict bool
	// Limits bound the text.
	Limits Limits
	// Fetch gets what a text refers to by URL though no reference has that name; nil refuses such texts.
	Fetch Fetch
}

// Fetch returns the text at an http or https URL. It must be safe for concurrent use. An error says that there is no such
// text now, or that it may not be fetched.
type Fetch func(ctx context.Context, url string) (string, error)

// Reference is a text that another one refers to by name.
type Reference struct {
	Name string
	Text string
}

// CheckOptions tell how a comparison words and weighs what it finds.
type CheckOptions struct {
	// ReaderIsNew tells which side the messages call "new": the reader (backward) or the writer (forward).
	ReaderIsNew bool
	// Lenient is the compatibilityPolicy LENIENT.
	Lenient bool
	// Logical is the compatibilityPolicy LOGICAL: logical types have to be the same, in a language that has any.
	Logical bool
}

// Schema is a parsed text. It is immutable.
type Schema interface {
	// Canonical is the text as it is stored without normalisation.
	Canonical() string

	// Normalized is the schema of the normalised text. The error, if any, is worded like those of Parse.
	Normalized() (Schema, error)

	// Format is the text in a format of the REST API (spec/rest-api.md 4.9). An empty, unknown or inapplicable
	// format is the canonical text.
	Format(format string) string

	// Equal tells whether two schemas of one language are the same once references are resolved
	// (spec/rest-api.md 4.2, "can-look-up scan").
	Equal(other Schema) bool

	// Validate does what the language leaves for after parsing (spec/schema-languages.md, table of moments).
	// The error is worded like those of Parse. fields is validateFields of the config in scope.
	Validate(fields bool) error
}

// Drawing is a Schema that may refer to texts by URL. Its Validate, and the comparisons it takes part in, fetch them.
type Drawing interface {
	// ValidateKnown is Validate for a text that may be registered already: it fetches nothing, and takes what is at a
	// URL for good. Without ParseOptions.Fetch it refuses what Validate refuses.
	ValidateKnown(fields bool) error
	// Blocked tells that the text refers to a URL while ParseOptions.Fetch is nil, and nothing else. The error is worded
	// like those of Parse.
	Blocked() error
}

// Weighted is a Schema whose parsed form may take much more memory than its texts tell.
type Weighted interface {
	// Weight is that memory, in bytes. It may grow with use.
	Weight() int
}

// FieldHolder is a Schema that knows its top-level fields: those of a record, of an object, of the first message. A
// language whose schemas don't implement it has no reserved fields.
type FieldHolder interface {
	// HasField tells whether there is a top-level field of a name.
	HasField(name string) bool
}
