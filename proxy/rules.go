package proxy

import (
	"slices"
	"strings"

	"schemaside/backend/wire"
)

// ruleSet reads a rule set; null is none.
func (v value) ruleSet(dst **wire.RuleSet) error {
	*dst = nil
	if v.kind() == 'n' {
		return v.skip()
	}
	rs := &wire.RuleSet{}
	*dst = rs
	return v.fieldsOrNull("a rule set", func(name string) error {
		switch name {
		case "migrationRules":
			return v.rules(&rs.MigrationRules)
		case "domainRules":
			return v.rules(&rs.DomainRules)
		case "encodingRules":
			return v.rules(&rs.EncodingRules)
		case "enableAt":
			return v.intOrNone(&rs.EnableAt)
		default:
			return v.skip()
		}
	})
}

// rules reads a list of rules. A null among them is an empty rule: the registry refuses it as such.
func (v value) rules(dst *[]wire.Rule) error {
	*dst = nil
	return v.list("a list of rules", func() error {
		var rule wire.Rule
		err := v.fieldsOrNull("a rule", func(name string) error { return v.ruleField(&rule, name) })
		*dst = append(*dst, rule)
		return err
	})
}

func (v value) ruleField(rule *wire.Rule, name string) error {
	switch name {
	case "name":
		return v.text(&rule.Name, "")
	case "doc":
		return v.text(&rule.Doc, "")
	case "kind":
		return v.oneOf(&rule.Kind, wire.RuleKinds())
	case "mode":
		return v.oneOf(&rule.Mode, wire.RuleModes())
	case "type":
		return v.text(&rule.Type, "")
	case "tags":
		var err error
		rule.Tags, err = v.set()
		return err
	case "params":
		return v.texts("params", &rule.Params)
	case "expr":
		return v.text(&rule.Expr, "")
	case "onSuccess":
		return v.text(&rule.OnSuccess, "")
	case "onFailure":
		return v.text(&rule.OnFailure, "")
	case "disabled":
		b, err := v.boolOrNull()
		rule.Disabled = b != nil && *b
		return err
	default:
		return v.skip()
	}
}

// oneOf reads a text that must be one of a few; null is none.
func (v value) oneOf(dst *string, allowed []string) error {
	s, err := v.textOrNull()
	*dst = ""
	if s == nil || err != nil {
		return err
	}
	if !slices.Contains(allowed, *s) {
		return wire.BadRequest("'%s' is none of %s", *s, strings.Join(allowed, ", "))
	}
	*dst = *s
	return nil
}

// ruleSet writes a rule set unless there is none; an empty one is shown.
func (o *object) ruleSet(name string, rs *wire.RuleSet) {
	if rs == nil {
		return
	}
	o.name(name)
	in := open(o.b)
	in.rules("migrationRules", rs.MigrationRules)
	in.rules("domainRules", rs.DomainRules)
	in.rules("encodingRules", rs.EncodingRules)
	if rs.EnableAt != nil {
		in.int("enableAt", int64(*rs.EnableAt))
	}
	o.b = in.close()
}

func (o *object) rules(name string, rules []wire.Rule) {
	if len(rules) > 0 {
		o.name(name)
		o.b = appendList(o.b, rules, appendRule)
	}
}

func appendRule(dst []byte, r wire.Rule) []byte {
	o := open(dst)
	o.text("name", r.Name)
	o.text("doc", r.Doc)
	o.text("kind", r.Kind)
	o.text("mode", r.Mode)
	o.text("type", r.Type)
	if len(r.Tags) > 0 {
		o.name("tags")
		o.b = appendStrings(o.b, r.Tags)
	}
	if len(r.Params) > 0 {
		o.name("params")
		o.b = appendMap(o.b, r.Params, appendString)
	}
	o.text("expr", r.Expr)
	o.text("onSuccess", r.OnSuccess)
	o.text("onFailure", r.OnFailure)
	o.bool("disabled", r.Disabled)
	return o.close()
}
