package jsonschema

import (
	"strconv"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/javaorder"
	"schemaside/backend/schema/jsontree"
)

// tagsKey is the keyword that holds tags.
const tagsKey = "confluent:tags"

var _ schema.TagHolder = (*parsed)(nil)

// Tags walks objects and their properties (spec/schema-languages.md 2.7). A text that is no schema has none.
func (p *parsed) Tags() []schema.Tagged {
	var list schema.TagList
	err := walkTags(p.root, p.options, func(path []byte, at taggable, v *jsontree.Value) bool {
		if at == otherName {
			return true
		}
		tags := v.Get(tagsKey).Texts()
		return len(tags) == 0 || list.Add(string(path), at == fieldAt, tags)
	})
	if err != nil {
		return nil
	}
	return list.List()
}

// Retagged works on the canonical text.
func (p *parsed) Retagged(c schema.TagChange) (schema.Schema, error) {
	root, err := readTree(p.canonical, p.options.Limits)
	if err != nil {
		return nil, &refusal{"Invalid JSON schema", err}
	}
	places, err := findTaggable(root, p.options, c)
	if err != nil {
		return nil, err
	}
	err = c.Apply(func(at schema.Tagged, change func([]string) []string) error {
		v := places[wanted{at.Path, at.Field}]
		if v == nil {
			return schema.NoPath(at.Path)
		}
		v.SetTexts(tagsKey, change(v.Get(tagsKey).Texts()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return Language{}.Parse(root.String(), p.options)
}

// wanted is a record or a field that a change names.
type wanted struct {
	path  string
	field bool
}

// findTaggable finds the objects that a change is about. What is not there is missing in the result.
func findTaggable(root *jsontree.Value, o schema.ParseOptions, c schema.TagChange) (map[wanted]*jsontree.Value, error) {
	places := map[wanted]*jsontree.Value{}
	longest := 0
	for _, list := range [][]schema.Tagged{c.Add, c.Remove} {
		for _, t := range list {
			places[wanted{t.Path, t.Field}] = nil
			longest = max(longest, len(t.Path))
		}
	}
	err := walkTags(root, o, func(path []byte, at taggable, v *jsontree.Value) bool {
		if len(path) > longest || v.Kind != jsontree.Object {
			return true
		}
		key := wanted{string(path), at == fieldAt}
		if known, is := places[key]; is && known == nil {
			places[key] = v
		}
		return true
	})
	return places, err
}

// taggable is what a path leads to.
type taggable uint8

const (
	recordAt taggable = iota
	fieldAt
	// otherName is another name for what is also met under its own: the record that is the schema of a property, or a
	// definition.
	otherName
)

// tagWalk visits all that can have tags. The path is only good during a visit; a visit that returns false ends the walk.
type tagWalk struct {
	loader *loader
	path   []byte
	visit  func(path []byte, at taggable, v *jsontree.Value) bool
	done   bool
	err    error
}

// walkTags walks the schema of a root. Errors: what keeps it from being a schema.
func walkTags(root *jsontree.Value, o schema.ParseOptions, visit func(path []byte, at taggable, v *jsontree.Value) bool) error {
	if root.Kind != jsontree.Object {
		return nil
	}
	l, at, err := newLoader(root, o, &remote{})
	if err != nil {
		return &refusal{"Invalid JSON", err}
	}
	w := &tagWalk{loader: l, visit: visit}
	w.value(root, at, false)
	if w.err != nil {
		return &refusal{"Invalid JSON", w.err}
	}
	return nil
}

// value walks a schema of the text.
func (w *tagWalk) value(v *jsontree.Value, at scope, owned bool) {
	if v == nil || w.done || w.err != nil {
		return
	}
	n, err := w.loader.load(v, at)
	if err != nil {
		w.err = err
		return
	}
	w.node(n, v, at, owned)
}

// node walks one of the schemas that a value stands for. owned tells that the value is a property's.
func (w *tagWalk) node(n *node, v *jsontree.Value, at scope, owned bool) {
	if v.Kind == jsontree.Object {
		at.base = w.loader.targets.baseInside(v, at.base)
	}
	switch b := n.body.(type) {
	case *objectBody:
		w.object(b, v, at, owned)
	case *arrayBody:
		if b.items != nil {
			w.inside("array.", func() { w.value(v.Get("items"), at, false) })
		}
	case *combinedBody:
		w.combined(n, b, v, at)
	case *conditionalBody:
		for _, part := range []string{"if", "then", "else"} {
			w.inside("conditional."+part+".", func() { w.value(v.Get(part), at, false) })
		}
	case *notBody:
		w.inside("not.", func() { w.value(v.Get("not"), at, false) })
	default:
		if owned {
			// A property of any kind may be called an object.
			w.inside("object", func() { w.call(otherName, v) })
		}
	}
}

func (w *tagWalk) object(b *objectBody, v *jsontree.Value, at scope, owned bool) {
	kind := recordAt
	if owned {
		kind = otherName
	}
	w.inside("object", func() { w.call(kind, v) })
	properties := membersByKey(v.Get("properties"))
	for _, name := range javaorder.HashSet(b.names, nil) {
		inner := properties[name]
		if inner == nil {
			continue
		}
		w.inside("object."+name, func() {
			w.call(fieldAt, inner)
			w.inside(".", func() { w.value(inner, at, true) })
		})
	}
	for _, keyword := range []string{"definitions", "$defs"} {
		definitions := v.Get(keyword)
		if definitions == nil || definitions.Kind != jsontree.Object {
			continue
		}
		for _, m := range definitions.List {
			w.inside("object."+keyword+"."+m.Key, func() {
				w.call(otherName, m.Value)
				w.inside(".", func() { w.value(m.Value, at, false) })
			})
		}
	}
}

func membersByKey(v *jsontree.Value) map[string]*jsontree.Value {
	byKey := map[string]*jsontree.Value{}
	if v != nil && v.Kind == jsontree.Object {
		for _, m := range v.List {
			byKey[m.Key] = m.Value
		}
	}
	return byKey
}

// combined walks the members in their sorted order. The members of one that no keyword asked for are facets of the value
// itself.
func (w *tagWalk) combined(n *node, b *combinedBody, v *jsontree.Value, at scope) {
	keyword := b.criterion.keyword()
	members := v.Get(keyword)
	for i, place := range sortedMembers(b.members) {
		prefix := strings.ToLower(keyword) + "." + strconv.Itoa(i) + "."
		switch {
		case n.generated:
			w.inside(prefix, func() { w.node(b.members[place], v, at, false) })
		case members != nil && members.Kind == jsontree.Array && len(members.List) == len(b.members):
			w.inside(prefix, func() { w.value(members.List[place].Value, at, false) })
		}
	}
}

func (w *tagWalk) inside(part string, walk func()) {
	if w.done || w.err != nil {
		return
	}
	length := len(w.path)
	w.path = append(w.path, part...)
	walk()
	w.path = w.path[:length]
}

func (w *tagWalk) call(at taggable, v *jsontree.Value) {
	if !w.visit(w.path, at, v) {
		w.done = true
	}
}
