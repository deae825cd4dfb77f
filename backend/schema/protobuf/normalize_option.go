package protobuf

import (
	"cmp"
	"slices"
	"strings"
)

// options resolves, sorts and merges the options of one place.
func (n *normalizer) options(sc *scope, list []option) []option {
	if len(list) == 0 {
		return nil
	}
	out := make([]option, 0, len(list))
	extensions := map[string]*extensionField{}
	for _, o := range list {
		if o.parenthesised {
			if x := n.names.extension(sc, o.name); x != nil {
				extensions[x.full] = x
				o.name, o.value, o.sub = x.full, nested(o.sub, o.value), nil
			}
		}
		o.value = n.value(sc, o.value, false)
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b option) int { return cmp.Compare(a.fullName(), b.fullName()) })
	return n.merged(out, extensions)
}

func (o *option) fullName() string {
	return strings.Join(append([]string{o.name}, o.sub...), ".")
}

// nested makes a map of the dotted form of a sub-field.
func nested(sub []string, v value) value {
	for _, names := range slices.Backward(sub) {
		if inner, ok := strings.CutPrefix(names, "("); ok {
			v = value{kind: mapValue, entries: []entry{{"[" + strings.TrimSuffix(inner, ")") + "]", v}}}
			continue
		}
		for _, name := range slices.Backward(strings.Split(names, ".")) {
			v = value{kind: mapValue, entries: []entry{{name, v}}}
		}
	}
	return v
}

// merged joins options of one resolved extension that isn't repeated. They stand side by side, as they are sorted.
func (n *normalizer) merged(list []option, extensions map[string]*extensionField) []option {
	out := make([]option, 0, len(list))
	for len(list) > 0 {
		o := list[0]
		same := 1
		x := extensions[o.name]
		if x != nil && x.label != repeated && o.parenthesised {
			for same < len(list) && list[same].name == o.name && list[same].parenthesised {
				same++
			}
		}
		if same > 1 {
			values := make([]value, 0, same)
			for _, other := range list[:same] {
				values = append(values, other.value)
			}
			o.value = n.merge(n.typeOf(x.prefix, x.typ), values)
		}
		out = append(out, o)
		list = list[same:]
	}
	return out
}

// typeOf is the definition of a type within a package or message, nil if it isn't known.
func (n *normalizer) typeOf(prefix string, t typeName) *definition {
	if t.isMap() || isScalar(t.name) {
		return nil
	}
	return n.names.typ(n.names.scope(prefix), t.name)
}

// merge joins the values of one message field from left to right. typ is nil when the type isn't known.
func (n *normalizer) merge(typ *definition, values []value) value {
	for i, v := range slices.Backward(values) {
		if v.kind != mapValue {
			values = values[min(i+1, len(values)-1):]
			break
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	byKey := map[string][]value{}
	for _, v := range values {
		for _, e := range v.entries {
			byKey[e.key] = append(byKey[e.key], e.value)
		}
	}
	out := value{kind: mapValue}
	for key, all := range byKey {
		out.entries = append(out.entries, entry{key, n.mergeField(typ, key, all)})
	}
	sortEntries(out.entries)
	return out
}

func (n *normalizer) mergeField(typ *definition, key string, values []value) value {
	if len(values) == 1 {
		return values[0]
	}
	f := n.fieldNamed(typ, key)
	switch {
	case f == nil || f.label == repeated || f.typ.isMap():
		return union(values)
	case isScalar(f.typ.name):
		return values[len(values)-1]
	}
	return n.merge(n.typeOf(typ.full, f.typ), values)
}

func (n *normalizer) fieldNamed(typ *definition, name string) *field {
	if typ == nil || typ.message == nil || n.names.exhausted() {
		return nil
	}
	lists := [][]field{typ.message.fields}
	for _, o := range typ.message.oneofs {
		lists = append(lists, o.fields)
	}
	for _, fields := range lists {
		n.names.steps += len(fields)
		for i := range fields {
			if fields[i].name == name {
				return &fields[i]
			}
		}
	}
	return nil
}

// union is the list of all values without repeats, or the one value if there is but one.
func union(values []value) value {
	all := value{kind: listValue}
	for _, v := range values {
		all = joined(all, v)
	}
	seen := make(map[string]bool, len(all.list))
	out := value{kind: listValue}
	for _, v := range all.list {
		p := &printer{}
		p.value(&v)
		if key := p.out.String(); !seen[key] {
			seen[key] = true
			out.list = append(out.list, v)
		}
	}
	if len(out.list) == 1 {
		return out.list[0]
	}
	return out
}

// value sorts the keys of maps and prints numbers their shortest way.
func (n *normalizer) value(sc *scope, v value, inMap bool) value {
	switch v.kind {
	case numberValue:
		v.text = normalNumber(v.text)
	case mapValue:
		entries := make([]entry, 0, len(v.entries))
		for _, e := range v.entries {
			if e.value.kind == listValue && len(e.value.list) == 0 {
				continue
			}
			entries = append(entries, entry{n.key(sc, e.key), n.value(sc, e.value, true)})
		}
		sortEntries(entries)
		v.entries = entries
	case listValue:
		if inMap && len(v.list) == 1 {
			return n.value(sc, v.list[0], false)
		}
		list := make([]value, 0, len(v.list))
		for _, item := range v.list {
			list = append(list, n.value(sc, item, false))
		}
		v.list = list
	case stringValue, wordValue:
	}
	return v
}

func sortEntries(entries []entry) {
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
}

// key resolves the extension that a key names, if it names one.
func (n *normalizer) key(sc *scope, key string) string {
	name, ok := strings.CutPrefix(key, "[")
	if !ok {
		return key
	}
	name, rest, ok := strings.Cut(name, "]")
	if !ok {
		return key
	}
	if x := n.names.extension(sc, name); x != nil {
		name = x.full
	}
	return "[" + name + "]" + rest
}
