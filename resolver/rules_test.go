package resolver

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func newRules(tb testing.TB, hosts map[string]string) *Rules {
	tb.Helper()
	r, err := NewRules(RulesOptions{Hosts: hosts})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func testHosts() map[string]string {
	return map[string]string{
		"Orders.Example.com":               ".orders",
		"root.example.com":                 ".",
		"::1":                              "six",
		"[fe80::1]":                        ":.link:",
		"{context}.registry.example":       "{context}",
		"{context}.eu.registry.example":    "",
		"sr-{context}.registry.example":    "{context}",
		"special.registry.example":         "vip",
		"trailing-dot.registry.example.":   "dot",
		"xn--bcher-kva.registry.example":   "books",
		"under_score.{context}.cluster.lo": "{context}",
	}
}

// noHeader stands for a request without the context header.
const noHeader = "\x00none"

func TestDoor(t *testing.T) {
	t.Parallel()
	none, some := newRules(t, nil), newRules(t, testHosts())
	f := func(r *Rules, l Listener, host, header string, want Door) {
		t.Helper()
		got, err := r.Door(l, host, header, header != noHeader)
		if err != nil || got != want {
			t.Errorf("Door(%+v, %q, %q) = %+v, %v, want %+v", l, host, header, got, err, want)
		}
	}
	bound := func(context string) Door { return Door{View: Bound(context)} }
	plain, trusting := Listener{}, Listener{TrustHeader: true}
	tied, both := Listener{Context: ".orders"}, Listener{Context: ".orders", TrustHeader: true}

	f(none, plain, "any", noHeader, Door{})
	f(none, plain, "", noHeader, Door{})
	f(none, plain, "any", "team-a", Door{Base: ".team-a"})
	f(none, plain, "any", ".team-a", Door{Base: ".team-a"})
	f(none, plain, "any", ":.team-a:", Door{Base: ".team-a"})
	f(none, plain, "any", ".", Door{Base: "."})
	f(none, plain, "any", ":.:", Door{Base: "."})
	f(none, plain, "any", ".__GLOBAL", Door{Base: ".__GLOBAL"})
	f(none, trusting, "any", "team-a", bound(".team-a"))
	f(none, trusting, "any", ":.team-a:", bound(".team-a"))
	f(none, trusting, "any", ".", bound("."))
	f(none, tied, "any", noHeader, bound(".orders"))
	f(none, tied, "any", "orders", bound(".orders"))
	f(none, tied, "any", ".", bound(".orders"))
	f(none, both, "any", noHeader, bound(".orders"))
	f(none, both, "any", "orders", bound(".orders"))

	f(some, plain, "orders.example.com", noHeader, bound(".orders"))
	f(some, plain, "ORDERS.example.COM:8081", noHeader, bound(".orders"))
	f(some, plain, "orders.example.com.", noHeader, bound(".orders"))
	f(some, plain, "orders.example.com.:80", noHeader, bound(".orders"))
	f(some, plain, "orders.example.com:", noHeader, bound(".orders"))
	f(some, plain, "root.example.com", noHeader, bound("."))
	f(some, plain, "[::1]:8081", noHeader, bound(".six"))
	f(some, plain, "[::1]", noHeader, bound(".six"))
	f(some, plain, "[FE80::1]:1", noHeader, bound(".link"))
	f(some, plain, "team-a.registry.example", noHeader, bound(".team-a"))
	f(some, plain, "Team-A.registry.example:443", noHeader, bound(".team-a"))
	f(some, plain, "team-a.eu.registry.example", noHeader, bound(".team-a"))
	f(some, plain, "sr-x.registry.example", noHeader, bound(".x"))
	f(some, plain, "special.registry.example", noHeader, bound(".vip"))
	f(some, plain, "trailing-dot.registry.example", noHeader, bound(".dot"))
	f(some, plain, "under_score.a.cluster.lo", noHeader, bound(".a"))
	f(some, plain, "orders.example.com", "orders", bound(".orders"))
	f(some, plain, "orders.example.com", ".", bound(".orders"))
	f(some, tied, "orders.example.com", noHeader, bound(".orders"))
	f(some, tied, "orders.registry.example", noHeader, bound(".orders"))
	f(some, trusting, "orders.example.com", noHeader, bound(".orders"))
	f(some, trusting, "orders.example.com", "orders", bound(".orders"))
	f(some, trusting, "root.example.com", ".", bound("."))
}

func TestDoorRefuses(t *testing.T) {
	t.Parallel()
	none, some := newRules(t, nil), newRules(t, testHosts())
	f := func(r *Rules, l Listener, host, header string, reason error, name string) {
		t.Helper()
		_, err := r.Door(l, host, header, header != noHeader)
		wantRefusal(t, fmt.Sprintf("Door(%+v, %q, %q)", l, host, header), err, reason, name)
	}
	plain, trusting := Listener{}, Listener{TrustHeader: true}
	tied, both := Listener{Context: ".orders"}, Listener{Context: ".orders", TrustHeader: true}

	for _, l := range []Listener{plain, trusting, tied, both} {
		f(none, l, "any", "foo:bar", ErrColonInContext, "foo:bar")
		f(none, l, "any", "", ErrBadContext, "")
		f(none, l, "any", "::", ErrBadContext, "::")
		f(none, l, "any", "a\tb", ErrBadContext, "a\tb")
		f(none, l, "any", ".a\xff", ErrBadContext, ".a\xff")
		f(none, l, "any", "a\u0085", ErrBadContext, "a\u0085")
	}
	if d, err := none.Door(trusting, "any", "", false); !errors.Is(err, ErrUnbound) || d != (Door{}) {
		t.Errorf("without the header that binds: %+v, %v", d, err)
	}
	f(none, trusting, "any", ".__GLOBAL", ErrBadContext, ".__GLOBAL")
	f(none, tied, "any", "other", ErrLeavesContext, "other")
	f(none, tied, "any", ":*:", ErrLeavesContext, ":*:")
	f(none, tied, "any", ".__GLOBAL", ErrLeavesContext, ".__GLOBAL")
	f(none, tied, "any", "Orders", ErrLeavesContext, "Orders")
	f(none, both, "any", "other", ErrLeavesContext, "other")
	f(none, both, "any", ".", ErrLeavesContext, ".")
	f(some, plain, "orders.example.com", "other", ErrLeavesContext, "other")
	f(some, trusting, "orders.example.com", "other", ErrLeavesContext, "other")
	f(some, tied, "root.example.com", noHeader, ErrBindingsDisagree, "root.example.com")
	f(some, tied, "other.registry.example", noHeader, ErrBindingsDisagree, "other.registry.example")
	for _, host := range []string{
		"", "localhost", "example.com", "xorders.example.com", "orders.example.com.evil.com", "orders.example.com:80x",
		"orders.example.com:80:80", "orders.example.com..", "[::1", "[::1]8081", "[]", "::1", "[::1].", ":80",
		".registry.example", "registry.example", "a.b.registry.example", "sr-.registry.example:x",
		"a%2e.registry.example", "é.registry.example", "a b.registry.example", "a\x00.registry.example",
		"team-a.registry.example@orders.example.com", strings.Repeat("x", 300) + ".registry.example",
	} {
		f(some, plain, host, noHeader, ErrMisdirected, host)
		f(some, tied, host, "orders", ErrMisdirected, host)
	}
}

func TestNewRulesRefuses(t *testing.T) {
	t.Parallel()
	f := func(host, context, want string) {
		t.Helper()
		_, err := NewRules(RulesOptions{Hosts: map[string]string{host: context}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", host)) {
			t.Errorf("NewRules(%q: %q) fails with %v, want %q", host, context, err, want)
		}
	}
	f("", "a", "host name")
	f("a.example:80", "a", "without port")
	f("[::1]:80", "a", "without port")
	f("a.example", "", "not a context name")
	f("a.example", "a:b", "cannot contain a colon")
	f("a.example", ".__GLOBAL", "not a context name")
	f("{context}", "{context}", "around {context}")
	f("{context}.example", "a", "want {context}")
	f("{context}.{context}.example", "{context}", "once")
	f("{other}.{context}.example", "{context}", "once")
	f("{context}.example:80", "{context}", "without port")

	_, err := NewRules(RulesOptions{Hosts: map[string]string{"a.example": "a", "A.example.": "b"}})
	if err == nil || !strings.Contains(err.Error(), "listed twice") {
		t.Errorf("a host listed twice fails with %v", err)
	}
}

func TestDottedIsBounded(t *testing.T) {
	t.Parallel()
	r := newRules(t, nil)
	for i := range 2 * maxDotted {
		bare := fmt.Sprintf("c%d", i)
		d, err := r.Door(Listener{}, "", bare, true)
		if err != nil || d.Base != "."+bare {
			t.Fatalf("%q selects %+v, %v", bare, d, err)
		}
	}
	long := strings.Repeat("x", maxDottedLen+1)
	if d, err := r.Door(Listener{}, "", long, true); err != nil || d.Base != "."+long {
		t.Fatalf("a long name selects %+v, %v", d, err)
	}
	known := *r.names.known.Load()
	if _, ok := known[long]; ok || len(known) != maxDotted {
		t.Errorf("%d names are remembered, want %d", len(known), maxDotted)
	}
}

// A door may outlive the request that it was made for.
func TestDoorKeepsNoPartOfTheRequest(t *testing.T) {
	t.Parallel()
	r := newRules(t, testHosts())
	header, host := []byte(".team-a"), []byte("team-a.registry.example")
	selected, err1 := newRules(t, nil).Door(Listener{}, "", borrow(header), true)
	trusted, err2 := newRules(t, nil).Door(Listener{TrustHeader: true}, "", borrow(header), true)
	hosted, err3 := r.Door(Listener{}, borrow(host), "", false)
	clear(header)
	clear(host)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	want := Door{View: Bound(".team-a")}
	if selected.Base != ".team-a" || trusted != want || hosted != want {
		t.Errorf("the doors became %+v, %+v, %+v", selected, trusted, hosted)
	}
}

// FuzzDoor: a binding holds whatever the request says, and nothing else binds.
func FuzzDoor(f *testing.F) {
	f.Add("orders.example.com:80", ".orders", true, true)
	f.Add("a.registry.example", "b", true, false)
	f.Add("[::1]:8081", ":.six:", false, true)
	f.Add("[::1", "", true, true)
	rules := newRules(f, testHosts())
	open := newRules(f, nil)
	f.Fuzz(func(t *testing.T, host, header string, hasHeader, trust bool) {
		tied := Door{View: Bound(".orders")}
		for _, r := range []*Rules{rules, open} {
			d, err := r.Door(Listener{Context: ".orders", TrustHeader: trust}, host, header, hasHeader)
			if err == nil && d != tied {
				t.Errorf("a bound listener, %q, %q: %+v", host, header, d)
			}
		}
		if d, err := rules.Door(Listener{TrustHeader: trust}, host, header, hasHeader); err == nil {
			without, err := rules.Door(Listener{}, host, "", false)
			if err != nil || !d.View.IsBound() || d != without {
				t.Errorf("%q, %q: %+v, without header %+v, %v", host, header, d, without, err)
			}
		}
		d, err := open.Door(Listener{TrustHeader: trust}, host, header, hasHeader)
		if err != nil {
			return
		}
		if d.View.IsBound() != trust {
			t.Errorf("%q binds: %+v", header, d)
		}
		if hasHeader {
			want, err := ContextName(header)
			if err != nil || d.View.IsBound() && d != (Door{View: Bound(want)}) || !d.View.IsBound() && d.Base != want {
				t.Errorf("%q is %+v, want %q, %v", header, d, want, err)
			}
		}
	})
}
