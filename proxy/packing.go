package proxy

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"schemaside/cache"
)

// packAbove is how long a body is that is worth packing, in bytes.
const packAbove = 1 << 10

// packs tells whether an answer goes out packed, and says in it that others may get it otherwise.
func (c *call) packs(body []byte) bool {
	if len(body) <= packAbove {
		return false
	}
	c.ctx.Response.Header.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	switch h := c.headers.acceptEncoding; h.times {
	case 0:
		return false
	case 1:
		return acceptsGzip(h.value)
	default:
		return acceptsGzip(bytes.Join(c.ctx.Request.Header.PeekAll(fasthttp.HeaderAcceptEncoding), []byte{','}))
	}
}

// writeKept answers with what the cache has kept. The first caller who wants it packed packs it for all.
func (c *call) writeKept(key *cache.Key, kept *cache.Answer) {
	if !c.packs(kept.Body) {
		c.writePlain(kept.Status, kept.Body)
		return
	}
	packed := kept.Packed
	if packed == nil {
		packed = pack(kept.Body)
		c.p.o.Cache.KeepPacked(key, kept, packed)
	}
	c.writePacked(kept.Status, packed)
}

// write answers with a body that nobody keeps.
func (c *call) write(status int, body []byte) {
	if c.packs(body) {
		c.writePacked(status, pack(body))
		return
	}
	c.writePlain(status, body)
}

// writePlain answers the request. body must not change any more.
func (c *call) writePlain(status int, body []byte) {
	c.ctx.Response.SetStatusCode(status)
	c.ctx.Response.Header.SetContentType(mediaName(c.accepted))
	c.ctx.Response.SetBodyRaw(body)
}

func (c *call) writePacked(status int, packed []byte) {
	c.ctx.Response.Header.SetContentEncoding("gzip")
	c.writePlain(status, packed)
}

func pack(body []byte) []byte {
	packed := fasthttp.AppendGzipBytes(make([]byte, 0, len(body)/3), body)
	return bytes.Clone(packed)
}

// acceptsGzip tells whether an Accept-Encoding header takes gzip: it is named, or else anything is, and not with a weight of 0.
func acceptsGzip(header []byte) bool {
	named, others := -1, -1
	for len(header) > 0 {
		var item []byte
		if i := bytes.IndexByte(header, ','); i >= 0 {
			item, header = header[:i], header[i+1:]
		} else {
			item, header = header, nil
		}
		switch name := mediaRange(item); {
		case equalFold(name, "gzip"), equalFold(name, "x-gzip"):
			named = max(named, quality(item))
		case string(name) == "*":
			others = max(others, quality(item))
		}
	}
	if named >= 0 {
		return named > 0
	}
	return others > 0
}
