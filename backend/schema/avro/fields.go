package avro

import "strings"

func (p *parser) readFields(v *value, t *typ) error {
	nodes := v.get("fields")
	if nodes == nil || nodes.kind != arrayValue {
		return refusal("Record has no fields: " + v.String())
	}
	t.fields = make([]*field, 0, len(nodes.items))
	for _, node := range nodes.items {
		f, err := p.readField(node, t.name.space)
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

func (p *parser) readField(v *value, in space) (*field, error) {
	name := v.string("name")
	if name == nil {
		return nil, refusal("No field name: " + v.String())
	}
	node := v.get("type")
	if node == nil {
		return nil, refusal("No field type: " + v.String())
	}
	f := &field{name: *name, doc: v.string("doc"), fallback: v.get("default")}
	if err := p.readType(node, in, &f.typ); err != nil {
		return nil, err
	}
	var err error
	if f.order, err = readOrder(v.get("order")); err != nil {
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
	if f.fallback != nil && f.fallback.kind == stringValue && (f.typ.kind == kindFloat || f.typ.kind == kindDouble) {
		number, err := parseJavaDouble(f.fallback.text)
		if err != nil {
			return err
		}
		f.fallback = doubleOf(number)
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

func readOrder(v *value) (string, error) {
	if v == nil {
		return "", nil
	}
	if v.kind != stringValue {
		return "", refusal(`Cannot invoke "String.toUpperCase(java.util.Locale)": the order of a field is no text`)
	}
	switch upper := strings.ToUpper(v.text); upper {
	case "ASCENDING":
		return "", nil
	case "DESCENDING", "IGNORE":
		return strings.ToLower(upper), nil
	default:
		return "", refusal("No enum constant org.apache.avro.Schema.Field.Order." + upper)
	}
}

// readAliases reads the aliases attribute of a type or a field. Repeated ones count once.
func readAliases(v *value) ([]string, error) {
	list := v.get("aliases")
	if list == nil {
		return nil, nil
	}
	if list.kind != arrayValue {
		return nil, refusal("aliases not an array: " + list.String())
	}
	seen := make(map[string]struct{}, len(list.items))
	var out []string
	for _, item := range list.items {
		if item.kind != stringValue {
			return nil, refusal("alias not a string: " + item.String())
		}
		if _, repeated := seen[item.text]; repeated {
			continue
		}
		seen[item.text] = struct{}{}
		out = append(out, item.text)
	}
	return out, nil
}

// readTypeAliases gives aliases the namespace of their type. Only their last part is judged.
func (p *parser) readTypeAliases(v *value, t *typ) error {
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

func fieldAttributes(v *value) []member {
	return pick(v.members, func(key string) bool {
		switch key {
		case "default", "doc", "name", "order", "type", "aliases":
			return false
		}
		return true
	})
}
