package registry

import (
	"errors"
	"fmt"
	"slices"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// maxReferencedBytes bounds the texts that a schema draws in.
const maxReferencedBytes = 16 << 20

// hiddenSubject stands in an answer for a subject of another context that a bound caller must not see. It can't be registered.
const hiddenSubject = ":.__HIDDEN:"

// missingReferenceError tells that a reference points at nothing.
type missingReferenceError struct {
	name    wire.Name
	version int32
}

func (m *missingReferenceError) text() wire.Text {
	return wire.Textf("No schema reference found for subject \"%s\" and version %d", m.name, m.version)
}

func (m *missingReferenceError) Error() string { return m.text().Write(wire.OpenNamer{}) }

// fetch collects, depth first, the texts that a schema needs (spec/schema-languages.md 1.5). A reference name that was
// met before is skipped, so that neither a diamond nor a cycle makes it fetch a text twice.
type fetch struct {
	s *session
	// bound is set when nothing outside of the referrer's context may be read.
	bound bool
	// stored is set when the schema that refers was let in before.
	stored bool
	// strict is set when no name may stand for two versions.
	strict bool
	// above are the versions that refer to what is being fetched, directly or not; nil where circles are let be.
	above map[numbered]bool
	// names are the reference names that were met, with the first version of each.
	names map[string]int32
	texts []schema.Reference
	bytes int
}

// numbered is a version of a subject.
type numbered struct {
	name    wire.Name
	version int32
}

// circleError tells that a version refers to itself, directly or not.
type circleError numbered

func (c circleError) text() wire.Text {
	return wire.Textf("The schema references form a circle through subject \"%s\" and version %d", c.name, c.version)
}

func (c circleError) Error() string { return c.text().Write(wire.OpenNamer{}) }

// resolve returns the references of a schema that is handed in, with actual version numbers, and the texts that they draw
// in. Only fresh ones can't point at soft-deleted versions, and only in known ones circles are let be.
// Errors: *missingReferenceError, circleError, Forbidden, and texts about what is wrong.
func (s *session) resolve(t backend.Target, in wire.SchemaInput, how reading) ([]wire.Reference, []schema.Reference, error) {
	references, deleted := in.References, !how.fresh
	if len(references) == 0 {
		return nil, nil, nil
	}
	if len(references) > s.r.o.MaxReferences {
		return nil, nil, s.r.tooManyReferences()
	}
	f := &fetch{s: s, bound: t.Bound, strict: s.r.o.StrictReferences && !deleted, names: map[string]int32{}}
	if !how.known {
		f.above = map[numbered]bool{}
		if in.ID >= 0 {
			// An import may overwrite a version that others refer to.
			f.above[numbered{t.Name(), in.Version}] = true
		}
	}
	resolved := slices.Clone(references)
	for i, ref := range resolved {
		ref.Subject = s.r.withinBounds(t, ref.Subject)
		if ref.Name == "" || ref.Subject == "" || ref.Version == 0 {
			return nil, nil, fmt.Errorf("Invalid reference: %s", printedReference(ref)) //nolint:staticcheck // the reference server's words
		}
		version, err := f.one(t.Context, ref, deleted)
		if err != nil {
			return nil, nil, err
		}
		ref.Version = version
		resolved[i] = ref
	}
	return resolved, f.texts, nil
}

// texts returns the texts that a schema stored in the target's context draws in.
func (s *session) texts(t backend.Target, references []wire.Reference) ([]schema.Reference, error) {
	f := &fetch{s: s, bound: t.Bound, stored: true, names: map[string]int32{}}
	for _, ref := range references {
		if _, err := f.one(t.Context, ref, true); err != nil {
			return nil, err
		}
	}
	return f.texts, nil
}

// one fetches a reference and what it refers to, and returns the actual version. deleted lets it be
// a soft-deleted one.
func (f *fetch) one(referrerCtx string, ref wire.Reference, deleted bool) (int32, error) {
	name := f.s.r.referred(referrerCtx, ref)
	if err := f.allowed(referrerCtx, name, ref.Version); err != nil {
		return 0, err
	}
	row, err := f.s.versionOf(name, ref.Version, deleted)
	if errors.Is(err, storage.ErrNotFound) {
		return 0, &missingReferenceError{name: name, version: ref.Version}
	} else if err != nil {
		return 0, err
	}
	self := numbered{name, row.Version}
	if f.above[self] {
		return 0, circleError(self)
	}
	if first, met := f.names[ref.Name]; met {
		return row.Version, f.conflict(ref.Name, first, row.Version)
	}
	f.names[ref.Name] = row.Version
	if len(f.names) > f.s.r.o.MaxReferences {
		return 0, f.s.r.tooManyReferences()
	}
	st, err := f.s.schema(name.Context, row.SchemaID)
	if err != nil {
		return 0, err
	}
	if f.bytes += len(st.Text); f.bytes > maxReferencedBytes {
		return 0, errTooMuchReferenced
	}
	if f.above != nil {
		f.above[self] = true
		defer delete(f.above, self)
	}
	for _, inner := range st.References {
		if first, met := f.names[inner.Name]; met {
			if again := (numbered{f.s.r.referred(name.Context, inner), inner.Version}); f.above[again] {
				return 0, circleError(again)
			}
			if err := f.conflict(inner.Name, first, inner.Version); err != nil {
				return 0, err
			}
			continue
		}
		if _, err := f.one(name.Context, inner, true); err != nil {
			return 0, err
		}
	}
	f.texts = append(f.texts, schema.Reference{Name: ref.Name, Text: st.Text})
	return row.Version, nil
}

// conflict refuses a second version under a name, where that is asked for.
func (f *fetch) conflict(name string, first, second int32) error {
	if first == second || !f.strict {
		return nil
	}
	return fmt.Errorf("Conflicting reference versions for \"%s\": version %d and version %d", name, first, second) //nolint:staticcheck // the reference server's words
}

func (r *Registry) tooManyReferences() error {
	return fmt.Errorf("More than %d references", r.o.MaxReferences) //nolint:staticcheck // a sentence of a message
}

var errTooMuchReferenced = fmt.Errorf("The references draw in more than %d bytes", maxReferencedBytes) //nolint:staticcheck // a sentence of a message

// withinBounds is how the subject of a new reference is kept: as written, but for the ways in which a bound caller may name
// its own root, since others would read them as something else.
func (r *Registry) withinBounds(t backend.Target, text string) string {
	registryCtx, subject := r.o.SplitName(text)
	if root := registryCtx == defaultContext || registryCtx == wildcardContext; t.Bound && root {
		return subject
	}
	return text
}

// referred is the subject that a reference means: the referrer's context unless it is qualified (spec 2.9).
func (r *Registry) referred(referrerCtx string, ref wire.Reference) wire.Name {
	registryCtx, subject := r.o.SplitName(ref.Subject)
	if registryCtx == defaultContext {
		return wire.Name{Context: referrerCtx, Subject: ref.Subject}
	}
	return wire.Name{Context: registryCtx, Subject: subject}
}

// allowed refuses references that cross a border.
func (f *fetch) allowed(referrerCtx string, to wire.Name, version int32) error {
	if to.Context == referrerCtx {
		return nil
	}
	if f.bound && !f.stored {
		return wire.Forbidden("A reference leaves the context")
	}
	if f.bound || f.s.r.isolated(referrerCtx) || f.s.r.isolated(to.Context) {
		return &missingReferenceError{name: to, version: version}
	}
	return nil
}

// versionOf returns a version of exactly this subject; backend.Latest is the newest live one.
// Errors: storage.ErrNotFound.
func (s *session) versionOf(n wire.Name, version int32, deleted bool) (storage.Version, error) {
	rows, err := s.versions(n.Context, n.Subject)
	if err != nil {
		return storage.Version{}, err
	}
	if row, ok := pick(rows, version, deleted); ok {
		return row, nil
	}
	return storage.Version{}, storage.ErrNotFound
}

// pick returns a version from the rows of a subject. The latest one is the newest that is live, even when
// soft-deleted ones are asked for.
func pick(rows []storage.Version, version int32, deleted bool) (storage.Version, bool) {
	for _, row := range slices.Backward(rows) {
		switch {
		case version == backend.Latest && !row.Deleted:
			return row, true
		case row.Version == version && (deleted || !row.Deleted):
			return row, true
		}
	}
	return storage.Version{}, false
}

// backReferences tells what a schema refers to, by the context in which that is.
func (s *session) backReferences(t backend.Target, id int32, references []wire.Reference) map[string][]storage.BackReference {
	byContext := map[string][]storage.BackReference{}
	for _, ref := range references {
		to := s.r.referred(t.Context, ref)
		byContext[to.Context] = append(byContext[to.Context], storage.BackReference{
			Subject: to.Subject, Version: ref.Version, ReferrerContext: t.Context, ReferrerID: id,
		})
	}
	return byContext
}

// announce makes a new schema known to what it refers to: it commits the back-references in other contexts, each against
// the revision at which the referenced version was seen, and returns the changes for the schema's own context.
// A back-reference whose schema then isn't committed is harmless: whoever meets it finds no such schema.
func (s *session) announce(t backend.Target, id int32, references []wire.Reference) ([]storage.Change, error) {
	var own []storage.Change
	for registryCtx, rows := range s.backReferences(t, id, references) {
		changes := make([]storage.Change, len(rows))
		for i, row := range rows {
			changes[i] = storage.PutBackReference{BackReference: row}
		}
		if registryCtx == t.Context {
			own = changes
			continue
		}
		head, err := s.commit(registryCtx, changes...)
		if err != nil {
			return nil, err
		}
		s.heads[registryCtx] = head
	}
	return own, nil
}

// withdraw takes back, in a schema's own context, what announce left there.
func (s *session) withdraw(registryCtx string, st stored) []storage.Change {
	var changes []storage.Change
	for _, row := range s.backReferences(backend.Target{Context: registryCtx}, st.ID, st.References)[registryCtx] {
		changes = append(changes, storage.DeleteBackReference{BackReference: row})
	}
	return changes
}
