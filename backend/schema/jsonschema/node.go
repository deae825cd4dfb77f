package jsonschema

import "schemaside/backend/schema/jsontree"

// kind is what sort of schema the comparison sees (spec/schema-languages.md 2.5).
type kind uint8

const (
	kindEmpty kind = iota
	kindTrue
	kindFalse
	kindBoolean
	kindNull
	kindObject
	kindArray
	kindString
	kindNumber
	kindCombined
	kindNot
	kindConst
	kindEnum
	kindConditional
	kindReference
	// kindMeta is a meta-schema of JSON Schema itself, known by its URI alone.
	kindMeta
)

// node is a schema as the comparison sees it. It is immutable once the loader is done.
type node struct {
	kind kind
	// generated marks an allOf or anyOf that no keyword asked for.
	generated bool
	notes     *notes
	// body has the type that belongs to the kind; nil for kinds without keywords of their own.
	body body
}

// notes are what any schema can carry beside its constraints.
type notes struct {
	id, title, description string
	// fallback is the default value; nil without one.
	fallback *jsontree.Value
	// extra are the keywords that nothing understood, in order.
	extra []jsontree.Member
}

// body is the part of a schema that only one kind has.
type body interface{ isBody() }

// limit is the canonical number of a keyword; empty without one.
type limit = string

// objectBody is the body of kindObject. names lists the properties in order.
type objectBody struct {
	typed              bool
	names              []string
	properties         map[string]*node
	required           map[string]struct{}
	minimum, maximum   limit
	additional         extension
	patterns           []patternProperty
	propertyNames      *node
	arrayDependencies  []dependency[map[string]struct{}]
	schemaDependencies []dependency[*node]
}

type patternProperty struct {
	pattern string
	schema  *node
}

// dependency is what an object must have or be when it has a property: further properties or a schema.
type dependency[T any] struct {
	name  string
	needs T
}

// extension tells what may come beside what is declared: additionalProperties and additionalItems.
type extension struct {
	forbidden bool
	// schema holds for what comes beside; nil when anything may.
	schema *node
}

// arrayBody is the body of kindArray.
type arrayBody struct {
	typed                        bool
	items                        *node
	tuple                        []*node
	isTuple                      bool
	additional                   extension
	minimum, maximum             limit
	unique                       bool
	contains                     *node
	minimumContains, maxContains limit
}

// stringBody is the body of kindString.
type stringBody struct {
	typed            bool
	minimum, maximum limit
	pattern          *string
	format           string
}

// numberBody is the body of kindNumber. The exclusive flags are those of draft 4.
type numberBody struct {
	typed, integer                     bool
	minimum, maximum                   limit
	exclusiveMinimum, exclusiveMaximum limit
	multipleOf                         limit
	minimumFlag, maximumFlag           bool
}

// criterion tells how many members of a combined schema must hold.
type criterion uint8

const (
	allOf criterion = iota
	anyOf
	oneOf
)

// keyword is the name of a criterion in a text.
func (c criterion) keyword() string {
	switch c {
	case allOf:
		return "allOf"
	case anyOf:
		return "anyOf"
	default:
		return "oneOf"
	}
}

// combinedBody is the body of kindCombined.
type combinedBody struct {
	criterion criterion
	members   []*node
}

// notBody is the body of kindNot.
type notBody struct{ inner *node }

// constBody is the body of kindConst.
type constBody struct{ value *jsontree.Value }

// enumBody is the body of kindEnum.
type enumBody struct{ values []jsontree.Member }

// conditionalBody is the body of kindConditional; each part may be nil.
type conditionalBody struct{ condition, then, otherwise *node }

// referenceBody is the body of kindReference.
type referenceBody struct {
	text   string
	target *node
}

// metaBody is the body of kindMeta.
type metaBody struct{ uri string }

func (*objectBody) isBody()      {}
func (*arrayBody) isBody()       {}
func (*stringBody) isBody()      {}
func (*numberBody) isBody()      {}
func (*combinedBody) isBody()    {}
func (*notBody) isBody()         {}
func (*constBody) isBody()       {}
func (*enumBody) isBody()        {}
func (*conditionalBody) isBody() {}
func (*referenceBody) isBody()   {}
func (*metaBody) isBody()        {}

// matchesAll tells whether a schema accepts every value because it says nothing.
func (n *node) matchesAll() bool { return n.kind == kindEmpty || n.kind == kindTrue }

// hasDefault tells whether a schema names a default value.
func (n *node) hasDefault() bool { return n.notes != nil && n.notes.fallback != nil }

// isBytes tells whether a schema is marked as bytes by Kafka Connect.
func (n *node) isBytes() bool {
	if n.notes == nil {
		return false
	}
	for _, m := range n.notes.extra {
		if m.Key == "connect.type" {
			return m.Value.Kind == jsontree.String && m.Value.Text == "bytes"
		}
	}
	return false
}
