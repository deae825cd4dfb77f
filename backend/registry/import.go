package registry

import (
	"context"
	"slices"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// importScope is what has to be empty before a target goes into mode IMPORT (spec 1.6): contexts, and in them one
// subject, or all of them for an empty one.
func (s *session) importScope(t backend.Target) (contexts []string, err error) {
	everything := !t.Bound && t.Subject == "" && (t.Context == defaultContext || t.Context == globalContext)
	if !everything {
		return []string{t.Context}, nil
	}
	return s.r.store.ListContexts(s.ctx)
}

// subjectsIn returns the targets of one context that the scope of a target covers.
func (s *session) subjectsIn(t backend.Target, registryCtx string) ([]backend.Target, error) {
	if t.Subject != "" {
		return []backend.Target{t}, nil
	}
	rows, err := s.subjects(registryCtx, storage.Scan{})
	out := make([]backend.Target, len(rows))
	for i, row := range rows {
		out[i] = backend.Target{Context: registryCtx, Subject: row.Name, Bound: t.Bound}
	}
	return out, err
}

// importable refuses mode IMPORT for a target whose scope has live versions, or versions that are referred to.
// Errors: ImportNotEmpty, ReferenceExists.
func (s *session) importable(t backend.Target) error {
	contexts, err := s.importScope(t)
	if err != nil {
		return err
	}
	for _, registryCtx := range contexts {
		subjects, err := s.subjectsIn(t, registryCtx)
		if err != nil {
			return err
		}
		for _, sub := range subjects {
			rows, err := s.versions(sub.Context, sub.Subject)
			if err != nil {
				return err
			}
			if len(live(rows)) > 0 {
				return wire.ImportNotEmpty()
			}
			if err := s.purgeable(sub, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// purgeable refuses to remove soft-deleted versions that other subjects refer to.
func (s *session) purgeable(t backend.Target, rows []storage.Version) error {
	referrers, err := s.referrersOf(t)
	if err != nil {
		return err
	}
	for i := range referrers {
		referrers[i] = referrers[i].outside(t)
	}
	return unreferenced(t, rows, referrers, false)
}

// purge removes the soft-deleted versions in the scope of a target that went into mode IMPORT, context by context. It can
// be run again.
func (r *Registry) purge(ctx context.Context, t backend.Target) error {
	contexts, _, err := read(ctx, r, func(s *session) ([]string, error) { return s.importScope(t) })
	if err != nil {
		return err
	}
	for _, registryCtx := range slices.Sorted(slices.Values(contexts)) {
		_, err := write(ctx, r, registryCtx, func(s *session) (struct{}, []storage.Change, error) {
			changes, err := s.purgeChanges(t, registryCtx)
			return struct{}{}, changes, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *session) purgeChanges(t backend.Target, registryCtx string) ([]storage.Change, error) {
	subjects, err := s.subjectsIn(t, registryCtx)
	if err != nil {
		return nil, err
	}
	var doomed []storage.Version
	for _, sub := range subjects {
		rows, err := s.versions(sub.Context, sub.Subject)
		if err != nil {
			return nil, err
		}
		doomed = append(doomed, slices.DeleteFunc(rows, func(row storage.Version) bool { return !row.Deleted })...)
	}
	if len(doomed) == 0 {
		return nil, nil
	}
	return s.removeRows(registryCtx, doomed)
}
