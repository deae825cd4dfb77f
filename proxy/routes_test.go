package proxy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"schemaside/resolver"
)

// TestRoutes sends one request a line and tells which call of the registry it became, with which target, or the status
// of the refusal.
func TestRoutes(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{}
	open := newTestProxy(t, r, false, nil).Handler(Listener{})
	const body = `{"schema":"\"string\""}`
	f := func(method, target, want string) {
		t.Helper()
		x := ask(open, method, target, body)
		got := r.asked()
		if got == "" {
			got = fmt.Sprint(x.status())
		}
		if !strings.HasPrefix(strings.NewReplacer("[", "", "{Target:", "", "Bound:false ", "", "Bound:false", "").Replace(got), want) {
			t.Errorf("%s %s: got %s, want %s", method, target, got, want)
		}
		if x.status() >= 400 && !strings.HasPrefix(x.body(), `{"error_code":`) {
			t.Errorf("%s %s: error body %q", method, target, x.body())
		}
	}
	const get, post, put, del = "GET", "POST", "PUT", "DELETE"
	long := strings.Repeat("x", 2048)

	// Every route once.
	f(get, "/", "200")
	f(post, "/", "200")
	f(get, "/contexts", "Contexts {Prefix: Page:{Offset:0 Limit:-1}}")
	f(get, "/schemas/types", "200")
	f(get, "/schemas/ids/1", "SchemaByID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/1/schema", "SchemaByID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/1/subjects", "VersionsOfID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/1/versions", "VersionsOfID {Context:. Subject: } ID:1")
	f(get, "/subjects?limit=9", "Subjects {AllContexts:true")
	f(post, "/subjects/s", "Lookup {Context:. Subject:s }")
	f(del, "/subjects/s", "DeleteSubject {Context:. Subject:s }")
	f(get, "/subjects/s/versions", "Versions {Context:. Subject:s }")
	f(post, "/subjects/s/versions", "Register {Context:. Subject:s }")
	f(get, "/subjects/s/versions/1", "Version {Context:. Subject:s } Version:1")
	f(get, "/subjects/s/versions/1/schema", "Version {Context:. Subject:s } Version:1")
	f(get, "/subjects/s/versions/1/referencedby", "ReferencedBy {Context:. Subject:s } Version:1")
	f(del, "/subjects/s/versions/1", "DeleteVersion {Context:. Subject:s } Version:1")
	f(post, "/compatibility/subjects/s/versions", "Check {Context:. Subject:s } Version:0")
	f(post, "/compatibility/subjects/s/versions/latest", "Check {Context:. Subject:s } Version:-1")
	f(get, "/config", "Config {Context:. Subject: }")
	f(put, "/config", "PutConfig {Context:. Subject: }")
	f(del, "/config", "DeleteConfig {Context:. Subject: }")
	f(get, "/config/s", "Config {Context:. Subject:s }")
	f(put, "/config/s", "PutConfig {Context:. Subject:s }")
	f(del, "/config/s", "DeleteConfig {Context:. Subject:s }")
	f(get, "/mode", "Mode {Context:. Subject: }")
	f(del, "/mode", "DeleteMode {Context:. Subject: }")
	f(get, "/mode/s", "Mode {Context:. Subject:s }")
	f(del, "/mode/s", "DeleteMode {Context:. Subject:s }")
	f("HEAD", "/subjects/s/versions", "Versions {Context:. Subject:s }")
	f("HEAD", "/contexts/c/subjects/s/versions/1", "Version {Context:.c Subject:s } Version:1")
	f("HEAD", "/", "200")

	// Escapes are decoded once, in segments.
	f(get, "/subjects/a%2Fb/versions", "Versions {Context:. Subject:a/b }")
	f(get, "/subjects/a%252Fb/versions", "Versions {Context:. Subject:a%2Fb }")
	f(get, "/subjects/%2F/versions", "Versions {Context:. Subject:/ }")
	f(get, "/subjects/%3A.c%3As/versions", "Versions {Context:.c Subject:s }")
	f(get, "/subjects/:.c:s/versions", "Versions {Context:.c Subject:s }")
	f(get, "/subjects/a%3Ab/versions", "Versions {Context:. Subject:a:b }")
	f(get, "/subjects/100%25/versions", "Versions {Context:. Subject:100% }")
	f(get, "/subjects/%2E%2E/versions", "Versions {Context:. Subject:.. }")
	f(get, "/subjects/../versions", "Versions {Context:. Subject:.. }")
	f(get, "/subjects/./versions", "Versions {Context:. Subject:. }")
	f(get, "/subjects/%2E/versions", "Versions {Context:. Subject:. }")
	f(get, "/subjects/a+b/versions", "Versions {Context:. Subject:a+b }")
	f(get, "/subjects/%20lead/versions", "Versions {Context:. Subject: lead }")
	f(get, "/subjects/%E6%97%A5/versions", "Versions {Context:. Subject:日 }")
	f(get, "/subjects/%F0%9F%98%80/versions", "Versions {Context:. Subject:😀 }")
	f(get, "/subjects/"+long+"/versions", "Versions {Context:. Subject:"+long)
	f(get, "/subjects/%7B%7D/versions", "Versions {Context:. Subject:{} }")
	f(get, "/subjects/%/versions", "400")
	f(get, "/subjects/%2/versions", "400")
	f(get, "/subjects/%zz/versions", "400")
	f(get, "/subjects/a%00b/versions", "400")
	f(get, "/subjects/a%0Ab/versions", "400")
	f(get, "/subjects/b%5Cb/versions", "400")
	f(get, "/subjects/%FF/versions", "400")
	f(get, "/%73ubjects", "404")

	// Slashes.
	f(get, "/subjects/?limit=9", "Subjects {AllContexts:true")
	f(get, "/subjects/s/versions/", "Versions {Context:. Subject:s }")
	f(get, "/config/", "Config {Context:. Subject: }")
	f(get, "/contexts/c/mode/", "Mode {Context:.c Subject: }")
	f(get, "//subjects", "404")
	f(get, "/subjects//versions", "404")
	f(get, "/subjects/s//versions", "404")
	f(get, "/subjects/s/versions//", "404")

	// Subjects that are called like something else.
	f(get, "/subjects/subjects/versions", "Versions {Context:. Subject:subjects }")
	f(get, "/subjects/contexts/versions", "Versions {Context:. Subject:contexts }")
	f(get, "/subjects/versions/versions", "Versions {Context:. Subject:versions }")
	f(get, "/subjects/config/versions/latest", "Version {Context:. Subject:config } Version:-1")
	f(get, "/subjects/mode/versions/LATEST", "Version {Context:. Subject:mode } Version:-1")
	f(get, "/config/mode", "Config {Context:. Subject:mode }")
	f(get, "/mode/config", "Mode {Context:. Subject:config }")
	f(get, "/contexts/contexts/subjects/contexts/versions", "Versions {Context:.contexts Subject:contexts }")
	f(get, "/contexts/subjects/subjects", "Subjects {AllContexts:false ContextPrefix: Context:.subjects")

	// Behind a context.
	f(get, "/contexts/c/subjects", "Subjects {AllContexts:false ContextPrefix: Context:.c SubjectPrefix:")
	f(get, "/contexts/.c/subjects/s/versions", "Versions {Context:.c Subject:s }")
	f(get, "/contexts/:.c:/subjects/s/versions", "Versions {Context:.c Subject:s }")
	f(get, "/contexts/%3A.c%3A/subjects/s/versions", "Versions {Context:.c Subject:s }")
	f(get, "/contexts/:.:/subjects/s/versions", "Versions {Context:. Subject:s }")
	f(get, "/contexts/.a/subjects/:.b:s/versions", "Versions {Context:.b Subject:s }")
	f(get, "/contexts/.c/schemas/ids/1", "SchemaByID {Context:.c Subject: } ID:1")
	f(get, "/contexts/.c/schemas/ids/1?subject=:.d:x", "SchemaByID {Context:.d Subject:x } ID:1")
	f(get, "/contexts/.c/config", "Config {Context:.c Subject: }")
	f(get, "/contexts/.c/contexts", "Contexts")
	f(post, "/contexts/.c/compatibility/subjects/s/versions", "Check {Context:.c Subject:s }")
	f(get, "/contexts/foo:bar/subjects", "400")
	f(get, "/contexts/.c", "405")
	f(get, "/contexts/.c/nosuch", "404")

	// Numbers.
	f(get, "/schemas/ids/+1", "SchemaByID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/01", "SchemaByID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/-1", "SchemaByID {Context:. Subject: } ID:-1")
	f(get, "/schemas/ids/%31", "SchemaByID {Context:. Subject: } ID:1")
	f(get, "/schemas/ids/abc", "404")
	f(get, "/schemas/ids/1.0", "404")
	f(get, "/schemas/ids/%20", "404")
	f(get, "/schemas/ids/2147483648", "404")
	f(get, "/subjects/s/versions/+1", "Version {Context:. Subject:s } Version:1")
	f(get, "/subjects/s/versions/%201", "Version {Context:. Subject:s } Version:1")
	f(get, "/subjects/s/versions/-1", "Version {Context:. Subject:s } Version:-1")
	f(get, "/subjects/s/versions/0", "422")
	f(get, "/subjects/s/versions/-2", "422")
	f(get, "/subjects/s/versions/abc", "422")
	f(get, "/subjects/s/versions/2147483648", "422")

	// What is not there, and what is not there yet.
	f(get, "/nosuch", "404")
	f(get, "/subjects/s", "405")
	f(get, "/subjects/s/nosuch", "404")
	f(get, "/subjects/s/versions/1/nosuch", "404")
	f(get, "/dek-registry/v1/keks", "404")
	f(get, "/schemas", "Schemas {Subjects:{AllContexts:false ContextPrefix: Context:. SubjectPrefix: Deleted:false DeletedOnly:false Page:{Offset:0 Limit:1000}} LatestOnly:false Aliases:false RuleType: Page:{Offset:0 Limit:1000}}")
	f(get, "/contexts/.c/schemas", "Schemas {Subjects:{AllContexts:false ContextPrefix: Context:.c SubjectPrefix: Deleted:false DeletedOnly:false Page:{Offset:0 Limit:1000}} LatestOnly:false Aliases:false RuleType: Page:{Offset:0 Limit:1000}}")
	f(get, "/schemas/guids/x", "SchemaByGUID {GUID:x Context:. Format:}")
	f(get, "/schemas/guids/x/ids", "IDsOfGUID {GUID:x Context:. Format:}")
	f(get, "/subjects/s/metadata?key=a&value=1&key=b", "VersionByMetadata {Context:. Subject:s } Properties:mapa:1] Format: Deleted:false}")
	f(post, "/subjects/s/versions/1/tags", "Tag {Context:. Subject:s } Version:1")
	f(del, "/contexts/c", "DeleteContext .c")
	f(del, "/contexts/:.:", "405")
	f(get, "/v1/metadata/id", "200")
	f(get, "/health/live", "404")
	f(get, "/metrics", "404")
}

// TestWrongMethod takes every path of the table with every method that it doesn't have.
func TestWrongMethod(t *testing.T) {
	t.Parallel()
	h := newTestProxy(t, &fakeRegistry{}, false, nil).Handler(Listener{Admin: true})
	has := map[string]bool{}
	for _, r := range routes("", "") {
		has[r.method+r.template] = true
		if r.method == fasthttp.MethodGet {
			has[fasthttp.MethodHead+r.template] = true
		}
	}
	for _, r := range routes("", "") {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
			if has[method+r.template] {
				continue
			}
			x := ask(h, method, fillIn(r.template), "")
			if x.status() != 405 || x.body() != `{"error_code":405,"message":"HTTP 405 Method Not Allowed"}` {
				t.Errorf("%s %s: %d %s", method, r.template, x.status(), x.body())
			}
		}
	}
}

// fillIn replaces the parameters of a template.
func fillIn(template string) string {
	return strings.NewReplacer("{context}", ".c", "{subject}", "s", "{id}", "1", "{version}", "1", "{guid}", "g").Replace(template)
}

// TestHotAgreesWithRouter takes every route of the table, plain, behind a context, with a trailing slash and with
// escapes in its parameters, and compares both ways of finding it.
func TestHotAgreesWithRouter(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, true, nil)
	agree := func(method, path string) {
		t.Helper()
		x := new(exchange)
		x.ctx.Request.Header.SetMethod(method)
		x.ctx.Request.Header.SetHost("h")
		x.ctx.Request.Header.SetRequestURI(path)
		cold, err := p.find(&x.ctx, []byte(path), seesAll)
		var space [maxRawSegments][]byte
		hot := p.hot.match([]byte(method), []byte(path), &space)
		switch {
		case err == nil && cold.cached && hot != cold:
			t.Errorf("%s %s: the router finds %s, the hot path %v", method, path, cold.template, hot)
		case (err != nil || !cold.cached) && hot != nil:
			t.Errorf("%s %s: the hot path finds %s, the router %v %v", method, path, hot.template, cold, err)
		}
	}
	odd := strings.NewReplacer("{context}", "%3A.c%3A", "{subject}", "a%2Fb%25", "{id}", "%31", "{version}", "latest", "{guid}", "g")
	like := strings.NewReplacer("{context}", "contexts", "{subject}", "versions", "{id}", "schema", "{version}", "subjects", "{guid}", "ids")
	for _, r := range routes("", "") {
		for _, path := range r.paths() {
			for _, filled := range []string{fillIn(path), odd.Replace(path), like.Replace(path), fillIn(path) + "/x", "/" + fillIn(path), fillIn(path) + "/"} {
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
					agree(method, filled)
				}
			}
		}
	}
	for _, path := range []string{"", "/", "//", "/contexts", "/contexts/c", "/contexts/c/", "/contexts//subjects", "/%73ubjects", "/subjects?x", "/a/b/c/d/e/f/g/h/i"} {
		agree("GET", path)
	}
}

// TestHotAndColdKeys sends each request of a cached route twice: the second must be a hit, and both answers alike.
func TestHotAndColdKeys(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".", ".c")}
	p := newTestProxy(t, r, true, nil)
	h := p.Handler(Listener{})
	for _, route := range routes("", "") {
		if !route.cached {
			continue
		}
		for _, path := range route.paths() {
			target := fillIn(path)
			if route.about == aboutListing {
				target += "?subjectPrefix=x"
			}
			body := ""
			if route.body != "" {
				body = `{"schema":"x"}`
			}
			ask(h, route.method, target, body)
			settle(p)
			calls := r.calls.Load()
			first, second := ask(h, route.method, target, body), ask(h, route.method, target, body)
			if n := r.calls.Load() - calls; n != 0 {
				t.Errorf("%s %s: not answered from the cache", route.method, target)
			}
			if first.body() != second.body() || first.status() != 200 {
				t.Errorf("%s %s: %d %s, then %s", route.method, target, first.status(), first.body(), second.body())
			}
		}
	}
}

// TestKeysDiffer collects the keys of questions with different answers.
func TestKeysDiffer(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, true, nil)
	keys := map[string]string{}
	key := func(l Listener, method, target, body string) (string, bool) {
		t.Helper()
		x := new(exchange)
		x.ctx.Request.Header.SetMethod(method)
		x.ctx.Request.Header.SetHost("h")
		x.ctx.Request.Header.SetRequestURI(target)
		x.ctx.Request.SetBodyString(body)
		c := p.begin(&x.ctx, p.newEntrance(l))
		c.spread()
		if c.route = p.hot.match([]byte(method), c.path, &c.raw); c.route == nil {
			t.Fatalf("%s %s: no hot route", method, target)
		}
		if err := c.enter(); err != nil {
			t.Fatal(err)
		}
		if err := c.decode(); err != nil {
			t.Fatal(err)
		}
		return string(c.question.appendKey(nil, c.route)), true
	}
	differs := func(l Listener, method, target, body string) {
		t.Helper()
		k, _ := key(l, method, target, body)
		if other, taken := keys[k]; taken {
			t.Errorf("%s %s has the key of %s", method, target, other)
		}
		keys[k] = method + " " + target + " " + l.Context + " " + body
	}
	same := func(a, b string) {
		t.Helper()
		ka, _ := key(Listener{}, "GET", a, "")
		kb, _ := key(Listener{}, "GET", b, "")
		if ka != kb {
			t.Errorf("%s and %s have two keys", a, b)
		}
	}
	o := Listener{}
	for _, target := range []string{
		"/schemas/ids/1", "/schemas/ids/2", "/schemas/ids/1/schema", "/schemas/ids/1?fetchMaxId=true", "/schemas/ids/1?format=resolved",
		"/schemas/ids/1?findTags=", "/schemas/ids/1?findTags=a", "/schemas/ids/1?findTags=ab", "/schemas/ids/1?findTags=a&findTags=b",
		"/subjects/s/versions/1?findTags=*", "/subjects/s/versions/1?findTags=a&format=b", "/subjects/s/versions/1?format=a&findTags=b",
		"/schemas/ids/1?referenceFormat=qualified", "/schemas/ids/1?subject=s", "/schemas/ids/1?subject=t", "/schemas/ids/1?subject=:.c:s",
		"/contexts/c/schemas/ids/1", "/schemas/ids/1/versions", "/schemas/ids/1/versions?deleted=true", "/schemas/ids/1/versions?limit=1",
		"/schemas/ids/1/versions?offset=1", "/schemas/ids/1/subjects", "/subjects/s/versions", "/subjects/s/versions?deletedOnly=true",
		"/subjects/s/versions?deletedAsNegative=true", "/subjects/s/versions/1", "/subjects/s/versions/2", "/subjects/s/versions/latest",
		"/subjects/ab/versions/1", "/contexts/a/subjects/b/versions/1", "/config", "/config/s", "/config?defaultToGlobal=true", "/mode", "/mode/s",
		"/contexts/c/config", "/subjects?subjectPrefix=a", "/subjects?subjectPrefix=b", "/contexts/c/subjects", "/contexts/d/subjects",
		"/subjects", "/subjects?subjectPrefix=", "/subjects?subjectPrefix=:*:a", "/subjects?subjectPrefix=:.t", "/subjects?subjectPrefix=:.te",
	} {
		differs(o, "GET", target, "")
	}
	differs(Listener{Context: ".c"}, "GET", "/subjects/s/versions/1", "")
	differs(Listener{Context: "."}, "GET", "/subjects/s/versions/1", "")
	differs(o, "POST", "/subjects/s", "{}")
	differs(o, "POST", "/subjects/s", "{ }")
	differs(o, "POST", "/subjects/s/versions", "{}")
	differs(o, "POST", "/subjects/s/versions?force=true", "{}")
	differs(o, "POST", "/subjects/s/versions?normalize=true", "{}")
	same("/schemas/ids/1", "/schemas/ids/01?format=&unknown=1&fetchMaxId=false")
	same("/schemas/ids/1", "/contexts/:.:/schemas/ids/1/")
	same("/subjects/%3A.c%3As/versions/1", "/contexts/c/subjects/s/versions/1")
	same("/subjects/s/versions/-1", "/subjects/s/versions/LATEST")
}

// TestClone proves that a cloned question shares no memory with the request.
func TestClone(t *testing.T) {
	t.Parallel()
	raw := []byte("context subject prefix format body")
	q := question{
		target:  testTarget(borrow(raw[:7]), borrow(raw[8:15])),
		listing: resolver.Listing{Context: borrow(raw[:7]), SubjectPrefix: borrow(raw[16:22]), ContextPrefix: borrow(raw[16:22])},
		format:  borrow(raw[23:29]), contextPrefix: borrow(raw[16:22]), ruleType: borrow(raw[16:22]), body: raw[30:],
	}
	before := fmt.Sprintf("%+v", q)
	k := q.clone()
	for i := range raw {
		raw[i] = 'x'
	}
	if after := fmt.Sprintf("%+v", *k); after != before {
		t.Errorf("got %s, want %s", after, before)
	}
}
