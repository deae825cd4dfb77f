package jsonschema_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// check is what a newer text's comparison with an older one finds, backward: a type and a path a line.
func check(older, newer schema.Schema, lenient bool) string {
	found := regexp.MustCompile(`^\{errorType:"(\w+)", description:".*?(?:path '([^']*)'.*)?'\}$`)
	var out []string
	for _, m := range (jsonschema.Language{}).Check(newer, older, schema.CheckOptions{ReaderIsNew: true, Lenient: lenient}) {
		parts := found.FindStringSubmatch(m)
		if parts == nil {
			parts = []string{"", m} // no difference
		}
		out = append(out, strings.TrimSpace(strings.Join(parts[1:], " ")))
	}
	return strings.Join(out, ", ")
}

// comparer is one line of a table: what STRICT finds, in each of some dialects.
func comparer(t *testing.T, drafts string) func(older, newer, want string) {
	t.Helper()
	return func(older, newer, want string) {
		t.Helper()
		for draft := range strings.Lines(drafts) {
			prefix := "{" + strings.TrimSpace(draft) + ","
			o, n := parse(t, prefix+older+"}"), parse(t, prefix+newer+"}")
			if got := check(o, n, false); got != want {
				t.Errorf("%s: %s -> %s: %s, want %s", strings.TrimSpace(draft), older, newer, got, want)
			}
			if got := check(n, n, false); got != "" {
				t.Errorf("%s with itself: %s", newer, got)
			}
		}
	}
}

func TestCompareKinds(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	f(`"type":"string"`, `"type":"integer"`, "TYPE_CHANGED #/")
	f(`"type":"string"`, `"description":"anything"`, "")
	f(`"description":"anything"`, `"type":"string"`, "TYPE_CHANGED #/")
	f(`"type":"integer"`, `"type":"number"`, "")
	f(`"type":"number"`, `"type":"integer"`, "TYPE_NARROWED #/")
	f(`"type":"string","connect.type":"bytes"`, `"type":"number","connect.type":"bytes"`, "")
	f(`"type":"string","connect.type":"bytes"`, `"type":"number","connect.type":"int8"`, "TYPE_CHANGED #/")
	f(`"type":"string","title":"a","description":"b","default":"c"`, `"type":"string","title":"d"`, "")
	f(`"type":"null"`, `"type":"boolean"`, "TYPE_CHANGED #/")
	f(`"minLength":1`, `"type":"string","minLength":1`, "")
	f(`"enum":["a"]`, `"enum":["a","b"]`, "")
	f(`"enum":["b","a","a"]`, `"enum":["a"]`, "ENUM_ARRAY_NARROWED #/enum")
	f(`"enum":["a"]`, `"enum":["b"]`, "ENUM_ARRAY_CHANGED #/enum")
	f(`"enum":[1]`, `"enum":[1.0]`, "ENUM_ARRAY_CHANGED #/enum")
	f(`"enum":[{"a":1,"b":2}]`, `"enum":[{"b":2,"a":1}]`, "")
	f(`"not":{"type":"string"}`, `"not":{"type":"string","minLength":1}`, "")
	f(`"not":{"minLength":1}`, `"not":{"minLength":2}`, "")
	f(`"not":{"minLength":2}`, `"not":{"minLength":1}`, "NOT_TYPE_EXTENDED #/not")

	f = comparer(t, draft6+"\n"+draft7+"\n"+allModern)
	f(`"const":"x"`, `"const":"x"`, "")
	f(`"const":"x"`, `"const":"y"`, "ENUM_ARRAY_CHANGED #/const")
	f(`"const":null`, `"const":null`, "")
	f(`"const":null`, `"const":1`, "ENUM_ARRAY_CHANGED #/const")
	f(`"const":"x"`, `"enum":["x"]`, "TYPE_CHANGED #/")
	f(`"properties":{"a":false}`, `"properties":{"a":{"type":"string"}}`, "")
	f(`"properties":{"a":{"type":"string"}}`, `"properties":{"a":false}`, "TYPE_CHANGED #/properties/a")
	f(`"properties":{"a":{"type":"string"}}`, `"properties":{"a":true}`, "")

	f = comparer(t, draft7+"\n"+allModern)
	f(`"if":{"minLength":1},"then":{"minLength":1}`, `"if":{"minLength":2},"else":false`, "")
}

func TestCompareStringsAndNumbers(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	f(`"type":"string"`, `"type":"string","maxLength":1,"minLength":1,"pattern":"a","format":"date"`,
		"MAX_LENGTH_ADDED #/maxLength, MIN_LENGTH_ADDED #/minLength, PATTERN_ADDED #/pattern")
	f(`"type":"string","maxLength":1,"minLength":1,"pattern":"a"`, `"type":"string"`, "")
	f(`"maxLength":2,"minLength":2,"pattern":"a"`, `"maxLength":1,"minLength":3,"pattern":"b"`,
		"MAX_LENGTH_DECREASED #/maxLength, MIN_LENGTH_INCREASED #/minLength, PATTERN_CHANGED #/pattern")
	f(`"maxLength":2,"minLength":2,"pattern":"a"`, `"maxLength":3,"minLength":1,"pattern":"a"`, "")
	f(`"type":"number"`, `"type":"number","maximum":1,"minimum":1,"multipleOf":1`,
		"MAXIMUM_ADDED #/maximum, MINIMUM_ADDED #/minimum, MULTIPLE_OF_ADDED #/multipleOf")
	f(`"maximum":2,"minimum":2`, `"maximum":1.5,"minimum":2.5`, "MAXIMUM_DECREASED #/maximum, MINIMUM_INCREASED #/minimum")
	f(`"maximum":2,"minimum":2`, `"maximum":2.0,"minimum":2.0`, "")
	f(`"maximum":2,"minimum":2`, `"maximum":1e400,"minimum":-1e400`, "")
	f(`"multipleOf":2`, `"multipleOf":4`, "MULTIPLE_OF_EXPANDED #/multipleOf")
	f(`"multipleOf":4`, `"multipleOf":2`, "")
	f(`"multipleOf":4`, `"multipleOf":3`, "MULTIPLE_OF_CHANGED #/multipleOf")
	f(`"multipleOf":0.5`, `"multipleOf":0.50`, "")
	f(`"multipleOf":0.1`, `"multipleOf":0.3`, "MULTIPLE_OF_EXPANDED #/multipleOf")
	f(`"multipleOf":1e2000000000`, `"multipleOf":1`, "")
	f(`"multipleOf":1`, `"multipleOf":1e2000000000`, "MULTIPLE_OF_EXPANDED #/multipleOf")
	f(`"multipleOf":7`, `"multipleOf":1e-2000000000`, "")

	f = comparer(t, draft6+"\n"+draft7+"\n"+allModern)
	f(`"type":"number"`, `"type":"number","exclusiveMaximum":1,"exclusiveMinimum":1`,
		"EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum, EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum")
	f(`"exclusiveMaximum":10`, `"exclusiveMaximum":5`, "EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum")
	f(`"exclusiveMaximum":10,"maximum":20`, `"exclusiveMaximum":5,"maximum":20`, "EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum")
	f(`"exclusiveMaximum":5,"exclusiveMinimum":5`, `"exclusiveMaximum":6,"exclusiveMinimum":6`, "EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum")

	f = comparer(t, draft4)
	f(`"minimum":1`, `"minimum":1,"exclusiveMinimum":true`, "")
}

func TestCompareObjects(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	const closed = `,"additionalProperties":false`
	f(`"properties":{}`, `"properties":{"a":{"type":"string"}}`, "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{}`, `"properties":{"a":{}}`, "")
	f(`"properties":{}`, `"properties":{"a":{"type":"string"}},"required":["a"]`, "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{}`, `"properties":{"a":{"type":"string","default":"x"}},"required":["a"]`,
		"REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{}`+closed, `"properties":{"a":{"type":"string"}}`+closed, "")
	f(`"properties":{}`+closed, `"properties":{"a":{"type":"string","default":"x"}},"required":["a"]`+closed, "")
	f(`"properties":{}`+closed, `"properties":{"a":{"type":"string"}},"required":["a"]`+closed,
		"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{"a":{"type":"string"}}`, `"properties":{}`, "")
	f(`"properties":{"a":{"type":"string"}}`+closed, `"properties":{}`+closed, "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a")
	f(`"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}`, `"additionalProperties":{"type":"string"}`, "")
	f(`"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"null"}`, `"additionalProperties":{"type":"null"}`,
		"TYPE_CHANGED #/properties/a, PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a")
	f(`"additionalProperties":{"type":"string"}`, `"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}`, "")
	f(`"additionalProperties":{"type":"null"}`, `"properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":{"type":"null"}`,
		"TYPE_CHANGED #/properties/a, PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a, "+
			"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{"xa":{"type":"string"}},"patternProperties":{"^x":{"type":"string"}}`, `"patternProperties":{"^x":{"type":"string"}}`, "")
	f(`"properties":{"ax":{"type":"string"}},"patternProperties":{"^x":{"type":"string"}}`, `"patternProperties":{"^x":{"type":"string"}}`,
		"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/ax")
	f(`"properties":{"a":{"type":"string"}},"patternProperties":{"\\p{javaLowerCase}":{}},"additionalProperties":{"type":"string"}`,
		`"patternProperties":{"\\p{javaLowerCase}":{}},"additionalProperties":{"type":"string"}`,
		"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a")
	f(`"properties":{"a":{}}`, `"properties":{"a":{}},"required":["a","b"]`, "REQUIRED_ATTRIBUTE_ADDED #/required/a")
	f(`"properties":{"a":{}}`, `"properties":{"a":{"default":1}},"required":["a"]`, "")
	f(`"properties":{"a":{}},"required":["a"]`, `"properties":{"a":{}}`, "")
	f(`"type":"object"`, `"type":"object"`+closed, "ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties")
	f(`"type":"object"`, `"type":"object","additionalProperties":{"type":"null"}`, "ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties")
	f(`"type":"object"`+closed, `"type":"object","additionalProperties":{"type":"null"}`, "")
	f(`"additionalProperties":{"type":"null"}`, `"type":"object"`, "")
	f(`"additionalProperties":{"type":"null"}`, `"additionalProperties":{"type":"string"}`, "TYPE_CHANGED #/additionalProperties")
	f(`"type":"object"`, `"minProperties":1,"maxProperties":1`, "MAX_PROPERTIES_ADDED #/maxProperties, MIN_PROPERTIES_ADDED #/minProperties")
	f(`"minProperties":1,"maxProperties":2`, `"minProperties":2,"maxProperties":1`,
		"MAX_PROPERTIES_DECREASED #/maxProperties, MIN_PROPERTIES_INCREASED #/minProperties")
	f(`"type":"object"`, `"unevaluatedProperties":false,"type":"object"`, "")
	f(`"properties":{"a/b":{"type":"string"},"100%":{"type":"string"}}`, `"properties":{"a/b":{"type":"null"},"100%":{"type":"null"}}`,
		"TYPE_CHANGED #/properties/100%, TYPE_CHANGED #/properties/a/b")

	f = comparer(t, allClassic)
	f(`"properties":{"a":{}}`, `"properties":{"a":{"default":null}},"required":["a"]`, "")
	f(`"dependencies":{"a":["x"],"b":["x","y"],"c":["x"],"d":["x"]}`, `"dependencies":{"a":["x","y"],"b":["x"],"c":["z"],"e":["x"]}`,
		"DEPENDENCY_ARRAY_EXTENDED #/dependencies/a, DEPENDENCY_ARRAY_CHANGED #/dependencies/c, DEPENDENCY_ARRAY_ADDED #/dependencies/e")
	f(`"dependencies":{"a":["x"],"b":{"type":"null"},"c":{}}`, `"dependencies":{"a":{},"b":{"type":"string"}}`,
		"DEPENDENCY_SCHEMA_ADDED #/dependencies/a, TYPE_CHANGED #/dependencies/b")

	f = comparer(t, allModern)
	f(`"properties":{"a":{}}`, `"properties":{"a":{"default":null}},"required":["a"]`, "REQUIRED_ATTRIBUTE_ADDED #/required/a")
	f(`"type":"object"`, `"dependentRequired":{"a":["x"]},"dependentSchemas":{"b":{}}`,
		"DEPENDENCY_ARRAY_ADDED #/dependencies/a, DEPENDENCY_SCHEMA_ADDED #/dependencies/b")
}

func TestCompareArrays(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	f(`"type":"array"`, `"items":{"type":"string"}`, "SCHEMA_ADDED")
	f(`"items":{"type":"string"}`, `"type":"array"`, "")
	f(`"items":{"type":"string"}`, `"items":{"type":"null"}`, "TYPE_CHANGED #/items")
	f(`"type":"array"`, `"type":"array","maxItems":1,"minItems":1,"uniqueItems":true`,
		"MAX_ITEMS_ADDED #/maxItems, MIN_ITEMS_ADDED #/minItems, UNIQUE_ITEMS_ADDED #/uniqueItems")
	f(`"maxItems":2,"minItems":2`, `"maxItems":1,"minItems":3`, "MAX_ITEMS_DECREASED #/maxItems, MIN_ITEMS_INCREASED #/minItems")
	f(`"type":"array","uniqueItems":true`, `"type":"array","uniqueItems":false`, "")

	f = comparer(t, allClassic+"\n"+draft2019)
	const s, n = `{"type":"string"}`, `{"type":"null"}`
	f(`"items":[`+s+`]`, `"items":[`+n+`]`, "TYPE_CHANGED #/items/0")
	f(`"items":[`+s+`,`+s+`]`, `"items":[`+s+`]`, "")
	f(`"items":[`+s+`,`+s+`],"additionalItems":false`, `"items":[`+s+`],"additionalItems":false`, "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1")
	f(`"items":[`+s+`,`+s+`],"additionalItems":`+n, `"items":[`+s+`],"additionalItems":`+n,
		"TYPE_CHANGED #/items/1, ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1")
	f(`"items":[`+s+`]`, `"items":[`+s+`,{}]`, "")
	f(`"items":[`+s+`]`, `"items":[`+s+`,`+s+`]`, "ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1")
	f(`"items":[`+s+`],"additionalItems":false`, `"items":[`+s+`,`+s+`],"additionalItems":false`, "")
	f(`"items":[`+s+`],"additionalItems":`+s, `"items":[`+s+`,`+s+`],"additionalItems":`+s, "")
	f(`"items":[`+s+`],"additionalItems":`+n, `"items":[`+s+`,`+s+`],"additionalItems":`+n,
		"TYPE_CHANGED #/items/1, ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1")
	f(`"items":[`+s+`]`, `"items":[`+s+`],"additionalItems":false`, "ADDITIONAL_ITEMS_REMOVED #/additionalItems")
	f(`"items":[`+s+`]`, `"items":[`+s+`],"additionalItems":`+s, "ADDITIONAL_ITEMS_NARROWED #/additionalItems")
	f(`"items":`+s, `"items":[`+s+`]`, "ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0")

	f = comparer(t, draft2020)
	f(`"prefixItems":[`+s+`]`, `"prefixItems":[`+n+`],"items":false`, "TYPE_CHANGED #/items/0, ADDITIONAL_ITEMS_REMOVED #/additionalItems")
	f(`"prefixItems":[`+s+`]`, `"prefixItems":[`+s+`],"items":`+s, "ADDITIONAL_ITEMS_NARROWED #/additionalItems")
	f(`"type":"array"`, `"items":true`, "")
	f(`"type":"array"`, `"contains":{},"maxContains":2`, "MAX_CONTAINS_ADDED #/maxContains, MIN_CONTAINS_ADDED #/minContains")
	f(`"contains":{},"minContains":1`, `"contains":{"type":"null"},"minContains":2`, "MIN_CONTAINS_INCREASED #/minContains")

	f = comparer(t, draft7)
	f(`"type":"array"`, `"type":"array","maxContains":2`, "MAX_CONTAINS_ADDED #/maxContains")
}

func TestCompareCombined(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	const s, n, i, b = `{"type":"string"}`, `{"type":"null"}`, `{"type":"integer"}`, `{"type":"boolean"}`
	f(`"type":"string"`, `"type":["string","null"]`, "")
	f(`"type":["string","null"]`, `"type":"string"`, "TYPE_CHANGED #/")
	f(`"type":["string"]`, `"type":"string"`, "")
	f(`"type":"string"`, `"anyOf":[`+n+`]`, "TYPE_CHANGED #/")
	f(`"type":"string"`, `"oneOf":[`+n+`,`+s+`]`, "")
	f(`"type":"string"`, `"allOf":[`+n+`,`+s+`]`, "TYPE_CHANGED #/")
	f(`"type":"string"`, `"allOf":[`+s+`]`, "")
	f(`"allOf":[`+n+`,`+s+`]`, `"type":"string"`, "")
	f(`"oneOf":[`+n+`,`+s+`]`, `"type":"string"`, "TYPE_CHANGED #/")
	f(`"oneOf":[`+n+`,`+s+`]`, `"anyOf":[`+n+`,`+s+`]`, "")
	f(`"anyOf":[`+n+`,`+s+`]`, `"oneOf":[`+n+`,`+s+`]`, "COMBINED_TYPE_CHANGED #/")
	f(`"anyOf":[`+s+`]`, `"oneOf":[`+s+`,`+n+`]`, "")
	f(`"allOf":[`+s+`,`+n+`]`, `"oneOf":[`+s+`]`, "")
	f(`"oneOf":[`+n+`,`+s+`]`, `"oneOf":[`+s+`,`+n+`,`+i+`]`, "")
	f(`"oneOf":[`+n+`,`+s+`]`, `"oneOf":[`+s+`]`, "SUM_TYPE_NARROWED #/")
	f(`"oneOf":[`+n+`,`+s+`,`+s+`]`, `"oneOf":[`+s+`,`+n+`]`, "")
	f(`"allOf":[`+n+`,`+s+`]`, `"allOf":[`+s+`]`, "")
	f(`"allOf":[`+s+`]`, `"allOf":[`+s+`,`+n+`]`, "PRODUCT_TYPE_EXTENDED #/")
	f(`"oneOf":[`+n+`,`+s+`]`, `"oneOf":[`+n+`,`+i+`]`, "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")
	f(`"oneOf":[`+n+`,`+s+`]`, `"oneOf":[`+b+`,`+i+`,`+n+`]`, "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")
	// Each older member must find a partner of its own: number alone can read both integers here.
	f(`"anyOf":[{"type":"integer","minimum":1},{"type":"integer","minimum":2}]`, `"anyOf":[{"type":"number"},{"type":"integer","minimum":2}]`, "")
	f(`"anyOf":[{"type":"integer","minimum":1},{"type":"integer","minimum":0}]`, `"anyOf":[{"type":"number"},{"type":"integer","minimum":2}]`,
		"COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")
	f(`"properties":{"a":{"oneOf":[`+n+`,{"properties":{"x":`+s+`}}]}}`, `"properties":{"a":{"oneOf":[`+n+`,{"properties":{"x":`+n+`}}]}}`,
		"COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/a")

	// The keywords of a type array belong to its members.
	f(`"type":["string","null"],"minLength":2`, `"type":["string","null"],"minLength":1`, "")
	f(`"type":["string","null"],"minLength":1`, `"type":["null","string"],"minLength":2`, "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")
	f(`"type":"string","minLength":2`, `"type":["null","string"],"minLength":1`, "")
	f(`"type":["object","null"],"properties":{"a":`+s+`}`, `"type":["object","null"],"properties":{"a":`+n+`}`, "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")
	f(`"type":["string","null"],"minimum":1`, `"type":["string","null"],"minimum":0`, "")
	f(`"type":["string","null"],"minimum":1,"minLength":1`, `"type":["string","null"]`, "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/")

	// The modern dialects take members apart that have several kinds.
	two := `"oneOf":[{"type":"string","enum":["d"]}]`
	comparer(t, allModern)(two, `"oneOf":[{"type":"string"}]`, "SUM_TYPE_NARROWED #/")
	comparer(t, allClassic)(two, `"oneOf":[{"type":"string"}]`, "")
}

func TestCompareReferences(t *testing.T) {
	t.Parallel()
	f := comparer(t, allDrafts)
	f(`"properties":{"a":{"$ref":"#/definitions/A"},"b":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"string"}}`,
		`"properties":{"a":{"$ref":"#/definitions/A"},"b":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"null"}}`,
		"TYPE_CHANGED #/properties/a, TYPE_CHANGED #/properties/b")
	f(`"properties":{"a":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"string"}}`, `"properties":{"a":{"type":"string"}}`, "")
	f(`"properties":{"v":{"type":"string"},"n":{"$ref":"#"}}`, `"properties":{"v":{"type":"null"},"n":{"$ref":"#"}}`,
		"TYPE_CHANGED #/properties/v, TYPE_CHANGED #/properties/n/properties/v")
	f(`"properties":{"n":{"$ref":"#"}}`, `"properties":{"n":{"$ref":"#"},"m":{}}`, "")
	f(`"items":{"anyOf":[{"$ref":"#"},{"type":"null"}]}`, `"items":{"anyOf":[{"$ref":"#"},{"type":"null"}]},"maxItems":1`,
		"COMBINED_TYPE_SUBSCHEMAS_CHANGED #/items, MAX_ITEMS_ADDED #/maxItems")
	meta := `"properties":{"a":{"$ref":"http://json-schema.org/draft-07/schema#"}}`
	f(meta, meta, "")
	f(meta, `"properties":{"a":{"$ref":"http://json-schema.org/draft-04/schema#"}}`, "TYPE_CHANGED #/properties/a")
	f(meta, `"properties":{"a":{"type":"object"}}`, "TYPE_CHANGED #/properties/a")

	modern := comparer(t, allModern)
	for _, by := range []string{"anchor", "dynamicAnchor"} {
		named := func(kind string) string {
			return `"properties":{"a":{"$ref":"#x"},"b":{"$dynamicRef":"#x"}},"$defs":{"A":{"$` + by + `":"x","type":"` + kind + `"}}`
		}
		modern(named("string"), named("null"), "TYPE_CHANGED #/properties/a, TYPE_CHANGED #/properties/b")
	}
	identified := func(kind string) string {
		return `"properties":{"a":{"$ref":"y.json#z"}},"$defs":{"A":{"$id":"y.json","$defs":{"B":{"$anchor":"z","type":"` + kind + `"}}}}`
	}
	modern(identified("string"), identified("null"), "TYPE_CHANGED #/properties/a")

	older := parse(t, `{"properties":{"a":{"$ref":"o.json"}}}`, schema.Reference{Name: "o.json", Text: `{"type":"string"}`})
	newer := parse(t, `{"properties":{"a":{"$ref":"o.json"}}}`, schema.Reference{Name: "o.json", Text: `{"type":"null"}`})
	if got, want := check(older, newer, false), "TYPE_CHANGED #/properties/a"; got != want {
		t.Errorf("with other references: %s, want %s", got, want)
	}
	if got := check(older, older, false); got != "" {
		t.Errorf("with the same references: %s", got)
	}
}

// TestHashOrder has names whose order in the text is not that of their hashes.
func TestHashOrder(t *testing.T) {
	t.Parallel()
	var properties, nulls []string
	for _, name := range []string{"p q", "name", "x-y", "é", "id", "a", "\U0001F600"} {
		properties = append(properties, `"`+name+`":{"type":"string"}`)
		nulls = append(nulls, `"`+name+`":{"type":"null"}`)
	}
	got := check(parse(t, `{"properties":{`+strings.Join(properties, ",")+`}}`), parse(t, `{"properties":{`+strings.Join(nulls, ",")+`}}`), false)
	var order []string
	for entry := range strings.SplitSeq(got, ", ") {
		_, name, _ := strings.Cut(entry, "#/properties/")
		order = append(order, name)
	}
	if want := []string{"p q", "a", "x-y", "name", "\U0001F600", "é", "id"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	f := func(older, newer, strict, lenient string) {
		t.Helper()
		o, n := parse(t, older), parse(t, newer)
		if got := check(o, n, false); got != strict {
			t.Errorf("%s -> %s STRICT: %s, want %s", older, newer, got, strict)
		}
		if got := check(o, n, true); got != lenient {
			t.Errorf("%s -> %s LENIENT: %s, want %s", older, newer, got, lenient)
		}
	}
	f(`{"type":"object"}`, `{"properties":{"a":{"type":"string"}}}`, "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a", "")
	f(`{"type":"object"}`, `{"type":"object","additionalProperties":false}`, "ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties", "")
	f(`{"properties":{"a":{}},"additionalProperties":false}`, `{"additionalProperties":false}`,
		"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a", "")
	f(`{"type":"array"}`, `{"type":"array","additionalItems":false}`, "ADDITIONAL_ITEMS_REMOVED #/additionalItems", "ADDITIONAL_ITEMS_REMOVED #/additionalItems")
	// A policy also decides which members of a combined schema fit.
	f(`{"oneOf":[{"type":"object"},{"type":"null"}]}`, `{"oneOf":[{"type":"object","additionalProperties":false},{"type":"null"}]}`,
		"COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", "")
}

// TestMessages has the texts of spec/rest-api.md 3.4, in both directions.
func TestMessages(t *testing.T) {
	t.Parallel()
	f := func(older, newer string, readerIsNew bool, want string) {
		t.Helper()
		got := jsonschema.Language{}.Check(parse(t, newer), parse(t, older), schema.CheckOptions{ReaderIsNew: readerIsNew})
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%s -> %s: %q, want %q", older, newer, got, want)
		}
	}
	f(`{"type":"object"}`, `{"properties":{"b":{"type":"string"}}}`, true,
		`{errorType:"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", description:"The new schema has an open content model and has a property or item at path '#/properties/b' which is missing in the old schema'}`)
	f(`{"minLength":1}`, `{"minLength":2}`, false,
		`{errorType:"MIN_LENGTH_INCREASED", description:"The value at path '#/minLength' in the old schema is more than its value in the new schema'}`)
	f(`{"type":"array"}`, `{"items":{}}`, true, `{errorType:"SCHEMA_ADDED", description:"'}`)
	f(`{"properties":{"100%s":{"type":"null"}}}`, `{"properties":{"100%s":{"type":"string"}}}`, true,
		`{errorType:"TYPE_CHANGED", description:"A type at path '#/properties/100%s' is different between the new schema and the old schema'}`)
	f(`{"properties":{"a":{}},"additionalProperties":false}`, `{"additionalProperties":false}`, true,
		`{errorType:"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", description:"The new has a closed content model and is missing a property or item present at path '#/properties/a' in the old schema'}`)
}

// TestUnbuildable compares with texts that were stored without validation.
func TestUnbuildable(t *testing.T) {
	t.Parallel()
	bad, err := jsonschema.Language{}.Parse(`{"type":"nonsense"}`, schema.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	good := parse(t, `{}`)
	for _, pair := range [][2]schema.Schema{{bad, good}, {good, bad}} {
		if got := (jsonschema.Language{}).Check(pair[0], pair[1], schema.CheckOptions{}); !slices.Equal(got, []string{"Invalid JSON"}) {
			t.Errorf("%s with %s: %q", pair[0].Canonical(), pair[1].Canonical(), got)
		}
	}
}

// TestParallelChecks shares two texts among callers, the first of which builds their schemas.
func TestParallelChecks(t *testing.T) {
	t.Parallel()
	read := func(text string) schema.Schema {
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	older, newer := read(properties(50, 0)), read(`{"anyOf":[{"$ref":"#/definitions/a"},{"type":"null"}],"definitions":{"a":`+properties(50, 1)+`}}`)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if newer.Validate(true) == nil {
				t.Error("a $ref to nothing is accepted")
			}
			if got := check(older, older, false); got != "" {
				t.Errorf("with itself: %s", got)
			}
			if _, err := older.Normalized(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
