package copier_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"schemaside/conformance/testserver"
	"schemaside/copier"
)

// options are those of a copy between two servers of a test.
func options(t testing.TB, from, to string) copier.Options {
	t.Helper()
	o := copier.DefaultOptions()
	o.Backoff = time.Millisecond
	var err error
	if o.From, err = copier.ParseEndpoint(from); err != nil {
		t.Fatal(err)
	}
	if o.To, err = copier.ParseEndpoint(to); err != nil {
		t.Fatal(err)
	}
	return o
}

func run(t testing.TB, o copier.Options) *copier.Report {
	t.Helper()
	r, err := copier.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantSame(t testing.TB, r *copier.Report) {
	t.Helper()
	if r.Same() {
		return
	}
	for _, refusal := range r.Refusals {
		t.Errorf("refused: %+v", refusal)
	}
	for _, d := range r.Differences {
		t.Errorf("differs: %+v", d)
	}
}

func start(t *testing.T) string {
	t.Helper()
	return testserver.Start(t, testserver.Options{}).URL
}

// TestIdentity copies a registry that has everything through IMPORT, and compares all that both show.
func TestIdentity(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	fill(t, from)
	before := everything(t, from)
	wantSame(t, run(t, options(t, from, to)))
	same(t, before, everything(t, from))
	same(t, before, everything(t, to))

	// A second run finds nothing to do.
	again := run(t, options(t, from, to))
	wantSame(t, again)
	for _, c := range again.Contexts {
		if c.Present != c.Versions || c.Registered+c.SoftDeleted+c.Settings > 0 {
			t.Errorf("the second run wrote: %+v", c)
		}
	}
}

// TestDelta copies, lets the source go on, and copies again, into contexts that have become read-only.
func TestDelta(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	fill(t, from)
	wantSame(t, run(t, options(t, from, to)))

	c := client{t, from}
	c.do("PUT", "/mode/:.__GLOBAL:", `{"mode":"READWRITE"}`)
	c.do("DELETE", "/mode/orders", "")
	c.register("orders", "AVRO", `{"type":"record","name":"Z","fields":[]}`)
	c.do("PUT", "/mode/orders", `{"mode":"READONLY"}`)
	c.softDelete("owned", 1)
	c.do("DELETE", "/config/alias%20only", "")
	c.do("DELETE", "/config/numbers", "")
	c.register("numbers", "JSON", `{"type":"object","properties":{"n":{"type":"number","maximum":12345678901234567890}}}`, `"metadata":{}`)
	c.do("PUT", "/config/numbers", `{"alias":"total"}`)
	c.do("PUT", "/mode/:.team-a:", `{"mode":"READWRITE"}`)
	// Both are live at the target; the referrer has to go first.
	c.register(":.team-a:to", "AVRO", `{"type":"record","name":"To","fields":[]}`)
	c.register(":.team-a:by", "AVRO", `{"type":"record","name":"By","fields":[{"name":"t","type":"To"}]}`,
		`"references":[{"name":"To","subject":"to","version":1}]`)
	wantSame(t, run(t, options(t, from, to)))
	sameEverything(t, from, to)
	c.softDelete(":.team-a:by", 1)
	c.softDelete(":.team-a:to", 1)
	c.do("PUT", "/config/:.team-a:", `{"compatibility":null,"normalize":true}`)
	c.do("PUT", "/mode/:.team-a:", `{"mode":"READONLY"}`)
	wantSame(t, run(t, options(t, from, to)))
	sameEverything(t, from, to)

	c.do("PUT", "/mode/:.__GLOBAL:", `{"mode":"READONLY"}`)
	wantSame(t, run(t, options(t, from, to)))

	// Configs alone, each below a mode that forbids to change it.
	for _, s := range []struct{ mode, config, body string }{
		{"/mode/orders", "/config/orders", `{"compatibility":"FORWARD","compatibilityGroup":null}`},
		{"/mode/:.team-a:", "/config/:.team-a:orders", `{"normalize":false}`},
		{"/mode/:.__GLOBAL:", "/config/:.__GLOBAL:", `{"compatibility":"FULL"}`},
	} {
		c.do("PUT", s.mode, `{"mode":"READWRITE"}`)
		c.do("PUT", s.config, s.body)
		c.do("PUT", s.mode, `{"mode":"READONLY"}`)
	}
	wantSame(t, run(t, options(t, from, to)))
	sameEverything(t, from, to)
}

// TestBlocked: a context that holds something else is left as it is, and the others are copied.
func TestBlocked(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	c := client{t, from}
	for _, in := range []string{"", ":.a:", ":.b:", ":.c:"} {
		c.register(in+"s", "AVRO", `"string"`)
		c.register(in+"s", "AVRO", `"string"`, `"metadata":{}`)
	}
	c.do("PUT", "/config/:.a:", `{"compatibility":"NONE"}`)
	c.register(":.e:s", "AVRO", `"string"`)
	c.register(":.e:s", "AVRO", `"string"`, `"metadata":{}`)
	d := client{t, to}
	d.register(":.a:other", "AVRO", `"string"`)
	d.register(":.b:s", "AVRO", `"bytes"`)
	d.register(":.c:s", "AVRO", `"string"`)
	d.register(":.d:s", "AVRO", `"string"`)
	d.register(":.e:gone", "AVRO", `"int"`)
	d.register(":.e:s", "AVRO", `"string"`)
	d.hardDelete(":.e:gone", 1)
	before := everything(t, to)
	r := run(t, options(t, from, to))
	after := everything(t, to)
	for path, answer := range before {
		for _, blocked := range []string{":.a:", ":.b:", ":.d:", ":.e:"} {
			if strings.Contains(path, blocked) && after[path] != answer {
				t.Errorf("GET %s was %s, is %s", path, answer, after[path])
			}
		}
	}
	shown := func(r *copier.Report) (out []string) {
		for _, cr := range r.Contexts {
			_, why, _ := strings.Cut(cr.Blocked, ": it holds ")
			out = append(out, fmt.Sprintf("%s %d %s", cr.Pair, cr.Registered, why))
		}
		return out
	}
	want := []string{
		". 2 ", ".a 0 :.a:other version 1, which the source doesn't have", ".b 0 :.b:s version 1, which is another schema at the source",
		".c 1 ", ".e 0 :.e:s version 1, which has ID 1 at the source, and 2 here", ".__GLOBAL 0 ",
	}
	if got := shown(r); !slices.Equal(got, want) || r.Same() || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], ".d") {
		t.Errorf("got %q\nwant %q\nnotes %v", got, want, r.Notes)
	}

	o := options(t, from, to)
	o.Tolerate = true
	r = run(t, o)
	want[0], want[2], want[3] = ". 0 ", ".b 1 ", ".c 0 "
	if got := shown(r); !slices.Equal(got, want) || r.Same() {
		t.Errorf("tolerating, got %q\nwant %q", got, want)
	}
	if status, _ := d.ask("GET", "/mode/:.b:", ""); status != 404 {
		t.Errorf("a tolerated context keeps a mode: %d", status)
	}
}

// TestRefused: what the target refuses is told, the rest is copied, and the context stays closed to other writers.
func TestRefused(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	c := client{t, from}
	c.register(":.elsewhere:r", "AVRO", `{"type":"record","name":"R","fields":[]}`)
	c.register(":.a:s", "AVRO", `{"type":"record","name":"S","fields":[{"name":"r","type":"R"}]}`,
		`"references":[{"name":"R","subject":":.elsewhere:r","version":1}]`)
	c.register(":.a:t", "AVRO", `"string"`)
	o := options(t, from, to)
	o.Contexts = []copier.Pair{{From: ".a", To: ".a"}}
	r := run(t, o)
	if len(r.Refusals) != 1 || r.Refusals[0].Subject != "s" || !strings.Contains(r.Refusals[0].Why, "No schema reference found") {
		t.Errorf("refusals: %+v", r.Refusals)
	}
	if cr := r.Contexts[0]; cr.Registered != 1 || !cr.StaysImport {
		t.Errorf("context: %+v", cr)
	}
	if got := (client{t, to}).do("GET", "/mode/:.a:", ""); got != `{"mode":"IMPORT"}` {
		t.Errorf("mode %s", got)
	}
	// With what it refers to, the same command completes it.
	o.Contexts = append(o.Contexts, copier.Pair{From: ".elsewhere", To: ".elsewhere"})
	wantSame(t, run(t, o))
	sameContexts(t, from, to, ".a", ".elsewhere")
	if status, _ := (client{t, to}).ask("GET", "/mode/:.a:", ""); status != 404 {
		t.Errorf("GET mode: %d", status)
	}
}

// sameContexts compares the versions of contexts.
func sameContexts(t testing.TB, from, to string, contexts ...string) {
	t.Helper()
	for _, name := range contexts {
		path := "/schemas?deleted=true&subjectPrefix=:" + name + ":"
		a, b := client{t, from}.do("GET", path, ""), client{t, to}.do("GET", path, "")
		if a, b := withoutTimes(t, a), withoutTimes(t, b); a != b || len(a) < 10 {
			t.Errorf("context %s:\nsource %s\ntarget %s", name, a, b)
		}
	}
}

// TestRenamed copies the default context into a tenant's, where the tenant sees it as the source was.
func TestRenamed(t *testing.T) {
	t.Parallel()
	from := start(t)
	target := testserver.Start(t, testserver.Options{BoundContext: ".tenant"})
	c := client{t, from}
	c.fillEvolution("")
	c.fillReferences("")
	c.fillOddities("")
	c.do("PUT", "/config", `{"compatibility":"FULL"}`)
	c.do("PUT", "/config/alias%20only", `{"alias":"orders"}`)
	c.do("PUT", "/mode", `{"mode":"READONLY"}`)
	o := options(t, from, target.URL)
	o.Contexts = []copier.Pair{{From: ".", To: ".tenant"}}
	wantSame(t, run(t, o))
	sameEverything(t, from, target.TenantURL, true)

	// The same again, through the tenant's own door, and back out of it.
	second := testserver.Start(t, testserver.Options{BoundContext: ".tenant"})
	wantSame(t, run(t, options(t, target.TenantURL, second.TenantURL)))
	sameEverything(t, from, second.TenantURL, true)
}

// TestRenamedReference: a reference that names a context can't be right under another name.
func TestRenamedReference(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	c := client{t, from}
	c.register(":.a:r", "AVRO", `{"type":"record","name":"R","fields":[]}`)
	c.register(":.a:s", "AVRO", `{"type":"record","name":"S","fields":[{"name":"r","type":"R"}]}`,
		`"references":[{"name":"R","subject":":.a:r","version":1}]`)
	// It would be accepted, and mean this one.
	client{t, to}.register(":.a:r", "AVRO", `{"type":"record","name":"R","fields":[]}`)
	o := options(t, from, to)
	o.Contexts = []copier.Pair{{From: ".a", To: ".b"}}
	r := run(t, o)
	if len(r.Refusals) != 1 || !strings.Contains(r.Refusals[0].Why, "another name at the target") || r.Contexts[0].Registered != 1 {
		t.Errorf("refusals %+v, context %+v", r.Refusals, r.Contexts[0])
	}
}

func TestUnknownContext(t *testing.T) {
	t.Parallel()
	o := options(t, start(t), start(t))
	o.Contexts = []copier.Pair{{From: ".typo", To: ".typo"}}
	if _, err := copier.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "context .typo holds nothing") {
		t.Errorf("error %v", err)
	}
}

// TestDryRun compares and writes nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	fill(t, from)
	before := everything(t, to)
	o := options(t, from, to)
	o.DryRun = true
	r := run(t, o)
	if r.Same() || r.Contexts[0].Versions < 20 || r.Contexts[0].Registered+r.Contexts[0].Settings > 0 {
		t.Errorf("report: same %t, %+v", r.Same(), r.Contexts[0])
	}
	for path, answer := range everything(t, to) {
		if before[path] != answer {
			t.Errorf("GET %s was %s, is %s", path, before[path], answer)
		}
	}
}
