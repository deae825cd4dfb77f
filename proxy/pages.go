package proxy

import (
	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
)

const (
	pathOpenAPI = "/openapi.yaml"
	pathDocs    = "/docs"
)

// pagePolicy lets a page use what stands in it, and load nothing.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// isPage tells whether a path is that of a page. Pages tell the same to everyone, so they are shown at every door.
func isPage(path string) bool { return path == pathOpenAPI || path == pathDocs }

// answerPage writes a page; it isn't negotiated, for browsers ask for none of the registry's types. Errors: NotFound.
func (p *Proxy) answerPage(ctx *fasthttp.RequestCtx, path string) error {
	body, contentType := p.o.OpenAPI, "application/yaml"
	if path == pathDocs {
		body, contentType = p.o.DocsPage, "text/html; charset=utf-8"
		ctx.Response.Header.Set("Content-Security-Policy", pagePolicy)
	}
	if body == "" {
		return wire.NotFound()
	}
	ctx.Response.Header.Set("X-Content-Type-Options", "nosniff")
	ctx.Response.Header.SetContentType(contentType)
	ctx.Response.SetBodyString(body)
	return nil
}
