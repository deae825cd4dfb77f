package protobuf

import (
	"slices"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/javaorder"
)

var _ schema.TagHolder = (*parsed)(nil)

// Tags walks messages in order, outer before inner (spec/schema-languages.md 3.8).
func (s *parsed) Tags() []schema.Tagged {
	var list schema.TagList
	listTags(&list, "", s.tree.messages)
	return list.List()
}

func listTags(list *schema.TagList, prefix string, messages []*message) {
	for _, m := range messages {
		if list.Full() {
			return
		}
		path := prefix + m.name
		list.Add(path, false, tagsOf(m.options, messageMeta))
		for _, o := range m.oneofs {
			listFieldTags(list, path, o.fields)
		}
		listFieldTags(list, path, m.fields)
		listTags(list, path+".", m.messages)
	}
}

func listFieldTags(list *schema.TagList, path string, fields []field) {
	for i := range fields {
		if tags := tagsOf(fields[i].options, fieldMeta); len(tags) > 0 {
			list.Add(path+"."+fields[i].name, true, tags)
		}
	}
}

// tagsOf are the tags in the options of a name, in either form.
func tagsOf(options []option, name string) []string {
	var tags []string
	for _, o := range options {
		if o.isExtension(name) {
			tags = append(tags, tagsIn(nested(o.sub, o.value))...)
		}
	}
	return tags
}

func (o *option) isExtension(name string) bool {
	return o.parenthesised && strings.TrimPrefix(o.name, ".") == name
}

// tagsIn are the tags in the value of a meta option.
func tagsIn(meta value) []string {
	var tags []string
	for _, e := range meta.entries {
		if e.key != "tags" {
			continue
		}
		if e.value.kind != listValue {
			e.value = value{kind: listValue, list: []value{e.value}}
		}
		for _, v := range e.value.list {
			if v.kind == stringValue {
				tags = append(tags, v.text)
			}
		}
	}
	return tags
}

// Retagged changes the tree of the canonical text.
func (s *parsed) Retagged(c schema.TagChange) (schema.Schema, error) {
	tree, err := parseFile(s.canonical, newBudget(s.limits))
	if err != nil {
		return nil, parseError(err)
	}
	index := tagIndex{messages: map[*message]map[string]*message{}, fields: map[*message]map[string]*[]option{}}
	err = c.Apply(func(at schema.Tagged, change func([]string) []string) error {
		options, name, err := index.find(tree, at)
		if err != nil {
			return err
		}
		*options = withTags(*options, name, change(tagsOf(*options, name)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	text, err := printFile(tree)
	if err != nil {
		return nil, parseError(err)
	}
	return Language{}.Parse(text, schema.ParseOptions{References: s.references, Limits: s.limits})
}

// tagIndex finds messages within messages, those of the file under nil, and the options of their fields.
type tagIndex struct {
	messages map[*message]map[string]*message
	fields   map[*message]map[string]*[]option
}

// find finds the options of a message or a field, and the name of the one with its tags.
func (x tagIndex) find(f *file, at schema.Tagged) (*[]option, string, error) {
	parts := strings.Split(strings.TrimPrefix(at.Path, "."), ".")
	fieldName := ""
	if at.Field {
		parts, fieldName = parts[:len(parts)-1], parts[len(parts)-1]
	}
	var within *message
	for i, part := range parts {
		inner := x.within(f, within)[part]
		if inner == nil {
			if at.Field && i == len(parts)-1 && within != nil {
				// What is no message may be the oneof of the field.
				break
			}
			return nil, "", schema.PathError("No matching Message with name '" + part + "' found in the schema")
		}
		within = inner
	}
	if !at.Field {
		return &within.options, messageMeta, nil
	}
	if options := x.fieldsOf(within)[fieldName]; options != nil {
		return options, fieldMeta, nil
	}
	return nil, "", schema.PathError("No matching Field with name '" + fieldName + "' found in the schema")
}

func (x tagIndex) within(f *file, m *message) map[string]*message {
	if known := x.messages[m]; known != nil {
		return known
	}
	list := f.messages
	if m != nil {
		list = m.messages
	}
	byName := map[string]*message{}
	for _, inner := range list {
		byName[inner.name] = inner
	}
	x.messages[m] = byName
	return byName
}

// fieldsOf are the options of a message's fields, those of its oneofs too.
func (x tagIndex) fieldsOf(m *message) map[string]*[]option {
	if known := x.fields[m]; known != nil || m == nil {
		return known
	}
	byName := map[string]*[]option{}
	add := func(fields []field) {
		for i := range fields {
			byName[fields[i].name] = &fields[i].options
		}
	}
	add(m.fields)
	for _, o := range m.oneofs {
		add(o.fields)
	}
	x.fields[m] = byName
	return byName
}

// withTags joins the options of each name into one, sets the tags in that of a name, and puts all in the order of a Java
// map.
func withTags(options []option, name string, tags []string) []option {
	byName := map[string][]option{}
	var names []string
	add := func(o option) {
		if byName[o.name] == nil {
			names = append(names, o.name)
		}
		byName[o.name] = append(byName[o.name], o)
	}
	for _, o := range options {
		add(option{name: strings.TrimPrefix(o.name, "."), parenthesised: o.parenthesised, value: nested(o.sub, o.value)})
	}
	meta := option{name: name, parenthesised: true, value: value{kind: mapValue}}
	add(meta)
	var out []option
	for _, name := range javaorder.HashSet(names, nil) {
		for _, parenthesised := range []bool{false, true} {
			o, ok := joinedOptions(byName[name], parenthesised)
			if o.named(meta) {
				o.value = withTagEntry(o.value, tags)
				ok = len(o.value.entries) > 0
			}
			if ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// joinedOptions is one option of all those of a name that are or aren't in parentheses. Maps are laid over each other; what is no
// map is replaced.
func joinedOptions(options []option, parenthesised bool) (out option, ok bool) {
	at := map[string]int{}
	for _, o := range options {
		if o.parenthesised != parenthesised {
			continue
		}
		if !ok || out.value.kind != mapValue || o.value.kind != mapValue {
			out, ok = o, true
			out.value.entries = slices.Clone(o.value.entries)
			clear(at)
			for i, e := range out.value.entries {
				at[e.key] = i
			}
			continue
		}
		for _, e := range o.value.entries {
			i, known := at[e.key]
			if !known {
				at[e.key] = len(out.value.entries)
				out.value.entries = append(out.value.entries, e)
				continue
			}
			out.value.entries[i].value = joined(out.value.entries[i].value, e.value)
		}
	}
	return out, ok
}

// named tells whether two options have one name.
func (o *option) named(other option) bool {
	return o.name == other.name && o.parenthesised == other.parenthesised
}

// withTagEntry sets the tags in the value of a meta option; no tags remove the entry.
func withTagEntry(meta value, tags []string) value {
	list := value{kind: listValue}
	for _, tag := range tags {
		list.list = append(list.list, value{kind: stringValue, text: tag})
	}
	out := value{kind: mapValue}
	set := false
	for _, e := range meta.entries {
		if e.key == "tags" {
			if set || len(tags) == 0 {
				continue
			}
			e.value, set = list, true
		}
		out.entries = append(out.entries, e)
	}
	if !set && len(tags) > 0 {
		out.entries = append(out.entries, entry{"tags", list})
	}
	return out
}
