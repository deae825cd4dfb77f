package copier

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// The modes that matter to a copy.
const (
	modeReadWrite        = "READWRITE"
	modeReadOnly         = "READONLY"
	modeReadOnlyOverride = "READONLY_OVERRIDE"
	modeImport           = "IMPORT"
)

func readOnly(mode string) bool { return mode == modeReadOnly || mode == modeReadOnlyOverride }

// write makes the target what the plan says. What the target refuses is reported, and the rest goes on. An error means
// that the target doesn't answer.
func (c *copying) write(ctx context.Context, p *plan) (wrote bool, err error) {
	for _, cp := range p.contexts {
		if c.opens(cp) {
			if err := c.open(ctx, cp); err != nil {
				return false, err
			}
			wrote = true
		}
	}
	if err := c.arrange(ctx, p); err != nil {
		return wrote, err
	}
	if err := c.writeVersions(ctx, p); err != nil {
		return wrote, err
	}
	for _, cp := range p.contexts {
		if c.opens(cp) && (cp.raise || c.target[cp.pair.To].counter) {
			if err := c.raise(ctx, cp); err != nil {
				return wrote, err
			}
		}
	}
	settled, err := c.writeSettings(ctx, p)
	return wrote || settled, err
}

// opens tells whether a context has to be in mode IMPORT.
func (c *copying) opens(cp *contextPlan) bool {
	return !cp.blocked && cp.pair.To != globalContext && (len(cp.units) > 0 || cp.configs || cp.raise || c.target[cp.pair.To].counter)
}

// open puts a context into mode IMPORT, and takes away what would lead writes to its subjects elsewhere or refuse them.
// The source's settings follow later.
func (c *copying) open(ctx context.Context, cp *contextPlan) error {
	to := cp.pair.To
	if err := c.to.putMode(ctx, to, "", modeImport); err != nil {
		return fmt.Errorf("put context %s into mode IMPORT: %w", to, err)
	}
	snap := c.target[to]
	for _, subject := range slices.Sorted(maps.Keys(cp.touched)) {
		t := snap.subjects[subject]
		if t.mode != "" && t.mode != modeImport {
			if err := c.to.clear(ctx, "mode", to, subject); err != nil {
				return err
			}
			t.mode = ""
		}
		if aliasIn(t.config) != "" {
			if err := c.to.clear(ctx, "config", to, subject); err != nil {
				return err
			}
			t.config = ""
		}
		snap.subjects[subject] = t
	}
	return nil
}

// arrange puts the versions of each ID into the order in which the source has their subjects: the first one is shown with
// the ID.
func (c *copying) arrange(ctx context.Context, p *plan) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.from.concurrency)
	for _, u := range slices.Concat(p.levels...) {
		if len(u.register) < 2 {
			continue
		}
		g.Go(func() error {
			names, err := c.from.holders(ctx, u.context.pair.From, u.id)
			if errNoAnswer(err) {
				return err
			}
			slices.SortStableFunc(u.register, func(a, b version) int {
				return cmp.Or(cmp.Compare(slices.Index(names, a.subject), slices.Index(names, b.subject)), cmp.Compare(a.written, b.written))
			})
			return nil
		})
	}
	return g.Wait()
}

func (c *copying) writeVersions(ctx context.Context, p *plan) error {
	total := 0
	for _, units := range p.levels {
		total += len(units)
	}
	c.progress.phase("copying")
	c.progress.expect("schemas", total)
	// What is referred to can't be deleted before what refers to it.
	for _, units := range slices.Backward(p.levels) {
		if err := c.eachUnit(ctx, units, c.retire); err != nil {
			return err
		}
	}
	for _, units := range p.levels {
		if err := c.eachUnit(ctx, units, c.writeUnit); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) eachUnit(ctx context.Context, units []*unit, do func(context.Context, *unit) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.to.concurrency)
	for _, u := range units {
		g.Go(func() error { return do(ctx, u) })
	}
	return g.Wait()
}

func (c *copying) retire(ctx context.Context, u *unit) error { return c.softDelete(ctx, u, u.retire) }

func (c *copying) writeUnit(ctx context.Context, u *unit) error {
	defer c.progress.step()
	cp := u.context
	if u.refusal != "" {
		for _, v := range u.register {
			c.refuseVersion(cp, v, u.refusal)
		}
		return nil
	}
	for _, v := range u.register {
		if err := c.wrote(cp, v, c.to.register(ctx, cp.pair.To, v), &cp.summary.Registered); err != nil {
			return err
		}
	}
	return c.softDelete(ctx, u, u.remove)
}

func (c *copying) softDelete(ctx context.Context, u *unit, versions []version) error {
	cp := u.context
	for _, v := range versions {
		if err := c.wrote(cp, v, c.to.softDelete(ctx, cp.pair.To, v), &cp.summary.SoftDeleted); err != nil {
			return err
		}
	}
	return nil
}

// wrote counts a version that was written, or keeps what the target refused. It returns any other error.
func (c *copying) wrote(cp *contextPlan, v version, err error, n *int) error {
	switch {
	case errNoAnswer(err):
		return err
	case err != nil:
		c.refuseVersion(cp, v, err.Error())
	default:
		c.count(n)
	}
	return nil
}

func (c *copying) refuseVersion(cp *contextPlan, v version, why string) {
	c.refuse(cp.pair, v.subject, v.number, why)
	c.mu.Lock()
	defer c.mu.Unlock()
	cp.incomplete = true
}

// set does the same for config and mode. Some may be forbidden, such as those of `.__GLOBAL`, and others not.
func (c *copying) set(cp *contextPlan, subject string, err error) error {
	switch {
	case errNoAnswer(err) && !refusedWith(err, 403):
		return err
	case err != nil:
		c.refuse(cp.pair, subject, 0, err.Error())
	default:
		c.count(&cp.summary.Settings)
	}
	return nil
}

func (c *copying) refuse(pair Pair, subject string, number int, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Refusals = append(c.report.Refusals, Refusal{Context: pair.From, Subject: subject, Version: number, Why: why})
}

func (c *copying) count(n *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n++
}
