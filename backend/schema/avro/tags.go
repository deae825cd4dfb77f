package avro

import (
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// tagsKey is the attribute that holds tags.
const tagsKey = "confluent:tags"

var _ schema.TagHolder = (*parsed)(nil)

// Tags walks records depth first, each once (spec/schema-languages.md 1.7).
func (s *parsed) Tags() []schema.Tagged {
	w := tagWalk{seen: map[*typ]struct{}{}}
	w.typ(s.root)
	return w.list.List()
}

type tagWalk struct {
	list schema.TagList
	seen map[*typ]struct{}
}

func (w *tagWalk) typ(t *typ) {
	switch t.kind {
	case kindRecord:
		w.record(t)
	case kindArray, kindMap:
		w.typ(t.items)
	case kindUnion:
		for _, b := range t.branches {
			w.typ(b)
		}
	}
}

func (w *tagWalk) record(t *typ) {
	if _, again := w.seen[t]; again {
		return
	}
	w.seen[t] = struct{}{}
	if tags := t.attribute(tagsKey).Texts(); len(tags) > 0 {
		w.list.Add(t.name.String(), false, tags)
	}
	for _, f := range t.fields {
		if w.list.Full() {
			return
		}
		for _, a := range f.attributes {
			if a.Key == tagsKey {
				w.list.Add(t.name.String()+"."+f.name, true, a.Value.Texts())
			}
		}
		w.typ(f.typ)
	}
}

// Retagged works on the canonical text as JSON.
func (s *parsed) Retagged(c schema.TagChange) (schema.Schema, error) {
	root, _, err := readJSON(s.canonical, s.options.Limits.OrDefaults())
	if err != nil {
		return nil, err
	}
	index := indexRecords(root)
	err = c.Apply(func(at schema.Tagged, change func([]string) []string) error {
		record, fieldName := at.Path, ""
		if at.Field {
			dot := strings.LastIndexByte(at.Path, '.')
			if dot < 0 {
				return schema.PathError("0 > -1")
			}
			record, fieldName = at.Path[:dot], at.Path[dot+1:]
		}
		v := index.find(record, fieldName)
		if v == nil {
			return schema.NoPath(at.Path)
		}
		v.SetTexts(tagsKey, change(v.Get(tagsKey).Texts()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return Language{}.Parse(root.String(), s.options)
}

// recordIndex holds the records of a text by the last part of their names, breadth first.
type recordIndex map[string][]*indexedRecord

type indexedRecord struct {
	value *jsontree.Value
	// space is the namespace in force: its own, or that of what encloses it in the text.
	space  string
	fields map[string]*jsontree.Value
}

func indexRecords(root *jsontree.Value) recordIndex {
	type place struct {
		v     *jsontree.Value
		space string
	}
	index := recordIndex{}
	for queue := []place{{root, ""}}; len(queue) > 0; queue = queue[1:] {
		v, space := queue[0].v, queue[0].space
		if v.Kind == jsontree.Array {
			for _, m := range v.List {
				queue = append(queue, place{m.Value, space})
			}
			continue
		}
		if own := stringOf(v, "namespace"); own != nil {
			space = *own
		}
		for _, inner := range []*jsontree.Value{v.Get("items"), v.Get("values")} {
			if inner != nil {
				queue = append(queue, place{inner, space})
			}
		}
		fields, name := v.Get("fields"), stringOf(v, "name")
		if fields == nil || name == nil {
			continue
		}
		record := &indexedRecord{value: v, space: space, fields: map[string]*jsontree.Value{}}
		index[*name] = append(index[*name], record)
		for _, f := range fields.List {
			if name := stringOf(f.Value, "name"); name != nil {
				record.fields[*name] = f.Value
			}
			if t := f.Value.Get("type"); t != nil {
				queue = append(queue, place{t, space})
			}
		}
	}
	return index
}

// find finds a record, or a field of it when one is named; nil if there is none. A record may go by its last name.
func (index recordIndex) find(record, fieldName string) *jsontree.Value {
	wanted := qualify(record, noSpace())
	for _, r := range index[wanted.last] {
		if !wanted.bare() && wanted.space.Value() != r.space {
			continue
		}
		if fieldName == "" {
			return r.value
		}
		if f := r.fields[fieldName]; f != nil {
			return f
		}
	}
	return nil
}
