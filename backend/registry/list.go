package registry

import (
	"context"
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

func withPrefix(names []string, prefix string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

// Subjects implements backend.Registry.
func (r *Registry) Subjects(ctx context.Context, p backend.Subjects) ([]wire.Name, backend.Basis, error) {
	return read(ctx, r, func(s *session) ([]wire.Name, error) {
		contexts, err := s.listed(p)
		out := []wire.Name{}
		if err != nil {
			return nil, err
		}
		skip := p.Page.Offset
		which := selection{prefix: p.SubjectPrefix, wanted: func(row storage.Subject) bool { return shows(p, row) }, batch: batchOf(p.Page)}
		for n, err := range s.namesIn(contexts, which) {
			if err != nil {
				return nil, err
			}
			if skip > 0 {
				skip--
				continue
			}
			if len(out) != p.Page.Limit {
				out = append(out, n)
			}
			if len(out) == p.Page.Limit {
				break
			}
		}
		return out, nil
	})
}

// listed are the contexts that a list of subjects covers.
func (s *session) listed(p backend.Subjects) ([]string, error) {
	if !p.AllContexts && p.ContextPrefix == "" {
		return []string{p.Context}, nil
	}
	// Which contexts are known stands under no head.
	s.volatile = true
	contexts, err := s.r.store.ListContexts(s.ctx)
	if err != nil || p.AllContexts {
		return contexts, err
	}
	return withPrefix(contexts, p.ContextPrefix), nil
}

func shows(p backend.Subjects, row storage.Subject) bool {
	if p.DeletedOnly {
		return !row.Live
	}
	return row.Live || p.Deleted
}
