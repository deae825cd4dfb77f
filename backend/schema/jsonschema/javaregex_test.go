package jsonschema

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckPattern(t *testing.T) {
	t.Parallel()
	f := func(pattern string, want bool) {
		t.Helper()
		if err := checkPattern(pattern); (err == nil) != want || err != nil && !errors.Is(err, errRegex) {
			t.Errorf("checkPattern(%q) = %v, want accepted: %v", pattern, err, want)
		}
	}
	for _, pattern := range []string{
		``, `^x.*$`, `[0-9]+`, `a|b|`, `(a)(?:b)`, `(?<year>\d{4})-\k<year>`, `a*?`, `a++`, `a{2}`, `a{2,}+`, `a{2,3}?`, `{2}`, `(?i)a`,
		`(?i-s:a)`, `(?=a)(?!b)(?<=c)(?<!d{1,3})`, `(?>a+)`, `[]a]`, `[^]a]`, `[a-z&&[^b]]`, `[a-]`, `[-a]`, `[\d-z]`, `[\]\-]`, `\p{L}`,
		`\pL`, `\p{IsGreek}`, `\p{script=Greek}`, `\p{InGreek}`, `\p{javaLowerCase}`, `\p{Alpha}`, `\x41\x{1F600}\u0041\07\cA\e`, `\Q(((\E`,
		`\Q[`, `a\Qb*\E*c\.`, `[\a-\e\t-\r]`, `[\n\f]`, `\p{IsAlphabetic}`, `\p{IsLatn}`, `\p{gc=Lu}`, `\p{blk=Greek}`, `\p{all}`, `\R\X\h\v`, `\1`, `a]`, `a}`, `\_\-\é`, `^*`, `\b{g}`, `(?x) ( # a comment`, `\N{LATIN SMALL LETTER A}`,
	} {
		f(pattern, true)
	}
	for _, pattern := range []string{
		`(`, `)`, `a)`, `(?`, `(?y)`, `(?<1a>x)`, `(?<a>x)(?<a>y)`, `(?P<a>x)`, `*`, `+a`, `a**`, `a|*`, `{`, `a{`, `a{b`, `a{,2}`, `a{3,2}`,
		`a{99999999999}`, `[`, `[]`, `[a`, `[z-a]`, `[a-\d]`, `[[a]`, `\`, `\y`, `\i`, `[\b]`, `[\1]`, `\E`, `\p{Nope}`, `\p{L`, `\p`,
		`\x4`, `\u00g0`, `\08`, `\k<a>`, `\k`, `\c`, `\Q\E*`, `\p{IsNowhere}`, `\p{sc=Nowhere}`, `\p{In}`, `\p{blk=}`, `[\r-\n]`, `(?<=a+)`, `(?<=(a*))`, `(?<!a{2,})`, `\N`, `\x{110000}`,
	} {
		f(pattern, false)
	}
	f(strings.Repeat("(", 1_000_000), false)
	f(strings.Repeat("(", 1_000_000)+strings.Repeat(")", 1_000_000), true)
	f(strings.Repeat("[", 1_000_000), false)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	f := func(pattern, name string, want match) {
		t.Helper()
		var c comparison
		if got := c.match(pattern, name); got != want {
			t.Errorf("match(%q, %q) = %v, want %v", pattern, name, got, want)
		}
	}
	f(`^a`, "ab", matchYes)
	f(`^a`, "ba", matchNo)
	f(`b`, "abc", matchYes)
	f(`^(?!x)`, "ab", matchYes)
	f(`^(?!x)`, "xb", matchNo)
	f(`(a)\1`, "aa", matchYes)
	f(`\p{javaLowerCase}`, "a", matchUnknown)
	f(strings.Repeat("a", maxPattern+1), "a", matchUnknown)
	f(`(?=(a+)+$)(a+)+$`, strings.Repeat("a", 60)+"!", matchUnknown)
}
