package proxy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// FuzzBound sends any target and header through a listener that is bound to a context: nothing panics, every answer is JSON,
// and the registry is never asked about another context.
func FuzzBound(f *testing.F) {
	for _, r := range routes("", "") {
		for _, path := range r.paths() {
			f.Add(r.method, fillIn(path)+"?subject=:.b:s&subjectPrefix=:*:&offset=1", "a", "{}")
		}
	}
	f.Add("GET", "/contexts/%2E/subjects/%3A.b%3As/versions", "b", "")
	f.Add("GET", "/subjects/:.:%3A.b%3As/versions", ":.b:", "")
	r := &fakeRegistry{basis: stampsOf(".a")}
	h := newTestProxy(f, r, true, nil).Handler(Listener{Context: ".a", TrustHeader: true, Admin: true})
	f.Fuzz(func(t *testing.T, method, target, header, body string) {
		r.asked()
		x := new(exchange)
		x.ctx.Request.Header.SetMethod(method)
		x.ctx.Request.Header.SetRequestURI(target)
		x.ctx.Request.Header.SetHost("h")
		x.ctx.Request.Header.Set("X-Schemaside-Context", header)
		x.ctx.Request.SetBodyString(body)
		h(&x.ctx)
		if asked := r.asked(); strings.Contains(asked, "Context:") && !strings.Contains(asked, "Context:.a ") {
			t.Errorf("%s %q asked %s", method, target, asked)
		}
		if x.status() == fasthttp.StatusInternalServerError || !json.Valid(x.ctx.Response.Body()) {
			t.Errorf("%s %q: %d %q", method, target, x.status(), x.body())
		}
	})
}

// FuzzAccept: whatever an Accept header says, the answer has a type or is a refusal.
func FuzzAccept(f *testing.F) {
	f.Add("application/json;q=0.5, */*;q=.1")
	f.Add("*;q=2,;;,q=,application/*;q=0.0001")
	f.Fuzz(func(t *testing.T, header string) {
		m, ok := accept([][]byte{[]byte(header)})
		if m >= mediaTypes || !ok && strings.TrimSpace(header) == "*/*" {
			t.Errorf("%q: %d, %v", header, m, ok)
		}
	})
}
