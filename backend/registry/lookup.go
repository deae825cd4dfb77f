package registry

import (
	"context"
	"errors"
	"slices"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// Lookup implements backend.Registry.
func (r *Registry) Lookup(ctx context.Context, p backend.Lookup) (wire.Schema, backend.Basis, error) {
	p.Input.RuleSet = r.keepRules(p.Input.RuleSet)
	return readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (wire.Schema, error) {
		out, found, err := s.lookup(t, p)
		if err != nil || found {
			return out, err
		}
		for other, err := range s.elsewhere(t) {
			if err != nil {
				return out, err
			}
			// A text that can't be read in another context is not there (spec 2.6).
			out, found, err := s.lookup(other, p)
			if e := (*wire.Error)(nil); err != nil && !errors.As(err, &e) {
				return out, err
			}
			if found {
				return out, nil
			}
		}
		rows, err := s.versions(t.Context, t.Subject)
		if err != nil {
			return out, err
		}
		switch there, err := s.exists(t, rows, p.Deleted); {
		case err != nil:
			return out, err
		case there:
			return out, wire.SchemaNotFound()
		default:
			return out, wire.SubjectNotFound(t.Name())
		}
	})
}

// lookup looks for a schema under exactly one subject.
func (s *session) lookup(t backend.Target, p backend.Lookup) (out wire.Schema, found bool, err error) {
	config, err := s.configInScope(t)
	if err != nil || blank(p.Input) {
		return out, false, err
	}
	c, err := s.prepare(t, p.Input, reading{normalize: p.Normalize || isTrue(config.Normalize, false), validate: true, known: true})
	if err != nil {
		return out, false, err
	}
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return out, false, err
	}
	if !p.Deleted {
		rows = live(rows)
	}
	m, found, err := s.find(t, c, inheritMetadata, rows, config)
	if err != nil || !found {
		return out, false, err
	}
	// The reference server finds what is asked for in all contexts by looking, not by its fingerprint.
	m.copied = m.copied && p.Target.Context != wildcardContext
	out, err = s.matched(t, m, p.Format)
	return out, true, err
}

// match is a version that has the schema that was looked for.
type match struct {
	row storage.Version
	stored
	// copied tells that the schema was found by its fingerprint: the answer then is a copy of the request's and says
	// nothing of when it was stored (spec 1.3).
	copied bool
}

// matched is a match as the API shows it.
func (s *session) matched(t backend.Target, m match, format string) (wire.Schema, error) {
	out, err := s.shown(t, m.row, m.stored, format, false)
	if m.copied {
		out.Stored, out.Timestamp, out.Deleted = false, 0, false
	}
	return out, err
}

// inheritance tells the metadata that a candidate has after the newest version's.
type inheritance func(own, newest *wire.Metadata, config wire.Config) *wire.Metadata

// find looks for a candidate among versions of the target's subject (spec 4.2): as it is, then with the metadata and
// the rule set that it inherits, then with that rule set alone.
func (s *session) find(t backend.Target, c candidate, inherit inheritance, rows []storage.Version, config wire.Config) (match, bool, error) {
	m, found, err := s.findExactly(t, c, rows)
	if err != nil || found || len(rows) == 0 {
		return m, found, err
	}
	newest, err := s.schema(t.Context, rows[len(rows)-1].SchemaID)
	if err != nil {
		return match{}, false, err
	}
	metadata := inherit(c.Metadata, newest.Metadata, config)
	ruleSet := inheritRuleSet(c.RuleSet, newest.RuleSet, config)
	otherRules := !equalRuleSets(ruleSet, c.RuleSet)
	if otherRules || !equalMetadata(metadata, c.Metadata) {
		if m, found, err := s.findExactly(t, c.with(metadata, ruleSet), rows); err != nil || found {
			return m, found, err
		}
	}
	if !otherRules {
		return match{}, false, nil
	}
	return s.findExactly(t, c.with(c.Metadata, ruleSet), rows)
}

func (s *session) findExactly(t backend.Target, c candidate, rows []storage.Version) (match, bool, error) {
	st, err := s.fingerprint(t.Context, c.fingerprint())
	if err == nil {
		if row, ok := slot(rows, st.ID); ok {
			return match{row: row, stored: st, copied: true}, true, nil
		}
	} else if !errors.Is(err, storage.ErrNotFound) {
		return match{}, false, err
	}
	for _, row := range slices.Backward(rows) {
		st, err := s.schema(t.Context, row.SchemaID)
		if err != nil {
			return match{}, false, err
		}
		same, err := s.same(t, c, row, st)
		if err != nil {
			return match{}, false, err
		}
		if same {
			return match{row: row, stored: st}, true, nil
		}
	}
	return match{}, false, nil
}

// slot returns the version of a subject that was last written with an ID.
func slot(rows []storage.Version, id int32) (storage.Version, bool) {
	withID := slices.DeleteFunc(slices.Clone(rows), func(row storage.Version) bool { return row.SchemaID != id })
	if slotted := slots(withID); len(slotted) > 0 {
		return slotted[0], true
	}
	return storage.Version{}, false
}

// same tells whether a candidate is what a version holds, though their texts may differ.
func (s *session) same(t backend.Target, c candidate, row storage.Version, st stored) (bool, error) {
	if st.Type != c.language.Name() || !sameMetadata(c.Metadata, st.Metadata, row.Version) || !equalRuleSets(c.RuleSet, st.RuleSet) {
		return false, nil
	}
	inlined := len(c.References) == 0 && len(st.References) > 0
	if !inlined && !slices.Equal(c.References, st.References) {
		return false, nil
	}
	if !inlined && c.text() == st.Text {
		return true, nil
	}
	old, err := s.parseStored(t, st)
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		// What was imported but can't be read equals nothing.
		return false, nil
	} else if err != nil {
		return false, err
	}
	return c.parsed.Equal(old), nil
}

// sameMetadata compares metadata, the version in it set aside where only one side has one (spec 4.2).
func sameMetadata(asked, st *wire.Metadata, version int32) bool {
	a, b := confluentVersion(asked), confluentVersion(st)
	switch {
	case a != 0 && b == 0:
		return a == version && equalMetadata(withoutConfluentVersion(asked), st)
	case a == 0 && b != 0:
		return equalMetadata(asked, withoutConfluentVersion(st))
	default:
		return equalMetadata(asked, st)
	}
}
