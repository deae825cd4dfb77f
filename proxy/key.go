package proxy

import (
	"encoding/binary"
	"strings"

	"schemaside/backend"
	"schemaside/resolver"
)

// question is what a request asks of the registry. Its strings and body are borrowed from the request until clone.
type question struct {
	view    resolver.View
	target  backend.Target
	listing resolver.Listing
	// id and version are numbers of the path; version 0: none.
	id, version int32
	// badVersion is what is wrong with the version of the path, where a body comes with it: the body is read first.
	badVersion error
	page       backend.Page
	// flags are the boolean parameters that are true; qualified is referenceFormat=qualified.
	flags         params
	qualified     bool
	format        string
	contextPrefix string
	// guid is that of the path; properties are metadata that is asked for; ruleType is a type of rules that is.
	guid       string
	properties map[string]string
	ruleType   string
	// findTags are copies.
	findTags []string
	// body is nil while it is packed; packed are the bytes of the request that it is in.
	body, packed []byte
	encoding     encoding
	// bodyName names the body in the error for a missing one.
	bodyName string
}

func (q *question) has(flag params) bool { return q.flags&flag != 0 }

// context is the registry context that the question is about; empty: none.
func (q *question) context() string {
	if q.target.Context != "" {
		return q.target.Context
	}
	return q.listing.Context
}

// clone returns a copy that outlives the request. It has the body unpacked only, and makes no key.
func (q *question) clone() *question {
	k := *q
	k.target.Context, k.target.Subject = strings.Clone(q.target.Context), strings.Clone(q.target.Subject)
	k.listing.Context = strings.Clone(q.listing.Context)
	k.listing.ContextPrefix = strings.Clone(q.listing.ContextPrefix)
	k.listing.SubjectPrefix = strings.Clone(q.listing.SubjectPrefix)
	k.guid, k.ruleType = strings.Clone(q.guid), strings.Clone(q.ruleType)
	k.format, k.contextPrefix = strings.Clone(q.format), strings.Clone(q.contextPrefix)
	k.body, k.packed = append([]byte(nil), q.body...), nil
	return &k
}

// appendKey appends everything that the answer depends on: two questions have one key only if they have one answer.
// It is the only maker of keys, for hits and for fills.
func (q *question) appendKey(dst []byte, r *route) []byte {
	view := byte(0)
	if q.view.IsBound() {
		view = 1
	} else if q.listing.AllContexts {
		view = 2
	}
	qualified := byte(0)
	if q.qualified {
		qualified = 1
	}
	dst = append(dst, view, byte(r.index), qualified) //nolint:gosec // the table is short
	dst = appendText(dst, q.target.Context)
	dst = appendText(dst, q.target.Subject)
	dst = appendText(dst, q.listing.Context)
	dst = appendText(dst, q.listing.ContextPrefix)
	dst = appendText(dst, q.listing.SubjectPrefix)
	dst = binary.AppendVarint(dst, int64(q.id))
	dst = binary.AppendVarint(dst, int64(q.version))
	dst = binary.AppendVarint(dst, int64(q.page.Offset))
	dst = binary.AppendVarint(dst, int64(q.page.Limit))
	dst = binary.AppendUvarint(dst, uint64(q.flags))
	dst = appendText(dst, q.format)
	dst = appendText(dst, q.guid)
	dst = appendText(dst, q.ruleType)
	dst = binary.AppendUvarint(dst, uint64(len(q.findTags)))
	for _, tag := range q.findTags {
		dst = appendText(dst, tag)
	}
	dst = append(dst, byte(q.encoding))
	if q.encoding != bodyIdentity {
		return append(dst, q.packed...)
	}
	return append(dst, q.body...)
}

// appendText appends a text so that no two sequences of texts look alike.
func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}
