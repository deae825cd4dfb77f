package proxy

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// walk makes up requests that go deep: most of each is as it should be, some of it odd, and some of it a text that was handed in.
type walk struct {
	*rand.Rand
	table []*route
	text  string
}

func pick[T any](w *walk, from ...T) T { return from[w.IntN(len(from))] }

// name is a name as a path has it.
func (w *walk) name() string {
	switch w.IntN(8) {
	case 0:
		return url.PathEscape(w.text)
	case 1:
		return escapeAll(pick(w, victimNames()...))
	case 2:
		// The longest would be all that a walk meets.
		return pick(w, slices.DeleteFunc(oddNames(), func(s string) bool { return len(s) > 100 })...)
	default:
		return pick(w, "orders", "watched", "uses", "secret", "gone", "leads-out", "leads-in", "reaches-out", "new", ":.:orders", ":*:orders", ":.tenant:orders")
	}
}

func (w *walk) request() attack {
	r := pick(w, w.table...)
	number := func() string { return pick(w, "1", "1", "2", "3", "latest", "-1", w.name()) }
	p := places{subject: w.name(), id: number(), version: number(), guid: pick(w, sharedGUID, victimGUID, w.name()), context: pick(w, "tenant", ".tenant", ":.tenant:", ".", ":.:", ":*:", w.name())}
	a := attack{kind: "walk", method: r.method, target: fill(pick(w, r.paths()...), p), body: w.body(r)}
	// A packed body says what it says.
	a.said = a.body
	var query []string
	for _, name := range parametersOf(r) {
		if w.IntN(3) == 0 {
			query = append(query, name+"="+pick(w, "true", "true", "1", "", "resolved", "qualified", "*", url.QueryEscape(w.text), w.name()))
		}
	}
	if len(query) > 0 {
		a.target += "?" + strings.Join(query, "&")
	}
	if w.IntN(6) == 0 {
		a.headers = pick(w, oddHeaders()...)
	}
	if w.IntN(6) == 0 && r.body != "" {
		a.body, a.headers = packed(a.body), []string{"Content-Encoding", "gzip"}
	}
	return a
}

// body is a body for a route, with something odd in the place of one value now and then.
func (w *walk) body(r *route) string {
	if r.body == "" {
		return ""
	}
	name, err := url.PathUnescape(w.name())
	if err != nil {
		name = w.text
	}
	body := pick(w, goodBody(r), bodyFor(r, ""), bodyFor(r, name), bodyFor(r, "watched"))
	if strings.HasPrefix(r.template, "/mode") {
		body = `{"mode":"` + pick(w, "READWRITE", "READWRITE", "IMPORT", "READONLY", "READONLY_OVERRIDE", "FORWARD") + `"}`
	}
	if w.IntN(3) > 0 {
		return body
	}
	at := pick(w, positions(body)...)
	return at.replaced(pick(w, append(oddValues(at), "3", `"READWRITE"`, `"PROTOBUF"`, `"JSON"`, string(appendString(nil, w.text)))...))
}

// walkSteps is how many requests a walk has.
const walkSteps = 8

// FuzzWalk sends requests one after the other, each made of what a route takes, to a registry with data, through the open view
// and through a door that ties to a context. What holds for FuzzHandler holds after every step.
func FuzzWalk(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed, ":.victim:secret")
	}
	f.Add(uint64(1), "\xff\x00")
	f.Add(uint64(2), strings.Repeat("long", 100))
	commits := recorded(f, history())
	table := slices.DeleteFunc(routes("", ""), func(r *route) bool { return r.page || r.admin })
	door := doors()[0]
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		w := &walk{Rand: rand.New(rand.NewPCG(seed, 0)), table: table, text: text}
		open, tenants := newWorld(t, commits, worldOptions{}), newTwins(t, commits, door, false)
		said := []string{text}
		for range walkSteps {
			a := w.request()
			said = append(said, a.target, a.said)
			a.said = strings.Join(said, "\n")
			open.store.forget()
			x := ask(open.open, a.method, a.target, a.body, a.headers...)
			faults := faultsOf(&route{page: true}, badRow{method: a.method}, x.status(), []byte(x.unpacked()))
			if x.status() >= 400 && len(open.store.committed()) > 0 {
				faults = append(faults, "what is refused has written something")
			}
			full, empty := tenants.send(a)
			faults = append(faults, tenants.check(a, full, empty)...)
			if len(faults) > 0 {
				t.Fatalf("%s\n%s\n%s", a, x.whole(), strings.Join(faults, "\n"))
			}
		}
	})
}
