package proxy

import (
	"strings"

	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/resolver"
)

// params is a set of query parameters. The lower ones are booleans, and a set of them is also what a request said.
type params uint32

const (
	deleted params = 1 << iota
	deletedOnly
	deletedAsNegative
	fetchMaxID
	normalize
	verbose
	force
	permanent
	recursive
	defaultToGlobal
	latestOnly
	aliases

	paramPage
	paramFormat
	paramReferenceFormat
	paramContextPrefix
	paramProperties
	paramRuleType
	paramFindTags
	paramLifecycle
)

// flagNames lists the boolean parameters in the order of their bits.
func flagNames() [12]string {
	return [...]string{
		"deleted", "deletedOnly", "deletedAsNegative", "fetchMaxId", "normalize", "verbose", "force", "permanent",
		"recursive", "defaultToGlobal", "latestOnly", "aliases",
	}
}

// readQuery reads the recognised parameters of the query. Of a repeated one the first counts.
// Errors: NotFound for a number or a lifecycle that is none; those of resolver.CheckName.
func (q *question) readQuery(args *fasthttp.Args, r *route) error {
	q.page = backend.Page{Limit: pageLimit(-1, r.maxLimit)}
	if args.Len() == 0 {
		return nil
	}
	for i, name := range flagNames() {
		flag := params(1) << i
		if r.params&flag != 0 && strings.EqualFold(borrow(args.Peek(name)), "true") {
			q.flags |= flag
		}
	}
	if r.params&paramFormat != 0 {
		q.format = borrow(args.Peek("format"))
	}
	if r.params&paramReferenceFormat != 0 {
		q.qualified = string(args.Peek("referenceFormat")) == "qualified"
	}
	if r.params&paramContextPrefix != 0 {
		q.contextPrefix = borrow(args.Peek("contextPrefix"))
		if err := resolver.CheckName(q.contextPrefix); err != nil {
			return err
		}
	}
	if r.params&paramRuleType != 0 {
		q.ruleType = borrow(args.Peek("ruleType"))
	}
	if r.params&paramFindTags != 0 {
		q.readFindTags(args)
	}
	if r.params&paramLifecycle != 0 && !areLifecycles(args) {
		return wire.NotFound()
	}
	if r.params&paramProperties != 0 {
		q.readProperties(args)
	}
	if r.params&paramPage != 0 {
		return q.readPage(args, r.maxLimit)
	}
	return nil
}

// readFindTags reads the tags that are asked for.
func (q *question) readFindTags(args *fasthttp.Args) {
	if !args.Has("findTags") {
		return
	}
	for _, tag := range args.PeekMulti("findTags") {
		q.findTags = append(q.findTags, string(tag))
	}
}

// areLifecycles tells whether lifecycles of associations, should the query name some, are any. There are no associations, so that
// they select nothing.
func areLifecycles(args *fasthttp.Args) bool {
	for _, l := range args.PeekMulti("lifecycle") {
		switch string(l) {
		case "NONE", "STRONG", "WEAK":
		default:
			return false
		}
	}
	return true
}

// readProperties pairs the keys and values that the query names, by position; what is left over is ignored.
func (q *question) readProperties(args *fasthttp.Args) {
	keys, values := args.PeekMulti("key"), args.PeekMulti("value")
	q.properties = make(map[string]string, len(keys))
	for i := range min(len(keys), len(values)) {
		q.properties[string(keys[i])] = string(values[i])
	}
}

// readPage reads offset and limit (spec 1.4). An offset below 0 is the nearest one that makes sense: 0.
func (q *question) readPage(args *fasthttp.Args, maxLimit int) error {
	offset, err := intParameter(args, "offset", 0)
	if err != nil {
		return err
	}
	limit, err := intParameter(args, "limit", -1)
	if err != nil {
		return err
	}
	q.page = backend.Page{Offset: max(0, int(offset)), Limit: pageLimit(int(limit), maxLimit)}
	return nil
}

// pageLimit turns the limit asked for into one that counts: what is not above 0, or above the maximum, is the default.
func pageLimit(asked, maximum int) int {
	switch {
	case maximum > 0 && (asked <= 0 || asked > maximum):
		return maximum
	case asked <= 0:
		return -1
	default:
		return asked
	}
}

// intParameter reads a number of the query; one that is absent or blank is the default.
// Errors: NotFound for what is no 32-bit integer.
func intParameter(args *fasthttp.Args, name string, otherwise int32) (int32, error) {
	text := trim(borrow(args.Peek(name)))
	if text == "" {
		return otherwise, nil
	}
	n, ok := parseInt32(text)
	if !ok {
		return 0, wire.NotFound()
	}
	return n, nil
}

// parseInt32 reads a decimal number that may have a sign.
func parseInt32(text string) (int32, bool) {
	digits, negative := text, false
	if text != "" && (text[0] == '+' || text[0] == '-') {
		digits, negative = text[1:], text[0] == '-'
	}
	if digits == "" {
		return 0, false
	}
	n := int64(0)
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, false
		}
		if n = n*10 + int64(d); n > 1<<31 {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	if n > 1<<31-1 {
		return 0, false
	}
	return int32(n), true
}

// parseVersion reads a version number, or "latest" in any case, or -1 for it (spec 1.5).
// Errors: InvalidVersion.
func parseVersion(text string) (int32, error) {
	text = trim(text)
	if strings.EqualFold(text, "latest") {
		return backend.Latest, nil
	}
	n, ok := parseInt32(text)
	switch {
	case !ok:
		return 0, wire.InvalidVersion(strings.Clone(text))
	case n == backend.Latest || n >= 1:
		return n, nil
	default:
		return 0, wire.InvalidVersion(formatInt(n))
	}
}

// trim cuts blanks and control characters off both ends.
func trim(s string) string {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	for s != "" && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}
