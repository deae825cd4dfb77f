package javaorder

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	f := func(a, b string, want int) {
		t.Helper()
		if got := Compare(a, b); cmp.Compare(got, 0) != want {
			t.Errorf("%q and %q: %d, want the sign of %d", a, b, got, want)
		}
		if got := Compare(b, a); cmp.Compare(got, 0) != -want {
			t.Errorf("%q and %q: %d, want the sign of %d", b, a, got, -want)
		}
	}
	f("", "", 0)
	f("", "a", -1)
	f("a", "ab", -1)
	f("B", "a", -1)
	f("a", "ä", -1)
	f("\u00ff", "\u0100", -1)
	f("\U0001F600", "\U0001F600", 0)
	f("\U0001F600", "\U0001F601", -1) // one high surrogate
	f("\U0001F600", "\U00020000", -1)
	f("\uD7FF", "\U0001F600", -1) // below the surrogates
	f("\U0001F600", "\uE000", -1) // above them
	f("x\U0010FFFFy", "x\uFFFD", -1)
	f("\uE000", "\uF900", -1) // lead bytes EE and EF, both of the first plane
}

// FuzzCompare compares with the code units themselves.
func FuzzCompare(f *testing.F) {
	f.Add("a\U0001F600", "a\uFFFD")
	f.Add("\uE000", "\uD7FF")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, "\uFFFD"), strings.ToValidUTF8(b, "\uFFFD")
		want := slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		if got := Compare(a, b); got != want {
			t.Errorf("%q and %q: %d, want %d", a, b, got, want)
		}
	})
}

func TestHashSet(t *testing.T) {
	t.Parallel()
	f := func(first, second, want string) {
		t.Helper()
		got := HashSet(strings.Fields(first), strings.Fields(second))
		if strings.Join(got, " ") != want {
			t.Errorf("%s | %s: got %q, want %s", first, second, got, want)
		}
	}
	f("", "", "")
	f("M", "M", "M")
	f("A A", "A B B", "A B")
	f("C A B", "", "A B C")        // hashes 65, 66, 67
	f("Q A", "B", "Q A B")         // Q is 81: one bucket with A, in which it came first
	f("A", "Q B", "A Q B")         // the other way round
	f("BB", "Aa", "BB Aa")         // one hash
	f("M1 M16", "M4", "M16 M1 M4") // 3, 4 and 7 of 16 buckets
	if got := hash("a😀"); got != uint32('a')*31*31+0xd83d*31+0xde00 {
		t.Errorf("hash of a surrogate pair: %d", got)
	}
	// 13 names don't fit into 16 buckets: the 17th letter from A no longer shares a bucket with it.
	f("A B C D E F G H I J K L", "Q", "A B C D E F G H I J K L Q")
	// A set made of 12 names has 32 buckets from the start, though one of them comes twice; one that grows to 11 has 16.
	f("Q A B C D E F G H I J J", "", "A B C D E F G H I J Q")
	f("Q A B C D E F G H I", "J", "Q A B C D E F G H I J")
}
