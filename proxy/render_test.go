package proxy

import (
	"encoding/json"
	"testing"

	"schemaside/backend/wire"
	"schemaside/resolver"
)

func TestRender(t *testing.T) {
	t.Parallel()
	f := func(got []byte, want string) {
		t.Helper()
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if !json.Valid(got) {
			t.Errorf("%s is no JSON", got)
		}
	}
	var open resolver.View
	bound := resolver.Bound(".c1")
	yes, no := true, false
	const guid = "acb9a771-413f-2f1c-6a25-9db09a05dd82"
	s := wire.Schema{Subject: wire.Name{Context: ".c1", Subject: "s"}, Version: 2, ID: 7, GUID: guid, Type: "AVRO", Text: `"<&>"`}
	f(appendRegistered(nil, &s), `{"id":7,"version":2,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\""}`)
	f(appendSchema(nil, &s, open), `{"subject":":.c1:s","version":2,"id":7,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\""}`)
	f(appendSchema(nil, &s, bound), `{"subject":"s","version":2,"id":7,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\""}`)
	f(appendSchemaString(nil, &s, open), `{"subject":":.c1:s","version":2,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\""}`)

	s.Stored, s.Timestamp, s.Deleted = true, 1700000000000, true
	s.References = []wire.Reference{{Name: "R", Subject: "ref", Version: 1}}
	s.Metadata = &wire.Metadata{
		Tags: map[string][]string{"b": {"x"}, "a": {"y", "z"}}, Properties: map[string]string{"q": "1", "p": "é\u2028"}, Sensitive: []string{"p"},
	}
	at := int32(0)
	s.RuleSet = &wire.RuleSet{DomainRules: []wire.Rule{{Name: "n"}}, EnableAt: &at}
	s.MaxID = 9
	const contents = `"references":[{"name":"R","subject":"ref","version":1}],"metadata":{"tags":{"a":["y","z"],"b":["x"]},"properties":{"p":"é` + "\u2028" + `","q":"1"},"sensitive":["p"]},"ruleSet":{"domainRules":[{"name":"n","disabled":false}],"enableAt":0}`
	f(appendRegistered(nil, &s), `{"id":7,"version":2,"guid":"`+guid+`","schemaType":"AVRO",`+contents+`,"schema":"\"<&>\"","ts":1700000000000,"deleted":true}`)
	f(appendSchema(nil, &s, open), `{"subject":":.c1:s","version":2,"id":7,"guid":"`+guid+`","schemaType":"AVRO",`+contents+`,"schema":"\"<&>\"","ts":1700000000000,"deleted":true}`)
	f(appendSchemaString(nil, &s, open), `{"subject":":.c1:s","version":2,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\"",`+contents+`,"maxId":9,"ts":1700000000000,"deleted":true}`)

	s.Tags = []wire.SchemaTags{{Path: "R", Tags: []string{"b", "a"}}, {Path: "R.f", Field: true}}
	const tags = `,"schemaTags":[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":["b","a"]},{"schemaEntity":{"entityPath":"R.f","entityType":"sr_field"}}]`
	f(appendSchema(nil, &s, bound), `{"subject":"s","version":2,"id":7,"guid":"`+guid+`","schemaType":"AVRO",`+contents+`,"schema":"\"<&>\""`+tags+`,"ts":1700000000000,"deleted":true}`)
	f(appendSchemaString(nil, &s, bound), `{"subject":"s","version":2,"guid":"`+guid+`","schemaType":"AVRO","schema":"\"<&>\"",`+contents+tags+`,"maxId":9,"ts":1700000000000,"deleted":true}`)

	s = wire.Schema{ID: 1, Metadata: &wire.Metadata{}, Text: "x", Subject: wire.Name{Context: "."}}
	f(appendRegistered(nil, &s), `{"id":1,"metadata":{},"schema":"x"}`)
	f(appendSchema(nil, &s, open), `{"id":1,"metadata":{},"schema":"x"}`)

	f(appendSubjectVersions(nil, []wire.SubjectVersion{{Subject: wire.Name{Context: ".", Subject: "s"}, Version: 1}, {Subject: wire.Name{Context: ".c1", Subject: "s"}, Version: 2}}, open),
		`[{"subject":"s","version":1},{"subject":":.c1:s","version":2}]`)
	f(appendNames(nil, []wire.Name{{Context: ".c1", Subject: "a\"b"}}, bound), `["a\"b"]`)
	f(appendNames(nil, nil, open), `[]`)
	f(appendInts(nil, []int32{-1, 2}), `[-1,2]`)
	f(appendStrings(nil, []string{"\x00\x1f\t", "\xff"}), `["\u0000\u001f\t","�"]`)

	f(appendMode(nil, ""), `{}`)
	f(appendMode(nil, "READONLY"), `{"mode":"READONLY"}`)
	f(appendCompatibility(nil, wire.Compatibility{}, open), `{"is_compatible":false}`)
	f(appendCompatibility(nil, wire.Compatibility{Compatible: true, Messages: []wire.Text{}}, open), `{"is_compatible":true,"messages":[]}`)
	f(appendCompatibility(nil, wire.Compatibility{Messages: []wire.Text{wire.Textf("in %s", wire.Name{Context: ".c1", Subject: "s"})}}, bound), `{"is_compatible":false,"messages":["in s"]}`)

	f(appendConfig(nil, &wire.Config{}), `{}`)
	c := wire.Config{
		Alias: "a", AliasForDeks: "d", Normalize: &yes, ValidateFields: &no, ValidateNewSchemas: &yes, ValidateRules: &no, Compatibility: "FULL",
		CompatibilityPolicy: "LENIENT", CompatibilityGroup: "g", DefaultMetadata: &wire.Metadata{}, OverrideMetadata: &wire.Metadata{Sensitive: []string{"x"}},
		DefaultRuleSet: &wire.RuleSet{}, OverrideRuleSet: &wire.RuleSet{
			MigrationRules: []wire.Rule{{
				Name: "n", Doc: "d", Kind: "TRANSFORM", Mode: "UPDOWN", Type: "T", Tags: []string{"x"}, Params: map[string]string{"b": "1", "a": "2"},
				Expr: "e", OnSuccess: "s", OnFailure: "f", Disabled: true,
			}},
			EncodingRules: []wire.Rule{{}},
		},
	}
	const head = `{"alias":"a","aliasForDeks":"d","normalize":true,"validateFields":false,"validateNewSchemas":true,"validateRules":false,`
	const tail = `,"compatibilityPolicy":"LENIENT","compatibilityGroup":"g","defaultMetadata":{},"overrideMetadata":{"sensitive":["x"]},"defaultRuleSet":{},"overrideRuleSet":{"migrationRules":[{"name":"n","doc":"d","kind":"TRANSFORM","mode":"UPDOWN","type":"T","tags":["x"],"params":{"a":"2","b":"1"},"expr":"e","onSuccess":"s","onFailure":"f","disabled":true}],"encodingRules":[{"disabled":false}]}}`
	f(appendConfig(nil, &c), head+`"compatibilityLevel":"FULL"`+tail)
	f(appendUpdatedConfig(nil, &c, configUpdate{}), head+`"compatibility":"FULL"`+tail)
	var u configUpdate
	u.emptied.alias, u.emptied.group = true, true
	f(appendUpdatedConfig(nil, &wire.Config{}, u), `{"alias":"","compatibilityGroup":""}`)
}

func TestErrorBodies(t *testing.T) {
	t.Parallel()
	f := func(err error, status int, want string) {
		t.Helper()
		e := asWire(err)
		if got := string(errorBody(e, resolver.Bound(".c1"))); e.Status() != status || got != want {
			t.Errorf("got %d %s, want %d %s", e.Status(), got, status, want)
		}
	}
	n := wire.Name{Context: ".c1", Subject: "s"}
	f(wire.NotFound(), 404, `{"error_code":404,"message":"HTTP 404 Not Found"}`)
	f(wire.SubjectNotFound(n), 404, `{"error_code":40401,"message":"Subject 's' not found."}`)
	f(wire.InvalidVersion("0"), 422, `{"error_code":42202,"message":"The specified version '0' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""}`)
	f(wire.ReadOnly(n, ".c1"), 422, `{"error_code":42205,"message":"Subject s in context  is in read-only mode"}`)
	f(&resolver.NameError{Reason: resolver.ErrColonInContext, Name: "foo:bar"}, 400, `{"error_code":400,"message":"Context name 'foo:bar' cannot contain a colon"}`)
	f(&resolver.NameError{Reason: resolver.ErrBadEscape, Name: "%"}, 400, `{"error_code":400,"message":"'%': the path is malformed"}`)
	f(&resolver.NameError{Reason: resolver.ErrLeavesContext, Name: ":.b:s"}, 403, `{"error_code":40301,"message":"':.b:s': outside of the context that this caller is bound to"}`)
	f(&resolver.NameError{Reason: resolver.ErrMisdirected, Name: "x"}, 421, `{"error_code":421,"message":"Host 'x' is not served here"}`)
}
