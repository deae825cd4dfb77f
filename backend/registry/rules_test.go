package registry

import (
	"encoding/json"
	"errors"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// rules reads a rule set as it is shown; an empty text is none.
func rules(t testing.TB, text string) *wire.RuleSet {
	t.Helper()
	if text == "" {
		return nil
	}
	rs := &wire.RuleSet{}
	if err := json.Unmarshal([]byte(text), rs); err != nil {
		t.Fatal(err)
	}
	return rs
}

// The reference server's guids, and what else has to make a difference.
func TestRuleSetFingerprint(t *testing.T) {
	t.Parallel()
	const (
		migration = `{"migrationRules":[{"name":"m1","kind":"TRANSFORM","mode":"UPGRADE","type":"JSONATA","expr":"$"}],`
		domain    = `"domainRules":[{"name":"r1","kind":"CONDITION","mode":"READ","type":"ENCRYPT","expr":"message.f1 == 'x'"}]`
		encoding  = `,"encodingRules":[{"name":"e1","kind":"TRANSFORM","mode":"WRITEREAD","type":"ENCRYPT_PAYLOAD","expr":"message.f1 == 'x'"}]}`
		full      = `{"domainRules":[{"name":"r1","doc":"d","kind":"CONDITION","mode":"WRITE","type":"CEL","tags":["PII"],"params":{"k":"v"},"expr":"message.f1 == 'x'","onSuccess":"NONE","onFailure":"ERROR","disabled":true},{"name":"r2","kind":"CONDITION","mode":"WRITE","type":"ENCRYPT","expr":"message.f1 == 'x'"}]}`
	)
	f := func(ruleSet string, m *wire.Metadata, want string) {
		t.Helper()
		if got := guid(fingerprint(textA, details{Metadata: m, RuleSet: rules(t, ruleSet)})); got != want {
			t.Errorf("guid of %s: %s, want %s", ruleSet, got, want)
		}
	}
	f("", nil, "acb9a771-413f-2f1c-6a25-9db09a05dd82")
	f(`{}`, nil, "105a1869-3460-4ac4-0cfe-e92626828891")
	f(`{}`, &wire.Metadata{Properties: map[string]string{"team": "t2"}}, "7dc6bada-7218-0839-e6d8-bd97a7db1516")
	f(`{`+domain+`}`, nil, "b7c00262-d27a-6a5e-5404-429d70461a01")
	f(full, nil, "a8a4d35d-e485-4ed6-35e7-5036abd96f57")
	f(migration+domain+encoding, withConfluentVersion(nil, 4), "d8730364-ba10-06e2-6d83-26832bff52b2")

	seen := map[string]string{}
	for _, text := range []string{`{}`, `{"enableAt":0}`, `{"enableAt":1}`, `{"domainRules":[{"name":"r"}]}`, `{"domainRules":[{"name":"r","disabled":true}]}`, `{"domainRules":[{"name":"r"}],"enableAt":1}`} {
		id := guid(fingerprint(textA, details{RuleSet: rules(t, text)}))
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s have one guid", text, other)
		}
		seen[id] = text
	}
}

func TestCheckRuleSet(t *testing.T) {
	t.Parallel()
	f := func(ruleSet, want string) {
		t.Helper()
		got, e := "", (*wire.Error)(nil)
		if err := checkRuleSet(rules(t, ruleSet)); errors.As(err, &e) {
			got = e.Error()
		} else if err != nil {
			t.Errorf("%s: %v", ruleSet, err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", ruleSet, got, want)
		}
	}
	const (
		ok        = `{"name":"a","type":"T","mode":"READ"}`
		domain    = "42210: Domain rules can only be WRITE, READ, WRITEREAD"
		migration = "42210: Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN"
		actions   = "42210: Multiple actions only valid with WRITEREAD and UPDOWN"
	)
	f("", "")
	f(`{}`, "")
	f(`{"domainRules":[`+ok+`],"encodingRules":[`+ok+`]}`, "")
	f(`{"domainRules":[`+ok+`,`+ok+`]}`, "42210: Found rule with duplicate name 'a'")
	f(`{"domainRules":[`+ok+`,{"name":"a"}]}`, "42210: Found rule with duplicate name 'a'")
	f(`{"domainRules":[{}]}`, "42210: Empty rule name")
	f(`{"encodingRules":[{"type":"T","mode":"READ"}]}`, "42210: Empty rule name")
	f(`{"domainRules":[{"name":"r"}]}`, "42210: Missing rule type")
	f(`{"domainRules":[{"name":"r","type":"T"}]}`, "")
	f(`{"domainRules":[{"name":"r","type":"T","mode":"UPGRADE"}]}`, domain)
	f(`{"encodingRules":[{"name":"r","type":"T","mode":"UPDOWN"}]}`, "42210: Encoding rules can only be WRITE, READ, WRITEREAD")
	f(`{"migrationRules":[{"name":"r","type":"T","mode":"READ"}]}`, migration)
	f(`{"migrationRules":[{"name":"r","type":"T","mode":"UPDOWN","onFailure":"A,B"}]}`, "")
	f(`{"migrationRules":[{"name":"r","type":"T","mode":"UPGRADE","onFailure":"A,B"}]}`, actions)
	f(`{"domainRules":[{"name":"r","type":"T","mode":"WRITEREAD","onSuccess":"A,B","onFailure":"A,B,C"}]}`, "")
	f(`{"domainRules":[{"name":"r","type":"T","mode":"WRITE","onSuccess":"A,B"}]}`, actions)
}

func TestMergeRuleSets(t *testing.T) {
	t.Parallel()
	f := func(base, over, want string) {
		t.Helper()
		got := mergeRuleSets(rules(t, base), rules(t, over))
		if !equalRuleSets(got, rules(t, want)) {
			t.Errorf("%s over %s: %+v, want %s", over, base, got, want)
		}
	}
	const a, b = `{"name":"a","type":"1"}`, `{"name":"b","type":"1"}`
	f("", "", "")
	f(`{}`, "", `{}`)
	f("", `{}`, `{}`)
	f(`{"domainRules":[`+a+`]}`, `{"encodingRules":[`+a+`]}`, `{"domainRules":[`+a+`],"encodingRules":[`+a+`]}`)
	f(`{"domainRules":[`+a+`,`+b+`]}`, `{"domainRules":[{"name":"a","type":"2"}]}`, `{"domainRules":[`+b+`,{"name":"a","type":"2"}]}`)
	f(`{"migrationRules":[`+a+`]}`, `{"migrationRules":[`+b+`]}`, `{"migrationRules":[`+a+`,`+b+`]}`)
	f(`{"enableAt":1}`, `{}`, `{"enableAt":1}`)
	f(`{"enableAt":1}`, `{"enableAt":2}`, `{"enableAt":2}`)
}

func TestEqualRuleSets(t *testing.T) {
	t.Parallel()
	const base = `{"name":"a","params":{"k":"v"},"tags":["x","y"]}`
	f := func(a, b string, want bool) {
		t.Helper()
		if got := equalRuleSets(rules(t, a), rules(t, b)); got != want {
			t.Errorf("%s and %s equal: %t", a, b, got)
		}
	}
	f("", "", true)
	f("", `{}`, false)
	f(`{"enableAt":1}`, `{"enableAt":1}`, true)
	f(`{"enableAt":1}`, `{}`, false)
	f(`{"domainRules":[`+base+`]}`, `{"domainRules":[{"name":"a","params":{"k":"v"},"tags":["y","x"]}]}`, true)
	for _, other := range []string{
		`{"name":"b"}`, `{"doc":"d"}`, `{"kind":"TRANSFORM"}`, `{"mode":"READ"}`, `{"type":"T"}`, `{"tags":["x"]}`, `{"params":{"k":"w"}}`,
		`{"expr":"e"}`, `{"onSuccess":"s"}`, `{"onFailure":"f"}`, `{"disabled":true}`,
	} {
		changed := rules(t, `{"domainRules":[`+base+`]}`)
		if err := json.Unmarshal([]byte(other), &changed.DomainRules[0]); err != nil {
			t.Fatal(err)
		}
		if equalRuleSets(rules(t, `{"domainRules":[`+base+`]}`), changed) {
			t.Errorf("%s makes no difference", other)
		}
	}
}

// Rule sets are inherited, laid between those of the config, looked up with what is registered, or dropped.
func TestRuleSets(t *testing.T) {
	t.Parallel()
	const own, other = `{"domainRules":[{"name":"own","type":"T"}]}`, `{"domainRules":[{"name":"other","type":"T"}]}`
	with := func(text, ruleSet string) wire.SchemaInput {
		in := input("AVRO", text)
		in.RuleSet = rules(t, ruleSet)
		return in
	}
	expect := func(got wire.Schema, version int32, ruleSet string) {
		t.Helper()
		if got.Version != version || !equalRuleSets(got.RuleSet, rules(t, ruleSet)) {
			t.Errorf("version %d with %+v, want %d with %s", got.Version, got.RuleSet, version, ruleSet)
		}
	}
	c := newCaller(Options{})
	expect(c.mustRegister(t, "s", with(textA, own)), 1, own)
	expect(c.mustRegister(t, "s", input("AVRO", textA)), 1, own)
	expect(c.mustRegister(t, "s", input("AVRO", textB)), 2, own)
	expect(c.mustRegister(t, "s", with(textB, `{}`)), 3, `{}`)
	if _, err := c.PutConfig(t.Context(), backend.Settings{Target: c.target("s")}, wire.ConfigUpdate{DefaultRuleSet: wire.Patch[*wire.RuleSet]{Set: true, Value: rules(t, other)}}); err != nil {
		t.Fatal(err)
	}
	expect(c.mustRegister(t, "s", input("AVRO", textB)), 4, other)
	found, _, err := c.Lookup(t.Context(), backend.Lookup{Target: c.target("s"), Input: with(textB, `{}`)})
	if err != nil {
		t.Fatal(err)
	}
	expect(found, 3, `{}`)
	for ruleType, want := range map[string]int{"T": 3, "U": 0, "": 4} {
		all, _, err := c.Schemas(t.Context(), backend.Schemas{Subjects: backend.Subjects{Context: "."}, RuleType: ruleType, Page: backend.Page{Limit: -1}})
		if err != nil || len(all) != want {
			t.Errorf("%d schemas have a rule of type %q, want %d (%v)", len(all), ruleType, want, err)
		}
	}

	d := newCaller(Options{DropRuleSets: true})
	expect(d.mustRegister(t, "s", with(textA, `{"domainRules":[{}]}`)), 1, "")
	expect(d.mustRegister(t, "s", with(textA, own)), 1, "")
	config, err := d.PutConfig(t.Context(), backend.Settings{Target: d.target("s")}, wire.ConfigUpdate{OverrideRuleSet: wire.Patch[*wire.RuleSet]{Set: true, Value: rules(t, own)}})
	if err != nil || config.OverrideRuleSet != nil {
		t.Errorf("a config keeps %+v (%v)", config.OverrideRuleSet, err)
	}
}
