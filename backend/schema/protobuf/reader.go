package protobuf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reader reads characters, words, numbers and strings of a text. The first failure stays in err; after it, reads
// return zero values and the position stands still, so that callers need only look at err in their loops.
type reader struct {
	text  string
	pos   int
	depth int
	left  *budget
	err   error
}

// failAtf records a syntax error at a byte offset of the text.
func (r *reader) failAtf(pos int, format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = fmt.Errorf("Syntax error in %s: %s", r.location(pos), fmt.Sprintf(format, args...)) //nolint:staticcheck // the reference's words
	r.pos = len(r.text)
}

func (r *reader) failf(format string, args ...any) {
	r.failAtf(r.pos, format, args...)
}

// location prints a byte offset as ":line:column", both from 1, columns in UTF-16 units.
func (r *reader) location(pos int) string {
	pos = min(pos, len(r.text))
	before := r.text[:pos]
	column := 1
	for _, c := range before[strings.LastIndexByte(before, '\n')+1:] {
		column += utf16.RuneLen(c)
	}
	return ":" + strconv.Itoa(strings.Count(before, "\n")+1) + ":" + strconv.Itoa(column)
}

// count takes one declaration or value from what may still be read.
func (r *reader) count() {
	r.left.elements--
	if r.left.elements < 0 {
		r.failf("more than %d declarations", r.left.limits.Elements)
	}
}

// countNames takes full names from those that may still be read.
func (r *reader) countNames(bytes int) {
	r.left.names -= bytes
	if r.left.names < 0 {
		r.failf("more than %d bytes of full names", maxNames)
	}
}

func (r *reader) enter() {
	r.depth++
	if r.depth > r.left.limits.Depth {
		r.failf("nested more than %d deep", r.left.limits.Depth)
	}
}

func (r *reader) leave() { r.depth-- }

// skip moves over blanks and comments.
func (r *reader) skip() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\t', '\r', '\n':
			r.pos++
		case '/':
			if !r.comment() {
				return
			}
		default:
			return
		}
	}
}

func (r *reader) comment() bool {
	rest := r.text[r.pos:]
	switch {
	case strings.HasPrefix(rest, "//"):
		r.skipLine()
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			r.failAtf(len(r.text), "unterminated comment")
			return false
		}
		r.pos += 2 + end + 2
	default:
		r.failf("unexpected '/'")
		return false
	}
	return true
}

func (r *reader) skipLine() {
	if end := strings.IndexByte(r.text[r.pos:], '\n'); end >= 0 {
		r.pos += end + 1
	} else {
		r.pos = len(r.text)
	}
}

// trailingComment reads what may stand behind the semicolon of a field or constant on the same line.
func (r *reader) trailingComment() {
	if r.err != nil {
		return
	}
	pos := r.pos
	for pos < len(r.text) && (r.text[pos] == ' ' || r.text[pos] == '\t') {
		pos++
	}
	rest := r.text[pos:]
	switch {
	case !strings.HasPrefix(rest, "/"):
	case strings.HasPrefix(rest, "//"):
		r.skipLine()
	case strings.HasPrefix(rest, "/*"):
		r.trailingBlock(pos + 2)
	default:
		r.failAtf(pos, "expected '//' or '/*'")
	}
}

func (r *reader) trailingBlock(start int) {
	end := strings.Index(r.text[start:], "*/")
	if end < 0 {
		r.failAtf(len(r.text), "trailing comment must be closed")
		return
	}
	r.pos = start + end + 2
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case '\n':
			return
		case ' ', '\t', '\r':
			r.pos++
		default:
			r.failAtf(r.pos+1, "no syntax may follow trailing comment")
			return
		}
	}
}

// peek is the next character that counts; 0 after a failure.
func (r *reader) peek() byte {
	r.skip()
	if r.err != nil {
		return 0
	}
	if r.pos >= len(r.text) {
		r.failf("unexpected end of file")
		return 0
	}
	return r.text[r.pos]
}

func (r *reader) peekQuote() bool {
	c := r.peek()
	return c == '"' || c == '\''
}

// take moves over the next character if it is c.
func (r *reader) take(c byte) bool {
	if r.peek() != c || r.err != nil {
		return false
	}
	r.pos++
	return true
}

func (r *reader) require(c byte) {
	if got := r.peek(); got != c && r.err == nil {
		char, size := utf8.DecodeRuneInString(r.text[r.pos:])
		r.failAtf(r.pos+size, "expected '%c' but was '%c'", c, char)
		return
	}
	if r.err == nil {
		r.pos++
	}
}

func isWordChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

func isWord(s string) bool {
	for i := range len(s) {
		if !isWordChar(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (r *reader) word() string {
	r.skip()
	start := r.pos
	for r.pos < len(r.text) && isWordChar(r.text[r.pos]) {
		r.pos++
	}
	if start == r.pos {
		r.failf("expected a word")
	}
	return r.text[start:r.pos]
}

// name reads a word that may stand in parentheses or brackets, which are left out.
func (r *reader) name() string {
	switch r.peek() {
	case '(':
		return r.wrapped(')')
	case '[':
		return r.wrapped(']')
	}
	return r.word()
}

func (r *reader) wrapped(end byte) string {
	r.pos++
	w := r.word()
	if r.peek() != end {
		r.failAtf(r.pos+1, "expected '%c'", end)
		return w
	}
	r.pos++
	return w
}

// memberName reads the name of a field or constant.
func (r *reader) memberName() string {
	r.skip()
	start := r.pos
	n := r.name()
	if n != "" && isDigit(n[0]) {
		r.failAtf(start, "field and constant names cannot start with a digit")
	}
	return n
}

func (r *reader) int() int32 {
	w := r.word()
	digits, base := w, 10
	if strings.HasPrefix(w, "0x") || strings.HasPrefix(w, "0X") {
		digits, base = w[2:], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil {
		r.failf("expected an integer but was %s", w)
	}
	return int32(n)
}

// dataType reads a type. A map inside a map is kept as text.
func (r *reader) dataType() typeName {
	return r.dataTypeAfter(r.word())
}

func (r *reader) dataTypeAfter(word string) typeName {
	if word != "map" {
		return typeName{name: word}
	}
	r.enter()
	defer r.leave()
	r.expect('<')
	key := r.dataType()
	r.expect(',')
	val := r.dataType()
	r.expect('>')
	return typeName{key: key.String(), name: val.String()}
}

func (r *reader) expect(c byte) {
	if r.peek() != c {
		r.failAtf(r.pos+1, "expected '%c'", c)
		return
	}
	r.pos++
}

func (t typeName) String() string {
	if t.isMap() {
		return "map<" + t.key + ", " + t.name + ">"
	}
	return t.name
}

// quoted reads a string and those that stand next to it. Escapes above 0x7f are bytes, so that the text of a string
// needn't be valid UTF-8.
func (r *reader) quoted() string {
	var b strings.Builder
	for r.peekQuote() {
		quote := r.text[r.pos]
		r.pos++
		if !r.literal(quote, &b) {
			return ""
		}
		r.skip()
		if r.pos >= len(r.text) {
			break
		}
	}
	return b.String()
}

func (r *reader) literal(quote byte, b *strings.Builder) bool {
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		r.pos++
		switch c {
		case quote:
			return true
		case '\\':
			r.escape(b)
		default:
			b.WriteByte(c)
		}
	}
	r.failf("unterminated string")
	return false
}

func (r *reader) escape(b *strings.Builder) {
	if r.pos >= len(r.text) {
		r.failf("unexpected end of file")
		return
	}
	c := r.text[r.pos]
	r.pos++
	switch c {
	case 'x', 'X':
		b.WriteByte(r.digits(16, 2))
	case '0', '1', '2', '3', '4', '5', '6', '7':
		r.pos--
		b.WriteByte(r.digits(8, 3))
	case 'u':
		b.WriteRune(r.codePoint(4))
	case 'U':
		b.WriteRune(r.codePoint(8))
	default:
		if i := strings.IndexByte("abfnrtv", c); i >= 0 {
			c = "\a\b\f\n\r\t\v"[i]
		}
		b.WriteByte(c)
	}
}

// codePoint reads the digits of \u or \U. Where there are fewer than there should be, the letter stands for itself.
func (r *reader) codePoint(digits int) rune {
	end := r.pos + digits
	if end <= len(r.text) {
		n, err := strconv.ParseUint(r.text[r.pos:end], 16, 32)
		if err == nil && n <= utf8.MaxRune {
			r.pos = end
			return rune(n)
		}
	}
	return rune(r.text[r.pos-1])
}

// digits reads up to most digits of an escape. What doesn't fit into a byte loses its upper bits.
func (r *reader) digits(base byte, most int) byte {
	start := r.pos
	end := min(r.pos+most, len(r.text))
	var n byte
	for r.pos < end {
		d := digit(r.text[r.pos])
		if d >= base {
			break
		}
		n = n*base + d
		r.pos++
	}
	if r.pos == start {
		r.failf("expected a digit after \\x or \\X")
	}
	return n
}

// digit is the value of a digit, 16 for any other character.
func digit(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
