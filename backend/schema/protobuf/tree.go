package protobuf

// file is a text as the parser read it: names as written, declarations in the order of the source.
type file struct {
	syntax        string // "", "proto2" or "proto3"
	pkg           string // empty when no package was given
	imports       []string
	publicImports []string
	weakImports   []string
	options       []option
	messages      []*message
	enums         []*enum
	extends       []*extend
	services      []*service
}

type message struct {
	name       string
	reserved   []reserved
	options    []option
	fields     []field
	oneofs     []*oneof
	groups     []*group
	extensions []extensions
	extends    []*extend
	messages   []*message
	enums      []*enum
}

type enum struct {
	name      string
	reserved  []reserved
	options   []option
	constants []constant
}

type constant struct {
	name    string
	tag     int32
	options []option
}

type label uint8

const (
	unlabelled label = iota
	optional
	required
	repeated
)

func (l label) String() string {
	return [...]string{"", "optional", "required", "repeated"}[l]
}

// typeName is a type as written. In a map it is the type of the values, and key the type of the keys.
type typeName struct {
	key  string
	name string
}

func (t typeName) isMap() bool { return t.key != "" }

type field struct {
	label    label
	typ      typeName
	name     string
	tag      int32
	options  []option
	def      *value  // the default, nil when none was given
	jsonName *string // nil when none was given
}

type oneof struct {
	name    string
	options []option
	fields  []field
	groups  []*group
}

type group struct {
	label  label
	name   string
	tag    int32
	fields []field
}

type extend struct {
	name   string
	fields []field
	groups []*group
}

// tagRange is a range of numbers, both ends included. A single one was written as a number.
type tagRange struct {
	start, end int32
	single     bool
}

// reserved is one reserved statement. Names and numbers may mix.
type reserved struct {
	values []reservedValue
}

type reservedValue struct {
	name   string
	isName bool
	tags   tagRange
}

type extensions struct {
	ranges  []tagRange
	options []option
}

type service struct {
	name    string
	options []option
	rpcs    []rpc
}

type rpc struct {
	name           string
	request        string
	response       string
	streamRequest  bool
	streamResponse bool
	options        []option
}

// option is name = value. The name of (a.b).c.d is a.b, parenthesised, with the sub-names c and d.
type option struct {
	name          string
	parenthesised bool
	sub           []string
	value         value
}

type valueKind uint8

const (
	stringValue valueKind = iota
	numberValue
	wordValue // true, false and the names of enum constants
	mapValue
	listValue
)

type value struct {
	kind    valueKind
	text    string // of a string (unquoted), a number or a word
	entries []entry
	list    []value
}

type entry struct {
	key   string // [a.b] for an extension
	value value
}

// maxTag is the highest number that "max" stands for.
const maxTag = 1<<29 - 1

func isScalar(name string) bool {
	return scalarGroup(name) != notScalar
}

// isMapEntry tells whether a message stands for the entries of a map field.
func (m *message) isMapEntry() bool {
	for _, o := range m.options {
		if o.name == "map_entry" && len(o.sub) == 0 && o.value.text == "true" {
			return true
		}
	}
	return false
}

// mapType is the map type that a map-entry message stands for.
func (m *message) mapType() (typeName, bool) {
	if !m.isMapEntry() {
		return typeName{}, false
	}
	var t typeName
	for _, f := range m.fields {
		switch f.name {
		case "key":
			t.key = f.typ.name
		case "value":
			t.name = f.typ.name
		}
	}
	return t, t.key != "" && t.name != ""
}
