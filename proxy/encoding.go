package proxy

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"schemaside/backend/wire"
)

// encoding is how a request body is packed. Its number is part of the cache's keys.
type encoding uint8

const (
	bodyIdentity encoding = iota
	bodyGzip
)

// encoding tells how the body is packed; false for a way that can't be read.
func (h *headers) encoding() (encoding, bool) {
	name := bytes.TrimSpace(h.contentEncoding.value)
	switch {
	case h.contentEncoding.times > 1:
		return bodyIdentity, false
	case len(name) == 0, equalFold(name, "identity"):
		return bodyIdentity, true
	case equalFold(name, "gzip"), equalFold(name, "x-gzip"):
		return bodyGzip, true
	default:
		return bodyIdentity, false
	}
}

// setBody takes the body of the request. A packed one is part of the question as it came: what is in the cache is found
// without unpacking it. Errors: BodyTooLarge.
func (c *call) setBody() error {
	q, body := &c.question, c.ctx.Request.Body()
	q.bodyName = c.route.body
	if len(body) > c.p.o.BodyLimit {
		return wire.BodyTooLarge(c.p.o.BodyLimit)
	}
	// negotiate has refused other encodings. No bytes are no body, in any of them.
	if q.encoding, _ = c.headers.encoding(); q.encoding == bodyIdentity || len(body) == 0 {
		q.encoding, q.body = bodyIdentity, body
		return nil
	}
	q.packed = body
	return nil
}

// unpack unpacks a packed body. Errors: BadRequest, BodyTooLarge.
func (c *call) unpack() error {
	if c.question.encoding == bodyIdentity {
		return nil
	}
	body, err := c.p.gunzip(c.question.packed)
	c.question.body = body
	return err
}

// gunzip unpacks bytes, up to the limit of a body: what lies beyond costs nothing. Errors: BadRequest, BodyTooLarge.
func (p *Proxy) gunzip(packed []byte) ([]byte, error) {
	z, ok := p.unzippers.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	defer p.unzippers.Put(z)
	if err := z.Reset(bytes.NewReader(packed)); err != nil {
		return nil, brokenGzip(err)
	}
	body, err := io.ReadAll(io.LimitReader(z, int64(p.o.BodyLimit)+1))
	switch {
	case len(body) > p.o.BodyLimit:
		return nil, wire.BodyTooLarge(p.o.BodyLimit)
	case err != nil:
		return nil, brokenGzip(err)
	}
	return body, nil
}

func brokenGzip(err error) error {
	return fmt.Errorf("%w: %w", wire.BadRequest("The request body is not what its Content-Encoding says, gzip"), err)
}
