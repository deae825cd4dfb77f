package proxy

import (
	"bytes"
	"context"
	"strings"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// route is a line of the route table.
type route struct {
	method string
	// template is the path with its parameters in braces. Every registry route is reachable under
	// /contexts/{context}, too (spec 2.2).
	template string
	// about tells how the target is found in the request; 0: there is none.
	about about
	// params are the recognised query parameters.
	params params
	// maxLimit bounds the limit parameter; 0: nothing does (spec 1.4).
	maxLimit int
	// body names the body in the error for a missing one; empty: no body is read.
	body string
	// cached answers are kept, and hits are answered before the router.
	cached bool
	// across lists subjects, of several contexts when it is asked to.
	across bool
	// admin routes are no part of the registry.
	admin bool
	// page routes show a document, which is no part of the registry either.
	page bool
	// answer asks the registry and appends the rendered answer to dst. It is nil for what is known but not built yet.
	answer answer

	// status is that of the answer; 200 when 0.
	status int

	index                      int
	subjectAt, idAt, versionAt int
	contextAt, guidAt          int
	segments                   []string
	prefixable                 bool
	// proves tells that an answer below 400 means that the question's context is there. Lists, settings and checks are
	// answered for contexts that nobody has heard of, too.
	proves bool
}

// answer asks the registry one question and appends the rendered answer to dst. It may run when the request that asked
// is long gone.
type answer func(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error)

// about tells which name of a request is its target.
type about uint8

const (
	// aboutSubject is a subject of the path (spec 2.1).
	aboutSubject about = iota + 1
	// aboutSettings is a subject of the path, or the context as a whole.
	aboutSettings
	// aboutID is the subject parameter (spec 2.5).
	aboutID
	// aboutListing is the subjectPrefix parameter; without it, every context (spec 2.7).
	aboutListing
	// aboutSchemas is the same; without it, the default context.
	aboutSchemas
	// aboutContext is the context of the path.
	aboutContext
)

const prefix = "/contexts/{context}"

// routes is THE table: every route that this server knows (spec 1.5).
func routes(version, commit string) []*route {
	const get, post, put, del = fasthttp.MethodGet, fasthttp.MethodPost, fasthttp.MethodPut, fasthttp.MethodDelete
	const bySubject = "/subjects/{subject}"
	const byVersion = bySubject + "/versions/{version}"
	table := []*route{
		{method: get, template: "/", answer: answerText(`{}`)},
		{method: post, template: "/", answer: answerText(`{}`)},
		{method: get, template: "/contexts", params: paramPage | paramContextPrefix, answer: answerContexts},
		{method: del, template: prefix, about: aboutContext, status: fasthttp.StatusNoContent, answer: answerDeleteContext},

		{method: get, template: "/schemas", about: aboutSchemas, params: deleted | latestOnly | aliases | paramPage | paramRuleType | paramLifecycle, maxLimit: 1000, cached: true, answer: answerSchemas},
		{method: get, template: "/schemas/types", answer: answerSchemaTypes},
		{method: get, template: "/schemas/ids/{id}", about: aboutID, params: fetchMaxID | paramFormat | paramReferenceFormat | paramFindTags, cached: true, answer: answerSchemaByID},
		{method: get, template: "/schemas/ids/{id}/schema", about: aboutID, params: paramFormat, cached: true, answer: answerTextByID},
		{method: get, template: "/schemas/ids/{id}/subjects", about: aboutID, params: deleted | paramPage, cached: true, answer: answerSubjectsOfID},
		{method: get, template: "/schemas/ids/{id}/versions", about: aboutID, params: deleted | paramPage, cached: true, answer: answerVersionsOfID},
		{method: get, template: "/schemas/guids/{guid}", about: aboutSettings, params: paramFormat, cached: true, answer: answerSchemaByGUID},
		{method: get, template: "/schemas/guids/{guid}/ids", about: aboutSettings, cached: true, answer: answerIDsOfGUID},

		{method: get, template: "/subjects", about: aboutListing, params: deleted | deletedOnly | paramPage, cached: true, across: true, answer: answerSubjects},
		{method: post, template: bySubject, about: aboutSubject, params: normalize | deleted | paramFormat, body: "lookUpSchemaUnderSubject.request", cached: true, answer: answerLookup},
		{method: del, template: bySubject, about: aboutSubject, params: permanent, answer: answerDeleteSubject},
		{method: get, template: bySubject + "/metadata", about: aboutSubject, params: deleted | paramFormat | paramProperties, answer: answerVersionByMetadata},
		{method: get, template: bySubject + "/versions", about: aboutSubject, params: deleted | deletedOnly | deletedAsNegative | paramPage, cached: true, answer: answerVersions},
		{method: post, template: bySubject + "/versions", about: aboutSubject, params: normalize | force | paramFormat, body: "register.request", cached: true, answer: answerRegister},
		{method: get, template: byVersion, about: aboutSubject, params: deleted | paramFormat | paramReferenceFormat | paramFindTags, cached: true, answer: answerVersion},
		{method: del, template: byVersion, about: aboutSubject, params: permanent, answer: answerDeleteVersion},
		{method: get, template: byVersion + "/schema", about: aboutSubject, params: deleted | paramFormat, cached: true, answer: answerTextOfVersion},
		{method: get, template: byVersion + "/referencedby", about: aboutSubject, params: deleted | paramPage, maxLimit: 1000, cached: true, answer: answerReferencedBy},
		{method: post, template: byVersion + "/tags", about: aboutSubject, body: "modifyTags.request", answer: answerTag},

		{method: post, template: "/compatibility" + bySubject + "/versions", about: aboutSubject, params: normalize | verbose, body: "testCompatibilityForSubject.request", answer: answerCheck},
		{method: post, template: "/compatibility" + byVersion, about: aboutSubject, params: normalize | verbose, body: "testCompatibilityBySubjectName.request", answer: answerCheck},

		{method: get, template: "/config", about: aboutSettings, params: defaultToGlobal, cached: true, answer: answerConfig},
		{method: put, template: "/config", about: aboutSettings, body: "updateTopLevelConfig.request", answer: answerPutConfig},
		{method: del, template: "/config", about: aboutSettings, answer: answerDeleteConfig},
		{method: get, template: "/config/{subject}", about: aboutSettings, params: defaultToGlobal, cached: true, answer: answerConfig},
		{method: put, template: "/config/{subject}", about: aboutSettings, body: "updateSubjectLevelConfig.request", answer: answerPutConfig},
		{method: del, template: "/config/{subject}", about: aboutSettings, answer: answerDeleteConfig},
		{method: get, template: "/mode", about: aboutSettings, params: defaultToGlobal, cached: true, answer: answerMode},
		{method: put, template: "/mode", about: aboutSettings, params: force, body: "updateTopLevelMode.request", answer: answerPutMode},
		{method: del, template: "/mode", about: aboutSettings, params: recursive, answer: answerDeleteMode},
		{method: get, template: "/mode/{subject}", about: aboutSettings, params: defaultToGlobal, cached: true, answer: answerMode},
		{method: put, template: "/mode/{subject}", about: aboutSettings, params: force, body: "updateMode.request", answer: answerPutMode},
		{method: del, template: "/mode/{subject}", about: aboutSettings, params: recursive, answer: answerDeleteMode},

		{method: get, template: "/v1/metadata/id", answer: answerText(clusterID)},
		{method: get, template: "/v1/metadata/version", answer: answerText(appendVersion(nil, version, commit))},
		{method: get, template: "/v1/metadata/deployment", answer: answerText(`{"attributes":[]}`)},

		{method: get, template: pathLive, admin: true},
		{method: get, template: pathReady, admin: true},
		{method: get, template: pathMetrics, admin: true},

		{method: get, template: pathOpenAPI, page: true},
		{method: get, template: pathDocs, page: true},
	}
	for i, r := range table {
		r.index = i
		r.locate()
	}
	return table
}

// locate notes where the template has its parameters.
func (r *route) locate() {
	r.subjectAt, r.idAt, r.versionAt, r.contextAt, r.guidAt = -1, -1, -1, -1, -1
	r.segments = strings.Split(strings.Trim(r.template, "/"), "/")
	for i, s := range r.segments {
		switch s {
		case "{subject}":
			r.subjectAt = i
		case "{id}":
			r.idAt = i
		case "{version}":
			r.versionAt = i
		case "{context}":
			r.contextAt = i
		case "{guid}":
			r.guidAt = i
		}
	}
	r.proves = r.about == aboutID || r.about == aboutSubject && r.segments[0] != "compatibility" ||
		r.about == aboutSettings && r.method == fasthttp.MethodPut
	r.prefixable = !r.admin && !r.page && r.template != "/" && r.template != prefix
}

// paths are the templates under which a route is reachable.
func (r *route) paths() []string {
	if !r.prefixable {
		return []string{r.template}
	}
	return []string{r.template, prefix + r.template}
}

// routeKey is the user value under which the router leaves the *route that it found.
type routeKey struct{}

func newRouter(table []*route) *router.Router {
	m := router.New()
	for _, r := range table {
		found := func(ctx *fasthttp.RequestCtx) { ctx.SetUserValue(routeKey{}, r) }
		for _, path := range r.paths() {
			m.Handle(r.method, path, found)
			if r.method == fasthttp.MethodGet {
				m.Handle(fasthttp.MethodHead, path, found)
			}
		}
	}
	return m
}

// routePath is a raw path as routes are asked for. One trailing slash changes nothing: the router would tell two routes
// apart by it, so it never sees it.
func routePath(rawPath []byte) string {
	if len(rawPath) > 1 {
		rawPath = bytes.TrimSuffix(rawPath, []byte{'/'})
	}
	return string(rawPath)
}

// find asks the router for the route of a raw path. Its redirects are not used. An empty segment is none of a route
// (spec 1.1). What isn't seen doesn't exist, whatever the method.
// Errors: NotFound, MethodNotAllowed.
func (p *Proxy) find(ctx *fasthttp.RequestCtx, rawPath []byte, s sight) (*route, error) {
	path := routePath(rawPath)
	if bytes.Contains(rawPath, []byte("//")) || isAdmin(path) && !s.shows(path) {
		return nil, wire.NotFound()
	}
	if found, _ := p.router.Lookup(string(ctx.Method()), path, ctx); found != nil {
		found(ctx)
		if r, ok := ctx.UserValue(routeKey{}).(*route); ok {
			return r, nil
		}
	}
	allowed := p.allowed(path)
	if allowed == "" {
		return nil, wire.NotFound()
	}
	ctx.Response.Header.Set(fasthttp.HeaderAllow, allowed)
	return nil, wire.MethodNotAllowed()
}

// allowed lists the methods that a path has.
func (p *Proxy) allowed(path string) string {
	var methods []string
	for _, m := range []string{fasthttp.MethodGet, fasthttp.MethodHead, fasthttp.MethodPost, fasthttp.MethodPut, fasthttp.MethodDelete} {
		if found, _ := p.router.Lookup(m, path, nil); found != nil {
			methods = append(methods, m)
		}
	}
	return strings.Join(methods, ", ")
}
