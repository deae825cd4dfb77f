package registry

import (
	"encoding/binary"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"schemaside/backend/wire"
)

// checkRuleSet refuses a rule set that clients couldn't follow (spec 1.7). Errors: InvalidRuleSet.
func checkRuleSet(rs *wire.RuleSet) error {
	if rs == nil {
		return nil
	}
	domain := []string{wire.RuleWrite, wire.RuleRead, wire.RuleWriteRead}
	for _, part := range []struct {
		title string
		rules []wire.Rule
		modes []string
	}{
		{"Migration", rs.MigrationRules, []string{wire.RuleUpgrade, wire.RuleDowngrade, wire.RuleUpDown}},
		{"Domain", rs.DomainRules, domain},
		{"Encoding", rs.EncodingRules, domain},
	} {
		names := map[string]bool{}
		for _, rule := range part.rules {
			reason := faultOf(rule)
			switch {
			case names[rule.Name]:
				reason = fmt.Sprintf("Found rule with duplicate name '%s'", rule.Name)
			case rule.Mode != "" && !slices.Contains(part.modes, rule.Mode):
				reason = fmt.Sprintf("%s rules can only be %s", part.title, strings.Join(part.modes, ", "))
			}
			if reason != "" {
				return wire.InvalidRuleSet(reason)
			}
			names[rule.Name] = true
		}
	}
	return nil
}

// faultOf tells what is wrong with a rule by itself; nothing when it is empty.
func faultOf(rule wire.Rule) string {
	several := rule.Mode == wire.RuleWriteRead || rule.Mode == wire.RuleUpDown
	switch {
	case rule.Name == "":
		return "Empty rule name"
	case rule.Type == "":
		return "Missing rule type"
	case !several && strings.Contains(rule.OnSuccess+rule.OnFailure, ","):
		return "Multiple actions only valid with WRITEREAD and UPDOWN"
	default:
		return ""
	}
}

// keepRules is what the registry keeps of a rule set: all of it, or nothing where rule sets are dropped.
func (r *Registry) keepRules(rs *wire.RuleSet) *wire.RuleSet {
	if r.o.DropRuleSets {
		return nil
	}
	return rs
}

// inheritRuleSet is the rule set that a schema is registered with (spec 3.2): its own or else the previous version's,
// between the defaults and overrides of the config.
func inheritRuleSet(own, previous *wire.RuleSet, config wire.Config) *wire.RuleSet {
	if own == nil {
		own = previous
	}
	return mergeRuleSets(mergeRuleSets(config.DefaultRuleSet, own), config.OverrideRuleSet)
}

// mergeRuleSets lays over above base: a rule replaces the one of its name in the same part (spec 3.2).
func mergeRuleSets(base, over *wire.RuleSet) *wire.RuleSet {
	if base == nil {
		return over
	}
	if over == nil {
		return base
	}
	merged := &wire.RuleSet{
		MigrationRules: mergeRules(base.MigrationRules, over.MigrationRules),
		DomainRules:    mergeRules(base.DomainRules, over.DomainRules),
		EncodingRules:  mergeRules(base.EncodingRules, over.EncodingRules),
		EnableAt:       base.EnableAt,
	}
	if over.EnableAt != nil {
		merged.EnableAt = over.EnableAt
	}
	return merged
}

func mergeRules(base, over []wire.Rule) []wire.Rule {
	kept := slices.DeleteFunc(slices.Clone(base), func(rule wire.Rule) bool {
		return slices.ContainsFunc(over, func(o wire.Rule) bool { return o.Name == rule.Name })
	})
	return append(kept, over...)
}

func equalRuleSets(a, b *wire.RuleSet) bool {
	if a == nil || b == nil {
		return a == b
	}
	sameTime := a.EnableAt == b.EnableAt || a.EnableAt != nil && b.EnableAt != nil && *a.EnableAt == *b.EnableAt
	return sameTime &&
		slices.EqualFunc(a.MigrationRules, b.MigrationRules, equalRules) &&
		slices.EqualFunc(a.DomainRules, b.DomainRules, equalRules) &&
		slices.EqualFunc(a.EncodingRules, b.EncodingRules, equalRules)
}

func equalRules(a, b wire.Rule) bool {
	return a.Name == b.Name && a.Doc == b.Doc && a.Kind == b.Kind && a.Mode == b.Mode && a.Type == b.Type &&
		sameSet(a.Tags, b.Tags) && maps.Equal(a.Params, b.Params) &&
		a.Expr == b.Expr && a.OnSuccess == b.OnSuccess && a.OnFailure == b.OnFailure && a.Disabled == b.Disabled
}

// hashRuleSet adds a rule set to a fingerprint: the rules in order, each with its fields in the order in which they are
// shown; a rule that is not disabled adds nothing for that.
func hashRuleSet(h hash.Hash, rs *wire.RuleSet) {
	h.Write([]byte{1})
	for _, rule := range slices.Concat(rs.MigrationRules, rs.DomainRules, rs.EncodingRules) {
		hashRule(h, rule)
	}
	if rs.EnableAt != nil {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(*rs.EnableAt))) //nolint:gosec // the bits are meant
	}
}

func hashRule(h hash.Hash, rule wire.Rule) {
	write := func(texts ...string) {
		for _, s := range texts {
			h.Write([]byte(s))
		}
	}
	write(rule.Name, rule.Doc, rule.Kind, rule.Mode, rule.Type)
	write(slices.Sorted(slices.Values(rule.Tags))...)
	for _, key := range slices.Sorted(maps.Keys(rule.Params)) {
		write(key, rule.Params[key])
	}
	write(rule.Expr, rule.OnSuccess, rule.OnFailure)
	if rule.Disabled {
		h.Write([]byte{1})
	}
}

// hasRuleType tells whether a rule set has a rule of a type.
func hasRuleType(rs *wire.RuleSet, ruleType string) bool {
	if rs == nil {
		return false
	}
	ofType := func(rule wire.Rule) bool { return rule.Type == ruleType }
	return slices.ContainsFunc(rs.MigrationRules, ofType) ||
		slices.ContainsFunc(rs.DomainRules, ofType) ||
		slices.ContainsFunc(rs.EncodingRules, ofType)
}

// printedRuleSet is how the reference server's messages show a rule set.
func printedRuleSet(rs *wire.RuleSet) string {
	if rs == nil {
		return "null"
	}
	enableAt := "null"
	if rs.EnableAt != nil {
		enableAt = strconv.Itoa(int(*rs.EnableAt))
	}
	return fmt.Sprintf("Rules{migrationRules=[%s], domainRules=[%s], encodingRules=[%s], enableAt=%s}",
		printedRules(rs.MigrationRules), printedRules(rs.DomainRules), printedRules(rs.EncodingRules), enableAt)
}

func printedRules(rules []wire.Rule) string {
	parts := make([]string, len(rules))
	for i, r := range rules {
		parts[i] = fmt.Sprintf("Rule{name=%s, doc=%s, kind=%s, mode=%s, type='%s', tags='[%s]', params='{%s}', expr='%s', onSuccess='%s', onFailure='%s', disabled='%t'}",
			orNull(r.Name), orNull(r.Doc), orNull(r.Kind), orNull(r.Mode), orNull(r.Type), strings.Join(r.Tags, ", "),
			printedMap(r.Params, func(v string) string { return v }),
			orNull(r.Expr), orNull(r.OnSuccess), orNull(r.OnFailure), r.Disabled)
	}
	return strings.Join(parts, ", ")
}
