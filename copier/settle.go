package copier

import (
	"context"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// builtIn tells that a registry without any setting shows this, so that nothing has to be stored for it.
func builtIn(shown string) bool {
	return shown == modeReadWrite || shown == `{"compatibilityLevel":"BACKWARD"}`
}

// writeSettings gives config and mode to subjects, contexts and `.__GLOBAL`. Configs come first, since a mode may forbid
// them; within each, what others inherit from comes first.
func (c *copying) writeSettings(ctx context.Context, p *plan) (wrote bool, err error) {
	c.progress.phase("copying config and modes")
	order := slices.DeleteFunc(slices.Clone(p.contexts), func(cp *contextPlan) bool { return cp.blocked })
	slices.SortStableFunc(order, func(a, b *contextPlan) int { return rank(a.pair) - rank(b.pair) })
	before := c.settled(order)
	for _, cp := range order {
		if err := c.settleConfig(ctx, cp); err != nil {
			return true, err
		}
		if err := c.settleSubjects(ctx, cp); err != nil {
			return true, err
		}
	}
	for _, cp := range order {
		if cp.incomplete {
			// Whoever registered here now would get IDs that the source has given away.
			cp.summary.StaysImport = true
			continue
		}
		if err := c.settleMode(ctx, cp); err != nil {
			return true, err
		}
	}
	return c.settled(order) > before, nil
}

// rank puts `.__GLOBAL` first.
func rank(p Pair) int {
	if p.To == globalContext {
		return 0
	}
	return 1
}

func (c *copying) settled(order []*contextPlan) int {
	n := 0
	for _, cp := range order {
		n += cp.summary.Settings
	}
	return n
}

// settleConfig gives a context its config.
func (c *copying) settleConfig(ctx context.Context, cp *contextPlan) error {
	p, from := cp.pair, c.source[cp.pair.From].settings
	return c.settleRoot(ctx, cp, "config", p.sameConfig, func(to tier) error {
		if cp.pair.To == globalContext && readOnly(to.mode) {
			if err := c.to.clear(ctx, "mode", p.To, ""); err != nil {
				return err
			}
		}
		return c.to.putConfig(ctx, p.To, "", own(p.To, to.config, to.configInScope), own(p.From, from.config, from.configInScope))
	})
}

// settleMode gives a context its mode.
func (c *copying) settleMode(ctx context.Context, cp *contextPlan) error {
	p, from := cp.pair, c.source[cp.pair.From].settings
	return c.settleRoot(ctx, cp, "mode", p.sameMode, func(tier) error {
		return c.to.putMode(ctx, p.To, "", own(p.From, from.mode, from.modeInScope))
	})
}

// settleRoot makes one setting of a context the same as at the source: by removing the target's own, where the source may
// have none, else by putting the source's.
func (c *copying) settleRoot(ctx context.Context, cp *contextPlan, what string, same func(from, to tier) bool, put func(to tier) error) error {
	p, from := cp.pair, c.source[cp.pair.From].settings
	to, err := c.to.rootTier(ctx, p.To)
	if err != nil || same(from, to) {
		return err
	}
	shall, has := own(p.From, from.config, from.configInScope), own(p.To, to.config, to.configInScope)
	if what == "mode" {
		shall, has = own(p.From, from.mode, from.modeInScope), own(p.To, to.mode, to.modeInScope)
	}
	if has != "" && (shall == "" || builtIn(shall)) {
		if err := c.set(cp, "", c.to.clear(ctx, what, p.To, "")); err != nil {
			return err
		}
		if to, err = c.to.rootTier(ctx, p.To); err != nil || same(from, to) {
			return err
		}
	}
	if shall == "" {
		return nil // what it inherits differs, and the comparison will say so
	}
	return c.set(cp, "", put(to))
}

// settleSubjects gives the subjects of a context their settings.
func (c *copying) settleSubjects(ctx context.Context, cp *contextPlan) error {
	from, to := c.source[cp.pair.From], c.target[cp.pair.To]
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.to.concurrency)
	for _, subject := range slices.Sorted(maps.Keys(union(from.subjects, to.subjects))) {
		was, shall := to.subjects[subject], from.subjects[subject]
		if was != shall {
			g.Go(func() error { return c.settleSubject(ctx, cp, subject, was, shall) })
		}
	}
	return g.Wait()
}

func (c *copying) settleSubject(ctx context.Context, cp *contextPlan, subject string, was, shall tier) error {
	to := cp.pair.To
	var steps []func() error
	if was.config != shall.config && readOnly(was.mode) {
		steps = append(steps, func() error { return c.to.clear(ctx, "mode", to, subject) })
		was.mode = ""
	}
	switch {
	case was.config == shall.config:
	case shall.config == "":
		steps = append(steps, func() error { return c.to.clear(ctx, "config", to, subject) })
	default:
		steps = append(steps, func() error { return c.to.putConfig(ctx, to, subject, was.config, shall.config) })
	}
	switch {
	case was.mode == shall.mode:
	case shall.mode == "":
		steps = append(steps, func() error { return c.to.clear(ctx, "mode", to, subject) })
	default:
		steps = append(steps, func() error { return c.to.putMode(ctx, to, subject, shall.mode) })
	}
	for _, step := range steps {
		if err := c.set(cp, subject, step()); err != nil {
			return err
		}
	}
	return nil
}
