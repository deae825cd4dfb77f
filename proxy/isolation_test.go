package proxy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// The guids of schemas that the history registers: one of the victim alone, one that both have.
const (
	victimGUID = "b9487eac-5061-ecfc-dc39-dce9aa2490c2"
	sharedGUID = "8b8bd78e-4456-4c99-8d72-64cbe6177dae"
)

// history is what has happened before the tenant's context was shut off. Whatever an attacker can't know has a mark in it.
func history() []step {
	var steps []step
	add := func(method, target, body string) { steps = append(steps, step{method, target, body}) }
	register := func(subject, body string) { add("POST", "/subjects/"+subject+"/versions", body) }
	for _, c := range []struct{ prefix, mark string }{{":.victim:", mark}, {"", defaultMark}} {
		steps = append(steps, victimHistory(c.prefix, c.mark)...)
	}
	add("PUT", "/config/:.victim:", `{"compatibility":"FULL_TRANSITIVE","compatibilityGroup":"`+mark+`"}`)
	add("PUT", "/config", `{"normalize":true,"compatibilityPolicy":"LENIENT","compatibilityGroup":"`+defaultMark+`"}`)

	// The tenant's contexts, with ways in and out that are left from before.
	register(":.tenant:orders", schemaBody("Order", "id", ""))
	register(":.tenant:orders", `{"schema":"{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"int\",\"default\":0}]}"}`)
	add("PUT", "/config/:.tenant:orders", `{"compatibility":"NONE"}`)
	for _, prefix := range []string{":.tenant:", ""} {
		register(prefix+"watched", schemaBody("R", "w", ""))
		register(prefix+"uses", schemaBody("Uses", "R", `,"references":[{"name":"R","subject":"watched","version":1}]`))
		register(prefix+"reaches-out", schemaBody("Reaches", "R", `,"references":[{"name":"R","subject":":.victim:secret","version":1}]`))
		register(prefix+"gone", schemaBody("Gone", "id", ""))
		add("DELETE", "/subjects/"+prefix+"gone", "")
		add("PUT", "/config/"+prefix+"leads-out", `{"alias":":.victim:secret"}`)
		add("PUT", "/config/"+prefix+"leads-out-default", `{"alias":":.:secret"}`)
		add("PUT", "/config/"+prefix+"leads-in", `{"alias":"orders"}`)
	}
	register(":.victim:"+mark+"-watches", schemaBody("Watches", "R", `,"references":[{"name":"R","subject":":.tenant:watched","version":1}]`))
	register(defaultMark+"-watches", schemaBody("Watches", "R", `,"references":[{"name":"R","subject":":.tenant:watched","version":1}]`))
	add("PUT", "/config/:.__GLOBAL:", `{"compatibility":"FORWARD"}`)
	add("PUT", "/mode/:.victim:", `{"mode":"READONLY"}`)
	return steps
}

// victimHistory fills a context with secrets.
func victimHistory(prefix, mark string) []step {
	var steps []step
	add := func(method, target, body string) { steps = append(steps, step{method, target, body}) }
	register := func(subject, body string) { add("POST", "/subjects/"+prefix+subject+"/versions", body) }
	register("secret", schemaBody("R", mark+"0", `,"metadata":{"properties":{"k":"`+mark+`"},"tags":{"**":["`+mark+`"]}}`))
	register("secret", `{"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[],\"doc\":\"`+mark+`\"}","ruleSet":{"domainRules":[{"name":"`+mark+`","kind":"CONDITION","mode":"WRITE","type":"`+mark+`"}]}}`)
	register("orders", schemaBody("Order", mark+"1", ""))
	for i := range 8 {
		n := strconv.Itoa(i)
		register(mark+"-"+n, schemaBody("V"+n, mark+"2", ""))
	}
	register(mark+"-shared", schemaBody("Order", "id", ""))
	register(mark+"-gone", schemaBody("Gone", mark+"3", ""))
	add("DELETE", "/subjects/"+prefix+mark+"-gone", "")
	register(mark+"-refers", schemaBody("Refers", "R", `,"references":[{"name":"R","subject":"secret","version":1}]`))
	add("PUT", "/config/"+prefix+mark+"-alias", `{"alias":"secret"}`)
	add("PUT", "/config/"+prefix+"secret", `{"compatibilityGroup":"`+mark+`","defaultMetadata":{"properties":{"p":"`+mark+`"}}}`)
	add("PUT", "/mode/"+prefix+mark+"-1", `{"mode":"READONLY"}`)
	return steps
}

// door is a way into one context.
type door struct {
	name, context string
	listener      Listener
	hosts         map[string]string
	// open contexts inherit from others and can be referred to in the open view.
	open bool
	// headers are those of an honest client.
	headers []string
	// share: one row of so many is sent through this door. What a name means doesn't hang on the door.
	share int
}

func doors() []door {
	const tenantHost, root = "tenant.example", "."
	byHeader := Listener{TrustHeader: true, Admin: true}
	return []door{
		{name: "listener", context: tenantContext, share: 6, listener: Listener{Context: tenantContext, Admin: true}},
		{name: "listener of the default context", context: root, share: 8, listener: Listener{Context: root, Admin: true}},
		{name: "header", context: tenantContext, share: 16, listener: byHeader, headers: []string{contextHeader, tenantContext}},
		{name: "header of a context that is not shut off", context: tenantContext, share: 8, listener: byHeader, open: true, headers: []string{contextHeader, tenantContext}},
		{name: "host", context: tenantContext, share: 16, hosts: map[string]string{tenantHost: tenantContext}, headers: []string{"Host", tenantHost}},
		{
			name: "listener and host", context: tenantContext, share: 16, listener: Listener{Context: tenantContext},
			hosts: map[string]string{tenantHost: tenantContext, "victim.example": victimContext}, headers: []string{"Host", tenantHost},
		},
	}
}

// others are the contexts with data of their own that a door doesn't lead to.
func (d door) others() []string {
	return slices.DeleteFunc([]string{victimContext, tenantContext, "."}, func(c string) bool { return c == d.context })
}

// twins are two registries that differ in the victims' data alone.
type twins struct {
	door        door
	full, empty *side
}

// side is one of them, with its ways in.
type side struct {
	*world
	tenant, victim fasthttp.RequestHandler
}

func newTwins(tb testing.TB, commits []commit, d door, cached bool) *twins {
	tb.Helper()
	isolated := []string{d.context}
	if d.open {
		isolated = nil
	}
	build := func(without ...string) *side {
		w := newWorld(tb, commits, worldOptions{without: without, cached: cached, hosts: d.hosts, isolated: isolated})
		return &side{world: w, tenant: w.Handler(d.listener), victim: w.Handler(Listener{Context: victimContext})}
	}
	return &twins{door: d, full: build(), empty: build(d.others()...)}
}

// send makes the attack in both registries, after others have made it: they may have left something in the cache.
func (w *twins) send(a attack) (full, empty *exchange) {
	headers := slices.Concat(w.door.headers, a.headers)
	answers := [2]*exchange{}
	for i, s := range []*side{w.full, w.empty} {
		again := 0
		if a.method == fasthttp.MethodGet {
			ask(s.open, a.method, a.target, a.body)
			ask(s.victim, a.method, a.target, a.body)
			again = 1
		}
		s.store.forget()
		for range 1 + again {
			answers[i] = ask(s.tenant, a.method, a.target, a.body, headers...)
		}
	}
	return answers[0], answers[1]
}

// whole is an answer with all that a client sees of it but the date and the request's ID.
func (x *exchange) whole() string {
	var b strings.Builder
	fmt.Fprintln(&b, x.status())
	for name, value := range x.ctx.Response.Header.All() {
		if n := string(name); n != fasthttp.HeaderDate && n != headerRequestID {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String() + x.unpacked()
}

// unpacked is the body of an answer, unpacked where it is packed.
func (x *exchange) unpacked() string {
	body, err := x.ctx.Response.BodyUncompressed()
	if err != nil {
		return err.Error()
	}
	return string(body)
}

// check tells what an attack has brought to light.
func (w *twins) check(a attack, full, empty *exchange) []string {
	var leaks []string
	leak := func(format string, args ...any) { leaks = append(leaks, fmt.Sprintf(format, args...)) }
	answer := full.whole()
	if other := empty.whole(); answer != other {
		leak("answers %s; without the victim's data %s", answer, other)
	}
	if full.status() >= 500 {
		leak("answers %d %s", full.status(), full.body())
	}
	secrets := []string{mark, victimGUID, defaultMark, "victim"}
	if d := w.door; d.context == "." {
		secrets = []string{mark, victimGUID, "victim"}
	}
	for _, secret := range secrets {
		if strings.Contains(answer, secret) && !a.knows(secret) {
			leak("answers %s: the caller could not know %s", answer, secret)
		}
	}
	for _, s := range []*side{w.full, w.empty} {
		if asked := s.store.outside(w.door.context, ".__GLOBAL"); len(asked) > 0 {
			leak("asks the store about %q", asked)
		}
		for _, c := range s.store.committed() {
			if c.context != w.door.context {
				leak("writes to %s", c.context)
			}
		}
	}
	return leaks
}

// TestIsolation sends the whole table of attacks through every door that ties to a context. The answers are the same bytes
// as where the victims have no data, the store is asked about nothing but the tenant's context and the settings of all, and
// nothing else is written to.
func TestIsolation(t *testing.T) {
	t.Parallel()
	commits := recorded(t, history())
	for _, d := range doors() {
		if raceDetector || testing.Short() {
			d.share *= 3
		}
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			rows := 0
			// Reads change nothing, so they share a cache, and what others have left in it.
			reads := newTwins(t, commits, d, true)
			for _, r := range routes("", "") {
				w := reads
				if r.method != fasthttp.MethodGet {
					w = newTwins(t, commits, d, false)
				}
				rows += isolate(t, commits, w, r)
			}
			if rows < 300 {
				t.Errorf("%d rows", rows)
			}
			t.Logf("%d rows", rows)
		})
	}
}

// isolate attacks a route through a door, and tells by how many rows.
func isolate(t *testing.T, commits []commit, w *twins, r *route) int {
	t.Helper()
	leaks := 0
	rows := share(attacks(r), w.door.share)
	for _, a := range rows {
		full, empty := w.send(a)
		found := w.check(a, full, empty)
		if len(found) > 0 {
			t.Errorf("%s\n%s", a, strings.Join(found, "\n"))
		}
		if leaks += len(found); leaks > 10 {
			break
		}
		if full.status() < 300 && destroys(a) {
			w = newTwins(t, commits, w.door, false)
		}
	}
	return len(rows)
}

// share keeps one row of so many, and the first of each kind.
func share(rows []attack, of int) []attack {
	var out []attack
	for i, a := range rows {
		if i%of == 0 || i > 0 && rows[i-1].kind != a.kind {
			out = append(out, a)
		}
	}
	return out
}

// TestAttackTable: every route and path has a row of every kind, and what the rows are after can be had: through the open view
// they show the victims' data, whatever the route.
func TestAttackTable(t *testing.T) {
	t.Parallel()
	commits := recorded(t, history())
	for _, r := range routes("", "") {
		rows := attacks(r)
		for _, kind := range attackKinds() {
			if n := len(kind.make(r, r.paths()[0])); n == 0 || !slices.ContainsFunc(rows, func(a attack) bool { return a.kind == kind.name }) {
				t.Errorf("%s %s: %s has no row", r.method, r.template, kind.name)
			}
		}
		if telling(r) && !tells(t, commits, rows) {
			t.Errorf("%s %s: no row would tell anything about the victims", r.method, r.template)
		}
	}
}

// telling tells whether the answers of a route hang on what is in a registry.
func telling(r *route) bool { return r.about != 0 || r.template == "/contexts" }

// tells is whether a row gets another answer, through the open view, where the victims have no data.
func tells(t *testing.T, commits []commit, rows []attack) bool {
	t.Helper()
	var full, empty *world
	for _, a := range rows {
		if full == nil || destroys(a) {
			full, empty = newWorld(t, commits, worldOptions{}), newWorld(t, commits, worldOptions{without: []string{victimContext, "."}})
		}
		if ask(full.open, a.method, a.target, a.body).body() != ask(empty.open, a.method, a.target, a.body).body() {
			return true
		}
	}
	return false
}
