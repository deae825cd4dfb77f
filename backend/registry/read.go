package registry

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// SchemaByID implements backend.Registry.
func (r *Registry) SchemaByID(ctx context.Context, p backend.SchemaByID) (wire.Schema, backend.Basis, error) {
	v, b, err := readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (wire.Schema, error) {
		found, err := s.holderOf(t, p.ID)
		if errors.Is(err, storage.ErrNotFound) {
			return wire.Schema{}, wire.SchemaIDNotFound(p.ID)
		} else if err != nil {
			return wire.Schema{}, err
		}
		out, err := s.shown(found.target, found.row, found.stored, p.Format, p.QualifiedReferences)
		if err == nil {
			out.Tags, err = s.foundTags(found.target, found.stored, p.FindTags)
		}
		if err == nil && p.FetchMaxID {
			out.MaxID = s.heads[found.target.Context].NextID - 1
		}
		return out, err
	})
	// Another version comes to be shown once a live one carries the ID, or one of the subject asked for.
	asked := p.Target.Subject == "" || v.Subject.Subject == p.Target.Subject
	b.Immutable = err == nil && !p.FetchMaxID && !v.Deleted && asked
	return v, b, err
}

// held is a schema with the version that is shown with it, and all that carry it.
type held struct {
	target backend.Target
	stored
	row  storage.Version
	rows []storage.Version
}

// holderOf finds the schema of an ID and the version to show with it (spec 2.5). The row is a deleted one without a subject
// when no version carries the ID any more. Errors: storage.ErrNotFound.
func (s *session) holderOf(t backend.Target, id int32) (held, error) {
	here, err := s.holderIn(t, id)
	switch {
	case err != nil && !errors.Is(err, storage.ErrNotFound):
		return held{}, err
	case t.Subject == "", err == nil && here.row.Subject == t.Subject:
		return here, err
	case !t.Bound && t.Context != defaultContext:
		return held{}, storage.ErrNotFound
	}
	for other, err := range s.elsewhere(t) {
		if err != nil {
			return held{}, err
		}
		there, err := s.holderIn(other, id)
		if err == nil && there.row.Subject == other.Subject {
			return there, nil
		} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return held{}, err
		}
	}
	// Nobody of that name carries the ID: the name doesn't count.
	return here, err
}

// holderIn finds the schema of an ID in the target's context, and the version to show with it: the target's subject's if
// that carries it.
func (s *session) holderIn(t backend.Target, id int32) (held, error) {
	st, rows, err := s.schemaAndVersions(t.Context, id)
	if err != nil {
		return held{}, err
	}
	row, ok := holder(rows, t.Subject)
	if !ok {
		row, ok = holder(rows, "")
	}
	if !ok {
		row = storage.Version{SchemaID: id, Deleted: true}
	}
	return held{target: t, stored: st, row: row, rows: rows}, nil
}

// holder returns the version that is shown with an ID: of the subject asked for, else of the one registered first, live
// ones before deleted ones. rows are those of Store.VersionsOfID.
func holder(rows []storage.Version, subject string) (storage.Version, bool) {
	var deleted *storage.Version
	for _, row := range slots(rows) {
		switch {
		case subject != "" && row.Subject != subject:
		case !row.Deleted:
			return row, true
		case deleted == nil:
			deleted = &row
		}
	}
	if deleted == nil {
		return storage.Version{}, false
	}
	return *deleted, true
}

// slots keeps the version of each subject that was written last (spec 4.5). rows carry one ID and are ordered by their
// creation; the order of subjects stays.
func slots(rows []storage.Version) []storage.Version {
	var out []storage.Version
	at := map[string]int{}
	for _, row := range rows {
		i, ok := at[row.Subject]
		switch {
		case !ok:
			at[row.Subject] = len(out)
			out = append(out, row)
		case cmp.Or(cmp.Compare(row.Written, out[i].Written), cmp.Compare(row.Version, out[i].Version)) > 0:
			out[i] = row
		}
	}
	return out
}

// elsewhere yields the target's subject in the other contexts in which the open view looks for it, in order: a subject of
// the default context, or of none in particular (`:*:orders`).
func (s *session) elsewhere(t backend.Target) func(yield func(backend.Target, error) bool) {
	return func(yield func(backend.Target, error) bool) {
		anywhere := t.Context == wildcardContext || t.Context == defaultContext && !s.r.isolated(defaultContext)
		// The subject parameter of a schema's ID keeps its `:.:` (spec 2.5).
		_, subject := s.r.o.SplitName(t.Subject)
		if t.Bound || !anywhere || s.r.o.NoFallback {
			return
		}
		s.volatile = true
		contexts, err := s.r.store.ContextsOfSubject(s.ctx, subject)
		if err != nil {
			yield(t, err)
			return
		}
		for _, c := range contexts {
			if c == t.Context || s.r.isolated(c) {
				continue
			}
			if !yield(backend.Target{Context: c, Subject: subject}, nil) {
				return
			}
		}
	}
}

// shown is a stored version as the API shows it.
func (s *session) shown(t backend.Target, row storage.Version, st stored, format string, qualified bool) (wire.Schema, error) {
	text, err := s.format(t, st, format)
	return wire.Schema{
		Subject: wire.Name{Context: t.Context, Subject: row.Subject}, Version: row.Version,
		ID: st.ID, GUID: guid(st.Fingerprint), Type: st.Type,
		References: shownReferences(t, st.References, qualified), Metadata: st.Metadata, RuleSet: st.RuleSet, Text: text,
		Stored: true, Timestamp: row.Timestamp, Deleted: row.Deleted,
	}, err
}

// format prints a stored text in a format of the API. The stored text is the one of an empty format.
func (s *session) format(t backend.Target, st stored, format string) (string, error) {
	if format == "" {
		return st.Text, nil
	}
	parsed, err := s.parseStored(t, st)
	if err != nil {
		return st.Text, err
	}
	return parsed.Format(format), nil
}

// parseStored reads a stored text with what it refers to. Errors: InvalidSchema.
func (s *session) parseStored(t backend.Target, st stored) (schema.Schema, error) {
	in := wire.SchemaInput{Type: st.Type, References: st.References, Metadata: st.Metadata, RuleSet: st.RuleSet, Text: st.Text}
	language, ok := s.r.languages[st.Type]
	if !ok {
		return nil, wire.InvalidSchema(wire.Textf("Invalid schema type %s", st.Type))
	}
	texts, err := s.texts(t, st.References)
	if err != nil {
		return nil, refusal(t, in, err)
	}
	read, err := s.r.parsed.parseWidely(language, st.Text, texts)
	if err != nil {
		return nil, refusal(t, in, err)
	}
	return read.schema, nil
}

// shownReferences writes references as the caller sees them (spec 2.9): as stored, or qualified where asked for. A bound
// caller sees those of its own context plain, and not where others lead.
func shownReferences(t backend.Target, references []wire.Reference, qualified bool) []wire.Reference {
	prefix := ":" + t.Context + ":"
	out := slices.Clone(references)
	for i, ref := range out {
		own, isOwn := strings.CutPrefix(ref.Subject, prefix)
		switch {
		case t.Bound && isOwn:
			out[i].Subject = own
		case t.Bound && hasContext(ref.Subject):
			out[i].Subject = hiddenSubject
		case qualified && !t.Bound && t.Context != defaultContext && !hasContext(ref.Subject):
			out[i].Subject = prefix + ref.Subject
		}
	}
	return out
}

func hasContext(subject string) bool { return len(subject) > 1 && subject[:2] == ":." }

// VersionsOfID implements backend.Registry.
func (r *Registry) VersionsOfID(ctx context.Context, p backend.VersionsOfID) ([]wire.SubjectVersion, backend.Basis, error) {
	return readSubject(ctx, r, p.Target, func(s *session, t backend.Target) ([]wire.SubjectVersion, error) {
		found, err := s.holderOf(t, p.ID)
		if errors.Is(err, storage.ErrNotFound) {
			return nil, wire.SchemaNotFound()
		} else if err != nil {
			return nil, err
		}
		out := []wire.SubjectVersion{}
		for _, row := range slots(found.rows) {
			if p.Deleted || !row.Deleted {
				out = append(out, wire.SubjectVersion{Subject: wire.Name{Context: found.target.Context, Subject: row.Subject}, Version: row.Version})
			}
		}
		return page(out, p.Page), nil
	})
}

func page[T any](all []T, p backend.Page) []T {
	all = all[min(p.Offset, len(all)):]
	if p.Limit >= 0 {
		all = all[:min(p.Limit, len(all))]
	}
	return all
}

// Versions implements backend.Registry.
func (r *Registry) Versions(ctx context.Context, p backend.Versions) ([]int32, backend.Basis, error) {
	return readSubject(ctx, r, p.Target, func(s *session, t backend.Target) ([]int32, error) {
		rows, err := s.versions(t.Context, t.Subject)
		if err != nil {
			return nil, err
		}
		there, err := s.exists(t, rows, p.Deleted || p.DeletedOnly)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, wire.SubjectNotFound(t.Name())
		}
		out := []int32{}
		for _, row := range rows {
			switch {
			case p.DeletedAsNegative && row.Deleted:
				out = append(out, -row.Version)
			case p.DeletedAsNegative, p.DeletedOnly == row.Deleted, p.Deleted && !p.DeletedOnly:
				out = append(out, row.Version)
			}
		}
		return page(out, p.Page), nil
	})
}

// exists tells whether a subject with these versions is there. The empty subject stands for its whole context, as on the
// reference server.
func (s *session) exists(t backend.Target, rows []storage.Version, deleted bool) (bool, error) {
	if t.Subject == "" {
		which := selection{wanted: func(row storage.Subject) bool { return deleted || row.Live }, batch: maxBatch}
		_, there, err := s.subjectsOf(t.Context, which)()
		return there, err
	}
	return slices.ContainsFunc(rows, func(row storage.Version) bool { return deleted || !row.Deleted }), nil
}

// Version implements backend.Registry.
func (r *Registry) Version(ctx context.Context, p backend.Version) (wire.Schema, backend.Basis, error) {
	v, b, err := readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (wire.Schema, error) {
		t, row, err := s.findVersion(t, p.Version, p.Deleted)
		if err != nil {
			return wire.Schema{}, err
		}
		st, err := s.schema(t.Context, row.SchemaID)
		if err != nil {
			return wire.Schema{}, err
		}
		out, err := s.shown(t, row, st, p.Format, p.QualifiedReferences)
		if err == nil {
			out.Tags, err = s.foundTags(t, st, p.FindTags)
		}
		return out, err
	})
	b.Immutable = err == nil && p.Version != backend.Latest
	return v, b, err
}

// findVersion finds a version, in other contexts too where the open view looks there (spec 2.6).
// Errors: SubjectNotFound, VersionNotFound.
func (s *session) findVersion(t backend.Target, version int32, deleted bool) (backend.Target, storage.Version, error) {
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return t, storage.Version{}, err
	}
	if row, ok := pick(rows, version, deleted); ok {
		return t, row, nil
	}
	for other, err := range s.elsewhere(t) {
		if err != nil {
			return t, storage.Version{}, err
		}
		found, err := s.versions(other.Context, other.Subject)
		if err != nil {
			return t, storage.Version{}, err
		}
		if row, ok := pick(found, version, deleted); ok {
			return other, row, nil
		}
	}
	there, err := s.exists(t, rows, deleted)
	if err != nil {
		return t, storage.Version{}, err
	}
	if !there {
		return t, storage.Version{}, wire.SubjectNotFound(t.Name())
	}
	return t, storage.Version{}, wire.VersionNotFound(version)
}

// ReferencedBy implements backend.Registry.
func (r *Registry) ReferencedBy(ctx context.Context, p backend.Version) ([]int32, backend.Basis, error) {
	return readSubject(ctx, r, p.Target, func(s *session, t backend.Target) ([]int32, error) {
		t, row, err := s.findVersion(t, p.Version, true)
		if err != nil {
			return nil, err
		}
		referrers, err := s.referrersOf(t)
		if err != nil {
			return nil, err
		}
		out := []int32{}
		for _, ref := range referrers {
			if ref.row.Version == row.Version && (p.Deleted || ref.live()) {
				out = append(out, ref.row.ReferrerID)
			}
		}
		return page(out, p.Page), nil
	})
}

// Contexts implements backend.Registry.
func (r *Registry) Contexts(ctx context.Context, p backend.Contexts) ([]string, backend.Basis, error) {
	return read(ctx, r, func(s *session) ([]string, error) {
		s.volatile = true
		contexts, err := r.store.ListContexts(s.ctx)
		if err != nil {
			return nil, err
		}
		return page(withPrefix(contexts, p.Prefix), p.Page), nil
	})
}
