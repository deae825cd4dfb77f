package jsonschema

// combined compares two combined schemas: their criteria, then their members as sets.
func (c *comparison) combined(f *findings, older, newer *combinedBody) {
	if older.criterion != newer.criterion && !extends(older, newer) {
		f.add("COMBINED_TYPE_CHANGED", wordType, "")
		return
	}
	o, n := c.distinct(older.members), c.distinct(newer.members)
	switch {
	case len(o) < len(n) && newer.criterion == allOf:
		f.add("PRODUCT_TYPE_EXTENDED", wordLonger, "")
	case len(o) > len(n) && older.criterion != allOf:
		f.add("SUM_TYPE_NARROWED", wordFewer, "")
	}
	m := matching{c: c, older: o, newer: n}
	if !m.covers() {
		f.add("COMBINED_TYPE_SUBSCHEMAS_CHANGED", wordType, "")
	}
}

// extends tells whether a change of criterion admits all that was admitted.
func extends(older, newer *combinedBody) bool {
	o, n := len(older.members) == 1, len(newer.members) == 1
	return newer.criterion == anyOf || o && n || o && newer.criterion == oneOf || n && older.criterion == allOf
}

// distinct drops members that are printed like an earlier one.
func (c *comparison) distinct(members []*node) []*node {
	if !c.spend(len(members)) {
		return nil
	}
	seen := make(map[digest]struct{}, len(members))
	out := make([]*node, 0, len(members))
	for _, m := range members {
		d := c.digest(m)
		if _, ok := seen[d]; !ok {
			seen[d] = struct{}{}
			out = append(out, m)
		}
	}
	return out
}

// matching pairs as many older members as possible with newer members that can read them, each once.
type matching struct {
	c            *comparison
	older, newer []*node
	// partner is the older member of each newer one, or -1.
	partner []int
	// visited has the last search that met a newer member.
	visited []int
	search  int
}

// covers tells whether as many pairs can be made as the smaller side has members.
func (m *matching) covers() bool {
	m.partner = make([]int, len(m.newer))
	for i := range m.partner {
		m.partner[i] = -1
	}
	m.visited = make([]int, len(m.newer))
	paired := m.pairEqual()
	size := 0
	for i := range paired {
		size += boolean(paired[i])
	}
	for i := 0; i < len(paired) && size < min(len(m.older), len(m.newer)); i++ {
		m.search++
		if !paired[i] && m.augment(i) {
			size++
		}
	}
	return size == min(len(m.older), len(m.newer))
}

// pairEqual begins with members that are printed alike, which mostly fit: a large enough set of them needs no search
// for partners. A matching that is begun anyhow can still be completed to a largest one.
func (m *matching) pairEqual() []bool {
	places := make(map[digest]int, len(m.newer))
	for j, n := range m.newer {
		places[m.c.digest(n)] = j
	}
	paired := make([]bool, len(m.older))
	for i, o := range m.older {
		if j, ok := places[m.c.digest(o)]; ok && m.c.fits(o, m.newer[j]) {
			m.partner[j] = i
			paired[i] = true
		}
	}
	return paired
}

// augment finds a partner for an older member, moving others to other partners where needed.
func (m *matching) augment(i int) bool {
	if m.c.depth++; m.c.depth > maxPairDepth {
		m.c.exhausted = true
	}
	defer func() { m.c.depth-- }()
	for j, n := range m.newer {
		if !m.c.spend(1) {
			return false
		}
		if m.visited[j] == m.search || !m.c.fits(m.older[i], n) {
			continue
		}
		m.visited[j] = m.search
		if m.partner[j] < 0 || m.augment(m.partner[j]) {
			m.partner[j] = i
			return true
		}
	}
	return false
}
