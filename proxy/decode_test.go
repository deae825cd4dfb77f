package proxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/wire"
	"schemaside/conformance/recordings"
)

// codeOf is the error code of an error, 0 for none.
func codeOf(err error) int {
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestDecodeSchema(t *testing.T) {
	t.Parallel()
	f := func(body, want string) {
		t.Helper()
		in, err := decodeSchema([]byte(body), "register.request")
		got := fmt.Sprint(codeOf(err))
		if err == nil {
			text, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	is := func(fields string) string {
		in := wire.SchemaInput{ID: -1, Type: "AVRO"}
		if err := json.Unmarshal([]byte("{"+fields+"}"), &in); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	f(``, "422")
	f(" \t\n", "422")
	f(`null`, "422")
	f(` null `, "422")
	f(`nul`, "400")
	f(`{`, "400")
	f(`{"a":1`, "400")
	f(`{"schema":}`, "400")
	f(`{'schema':1}`, "400")
	f(`{} x`, "400")
	f(`{} {}`, "400")
	f(`[]`, "400")
	f(`1`, "400")
	f(`"x"`, "400")
	f(`true`, "400")
	f(`{}`, is(``))
	f("\xef\xbb\xbf{}", is(``))
	f(`{"schema":"a","schema":"b"}`, is(`"Text":"b"`))
	f(`{"Schema":"a"}`, is(``))
	f(`{"schema":null}`, is(``))
	f(`{"schema":1}`, is(`"Text":"1"`))
	f(`{"schema":1.50}`, is(`"Text":"1.50"`))
	f(`{"schema":true}`, is(`"Text":"true"`))
	f(`{"schema":[]}`, "400")
	f(`{"schema":{"type":"string"}}`, "400")
	f(`{"schema":"\ud800"}`, is(`"Text":"�"`))
	f(`{"schemaType":null}`, is(``))
	f(`{"schemaType":""}`, is(`"Type":""`))
	f(`{"schemaType":1}`, is(`"Type":"1"`))
	f(`{"id":"7"}`, is(`"ID":7`))
	f(`{"id":7.9}`, is(`"ID":7`))
	f(`{"id":-0.5}`, is(`"ID":0`))
	f(`{"id":1e2}`, is(`"ID":100`))
	f(`{"id":null}`, is(``))
	f(`{"id":""}`, is(``))
	f(`{"id":"x"}`, "400")
	f(`{"id":2147483647}`, is(`"ID":2147483647`))
	f(`{"id":2147483648}`, "400")
	f(`{"id":-2147483648}`, is(`"ID":-2147483648`))
	f(`{"id":1e999}`, "400")
	f(`{"id":true}`, "400")
	f(`{"id":[]}`, "400")
	f(`{"version":-1}`, is(`"Version":-1`))
	f(`{"references":null}`, is(``))
	f(`{"references":[]}`, is(``))
	f(`{"references":{}}`, "400")
	f(`{"references":[1]}`, "400")
	f(`{"references":[null]}`, is(`"References":[{}]`))
	f(`{"references":[{"name":"n","subject":"s","version":"1","x":[]}]}`, is(`"References":[{"name":"n","subject":"s","version":1}]`))
	f(`{"references":[{"name":"n"}],"references":[{"name":"m"}]}`, is(`"References":[{"name":"m"}]`))
	f(`{"metadata":null}`, is(``))
	f(`{"metadata":{}}`, is(`"Metadata":{}`))
	f(`{"metadata":[]}`, "400")
	f(`{"metadata":{"properties":null}}`, is(`"Metadata":{}`))
	f(`{"metadata":{"properties":{"a":1,"b":null}}}`, is(`"Metadata":{"properties":{"a":"1"}}`))
	f(`{"metadata":{"properties":{"a":{}}}}`, "400")
	f(`{"metadata":{"properties":[]}}`, "400")
	f(`{"metadata":{"tags":{"p":["b","a",1,"b"]}}}`, is(`"Metadata":{"tags":{"p":["1","a","b"]}}`))
	f(`{"metadata":{"tags":{"p":"b"}}}`, "400")
	f(`{"metadata":{"sensitive":"x"}}`, "400")
	f(`{"metadata":{"sensitive":["x","x"]}}`, is(`"Metadata":{"sensitive":["x"]}`))
	f(`{"ruleSet":{}}`, is(`"RuleSet":{}`))
	f(`{"ruleSet":{"domainRules": null}}`, is(`"RuleSet":{}`))
	f(`{"ruleSet":{"enableAt":"7"}}`, is(`"RuleSet":{"enableAt":7}`))
	f(`{"ruleSet":{"enableAt":null,"unknown":[]}}`, is(`"RuleSet":{}`))
	f(`{"ruleSet":{"enableAt":1700000000000}}`, "400")
	f(`{"ruleSet":{"migrationRules":{}}}`, "400")
	f(`{"ruleSet":{"migrationRules":[7]}}`, "400")
	f(`{"ruleSet":{"encodingRules":[null,{"name":null}]}}`, is(`"RuleSet":{"encodingRules":[{},{}]}`))
	f(`{"ruleSet":{"domainRules":[{"disabled":"true","onFailure":"b","onSuccess":"a","expr":"e","params":{"k":1,"n":null},"tags":["y","x","y"],"type":"T","mode":"READ","kind":"CONDITION","doc":"d","name":"n"}]}}`,
		is(`"RuleSet":{"domainRules":[{"name":"n","doc":"d","kind":"CONDITION","mode":"READ","type":"T","tags":["x","y"],"params":{"k":"1"},"expr":"e","onSuccess":"a","onFailure":"b","disabled":true}]}`))
	f(`{"ruleSet":{"domainRules":[{"kind":"NOPE"}]}}`, "400")
	f(`{"ruleSet":{"domainRules":[{"kind":""}]}}`, "400")
	f(`{"ruleSet":{"domainRules":[{"mode":"read"}]}}`, "400")
	f(`{"ruleSet":{"domainRules":[{"mode":[]}]}}`, "400")
	f(`{"ruleSet":{"domainRules":[{"kind":null,"mode":null}]}}`, is(`"RuleSet":{"domainRules":[{}]}`))
	f(`{"ruleSet":{"domainRules":[{"params":[]}]}}`, "400")
	f(`{"ruleSet":null}`, is(``))
	f(`{"ruleSet":[]}`, "400")
	f(`{"unknown":{"a":[1,{"b":null}]}}`, is(``))
}

func TestDecodeTags(t *testing.T) {
	t.Parallel()
	f := func(body, want string) {
		t.Helper()
		in, err := decodeSchema([]byte(body), "x")
		got := fmt.Sprint(codeOf(err))
		if err == nil {
			got = fmt.Sprint(in.TagsToAdd, in.TagsToRemove, in.PropagateTags)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	f(`{}`, "[] [] false")
	f(`{"schemaTagsToAdd":[],"schemaTagsToRemove":null,"propagateSchemaTags":"true"}`, "[] [] true")
	f(`{"schemaTagsToAdd":[null,{}]}`, "[{ false []} { false []}] [] false")
	f(`{"schemaTagsToRemove":[{"tags":["b","a",1,null],"schemaEntity":{"entityType":"sr_field","entityPath":"p","x":1}}]}`, "[] [{p true [b a 1]}] false")
	f(`{"schemaTagsToAdd":[{"schemaEntity":{"entityPath":"p","entityType":"sr_record"}}]}`, "[{p false []}] [] false")
	f(`{"schemaTagsToAdd":[{"schemaEntity":{"entityType":"field"}}]}`, "400")
	f(`{"schemaTagsToAdd":[{"schemaEntity":[]}]}`, "400")
	f(`{"schemaTagsToAdd":{}}`, "400")
	f(`{"schemaTagsToAdd":[{"tags":"x"}]}`, "400")
	f(`{"propagateSchemaTags":[]}`, "400")
}

func TestDecodeTag(t *testing.T) {
	t.Parallel()
	f := func(body, want string) {
		t.Helper()
		p, err := decodeTag([]byte(body), "x")
		got := fmt.Sprint(codeOf(err))
		if err == nil {
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	const target = `"Target":{"Context":"","Subject":"","Bound":false},"Version":0,`
	f(`{}`, `{`+target+`"NewVersion":0,"Add":null,"Remove":null,"Metadata":null,"RuleSet":null,"RulesToMerge":null,"RulesToRemove":null}`)
	f(`{"newVersion":"2","tagsToAdd":[{"tags":["x"]}],"tagsToRemove":[{"schemaEntity":{"entityPath":"p"}}],"metadata":{},"ruleSet":{},"rulesToMerge":{"enableAt":1},"rulesToRemove":["b","a"],"unknown":{}}`,
		`{`+target+`"NewVersion":2,"Add":[{"Path":"","Field":false,"Tags":["x"]}],"Remove":[{"Path":"p","Field":false,"Tags":null}],"Metadata":{},"RuleSet":{},"RulesToMerge":{"enableAt":1},"RulesToRemove":["a","b"]}`)
	f(``, "422")
	f(`{"newVersion":[]}`, "400")
	f(`{"rulesToRemove":"a"}`, "400")
	f(`{"ruleSet":{"domainRules":[{"kind":"x"}]}}`, "400")
}

func TestDecodeConfig(t *testing.T) {
	t.Parallel()
	f := func(body, want string) {
		t.Helper()
		u, err := decodeConfig([]byte(body), "x")
		got := fmt.Sprint(codeOf(err))
		if err == nil {
			text, err := json.Marshal(u.ConfigUpdate)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	f(``, "422")
	f(`"x"`, "400")
	f(`{}`, `"Compatibility":{"Set":false,"Value":""}`)
	f(`{"compatibility":"full"}`, `"Compatibility":{"Set":true,"Value":"full"}`)
	f(`{"compatibility":null}`, `"Compatibility":{"Set":true,"Value":""}`)
	f(`{"compatibility":""}`, "42203")
	f(`{"compatibility":[]}`, "400")
	f(`{"compatibilityLevel":"FULL"}`, `"Compatibility":{"Set":false`)
	f(`{"normalize":true}`, `"Normalize":{"Set":true,"Value":true}`)
	f(`{"normalize":1}`, `"Normalize":{"Set":true,"Value":true}`)
	f(`{"normalize":0}`, `"Normalize":{"Set":true,"Value":false}`)
	f(`{"normalize":"True"}`, `"Normalize":{"Set":true,"Value":true}`)
	f(`{"normalize":null}`, `"Normalize":{"Set":true,"Value":null}`)
	f(`{"normalize":"x"}`, "400")
	f(`{"normalize":1.5}`, "400")
	f(`{"validateFields":[]}`, "400")
	f(`{"alias":1}`, `"Alias":{"Set":true,"Value":"1"}`)
	f(`{"defaultMetadata":null}`, `"DefaultMetadata":{"Set":true,"Value":null}`)
	f(`{"defaultMetadata":{}}`, `"DefaultMetadata":{"Set":true,"Value":{}}`)
	f(`{"overrideRuleSet":{ }}`, `"OverrideRuleSet":{"Set":true,"Value":{}}`)
	f(`{"defaultRuleSet":1}`, "400")
}

func TestDecodeMode(t *testing.T) {
	t.Parallel()
	f := func(body, want string) {
		t.Helper()
		mode, err := decodeMode([]byte(body), "x")
		got := fmt.Sprint(codeOf(err))
		switch {
		case err == nil && mode == nil:
			got = "null"
		case err == nil:
			got = *mode
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	f(``, "422")
	f(`{}`, "42204")
	f(`{"unknown":1}`, "42204")
	f(`{"mode":null}`, "null")
	f(`{"mode":""}`, "42204")
	f(`{"mode":"readonly"}`, "readonly")
	f(`{"mode":1}`, "1")
	f(`{"mode":[]}`, "400")
	f(`"READWRITE"`, "READWRITE")
	f(`"x" y`, "400")
	f(`1`, "400")
}

// TestRecordedBodies decodes every body of the recordings of malformed requests: what the reference refused for its
// shape is refused with the same code, and the rest is not.
func TestRecordedBodies(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, r := range recordings.Rows[recording](t, "http-malformed.jsonl") {
		if r.Method == "" || r.Request == nil {
			continue
		}
		rows++
		path, _, _ := strings.Cut(r.Path, "?")
		var err error
		switch {
		case strings.HasPrefix(path, "/config"):
			_, err = decodeConfig([]byte(*r.Request), "x")
		case strings.HasPrefix(path, "/mode"):
			_, err = decodeMode([]byte(*r.Request), "x")
		default:
			_, err = decodeSchema([]byte(*r.Request), "x")
		}
		var body struct {
			Code int `json:"error_code"`
		}
		_ = json.Unmarshal(r.Body, &body) // an answer that is no object is no error
		shape := func(code int) bool { return code == 400 || code == 422 }
		if got := codeOf(err); shape(got) != shape(body.Code) || shape(got) && got != body.Code {
			t.Errorf("step %d: %s %s %s: got %d, the reference says %d", r.Step, r.Method, r.Path, *r.Request, got, body.Code)
		}
	}
	if rows < 300 {
		t.Errorf("only %d bodies", rows)
	}
}

// recording is a row of a recorded conversation.
type recording struct {
	Step    int             `json:"step"`
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Request *string         `json:"request"`
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":"x","references":[{"name":"n"}],"metadata":{"tags":{"a":["b"]}}}`))
	f.Add([]byte("\xef\xbb\xbf{\"id\":1e9}"))
	f.Add([]byte(`"READONLY"`))
	f.Add([]byte(`{"ruleSet":{"domainRules":[{"params":{"\ud800":"\ud800"},"mode":"READ","disabled":1}],"enableAt":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		check := func(err error) {
			if err != nil && codeOf(err) == 0 {
				t.Errorf("%q: %v is no answer", body, err)
			}
		}
		in, err := decodeSchema(body, "x")
		check(err)
		if err == nil {
			if shown := appendRegistered(nil, &wire.Schema{RuleSet: in.RuleSet}); !json.Valid(shown) {
				t.Errorf("%q: shown as %q", body, shown)
			}
		}
		_, err = decodeConfig(body, "x")
		check(err)
		_, err = decodeMode(body, "x")
		check(err)
	})
}

// TestBodyBeforeVersion: of a body and a version that are both wrong, the body is told about.
func TestBodyBeforeVersion(t *testing.T) {
	t.Parallel()
	h := newTestProxy(t, &fakeRegistry{}, false, nil).Handler(Listener{})
	f := func(target, body string, status int, code string) {
		t.Helper()
		x := ask(h, "POST", target, body)
		if x.status() != status || !strings.HasPrefix(x.body(), `{"error_code":`+code+`,`) {
			t.Errorf("%s %s: %d %s", target, body, x.status(), x.body())
		}
	}
	for _, target := range []string{"/compatibility/subjects/s/versions/0", "/subjects/s/versions/abc/tags", "/contexts/.c/compatibility/subjects/s/versions/2147483648"} {
		f(target, `{`, 400, "400")
		f(target, `{"metadata":5}`, 400, "400")
		f(target, ``, 422, "422")
		f(target, `{"schema":"x"}`, 422, "42202")
	}
}
