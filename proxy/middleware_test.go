package proxy

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"schemaside/resolver"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	h := newTestProxy(t, &fakeRegistry{}, false, nil).Handler(Listener{})
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	f := func(want string, headers ...string) {
		t.Helper()
		for _, path := range []string{"/", "/nosuch"} {
			got := ask(h, "GET", path, "", headers...).header("X-Request-ID")
			if want == "" && !uuid.MatchString(got) || want != "" && got != want {
				t.Errorf("%q: got %q, want %q", headers, got, want)
			}
		}
	}
	f("")
	f("abc", "X-Request-ID", "abc")
	f("abc", "x-request-id", "abc")
	f("", "X-Request-ID", "")
	f("", "X-Request-ID", "  ")
	f("", "X-Request-ID", "a", "X-Request-ID", "b")
	a, b := ask(h, "GET", "/", ""), ask(h, "GET", "/", "")
	if a.header("X-Request-ID") == b.header("X-Request-ID") {
		t.Error("two requests have one ID")
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := &fakeRegistry{before: func() { panic("boom") }}
	h := newTestProxy(t, r, false, func(o *Options) { o.Log = zerolog.New(&log) }).Handler(Listener{})
	x := ask(h, "GET", "/subjects/s/versions", "", "X-Request-ID", "abc")
	if x.status() != 500 || x.body() != `{"error_code":500,"message":"Internal Server Error"}` || x.header("X-Request-ID") != "abc" {
		t.Errorf("%d %s %s", x.status(), x.body(), x.header("X-Request-ID"))
	}
	var line struct {
		Error     string `json:"error"`
		Stack     string `json:"stack"`
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.Error != "panic: boom" || !strings.Contains(line.Stack, "answerVersions") || line.RequestID != "abc" {
		t.Errorf("logged %s", log.String())
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	h := newTestProxy(t, &fakeRegistry{}, false, nil).Handler(Listener{})
	f := func(target string, want int) {
		t.Helper()
		if x := ask(h, "GET", target, ""); x.status() != want {
			t.Errorf("%s: %d, want %d", target, x.status(), want)
		}
	}
	f("/subjects", 200)
	f("/subjects#x", 200)
	f("/subjects?a#b", 200)
	f("http://registry.example/subjects", 400)
	f("http://other.example/subjects", 400)
	f("*", 400)
	f("//other.example/subjects", 404)
}

func TestContextHeader(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{}
	p := newTestProxy(t, r, false, nil)
	f := func(l Listener, target string, status int, want string, headers ...string) {
		t.Helper()
		x := ask(p.Handler(l), "GET", target, "", headers...)
		if got := r.asked(); x.status() != status || !strings.Contains(got, want) {
			t.Errorf("%+v %s %q: %d %s %s", l, target, headers, x.status(), got, x.body())
		}
	}
	const header = "X-Schemaside-Context"
	o, trusted, tied := Listener{}, Listener{TrustHeader: true}, Listener{Context: ".t"}
	f(o, "/subjects/s/versions", 200, "{Context:.a Subject:s Bound:false}", header, "a")
	f(o, "/subjects/:.b:s/versions", 200, "{Context:.b Subject:s Bound:false}", header, "a")
	f(o, "/contexts/b/subjects/s/versions", 200, "{Context:.b Subject:s Bound:false}", header, "a")
	f(o, "/subjects/s/versions", 400, "", header, "a", header, "b")
	f(o, "/subjects/s/versions", 400, "", header, "a:b")
	f(trusted, "/subjects/s/versions", 200, "{Context:.a Subject:s Bound:true}", header, "a")
	f(trusted, "/subjects/:.b:s/versions", 403, "", header, "a")
	f(trusted, "/subjects/s/versions", 403, "")
	f(trusted, "/schemas/ids/1", 403, "")
	f(trusted, "/nosuch", 403, "")
	f(trusted, "/subjects/s/versions", 400, "", header, "")
	f(tied, "/subjects/s/versions", 200, "{Context:.t Subject:s Bound:true}")
	f(tied, "/subjects/:.b:s/versions", 403, "")
	f(tied, "/contexts/b/subjects", 403, "")
	f(tied, "/subjects?subjectPrefix=:*:", 200, "Context:.t SubjectPrefix:")
	f(tied, "/schemas/ids/1?subject=:.b:", 403, "")
	f(tied, "/config", 200, "{Context:.t Subject: Bound:true}")
	f(tied, "/config/:.__GLOBAL:", 403, "")
	f(tied, "/subjects/s/versions", 403, "", header, "a")
	for _, l := range []Listener{o, trusted, tied} {
		f(l, "/subjects/s/versions", 400, "", header, "t\xff")
	}
	f(o, "/contexts?contextPrefix=.t%C3", 400, "")
	f(o, "/subjects?subjectPrefix=:.t%C3:", 400, "")
	f(o, "/schemas/ids/1?subject=%FF", 400, "")
	f(tied, "/schemas/ids/1?subject=a%C3", 400, "")

	x := ask(p.Handler(trusted), "GET", "/subjects", "")
	if x.body() != `{"error_code":40301,"message":"Header X-Schemaside-Context is missing: it has to name the context of the request"}` {
		t.Error(x.body())
	}
	x = ask(p.Handler(tied), "GET", "/contexts", "")
	if x.body() != `["."]` {
		t.Errorf("the contexts of a bound view are %s", x.body())
	}
	if x := ask(p.Handler(tied), "GET", "/contexts?contextPrefix=.t", ""); x.body() != `[]` {
		t.Errorf("the contexts of a bound view are %s", x.body())
	}
	x = ask(p.Handler(tied), "GET", "/subjects/:.b:s/versions", "")
	if x.body() != `{"error_code":40301,"message":"':.b:s': outside of the context that this caller is bound to"}` {
		t.Error(x.body())
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{}
	p := newTestProxy(t, r, false, func(o *Options) {
		rules, err := resolver.NewRules(resolver.RulesOptions{Hosts: map[string]string{"registry.example": ".h"}})
		if err != nil {
			t.Fatal(err)
		}
		o.Rules = rules
	})
	x := ask(p.Handler(Listener{Admin: true}), "GET", "/subjects/s/versions", "")
	if got := r.asked(); x.status() != 200 || !strings.Contains(got, "{Context:.h Subject:s Bound:true}") {
		t.Errorf("%d %s", x.status(), got)
	}
	f := func(l Listener, host, method, path string, want int) {
		t.Helper()
		x := new(exchange)
		x.ctx.Request.Header.SetMethod(method)
		x.ctx.Request.SetRequestURI(path)
		x.ctx.Request.Header.SetHost(host)
		if p.Handler(l)(&x.ctx); x.status() != want {
			t.Errorf("%+v %s %s at %q: %d, want %d", l, method, path, host, x.status(), want)
		}
	}
	// A probe knows an address. Metrics name contexts, so no tenant may reach them by another Host.
	for _, host := range []string{"10.0.0.1:8081", "localhost:8081", "[::1]", "health.invalid"} {
		f(Listener{Admin: true}, host, "GET", "/health/live", 200)
		f(Listener{Admin: true}, host, "GET", "/health/ready", 200)
		f(Listener{Admin: true}, host, "POST", "/health/ready", 405)
		f(Listener{Admin: true}, host, "GET", "/metrics", 421)
		f(Listener{Admin: true}, host, "GET", "/subjects", 421)
		f(Listener{}, host, "GET", "/health/ready", 421)
		f(Listener{Admin: true, Context: ".h"}, host, "GET", "/health/ready", 421)
		f(Listener{Admin: true, TrustHeader: true}, host, "GET", "/health/ready", 421)
	}
	for _, path := range []string{"/health/live", "/health/ready", "/metrics"} {
		f(Listener{Admin: true}, "registry.example", "GET", path, 404)
		f(Listener{Admin: true}, "registry.example", "POST", path, 404)
	}
	x = new(exchange)
	x.ctx.Request.SetRequestURI("/subjects")
	x.ctx.Request.Header.SetHost("other.example")
	p.Handler(Listener{})(&x.ctx)
	if x.status() != 421 || x.body() != `{"error_code":421,"message":"Host 'other.example' is not served here"}` {
		t.Errorf("%d %s", x.status(), x.body())
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	lines := func(access AccessLog, requests int) (int, string) {
		var log bytes.Buffer
		h := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) {
			o.Log, o.Access = zerolog.New(&log), access
		}).Handler(Listener{})
		for range requests {
			ask(h, "GET", "/contexts/c/subjects/s/versions?deleted=true", "", "X-Request-ID", "abc")
		}
		return strings.Count(log.String(), "\n"), log.String()
	}
	if n, _ := lines(AccessLog{}, 5); n != 0 {
		t.Errorf("off: %d lines", n)
	}
	if n, _ := lines(AccessLog{On: true, Sample: 5}, 20); n != 4 {
		t.Errorf("one in five of 20: %d lines", n)
	}
	n, text := lines(AccessLog{On: true}, 1)
	for _, want := range []string{
		`"method":"GET"`, `"path":"/contexts/c/subjects/s/versions"`, `"route":"/subjects/{subject}/versions"`, `"context":".c"`,
		`"status":200`, `"bytes":6`, `"request_id":"abc"`, `"took":`, `"remote":`,
	} {
		if n != 1 || !strings.Contains(text, want) {
			t.Errorf("%d lines, no %s in %s", n, want, text)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	h := newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.BodyLimit = 20 }).Handler(Listener{})
	if x := ask(h, "POST", "/subjects/s", `{"schema":"12345678"}`); x.status() != 413 ||
		x.body() != `{"error_code":413,"message":"Request body is larger than the limit of 20 bytes"}` {
		t.Errorf("%d %s", x.status(), x.body())
	}
	if x := ask(h, "POST", "/subjects/s", `{"schema":"1234567"}`); x.status() != 200 {
		t.Errorf("%d %s", x.status(), x.body())
	}
}

func TestWriteAnswers(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{}
	h := newTestProxy(t, r, false, nil).Handler(Listener{})
	f := func(method, target, body, want, asked string) {
		t.Helper()
		x := ask(h, method, target, body)
		if got := r.asked(); x.body() != want || !strings.Contains(got, asked) {
			t.Errorf("%s %s: %s, asked %s", method, target, x.body(), got)
		}
	}
	f("PUT", "/mode", `{"mode":"readonly"}`, `{"mode":"readonly"}`, "readonly false")
	f("PUT", "/mode/s?force=true", `{"mode":null}`, `{"mode":null}`, "null true")
	f("PUT", "/mode", `{}`, `{"error_code":42204,"message":"Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD."}`, "")
	f("PUT", "/mode", ``, `{"error_code":422,"message":"updateTopLevelMode.request must not be null (was null)"}`, "")
	f("DELETE", "/mode?recursive=true", ``, `{"mode":"READONLY"}`, "true")
	f("PUT", "/config/s", `{"compatibility":"FULL"}`, `{"compatibility":"FULL"}`, "Value:FULL")
	f("PUT", "/config/s", `{"alias":""}`, `{"alias":""}`, "")
	f("DELETE", "/config", ``, `{"compatibilityLevel":"FULL"}`, "DeleteConfig")
	f("DELETE", "/subjects/s?permanent=true", ``, `[1,2]`, "Permanent:true")
	f("DELETE", "/subjects/s/versions/3", ``, `3`, "Permanent:false")
	f("POST", "/compatibility/subjects/s/versions?verbose=true", `{"schema":"x"}`, `{"is_compatible":true}`, "Verbose:true")
	f("POST", "/subjects/s/versions?force=true&normalize=true&format=f", `{"schema":"x","id":3}`,
		`{"id":7,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"\"string\"","ts":1700000000000,"deleted":false}`, "Normalize:true Format:f Force:true")
	f("POST", "/subjects/s/versions/3/tags", `{"newVersion":4}`,
		`{"id":7,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"\"string\"","ts":1700000000000,"deleted":false}`, "Version:3 NewVersion:4")
	f("POST", "/subjects/s/versions/3/tags", ``, `{"error_code":422,"message":"modifyTags.request must not be null (was null)"}`, "")
	f("POST", "/subjects/s/versions", ``, `{"error_code":422,"message":"register.request must not be null (was null)"}`, "")
	f("GET", "/schemas/ids/1/schema", ``, `"string"`, "SchemaByID")
}
