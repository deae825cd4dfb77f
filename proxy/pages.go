package proxy

import (
	"sync"

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

// page is a document that is served as it is.
type page struct {
	contentType string
	body        []byte
	// packed is made when somebody wants it first.
	packed func() []byte
}

func newPage(contentType, body string) page {
	b := []byte(body)
	return page{contentType: contentType, body: b, packed: sync.OnceValue(func() []byte { return pack(b) })}
}

// newPages makes the pages of paths; what there is no text for is no page.
func newPages(o *Options) map[string]page {
	pages := map[string]page{}
	if o.OpenAPI != "" {
		pages[pathOpenAPI] = newPage("application/yaml", o.OpenAPI)
	}
	if o.DocsPage != "" {
		pages[pathDocs] = newPage("text/html; charset=utf-8", o.DocsPage)
	}
	return pages
}

// answerPage writes a page; its type isn't negotiated, for browsers ask for none of the registry's. Errors: NotFound.
func (c *call) answerPage(path string) error {
	p, ok := c.p.pages[path]
	if !ok {
		return wire.NotFound()
	}
	h := &c.ctx.Response.Header
	if path == pathDocs {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	if c.packs(p.body) {
		c.writePacked(fasthttp.StatusOK, p.packed())
	} else {
		c.writePlain(fasthttp.StatusOK, p.body)
	}
	h.SetContentType(p.contentType)
	return nil
}
