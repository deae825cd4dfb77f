package avro

import (
	"strconv"
	"strings"
	"unicode"
	"unique"

	"schemaside/backend/schema/javaorder"
)

// space is a namespace. Namespaces are interned, so that thousands of types in a long one share its text.
type space = unique.Handle[string]

func noSpace() space { return unique.Make("") }

// fullName is a name and its namespace.
type fullName struct {
	space space
	last  string
}

// nameTable holds the named types of all the texts read so far.
type nameTable map[fullName]*typ

// qualify reads a name: a dot in it splits off the namespace, else it lies in the enclosing one.
func qualify(text string, enclosing space) fullName {
	if dot := strings.LastIndexByte(text, '.'); dot >= 0 {
		return fullName{unique.Make(text[:dot]), text[dot+1:]}
	}
	return fullName{enclosing, text}
}

func (n fullName) bare() bool { return n.space == noSpace() }

func (n fullName) String() string {
	if n.bare() {
		return n.last
	}
	return n.space.Value() + "." + n.last
}

// alias is the full form of an alias of a type that is called n. The leading dot tells an alias without namespace
// from one in the type's own.
func (n fullName) alias(a fullName) string {
	if a.bare() && !n.bare() {
		return "." + a.last
	}
	return a.String()
}

// hasAlias tells whether a name is among the aliases of a type in full form.
func (t *typ) hasAlias(name fullName) bool {
	for _, a := range t.aliases {
		// ".e" is nobody's full name.
		if a == name && (!a.bare() || t.name.bare()) {
			return true
		}
	}
	return false
}

// compareAliases orders aliases of a type that is called n by their full forms.
func (n fullName) compareAliases(a, b fullName) int {
	if a.space == b.space {
		return javaorder.Compare(a.last, b.last)
	}
	return comparePieces(n.aliasPieces(a), n.aliasPieces(b))
}

func (n fullName) aliasPieces(a fullName) []string {
	switch {
	case !a.bare():
		return []string{a.space.Value(), ".", a.last}
	case n.bare():
		return []string{a.last}
	default:
		return []string{".", a.last}
	}
}

// comparePieces compares two texts given in pieces without joining them, for a namespace may be long.
func comparePieces(a, b []string) int {
	for {
		for len(a) > 0 && a[0] == "" {
			a = a[1:]
		}
		for len(b) > 0 && b[0] == "" {
			b = b[1:]
		}
		if len(a) == 0 || len(b) == 0 {
			return len(a) - len(b)
		}
		n := min(len(a[0]), len(b[0]))
		if c := strings.Compare(a[0][:n], b[0][:n]); c != 0 {
			return c
		}
		a = append([]string{a[0][n:]}, a[1:]...)
		b = append([]string{b[0][n:]}, b[1:]...)
	}
}

// nameRule tells which characters a name may have.
type nameRule struct {
	letter, digit func(rune) bool
}

// strictRule is the rule of new texts, ASCII only.
func strictRule() nameRule {
	return nameRule{
		letter: func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' },
		digit:  func(r rune) bool { return '0' <= r && r <= '9' },
	}
}

// wideRule is the rule of stored texts.
func wideRule() nameRule { return nameRule{letter: unicode.IsLetter, digit: unicode.IsDigit} }

// check judges one part of a name.
func (rule nameRule) check(name string) error {
	if name == "" {
		return refusal("Empty name")
	}
	for i, r := range name {
		switch {
		case r == '_' || rule.letter(r) || i > 0 && rule.digit(r):
		case i == 0:
			return refusal("Illegal initial character: " + name)
		default:
			return refusal("Illegal character in: " + name)
		}
	}
	return nil
}

// checkSpace judges each part of a namespace.
func (rule nameRule) checkSpace(s space) error {
	if s == noSpace() {
		return nil
	}
	for part := range strings.SplitSeq(s.Value(), ".") {
		if err := rule.check(part); err != nil {
			return refusal(`Namespace part "` + part + `" is invalid: ` + err.Error())
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
