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
		if err != nil {
			return nil, err
		}
		out := []wire.Name{}
		for _, registryCtx := range contexts {
			rows, err := s.subjects(registryCtx, storage.Scan{Prefix: p.SubjectPrefix})
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				if shows(p, row) {
					out = append(out, wire.Name{Context: registryCtx, Subject: row.Name})
				}
			}
		}
		sortNames(out)
		return page(out, p.Page), nil
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

// sortNames orders names by the text that the open view writes.
func sortNames(names []wire.Name) {
	var n wire.OpenNamer
	slices.SortFunc(names, func(a, b wire.Name) int {
		if a.Context == b.Context {
			return strings.Compare(a.Subject, b.Subject)
		}
		return strings.Compare(n.Subject(a.Context, a.Subject), n.Subject(b.Context, b.Subject))
	})
}

func shows(p backend.Subjects, row storage.Subject) bool {
	if p.DeletedOnly {
		return !row.Live
	}
	return row.Live || p.Deleted
}
