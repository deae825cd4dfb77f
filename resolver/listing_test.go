package resolver

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// Spec 2.7 and the query rewriting of 2.2.
func TestListing(t *testing.T) {
	t.Parallel()
	f := func(d Door, prefix string, given, all bool, want Listing) {
		t.Helper()
		if got, err := d.Listing(prefix, given, all); err != nil || got != want {
			t.Errorf("%+v.Listing(%q, %v, %v) = %+v, %v, want %+v", d, prefix, given, all, got, err, want)
		}
	}
	const subjects, schemas = true, false
	open, under, root := Door{}, Door{Base: ".c"}, Door{Base: "."}
	f(open, "", false, subjects, Listing{AllContexts: true})
	f(open, "", false, schemas, Listing{Context: "."})
	f(open, "", true, subjects, Listing{Context: "."})
	f(open, "test", true, subjects, Listing{Context: ".", SubjectPrefix: "test"})
	f(open, ":.ctx:", true, subjects, Listing{Context: ".ctx"})
	f(open, ":.ctx:te", true, schemas, Listing{Context: ".ctx", SubjectPrefix: "te"})
	f(open, ":.ctx:a:b", true, schemas, Listing{Context: ".ctx", SubjectPrefix: "a:b"})
	f(open, ":.ct", true, subjects, Listing{ContextPrefix: ".ct"})
	f(open, ":.", true, subjects, Listing{ContextPrefix: "."})
	f(open, ":.:", true, subjects, Listing{Context: "."})
	f(open, ":.:x", true, subjects, Listing{Context: ".", SubjectPrefix: "x"})
	f(open, ":*:", true, schemas, Listing{AllContexts: true})
	f(open, ":*:te", true, schemas, Listing{AllContexts: true, SubjectPrefix: "te"})
	f(open, ":", true, subjects, Listing{Context: ".", SubjectPrefix: ":"})
	f(open, ":*", true, subjects, Listing{Context: ".", SubjectPrefix: ":*"})
	f(open, ":ctx:te", true, subjects, Listing{Context: ".", SubjectPrefix: ":ctx:te"})
	f(open, ":.__GLOBAL:x", true, subjects, Listing{Context: ".__GLOBAL", SubjectPrefix: "x"})

	f(under, "", false, subjects, Listing{Context: ".c"})
	f(under, "", false, schemas, Listing{Context: ".c"})
	f(under, "", true, subjects, Listing{Context: ".c"})
	f(under, "te", true, subjects, Listing{Context: ".c", SubjectPrefix: "te"})
	f(under, ":.d:te", true, subjects, Listing{Context: ".d", SubjectPrefix: "te"})
	f(under, ":.d", true, subjects, Listing{ContextPrefix: ".d"})
	f(under, ":*:s", true, schemas, Listing{AllContexts: true, SubjectPrefix: "s"})
	f(under, ":.:", true, subjects, Listing{Context: "."})
	f(root, "", false, subjects, Listing{Context: "."})
	f(root, ":*:", true, schemas, Listing{AllContexts: true})

	for _, all := range []bool{subjects, schemas} {
		bound := Door{View: Bound(".a")}
		f(bound, "", false, all, Listing{Context: ".a"})
		f(bound, "", true, all, Listing{Context: ".a"})
		f(bound, "te", true, all, Listing{Context: ".a", SubjectPrefix: "te"})
		f(bound, ":*:te", true, all, Listing{Context: ".a", SubjectPrefix: "te"})
		f(bound, ":.:te", true, all, Listing{Context: ".a", SubjectPrefix: "te"})
		f(bound, ":.a:te", true, all, Listing{Context: ".a", SubjectPrefix: "te"})
		f(bound, ":.a", true, all, Listing{Context: ".a"})
		f(bound, ":.", true, all, Listing{Context: ".a"})
		f(bound, ":a:te", true, all, Listing{Context: ".a", SubjectPrefix: ":a:te"})
		f(Door{View: Bound(".a"), Base: ".b"}, "", false, all, Listing{Context: ".a"})
		f(Door{View: Bound(".")}, "", false, all, Listing{Context: "."})
		f(Door{View: Bound(".")}, ":*:s", true, all, Listing{Context: ".", SubjectPrefix: "s"})
	}
}

// TestQueryNames: a name of the query is text, as one of the path is.
func TestQueryNames(t *testing.T) {
	t.Parallel()
	f := func(text string, ok bool) {
		t.Helper()
		for _, d := range []Door{{}, {Base: ".b"}, {View: Bound(".b")}} {
			_, listing := d.Listing(text, true, true)
			_, subject := d.SchemaID(text, true)
			for _, err := range []error{listing, subject, CheckName(text)} {
				if ok && err != nil {
					t.Errorf("%q is refused: %v", text, err)
				} else if !ok {
					wantRefusal(t, fmt.Sprintf("%q", text), err, ErrBadName, text)
				}
			}
		}
	}
	f("s", true)
	f(`a\b`, true)
	f("é", true)
	f("a b", true)
	f("a\x00\n\x7f", true)
	f("a\xff", false)
	f(":.\xc3:s", false)
	f(":*:\xc3", false)
}

func TestListingLeavesContext(t *testing.T) {
	t.Parallel()
	f := func(bound, prefix string) {
		t.Helper()
		_, err := Door{View: Bound(bound)}.Listing(prefix, true, true)
		wantRefusal(t, fmt.Sprintf("Listing(%q) bound to %q", prefix, bound), err, ErrLeavesContext, prefix)
	}
	f(".team", ":.other:")
	f(".team", ":.other:te")
	f(".team", ":.te")
	f(".team", ":.team-b")
	f(".team", ":.__GLOBAL:")
	f(".", ":.t")
	f(".", ":.team:")
}

// FuzzListing: a bound list never shows another context, and an open one shows what the names it is made of say.
func FuzzListing(f *testing.F) {
	for _, prefix := range []string{"", "te", ":.c:te", ":.ct", ":*:te", ":.:", ":", ":*", ":.::.c:", "\xff"} {
		f.Add(prefix, ".a", true, true)
	}
	f.Fuzz(func(t *testing.T, prefix, own string, given, all bool) {
		bound := Door{View: Bound(own), Base: ".other"}
		got, err := bound.Listing(prefix, given, all)
		if err == nil && (got.AllContexts || got.ContextPrefix != "" || got.Context != own) {
			t.Errorf("Listing(%q) bound to %q = %+v", prefix, own, got)
		}
		open, err := Door{}.Listing(prefix, given, all)
		if given && !utf8.ValidString(prefix) {
			if !errors.Is(err, ErrBadName) {
				t.Errorf("Listing(%q) fails with %v", prefix, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("Listing(%q) fails with %v", prefix, err)
		}
		kinds := 0
		for _, is := range []bool{open.AllContexts, open.ContextPrefix != "", open.Context != ""} {
			if is {
				kinds++
			}
		}
		if kinds != 1 || !strings.HasSuffix(prefix, open.SubjectPrefix) {
			t.Errorf("Listing(%q, %v, %v) = %+v", prefix, given, all, open)
		}
	})
}
