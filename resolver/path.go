package resolver

import (
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// contextsSegment begins the URL prefix that selects a context (spec 2.2).
const contextsSegment = "contexts"

// SplitPath cuts a raw path (without its query) at slashes and decodes the escapes of each segment once; `+`, `.` and
// `..` are ordinary. Segments are appended to dst[:0]. One trailing slash is dropped. Other empty segments are kept:
// no route has one (spec 1.1).
//
// The segment after a leading `contexts`, when it is a bare name, comes with the dot of its context, so that nothing
// later has to make room for it.
//
// The strings alias raw or scratch, which is buf or what replaced it. They are good until either is written to.
// Nothing is allocated when dst and buf are roomy enough (buf: twice the length of raw).
// Errors: ErrBadEscape.
func SplitPath(dst []string, buf []byte, raw []byte) (segments []string, scratch []byte, err error) {
	segments, scratch = dst[:0], buf[:0]
	rest := borrow(raw)
	rest = strings.TrimPrefix(rest, "/")
	if rest == "" {
		return segments, scratch, nil
	}
	rest = strings.TrimSuffix(rest, "/")
	for more := true; more; {
		var text string
		text, rest, more = strings.Cut(rest, "/")
		if text, scratch, err = decodeSegment(text, scratch); err != nil {
			return segments, scratch, err
		}
		if len(segments) == 1 && segments[0] == contextsSegment && isBare(text) {
			text, scratch = withDot(text, scratch)
		}
		segments = append(segments, text)
	}
	return segments, scratch, nil
}

// decodeSegment returns the text of a segment, in scratch only if it has escapes.
func decodeSegment(text string, scratch []byte) (string, []byte, error) {
	if !isPathText(text) {
		return "", scratch, refuse(ErrBadEscape, text)
	}
	if strings.IndexByte(text, '%') < 0 {
		return text, scratch, nil
	}
	start := len(scratch)
	scratch = slices.Grow(scratch, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' {
			var ok bool
			if c, ok = unescape(text[i+1:]); !ok {
				return "", scratch, refuse(ErrBadEscape, text)
			}
			i += 2
		}
		scratch = append(scratch, c)
	}
	decoded := borrow(scratch[start:])
	if !isPathText(decoded) {
		return "", scratch, refuse(ErrBadEscape, text)
	}
	return decoded, scratch, nil
}

// unescape returns the byte that the two hexadecimal digits at the start of s stand for.
func unescape(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	high, ok1 := hexDigit(s[0])
	low, ok2 := hexDigit(s[1])
	return high<<4 | low, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// isPathText refuses what the reference refuses in a path: control characters and backslashes, plain or escaped.
func isPathText(s string) bool { return isText(s) && strings.IndexByte(s, '\\') < 0 }

// isText refuses control characters, and text that isn't UTF-8: two such names would look alike in JSON.
func isText(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == 0x7f:
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s)
}

// isBare tells whether a text is a context's name without its dot.
func isBare(text string) bool {
	return text != "" && text[0] != '.' && strings.IndexByte(text, ':') < 0
}

// withDot returns "." + text, in scratch.
func withDot(text string, scratch []byte) (string, []byte) {
	start := len(scratch)
	scratch = slices.Grow(scratch, 1+len(text))
	scratch = append(scratch, '.')
	scratch = append(scratch, text...)
	return borrow(scratch[start:]), scratch
}

// borrow shows bytes as a string without copying them.
func borrow(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // what borrows and for how long is told at SplitPath
}
