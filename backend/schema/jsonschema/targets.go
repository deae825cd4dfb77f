package jsonschema

import (
	"fmt"
	"strconv"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// mainURI is what modern dialects call a text that names no URI of its own.
const mainURI = "mem://input"

// targets finds what a $ref means (spec/schema-languages.md 2.1.3).
type targets struct {
	main *document
	// byURI holds the places that can be named: documents, subschemas with an id, anchors.
	byURI map[string]place
	// bases has the base inside each object that names itself.
	bases map[*jsontree.Value]string
	// members is an index of large objects that pointers went through.
	members map[*jsontree.Value]map[string]*jsontree.Value
	// limits are those of each text.
	limits schema.Limits
	// far has the texts at URLs that nothing above names.
	far *remote
	// spent is the work on URIs so far, in bytes; overspent is the error that follows from too much of it.
	spent     int
	overspent error
}

// parsedURI is how often the bytes of a URI count that must be parsed.
const parsedURI = 8

// resolve is resolveURI within the bounds of one text.
func (t *targets) resolve(base, ref string) (string, error) {
	work := len(base) + len(ref)
	if ref != "" && ref[0] != '#' && base != "" {
		work *= parsedURI
	}
	if t.spent += work; t.spent/schema.StepURI > t.limits.Steps {
		t.overspent = fmt.Errorf("%w: too many long ones", errURI)
		return "", t.overspent
	}
	return resolveURI(base, ref)
}

// open registers a root and the texts that it may refer to, and returns the root's document.
func (t *targets) open(d dialect, root *jsontree.Value, o schema.ParseOptions, far *remote) (*document, error) {
	t.limits, t.far = o.Limits.OrDefaults(), far
	t.byURI = map[string]place{}
	t.bases = map[*jsontree.Value]string{}
	t.members = map[*jsontree.Value]map[string]*jsontree.Value{}
	base := ""
	if d.modern() {
		base = mainURI
	}
	t.main = &document{root: root, base: base}
	t.index(d, root, scope{t.main, t.main.base})
	base = t.baseInside(root, base)
	for _, ref := range o.References {
		if err := t.add(d, base, ref); err != nil {
			return nil, fmt.Errorf("reference %q: %w", ref.Name, err)
		}
	}
	return t.main, t.overspent
}

// add registers a referenced text under its name. base is that of the main text.
func (t *targets) add(d dialect, base string, ref schema.Reference) error {
	if err := checkURI(ref.Name); err != nil {
		return err
	}
	root, err := readTree(ref.Text, t.limits)
	if err != nil {
		return err
	}
	if root.Kind != jsontree.Object {
		return fmt.Errorf("%w: %s", errSchema, nameOf(root.Kind))
	}
	if d.modern() {
		base = mainURI
	}
	uri, err := t.resolve(base, ref.Name)
	if err != nil {
		return err
	}
	uri, _, _ = strings.Cut(uri, "#")
	doc := &document{root: root, base: uri}
	at := place{root, scope{doc, uri}}
	names := []string{uri, strings.TrimSuffix(ref.Name, "#")}
	if d.modern() && !isAbsolute(ref.Name) && !strings.HasPrefix(ref.Name, ".") {
		names = append(names, "./"+ref.Name)
	}
	for _, name := range names {
		t.name(name, at)
	}
	t.index(d, root, at.scope)
	return nil
}

// name gives a place a URI unless another has it.
func (t *targets) name(uri string, p place) {
	if _, ok := t.byURI[uri]; !ok {
		t.byURI[uri] = p
	}
}

// index registers each object that names itself.
func (t *targets) index(d dialect, v *jsontree.Value, at scope) {
	inner := at
	if v.Kind == jsontree.Object {
		inner.base = t.indexObject(d, v, at)
	}
	for i := range v.List {
		if child := v.List[i].Value; child.Kind >= jsontree.Array {
			t.index(d, child, inner)
		}
	}
}

// indexObject registers one object and returns the base that holds inside.
func (t *targets) indexObject(d dialect, v *jsontree.Value, at scope) string {
	inner := at.base
	if id := v.Get(d.idKeyword()); id != nil && id.Kind == jsontree.String {
		// An id that is no URI changes nothing: it may be data.
		if uri, err := t.resolve(at.base, id.Text); err == nil {
			inner, _, _ = strings.Cut(uri, "#")
			t.bases[v] = inner
			t.name(strings.TrimSuffix(uri, "#"), place{v, at})
		}
	}
	if !d.modern() {
		return inner
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if anchor := v.Get(keyword); anchor != nil && anchor.Kind == jsontree.String {
			t.name(inner+"#"+anchor.Text, place{v, at})
		}
	}
	return inner
}

// find looks a $ref up. The place has no value if the target is a meta-schema of JSON Schema itself, or if something stands
// in for it.
func (t *targets) find(d dialect, ref string, at scope) (place, error) {
	uri, err := t.resolve(at.base, ref)
	if err != nil {
		return place{}, err
	}
	if p, ok := t.byURI[strings.TrimSuffix(uri, "#")]; ok {
		return p, nil
	}
	document, fragment, _ := strings.Cut(uri, "#")
	isPointer := fragment == "" || fragment[0] == '/'
	if !d.modern() && strings.HasPrefix(ref, "#") {
		if !isPointer {
			return place{}, errReference
		}
		return t.pointer(place{at.document.root, scope{at.document, at.document.base}}, fragment)
	}
	if p, ok := t.resource(document, at); ok && isPointer {
		return t.pointer(p, fragment)
	}
	if bundled, ok := draftOf(document); ok && isPointer && (d.modern() || !bundled.modern()) {
		return place{}, nil
	}
	if strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://") {
		return t.distant(d, document, fragment)
	}
	return place{}, errReference
}

// resource is the document or identified subschema at a URI without fragment.
func (t *targets) resource(uri string, at scope) (place, bool) {
	if p, ok := t.byURI[uri]; ok {
		return p, true
	}
	if uri == at.document.base {
		return place{at.document.root, scope{at.document, at.document.base}}, true
	}
	return place{}, false
}

// pointer follows a JSON pointer, minding the ids on its way.
func (t *targets) pointer(p place, fragment string) (place, error) {
	if fragment == "" {
		return p, nil
	}
	tokens := pointerTokens(fragment)
	if p.value == p.document.root && len(tokens) > 1 && tokens[0] == "$defs" {
		tokens[0] = t.definitionsOf(p.value, tokens[1])
	}
	for _, token := range tokens {
		p = place{t.step(p.value, token), scope{p.document, t.baseInside(p.value, p.base)}}
		if p.value == nil {
			return place{}, errReference
		}
	}
	return p, nil
}

// definitionsOf is the keyword that #/$defs/NAME means: what $defs lacks is looked for in definitions.
func (t *targets) definitionsOf(root *jsontree.Value, name string) string {
	defs := t.step(root, "$defs")
	if t.step(defs, name) == nil && (defs == nil || defs.Kind == jsontree.Object) && t.step(root, "definitions") != nil {
		return "definitions"
	}
	return "$defs"
}

// baseInside is the base that holds for what a value encloses.
func (t *targets) baseInside(v *jsontree.Value, base string) string {
	if own, ok := t.bases[v]; ok {
		return own
	}
	return base
}

// smallObject is the number of members up to which a search from the front beats a map.
const smallObject = 16

// step is one token of a pointer.
func (t *targets) step(v *jsontree.Value, token string) *jsontree.Value {
	if v == nil {
		return nil
	}
	if v.Kind == jsontree.Array {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(v.List) {
			return nil
		}
		return v.List[i].Value
	}
	if len(v.List) <= smallObject {
		return v.Get(token)
	}
	members, ok := t.members[v]
	if !ok {
		members = make(map[string]*jsontree.Value, len(v.List))
		for _, m := range v.List {
			members[m.Key] = m.Value
		}
		t.members[v] = members
	}
	return members[token]
}
