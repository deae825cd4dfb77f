package avro

import (
	"strings"

	"schemaside/backend/schema/jsontree"
)

func (p *parser) readFields(v *jsontree.Value, t *typ) error {
	nodes := v.Get("fields")
	if nodes == nil || nodes.Kind != jsontree.Array {
		return refusal("Record has no fields: " + v.String())
	}
	t.fields = make([]*field, 0, len(nodes.List))
	for _, node := range nodes.List {
		f, err := p.readField(node.Value, t.name.space)
		if err != nil {
			return err
		}
		f.pos = len(t.fields)
		t.fields = append(t.fields, f)
	}
	t.fieldPlaces = make(map[string]int, len(t.fields))
	for _, f := range t.fields {
		if earlier, repeated := t.fieldPlaces[f.name]; repeated {
			return refusal("Duplicate field " + f.name + " in record " + t.name.String() + ": " +
				f.String() + " and " + t.fields[earlier].String() + ".")
		}
		t.fieldPlaces[f.name] = f.pos
	}
	return nil
}

func (p *parser) readField(v *jsontree.Value, in space) (*field, error) {
	name := stringOf(v, "name")
	if name == nil {
		return nil, refusal("No field name: " + v.String())
	}
	node := v.Get("type")
	if node == nil {
		return nil, refusal("No field type: " + v.String())
	}
	f := &field{name: *name, doc: stringOf(v, "doc"), fallback: v.Get("default")}
	if err := p.readType(node, in, &f.typ); err != nil {
		return nil, err
	}
	var err error
	if f.order, err = readOrder(v.Get("order")); err != nil {
		return nil, err
	}
	if err := p.readDefault(f); err != nil {
		return nil, err
	}
	if f.aliases, err = readAliases(v); err != nil {
		return nil, err
	}
	f.attributes = fieldAttributes(v)
	return f, nil
}

// readDefault judges the default, and the name before it, as the reference server's order is.
func (p *parser) readDefault(f *field) error {
	if f.fallback != nil && f.fallback.Kind == jsontree.String && (f.typ.kind == kindFloat || f.typ.kind == kindDouble) {
		number, err := parseJavaDouble(f.fallback.Text)
		if err != nil {
			return err
		}
		f.fallback = doubleOf(number, 64)
	}
	if !p.strict {
		return nil
	}
	if err := strictRule().check(f.name); err != nil {
		return err
	}
	if f.fallback == nil {
		return nil
	}
	switch p.check.fitsOwn(f) {
	case yes:
		return nil
	case unknown:
		p.defaults = append(p.defaults, f)
		return nil
	default:
		return invalidDefault(f)
	}
}

func readOrder(v *jsontree.Value) (string, error) {
	if v == nil {
		return "", nil
	}
	if v.Kind != jsontree.String {
		return "", refusal(`Cannot invoke "String.toUpperCase(java.util.Locale)": the order of a field is no text`)
	}
	switch upper := strings.ToUpper(v.Text); upper {
	case "ASCENDING":
		return "", nil
	case "DESCENDING", "IGNORE":
		return strings.ToLower(upper), nil
	default:
		return "", refusal("No enum constant org.apache.avro.Schema.Field.Order." + upper)
	}
}

// readAliases reads the aliases attribute of a type or a field. Repeated ones count once.
func readAliases(v *jsontree.Value) ([]string, error) {
	list := v.Get("aliases")
	if list == nil {
		return nil, nil
	}
	if list.Kind != jsontree.Array {
		return nil, refusal("aliases not an array: " + list.String())
	}
	seen := make(map[string]struct{}, len(list.List))
	var out []string
	for _, item := range list.List {
		if item.Value.Kind != jsontree.String {
			return nil, refusal("alias not a string: " + item.Value.String())
		}
		if _, repeated := seen[item.Value.Text]; repeated {
			continue
		}
		seen[item.Value.Text] = struct{}{}
		out = append(out, item.Value.Text)
	}
	return out, nil
}

// readTypeAliases gives aliases the namespace of their type. Only their last part is judged.
func (p *parser) readTypeAliases(v *jsontree.Value, t *typ) error {
	texts, err := readAliases(v)
	if err != nil {
		return err
	}
	seen := make(map[fullName]struct{}, len(texts))
	for _, text := range texts {
		a := qualify(text, t.name.space)
		if p.strict {
			if err := strictRule().check(a.last); err != nil {
				return err
			}
		}
		if _, repeated := seen[a]; repeated {
			continue
		}
		seen[a] = struct{}{}
		t.aliases = append(t.aliases, a)
	}
	return nil
}

func fieldAttributes(v *jsontree.Value) []jsontree.Member {
	return pick(v.List, func(key string) bool {
		switch key {
		case "default", "doc", "name", "order", "type", "aliases":
			return false
		}
		return true
	})
}
