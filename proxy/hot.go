package proxy

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// maxRawSegments is the longest path that is recognised here: a prefixed one of five segments.
const maxRawSegments = 7

// hotRoutes are the routes whose answers are cached, by method and number of segments. They come out of the route
// table; a test proves that matching them here and asking the router come to the same.
type hotRoutes struct {
	get, post [maxRawSegments + 1][]*route
}

func newHotRoutes(table []*route) hotRoutes {
	var h hotRoutes
	for _, r := range table {
		switch n := len(r.segments); {
		case !r.cached:
		case r.method == fasthttp.MethodPost:
			h.post[n] = append(h.post[n], r)
		default:
			h.get[n] = append(h.get[n], r)
		}
	}
	return h
}

// match finds the route of a raw path, or nil.
func (h *hotRoutes) match(method, path []byte, space *[maxRawSegments][]byte) *route {
	segments := splitRaw(space[:0], path)
	if len(segments) > 2 && string(segments[0]) == "contexts" {
		segments = segments[2:]
	}
	var candidates []*route
	switch string(method) {
	case fasthttp.MethodGet, fasthttp.MethodHead:
		candidates = h.get[len(segments)]
	case fasthttp.MethodPost:
		candidates = h.post[len(segments)]
	}
	for _, r := range candidates {
		if r.fits(segments) {
			return r
		}
	}
	return nil
}

// fits tells whether raw segments are those of the template. Literal ones must be written without escapes, as for the
// router.
func (r *route) fits(segments [][]byte) bool {
	for i, s := range r.segments {
		if s[0] != '{' && string(segments[i]) != s {
			return false
		}
	}
	return true
}

// splitRaw cuts a path at its slashes; one trailing slash is dropped. It returns nothing for a path that is no hot one: too
// long, or with an empty segment.
func splitRaw(dst [][]byte, path []byte) [][]byte {
	if len(path) < 2 || path[0] != '/' {
		return nil
	}
	rest := bytes.TrimSuffix(path[1:], []byte{'/'})
	for {
		i := bytes.IndexByte(rest, '/')
		if i == 0 || len(rest) == 0 || len(dst) == maxRawSegments {
			return nil
		}
		if i < 0 {
			return append(dst, rest)
		}
		dst = append(dst, rest[:i])
		rest = rest[i+1:]
	}
}

// answerHot answers from the cache and tells whether it did. Whatever is out of the ordinary is left to answerCold,
// which finds it again and says what is wrong.
func (c *call) answerHot() bool {
	p := c.p
	if p.o.Cache == nil {
		return false
	}
	if c.route = p.hot.match(c.ctx.Method(), c.path, &c.raw); c.route == nil {
		return false
	}
	if c.enter() != nil || c.negotiate() != nil || c.noCache() || c.decode() != nil {
		return false
	}
	c.key = c.question.appendKey(c.key[:0], c.route)
	key := p.o.Cache.Key(c.key)
	hit := p.o.Cache.Get(&key, c.start)
	if hit == nil {
		return false
	}
	c.writeKept(&key, hit)
	c.remember(&key, hit.Status)
	return true
}

// noCache tells whether the caller wants the answer confirmed.
func (c *call) noCache() bool {
	switch h := c.headers.cacheControl; h.times {
	case 0:
		return false
	case 1:
		return containsToken(h.value, "no-cache")
	}
	for _, v := range c.ctx.Request.Header.PeekAll(fasthttp.HeaderCacheControl) {
		if containsToken(v, "no-cache") {
			return true
		}
	}
	return false
}
