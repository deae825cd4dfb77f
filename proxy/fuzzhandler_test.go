package proxy

import (
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// fuzzed are the registries that a fuzz test sends its requests to. One that was written to is made anew, so that an input does the
// same whatever came before it.
type fuzzed struct {
	commits []commit
	open    *world
	tenants *twins
	// cached only ever gets requests that read.
	cached *world
}

func newFuzzed(tb testing.TB) *fuzzed {
	tb.Helper()
	f := &fuzzed{commits: recorded(tb, history())}
	f.cached = newWorld(tb, f.commits, worldOptions{cached: true})
	f.renew(tb)
	return f
}

// renew replaces the registries that were written to.
func (f *fuzzed) renew(tb testing.TB) {
	tb.Helper()
	if f.open == nil || len(f.open.store.committed()) > 0 {
		f.open = newWorld(tb, f.commits, worldOptions{})
	}
	if f.tenants == nil || len(f.tenants.full.store.committed())+len(f.tenants.empty.store.committed()) > 0 {
		f.tenants = newTwins(tb, f.commits, doors()[0], false)
	}
	f.open.store.forget()
}

// headersOf reads lines of "name: value", leaving out those that no client could send.
func headersOf(lines string) []string {
	var out []string
	for line := range strings.Lines(lines) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if ok && name != "" && !strings.ContainsAny(name+value, "\r\n\x00") {
			out = append(out, name, strings.TrimSpace(value))
		}
	}
	return out
}

// FuzzHandler sends any method, target, headers and body to a registry with data: through the open view, through a door that ties to
// a context, and, where nothing is written, to one that answers from its cache. Whatever comes, no answer is a failure of ours, an
// error has its code, what is refused has written nothing, a context is as shut as TestIsolation says, and the cache changes no answer.
func FuzzHandler(f *testing.F) {
	for _, r := range routes("", "") {
		for _, path := range r.paths() {
			f.Add(r.method, fill(path, ownPlaces()), "", goodBody(r))
		}
		f.Add(r.method, fill(r.template, ownPlaces())+"?subject=:.victim:secret&subjectPrefix=:*:&deleted=true&offset=1&limit=2", "Accept: application/json", bodyFor(r, ":.victim:secret"))
		f.Add(r.method, everywhere(r.template, ":.victim:secret")[0]+"?format=resolved&verbose=true&normalize=true&permanent=true", contextHeader+": .victim", bodyFor(r, "watched"))
	}
	f.Add("POST", "/subjects/p/versions", "Content-Encoding: gzip", packed(`{"schemaType":"PROTOBUF","schema":"syntax = \"proto3\"; message M { string s = 1; }"}`))
	f.Add("POST", "/subjects/j/versions?normalize=true", "Content-Type: application/json", `{"schemaType":"JSON","schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/d\"}}}"}`)
	f.Add("GET", "/contexts/%2Etenant/subjects/%3A.tenant%3Aorders/versions/latest?referenceFormat=qualified&findTags=*", "Cache-Control: no-cache\nHost: victim.example", "")
	w := newFuzzed(f)
	f.Fuzz(func(t *testing.T, method, target, header, body string) {
		a := attack{kind: "fuzz", method: method, target: target, body: body, headers: headersOf(header)}
		w.renew(t)
		x := ask(w.open.open, method, target, body, a.headers...)
		// The route isn't known, so good answers may be of any kind.
		faults := faultsOf(&route{page: true}, badRow{method: method}, x.status(), []byte(x.unpacked()))
		if x.status() >= 400 && len(w.open.store.committed()) > 0 {
			faults = append(faults, "what is refused has written something")
		}
		if len(x.header(headerRequestID)) == 0 {
			faults = append(faults, "the answer has no ID")
		}
		full, empty := w.tenants.send(a)
		faults = append(faults, w.tenants.check(a, full, empty)...)
		if method == fasthttp.MethodGet || method == fasthttp.MethodHead {
			again := ask(w.cached.open, method, target, body, a.headers...)
			if x.status() != again.status() || x.unpacked() != again.unpacked() {
				faults = append(faults, "the cache answers "+again.whole())
			}
		}
		if len(faults) > 0 {
			t.Errorf("%s\n%s\n%s", a, x.whole(), strings.Join(faults, "\n"))
		}
	})
}
