package registry

import (
	"context"
	"encoding/hex"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// Schemas implements backend.Registry.
func (r *Registry) Schemas(ctx context.Context, p backend.Schemas) ([]wire.Schema, backend.Basis, error) {
	return read(ctx, r, func(s *session) ([]wire.Schema, error) {
		out := []wire.Schema{}
		skip := p.Page.Offset
		for n, err := range s.catalogued(p) {
			if err != nil {
				return nil, err
			}
			rows, err := s.cataloguedVersions(p, n.Name)
			if err != nil {
				return nil, err
			}
			for _, row := range page(rows, backend.Page{Offset: skip, Limit: p.Page.Limit - len(out)}) {
				shown, err := s.catalogue(p, n, row)
				if err != nil {
					return nil, err
				}
				out = append(out, shown)
			}
			if skip = max(0, skip-len(rows)); len(out) == p.Page.Limit {
				break
			}
		}
		return out, nil
	})
}

// named is a subject in the list of schemas, with the aliases that lead to it.
type named struct {
	wire.Name
	aliases []wire.Name
}

// catalogued yields the subjects that a list of schemas covers, in the order of their texts.
func (s *session) catalogued(p backend.Schemas) iter.Seq2[named, error] {
	return func(yield func(named, error) bool) {
		contexts, err := s.listed(p.Subjects)
		if err != nil {
			yield(named{}, err)
			return
		}
		if p.Aliases {
			s.withAliases(p, contexts, yield)
			return
		}
		for n, err := range s.namesIn(contexts, selection{prefix: p.Subjects.SubjectPrefix, wanted: fruitful(p), batch: batchOf(p.Page)}) {
			if !yield(named{Name: n}, err) {
				return
			}
		}
	}
}

// withAliases yields the subjects of contexts and what their aliases lead to. An alias may lead from any context to any
// other, so all of them are read.
func (s *session) withAliases(p backend.Schemas, contexts []string, yield func(named, error) bool) {
	byName := map[wire.Name][]wire.Name{}
	for _, registryCtx := range contexts {
		if err := s.addAliases(p, registryCtx, byName); err != nil {
			yield(named{}, err)
			return
		}
		next := s.subjectsOf(registryCtx, selection{prefix: p.Subjects.SubjectPrefix, wanted: fruitful(p)})
		for {
			subject, more, err := next()
			if err != nil {
				yield(named{}, err)
				return
			}
			if !more {
				break
			}
			if n := (wire.Name{Context: registryCtx, Subject: subject}); byName[n] == nil {
				byName[n] = nil
			}
		}
	}
	for _, n := range slices.SortedFunc(maps.Keys(byName), compareWritten) {
		if !yield(named{Name: n, aliases: byName[n]}, nil) {
			return
		}
	}
}

// compareWritten orders names as the open view writes them.
func compareWritten(a, b wire.Name) int {
	var n wire.OpenNamer
	return strings.Compare(n.Subject(a.Context, a.Subject), n.Subject(b.Context, b.Subject))
}

// fruitful leaves out the subjects that have nothing to show.
func fruitful(p backend.Schemas) func(row storage.Subject) bool {
	return func(row storage.Subject) bool { return row.Live || p.Subjects.Deleted }
}

// addAliases adds what the aliases of a context lead to.
func (s *session) addAliases(p backend.Schemas, registryCtx string, byName map[wire.Name][]wire.Name) error {
	all, err := s.allSettings(registryCtx)
	if err != nil {
		return err
	}
	for _, st := range all {
		if aliasOf(st.config) == "" || !strings.HasPrefix(st.subject, p.Subjects.SubjectPrefix) {
			continue
		}
		from := backend.Target{Context: registryCtx, Subject: st.subject, Bound: p.Bound}
		to, err := s.aliased(from)
		if err != nil {
			return err
		}
		byName[to.Name()] = append(byName[to.Name()], from.Name())
	}
	return nil
}

// cataloguedVersions are the versions of a subject that a list of schemas shows.
func (s *session) cataloguedVersions(p backend.Schemas, n wire.Name) ([]storage.Version, error) {
	rows, err := s.versions(n.Context, n.Subject)
	if err != nil {
		return nil, err
	}
	if !p.Subjects.Deleted {
		rows = live(rows)
	}
	if p.LatestOnly && len(rows) > 1 {
		rows = rows[len(rows)-1:]
	}
	if p.RuleType == "" {
		return rows, nil
	}
	return s.withRules(n.Context, rows, p.RuleType)
}

// withRules are those of the versions that have a rule of a type.
func (s *session) withRules(registryCtx string, rows []storage.Version, ruleType string) ([]storage.Version, error) {
	var kept []storage.Version
	for _, row := range rows {
		st, err := s.schema(registryCtx, row.SchemaID)
		if err != nil {
			return nil, err
		}
		if hasRuleType(st.RuleSet, ruleType) {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

func (s *session) catalogue(p backend.Schemas, n named, row storage.Version) (wire.Schema, error) {
	st, err := s.schema(n.Context, row.SchemaID)
	if err != nil {
		return wire.Schema{}, err
	}
	shown, err := s.shown(backend.Target{Context: n.Context, Subject: n.Subject, Bound: p.Bound}, row, st, "", false)
	shown.Aliases = n.aliases
	return shown, err
}

// SchemaByGUID implements backend.Registry.
func (r *Registry) SchemaByGUID(ctx context.Context, p backend.SchemaByGUID) (wire.Schema, backend.Basis, error) {
	v, b, err := read(ctx, r, func(s *session) (wire.Schema, error) {
		for found, err := range s.holdersOfGUID(p) {
			if err != nil {
				return wire.Schema{}, err
			}
			at := backend.Target{Context: found.registryCtx, Bound: p.Bound}
			holder, err := s.holderIn(at, found.ID)
			if err != nil {
				return wire.Schema{}, err
			}
			shown, err := s.shown(at, holder.row, holder.stored, p.Format, false)
			shown.Version = 0
			return shown, err
		}
		return wire.Schema{}, wire.SchemaGUIDNotFound(p.GUID)
	})
	// A live version that is shown stays the one until something is taken away, as with an ID.
	b.Immutable = err == nil && !v.Deleted
	return v, b, err
}

// IDsOfGUID implements backend.Registry.
func (r *Registry) IDsOfGUID(ctx context.Context, p backend.SchemaByGUID) ([]wire.ContextID, backend.Basis, error) {
	return read(ctx, r, func(s *session) ([]wire.ContextID, error) {
		out := []wire.ContextID{}
		for found, err := range s.holdersOfGUID(p) {
			if err != nil {
				return nil, err
			}
			out = append(out, wire.ContextID{Context: found.registryCtx, ID: found.ID})
		}
		return out, nil
	})
}

// located is a schema in the context that has it.
type located struct {
	registryCtx string
	stored
}

// holdersOfGUID finds a guid in the contexts that the caller may see, the default one first (spec 4.8). It reads a context
// when it comes to it; which others there are stands under no head.
func (s *session) holdersOfGUID(p backend.SchemaByGUID) iter.Seq2[located, error] {
	return func(yield func(located, error) bool) {
		fp, ok := parseGUID(p.GUID)
		if !ok {
			s.volatile = true
			return
		}
		first := defaultContext
		if p.Bound {
			first = p.Context
		}
		if !s.locate(first, fp, yield) || p.Bound {
			return
		}
		s.volatile = true
		contexts, err := s.r.store.ContextsOfFingerprint(s.ctx, fp)
		if err != nil {
			yield(located{}, err)
			return
		}
		for _, registryCtx := range contexts {
			if registryCtx != first && !s.locate(registryCtx, fp, yield) {
				return
			}
		}
	}
}

// locate yields the schema of a fingerprint in a context, if it is there, and tells whether to go on.
func (s *session) locate(registryCtx string, fp storage.Fingerprint, yield func(located, error) bool) bool {
	st, err := s.fingerprint(registryCtx, fp)
	if errors.Is(err, storage.ErrNotFound) {
		return true
	}
	return yield(located{registryCtx: registryCtx, stored: st}, err)
}

// parseGUID reads a guid: a UUID's text or 32 hex digits.
func parseGUID(text string) (storage.Fingerprint, bool) {
	if len(text) == hex.EncodedLen(len(storage.Fingerprint{})) {
		var fp storage.Fingerprint
		_, err := hex.Decode(fp[:], []byte(text))
		return fp, err == nil
	}
	id, err := uuid.Parse(text)
	return storage.Fingerprint(id), err == nil && len(text) == len(id.String())
}

// VersionByMetadata implements backend.Registry.
func (r *Registry) VersionByMetadata(ctx context.Context, p backend.VersionByMetadata) (wire.Schema, backend.Basis, error) {
	return readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (wire.Schema, error) {
		rows, err := s.versions(t.Context, t.Subject)
		if err != nil {
			return wire.Schema{}, err
		}
		there, err := s.exists(t, rows, p.Deleted)
		if err == nil && !there {
			err = wire.SubjectNotFound(t.Name())
		}
		if err != nil {
			return wire.Schema{}, err
		}
		for _, row := range slices.Backward(rows) {
			if row.Deleted && !p.Deleted {
				continue
			}
			st, err := s.schema(t.Context, row.SchemaID)
			if err != nil {
				return wire.Schema{}, err
			}
			if hasProperties(st.Metadata, p.Properties) {
				return s.shown(t, row, st, p.Format, false)
			}
		}
		return wire.Schema{}, wire.SchemaNotFound()
	})
}

func hasProperties(m *wire.Metadata, wanted map[string]string) bool {
	if m == nil {
		return false
	}
	for key, value := range wanted {
		if got, ok := m.Properties[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// DeleteContext implements backend.Registry.
func (r *Registry) DeleteContext(ctx context.Context, registryCtx string) error {
	_, err := write(ctx, r, registryCtx, func(s *session) (struct{}, []storage.Change, error) {
		rows, err := s.subjects(registryCtx, storage.Scan{Limit: 1})
		if err != nil {
			return struct{}{}, nil, err
		}
		if len(rows) > 0 || registryCtx == globalContext {
			return struct{}{}, nil, wire.ContextNotEmpty(registryCtx)
		}
		head, err := s.head(registryCtx)
		if err != nil || !head.Known {
			return struct{}{}, nil, err
		}
		return struct{}{}, []storage.Change{storage.SetKnown{}}, nil
	})
	return err
}
