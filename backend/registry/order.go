package registry

import (
	"iter"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// maxBatch bounds the subjects that one read of a page may bring.
const maxBatch = 10_000

// selection is which subjects of a context a list is about.
type selection struct {
	prefix string
	wanted func(row storage.Subject) bool
	// batch is how many subjects are read at once; 0: all.
	batch int
}

// batchOf is how many subjects to read at once for a page of them. A scan is continued with 2 or more (storage.Scan).
func batchOf(p backend.Page) int {
	if p.Limit < 0 {
		return 0
	}
	return min(max(2, p.Offset+p.Limit), maxBatch)
}

// namesIn yields the subjects of contexts in the order of their written texts. A context is read only when the next name may
// be one of its, and no further than is listed.
func (s *session) namesIn(contexts []string, which selection) iter.Seq2[wire.Name, error] {
	return wire.InOrder(contexts, func(registryCtx string) iter.Seq2[string, error] { return s.subjectsOf(registryCtx, which) })
}

// subjectsOf yields subjects of a context in order.
func (s *session) subjectsOf(registryCtx string, which selection) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		scan := storage.Scan{Prefix: which.prefix, Limit: which.batch}
		for {
			rows, err := s.subjects(registryCtx, scan)
			if err != nil {
				yield("", err)
				return
			}
			for _, row := range rows {
				if which.wanted(row) && !yield(row.Name, nil) {
					return
				}
			}
			if scan.Limit == 0 || len(rows) < scan.Limit {
				return
			}
			scan.After = rows[len(rows)-1].Name
		}
	}
}
