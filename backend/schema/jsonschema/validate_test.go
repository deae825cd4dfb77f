package jsonschema_test

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// The dialects as texts to put in front of a schema's other keywords.
const (
	draft4     = `"$schema":"http://json-schema.org/draft-04/schema#"`
	draft6     = `"$schema":"http://json-schema.org/draft-06/schema#"`
	draft7     = `"$schema":"http://json-schema.org/draft-07/schema#"`
	draft2019  = `"$schema":"https://json-schema.org/draft/2019-09/schema"`
	draft2020  = `"$schema":"https://json-schema.org/draft/2020-12/schema"`
	allClassic = draft4 + "\n" + draft6 + "\n" + draft7
	allModern  = draft2019 + "\n" + draft2020
	allDrafts  = allClassic + "\n" + allModern
)

// validate tells whether a text is refused when it is validated.
func validate(t *testing.T, text string, references ...schema.Reference) error {
	t.Helper()
	s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{References: references})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s.Validate(false)
}

// builder is one line of a table: whether keywords build a schema, in each of some dialects.
func builder(t *testing.T) func(drafts, keywords string, want bool) {
	t.Helper()
	return func(drafts, keywords string, want bool) {
		t.Helper()
		for draft := range strings.Lines(drafts) {
			text := "{" + strings.TrimSpace(draft) + "," + keywords + "}"
			switch err := validate(t, text); {
			case (err == nil) != want:
				t.Errorf("%s: %v, want accepted: %v", text, err, want)
			case err != nil && err.Error() != "Invalid JSON":
				t.Errorf("%s: message %q", text, err)
			}
		}
	}
}

// TestKeywords has the rules of spec/schema-languages.md 2.1.2 that all dialects share.
func TestKeywords(t *testing.T) {
	t.Parallel()
	f := builder(t)
	f(allDrafts, `"type":"integer"`, true)
	f(allDrafts, `"type":"int"`, false)
	f(allDrafts, `"type":1`, false)
	f(allDrafts, `"type":[]`, true)
	f(allDrafts, `"type":["null","null"]`, true)
	f(allDrafts, `"type":["null","x"]`, false)
	f(allDrafts, `"type":{}`, false)
	f(allDrafts, `"properties":{"a":{},"b":true}`, true)
	f(allDrafts, `"properties":{"a":1}`, false)
	f(allDrafts, `"properties":[]`, false)
	f(allClassic, `"properties":{"a":"x"}`, false)
	f(draft4, `"properties":{"id":"x"}`, true)
	f(draft7, `"properties":{"$id":"x"}`, true)
	f(draft7, `"properties":{"id":"x"}`, false)
	f(draft2020, `"properties":{"$id":"x"}`, false)
	f(allDrafts, `"patternProperties":{"^a":{}}`, true)
	f(allDrafts, `"patternProperties":{"(":{}}`, false)
	f(allDrafts, `"pattern":"(?!a)++"`, true)
	f(allDrafts, `"pattern":"["`, false)
	f(allDrafts, `"pattern":1`, false)
	f(allDrafts, `"required":["a"]`, true)
	f(allDrafts, `"required":[1]`, false)
	f(allDrafts, `"required":true`, false)
	f(allDrafts, `"enum":[]`, true)
	f(allDrafts, `"enum":1`, false)
	f(allDrafts, `"allOf":[{}]`, true)
	f(allDrafts, `"anyOf":{}`, false)
	f(allDrafts, `"oneOf":[1]`, false)
	f(allDrafts, `"not":1`, false)
	f(allDrafts, `"minimum":1.5`, true)
	f(allDrafts, `"maximum":"1"`, false)
	f(allDrafts, `"uniqueItems":true`, true)
	f(allDrafts, `"uniqueItems":1`, false)
	f(allDrafts, `"title":1`, false)
	f(allDrafts, `"description":[]`, false)
	f(allDrafts, `"$ref":1`, false)
	f(allDrafts, numbered("", `"k#":1`, "", 100)+`,"minimum":1,"type":"number"`, true)
	f(allDrafts, numbered("", `"k#":1`, "", 100)+`,"minimum":"x"`, false)
	f(allDrafts, `"whatever":1,"format":"nonsense","$comment":1,"examples":1`, true)
}

// TestKeywordsOfDialects has the rules of spec/schema-languages.md 2.1.2 in which dialects differ.
func TestKeywordsOfDialects(t *testing.T) {
	t.Parallel()
	f := builder(t)
	f(draft4, `"exclusiveMinimum":true`, true)
	f(draft4, `"exclusiveMinimum":1`, false)
	f(draft6+"\n"+draft7+"\n"+allModern, `"exclusiveMaximum":1`, true)
	f(draft6+"\n"+draft7+"\n"+allModern, `"exclusiveMaximum":true`, false)
	f(allClassic, `"multipleOf":0`, false)
	f(allClassic, `"multipleOf":0.0`, false)
	f(allModern, `"multipleOf":0`, true)
	f(allClassic, `"minLength":1.0`, false)
	f(allClassic, `"maxItems":1.5`, false)
	f(allClassic, `"minProperties":-1`, true)
	f(allModern, `"minLength":1.5`, true)
	f(allModern, `"minLength":"1"`, false)
	f(draft4, `"id":1`, false)
	f(draft7, `"id":1`, true)
	f(draft7, `"$id":1`, false)
	f(draft4, `"if":1,"const":1,"contains":1,"propertyNames":1`, true)
	f(draft6, `"if":1`, true)
	f(draft6, `"contains":1`, false)
	f(draft7+"\n"+allModern, `"if":1`, false)
	f(draft7+"\n"+allModern, `"propertyNames":1`, false)
	f(draft4, `"items":true`, false)
	f(draft6, `"items":true`, true)
	f(draft4, `"dependencies":{"a":true}`, false)
	f(draft6, `"dependencies":{"a":true,"b":["c"]}`, true)
	f(allClassic, `"dependencies":{"a":[1]}`, false)
	f(allModern, `"dependencies":1`, true)
	f(allModern, `"dependentRequired":{"a":["b"]},"dependentSchemas":{"a":{}}`, true)
	f(allModern, `"dependentRequired":{"a":{}}`, false)
	f(allModern, `"dependentSchemas":{"a":[]}`, false)
	f(allClassic, `"items":[{},{}]`, true)
	f(draft2019, `"items":[{},{}],"additionalItems":false`, true)
	f(draft2020, `"items":[{},{}]`, false)
	f(draft2020, `"prefixItems":[{}],"items":false,"contains":{},"minContains":2`, true)
}

func TestDialects(t *testing.T) {
	t.Parallel()
	const modernOnly, classicOnly = `"minLength":1.5`, `"multipleOf":0`
	f := func(uri string, modern bool) {
		t.Helper()
		if err := validate(t, `{"$schema":"`+uri+`",`+modernOnly+`}`); (err == nil) != modern {
			t.Errorf("%s: modern is %v, want %v", uri, err == nil, modern)
		}
		if err := validate(t, `{"$schema":"`+uri+`",`+classicOnly+`}`); (err == nil) != modern {
			t.Errorf("%s: classic is %v, want %v", uri, err != nil, !modern)
		}
	}
	f("http://json-schema.org/draft-07/schema#", false)
	f("https://json-schema.org/draft-04/schema", false)
	f("http://json-schema.org/schema#", false)
	f("http://example.com/whatever", false)
	f("https://json-schema.org/draft/2019-09/schema#", true)
	f("http://json-schema.org/draft/2020-12/schema", true)
	f("http://json-schema.org/draft/2020-12/schema##", false)
	if err := validate(t, `{"$schema":1}`); err == nil {
		t.Error("$schema that is no text is accepted")
	}
}

func TestRoots(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		got := ""
		if err := validate(t, text); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	const prefix = "Invalid JSON schema: expected an object or boolean at the root, found "
	f(`true`, "")
	f(`false`, "")
	f(`{}`, "")
	f(`null`, prefix+"NULL")
	f(`"string"`, prefix+"STRING")
	f(`1`, prefix+"NUMBER")
	f(`[{}]`, prefix+"ARRAY")
}

func TestValidateFields(t *testing.T) {
	t.Parallel()
	f := func(text string, want bool) {
		t.Helper()
		s := parse(t, text)
		if err := s.Validate(true); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	f(`{"properties":{"$$a":{}}}`, false)
	f(`{`+draft2020+`,"type":"object","properties":{"$$a":{}}}`, false)
	f(`{"properties":{"$a":{},"b":{"properties":{"$$a":{}}}}}`, true)
	f(`{"type":"object","properties":{"$$a":{}},"allOf":[]}`, true)
	f(`true`, true)
}

// TestReferences has the rules of spec/schema-languages.md 2.1.3. other is what the references of a case say.
func TestReferences(t *testing.T) {
	t.Parallel()
	f := func(drafts, keywords string, want bool, references ...schema.Reference) {
		t.Helper()
		for draft := range strings.Lines(drafts) {
			text := "{" + strings.TrimSpace(draft) + "," + keywords + "}"
			if err := validate(t, text, references...); (err == nil) != want {
				t.Errorf("%s: %v, want accepted: %v", text, err, want)
			}
		}
	}
	other := func(name, text string) schema.Reference { return schema.Reference{Name: name, Text: text} }

	f(allDrafts, `"$ref":"#"`, true)
	f(allDrafts, `"properties":{"a":{"$ref":"#/definitions/A"}},"definitions":{"A":{"$ref":"#"}}`, true)
	f(allDrafts, `"properties":{"a":{"$ref":"#/$defs/A"}},"definitions":{"A":{}}`, true)
	f(allDrafts, `"properties":{"a":{"$ref":"#/$defs/A"}},"definitions":{"A":{}},"$defs":{"B":{}}`, true)
	f(allDrafts, `"properties":{"a":{"$ref":"#/definitions/A"}},"$defs":{"A":{}}`, false)
	f(allDrafts, `"properties":{"a":{"$ref":"#/$defs/A"}},"definitions":{"A":{}},"$defs":1`, false)
	f(allDrafts, `"properties":{"a":{"$ref":"#/nowhere"}}`, false)
	f(allDrafts, `"$ref":"#/definitions/a~1b~0c%25%20d","definitions":{"a/b~c% d":{}}`, true)
	f(allDrafts, `"$ref":"#/definitions/A/anyOf/1","definitions":{"A":{"anyOf":[{},true]}}`, true)
	f(allDrafts, `"$ref":"#/definitions/A/anyOf/2","definitions":{"A":{"anyOf":[{},true]}}`, false)
	f(allDrafts, `"$ref":"#/definitions/A","definitions":{"A":1}`, false)
	f(allDrafts, `"$ref":"#/definitions/A","definitions":{"A":{"type":"x"}}`, false)
	f(allDrafts, `"definitions":{"A":{"type":"x"}}`, true)
	f(draft7, `"$ref":"#foo","definitions":{"A":{"$id":"#foo"}}`, true)
	f(draft4, `"$ref":"#foo","definitions":{"A":{"id":"#foo"}}`, true)
	f(draft7, `"$ref":"#bar","definitions":{"A":{"$id":"#foo"}}`, false)
	f(draft7, `"$id":"http://e.com/x/r.json","$ref":"y.json","definitions":{"A":{"$id":"y.json"}}`, true)
	f(allModern, `"$ref":"#foo","$defs":{"A":{"$anchor":"foo"}}`, true)
	f(allModern, `"$dynamicRef":"#foo","$defs":{"A":{"$dynamicAnchor":"foo"}}`, true)
	f(allModern, `"$ref":"y.json#/$defs/B","$defs":{"A":{"$id":"y.json","$defs":{"B":true}}}`, true)
	f(allModern, `"$ref":"#foo"`, false)

	f(allDrafts, `"$ref":"other.json"`, true, other("other.json", `{"type":"string"}`))
	f(allDrafts, `"$ref":"other.json#/definitions/A"`, true, other("other.json", `{"definitions":{"A":{}}}`))
	f(allDrafts, `"$ref":"other.json#/$defs/A"`, true, other("other.json", `{"definitions":{"A":{}}}`))
	f(allDrafts, `"$ref":"other.json#/definitions/B"`, false, other("other.json", `{"definitions":{"A":{}}}`))
	f(allDrafts, `"$ref":"other.json"`, false)
	f(allDrafts, `"$ref":"other.json"`, false, other("another.json", `{}`))
	f(allClassic, `"$ref":"./other.json"`, false, other("other.json", `{}`))
	f(allModern, `"$ref":"./other.json"`, true, other("other.json", `{}`))
	f(allDrafts, `"$ref":"http://e.com/o.json"`, true, other("http://e.com/o.json", `{}`))
	f(allDrafts, `"$ref":"http://e.com/o.json"`, false)
	f(allDrafts, `"$id":"http://e.com/r.json","$ref":"http://e.com/o.json"`, true, other("http://e.com/o.json", `{}`))
	f(draft7, `"$id":"http://e.com/r.json","$ref":"o.json"`, true, other("o.json", `{}`))
	f(allDrafts, `"$ref":"Sub/other"`, true, other("Sub/third", `{}`), other("Sub/other", `{"$ref":"third"}`))
	f(allDrafts, `"$ref":"Sub/other"`, false, other("third", `{}`), other("Sub/other", `{"$ref":"third"}`))
	f(allDrafts, `"$ref":"other.json"`, false, other("other.json", `{"$ref":"#/definitions/mine"}`))
	f(allDrafts, `"type":"object"`, false, other("other.json", `true`))
	f(allDrafts, `"type":"object"`, false, other("other.json", `"x"`))
	f(allDrafts, `"type":"object"`, false, other("other.json", `{`))
	f(allDrafts, `"type":"object"`, false, other("a b", `{}`))
	f(allDrafts, `"properties":{"a":{"$ref":"http://json-schema.org/draft-07/schema#"}}`, true)
	f(allDrafts, `"properties":{"a":{"$ref":"http://json-schema.org/draft-99/schema#"}}`, false)
	f(allDrafts, `"properties":{"a":{"$ref":"%zz"}}`, false)
	f(allDrafts, `"properties":{"a":{"$ref":"`+strings.Repeat("x", 3000)+`"}}`, false)
}
