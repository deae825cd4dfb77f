package proxy

import (
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"schemaside/backend/wire"
	"schemaside/resolver"
)

// Bodies are written field by field in the order of spec 1.3; what is empty is left out, as there.

// object writes a JSON object.
type object struct {
	b    []byte
	more bool
}

func open(dst []byte) *object { return &object{b: append(dst, '{')} }

func (o *object) close() []byte { return append(o.b, '}') }

// name starts a field; names need no escaping.
func (o *object) name(name string) {
	if o.more {
		o.b = append(o.b, ',')
	}
	o.more = true
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

// text writes a string unless it is empty.
func (o *object) text(name, value string) {
	if value != "" {
		o.name(name)
		o.b = appendString(o.b, value)
	}
}

func (o *object) int(name string, value int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, value, 10)
}

func (o *object) bool(name string, value bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, value)
}

// boolOrNone writes a boolean unless there is none.
func (o *object) boolOrNone(name string, value *bool) {
	if value != nil {
		o.bool(name, *value)
	}
}

// subjectVersion writes what version of which subject an entity is, unless it is none.
func (o *object) subjectVersion(n wire.Name, version int32, view resolver.View) {
	if version != 0 {
		o.text("subject", view.Subject(n.Context, n.Subject))
		o.int("version", int64(version))
	}
}

// contents writes references, metadata and rule set.
func (o *object) contents(s *wire.Schema) {
	if len(s.References) > 0 {
		o.name("references")
		o.b = appendList(o.b, s.References, appendReference)
	}
	o.metadata("metadata", s.Metadata)
	o.ruleSet("ruleSet", s.RuleSet)
}

// stored writes when a version was stored, where that is shown.
func (o *object) stored(s *wire.Schema) {
	if s.Stored {
		o.int("ts", s.Timestamp)
		o.bool("deleted", s.Deleted)
	}
}

// metadata writes metadata unless there are none; empty ones are shown.
func (o *object) metadata(name string, m *wire.Metadata) {
	if m == nil {
		return
	}
	o.name(name)
	in := open(o.b)
	if len(m.Tags) > 0 {
		in.name("tags")
		in.b = appendMap(in.b, m.Tags, appendStrings)
	}
	if len(m.Properties) > 0 {
		in.name("properties")
		in.b = appendMap(in.b, m.Properties, appendString)
	}
	if len(m.Sensitive) > 0 {
		in.name("sensitive")
		in.b = appendStrings(in.b, m.Sensitive)
	}
	o.b = in.close()
}

// tags writes tags unless there are none.
func (o *object) tags(tags []wire.SchemaTags) {
	if len(tags) > 0 {
		o.name("schemaTags")
		o.b = appendList(o.b, tags, appendSchemaTags)
	}
}

// appendRegistered writes a RegisterSchemaResponse.
func appendRegistered(dst []byte, s *wire.Schema) []byte {
	o := open(dst)
	o.int("id", int64(s.ID))
	if s.Version > 0 {
		o.int("version", int64(s.Version))
	}
	o.text("guid", s.GUID)
	o.text("schemaType", s.Type)
	o.contents(s)
	o.text("schema", s.Text)
	o.stored(s)
	return o.close()
}

// appendSchema writes a Schema.
func appendSchema(dst []byte, s *wire.Schema, view resolver.View) []byte {
	o := open(dst)
	o.subjectVersion(s.Subject, s.Version, view)
	o.int("id", int64(s.ID))
	o.text("guid", s.GUID)
	o.text("schemaType", s.Type)
	o.contents(s)
	o.text("schema", s.Text)
	o.tags(s.Tags)
	o.stored(s)
	return o.close()
}

// appendListedSchema writes an ExtendedSchema.
func appendListedSchema(dst []byte, s *wire.Schema, view resolver.View) []byte {
	o := &object{b: appendSchema(dst, s, view), more: true}
	if len(s.Aliases) == 0 {
		return o.b
	}
	o.b = o.b[:len(o.b)-1]
	o.name("aliases")
	o.b = appendList(o.b, s.Aliases, func(dst []byte, n wire.Name) []byte {
		return appendString(dst, view.Subject(n.Context, n.Subject))
	})
	return o.close()
}

// appendContextID writes a ContextId; a caller who is bound to a context sees it as the root.
func appendContextID(dst []byte, c wire.ContextID, view resolver.View) []byte {
	registryCtx := c.Context
	if view.IsBound() {
		registryCtx = resolver.DefaultContext
	}
	o := open(dst)
	o.text("context", registryCtx)
	o.int("id", int64(c.ID))
	return o.close()
}

// appendSchemaString writes a SchemaString.
func appendSchemaString(dst []byte, s *wire.Schema, view resolver.View) []byte {
	o := open(dst)
	o.subjectVersion(s.Subject, s.Version, view)
	o.text("guid", s.GUID)
	o.text("schemaType", s.Type)
	o.text("schema", s.Text)
	o.contents(s)
	o.tags(s.Tags)
	if s.MaxID != 0 {
		o.int("maxId", int64(s.MaxID))
	}
	o.stored(s)
	return o.close()
}

func appendReference(dst []byte, r wire.Reference) []byte {
	o := open(dst)
	o.text("name", r.Name)
	o.text("subject", r.Subject)
	o.int("version", int64(r.Version))
	return o.close()
}

func appendSubjectVersions(dst []byte, versions []wire.SubjectVersion, view resolver.View) []byte {
	return appendList(dst, versions, func(dst []byte, v wire.SubjectVersion) []byte {
		o := open(dst)
		o.subjectVersion(v.Subject, v.Version, view)
		return o.close()
	})
}

func appendNames(dst []byte, names []wire.Name, view resolver.View) []byte {
	return appendList(dst, names, func(dst []byte, n wire.Name) []byte {
		return appendString(dst, view.Subject(n.Context, n.Subject))
	})
}

// appendConfig writes a Config.
func appendConfig(dst []byte, c *wire.Config) []byte {
	o := open(dst)
	o.text("alias", c.Alias)
	o.text("aliasForDeks", c.AliasForDeks)
	o.config(c, "compatibilityLevel")
	o.text("compatibilityGroup", c.CompatibilityGroup)
	o.inherited(c)
	return o.close()
}

// appendUpdatedConfig writes a ConfigUpdateRequest: what is stored now. A text that was just set to the empty one is
// shown once.
func appendUpdatedConfig(dst []byte, c *wire.Config, u configUpdate) []byte {
	o := open(dst)
	o.textOrEmptied("alias", c.Alias, u.emptied.alias)
	o.textOrEmptied("aliasForDeks", c.AliasForDeks, u.emptied.aliasForDeks)
	o.config(c, "compatibility")
	o.textOrEmptied("compatibilityGroup", c.CompatibilityGroup, u.emptied.group)
	o.inherited(c)
	return o.close()
}

func (o *object) textOrEmptied(name, value string, emptied bool) {
	if value == "" && emptied {
		o.name(name)
		o.b = append(o.b, `""`...)
		return
	}
	o.text(name, value)
}

// config writes the middle fields of a config, the level under its name.
func (o *object) config(c *wire.Config, level string) {
	o.boolOrNone("normalize", c.Normalize)
	o.boolOrNone("validateFields", c.ValidateFields)
	o.boolOrNone("validateNewSchemas", c.ValidateNewSchemas)
	o.boolOrNone("validateRules", c.ValidateRules)
	o.text(level, c.Compatibility)
	o.text("compatibilityPolicy", c.CompatibilityPolicy)
}

// inherited writes what a config gives to the schemas registered under it.
func (o *object) inherited(c *wire.Config) {
	o.metadata("defaultMetadata", c.DefaultMetadata)
	o.metadata("overrideMetadata", c.OverrideMetadata)
	o.ruleSet("defaultRuleSet", c.DefaultRuleSet)
	o.ruleSet("overrideRuleSet", c.OverrideRuleSet)
}

func appendMode(dst []byte, mode string) []byte {
	o := open(dst)
	o.text("mode", mode)
	return o.close()
}

// appendCompatibility writes a CompatibilityCheckResponse; messages that are empty are shown, too.
func appendCompatibility(dst []byte, c wire.Compatibility, n wire.Namer) []byte {
	o := open(dst)
	o.bool("is_compatible", c.Compatible)
	if c.Messages != nil {
		o.name("messages")
		o.b = appendList(o.b, c.Messages, func(dst []byte, t wire.Text) []byte { return appendString(dst, t.Write(n)) })
	}
	return o.close()
}

func appendList[T any](dst []byte, list []T, item func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item(dst, v)
	}
	return append(dst, ']')
}

// appendMap writes a map in the order of its keys.
func appendMap[V any](dst []byte, m map[string]V, item func([]byte, V) []byte) []byte {
	dst = append(dst, '{')
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, k), ':')
		dst = item(dst, m[k])
	}
	return append(dst, '}')
}

func appendStrings(dst []byte, list []string) []byte { return appendList(dst, list, appendString) }

func appendInts(dst []byte, list []int32) []byte {
	return appendList(dst, list, func(dst []byte, n int32) []byte { return strconv.AppendInt(dst, int64(n), 10) })
}

// appendString writes a JSON string without HTML escaping. Bytes that are no UTF-8 become U+FFFD, so there is nothing
// to fail with.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}
