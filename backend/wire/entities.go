package wire

// Reference points from a schema to a version of a subject, under the name by which the schema's text calls it.
// Subject is kept as it was written: without a context it means the referrer's.
type Reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int32  `json:"version"`
}

// Metadata is what a schema carries beside its text. An empty Metadata differs from none at all.
type Metadata struct {
	Tags       map[string][]string `json:"tags,omitempty"`
	Properties map[string]string   `json:"properties,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"`
}

// SchemaInput is a schema as a caller hands it in (spec/rest-api.md 1.3, RegisterSchemaRequest).
type SchemaInput struct {
	// Version and ID are 0 and -1 when absent.
	Version int32
	ID      int32
	// Type is "AVRO" when absent.
	Type       string
	References []Reference
	Metadata   *Metadata
	RuleSet    *RuleSet
	Text       string
	// TagsToAdd and TagsToRemove change the text; PropagateTags takes over those of the version before.
	TagsToAdd, TagsToRemove []SchemaTags
	PropagateTags           bool
}

// SchemaTags are tags of a record or a field in a schema.
type SchemaTags struct {
	// Path names it as the schema's language does; Field tells a field from a record.
	Path  string
	Field bool
	Tags  []string
}

// Schema is a schema as it is shown. Which of its fields an answer has is the matter of the answer's shape
// (spec/rest-api.md 1.3: RegisterSchemaResponse, Schema, SchemaString).
type Schema struct {
	// Subject and Version are shown together; Version 0 leaves both out.
	Subject    Name
	Version    int32
	ID         int32
	GUID       string
	Type       string
	References []Reference
	Metadata   *Metadata
	RuleSet    *RuleSet
	Text       string
	// Tags are shown only where they were asked for.
	Tags []SchemaTags
	// MaxID is 0 unless asked for.
	MaxID int32
	// Stored tells whether Timestamp (milliseconds since the epoch) and Deleted are shown.
	Stored    bool
	Timestamp int64
	Deleted   bool
	// Aliases are the subjects whose alias leads to this one, where that was asked for.
	Aliases []Name
}

// SubjectVersion is a version of a subject.
type SubjectVersion struct {
	Subject Name
	Version int32
}

// ContextID is a schema's ID in one context.
type ContextID struct {
	Context string
	ID      int32
}

// Compatibility is the outcome of a check. Messages are nil unless the caller asked for them.
type Compatibility struct {
	Compatible bool
	Messages   []Text
}

// Config is the config of a subject, a context or `.__GLOBAL`: what is stored, what GET shows, and, in ConfigUpdate, what
// PUT changes (spec/rest-api.md 1.3 and 1.6). Fields follow the order in which they are shown.
type Config struct {
	Alias               string    `json:"alias,omitempty"`
	AliasForDeks        string    `json:"aliasForDeks,omitempty"`
	Normalize           *bool     `json:"normalize,omitempty"`
	ValidateFields      *bool     `json:"validateFields,omitempty"`
	ValidateNewSchemas  *bool     `json:"validateNewSchemas,omitempty"`
	ValidateRules       *bool     `json:"validateRules,omitempty"`
	Compatibility       string    `json:"compatibilityLevel,omitempty"`
	CompatibilityPolicy string    `json:"compatibilityPolicy,omitempty"`
	CompatibilityGroup  string    `json:"compatibilityGroup,omitempty"`
	DefaultMetadata     *Metadata `json:"defaultMetadata,omitempty"`
	OverrideMetadata    *Metadata `json:"overrideMetadata,omitempty"`
	DefaultRuleSet      *RuleSet  `json:"defaultRuleSet,omitempty"`
	OverrideRuleSet     *RuleSet  `json:"overrideRuleSet,omitempty"`
}

// Patch is a field of an update: left alone unless Set; cleared when Set to the zero value.
type Patch[T any] struct {
	Set   bool
	Value T
}

// ConfigUpdate changes a Config field by field (spec/rest-api.md 1.3, ConfigUpdateRequest). A JSON null sets the
// zero value.
type ConfigUpdate struct {
	Alias               Patch[string]
	AliasForDeks        Patch[string]
	Normalize           Patch[*bool]
	ValidateFields      Patch[*bool]
	ValidateNewSchemas  Patch[*bool]
	ValidateRules       Patch[*bool]
	Compatibility       Patch[string]
	CompatibilityPolicy Patch[string]
	CompatibilityGroup  Patch[string]
	DefaultMetadata     Patch[*Metadata]
	OverrideMetadata    Patch[*Metadata]
	DefaultRuleSet      Patch[*RuleSet]
	OverrideRuleSet     Patch[*RuleSet]
}
