package relational

import (
	"strings"
	"testing"

	"schemaside/storage"
)

func TestTextOf(t *testing.T) {
	t.Parallel()
	f := func(in, want string) {
		t.Helper()
		if got := textOf(in); got != want {
			t.Errorf("textOf(%q) = %q, want %q", in, got, want)
		}
	}
	f("", "")
	f("orders", "orders")
	f("ß🚀\uFFFD", "ß🚀\uFFFD")
	f("a\x00b", "a")
	f("a\xffb", "a")
	f("\xf0\x9f\x9a", "")
}

// TestAfterAll: the bound comes after every name of the prefix, and before the names that come after those.
func TestAfterAll(t *testing.T) {
	t.Parallel()
	last := strings.Repeat("\U0010FFFF", storage.MaxSubject/4)
	for _, prefix := range []string{"", "a", "ß", "orders-", "\U0010FFFF", strings.Repeat("x", storage.MaxSubject-1), strings.Repeat("x", 3000)} {
		bound := afterAll(prefix)
		for _, rest := range []string{"", "\x01", "z", "\U0010FFFF", last} {
			if name := prefix + rest; storage.ValidSubject(name) && name >= bound {
				t.Errorf("%.20q: a name of the prefix comes after the bound", prefix)
			}
		}
		if prefix == "a" && bound >= "b" {
			t.Errorf("the bound of %q comes after %q", prefix, "b")
		}
	}
}
