package jsonschema

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkPattern tells whether a pattern compiles as a Java regular expression, in time that is linear in its length.
// Both Go engines differ from Java in what they accept, so none is asked.
func checkPattern(pattern string) error {
	c := patternChecker{rest: withoutQuotes(pattern)}
	for c.rest != "" && c.err == nil {
		c.item()
	}
	if c.err == nil && len(c.groups) > 0 {
		c.fail("unclosed group")
	}
	return c.err
}

var errRegex = errors.New("bad regular expression")

// patternChecker walks a pattern without recursion.
type patternChecker struct {
	rest string
	// groups are the open groups.
	groups []group
	// names are the named groups so far.
	names map[string]struct{}
	err   error
}

// group is an open group. Inside a look-behind every length must have a maximum.
type group struct{ bounded bool }

func (c *patternChecker) fail(why string) {
	if c.err == nil {
		c.err = errors.Join(errRegex, errors.New(why))
	}
}

// withoutQuotes replaces what stands between \Q and \E by a letter, as it means nothing but itself.
func withoutQuotes(pattern string) string {
	if !strings.Contains(pattern, `\Q`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '\\' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		if pattern[i+1] != 'Q' {
			b.WriteString(pattern[i : i+2])
			i++
			continue
		}
		quoted, _, closed := strings.Cut(pattern[i+2:], `\E`)
		if quoted != "" {
			b.WriteByte('q')
		}
		if i += 1 + len(quoted); closed {
			i += 2
		}
	}
	return b.String()
}

// next takes one character.
func (c *patternChecker) next() rune {
	r, n := utf8.DecodeRuneInString(c.rest)
	c.rest = c.rest[n:]
	return r
}

// skip takes a prefix if it is there.
func (c *patternChecker) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(c.rest, prefix)
	c.rest = rest
	return ok
}

// item reads one construct and the quantifier after it.
func (c *patternChecker) item() {
	switch c.next() {
	case '(':
		c.open()
		return
	case ')':
		if len(c.groups) == 0 {
			c.fail("unmatched closing parenthesis")
			return
		}
		c.groups = c.groups[:len(c.groups)-1]
	case '|':
		return
	case '*', '+', '?':
		c.fail("dangling quantifier")
		return
	case '{':
		c.rest = "{" + c.rest // a repetition of the empty text
	case '[':
		c.class()
	case '\\':
		c.escape(false)
	}
	c.quantifier()
}

// open reads what follows an opening parenthesis.
func (c *patternChecker) open() {
	bounded := len(c.groups) > 0 && c.groups[len(c.groups)-1].bounded
	if !c.skip("?") {
		c.groups = append(c.groups, group{bounded})
		return
	}
	switch {
	case c.skip(":"), c.skip("="), c.skip("!"), c.skip(">"):
	case c.skip("<="), c.skip("<!"):
		bounded = true
	case c.skip("<"):
		c.groupName()
	default:
		if c.flags() {
			return
		}
	}
	c.groups = append(c.groups, group{bounded})
}

// flags reads inline flags and tells whether they stand alone, without a group. Where comments are allowed the rest is
// not checked.
func (c *patternChecker) flags() (alone bool) {
	rest := strings.TrimLeft(c.rest, "idmsuxU")
	if strings.Contains(c.rest[:len(c.rest)-len(rest)], "x") {
		c.rest, c.groups = "", nil
		return true
	}
	if c.rest = rest; c.skip("-") {
		c.rest = strings.TrimLeft(c.rest, "idmsuxU")
	}
	if c.skip(")") {
		return true
	}
	if !c.skip(":") {
		c.fail("unknown group")
	}
	return false
}

// groupName reads the name of a capturing group, up to its closing bracket.
func (c *patternChecker) groupName() {
	name, rest, ok := strings.Cut(c.rest, ">")
	if !ok || !isGroupName(name) {
		c.fail("bad group name")
		return
	}
	c.rest = rest
	if _, ok := c.names[name]; ok {
		c.fail("group name given twice")
	}
	if c.names == nil {
		c.names = map[string]struct{}{}
	}
	c.names[name] = struct{}{}
}

func isGroupName(name string) bool {
	for i := range len(name) {
		letter := name[i]|0x20 >= 'a' && name[i]|0x20 <= 'z'
		if !letter && (i == 0 || name[i] < '0' || name[i] > '9') {
			return false
		}
	}
	return name != ""
}

// quantifier reads a quantifier, if there is one.
func (c *patternChecker) quantifier() {
	switch {
	case c.skip("?"):
	case c.skip("*"), c.skip("+"):
		c.unbounded()
	case strings.HasPrefix(c.rest, "{"):
		c.repetition()
	default:
		return
	}
	if !c.skip("?") {
		c.skip("+")
	}
}

// unbounded refuses endless repetition inside a look-behind.
func (c *patternChecker) unbounded() {
	if len(c.groups) > 0 && c.groups[len(c.groups)-1].bounded {
		c.fail("look-behind without a maximum length")
	}
}

// repetition reads {n}, {n,} or {n,m}.
func (c *patternChecker) repetition() {
	inside, rest, ok := strings.Cut(c.rest[1:], "}")
	low, high, isRange := strings.Cut(inside, ",")
	from, fromOK := repetitions(low)
	if !ok || !fromOK {
		c.fail("illegal repetition")
		return
	}
	c.rest = rest
	switch {
	case !isRange:
	case high == "":
		c.unbounded()
	default:
		if to, ok := repetitions(high); !ok || to < from {
			c.fail("illegal repetition range")
		}
	}
}

func repetitions(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return n, err == nil
}

// class reads a character class after its opening bracket, with the classes in it. A closing bracket that comes first
// stands for itself.
func (c *patternChecker) class() {
	depth, first := 1, true
	for c.err == nil {
		switch {
		case c.rest == "":
			c.fail("unclosed character class")
		case first && c.skip("^"):
		case c.skip("["):
			depth++
			first = true
		case !first && c.skip("]"):
			if depth--; depth == 0 {
				return
			}
		case c.skip("&&"):
			first = false
		default:
			c.classRange()
			first = false
		}
	}
}

// noCharacter stands for an escape that means several characters.
const noCharacter rune = -1

// classRange reads a character of a class, or two with a hyphen between.
func (c *patternChecker) classRange() {
	low := c.classCharacter()
	if low == noCharacter || !strings.HasPrefix(c.rest, "-") || strings.HasPrefix(c.rest, "-]") || strings.HasPrefix(c.rest, "-[") || c.rest == "-" {
		return
	}
	c.rest = c.rest[1:]
	if high := c.classCharacter(); high < low {
		c.fail("illegal character range")
	}
}

func (c *patternChecker) classCharacter() rune {
	if r := c.next(); r != '\\' {
		return r
	}
	return c.escape(true)
}

// escape reads what follows a backslash, and returns the character that it means, if it means one.
func (c *patternChecker) escape(inClass bool) rune {
	if c.rest == "" {
		c.fail("backslash at the end")
		return noCharacter
	}
	r := c.next()
	switch {
	case r >= utf8.RuneSelf:
		return r
	case strings.ContainsRune("dDhHsSvVwW", r):
		return noCharacter
	case r == 'p' || r == 'P':
		c.property()
		return noCharacter
	case strings.ContainsRune("aefnrt", r):
		return controlOf(r)
	case strings.ContainsRune("0cuxN", r):
		return c.character(r)
	case r >= '1' && r <= '9', r == 'k':
		c.backReference(r, inClass)
		return noCharacter
	case unicode.IsLetter(r):
		if inClass || !strings.ContainsRune("AbBGRXzZ", r) {
			c.fail("illegal escape")
		}
		if r == 'b' {
			c.skip("{g}")
		}
		return noCharacter
	default:
		return r
	}
}

func controlOf(r rune) rune {
	switch r {
	case 'a':
		return 7
	case 'e':
		return 27
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	default:
		return '\t'
	}
}

// character reads the rest of an escape that gives a character by number or name.
func (c *patternChecker) character(kind rune) rune {
	switch {
	case kind == '0':
		return c.digits(1, 3, 8)
	case kind == 'u':
		return c.digits(4, 4, 16)
	case kind == 'c' && c.rest != "":
		return c.next() ^ 64
	case kind == 'x' && !strings.HasPrefix(c.rest, "{"):
		return c.digits(2, 2, 16)
	case kind != 'c' && c.skip("{"):
		inside, rest, ok := strings.Cut(c.rest, "}")
		c.rest = rest
		n, err := strconv.ParseInt(inside, 16, 32)
		if kind == 'N' && ok && inside != "" {
			return noCharacter
		}
		if ok && err == nil && n >= 0 && n <= unicode.MaxRune {
			return rune(n)
		}
	}
	c.fail("illegal escape")
	return noCharacter
}

// digits reads between least and most digits.
func (c *patternChecker) digits(least, most, base int) rune {
	n := 0
	for n < most && n < len(c.rest) {
		if _, err := strconv.ParseUint(c.rest[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	v, err := strconv.ParseUint(c.rest[:n], base, 32)
	if n < least || err != nil {
		c.fail("illegal escape")
		return noCharacter
	}
	c.rest = c.rest[n:]
	return rune(v) //nolint:gosec // four hexadecimal digits at most
}

// backReference reads a reference to a group. A number may be that of no group: it then matches nothing.
func (c *patternChecker) backReference(kind rune, inClass bool) {
	if inClass {
		c.fail("illegal escape")
		return
	}
	c.unbounded()
	if kind != 'k' {
		return
	}
	name, rest, ok := strings.Cut(c.rest, ">")
	if _, known := c.names[strings.TrimPrefix(name, "<")]; !ok || !known || name[0] != '<' {
		c.fail("unknown group name")
	}
	c.rest = rest
}

// property reads the name of a character property.
func (c *patternChecker) property() {
	name := ""
	switch {
	case c.skip("{"):
		inside, rest, ok := strings.Cut(c.rest, "}")
		if !ok {
			c.fail("unclosed character family")
			return
		}
		name, c.rest = inside, rest
	case c.rest != "":
		name = string(c.next())
	}
	if !isProperty(name) {
		c.fail("unknown character property")
	}
}

// isProperty tells whether Java knows a character property. Names of blocks are not checked.
func isProperty(name string) bool {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch strings.ToLower(key) {
		case "sc", "script":
			return isScript(value)
		case "gc", "general_category":
			return isCategory(value)
		default:
			return value != "" && (strings.EqualFold(key, "blk") || strings.EqualFold(key, "block"))
		}
	}
	if rest, ok := strings.CutPrefix(name, "Is"); ok {
		return isScript(rest) || isCategory(rest) || isBinary(rest)
	}
	if rest, ok := strings.CutPrefix(name, "In"); ok {
		return rest != ""
	}
	return isCategory(name) || isNamedProperty(name)
}

func isCategory(name string) bool {
	_, ok := unicode.Categories[name]
	return ok || name == "Cn" || name == "LC" || name == "LD" || name == "L1"
}

func isScript(name string) bool {
	for script := range unicode.Scripts {
		if strings.EqualFold(script, name) {
			return true
		}
	}
	return len(name) == 4 && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz") == ""
}

// isBinary tells whether Java knows a binary property of Unicode.
func isBinary(name string) bool {
	switch strings.ToUpper(name) {
	case "ALPHABETIC", "LETTER", "IDEOGRAPHIC", "LOWERCASE", "UPPERCASE", "TITLECASE", "WHITE_SPACE", "WHITESPACE", "CONTROL",
		"PUNCTUATION", "HEX_DIGIT", "HEXDIGIT", "ASSIGNED", "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT", "DIGIT",
		"ALNUM", "BLANK", "GRAPH", "PRINT", "WORD", "JOIN_CONTROL", "JOINCONTROL", "EMOJI", "EMOJI_PRESENTATION",
		"EMOJI_MODIFIER", "EMOJI_MODIFIER_BASE", "EMOJI_COMPONENT", "EXTENDED_PICTOGRAPHIC":
		return true
	default:
		return false
	}
}

// isNamedProperty tells whether Java knows a property that is neither a category nor Unicode's.
func isNamedProperty(name string) bool {
	switch name {
	case "all", "ASCII", "Alnum", "Alpha", "Blank", "Cntrl", "Digit", "Graph", "Lower", "Print", "Punct", "Space", "Upper", "XDigit",
		"javaLowerCase", "javaUpperCase", "javaAlphabetic", "javaIdeographic", "javaTitleCase", "javaDigit", "javaDefined",
		"javaLetter", "javaLetterOrDigit", "javaJavaIdentifierStart", "javaJavaIdentifierPart", "javaUnicodeIdentifierStart",
		"javaUnicodeIdentifierPart", "javaIdentifierIgnorable", "javaSpaceChar", "javaWhitespace", "javaISOControl", "javaMirrored":
		return true
	default:
		return false
	}
}
