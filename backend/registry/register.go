package registry

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// formatLogical is a notation of the reference server's own. Elsewhere a format that nobody knows changes nothing, but a text in this
// notation is none in its schema language.
const formatLogical = "logical"

// Register implements backend.Registry.
func (r *Registry) Register(ctx context.Context, p backend.Register) (wire.Schema, backend.Basis, error) {
	p.Input.RuleSet = r.keepRules(p.Input.RuleSet)
	if err := checkRuleSet(p.Input.RuleSet); err != nil {
		return wire.Schema{}, backend.Basis{Volatile: true}, err
	}
	if strings.EqualFold(p.Format, formatLogical) {
		return wire.Schema{}, backend.Basis{Volatile: true}, wire.InvalidSchema(wire.Plain("The format logical is not supported"))
	}
	// What is registered already is found without waiting for a turn to write.
	found := false
	var seen *session
	var to backend.Target
	out, basis, err := readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (out wire.Schema, err error) {
		seen, to = s, t
		out, found, err = s.registered(t, p)
		return out, err
	})
	if err != nil || found {
		return out, basis, err
	}
	if r.fetchAhead(ctx, p) {
		seen = nil
	}
	out, err = writeOn(ctx, r, to.Context, seen, func(s *session) (wire.Schema, []storage.Change, error) {
		return s.register(to, p)
	})
	return out, backend.Basis{Volatile: true}, err
}

// fetchAhead has what a new text and the versions it is compared with refer to by URL fetched, so that nobody waits for a
// web server while it is their turn to write. What is wrong will be found out then. It tells whether that may have taken
// time.
func (r *Registry) fetchAhead(ctx context.Context, p backend.Register) bool {
	if r.o.Fetch == nil || p.Input.ID >= 0 || !strings.Contains(p.Input.Text, "$ref") {
		return false
	}
	_, _ = r.Check(ctx, backend.Check{Target: p.Target, Input: p.Input, Normalize: p.Normalize})
	return true
}

// registered finds what is registered already. What nobody may register under is refused, after its alias was followed.
func (s *session) registered(t backend.Target, p backend.Register) (out wire.Schema, found bool, err error) {
	at := []backend.Target{t}
	if t.Context == wildcardContext {
		at = nil
		for other, err := range s.elsewhere(t) {
			if err != nil {
				return out, false, err
			}
			at = append(at, other)
		}
	} else if err := s.r.registrable(t); err != nil {
		return out, false, err
	}
	for _, t := range at {
		config, err := s.configInScope(t)
		if err != nil {
			return out, false, err
		}
		if out, found, err := s.lookupFirst(t, p, config); err != nil || found {
			return out, found, err
		}
	}
	return out, false, s.r.registrable(t)
}

// registrable refuses names that nothing can be registered under (spec 2.1). The reference server fails at the nameless
// subject of the root context.
func (r *Registry) registrable(t backend.Target) error {
	rejected := t.Subject == "" && r.o.RejectEmptySubject
	if !validName(t.Name()) || t.Root() || t.Context == wildcardContext || rejected {
		return wire.InvalidSubject(t.Name())
	}
	return nil
}

// lookupFirst answers a registration with what is registered already, whatever the mode (spec 4.1).
func (s *session) lookupFirst(t backend.Target, p backend.Register, config wire.Config) (out wire.Schema, found bool, err error) {
	if blank(p.Input) || rewrites(config) || p.Anew || changesTags(p.Input) {
		return out, false, nil
	}
	c, err := s.recognise(t, p.Input, reading{
		strict:    isNew(p.Input, config),
		normalize: p.Normalize || isTrue(config.Normalize, false),
	})
	if err != nil {
		return out, false, err
	}
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return out, false, err
	}
	rows = live(rows)
	if p.Input.Version == backend.Latest && len(rows) > 0 {
		rows = rows[len(rows)-1:]
	}
	asRegistered := func(own, newest *wire.Metadata, config wire.Config) *wire.Metadata {
		return stampMetadata(inheritMetadata(own, newest, config), p.Input.Version, rows)
	}
	m, found, err := s.find(t, c, asRegistered, rows, config)
	if err != nil || !found || p.Input.ID >= 0 && p.Input.ID != m.ID {
		return out, false, err
	}
	if v := p.Input.Version; v > 0 && v != m.row.Version {
		// Another version may hold the same schema under the same ID.
		other, ok := pick(rows, v, false)
		if !ok || other.SchemaID != m.ID || p.Input.ID < 0 {
			return out, false, nil
		}
		m.row = other
	}
	m.copied = m.copied && p.Target.Context != wildcardContext
	if p.Input.Version == backend.Latest && p.Input.ID < 0 {
		// Asked for the newest version alone, the reference compares with what it has stored, and shows that.
		m.copied = false
	}
	out, err = s.matched(t, m, p.Format)
	return out, true, err
}

// isNew tells whether an input has to obey the rules of new texts.
func isNew(in wire.SchemaInput, config wire.Config) bool {
	return in.ID < 0 && isTrue(config.ValidateNewSchemas, true)
}

// rewrites tells whether a config adds to what is registered under it.
func rewrites(c wire.Config) bool {
	return c.DefaultMetadata != nil || c.OverrideMetadata != nil || c.DefaultRuleSet != nil || c.OverrideRuleSet != nil
}

// register decides a registration (spec 1.7).
func (s *session) register(t backend.Target, p backend.Register) (out wire.Schema, changes []storage.Change, err error) {
	if err := s.r.registrable(t); err != nil {
		return out, nil, err
	}
	config, err := s.configInScope(t)
	if err != nil {
		return out, nil, err
	}
	if out, found, err := s.lookupFirst(t, p, config); err != nil || found {
		return out, nil, err
	}
	if p.Input, err = s.retagInput(t, p.Input); err != nil {
		return out, nil, err
	}
	mode, err := s.registerMode(t, p)
	if err != nil {
		return out, nil, err
	}
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return out, nil, err
	}
	importing := mode == modeImport || mode == modeForward
	in := p.Input
	if err := s.populate(&in, t, config, rows, importing); err != nil {
		return out, nil, err
	}
	how := reading{
		fresh:     in.ID < 0,
		strict:    isNew(in, config),
		normalize: !importing && (p.Normalize || isTrue(config.Normalize, false)),
		validate:  !importing,
		imported:  importing,
		fields:    s.r.validatesFields(config),
	}
	c, err := s.prepare(t, in, how)
	if err != nil {
		return out, nil, err
	}
	if c, err = s.propagate(t, in, c, rows, how.normalize); err != nil {
		return out, nil, err
	}
	row, known, err := s.known(t, &in, c, rows)
	if err != nil {
		return out, nil, err
	}
	if known != nil {
		out, err := s.matched(t, match{row: row, stored: *known, copied: true}, p.Format)
		return out, nil, err
	}
	if err := s.mayFollow(t, p, c, rows, config, importing); err != nil {
		return out, nil, err
	}
	return s.add(t, p, in, c, rows)
}

// registerMode refuses what the mode in scope doesn't allow, and returns the mode.
func (s *session) registerMode(t backend.Target, p backend.Register) (string, error) {
	if err := s.writable(t); err != nil {
		return "", err
	}
	mode, err := s.modeInScope(t)
	if err != nil {
		return "", err
	}
	importing := mode == modeImport || mode == modeForward
	switch {
	case p.Input.ID >= 0 && !importing:
		return "", wire.NotImportMode(t.Name())
	case p.Input.ID < 0 && importing:
		return "", wire.NotReadWriteMode(t.Name())
	}
	return mode, nil
}

// populate fills an input from the newest live version and the config (spec 4.3, 3.2).
func (s *session) populate(in *wire.SchemaInput, t backend.Target, config wire.Config, rows []storage.Version, importing bool) error {
	var previous *stored
	if newest, ok := pick(rows, backend.Latest, false); ok {
		st, err := s.schema(t.Context, newest.SchemaID)
		if err != nil {
			return err
		}
		previous = &st
	}
	if blank(*in) {
		if previous == nil {
			return wire.InvalidSchema(wire.Plain("Empty schema"))
		}
		in.Text, in.Type, in.References = previous.Text, previous.Type, previous.References
	}
	if importing {
		return nil
	}
	var old details
	if previous != nil {
		old = previous.details
	}
	in.Metadata = stampMetadata(inheritMetadata(in.Metadata, old.Metadata, config), in.Version, rows)
	in.RuleSet = inheritRuleSet(in.RuleSet, old.RuleSet, config)
	return nil
}

// inheritMetadata is a schema's own metadata or else the newest version's, between the defaults and overrides of the
// config (spec 3.2).
func inheritMetadata(own, newest *wire.Metadata, config wire.Config) *wire.Metadata {
	if own == nil {
		own = newest
	}
	return mergeMetadata(mergeMetadata(config.DefaultMetadata, own), config.OverrideMetadata)
}

// stampMetadata puts the number of the next version into what is registered, if a version was asked for or a number is
// there already (spec 4.3).
func stampMetadata(m *wire.Metadata, version int32, rows []storage.Version) *wire.Metadata {
	if version != 0 || confluentVersion(m) != 0 {
		return withConfluentVersion(m, nextVersion(rows))
	}
	return m
}

// nextVersion is one more than the highest version that is still stored; not above 0 when none is left.
func nextVersion(rows []storage.Version) int32 {
	if len(rows) == 0 {
		return 1
	}
	return rows[len(rows)-1].Version + 1
}

// known finds the schema of a candidate in the context. Held live by the subject, it is the answer; held elsewhere, it
// lends its ID to the input.
func (s *session) known(t backend.Target, in *wire.SchemaInput, c candidate, rows []storage.Version) (storage.Version, *stored, error) {
	st, err := s.fingerprint(t.Context, c.fingerprint())
	if errors.Is(err, storage.ErrNotFound) || err == nil && in.ID >= 0 && in.ID != st.ID {
		return storage.Version{}, nil, nil
	} else if err != nil {
		return storage.Version{}, nil, err
	}
	row, ok := slot(rows, st.ID)
	if ok && !row.Deleted && (in.Version <= 0 || in.Version == row.Version) {
		return row, &st, nil
	}
	in.ID = st.ID
	return storage.Version{}, nil, nil
}

// mayFollow refuses a candidate that the live versions, or the version asked for, don't allow.
func (s *session) mayFollow(t backend.Target, p backend.Register, c candidate, rows []storage.Version, config wire.Config, importing bool) error {
	if importing {
		return nil
	}
	if !p.Force {
		messages, err := s.compare(t, c, live(rows), config)
		if err != nil {
			return err
		}
		if len(messages) > 0 {
			return wire.Incompatible(t.Name(), messages)
		}
	}
	if v := p.Input.Version; v > 0 && v != nextVersion(rows) {
		return wire.InvalidSchema(wire.Plain("Version is not one more than previous version"))
	}
	return nil
}

// add returns the changes that store a candidate as a version of the subject.
func (s *session) add(t backend.Target, p backend.Register, in wire.SchemaInput, c candidate, rows []storage.Version) (out wire.Schema, changes []storage.Change, err error) {
	head, err := s.head(t.Context)
	if err != nil {
		return out, nil, err
	}
	id, fresh := in.ID, in.ID < 0
	if fresh {
		id = head.NextID
	}
	if id == math.MaxInt32 || p.Input.Version <= 0 && nextVersion(rows) <= 0 {
		return out, nil, wire.NumbersExhausted(t.Name())
	}
	changes, err = s.addSchema(t, id, fresh, c)
	if err == nil && p.Input.ID >= 0 {
		changes, err = s.takeGUID(t, id, c, changes)
	}
	if err != nil {
		return out, nil, err
	}
	revision := head.Revision + 1
	row := storage.Version{
		Subject: t.Subject, Version: p.Input.Version, SchemaID: id,
		Timestamp: s.r.o.Now().UnixMilli(), Created: revision, Written: revision,
	}
	if row.Version <= 0 {
		row.Version = nextVersion(rows)
	}
	if old, ok := pick(rows, row.Version, true); ok {
		row.Created = old.Created
		changes = append(changes, storage.Removal{})
	}
	if _, ok := slot(rows, id); ok {
		// The ID comes to show another version of the subject.
		changes = append(changes, storage.Removal{})
	}
	changes = append(changes, storage.PutVersion{Version: row})
	if !head.Known {
		changes = append(changes, storage.SetKnown{Known: true})
	}
	superseded, err := s.supersede(t, row, rows)
	if err != nil {
		return out, nil, err
	}
	changes = append(changes, superseded...)
	return wire.Schema{
		Subject: t.Name(), Version: row.Version, ID: id, GUID: guid(c.fingerprint()), Type: c.language.Name(),
		References: shownReferences(t, c.References, false), Metadata: c.Metadata, RuleSet: c.RuleSet, Text: c.format(p.Format),
	}, changes, nil
}

func (c candidate) format(format string) string {
	if format == "" {
		return c.text()
	}
	return c.parsed.Format(format)
}

// addSchema returns the changes that make an ID stand for a candidate; a fresh one is the next of the context. Errors:
// OverwriteID.
func (s *session) addSchema(t backend.Target, id int32, fresh bool, c candidate) ([]storage.Change, error) {
	point := storage.PutFingerprint{Fingerprint: c.fingerprint(), ID: id}
	if !fresh {
		// No schema has an ID that is yet to be given out.
		old, err := s.schema(t.Context, id)
		if err == nil {
			if old.Fingerprint != point.Fingerprint || old.Type != c.language.Name() {
				return nil, wire.OverwriteID(id, t.Context)
			}
			return []storage.Change{point}, nil
		} else if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
	}
	encoded, err := c.encode()
	if err != nil {
		return nil, err
	}
	back, err := s.announce(t, id, c.References)
	if err != nil {
		return nil, err
	}
	return append(back,
		storage.PutSchema{Schema: storage.Schema{ID: id, Fingerprint: point.Fingerprint, Type: c.language.Name(), Text: c.text(), Details: encoded}},
		point, storage.RaiseNextID{To: id + 1}), nil
}

// takeGUID marks it as a removal when the guid of a candidate comes to mean another ID than before, whose versions are then
// shown with it.
func (s *session) takeGUID(t backend.Target, id int32, c candidate, changes []storage.Change) ([]storage.Change, error) {
	before, err := s.fingerprint(t.Context, c.fingerprint())
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return changes, nil
	case err == nil && before.ID != id:
		return append(changes, storage.Removal{}), nil
	}
	return changes, err
}

// supersede removes the older soft-deleted versions of the subject that hold the same schema as a new one, unless
// something refers to them (spec 4.5).
func (s *session) supersede(t backend.Target, added storage.Version, rows []storage.Version) ([]storage.Change, error) {
	older := slices.DeleteFunc(slices.Clone(rows), func(row storage.Version) bool {
		return !row.Deleted || row.SchemaID != added.SchemaID || row.Version >= added.Version
	})
	if len(older) == 0 {
		return nil, nil
	}
	referrers, err := s.referrersOf(t)
	if err != nil {
		return nil, err
	}
	var changes []storage.Change
	for _, row := range older {
		if !slices.ContainsFunc(referrers, func(ref referrer) bool { return ref.row.Version == row.Version && ref.stored() }) {
			changes = append(changes, storage.DeleteVersion{Subject: row.Subject, Version: row.Version}, storage.Removal{})
		}
	}
	return changes, nil
}
