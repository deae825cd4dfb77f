package proxy

import (
	"strings"
	"testing"
)

const otherRecord = `{"schema":"\"int\"","metadata":{"properties":{"a":"b"}},"ruleSet":{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL"}]}}`

// TestKeptLists: lists of schemas and answers by guid are kept apart by what they were asked for, and go with a commit. Each is
// asked for three times, the last ones from what is kept.
func TestKeptLists(t *testing.T) {
	t.Parallel()
	p, _ := newStack(t)
	open, bound := p.Handler(Listener{}), p.Handler(Listener{Context: ".b"})
	f := func(target string, subjects ...string) {
		t.Helper()
		for range 3 {
			x := ask(open, "GET", target, "")
			if n := strings.Count(x.body(), `"subject":`); x.status() != 200 || n != len(subjects) {
				t.Errorf("%s: %d, %d schemas: %s", target, x.status(), n, x.body())
			}
			for _, s := range subjects {
				if !strings.Contains(x.body(), `"subject":"`+s+`"`) {
					t.Errorf("%s: no %s in %s", target, s, x.body())
				}
			}
		}
	}
	guid := func(wantOpen, wantBound string) {
		t.Helper()
		const target = "/schemas/guids/acb9a771-413f-2f1c-6a25-9db09a05dd82/ids"
		for range 3 {
			if x, y := ask(open, "GET", target, ""), ask(bound, "GET", target, ""); x.body() != wantOpen || y.body() != wantBound {
				t.Errorf("%s and %s, want %s and %s", x.body(), y.body(), wantOpen, wantBound)
			}
		}
	}
	guid(`[]`, `[]`)
	f("/schemas")
	register(t, open, "/subjects/s/versions")
	if x := ask(open, "POST", "/subjects/t/versions", otherRecord); x.status() != 200 {
		t.Fatal(x.body())
	}
	f("/schemas", "s", "t")
	f("/schemas?ruleType=CEL", "t")
	f("/schemas?ruleType=OTHER")
	f("/schemas?lifecycle=STRONG", "s", "t")
	if x := ask(open, "GET", "/schemas?lifecycle=BAD", ""); x.status() != 404 {
		t.Errorf("a lifecycle that is none: %d %s", x.status(), x.body())
	}
	f("/schemas?limit=1", "s")
	f("/schemas?offset=1", "t")
	f("/schemas?subjectPrefix=:*:", "s", "t")
	guid(`[{"context":".","id":1}]`, `[]`)
	register(t, bound, "/subjects/s/versions")
	guid(`[{"context":".","id":1},{"context":".b","id":1}]`, `[{"context":".","id":1}]`)
	f("/schemas", "s", "t")
	f("/schemas?subjectPrefix=:*:", ":.b:s", "s", "t")
	f("/contexts/.b/schemas", ":.b:s")
	if x := ask(open, "DELETE", "/subjects/s", ""); x.status() != 200 {
		t.Fatal(x.body())
	}
	f("/schemas", "t")
	f("/schemas?deleted=true", "s", "t")
	f("/schemas?latestOnly=true", "t")
}
