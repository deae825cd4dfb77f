package resolver

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSplitPath(t *testing.T) {
	t.Parallel()
	f := func(raw string, want ...string) {
		t.Helper()
		got, _, err := SplitPath(nil, nil, []byte(raw))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("SplitPath(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
	f("")
	f("/")
	f("/subjects", "subjects")
	f("subjects", "subjects")
	f("/subjects/", "subjects")
	f("/subjects/s/versions/", "subjects", "s", "versions")
	f("//", "")
	f("///", "", "")
	f("//subjects", "", "subjects")
	f("/subjects//versions", "subjects", "", "versions")
	f("/subjects/s//", "subjects", "s", "")
	f("/subjects/a%2Fb/versions", "subjects", "a/b", "versions")
	f("/subjects/%2F", "subjects", "/")
	f("/subjects/%3A.c1%3Aa%3Ab", "subjects", ":.c1:a:b")
	f("/subjects/%3a.c1%3as", "subjects", ":.c1:s")
	f("/subjects/a%252Fb", "subjects", "a%2Fb")
	f("/subjects/%25", "subjects", "%")
	f("/subjects/a+b%20c%2Bd", "subjects", "a+b c+d")
	f("/subjects/../config", "subjects", "..", "config")
	f("/subjects/%2E%2E/%2e", "subjects", "..", ".")
	f("/subjects/./..", "subjects", ".", "..")
	f("/subjects/.../versions", "subjects", "...", "versions")
	f("/subjects/%E6%97%A5%F0%9F%98%80", "subjects", "日😀")
	f("/subjects/日", "subjects", "日")
	f("/subjects/a%C2%85b", "subjects", "a\u0085b")
	f("/subjects/a;b=c&d", "subjects", "a;b=c&d")
	f("/%73ubjects", "subjects")
	f("/subjects/"+strings.Repeat("x%20", 600), "subjects", strings.Repeat("x ", 600))

	f("/contexts", "contexts")
	f("/contexts/c1", "contexts", ".c1")
	f("/contexts/.c1/subjects", "contexts", ".c1", "subjects")
	f("/contexts/:.c1:/subjects", "contexts", ":.c1:", "subjects")
	f("/contexts/c1/contexts", "contexts", ".c1", "contexts")
	f("/contexts/%63%20%31/subjects/%61", "contexts", ".c 1", "subjects", "a")
	f("/contexts/foo%3Abar/subjects", "contexts", "foo:bar", "subjects")
	f("/contexts//subjects", "contexts", "", "subjects")
	f("/contexts/"+strings.Repeat("x", 500)+"%20/%61/%62", "contexts", "."+strings.Repeat("x", 500)+" ", "a", "b")
	f("/subjects/contexts/c1", "subjects", "contexts", "c1")
}

func TestSplitPathRefuses(t *testing.T) {
	t.Parallel()
	f := func(raw, name string) {
		t.Helper()
		_, _, err := SplitPath(nil, nil, []byte(raw))
		wantRefusal(t, fmt.Sprintf("SplitPath(%q)", raw), err, ErrBadEscape, name)
	}
	f("/subjects/%", "%")
	f("/subjects/a%2", "a%2")
	f("/subjects/%zz", "%zz")
	f("/subjects/%2g/versions", "%2g")
	f("/subjects/%%20", "%%20")
	f("/subjects/%FF", "%FF")
	f("/subjects/%C3/x", "%C3")
	f("/subjects/%ED%A0%80", "%ED%A0%80")
	f("/subjects/\xff", "\xff")
	f("/subjects/a%00b", "a%00b")
	f("/subjects/a%09b", "a%09b")
	f("/subjects/a%0Ab", "a%0Ab")
	f("/subjects/%7F", "%7F")
	f("/subjects/b%5Cb", "b%5Cb")
	f("/subjects/b\\b", "b\\b")
	f("/subjects/a\tb", "a\tb")
	f("/contexts/a%00/subjects", "a%00")
}

// wantRefusal checks that an error is a NameError for a reason, and about a name.
func wantRefusal(t *testing.T, call string, err, reason error, name string) {
	t.Helper()
	var refused *NameError
	if !errors.Is(err, reason) || !errors.As(err, &refused) || refused.Name != name {
		t.Errorf("%s fails with %v, want %v about %q", call, err, reason, name)
	}
}

func TestSplitPathKeepsWhatItReturned(t *testing.T) {
	t.Parallel()
	var dst []string
	var buf []byte
	for i := range 3 {
		raw := fmt.Appendf(nil, "/contexts/c%%20%d/subjects/%s%%2F%d", i, strings.Repeat("x", 100*i), i)
		var err error
		dst, buf, err = SplitPath(dst, buf, raw)
		want := []string{"contexts", fmt.Sprintf(".c %d", i), "subjects", fmt.Sprintf("%s/%d", strings.Repeat("x", 100*i), i)}
		if err != nil || !slices.Equal(dst, want) {
			t.Errorf("path %d is %q, %v, want %q", i, dst, err, want)
		}
	}
}

// FuzzSplitPath: what a path is made of comes back, however it is escaped, and no bytes make SplitPath panic.
func FuzzSplitPath(f *testing.F) {
	f.Add("subjects", "a/b", []byte("/contexts/c1/subjects/%2F%zz"))
	f.Add("contexts", "c1", []byte("//%"))
	f.Add("..", "%2E", []byte("/\xff/%C3%A9/"))
	f.Fuzz(func(t *testing.T, first, second string, raw []byte) {
		before := bytes.Clone(raw)
		if segments, _, err := SplitPath(nil, nil, raw); err == nil {
			for _, s := range segments {
				if !utf8.ValidString(s) || strings.ContainsAny(s, "\\\x00\n\x7f") {
					t.Errorf("SplitPath(%q) = %q", raw, segments)
				}
			}
		}
		if !bytes.Equal(raw, before) {
			t.Errorf("SplitPath changed %q to %q", before, raw)
		}
		if !mayBeInPath(first) || !mayBeInPath(second) {
			return
		}
		for _, escape := range []func(string) string{url.PathEscape, escapeAll} {
			path := "/" + escape(first) + "/" + escape(second) + "/x"
			got, _, err := SplitPath(make([]string, 0, 1), make([]byte, 0, 3), []byte(path))
			want := []string{first, second, "x"}
			if first == contextsSegment && isBare(second) {
				want[1] = "." + second
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("SplitPath(%q) = %q, %v, want %q", path, got, err, want)
			}
		}
	})
}

func mayBeInPath(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '\\' || r < utf8.RuneSelf && unicode.IsControl(r)
	})
}

func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}
