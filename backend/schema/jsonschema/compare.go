package jsonschema

const (
	// maxSteps bounds the work of one comparison: about a second.
	maxSteps = 3_000_000
	// maxPairDepth bounds how deep pairs are met inside pairs, which references can make deeper than any text.
	maxPairDepth = 10_000
)

// comparison finds what keeps a newer schema from reading what was written with an older one
// (spec/schema-languages.md 2.6). The zero value is ready; it is used once.
type comparison struct {
	lenient bool

	// known has the findings of each pair of this round; nil while the pair is being compared.
	known map[pair]*findings
	// earlier has the incompatible pairs of the round before.
	earlier map[pair]*findings
	// assumed tells that this round met a pair that was being compared.
	assumed bool

	steps, depth int
	exhausted    bool

	digests  map[*node]digest
	enums    map[*enumBody]map[string]struct{}
	patterns patterns
}

type pair struct{ older, newer *node }

// messages compares two roots and words what was found.
func (c *comparison) messages(older, newer *node, readerIsNew bool) []string {
	found := c.run(older, newer)
	if c.exhausted {
		return []string{tooComplex}
	}
	if found.compatible() {
		return nil
	}
	w := writer{reader: "old", writer: "new"}
	if readerIsNew {
		w.reader, w.writer = w.writer, w.reader
	}
	w.print(found)
	return w.messages
}

// run repeats the walk until the incompatible pairs stay the same: a pair inside itself is first taken for compatible.
func (c *comparison) run(older, newer *node) *findings {
	for {
		c.known, c.assumed = map[pair]*findings{}, false
		found := c.compare(older, newer)
		incompatible := map[pair]*findings{}
		same := true
		for p, f := range c.known {
			if !f.compatible() {
				incompatible[p] = f
				_, before := c.earlier[p]
				same = same && before
			}
		}
		if c.exhausted || !c.assumed || same && len(incompatible) == len(c.earlier) {
			return found
		}
		c.earlier = incompatible
	}
}

// spend counts work and tells whether there may be more.
func (c *comparison) spend(steps int) bool {
	if c.steps += steps; c.steps > maxSteps {
		c.exhausted = true
	}
	return !c.exhausted
}

// fresh starts the findings of a pair.
func (c *comparison) fresh() *findings { return &findings{lenient: c.lenient} }

// compare finds the differences of a pair, either side of which may be absent.
func (c *comparison) compare(older, newer *node) *findings {
	older, newer = target(older), target(newer)
	if !c.spend(1) || newer == nil {
		return nil
	}
	f := c.fresh()
	if older == nil {
		f.add("SCHEMA_ADDED", wordNothing, "")
		return f
	}
	if !older.nests() && !newer.nests() {
		c.walk(f, older, newer)
		return f
	}
	p := pair{older, newer}
	if known, ok := c.known[p]; ok {
		if known == nil {
			c.assumed = true
			return c.earlier[p]
		}
		return known
	}
	if c.depth++; c.depth > maxPairDepth {
		c.exhausted = true
	} else {
		c.known[p] = nil
		c.walk(f, older, newer)
		c.known[p] = f
	}
	c.depth--
	return f
}

// target replaces a reference by what it refers to, one step.
func target(n *node) *node {
	if n == nil {
		return nil
	}
	if b, ok := n.body.(*referenceBody); ok {
		return b.target
	}
	return n
}

// nests tells whether comparing a schema can meet other schemas.
func (n *node) nests() bool {
	switch n.kind {
	case kindObject, kindArray, kindCombined, kindNot:
		return true
	default:
		return false
	}
}

// fits tells whether a pair is compatible.
func (c *comparison) fits(older, newer *node) bool { return c.compare(older, newer).compatible() }

// walk compares a pair that is present, not a reference, and not known yet.
func (c *comparison) walk(f *findings, older, newer *node) {
	if c.throughCombination(older, newer) {
		return
	}
	if older.kind != newer.kind {
		if older.kind != kindFalse && !newer.matchesAll() && !(older.isBytes() && newer.isBytes()) {
			f.add("TYPE_CHANGED", wordType, "")
		}
		return
	}
	switch n := newer.body.(type) {
	case *objectBody:
		if o, ok := older.body.(*objectBody); ok {
			c.objects(f, o, n)
		}
	case *arrayBody:
		if o, ok := older.body.(*arrayBody); ok {
			c.arrays(f, o, n)
		}
	case *stringBody:
		if o, ok := older.body.(*stringBody); ok {
			stringKeywords(f, o, n)
		}
	case *numberBody:
		if o, ok := older.body.(*numberBody); ok {
			numberKeywords(f, o, n)
		}
	case *combinedBody:
		if o, ok := older.body.(*combinedBody); ok {
			c.combined(f, o, n)
		}
	case *notBody:
		if o, ok := older.body.(*notBody); ok && !c.fits(n.inner, o.inner) {
			f.add("NOT_TYPE_EXTENDED", wordLonger, "not")
		}
	case *constBody:
		if o, ok := older.body.(*constBody); ok && normalized(o.value) != normalized(n.value) {
			f.add("ENUM_ARRAY_CHANGED", wordType, "const")
		}
	case *enumBody:
		if o, ok := older.body.(*enumBody); ok {
			c.enumerations(f, o, n)
		}
	case *metaBody:
		if o, ok := older.body.(*metaBody); ok && o.uri != n.uri {
			f.add("TYPE_CHANGED", wordType, "")
		}
	}
}

// throughCombination tells whether one side is combined and a single member of it settles the pair.
func (c *comparison) throughCombination(older, newer *node) bool {
	o, olderCombined := older.body.(*combinedBody)
	n, newerCombined := newer.body.(*combinedBody)
	switch {
	case newerCombined && !olderCombined && (len(n.members) == 1 || n.criterion != allOf):
		for _, m := range n.members {
			if c.fits(older, m) {
				return true
			}
		}
	case olderCombined && !newerCombined && (len(o.members) == 1 || o.criterion == allOf):
		for _, m := range o.members {
			if c.fits(m, newer) {
				return true
			}
		}
	}
	return false
}

// enumerations compares the keyword enum as sets.
func (c *comparison) enumerations(f *findings, older, newer *enumBody) {
	o, n := c.enumeration(older), c.enumeration(newer)
	if !c.spend(len(o) + len(n)) {
		return
	}
	lost, won := without(o, n), without(n, o)
	switch {
	case lost > 0 && won > 0:
		f.add("ENUM_ARRAY_CHANGED", wordType, "enum")
	case lost > 0:
		f.add("ENUM_ARRAY_NARROWED", wordFewer, "enum")
	}
}

// enumeration is the set of values of an enum, as texts that are equal when the values are.
func (c *comparison) enumeration(b *enumBody) map[string]struct{} {
	if set, ok := c.enums[b]; ok {
		return set
	}
	set := make(map[string]struct{}, len(b.values))
	for _, m := range b.values {
		set[normalized(m.Value)] = struct{}{}
	}
	if c.enums == nil {
		c.enums = map[*enumBody]map[string]struct{}{}
	}
	c.enums[b] = set
	return set
}

// without counts the names of a that b lacks.
func without(a, b map[string]struct{}) int {
	n := 0
	for name := range a {
		if _, ok := b[name]; !ok {
			n++
		}
	}
	return n
}
