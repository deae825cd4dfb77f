package wire

// RuleSet is the data contract of a schema: what its clients do with a record besides writing and reading it. An empty
// RuleSet differs from none at all.
type RuleSet struct {
	MigrationRules []Rule `json:"migrationRules,omitempty"`
	DomainRules    []Rule `json:"domainRules,omitempty"`
	EncodingRules  []Rule `json:"encodingRules,omitempty"`
	EnableAt       *int32 `json:"enableAt,omitempty"`
}

// Rule is one rule of a RuleSet. Its fields follow the order in which they are shown; empty ones are none. Tags are
// sorted.
type Rule struct {
	Name      string            `json:"name,omitempty"`
	Doc       string            `json:"doc,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Mode      string            `json:"mode,omitempty"`
	Type      string            `json:"type,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	Expr      string            `json:"expr,omitempty"`
	OnSuccess string            `json:"onSuccess,omitempty"`
	OnFailure string            `json:"onFailure,omitempty"`
	Disabled  bool              `json:"disabled,omitempty"`
}

// Modes of a rule: when it runs.
const (
	RuleUpgrade   = "UPGRADE"
	RuleDowngrade = "DOWNGRADE"
	RuleUpDown    = "UPDOWN"
	RuleWrite     = "WRITE"
	RuleRead      = "READ"
	RuleWriteRead = "WRITEREAD"
)

// RuleModes returns the modes that a rule can have.
func RuleModes() []string {
	return []string{RuleUpgrade, RuleDowngrade, RuleUpDown, RuleWrite, RuleRead, RuleWriteRead}
}

// RuleKinds returns the kinds that a rule can be of.
func RuleKinds() []string { return []string{"TRANSFORM", "CONDITION"} }
