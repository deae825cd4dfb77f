package registry

import (
	"context"
	"errors"
	"slices"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// changesTags tells whether an input asks for other tags than its text has.
func changesTags(in wire.SchemaInput) bool {
	return len(in.TagsToAdd)+len(in.TagsToRemove) > 0 || in.PropagateTags
}

// Tag implements backend.Registry. The version is looked for like one that is read, and registered where it is found.
func (r *Registry) Tag(ctx context.Context, p backend.Tag) (wire.Schema, error) {
	p.RuleSet, p.RulesToMerge = r.keepRules(p.RuleSet), r.keepRules(p.RulesToMerge)
	if p.RuleSet != nil && (p.RulesToMerge != nil || len(p.RulesToRemove) > 0) {
		return wire.Schema{}, wire.InvalidRuleSet("ruleSet should be omitted if specifying rulesToMerge or rulesToRemove")
	}
	if err := checkRuleSet(p.RuleSet); err != nil {
		return wire.Schema{}, err
	}
	if err := checkRuleSet(p.RulesToMerge); err != nil {
		return wire.Schema{}, err
	}
	var found backend.Target
	input, _, err := readSubject(ctx, r, p.Target, func(s *session, t backend.Target) (in wire.SchemaInput, err error) {
		if err := s.r.registrable(t); err != nil {
			return in, err
		}
		found, in, err = s.tagInput(t, p)
		return in, err
	})
	if err != nil {
		return wire.Schema{}, err
	}
	return write(ctx, r, found.Context, func(s *session) (wire.Schema, []storage.Change, error) {
		return s.register(found, backend.Register{Target: found, Input: input, Anew: true})
	})
}

// tagInput is a version as it is registered again, and where.
func (s *session) tagInput(t backend.Target, p backend.Tag) (backend.Target, wire.SchemaInput, error) {
	found, row, err := s.findVersion(t, p.Version, false)
	if err != nil {
		return found, wire.SchemaInput{}, err
	}
	st, err := s.schema(found.Context, row.SchemaID)
	if err != nil {
		return found, wire.SchemaInput{}, err
	}
	in := wire.SchemaInput{
		Version: p.NewVersion, ID: -1, Type: st.Type, References: st.References, Text: st.Text,
		Metadata: st.Metadata, RuleSet: p.RuleSet, TagsToAdd: p.Add, TagsToRemove: p.Remove,
	}
	if in.Version == 0 {
		in.Version = backend.Latest
	}
	if p.Metadata != nil {
		in.Metadata = p.Metadata
	}
	if in.Metadata == nil {
		// A version without metadata doesn't inherit any.
		in.Metadata = &wire.Metadata{}
	}
	if p.RulesToMerge != nil || len(p.RulesToRemove) > 0 {
		in.RuleSet, err = s.editedRules(found, p)
	}
	return found, in, err
}

// editedRules are the rules of the newest version with some merged in, and others removed after that.
func (s *session) editedRules(t backend.Target, p backend.Tag) (*wire.RuleSet, error) {
	rows, err := s.versions(t.Context, t.Subject)
	if err != nil {
		return nil, err
	}
	rules := p.RulesToMerge
	if newest, ok := pick(rows, backend.Latest, false); ok {
		st, err := s.schema(t.Context, newest.SchemaID)
		if err != nil {
			return nil, err
		}
		rules = mergeRuleSets(st.RuleSet, p.RulesToMerge)
	}
	if rules == nil {
		return nil, nil
	}
	gone := func(rule wire.Rule) bool { return slices.Contains(p.RulesToRemove, rule.Name) }
	without := func(list []wire.Rule) []wire.Rule { return slices.DeleteFunc(slices.Clone(list), gone) }
	edited := &wire.RuleSet{
		MigrationRules: without(rules.MigrationRules), DomainRules: without(rules.DomainRules), EncodingRules: without(rules.EncodingRules),
		EnableAt: rules.EnableAt,
	}
	return edited, checkRuleSet(edited)
}

// retagInput puts the tags that an input asks for into its text, which then is a version of its own (spec 4.9).
func (s *session) retagInput(t backend.Target, in wire.SchemaInput) (wire.SchemaInput, error) {
	if len(in.TagsToAdd)+len(in.TagsToRemove) == 0 {
		return in, nil
	}
	change := schema.TagChange{Add: tagged(in.TagsToAdd), Remove: tagged(in.TagsToRemove)}
	if blank(in) && in.Type == "JSON" {
		// The reference server reads nothing as an empty document of this language alone.
		return in, tagRefusal(t, in, schema.NoPath(append(change.Add, change.Remove...)[0].Path))
	}
	c, err := s.prepare(t, in, reading{fresh: true})
	if err != nil {
		return in, err
	}
	changed, err := retagged(c.parsed, change)
	if err != nil {
		return in, tagRefusal(t, in, err)
	}
	in.Text = changed.Canonical()
	if in.Version == 0 {
		in.Version = backend.Latest
	}
	return in, nil
}

func retagged(s schema.Schema, change schema.TagChange) (schema.Schema, error) {
	holder, ok := s.(schema.TagHolder)
	if !ok {
		return s, nil
	}
	return holder.Retagged(change)
}

// tagRefusal words why tags can't be put into a text.
func tagRefusal(t backend.Target, in wire.SchemaInput, err error) error {
	if missing, ok := errors.AsType[schema.PathError](err); ok {
		return wire.InvalidSchema(wire.Textf("java.lang.IllegalArgumentException: %s", string(missing)))
	}
	return refusal(t, in, err)
}

// propagate adds the tags of the newest live version to a candidate, as far as it has what they are for.
func (s *session) propagate(t backend.Target, in wire.SchemaInput, c candidate, rows []storage.Version, normalize bool) (candidate, error) {
	newest, ok := pick(rows, backend.Latest, false)
	if !in.PropagateTags || !ok {
		return c, nil
	}
	st, err := s.schema(t.Context, newest.SchemaID)
	if err != nil || st.Type != c.language.Name() {
		return c, err
	}
	tags, err := s.tagsOf(t, st)
	if err != nil || len(tags) == 0 {
		return c, err
	}
	if c.parsed, err = retagged(c.parsed, schema.TagChange{Add: tags, Lenient: true}); err == nil && normalize {
		c.parsed, err = c.parsed.Normalized()
	}
	if err != nil {
		return c, tagRefusal(t, in, err)
	}
	return c, nil
}

// tagsOf are the tags of a stored schema; one that can't be read has none.
func (s *session) tagsOf(t backend.Target, st stored) ([]schema.Tagged, error) {
	parsed, err := s.parseStored(t, st)
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	holder, ok := parsed.(schema.TagHolder)
	if !ok {
		return nil, nil
	}
	return holder.Tags(), nil
}

// foundTags are what in a stored schema has one of the tags asked for, with all its tags.
func (s *session) foundTags(t backend.Target, st stored, asked []string) ([]wire.SchemaTags, error) {
	if len(asked) == 0 {
		return nil, nil
	}
	tags, err := s.tagsOf(t, st)
	if err != nil {
		return nil, err
	}
	var found []wire.SchemaTags
	wanted := func(tag string) bool { return slices.Contains(asked, tag) }
	for _, has := range tags {
		if wanted("*") || slices.ContainsFunc(has.Tags, wanted) {
			found = append(found, wire.SchemaTags(has))
		}
	}
	return found, nil
}

func tagged(list []wire.SchemaTags) []schema.Tagged {
	out := make([]schema.Tagged, len(list))
	for i, t := range list {
		out[i] = schema.Tagged(t)
	}
	return out
}
