package proxy

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
)

// mediaType is a content type that answers come in, best first (spec 1.1).
type mediaType uint8

const (
	mediaV1 mediaType = iota
	mediaVendor
	mediaJSON
)

// mediaTypes is how many there are.
const mediaTypes = 3

func mediaName(t mediaType) string {
	switch t {
	case mediaJSON:
		return "application/json"
	case mediaVendor:
		return "application/vnd.schemaregistry+json"
	default:
		return "application/vnd.schemaregistry.v1+json"
	}
}

// negotiate chooses the content type of the answer, and refuses bodies that can't be read.
// Errors: NotAcceptable, UnsupportedMediaType.
func (c *call) negotiate() error {
	if c.route.body != "" {
		if _, known := c.headers.encoding(); !known || !readable(c.ctx.Request.Header.ContentType()) {
			return wire.UnsupportedMediaType()
		}
	}
	h := c.headers.accept
	if h.times == 0 || h.times == 1 && string(h.value) == mediaName(mediaV1) {
		c.accepted = mediaV1
		return nil
	}
	accepted, ok := accept(c.ctx.Request.Header.PeekAll(fasthttp.HeaderAccept))
	if !ok {
		return wire.NotAcceptable()
	}
	c.accepted = accepted
	return nil
}

// readable tells whether a body is of a type that can be read. A body without a type is.
func readable(contentType []byte) bool {
	t := mediaRange(contentType)
	if len(t) == 0 || equalFold(t, "application/octet-stream") {
		return true
	}
	for known := range mediaType(mediaTypes) {
		if equalFold(t, mediaName(known)) {
			return true
		}
	}
	return false
}

// mediaRange is a media type without its parameters.
func mediaRange(b []byte) []byte {
	if i := bytes.IndexByte(b, ';'); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}

// preference is how much a caller wants a media type: its weight in thousandths, by the range that names it most
// exactly.
type preference struct{ weight, exactness int }

// accept chooses the type that the Accept headers want most; of equals, the first. Without any the first is chosen.
func accept(headers [][]byte) (mediaType, bool) {
	if len(headers) == 0 || len(headers) == 1 && (len(headers[0]) == 0 || string(headers[0]) == mediaName(mediaV1)) {
		return mediaV1, true
	}
	var wants [mediaTypes]preference
	for _, rest := range headers {
		for len(rest) > 0 {
			var item []byte
			if i := bytes.IndexByte(rest, ','); i >= 0 {
				item, rest = rest[:i], rest[i+1:]
			} else {
				item, rest = rest, nil
			}
			if string(bytes.TrimSpace(item)) == mediaName(mediaV1) {
				// Nothing else can be wanted more.
				return mediaV1, true
			}
			weigh(&wants, item)
		}
	}
	best, found := mediaV1, false
	for t := range mediaType(mediaTypes) {
		if w := wants[t].weight; w > 0 && (!found || w > wants[best].weight) {
			best, found = t, true
		}
	}
	return best, found
}

// weigh notes what one media range of an Accept header says about each type.
func weigh(wants *[mediaTypes]preference, item []byte) {
	name := mediaRange(item)
	weight := quality(item)
	for t := range mediaType(mediaTypes) {
		exactness := 0
		switch {
		case equalFold(name, mediaName(t)):
			exactness = 3
		case equalFold(name, "application/*"):
			exactness = 2
		case string(name) == "*/*", string(name) == "*":
			exactness = 1
		}
		if w := &wants[t]; exactness > w.exactness || exactness > 0 && exactness == w.exactness && weight > w.weight {
			*w = preference{weight: weight, exactness: exactness}
		}
	}
}

// quality reads the q parameter of a media range in thousandths; 1000 without one, or when it makes no sense.
func quality(item []byte) int {
	for {
		i := bytes.IndexByte(item, ';')
		if i < 0 {
			return 1000
		}
		item = bytes.TrimLeft(item[i+1:], " \t")
		if len(item) > 1 && item[0]|0x20 == 'q' && item[1] == '=' {
			return thousandths(mediaRange(item[2:]))
		}
	}
}

// thousandths reads a number from 0 to 1.
func thousandths(b []byte) int {
	if len(b) == 0 || len(b) > 1 && b[1] != '.' {
		if len(b) > 1 && b[0] == '.' {
			return fraction(b[1:])
		}
		return 1000
	}
	switch b[0] {
	case '0':
		if len(b) == 1 {
			return 0
		}
		return fraction(b[2:])
	case '.':
		return fraction(b[1:])
	default:
		return 1000
	}
}

// fraction reads up to three digits behind a point.
func fraction(b []byte) int {
	n, unit := 0, 100
	for _, d := range b {
		if d < '0' || d > '9' {
			return 1000
		}
		n += int(d-'0') * unit
		unit /= 10
	}
	return n
}

// containsToken tells whether a comma-separated header holds a token, whatever its case and parameters.
func containsToken(header []byte, token string) bool {
	for len(header) > 0 {
		var item []byte
		if i := bytes.IndexByte(header, ','); i >= 0 {
			item, header = header[:i], header[i+1:]
		} else {
			item, header = header, nil
		}
		if equalFold(bytes.TrimSpace(item), token) {
			return true
		}
	}
	return false
}

// equalFold compares ASCII text whatever its case; want is in lower case.
func equalFold(b []byte, want string) bool {
	if string(b) == want || len(b) != len(want) {
		return len(b) == len(want)
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != want[i] {
			return false
		}
	}
	return true
}
