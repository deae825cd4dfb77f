package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// maxShownText is how much of an old schema a message quotes, in characters (spec 3.6).
const maxShownText = 10240

// level is a compatibility level, taken apart.
type level struct {
	backward, forward, transitive bool
}

func levelOf(name string) level {
	switch name {
	case levelBackward:
		return level{backward: true}
	case levelBackwardTransitive:
		return level{backward: true, transitive: true}
	case levelForward:
		return level{forward: true}
	case levelForwardTransitive:
		return level{forward: true, transitive: true}
	case levelFull:
		return level{backward: true, forward: true}
	case levelFullTransitive:
		return level{backward: true, forward: true, transitive: true}
	default:
		return level{}
	}
}

// Check implements backend.Registry.
func (r *Registry) Check(ctx context.Context, p backend.Check) (wire.Compatibility, error) {
	p.Input.RuleSet = r.keepRules(p.Input.RuleSet)
	out, _, err := readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (wire.Compatibility, error) {
		messages, err := s.check(t, p)
		if e := (*wire.Error)(nil); p.Verbose && errors.As(err, &e) && e.Code == wire.CodeInvalidSchema {
			return wire.Compatibility{Messages: []wire.Text{e.Text}}, nil
		}
		out := wire.Compatibility{Compatible: len(messages) == 0}
		if p.Verbose {
			out.Messages = messages
		}
		return out, err
	})
	return out, err
}

func (s *session) check(t backend.Target, p backend.Check) ([]wire.Text, error) {
	config, err := s.configInScope(t)
	if err != nil {
		return nil, err
	}
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return nil, err
	}
	earlier := live(rows)
	if p.Version != 0 {
		row, ok := pick(rows, p.Version, false)
		if !ok && p.Version != backend.Latest {
			return nil, wire.VersionNotFound(p.Version)
		}
		if earlier = nil; ok {
			earlier = []storage.Version{row}
		}
	}
	if blank(p.Input) {
		return nil, wire.InvalidSchema(wire.Plain("Empty schema"))
	}
	c, err := s.prepare(t, p.Input, reading{
		fresh:     true,
		strict:    isTrue(config.ValidateNewSchemas, true),
		normalize: p.Normalize || isTrue(config.Normalize, false),
		validate:  true,
		fields:    s.r.validatesFields(config),
	})
	if err != nil {
		return nil, err
	}
	return s.compare(t, c, earlier, config)
}

func isTrue(flag *bool, otherwise bool) bool {
	if flag == nil {
		return otherwise
	}
	return *flag
}

// validatesFields tells whether a config asks for validateFields.
func (r *Registry) validatesFields(config wire.Config) bool {
	return isTrue(config.ValidateFields, r.o.ValidateFields)
}

func live(rows []storage.Version) []storage.Version {
	return slices.DeleteFunc(slices.Clone(rows), func(row storage.Version) bool { return row.Deleted })
}

// compare tells what keeps a candidate from following earlier versions (ascending) under a config: what is wrong with
// reserved fields, and the messages of the newest version that it can't follow (spec 3.1, 3.6); an empty list when it may.
func (s *session) compare(t backend.Target, c candidate, earlier []storage.Version, config wire.Config) ([]wire.Text, error) {
	messages, err := s.reservedFields(t, c, earlier, config)
	if err != nil {
		return nil, err
	}
	found, err := s.compareVersions(t, c, earlier, config)
	if err != nil {
		return nil, err
	}
	if messages = append(messages, found...); len(messages) == 0 {
		return []wire.Text{}, nil
	}
	return append(messages, wire.Textf("{validateFields: '%s', compatibility: '%s'}",
		strconv.FormatBool(s.r.validatesFields(config)), config.Compatibility)), nil
}

// compareVersions compares a candidate with the earlier versions that the level asks for, the newest one first, up to the
// first that it can't follow.
func (s *session) compareVersions(t backend.Target, c candidate, earlier []storage.Version, config wire.Config) ([]wire.Text, error) {
	l := levelOf(config.Compatibility)
	if !l.backward && !l.forward {
		return nil, nil
	}
	for _, row := range slices.Backward(earlier) {
		st, err := s.schema(t.Context, row.SchemaID)
		if err != nil {
			return nil, err
		}
		if !sameGroup(config.CompatibilityGroup, c.Metadata, st.Metadata) {
			continue
		}
		messages, err := s.compareWith(t, c, row, st, config)
		if err != nil || len(messages) > 0 {
			return messages, err
		}
		if !l.transitive {
			break
		}
	}
	return nil, nil
}

// sameGroup tells whether two schemas are in one compatibility group: the value of a metadata property.
func sameGroup(property string, a, b *wire.Metadata) bool {
	value := func(m *wire.Metadata) (string, bool) {
		if m == nil {
			return "", false
		}
		v, ok := m.Properties[property]
		return v, ok
	}
	if property == "" {
		return true
	}
	av, aok := value(a)
	bv, bok := value(b)
	return av == bv && aok == bok
}

// compareWith words what keeps a candidate from following one version.
func (s *session) compareWith(t backend.Target, c candidate, row storage.Version, st stored, config wire.Config) ([]wire.Text, error) {
	if st.Type != c.language.Name() {
		return []wire.Text{wire.Plain("Incompatible because of different schema type")}, nil
	}
	old, err := s.parseStored(t, st)
	if err != nil {
		return nil, err
	}
	var messages []wire.Text
	how := schema.CheckOptions{Lenient: config.CompatibilityPolicy == policyLenient, Logical: config.CompatibilityPolicy == policyLogical}
	l := levelOf(config.Compatibility)
	if l.forward {
		messages = plain(c.language.Check(old, c.parsed, how))
	}
	quote := len(messages) > 0 && !l.backward
	if l.backward {
		how.ReaderIsNew = true
		found := plain(c.language.Check(c.parsed, old, how))
		messages, quote = append(messages, found...), len(found) > 0
	}
	if quote {
		messages = append(messages, wire.Textf("{oldSchemaVersion: %d}", row.Version), quotedOld(st.Text))
	}
	return messages, nil
}

func plain(messages []string) []wire.Text {
	out := make([]wire.Text, len(messages))
	for i, m := range messages {
		out[i] = wire.Plain(m)
	}
	return out
}

func quotedOld(text string) wire.Text {
	runes := 0
	for i := range text {
		if runes++; runes > maxShownText {
			return wire.Textf("{oldSchema: <truncated> '%s...'}", text[:i])
		}
	}
	return wire.Textf("{oldSchema: '%s'}", text)
}
