package registry

import (
	"context"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// aliased follows the alias of a subject, one hop (spec 2.3); one of a whole context has no effect. A bound caller's aliases
// end at its border.
func (s *session) aliased(t backend.Target) (backend.Target, error) {
	if t.Subject == "" {
		return t, nil
	}
	if err := s.readAhead(t); err != nil {
		return t, err
	}
	own, err := s.ownConfig(t)
	if err != nil || aliasOf(own) == "" {
		return t, err
	}
	to := t
	registryCtx, subject := s.r.o.SplitName(own.Alias)
	to.Subject = subject
	if registryCtx != defaultContext {
		to.Context = registryCtx
	}
	if to.Context != t.Context && (s.r.closed(t) || s.r.isolated(to.Context)) {
		return t, nil
	}
	return to, nil
}

// readSubject is read for an answer about a subject: reads gets the target that its alias leads to.
func readSubject[T any](ctx context.Context, r *Registry, t backend.Target, reads func(s *session, t backend.Target) (T, error)) (T, backend.Basis, error) {
	return read(ctx, r, func(s *session) (T, error) {
		to, err := s.aliased(t)
		if err != nil {
			var none T
			return none, err
		}
		return reads(s, to)
	})
}

// writeSubject is write for a change of a subject. The alias is followed first, since a write is tied to one context.
func writeSubject[T any](ctx context.Context, r *Registry, t backend.Target, decide func(s *session, t backend.Target) (T, []storage.Change, error)) (T, error) {
	to, _, err := readSubject(ctx, r, t, func(_ *session, to backend.Target) (backend.Target, error) { return to, nil })
	if err != nil {
		var none T
		return none, err
	}
	return write(ctx, r, to.Context, func(s *session) (T, []storage.Change, error) { return decide(s, to) })
}

// bindAlias reads the alias that a bound caller sets as that caller means it: within its context, whose root it may name.
// Errors: Forbidden.
func (r *Registry) bindAlias(t backend.Target, alias *wire.Patch[string]) error {
	if !t.Bound || alias.Value == "" {
		return nil
	}
	registryCtx, subject := r.o.SplitName(alias.Value)
	if registryCtx != defaultContext && registryCtx != wildcardContext && registryCtx != t.Context {
		return wire.Forbidden("An alias leaves the context")
	}
	alias.Value = subject
	return nil
}

// shownTo is a config as a caller sees it: a bound one sees its own subjects plain, and not where others lead.
func shownTo(t backend.Target, config wire.Config) wire.Config {
	if t.Bound && hasContext(config.Alias) {
		own, isOwn := strings.CutPrefix(config.Alias, ":"+t.Context+":")
		if config.Alias = hiddenSubject; isOwn {
			config.Alias = own
		}
	}
	return config
}
