package proxy

import (
	"errors"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
	"schemaside/resolver"
	"schemaside/storage"
)

// This file alone writes error bodies.

// fail answers a request with an error; a failure that is ours is logged with its cause.
func (c *call) fail(err error) {
	e := asWire(err)
	c.write(e.Status(), errorBody(e, c.door.View))
	if e.Status() < 500 || e.Status() == fasthttp.StatusNotImplemented {
		return
	}
	line := c.p.o.Log.Error().Err(err).Str("request_id", string(c.requestID())).
		Str("method", string(c.ctx.Method())).Str("path", string(c.loggedPath()))
	if p := (*panicked)(nil); errors.As(err, &p) {
		line = line.Bytes("stack", p.stack)
	}
	line.Msg("request failed")
}

// asWire turns whatever went wrong into an error of the catalogue.
func asWire(err error) *wire.Error {
	var refusal *wire.Error
	var name *resolver.NameError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, storage.ErrUnavailable):
		return wire.Unavailable(err)
	case !errors.As(err, &name):
		return wire.Internal(err)
	case errors.Is(err, resolver.ErrLeavesContext), errors.Is(err, resolver.ErrBindingsDisagree):
		return wire.Forbidden("%s", name.Error())
	case errors.Is(err, resolver.ErrMisdirected):
		return wire.Misdirected(name.Name)
	default:
		return wire.BadRequest("%s", name.Error())
	}
}

// errorBody is the body of an error as its caller reads it. The message is there even when it is empty.
func errorBody(e *wire.Error, n wire.Namer) []byte {
	o := open(nil)
	o.int("error_code", int64(e.Code))
	o.name("message")
	o.b = appendString(o.b, e.Text.Write(n))
	return o.close()
}

// refuseUnreadable answers what the server could not read as a request; the connection is closed afterwards.
func (p *Proxy) refuseUnreadable(ctx *fasthttp.RequestCtx, err error) {
	var e *wire.Error
	var small *fasthttp.ErrSmallBuffer
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		e = wire.BodyTooLarge(p.o.BodyLimit)
	case errors.As(err, &small):
		e = &wire.Error{Code: fasthttp.StatusRequestHeaderFieldsTooLarge, Text: wire.Plain("The headers of the request are too large")}
	case errors.As(err, &timeout) && timeout.Timeout():
		e = &wire.Error{Code: fasthttp.StatusRequestTimeout, Text: wire.Plain("The request did not arrive in time")}
	default:
		e = wire.BadRequest("The request is malformed")
	}
	var h headers
	h.read(&ctx.Request.Header, &p.names)
	ctx.Response.Header.SetCanonical(p.names.requestID, h.id(new([36]byte)))
	ctx.SetStatusCode(e.Status())
	ctx.SetContentType(mediaName(mediaV1))
	ctx.SetBody(errorBody(e, wire.OpenNamer{}))
	p.metrics.countUnreadable(e.Status())
}
