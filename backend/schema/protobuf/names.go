package protobuf

import "strings"

// source is a file whose names can be resolved: the text itself, a reference or a built-in file.
type source struct {
	name    string // empty for the text itself
	tree    *file
	builtin bool
}

// node is one part of a dotted name. Packages, types and extension fields share the tree, so that a look-up costs one
// step a part.
type node struct {
	children  map[string]*node
	typ       *definition
	extension *extensionField
}

// definition is a message or an enum.
type definition struct {
	full    string
	message *message // nil for an enum
	enum    *enum
	source  *source
}

// local is the full name without the package of its file.
func (d *definition) local() string {
	if d.source.tree.pkg == "" {
		return d.full
	}
	return strings.TrimPrefix(d.full, d.source.tree.pkg+".")
}

type extensionField struct {
	full   string
	typ    typeName
	label  label
	source *source
	prefix string // the package or message around the field
}

// names holds all full names of some files. It is immutable once built.
type names struct {
	root node
}

func (n *node) child(name string) *node {
	c, ok := n.children[name]
	if !ok {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		c = &node{}
		n.children[name] = c
	}
	return c
}

// descend makes the nodes of a dotted name.
func (n *node) descend(name string) *node {
	for name != "" {
		part, rest, _ := strings.Cut(name, ".")
		n = n.child(part)
		name = rest
	}
	return n
}

// find is the node of a dotted name below n, nil if there is none.
func (n *node) find(name string, steps *int) *node {
	for n != nil && name != "" {
		*steps++
		part, rest, _ := strings.Cut(name, ".")
		n = n.children[part]
		name = rest
	}
	return n
}

// namesOf collects the names of files. Of two definitions of one name the first counts.
func namesOf(sources ...*source) *names {
	ns := &names{}
	for _, s := range sources {
		at := ns.root.descend(s.tree.pkg)
		at.addTypes(s, s.tree.pkg, s.tree.messages, s.tree.enums)
		at.addExtensions(s, s.tree.pkg, s.tree.extends)
	}
	return ns
}

func dotted(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

func (n *node) addTypes(s *source, prefix string, messages []*message, enums []*enum) {
	for _, m := range messages {
		full, at := dotted(prefix, m.name), n.descend(m.name)
		if at.typ == nil {
			at.typ = &definition{full: full, message: m, source: s}
		}
		at.addExtensions(s, full, m.extends)
		at.addTypes(s, full, m.messages, m.enums)
	}
	for _, e := range enums {
		if at := n.descend(e.name); at.typ == nil {
			at.typ = &definition{full: dotted(prefix, e.name), enum: e, source: s}
		}
	}
}

func (n *node) addExtensions(s *source, prefix string, extends []*extend) {
	for _, e := range extends {
		for i := range e.fields {
			f := &e.fields[i]
			if at := n.descend(f.name); at.extension == nil {
				at.extension = &extensionField{full: dotted(prefix, f.name), typ: f.typ, label: f.label, source: s, prefix: prefix}
			}
		}
	}
}

// resolver resolves names as seen from a scope: a package and the messages around. It serves one pass over a text.
type resolver struct {
	own      *names
	builtin  *names
	replaced map[string]bool // built-in files whose place a reference takes
	// steps is how many names were looked at, limit how many may be.
	steps, limit int
}

// scope is a package or message in both trees of names. A node is nil where a tree has no such name.
type scope struct {
	own     *node
	builtin *node
	around  *scope
}

// scope is the scope of a package or message, by its full name.
func (r *resolver) scope(full string) *scope {
	return r.enter(&scope{own: &r.own.root, builtin: &r.builtin.root}, full)
}

// enter is the scope of a package or message within another one.
func (r *resolver) enter(s *scope, name string) *scope {
	for name != "" {
		part, rest, _ := strings.Cut(name, ".")
		s = &scope{own: s.own.find(part, &r.steps), builtin: s.builtin.find(part, &r.steps), around: s}
		name = rest
	}
	return s
}

// exhausted tells that the pass has looked at more names than it may.
func (r *resolver) exhausted() bool { return r.steps > r.limit }

// typ finds the type that a name means. The innermost scope in which the whole name exists wins.
func (r *resolver) typ(s *scope, name string) *definition {
	var found *definition
	r.search(s, name, func(n *node) bool {
		if n.typ != nil && !r.isReplaced(n.typ.source) {
			found = n.typ
		}
		return found != nil
	})
	return found
}

// extension finds the extension field that a name means.
func (r *resolver) extension(s *scope, name string) *extensionField {
	var found *extensionField
	r.search(s, name, func(n *node) bool {
		if n.extension != nil && !r.isReplaced(n.extension.source) {
			found = n.extension
		}
		return found != nil
	})
	return found
}

func (r *resolver) isReplaced(s *source) bool { return s.builtin && r.replaced[s.name] }

func (r *resolver) search(s *scope, name string, accept func(*node) bool) {
	if rooted, ok := strings.CutPrefix(name, "."); ok {
		s, name = r.scope(""), rooted
	}
	if name == "" {
		return
	}
	for ; s != nil && !r.exhausted(); s = s.around {
		r.steps++
		if n := s.own.find(name, &r.steps); n != nil && accept(n) {
			return
		}
		if n := s.builtin.find(name, &r.steps); n != nil && accept(n) {
			return
		}
	}
}
