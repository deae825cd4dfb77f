package copier_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// client talks to a registry in a test.
type client struct {
	t   testing.TB
	url string
}

// ask returns status and body.
func (c client) ask(method, path, body string) (status int, answer string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// do wants success.
func (c client) do(method, path, body string) string {
	c.t.Helper()
	status, answer := c.ask(method, path, body)
	if status >= 300 {
		c.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

// register registers a text of a type, with more fields of the body, such as `"references":[...]`.
func (c client) register(subject, kind, text string, more ...string) {
	c.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		c.t.Fatal(err)
	}
	fields := append([]string{fmt.Sprintf(`"schemaType":%q,"schema":%s`, kind, quoted)}, more...)
	c.do("POST", "/subjects/"+url.PathEscape(subject)+"/versions", "{"+strings.Join(fields, ",")+"}")
}

func (c client) softDelete(subject string, versions ...int) {
	c.t.Helper()
	for _, v := range versions {
		c.do("DELETE", fmt.Sprintf("/subjects/%s/versions/%d", url.PathEscape(subject), v), "")
	}
}

func (c client) hardDelete(subject string, versions ...int) {
	c.t.Helper()
	c.softDelete(subject, versions...)
	for _, v := range versions {
		c.do("DELETE", fmt.Sprintf("/subjects/%s/versions/%d?permanent=true", url.PathEscape(subject), v), "")
	}
}

func record(fields ...string) string {
	var list []string
	for _, f := range fields {
		list = append(list, fmt.Sprintf(`{"name":%q,"type":["null","string"],"default":null}`, f))
	}
	return `{"type":"record","name":"R","fields":[` + strings.Join(list, ",") + `]}`
}

// fill gives a registry everything that a copy has to keep.
func fill(t testing.TB, at string) {
	t.Helper()
	c := client{t, at}
	for _, in := range []string{"", ":.team-a:"} {
		c.fillEvolution(in)
		c.fillReferences(in)
		c.fillOddities(in)
	}
	// A context that refers to another one.
	c.register(":.team-b:across", "AVRO", `{"type":"record","name":"Across","fields":[{"name":"r","type":"R"}]}`,
		`"references":[{"name":"R","subject":":.team-a:orders","version":5}]`)
	// The highest ID is of a schema that is gone for good.
	c.register(":.team-b:top", "AVRO", `"string"`)
	c.hardDelete(":.team-b:top", 1)
	c.fillSettings()
}

// fillEvolution leaves holes and soft-deleted versions, and the same text under several subjects.
func (c client) fillEvolution(in string) {
	c.t.Helper()
	for i := range 6 {
		c.register(in+"orders", "AVRO", record([]string{"a", "b", "c", "d", "e", "f"}[:i+1]...))
	}
	c.softDelete(in+"orders", 2)
	c.hardDelete(in+"orders", 3, 6)
	c.register(in+"a copy of orders", "AVRO", record("a"))
	c.register(in+"shipments/of%2Forders", "AVRO", record("a", "b"))
	c.register(in+"gone", "AVRO", record("a", "g"))
	c.register(in+"gone", "AVRO", record("a", "g", "h"))
	c.do("DELETE", "/subjects/"+url.PathEscape(in+"gone"), "")
	c.register(in+"numbers", "JSON", `{"type":"object","properties":{"n":{"type":"number","maximum":12345678901234567890}}}`)
	c.register(in+"proto", "PROTOBUF", "syntax = \"proto3\";\npackage p;\nmessage M { string s = 1; }\n")
}

// fillReferences has references in all languages, to a later ID, to the newest version and to what was deleted.
func (c client) fillReferences(in string) {
	c.t.Helper()
	c.register(in+"total", "JSON", `{"type":"object","properties":{"n":{"$ref":"n.json"}}}`,
		`"references":[{"name":"n.json","subject":"numbers","version":-1}]`)
	c.register(in+"proto-user", "PROTOBUF", "syntax = \"proto3\";\nimport \"m.proto\";\nmessage U { p.M m = 1; }\n",
		`"references":[{"name":"m.proto","subject":"proto","version":1}]`)
	c.register(in+"base", "AVRO", `{"type":"record","name":"Base","fields":[]}`)
	c.register(in+"user", "AVRO", `{"type":"record","name":"User","fields":[{"name":"b","type":"Base"}]}`,
		`"references":[{"name":"Base","subject":"base","version":1}]`)
	c.register(in+"user of users", "AVRO", `{"type":"record","name":"Top","fields":[{"name":"u","type":"User"}]}`,
		`"references":[{"name":"User","subject":"user","version":1}]`)
	// The last of a chain is deleted, then what it referred to.
	c.softDelete(in+"user of users", 1)
	c.softDelete(in+"user", 1)
	c.softDelete(in+"base", 1)
}

// fillOddities has what only IMPORT can write, metadata, rule sets and names that have to be escaped.
func (c client) fillOddities(in string) {
	c.t.Helper()
	c.register(in+"owned", "AVRO", `"string"`, `"metadata":{"tags":{"f*":["PII"]},"properties":{"owner":"<team> & \"co\"","a":"1"},"sensitive":["owner"]}`)
	c.register(in+"owned", "AVRO", `"string"`, `"metadata":{}`)
	c.register(in+"ruled", "AVRO", record("x"),
		`"ruleSet":{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"message.x != ''","params":{"n":"1"},"onFailure":"ERROR"}]}`)
	for _, odd := range []string{"..", "s p a c e", "ünïcode", "a?b#c", `"quoted"`, "plus+and&"} {
		c.register(in+odd, "AVRO", `"long"`)
	}
	mode := "/mode/" + url.PathEscape(in+"imported")
	c.do("PUT", mode, `{"mode":"IMPORT"}`)
	// A referrer with a lower ID than what it refers to; one ID in two versions, of which one is deleted; a text with two IDs.
	c.register(in+"imported", "AVRO", `{"type":"record","name":"Late","fields":[]}`, `"id":900,"version":7`)
	c.register(in+"imported", "AVRO", `{"type":"record","name":"Early","fields":[{"name":"l","type":"Late"}]}`, `"id":800,"version":3`,
		`"references":[{"name":"Late","subject":"imported","version":7}]`)
	c.register(in+"imported", "AVRO", `"bytes"`, `"id":801,"version":20`)
	c.register(in+"imported", "AVRO", `"bytes"`, `"id":801,"version":22`)
	c.register(in+"imported", "AVRO", `"bytes"`, `"id":802,"version":23`)
	c.softDelete(in+"imported", 20)
	c.do("DELETE", mode, "")
}

// fillSettings sets config and mode at all tiers, those that forbid writing last.
func (c client) fillSettings() {
	c.t.Helper()
	for _, s := range []struct{ path, body string }{
		{"/config", `{"compatibility":"FULL","normalize":true}`},
		{"/config/orders", `{"compatibility":"NONE","compatibilityGroup":"g","validateFields":false}`},
		{"/config/ruled", `{"defaultMetadata":{"properties":{"team":"x"}},"overrideRuleSet":{"domainRules":[{"name":"o","kind":"CONDITION","mode":"READ","type":"CEL","expr":"true"}]}}`},
		{"/config/alias%20only", `{"alias":"orders"}`},
		// An alias that hides versions of its own.
		{"/config/numbers", `{"alias":"orders"}`},
		{"/config/:.team-a:", `{"compatibility":"FORWARD_TRANSITIVE"}`},
		{"/config/:.team-a:orders", `{"normalize":true}`},
		{"/config/:.team-a:alias", `{"alias":"orders","compatibility":"FORWARD"}`},
		{"/config/:.__GLOBAL:", `{"compatibility":"BACKWARD_TRANSITIVE","compatibilityPolicy":"LENIENT"}`},
		{"/mode/orders", `{"mode":"READONLY"}`},
		{"/mode/:.team-a:gone", `{"mode":"READONLY_OVERRIDE"}`},
		{"/mode/:.team-a:", `{"mode":"READONLY"}`},
		{"/mode/:.__GLOBAL:", `{"mode":"READONLY"}`},
	} {
		c.do("PUT", s.path, s.body)
	}
}

// everything is all that a registry shows, by path; or all that a bound view can show. Times of registration are left out: they are each server's own.
func everything(t testing.TB, at string, bound ...bool) map[string]string {
	t.Helper()
	c := client{t, at}
	shown := map[string]string{}
	get := func(path string) string {
		if _, asked := shown[path]; asked {
			return ""
		}
		status, answer := c.ask("GET", path, "")
		shown[path] = fmt.Sprint(status, " ", withoutTimes(t, answer))
		return answer
	}
	contexts := list[string](t, get("/contexts"))
	roots, scopes, hidden := append(contexts, ".__GLOBAL"), append(contexts, "*"), []string{"alias only", ":.team-a:alias"}
	if len(bound) > 0 {
		roots, scopes, hidden = contexts, contexts, hidden[:1]
	}
	for _, root := range roots {
		suffix := ""
		if root != "." {
			suffix = "/:" + root + ":"
		}
		for _, what := range []string{"/config", "/mode"} {
			get(what + suffix)
			get(what + suffix + "?defaultToGlobal=true")
		}
	}
	get("/subjects")
	subjects := list[string](t, get("/subjects?deleted=true"))
	for _, s := range append(subjects, hidden...) {
		name := strings.ReplaceAll(url.PathEscape(s), "..", "%2E%2E")
		get("/config/" + name)
		get("/mode/" + name)
		get("/subjects/" + name + "/versions")
		get("/subjects/" + name + "/versions/latest")
		get("/subjects/" + name + "/versions?deletedAsNegative=true&deleted=true")
		for _, v := range list[int](t, get("/subjects/"+name+"/versions?deleted=true")) {
			path := fmt.Sprintf("/subjects/%s/versions/%d", name, v)
			get(path)
			get(path + "?deleted=true")
			get(path + "/referencedby?deleted=true")
		}
	}
	for _, in := range scopes {
		answer := get("/schemas?aliases=true&deleted=true&subjectPrefix=" + map[bool]string{true: "", false: ":" + in + ":"}[in == "."])
		for _, s := range list[struct {
			ID   int
			GUID string
		}](t, answer) {
			for _, more := range []string{"", "/schema", "/subjects", "/versions", "/versions?deleted=true", "?fetchMaxId=true"} {
				get(fmt.Sprintf("/contexts/:%s:/schemas/ids/%d%s", in, s.ID, more))
			}
			get("/schemas/guids/" + s.GUID)
			get("/schemas/guids/" + s.GUID + "/ids")
		}
	}
	return shown
}

func list[T any](t testing.TB, answer string) []T {
	t.Helper()
	var out []T
	if strings.HasPrefix(answer, "[") {
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// withoutTimes drops `ts` and sorts keys.
func withoutTimes(t testing.TB, answer string) string {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(answer))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return answer // a text
	}
	entries, isList := v.([]any)
	if !isList {
		entries = []any{v}
	}
	for _, entry := range entries {
		if fields, ok := entry.(map[string]any); ok {
			delete(fields, "ts")
		}
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// sameEverything compares what two registries show.
func sameEverything(t testing.TB, from, to string, bound ...bool) {
	t.Helper()
	same(t, everything(t, from, bound...), everything(t, to, bound...))
}

func same(t testing.TB, a, b map[string]string) {
	t.Helper()
	if len(a) < 250 {
		t.Errorf("only %d answers were compared", len(a))
	}
	for _, path := range slices.Sorted(maps.Keys(a)) {
		if a[path] != b[path] {
			t.Errorf("GET %s:\nsource %.300s\ntarget %.300s", path, a[path], b[path])
		}
	}
	for path := range b {
		if _, ok := a[path]; !ok {
			t.Errorf("GET %s: only the target has a reason to be asked", path)
		}
	}
}
