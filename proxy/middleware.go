package proxy

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"runtime/debug"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
)

const headerRequestID = "X-Request-Id"

// AccessLog tells which requests are logged, one line each.
type AccessLog struct {
	// On logs at all. Off costs nothing.
	On bool
	// Sample logs one request in so many; 0 and 1 log all.
	Sample uint32
}

// serve is the whole way of a request.
func (p *Proxy) serve(ctx *fasthttp.RequestCtx, at *entrance) {
	c := p.begin(ctx, at)
	defer c.end()
	c.identify()
	if c.answerShort() {
		return
	}
	c.spread()
	if err := c.checkTarget(); err != nil {
		c.fail(err)
		return
	}
	if c.answerHot() {
		return
	}
	if err := c.answerCold(); err != nil {
		c.fail(err)
	}
}

// end counts and logs the request, whatever became of it. It is deferred by itself, so that it sees a panic.
func (c *call) end() {
	if v := recover(); v != nil {
		c.ctx.Response.Reset()
		c.identify()
		c.fail(&panicked{value: v, stack: debug.Stack()})
	}
	p := c.p
	if p.closing.Load() {
		c.ctx.SetConnectionClose()
	}
	took := c.took()
	p.metrics.observe(c, took)
	if p.o.Access.On && (p.o.Access.Sample <= 1 || p.sampled.Add(1)%p.o.Access.Sample == 0) {
		c.logAccess(p.o.Log.Info().Dur("took", took))
	}
	c.ctx = nil
	p.calls.Put(c)
}

func (c *call) logAccess(line *zerolog.Event) {
	template := ""
	if c.route != nil {
		template = c.route.template
	}
	line.Bytes("method", c.ctx.Method()).
		Bytes("path", c.loggedPath()).
		Str("route", template).
		Str("context", c.context()).
		Int("status", c.ctx.Response.StatusCode()).
		Int("bytes", c.bodySize()).
		Bytes("request_id", c.requestID()).
		Stringer("remote", c.ctx.RemoteAddr()).
		Msg("request")
}

// loggedPath is the raw path, without what may be secret in a query.
func (c *call) loggedPath() []byte {
	path, _ := splitTarget(c.target)
	return path
}

// bodySize is the size of the body, or -1 while that isn't known.
func (c *call) bodySize() int {
	if c.ctx.Response.IsBodyStream() {
		return -1
	}
	return len(c.ctx.Response.Body())
}

// identify puts the request's ID into the answer.
func (c *call) identify() {
	c.ctx.Response.Header.SetCanonical(c.p.names.requestID, c.headers.id(&c.id))
}

// id is the ID of a request: the one that the caller gave, if exactly one, else a fresh UUID (spec 1.1), in space.
func (h *headers) id(space *[36]byte) []byte {
	if h.requestID.times == 1 && len(bytes.TrimSpace(h.requestID.value)) > 0 {
		return h.requestID.value
	}
	fillUUID(space)
	return space[:]
}

// requestID is the ID that identify put into the answer.
func (c *call) requestID() []byte { return c.ctx.Response.Header.Peek(headerRequestID) }

// fillUUID writes a random UUID (version 4). It names a request and guards nothing, so a fast source will do.
func fillUUID(dst *[36]byte) {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], rand.Uint64()) //nolint:gosec // see above
	binary.BigEndian.PutUint64(u[8:], rand.Uint64()) //nolint:gosec // see above
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	*dst = [36]byte{8: '-', 13: '-', 18: '-', 23: '-'}
	const digits = "0123456789abcdef"
	for i, at := range [16]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		dst[at], dst[at+1] = digits[u[i]>>4], digits[u[i]&0xf]
	}
}

// checkTarget refuses request targets that aren't a plain path: a proxy's absolute form could name another host than
// the Host header does.
func (c *call) checkTarget() error {
	if len(c.target) == 0 || c.target[0] != '/' {
		return wire.BadRequest("The request target must be a path")
	}
	return nil
}
