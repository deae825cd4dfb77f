package proxy

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// headerNames are the headers that every request is looked through for, written as the server writes them.
type headerNames struct {
	requestID, context, cacheControl, accept, acceptEncoding, contentEncoding []byte
}

func newHeaderNames(contextHeader string) headerNames {
	var h fasthttp.RequestHeader
	canonical := func(name string) []byte {
		if name == "" {
			return nil
		}
		h.Reset()
		h.Set(name, "x")
		for key := range h.All() {
			return bytes.Clone(key)
		}
		return nil
	}
	return headerNames{
		requestID:       canonical(headerRequestID),
		context:         canonical(contextHeader),
		cacheControl:    canonical(fasthttp.HeaderCacheControl),
		accept:          canonical(fasthttp.HeaderAccept),
		acceptEncoding:  canonical(fasthttp.HeaderAcceptEncoding),
		contentEncoding: canonical(fasthttp.HeaderContentEncoding),
	}
}

// header is a header of a request: its first value, and how often it is there.
type header struct {
	value []byte
	times int
}

func (h *header) add(value []byte) {
	if h.times++; h.times == 1 {
		h.value = value
	}
}

// headers are those that decide about an answer. Their values are borrowed from the request.
type headers struct{ requestID, context, cacheControl, accept, acceptEncoding, contentEncoding header }

// read finds the headers in one pass: asking the server for them one by one costs a search and a copy of the name each.
func (h *headers) read(from *fasthttp.RequestHeader, names *headerNames) {
	*h = headers{}
	for key, value := range from.All() {
		switch {
		case bytes.Equal(key, names.accept):
			h.accept.add(value)
		case bytes.Equal(key, names.acceptEncoding):
			h.acceptEncoding.add(value)
		case bytes.Equal(key, names.requestID):
			h.requestID.add(value)
		case bytes.Equal(key, names.cacheControl):
			h.cacheControl.add(value)
		case bytes.Equal(key, names.contentEncoding):
			h.contentEncoding.add(value)
		case bytes.Equal(key, names.context):
			h.context.add(value)
		}
	}
}
