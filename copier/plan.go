package copier

import (
	"cmp"
	"fmt"
	"slices"
)

// plan is what has to be written.
type plan struct {
	contexts []*contextPlan
	// levels are units by what they need: each needs only units of levels before its own.
	levels [][]*unit
}

// contextPlan is what has to be written to one context.
type contextPlan struct {
	pair Pair
	// blocked contexts hold what the source doesn't: nothing is written there.
	blocked bool
	units   []*unit
	// configs tells that a config has to be written.
	configs bool
	// raise tells that the target's counter of IDs has to be raised.
	raise bool
	// incomplete tells that a version couldn't be written.
	incomplete bool
	// touched are the subjects that units write to.
	touched map[string]bool
	summary *ContextReport
}

// unit is the work on one schema ID of a context. Its steps are taken one after the other, since registries show the
// version that was registered first, and a registration removes soft-deleted versions with its ID that are older.
type unit struct {
	context  *contextPlan
	id       int
	register []version
	// remove are those of them that are soft-deleted at the source; retire are others, which the target still has live.
	remove  []version
	retire  []version
	needs   []*unit
	refusal string
	level   int // 0 until it is known
}

// unitKey names a unit by a context of the source.
type unitKey struct {
	context string
	id      int
}

// plan compares both ends and orders what is missing.
func (c *copying) plan() *plan {
	p := &plan{}
	units := map[unitKey]*unit{}
	for _, pair := range c.pairs {
		cp := c.planContext(pair)
		p.contexts = append(p.contexts, cp)
		for _, u := range cp.units {
			units[unitKey{pair.From, u.id}] = u
		}
	}
	for _, cp := range p.contexts {
		c.connect(cp, units)
	}
	for _, cp := range p.contexts {
		for _, u := range cp.units {
			level := u.depth()
			for len(p.levels) < level {
				p.levels = append(p.levels, nil)
			}
			p.levels[level-1] = append(p.levels[level-1], u)
		}
	}
	return p
}

func (p *plan) summaries() []*ContextReport {
	out := make([]*ContextReport, len(p.contexts))
	for i, cp := range p.contexts {
		out[i] = cp.summary
	}
	return out
}

func (c *copying) planContext(pair Pair) *contextPlan {
	from, to := c.source[pair.From], c.target[pair.To]
	cp := &contextPlan{pair: pair, touched: map[string]bool{}, summary: &ContextReport{Pair: pair}}
	cp.block(from, to, c.o.Tolerate)
	holders := map[string]bool{}
	byID := map[int]*unit{}
	for _, v := range from.sortedVersions() {
		holders[v.subject] = true
		cp.summary.Versions++
		if v.deleted {
			cp.summary.Deleted++
		}
		there, ok := to.versions[v.key()]
		missing := !ok || there.deleted && !v.deleted
		if !missing && there.deleted == v.deleted {
			cp.summary.Present++
			continue
		}
		u := byID[v.id]
		if u == nil {
			u = &unit{context: cp, id: v.id}
			byID[v.id] = u
		}
		switch {
		case !missing:
			u.retire = append(u.retire, v)
		case v.deleted:
			u.remove = append(u.remove, v)
			fallthrough
		default:
			u.register = append(u.register, v)
		}
	}
	cp.summary.Subjects = len(holders)
	cp.configs, cp.raise = configsDiffer(pair, from, to), behind(from, to)
	if cp.blocked {
		return cp
	}
	for _, u := range byID {
		cp.units = append(cp.units, u)
		for _, v := range slices.Concat(u.register, u.retire) {
			cp.touched[v.subject] = true
		}
	}
	slices.SortFunc(cp.units, func(a, b *unit) int { return cmp.Compare(a.id, b.id) })
	return cp
}

// block refuses to write to a context that is neither empty nor a part of what it shall be.
func (cp *contextPlan) block(from, to *snapshot, tolerate bool) {
	for _, v := range to.sortedVersions() {
		planned, ok := from.versions[v.key()]
		why := ""
		switch {
		case !ok:
			why = "which the source doesn't have"
		case planned.id != v.id:
			why = fmt.Sprintf("which has ID %d at the source, and %d here", planned.id, v.id)
		case planned.content() != v.content() && !tolerate:
			why = "which is another schema at the source"
		}
		if why != "" {
			cp.blocked = true
			cp.summary.Blocked = fmt.Sprintf("nothing was written: it holds %s, %s", place(cp.pair.To, v.subject, v.number), why)
			return
		}
	}
}

func configsDiffer(pair Pair, from, to *snapshot) bool {
	a, b := from.settings, to.settings
	if !pair.sameConfig(a, b) && own(pair.From, a.config, a.configInScope) != own(pair.To, b.config, b.configInScope) {
		return true
	}
	for subject := range union(from.subjects, to.subjects) {
		if from.subjects[subject].config != to.subjects[subject].config {
			return true
		}
	}
	return false
}

// connect finds what each unit of a context needs to be there before it.
func (c *copying) connect(cp *contextPlan, units map[unitKey]*unit) {
	same := map[content]*unit{}
	for _, u := range cp.units {
		v := slices.Concat(u.register, u.retire)[0]
		// The same schema may have two IDs. A registry goes on with the one that was written last.
		if before := same[v.content()]; before != nil {
			u.needs = append(u.needs, before)
		}
		same[v.content()] = u
		for _, ref := range v.references {
			registryCtx, subject := c.referred(cp.pair.From, ref)
			if contextWritten(ref.Subject) != defaultContext && c.from.knowsContexts && c.renamed(registryCtx) {
				u.refusal = fmt.Sprintf("its reference to %s names a context that has another name at the target", ref.Subject)
			}
			snap := c.source[registryCtx]
			if snap == nil {
				continue // not copied: it is there, or the registration will be refused
			}
			if target, ok := snap.versions[versionKey{subject, ref.Version}]; ok && units[unitKey{registryCtx, target.id}] != nil {
				u.needs = append(u.needs, units[unitKey{registryCtx, target.id}])
			}
		}
	}
}

// referred is what a reference means: a name without a context is one of the referrer's.
func (c *copying) referred(referrerCtx string, ref reference) (registryCtx, subject string) {
	if registryCtx = contextWritten(ref.Subject); registryCtx == defaultContext || !c.from.knowsContexts {
		return referrerCtx, ref.Subject
	}
	return split(ref.Subject)
}

func contextWritten(name string) string {
	registryCtx, _ := split(name)
	return registryCtx
}

// renamed tells whether a context of the source would be another one under the same name at the target.
func (c *copying) renamed(registryCtx string) bool {
	return slices.ContainsFunc(c.pairs, func(p Pair) bool {
		return p.From != p.To && (p.From == registryCtx || p.To == registryCtx)
	})
}

// pinLatest turns references to the newest version, which some servers keep as they are written, into what they mean.
func (c *copying) pinLatest() {
	for registryCtx, snap := range c.source {
		for key, v := range snap.versions {
			pinned := slices.Clone(v.references)
			for i, ref := range pinned {
				if ref.Version > 0 {
					continue
				}
				in, subject := c.referred(registryCtx, ref)
				pinned[i].Version = cmp.Or(c.newest(in, subject), ref.Version)
			}
			v.references = pinned
			snap.versions[key] = v
		}
	}
}

// newest is the highest live version of a subject of the source; 0 if it has none.
func (c *copying) newest(registryCtx, subject string) int {
	highest := 0
	if snap := c.source[registryCtx]; snap != nil {
		for key, v := range snap.versions {
			if key.subject == subject && !v.deleted {
				highest = max(highest, key.number)
			}
		}
	}
	return highest
}

// depth is one more than that of what the unit needs.
func (u *unit) depth() int {
	if u.level == 0 {
		u.level = 1 // ends a circle, which no registry should show
		for _, n := range u.needs {
			u.level = max(u.level, n.depth()+1)
		}
	}
	return u.level
}
