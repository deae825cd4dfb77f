package replay

import (
	"encoding/json"
	"testing"
)

func parse(t *testing.T, text string) any {
	t.Helper()
	var v any
	if decode([]byte(text), &v) != nil {
		return text
	}
	return v
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const subjects, types, shared = "/subjects", "/schemas/types", `[{"subject":"a","version":1},{"subject":"b","version":2}]`
	for _, c := range []struct {
		name, path, anyOf    string
		wantStatus           int
		want                 string
		gotStatus            int
		got, differenceFound string
	}{
		{"equal, keys in another order", subjects, "", 200, `{"a":1,"b":[true,null]}`, 200, `{"b":[true,null],"a":1}`, ""},
		{"another value", subjects, "", 200, `{"a":1}`, 200, `{"a":2}`, "body"},
		{"a number isn't a text", subjects, "", 200, `{"a":1}`, 200, `{"a":"1"}`, "body"},
		{"a number as written", subjects, "", 200, `{"a":1}`, 200, `{"a":1.0}`, "body"},
		{"large numbers that are near", subjects, "", 200, `9007199254740993`, 200, `9007199254740992`, "body"},
		{"a member more", subjects, "", 200, `{"a":1}`, 200, `{"a":1,"b":null}`, "body"},
		{"a member less", subjects, "", 200, `{"a":1,"deleted":false}`, 200, `{"a":1}`, "body"},
		{"another time", subjects, "", 200, `[{"a":{"ts":1}}]`, 200, `[{"a":{"ts":2}}]`, ""},
		{"a time in one only", subjects, "", 200, `{"ts":1}`, 200, `{}`, ""},
		{"texts", subjects, "", 200, `text/`, 200, `text/`, ""},
		{"other texts", subjects, "", 200, `text/`, 200, `text`, "body"},
		{"a text for JSON", subjects, "", 200, `{}`, 200, `<html>`, "body"},
		{"another status", subjects, "", 200, `[]`, 404, `[]`, "status 404, want 200"},
		{"a list has an order", subjects, "", 200, `["a","b"]`, 200, `["b","a"]`, "body"},
		{"a list without order", types, "", 200, `["a","b"]`, 200, `["b","a"]`, ""},
		{"a list without order counts", types, "", 200, `["a","a","b"]`, 200, `["b","a","b"]`, "body"},
		{"referrers", "/subjects/s/versions/1/referencedby", "", 200, `[2,10]`, 200, `[10,2]`, ""},
		{"subjects of an ID", "/contexts/.a/schemas/ids/1/subjects?x", "", 200, `["a","b"]`, 200, `["b","a"]`, ""},
		{"versions of an ID", "/schemas/ids/-1/versions", "", 200, `[{"version":1},{"version":2}]`, 200, `[{"version":2},{"version":1}]`, ""},
		{"IDs of a guid, some gone", "/schemas/guids/g/ids", "", 200, `[{"id":1},{"id":2}]`, 200, `[{"id":2}]`, ""},
		{"IDs of a guid, none of them", "/schemas/guids/g/ids", "", 200, `[{"id":1}]`, 200, `[{"id":3}]`, "body"},
		{"one that shares the ID", "/schemas/ids/1", shared, 200, `{"subject":"a","version":1,"deleted":true,"schema":"x"}`, 200, `{"subject":"b","version":2,"schema":"x"}`, ""},
		{"one that shares the ID, another schema", "/schemas/ids/1", shared, 200, `{"subject":"a","version":1,"schema":"x"}`, 200, `{"subject":"b","version":2,"schema":"y"}`, "body"},
		{"one that doesn't share the ID", "/schemas/ids/1", shared, 200, `{"subject":"a","version":1}`, 200, `{"subject":"b","version":1}`, "shows 1 of b, which is none that was recorded"},
		{"nothing shares the ID", "/schemas/ids/1", `[{"subject":"a","version":1}]`, 200, `{"subject":"a","version":1}`, 200, `{"subject":"b","version":2}`, "body"},
		{"an error", subjects, "", 404, `{"error_code":40401,"message":"m"}`, 404, `{"message":"m","error_code":40401}`, ""},
		{"another code", subjects, "", 404, `{"error_code":40401,"message":"m"}`, 404, `{"error_code":40402,"message":"m"}`, "error_code 40402, want 40401"},
		{"another message", subjects, "", 404, `{"error_code":40401,"message":"m"}`, 404, `{"error_code":40401,"message":"M"}`, "message"},
		{"an error that is no JSON", subjects, "", 404, `{"error_code":404,"message":"m"}`, 404, `not here`, "no error in JSON"},
		{"what the rules say counts", subjects, "", 422, `{"error_code":42201,"message":"m"}`, 422, `{"error_code":42201,"message":"M"}`, "message"},
		{"an odd schema", subjects, "", 422, `{"error_code":42201,"message":"Invalid schema x"}`, 422, `{"error_code":42201,"message":"M"}`, ""},
		{"a plain 422", subjects, "", 422, `{"error_code":422,"message":"m"}`, 422, `{"error_code":422,"message":"M"}`, ""},
		{"a bad request in JSON", subjects, "", 400, `{"error_code":400,"message":"m"}`, 400, `{"error_code":400,"message":"M"}`, ""},
		{"a bad request with another code", subjects, "", 400, `{"error_code":400,"message":"m"}`, 400, `{"error_code":40001,"message":"m"}`, "error_code 40001, want 400"},
		{"a bad request, another status", subjects, "", 400, `{"error_code":400,"message":"m"}`, 422, `{"error_code":400,"message":"m"}`, "status 422, want 400"},
		{"a method", subjects, "", 405, `{"error_code":405,"message":"m"}`, 405, `{"error_code":405,"message":"M"}`, ""},
		{"a path that can't be read", subjects, "", 400, `<html>`, 404, `{}`, ""},
		{"a path that can't be read, answered", subjects, "", 400, `<html>`, 200, `{}`, "status 200, want a 4xx"},
		{"a path that can't be read, failed", subjects, "", 400, `<html>`, 500, `{}`, "status 500, want a 4xx"},
		{"the reference failed", subjects, "", 500, `{"error_code":50001}`, 404, `{}`, ""},
		{"the reference failed, and so does this", subjects, "", 500, `{"error_code":50001}`, 500, `{"error_code":50001}`, "status 500, want one below 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			step := Step{Path: c.path, Status: c.wantStatus, Body: parse(t, c.want)}
			if c.anyOf != "" {
				if err := decode([]byte(c.anyOf), &step.AnyOf); err != nil {
					t.Fatal(err)
				}
			}
			if found := Compare(step, Answer{Status: c.gotStatus, Body: parse(t, c.got)}); found != c.differenceFound {
				t.Errorf("found %q, want %q", found, c.differenceFound)
			}
		})
	}
}

func TestCompareText(t *testing.T) {
	t.Parallel()
	row := Row{Status: 200, Stored: "s", GUID: "g", Normalized: "n", NormalizedGUID: "h"}
	refused := Row{Status: 422}
	f := func(row Row, normalized bool, status int, body, want string) {
		t.Helper()
		if found := CompareText(row, normalized, Answer{Status: status, Body: parse(t, body)}); found != want {
			t.Errorf("%d %s: found %q, want %q", status, body, found, want)
		}
	}
	f(row, false, 200, `{"schema":"s","guid":"g","id":1}`, "")
	f(row, true, 200, `{"schema":"n","guid":"h","id":1}`, "")
	f(row, false, 200, `{"schema":"n","guid":"g"}`, "text")
	f(row, true, 200, `{"schema":"s","guid":"h"}`, "text")
	f(row, false, 200, `{"schema":"s","guid":"h"}`, "guid")
	f(row, false, 200, `{"schema":"s"}`, "guid")
	f(row, false, 200, `[]`, "text")
	f(row, false, 422, `{"error_code":42201}`, "refused with 422, the reference accepts it")
	f(refused, false, 422, `{"error_code":42201}`, "")
	f(refused, false, 200, `{"schema":"s"}`, "accepted, the reference refuses it")
	f(refused, false, 400, `{"error_code":400}`, "status 400, want 422")
}

func TestComparePair(t *testing.T) {
	t.Parallel()
	row := Row{Answers: map[string]map[string]any{
		"FULL": {"status": json.Number("200"), "is_compatible": false, "messages": []any{"a", "b"}},
		"NONE": {"status": json.Number("422"), "error_code": json.Number("42201"), "message": "m"},
	}}
	f := func(level string, status int, body, want string) {
		t.Helper()
		if found := ComparePair(row, level, Answer{Status: status, Body: parse(t, body)}); found != want {
			t.Errorf("%s %d %s: found %q, want %q", level, status, body, found, want)
		}
	}
	f("FULL", 200, `{"is_compatible":false,"messages":["a","b"]}`, "")
	f("FULL", 200, `{"is_compatible":false,"messages":["b","a"]}`, "messages")
	f("FULL", 200, `{"is_compatible":true,"messages":["a","b"]}`, "is_compatible true, want false")
	f("FULL", 200, `[]`, "body")
	f("FULL", 422, `{"error_code":42201,"message":"m"}`, "status 422, want 200")
	f("NONE", 422, `{"error_code":42201,"message":"m"}`, "")
	f("NONE", 422, `{"error_code":42201,"message":"n"}`, "message")
}

func TestWrites(t *testing.T) {
	t.Parallel()
	f := func(method, path string, want bool) {
		t.Helper()
		if got := (Step{Method: method, Path: path}).Writes(); got != want {
			t.Errorf("%s %s: %t", method, path, got)
		}
	}
	f("GET", "/subjects", false)
	f("POST", "/subjects/s", false)
	f("POST", "/subjects/s/?deleted=true", false)
	f("POST", "/contexts/.a/subjects/s?x=/y", false)
	f("POST", "/subjects/s/versions", true)
	f("POST", "/compatibility/subjects/s/versions/1", false)
	f("DELETE", "/subjects/s", true)
	f("PUT", "/config", true)
}
