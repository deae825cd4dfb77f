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
	return wire.InOrder(contexts, func(registryCtx string) wire.NextSubject { return s.subjectsOf(registryCtx, which) })
}

// subjectsOf reads subjects of a context in order.
func (s *session) subjectsOf(registryCtx string, which selection) wire.NextSubject {
	scan := storage.Scan{Prefix: which.prefix, Limit: which.batch}
	var rows []storage.Subject
	more := true
	return func() (string, bool, error) {
		for {
			for len(rows) > 0 {
				row := rows[0]
				if rows = rows[1:]; which.wanted(row) {
					return row.Name, true, nil
				}
			}
			if !more {
				return "", false, nil
			}
			var err error
			if rows, err = s.subjects(registryCtx, scan); err != nil {
				return "", false, err
			}
			if more = scan.Limit > 0 && len(rows) == scan.Limit; more {
				scan.After = rows[len(rows)-1].Name
			}
		}
	}
}
