package proxy

import (
	"bytes"
	"errors"
	"strconv"
	"time"
	"unsafe"

	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/resolver"
)

// call is one request on its way. It is pooled: nothing of it may be kept.
type call struct {
	p     *Proxy
	ctx   *fasthttp.RequestCtx
	at    *entrance
	start time.Time
	// target is the request line's; path and query are its raw parts, cut when shortcuts don't lead to an answer.
	target, path, query []byte
	// short is nil when the request was decoded.
	short *shortcut
	door  resolver.Door
	// route is nil until it is found.
	route *route
	// segments are decoded, without the context before them.
	segments []string
	question question
	accepted mediaType
	headers  headers

	segmentSpace [16]string
	raw          [maxRawSegments][]byte
	scratch, key []byte
	args         fasthttp.Args
	// shard is where the call counts.
	shard uint32
	// id is the request ID that was made for this request.
	id [36]byte
}

// begin readies a pooled call for a request.
func (p *Proxy) begin(ctx *fasthttp.RequestCtx, at *entrance) *call {
	c, ok := p.calls.Get().(*call)
	if !ok {
		c = &call{shard: p.made.Add(1)}
	}
	c.p, c.ctx, c.at, c.start, c.target = p, ctx, at, p.arrival(ctx), ctx.Request.Header.RequestURI()
	c.route, c.short, c.accepted = nil, nil, mediaV1
	c.headers.read(&ctx.Request.Header, &p.names)
	return c
}

// spread readies what is needed only by a request that no shortcut answers.
func (c *call) spread() {
	c.path, c.query = splitTarget(c.target)
	c.door, c.route, c.segments, c.question, c.accepted = resolver.Door{}, nil, nil, question{}, mediaV1
}

// context is the registry context that the request is about; empty: none.
func (c *call) context() string {
	if c.short != nil {
		return c.short.context
	}
	return c.question.context()
}

// arrival is when a request came in. The server has read the clock already.
func (p *Proxy) arrival(ctx *fasthttp.RequestCtx) time.Time {
	if p.o.Now != nil {
		return p.o.Now()
	}
	if t := ctx.Time(); !t.IsZero() {
		return t
	}
	return time.Now()
}

// took is how long a request has taken so far.
func (c *call) took() time.Duration {
	if c.p.o.Now != nil {
		return c.p.o.Now().Sub(c.start)
	}
	return time.Since(c.start)
}

// splitTarget cuts a request target into path and query; a fragment is no part of either.
func splitTarget(target []byte) (path, query []byte) {
	if i := bytes.IndexByte(target, '#'); i >= 0 {
		target = target[:i]
	}
	path, query, _ = bytes.Cut(target, []byte{'?'})
	return path, query
}

// enter finds the door that the request came in through. Errors: those of resolver.Rules.Door; BadRequest, Forbidden.
func (c *call) enter() error {
	if c.headers.context.times > 1 {
		return wire.BadRequest("Header %s is given more than once", c.p.o.ContextHeader)
	}
	header, given := c.headers.context.value, c.headers.context.times == 1
	var err error
	l := resolver.Listener{Context: c.at.Context, TrustHeader: c.at.TrustHeader}
	c.door, err = c.p.o.Rules.Door(l, borrow(c.ctx.Request.Header.Host()), borrow(header), given)
	c.question.view = c.door.View
	if errors.Is(err, resolver.ErrUnbound) {
		return wire.Forbidden("Header %s is missing: it has to name the context of the request", c.p.o.ContextHeader)
	}
	return err
}

// decode turns path, query and body of a routed request into its question. Nothing is allocated unless something is
// wrong. Errors: those of package resolver; NotFound, InvalidVersion, BodyTooLarge.
func (c *call) decode() error {
	var err error
	if need := 2 * len(c.path); cap(c.scratch) < need {
		c.scratch = make([]byte, 0, need)
	}
	c.segments, c.scratch, err = resolver.SplitPath(c.segmentSpace[:0], c.scratch, c.path)
	if err != nil {
		return err
	}
	if c.door, c.segments, err = c.door.TrimContext(c.segments); err != nil {
		return err
	}
	c.args.ParseBytes(c.query)
	if err := c.aim(); err != nil {
		return err
	}
	if err := c.question.readQuery(&c.args, c.route); err != nil {
		return err
	}
	if c.route.body != "" {
		if err := c.setBody(); err != nil {
			return err
		}
	}
	return c.readNumbers()
}

// aim finds what the request is about.
func (c *call) aim() error {
	var t resolver.Target
	var err error
	switch r := c.route; r.about {
	case aboutSubject:
		t, err = c.door.Subject(c.segments[r.subjectAt])
	case aboutSettings:
		if r.subjectAt < 0 {
			t, err = c.door.Settings("", false)
		} else {
			t, err = c.door.Settings(c.segments[r.subjectAt], true)
		}
	case aboutID:
		t, err = c.door.SchemaID(borrow(c.args.Peek("subject")), c.args.Has("subject"))
	case aboutListing, aboutSchemas:
		c.question.listing, err = c.door.Listing(borrow(c.args.Peek("subjectPrefix")), c.args.Has("subjectPrefix"), r.about == aboutListing)
	case aboutContext:
		t, err = c.door.Context(c.segments[r.contextAt])
	}
	c.question.target = backend.Target(t)
	return err
}

// readNumbers reads the schema ID and the version of the path.
func (c *call) readNumbers() error {
	if at := c.route.idAt; at >= 0 {
		n, ok := parseInt32(c.segments[at])
		if !ok {
			return wire.NotFound()
		}
		c.question.id = n
	}
	if at := c.route.guidAt; at >= 0 {
		c.question.guid = c.segments[at]
	}
	if at := c.route.versionAt; at >= 0 {
		n, err := parseVersion(c.segments[at])
		if err != nil && c.route.body == "" {
			return err
		}
		c.question.version, c.question.badVersion = n, err
	}
	return nil
}

// borrow shows bytes as a string without copying them: good only while the bytes stay as they are.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) } //nolint:gosec // see its comment

func formatInt(n int32) string { return strconv.FormatInt(int64(n), 10) }
