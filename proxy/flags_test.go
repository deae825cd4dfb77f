package proxy

import (
	"strings"
	"testing"
)

const grownRecord = `{"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"},{\"name\":\"f2\",\"type\":\"int\",\"default\":0}]}","metadata":{"properties":{"k":"v"}}}`

// TestFlags: each flag of a read, alone and together, over a subject with a deleted version, one that is deleted as a whole, and
// one in another context.
func TestFlags(t *testing.T) {
	t.Parallel()
	p, _ := newStack(t)
	h := p.Handler(Listener{})
	f := func(method, target, body string, status int, want string) {
		t.Helper()
		// The second answer is a kept one.
		for range 2 {
			if x := ask(h, method, target, body); x.status() != status || !strings.Contains(x.body(), want) {
				t.Errorf("%s %s: %d %s, want %d %s", method, target, x.status(), x.body(), status, want)
			}
		}
	}
	without := func(target, unwanted string) {
		t.Helper()
		if x := ask(h, "GET", target, ""); x.status() != 200 || strings.Contains(x.body(), unwanted) {
			t.Errorf("%s: %d %s, with %s", target, x.status(), x.body(), unwanted)
		}
	}
	register(t, h, "/subjects/s/versions")
	f("POST", "/subjects/s/versions", grownRecord, 200, `{"id":2,"version":2,`)
	register(t, h, "/subjects/t/versions")
	register(t, h, "/contexts/.c/subjects/u/versions")
	for _, target := range []string{"/subjects/s/versions/1", "/subjects/t"} {
		if x := ask(h, "DELETE", target, ""); x.status() != 200 {
			t.Fatalf("%s: %s", target, x.body())
		}
	}

	for _, in := range []string{"/subjects?", "/subjects?limit=9&", "/subjects?subjectPrefix=:*:&"} {
		f("GET", in, "", 200, `[":.c:u","s"]`)
		f("GET", in+"deleted=true", "", 200, `[":.c:u","s","t"]`)
		f("GET", in+"deleted=TRUE", "", 200, `[":.c:u","s","t"]`)
		f("GET", in+"deleted=1", "", 200, `[":.c:u","s"]`)
		f("GET", in+"deletedOnly=true", "", 200, `["t"]`)
		f("GET", in+"deleted=true&deletedOnly=true", "", 200, `["t"]`)
		f("GET", in+"deleted=true&offset=1", "", 200, `["s","t"]`)
	}
	f("GET", "/subjects?subjectPrefix=&deleted=true&offset=1&limit=1", "", 200, `["t"]`)
	f("GET", "/subjects?subjectPrefix=:.c:&deletedOnly=true", "", 200, `[]`)

	f("GET", "/subjects/s/versions", "", 200, `[2]`)
	f("GET", "/subjects/s/versions?deleted=true", "", 200, `[1,2]`)
	f("GET", "/subjects/s/versions?deletedOnly=true", "", 200, `[1]`)
	f("GET", "/subjects/s/versions?deleted=true&deletedOnly=true", "", 200, `[1]`)
	f("GET", "/subjects/s/versions?deletedAsNegative=true", "", 200, `[-1,2]`)
	f("GET", "/subjects/s/versions?deletedAsNegative=true&deletedOnly=true", "", 200, `[-1,2]`)
	f("GET", "/subjects/s/versions?deleted=true&offset=1&limit=1", "", 200, `[2]`)
	f("GET", "/subjects/s/versions?deleted=true&offset=2", "", 200, `[]`)
	f("GET", "/subjects/t/versions?deletedAsNegative=true", "", 404, `40401`)
	f("GET", "/subjects/t/versions?deletedAsNegative=true&deleted=true", "", 200, `[-1]`)

	f("GET", "/subjects/s/versions/1", "", 404, `40402`)
	f("GET", "/subjects/s/versions/1?deleted=true", "", 200, `"deleted":true`)
	f("GET", "/subjects/s/versions/1/schema", "", 404, `40402`)
	f("GET", "/subjects/s/versions/1/schema?deleted=true", "", 200, `"name":"R"`)
	f("GET", "/subjects/t/versions/latest?deleted=true", "", 404, `40402`)
	f("POST", "/subjects/s", record, 404, `40403`)
	f("POST", "/subjects/s?deleted=true", record, 200, `"version":1`)
	f("POST", "/subjects/t", record, 404, `40401`)
	f("POST", "/subjects/t?deleted=true", record, 200, `"version":1`)
	f("GET", "/subjects/s/metadata?key=k&value=v", "", 200, `"version":2`)
	f("GET", "/subjects/t/metadata", "", 404, `40401`)
	f("GET", "/subjects/t/metadata?deleted=true", "", 404, `40403`)

	f("GET", "/schemas/ids/1/subjects", "", 200, `[]`)
	f("GET", "/schemas/ids/1/subjects?deleted=true", "", 200, `["s","t"]`)
	f("GET", "/schemas/ids/1/subjects?deleted=true&offset=1", "", 200, `["t"]`)
	f("GET", "/schemas/ids/1/versions?deleted=true&limit=1", "", 200, `[{"subject":"s","version":1}]`)
	f("GET", "/schemas/ids/1", "", 200, `"deleted":true`)
	f("GET", "/schemas/ids/1?fetchMaxId=true", "", 200, `"maxId":2`)
	f("GET", "/contexts/.c/schemas/ids/1?fetchMaxId=true", "", 200, `"maxId":1`)
	without("/schemas/ids/1?fetchMaxId=false", "maxId")
	without("/schemas/ids/1", "schemaTags")

	f("GET", "/schemas", "", 200, `[{"subject":"s","version":2,`)
	without("/schemas", `"subject":"t"`)
	f("GET", "/schemas?deleted=true&limit=1", "", 200, `[{"subject":"s","version":1,`)
	f("GET", "/schemas?deleted=true&latestOnly=true&limit=1", "", 200, `[{"subject":"s","version":2,`)
	f("GET", "/schemas?deleted=true&latestOnly=true&offset=1", "", 200, `[{"subject":"t","version":1,`)

	f("GET", "/contexts", "", 200, `[".",".c"]`)
	f("GET", "/contexts?contextPrefix=.", "", 200, `[".",".c"]`)
	f("GET", "/contexts?contextPrefix=.c", "", 200, `[".c"]`)
	f("GET", "/contexts?contextPrefix=c", "", 200, `[]`)
	f("GET", "/contexts?contextPrefix=.&offset=1&limit=1", "", 200, `[".c"]`)
	f("GET", "/contexts?limit=1", "", 200, `["."]`)
}

// TestConfigIsTriState: for each field, a value sets, absence leaves and null clears; the others stay.
func TestConfigIsTriState(t *testing.T) {
	t.Parallel()
	p, _ := newStack(t)
	h := p.Handler(Listener{})
	f := func(field, value, shown string) {
		t.Helper()
		target := "/config/" + strings.ToLower(field)
		if shown == "" {
			shown = value
		}
		shows, kept := `"`+field+`":`+shown, `"validateRules":false`
		if field == "validateRules" {
			kept = `"normalize":true`
		}
		put := func(body string, want, unwanted string) {
			t.Helper()
			x := ask(h, "PUT", target, body)
			if x.status() != 200 || !strings.Contains(x.body(), want) || unwanted != "" && strings.Contains(x.body(), unwanted) {
				t.Errorf("PUT %s: %d %s, want %s and no %s", body, x.status(), x.body(), want, unwanted)
			}
		}
		get := func(want, unwanted string) {
			t.Helper()
			x := ask(h, "GET", target, "")
			name := strings.Replace(want, `"compatibility":`, `"compatibilityLevel":`, 1)
			if x.status() != 200 || !strings.Contains(x.body(), name) || unwanted != "" && strings.Contains(x.body(), unwanted) {
				t.Errorf("%s: GET %s, want %s and no %s", field, x.body(), name, unwanted)
			}
		}
		put(`{`+kept+`}`, kept, `"`+field+`"`)
		put(`{"`+field+`":`+value+`}`, shows, "")
		get(shows, "")
		put(`{}`, shows, "")
		put(`{`+kept+`}`, shows, "")
		get(kept, "")
		put(`{"`+field+`":null}`, kept, `"`+field+`"`)
		get(kept, `"`+field+`":`)
	}
	f("alias", `"other"`, "")
	f("aliasForDeks", `"other"`, "")
	f("normalize", `true`, "")
	f("normalize", `false`, "")
	f("validateFields", `true`, "")
	f("validateNewSchemas", `false`, "")
	f("validateRules", `true`, "")
	f("compatibility", `"full"`, `"FULL"`)
	f("compatibilityPolicy", `"strict"`, `"STRICT"`)
	f("compatibilityPolicy", `"LENIENT"`, "")
	f("compatibilityPolicy", `"Logical"`, `"LOGICAL"`)
	f("compatibilityGroup", `"g"`, "")
	f("defaultMetadata", `{"properties":{"a":"b"}}`, "")
	f("overrideMetadata", `{"tags":{"x":["y"]}}`, "")
	f("defaultRuleSet", `{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","disabled":false}]}`, `{"domainRules":[{"name":"r",`)
	f("overrideRuleSet", `{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","disabled":false}]}`, `{"domainRules":[{"name":"r",`)
}
