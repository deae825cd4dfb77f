package proxy

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/cache"
	"schemaside/resolver"
	"schemaside/storage"
)

// fakeRegistry notes what it is asked and answers all of it alike.
type fakeRegistry struct {
	calls atomic.Int64
	// before runs at the start of each call.
	before func()
	// basis and err come with every answer.
	basis backend.Basis
	err   error
	ping  error
	// text is what schemas say; empty: "string".
	text string

	mu   sync.Mutex
	last string
}

func (r *fakeRegistry) note(asked ...any) error {
	r.calls.Add(1)
	if r.before != nil {
		r.before()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = fmt.Sprintf("%+v", asked)
	return r.err
}

// asked returns what was asked last, and forgets it.
func (r *fakeRegistry) asked() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.last
	r.last = ""
	return last
}

func (r *fakeRegistry) schema(t backend.Target, version int32) wire.Schema {
	return wire.Schema{
		Subject: t.Name(), Version: version, ID: 7, GUID: "acb9a771-413f-2f1c-6a25-9db09a05dd82", Type: "AVRO",
		Text: cmp.Or(r.text, `"string"`), Stored: true, Timestamp: 1700000000000,
	}
}

func (r *fakeRegistry) SchemaByID(_ context.Context, p backend.SchemaByID) (wire.Schema, backend.Basis, error) {
	err := r.note("SchemaByID", p)
	return r.schema(p.Target, 1), r.basis, err
}

func (r *fakeRegistry) VersionsOfID(_ context.Context, p backend.VersionsOfID) ([]wire.SubjectVersion, backend.Basis, error) {
	err := r.note("VersionsOfID", p)
	return []wire.SubjectVersion{{Subject: wire.Name{Context: p.Target.Context, Subject: "s"}, Version: 1}}, r.basis, err
}

func (r *fakeRegistry) Schemas(_ context.Context, p backend.Schemas) ([]wire.Schema, backend.Basis, error) {
	err := r.note("Schemas", p)
	return []wire.Schema{r.schema(backend.Target{Context: p.Subjects.Context, Subject: "s"}, 1)}, r.basis, err
}

func (r *fakeRegistry) SchemaByGUID(_ context.Context, p backend.SchemaByGUID) (wire.Schema, backend.Basis, error) {
	err := r.note("SchemaByGUID", p)
	return r.schema(backend.Target{Context: p.Context}, 0), r.basis, err
}

func (r *fakeRegistry) IDsOfGUID(_ context.Context, p backend.SchemaByGUID) ([]wire.ContextID, backend.Basis, error) {
	err := r.note("IDsOfGUID", p)
	return []wire.ContextID{{Context: p.Context, ID: 7}}, r.basis, err
}

func (r *fakeRegistry) VersionByMetadata(_ context.Context, p backend.VersionByMetadata) (wire.Schema, backend.Basis, error) {
	err := r.note("VersionByMetadata", p)
	return r.schema(p.Target, 1), r.basis, err
}

func (r *fakeRegistry) DeleteContext(_ context.Context, registryCtx string) error {
	return r.note("DeleteContext", registryCtx)
}

func (r *fakeRegistry) SchemaTypes() []string { return []string{"AVRO"} }

func (r *fakeRegistry) Contexts(_ context.Context, p backend.Contexts) ([]string, backend.Basis, error) {
	return []string{".", ".c"}, r.basis, r.note("Contexts", p)
}

func (r *fakeRegistry) Subjects(_ context.Context, p backend.Subjects) ([]wire.Name, backend.Basis, error) {
	err := r.note("Subjects", p)
	return []wire.Name{{Context: p.Context, Subject: "s"}}, r.basis, err
}

func (r *fakeRegistry) Versions(_ context.Context, p backend.Versions) ([]int32, backend.Basis, error) {
	return []int32{1, -2}, r.basis, r.note("Versions", p)
}

func (r *fakeRegistry) Version(_ context.Context, p backend.Version) (wire.Schema, backend.Basis, error) {
	err := r.note("Version", p)
	return r.schema(p.Target, max(p.Version, 1)), r.basis, err
}

func (r *fakeRegistry) ReferencedBy(_ context.Context, p backend.Version) ([]int32, backend.Basis, error) {
	return []int32{3}, r.basis, r.note("ReferencedBy", p)
}

func (r *fakeRegistry) Lookup(_ context.Context, p backend.Lookup) (wire.Schema, backend.Basis, error) {
	err := r.note("Lookup", p)
	return r.schema(p.Target, 1), r.basis, err
}

func (r *fakeRegistry) Register(_ context.Context, p backend.Register) (wire.Schema, backend.Basis, error) {
	err := r.note("Register", p)
	return r.schema(p.Target, 1), r.basis, err
}

func (r *fakeRegistry) Tag(_ context.Context, p backend.Tag) (wire.Schema, error) {
	return r.schema(p.Target, 1), r.note("Tag", p)
}

func (r *fakeRegistry) DeleteSubject(_ context.Context, p backend.DeleteSubject) ([]int32, error) {
	return []int32{1, 2}, r.note("DeleteSubject", p)
}

func (r *fakeRegistry) DeleteVersion(_ context.Context, p backend.DeleteVersion) (int32, error) {
	return p.Version, r.note("DeleteVersion", p)
}

func (r *fakeRegistry) Check(_ context.Context, p backend.Check) (wire.Compatibility, error) {
	return wire.Compatibility{Compatible: true}, r.note("Check", p)
}

func (r *fakeRegistry) Config(_ context.Context, p backend.Settings) (wire.Config, backend.Basis, error) {
	return wire.Config{Compatibility: "FULL"}, r.basis, r.note("Config", p)
}

func (r *fakeRegistry) PutConfig(_ context.Context, p backend.Settings, u wire.ConfigUpdate) (wire.Config, error) {
	return wire.Config{Compatibility: u.Compatibility.Value}, r.note("PutConfig", p, u)
}

func (r *fakeRegistry) DeleteConfig(_ context.Context, p backend.Settings) (wire.Config, error) {
	return wire.Config{Compatibility: "FULL"}, r.note("DeleteConfig", p)
}

func (r *fakeRegistry) Mode(_ context.Context, p backend.Settings) (string, backend.Basis, error) {
	return "READONLY", r.basis, r.note("Mode", p)
}

func (r *fakeRegistry) PutMode(_ context.Context, p backend.Settings, mode *string, force bool) error {
	text := "null"
	if mode != nil {
		text = *mode
	}
	return r.note("PutMode", p, text, force)
}

func (r *fakeRegistry) DeleteMode(_ context.Context, p backend.Settings, recursive bool) (string, error) {
	return "READONLY", r.note("DeleteMode", p, recursive)
}

func (r *fakeRegistry) Ping(context.Context) error { return r.ping }

// fakeHeads are heads that never move.
func fakeHeads(_ context.Context, contexts []string) ([]storage.Head, error) {
	return make([]storage.Head, len(contexts)), nil
}

// newTestProxy returns a proxy over r, with a cache if cached. change may alter its options.
func newTestProxy(tb testing.TB, r backend.Registry, cached bool, change func(o *Options)) *Proxy {
	tb.Helper()
	rules, err := resolver.NewRules(resolver.RulesOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	o := Options{Registry: r, Rules: rules, ContextHeader: "X-Schemaside-Context", Log: zerolog.Nop()}
	if cached {
		o.Cache = cache.New(cache.Options{Heads: fakeHeads, Freshness: 1 << 40})
		tb.Cleanup(o.Cache.Close)
	}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// exchange is a request and its answer.
type exchange struct{ ctx fasthttp.RequestCtx }

// ask sends a request through a handler. headers are names and values in turn.
func ask(h fasthttp.RequestHandler, method, target, body string, headers ...string) *exchange {
	var req fasthttp.Request
	req.Header.SetMethod(method)
	req.Header.SetRequestURI(target)
	req.Header.SetHost("registry.example")
	if body != "" {
		req.SetBodyString(body)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	x := new(exchange)
	x.ctx.Init(&req, nil, nil)
	h(&x.ctx)
	return x
}

func (x *exchange) status() int  { return x.ctx.Response.StatusCode() }
func (x *exchange) body() string { return string(x.ctx.Response.Body()) }
func (x *exchange) header(name string) string {
	return string(x.ctx.Response.Header.Peek(name))
}
