package avro

import (
	"math"
	"unique"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// maxFixed is the longest fixed type of the reference server.
const maxFixed = math.MaxInt32 - 8

// parser reads one text. Names of other texts are known to it already.
type parser struct {
	strict bool
	limits schema.Limits
	names  nameTable
	// unfinished counts the definitions of a name that are being read: those around the current place.
	unfinished map[fullName]int
	// spaces remembers which namespaces have been judged, for most types of a text share one.
	spaces map[space]error

	// check judges defaults while the text is read.
	check *defaultCheck

	// What is left for the end of the text, when every name is known.
	defined  []*typ
	pending  []pending
	unions   []*typ
	twins    []twins
	defaults []*field
}

// pending is a place that waits for the definition of a name.
type pending struct {
	place **typ
	name  fullName
	// text is the name as written: what else it may mean if name is never defined.
	text string
}

// twins are two definitions of one name. The first stands for both.
type twins struct{ first, second *typ }

// parseMain reads the text of a schema.
func parseMain(text string, names nameTable, strict bool, limits schema.Limits) (*typ, error) {
	p := newParser(names, strict, limits)
	root, err := p.read(text)
	if err != nil {
		return nil, err
	}
	if strict {
		return root, nil
	}
	for _, t := range p.defined {
		if err := checkStoredNames(t); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// parseReference reads a stored text that others refer to, and puts its types into names.
func parseReference(text string, names nameTable, limits schema.Limits) (*typ, error) {
	return newParser(names, false, limits).read(text)
}

func newParser(names nameTable, strict bool, limits schema.Limits) *parser {
	return &parser{
		strict:     strict,
		limits:     limits,
		names:      names,
		unfinished: map[fullName]int{},
		spaces:     map[space]error{},
		check:      newDefaultCheck(limits.Steps),
	}
}

func (p *parser) read(text string) (*typ, error) {
	v, rest, err := readJSON(text, p.limits)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, refusal("Cannot parse <null> schema")
	}
	var root *typ
	if err := p.readType(v, noSpace(), &root); err != nil {
		return nil, err
	}
	if rest != "" {
		return nil, refusal("dangling content after end of schema: " + rest)
	}
	if root.kind == kindReference {
		// The reference server names a placeholder with a running number here.
		return nil, refusal("Unknown schema: org.apache.avro.compiler.UnresolvedSchema_1")
	}
	return root, p.finish()
}

// readType reads the schema v, in a namespace, into a place. The place must stay where it is until finish.
func (p *parser) readType(v *jsontree.Value, in space, place **typ) error {
	switch v.Kind {
	case jsontree.String:
		p.readName(v.Text, in, place)
		return nil
	case jsontree.Array:
		return p.readUnion(v, in, place)
	case jsontree.Object:
		return p.readObject(v, in, place)
	default:
		return refusal("Schema not yet supported: " + v.String())
	}
}

func (p *parser) readObject(v *jsontree.Value, in space, place **typ) error {
	word := stringOf(v, "type")
	if word == nil {
		return refusal("No type: " + v.String())
	}
	switch *word {
	case "record", "error":
		return p.readNamed(v, in, place, kindRecord)
	case "enum":
		return p.readNamed(v, in, place, kindEnum)
	case "fixed":
		return p.readNamed(v, in, place, kindFixed)
	case "array":
		return p.readItems(v, in, place, kindArray, "items", "Array has no items type: ")
	case "map":
		return p.readItems(v, in, place, kindMap, "values", "Map has no values type: ")
	}
	if k := kindOf(*word); k.primitive() {
		*place = &typ{kind: k, attributes: typeAttributes(v, k)}
		return nil
	}
	p.readName(*word, in, place)
	return nil
}

// readName reads a primitive word or the name of a type.
func (p *parser) readName(text string, in space, place **typ) {
	if k := kindOf(text); k.primitive() {
		*place = &typ{kind: k}
		return
	}
	name := qualify(text, in)
	if known := p.names[name]; known != nil {
		*place = known
		return
	}
	if p.unfinished[name] == 0 {
		if known := p.names[qualify(text, noSpace())]; known != nil {
			*place = known
			return
		}
	}
	*place = &typ{kind: kindReference, name: name}
	p.pending = append(p.pending, pending{place, name, text})
}

func (p *parser) readItems(v *jsontree.Value, in space, place **typ, k kind, key, missing string) error {
	items := v.Get(key)
	if items == nil {
		return refusal(missing + v.String())
	}
	t := &typ{kind: k, attributes: typeAttributes(v, k)}
	*place = t
	return p.readType(items, in, &t.items)
}

func (p *parser) readUnion(v *jsontree.Value, in space, place **typ) error {
	t := &typ{kind: kindUnion, branches: make([]*typ, len(v.List))}
	*place = t
	for i, item := range v.List {
		if err := p.readType(item.Value, in, &t.branches[i]); err != nil {
			return err
		}
	}
	waiting, err := checkUnion(t)
	if waiting {
		p.unions = append(p.unions, t)
	}
	return err
}

// checkUnion refuses branches that a union can't hold. waiting tells that a branch isn't known yet.
func checkUnion(t *typ) (waiting bool, err error) {
	seen := make(map[fullName]struct{}, len(t.branches))
	for _, b := range t.branches {
		if b.kind == kindUnion {
			return false, refusal("Nested union: " + printAlone(t))
		}
		if b.kind == kindReference {
			waiting = true
			continue
		}
		name := b.branchName()
		if _, repeated := seen[name]; repeated {
			return false, refusal("Duplicate in union:" + name.String())
		}
		seen[name] = struct{}{}
	}
	return waiting, nil
}

func (p *parser) readNamed(v *jsontree.Value, in space, place **typ, k kind) error {
	name, err := p.readOwnName(v, in)
	if err != nil {
		return err
	}
	t := &typ{kind: k, name: name, doc: stringOf(v, "doc"), isError: *stringOf(v, "type") == "error"}
	*place = t
	p.unfinished[name]++
	switch k {
	case kindRecord:
		err = p.readFields(v, t)
	case kindEnum:
		err = p.readSymbols(v, t)
	default:
		t.size, err = readSize(v)
	}
	if err != nil {
		return err
	}
	p.unfinished[name]--
	t.attributes = typeAttributes(v, k)
	for _, a := range t.attributes {
		if _, fits := int64Of(a.Value); isInteger(a.Value) && !fits {
			return refusal("Can't set a property to null: " + a.Key)
		}
	}
	if err := p.readTypeAliases(v, t); err != nil {
		return err
	}
	return p.define(t, place)
}

// define enters a type that has been read into the table.
func (p *parser) define(t *typ, place **typ) error {
	if p.strict {
		err, judged := p.spaces[t.name.space]
		if !judged {
			err = strictRule().checkSpace(t.name.space)
			p.spaces[t.name.space] = err
		}
		if err != nil {
			return err
		}
	}
	if p.unfinished[t.name] > 0 {
		return refusal("Can't redefine: " + t.name.String())
	}
	if first := p.names[t.name]; first != nil {
		*place = first
		p.twins = append(p.twins, twins{first, t})
		return nil
	}
	p.names[t.name] = t
	p.defined = append(p.defined, t)
	return nil
}

func (p *parser) readOwnName(v *jsontree.Value, in space) (fullName, error) {
	text := stringOf(v, "name")
	if text == nil {
		return fullName{}, refusal("No name in schema: " + v.String())
	}
	if own := stringOf(v, "namespace"); own != nil {
		in = unique.Make(*own)
	}
	name := qualify(*text, in)
	if p.strict {
		if err := strictRule().check(name.last); err != nil {
			return fullName{}, err
		}
	}
	if name.bare() && kindOf(name.last).primitive() {
		return fullName{}, refusal("Schemas may not be named after primitives: " + name.last)
	}
	return name, nil
}

func (p *parser) readSymbols(v *jsontree.Value, t *typ) error {
	symbols := v.Get("symbols")
	if symbols == nil || symbols.Kind != jsontree.Array {
		return refusal("Enum has no symbols: " + v.String())
	}
	t.symbolSet = make(map[string]struct{}, len(symbols.List))
	for _, m := range symbols.List {
		s := m.Value
		if s.Kind != jsontree.String {
			return refusal("Null name")
		}
		if p.strict {
			if err := strictRule().check(s.Text); err != nil {
				return err
			}
		}
		if _, repeated := t.symbolSet[s.Text]; repeated {
			return refusal("Duplicate enum symbol: " + s.Text)
		}
		t.symbolSet[s.Text] = struct{}{}
		t.symbols = append(t.symbols, s.Text)
	}
	t.enumDefault = stringOf(v, "default")
	if t.enumDefault == nil {
		return nil
	}
	if _, known := t.symbolSet[*t.enumDefault]; !known {
		return refusal("The Enum Default: " + *t.enumDefault + " is not in the enum symbol set: " + listText(t.symbols))
	}
	return nil
}

func readSize(v *jsontree.Value) (int, error) {
	size := v.Get("size")
	if size == nil {
		return 0, refusal("Invalid or no size: " + v.String())
	}
	n, isInt := int64Of(size)
	switch {
	case !isInt || n < math.MinInt32 || n > math.MaxInt32:
		return 0, refusal("Invalid or no size: " + v.String())
	case n < 0:
		return 0, refusal("Malformed data. Length is negative: " + size.Text)
	case n > maxFixed:
		return 0, refusal("Cannot read arrays longer than 2147483639 bytes in Java library")
	}
	return int(n), nil
}

// typeAttributes are the attributes of a type that no rule reads.
func typeAttributes(v *jsontree.Value, k kind) []jsontree.Member {
	return pick(v.List, func(key string) bool {
		switch key {
		case "doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases":
			return false
		}
		return key != "default" || k != kindEnum
	})
}

func pick(members []jsontree.Member, wanted func(key string) bool) []jsontree.Member {
	var out []jsontree.Member
	for _, m := range members {
		if wanted(m.Key) {
			out = append(out, m)
		}
	}
	return out
}
