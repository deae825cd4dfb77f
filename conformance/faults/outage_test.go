package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// freshness is cache.freshness as it is unless configured.
	freshness = time.Second
	// slack is what a busy machine may add to a time.
	slack = 2 * time.Second
	// recovery is how long after the server's return the first write may take.
	recovery = 5 * time.Second
)

// hot are the paths of answers that are in memory when the server goes: those that never change, and those that may.
type hot struct{ lasting, mutable []string }

// warm registers schemas and asks for what shall be in memory. What it registers under orders-cold it doesn't ask for.
func warm(t *testing.T, l *ledger, url string) hot {
	t.Helper()
	for n := range 3 {
		for i, subject := range []string{"orders-0", "orders-cold"} {
			r := registration{registryCtx: contextOf(0), subject: subject, text: grown(0, i, n)}
			// Again where a busy machine made it take too long.
			a := l.register(t.Context(), url, r)
			for tries := 0; a.unavailable() && tries < 10; tries++ {
				a = l.register(t.Context(), url, r)
			}
			if a.status != 200 {
				t.Fatal(a.text())
			}
		}
	}
	context0, subject := ":"+contextOf(0)+":", ":"+contextOf(0)+":orders-0"
	h := hot{
		lasting: []string{"/schemas/ids/1?subject=" + context0, "/subjects/" + subject + "/versions/1"},
		mutable: []string{
			"/subjects/" + subject + "/versions/latest", "/subjects/" + subject + "/versions", "/config/" + subject + "?defaultToGlobal=true",
			"/mode/" + subject + "?defaultToGlobal=true", "/subjects?subjectPrefix=" + context0,
		},
	}
	for _, path := range append(h.lasting, h.mutable...) {
		if a := l.client.get(t.Context(), url+path); a.status != 200 {
			t.Fatalf("%s: %s", path, a.text())
		}
	}
	return h
}

// serverHangs stops the server's processes: it takes connections and answers nothing.
func serverHangs(t *testing.T, at store, db *server, e effort) {
	t.Helper()
	outage(t, at, e, db.pause, func() error { db.resume(); return db.answers(t.Context()) })
}

// serverGone shuts the server down: it refuses connections.
func serverGone(t *testing.T, at store, db *server, e effort) {
	t.Helper()
	outage(t, at, e, db.shutdown, func() error { return db.again(t.Context()) })
}

// outage takes the server away under load for a while: what is in memory goes on being served, everything else fails
// in time and in the right words, and all is well soon after the server is back.
func outage(t *testing.T, at store, e effort, leave func(), comeBack func() error) {
	t.Helper()
	at.deadline = deadline
	l := newLedger(newClient(t))
	first := at.start(t)
	h := warm(t, l, first.url)
	first.kill(t)
	// A program with nothing in memory but what is asked for now.
	p := at.start(t)
	for _, path := range append(h.lasting, h.mutable...) {
		if a := l.client.get(t.Context(), p.url+path); a.status != 200 {
			t.Fatalf("%s: %s", path, a.text())
		}
	}
	if a := l.client.get(t.Context(), p.url+"/health/ready"); string(a.body) != `{"status":"ready"}` {
		t.Errorf("health: %s", a.text())
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	watch := newWatch(l.client, p.url)
	var loaded sync.WaitGroup
	for _, path := range h.lasting {
		loaded.Go(func() { watch.read(ctx, path, false) })
	}
	for _, path := range h.mutable {
		loaded.Go(func() { watch.read(ctx, path, true) })
	}
	loaded.Go(func() { writeElsewhere(ctx, l, p.url) })
	rest(ctx, time.Second)

	leave()
	watch.leaves(time.Now())
	away, back := context.WithTimeout(ctx, e.outage)
	watch.miss(away, t)
	<-away.Done()
	back()
	if a := l.client.get(ctx, p.url+"/health/ready"); a.status != 200 || string(a.body) != `{"status":"degraded"}` {
		t.Errorf("health while the server is away: %s", a.text())
	}
	watch.comes(time.Now())
	if err := comeBack(); err != nil {
		t.Fatal(err)
	}
	recovers(t, l, p.url, h.mutable)
	stop()
	loaded.Wait()
	watch.report(t)
	l.verify(t, p.url)
	p.kill(t)
}

// writeElsewhere registers without a pause, in a context whose answers nobody keeps.
func writeElsewhere(ctx context.Context, l *ledger, url string) {
	for n := 0; ctx.Err() == nil; n++ {
		r := registration{registryCtx: contextOf(1), subject: "orders-0", text: grown(1, 0, n)}
		if a := l.register(ctx, url, r); a.status != 200 {
			rest(ctx, 20*time.Millisecond)
		}
	}
}

// recovers looks whether a registry works again soon after its server is back.
func recovers(t *testing.T, l *ledger, url string, mutable []string) {
	t.Helper()
	start := time.Now()
	for n := 0; ; n++ {
		a := l.register(t.Context(), url, registration{registryCtx: contextOf(2), subject: "orders-back", text: grown(2, 0, n)})
		if took := time.Since(start); a.status == 200 {
			t.Logf("the first write has succeeded %v after the server was back", took.Round(time.Millisecond))
			break
		} else if took > recovery {
			t.Fatalf("%v after the server is back a write fails: %s", took, a.text())
		}
		rest(t.Context(), 20*time.Millisecond)
	}
	settled := func() string {
		for _, path := range mutable {
			if a := l.client.get(t.Context(), url+path); a.status != 200 || a.header.Get("Warning") != "" {
				return path + ": " + a.header.Get("Warning") + " " + a.text()
			}
		}
		if a := l.client.get(t.Context(), url+"/health/ready"); string(a.body) != `{"status":"ready"}` {
			return "health: " + a.text()
		}
		return ""
	}
	for wrong := settled(); wrong != ""; wrong = settled() {
		if time.Since(start) > recovery+slack {
			t.Fatalf("long after the server is back: %s", wrong)
		}
		rest(t.Context(), 20*time.Millisecond)
	}
}

// watch counts what is answered around an outage.
type watch struct {
	client client
	url    string

	mu         sync.Mutex
	left, back time.Time
	// reads are all of hot answers, those while the server was away among them; stale are those that say so.
	reads, away, stale, misses int
	slowestMiss                time.Duration
	wrong                      []string
}

func newWatch(c client, url string) *watch { return &watch{client: c, url: url} }

func (w *watch) leaves(now time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.left = now }

func (w *watch) comes(now time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.back = now }

// read asks for a hot answer again and again.
func (w *watch) read(ctx context.Context, path string, mutable bool) {
	for ctx.Err() == nil {
		if a := w.client.get(ctx, w.url+path); ctx.Err() == nil {
			w.note(path, a, mutable)
		}
		rest(ctx, 5*time.Millisecond)
	}
}

func (w *watch) note(path string, a answer, mutable bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	age, warning := a.header.Get("Age"), a.header.Get("Warning")
	isAway := !w.left.IsZero() && w.back.IsZero()
	if isAway {
		w.away++
	}
	seconds, err := strconv.Atoi(age)
	marked := strings.HasPrefix(warning, "110 ") && err == nil && seconds >= 0
	if marked {
		w.stale++
	}
	// What was confirmed just before the server left counts as fresh for a while, and the first to ask finds out.
	mustBeMarked := mutable && isAway && a.began.Sub(w.left) > freshness+deadline+slack
	switch {
	case a.status != 200:
		w.wrong = append(w.wrong, "hot "+path+": "+a.text())
	case mustBeMarked && !marked, !mutable && warning != "", warning != "" && !marked:
		w.wrong = append(w.wrong, fmt.Sprintf("hot %s: Age %q, Warning %q", path, age, warning))
	}
}

// miss asks for what isn't in memory, with many clients, until ctx ends.
func (w *watch) miss(ctx context.Context, t *testing.T) {
	t.Helper()
	context0 := ":" + contextOf(0) + ":"
	asked := []func(n int) (method, path, body string){
		func(int) (string, string, string) { return "GET", "/schemas/ids/2?subject=" + context0, "" },
		func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/schemas/ids/%d?subject=%s", 1000+n, context0), ""
		},
		func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/subjects/%sorders-cold/versions/%d", context0, 1+n%3), ""
		},
		func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/subjects/%snobody-%d/versions", context0, n), ""
		},
		func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/config/%snobody-%d?defaultToGlobal=true", context0, n), ""
		},
		func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/mode/%snobody-%d?defaultToGlobal=true", context0, n), ""
		},
		func(int) (string, string, string) { return "GET", "/config", "" },
		func(int) (string, string, string) { return fresh, "/schemas/ids/1?subject=" + context0, "" },
		func(int) (string, string, string) {
			return fresh, "/subjects/" + context0 + "orders-0/versions/latest", ""
		},
		func(int) (string, string, string) { return "GET", "/contexts", "" },
		func(n int) (string, string, string) {
			return "POST", "/subjects/" + context0 + "orders-cold", schemaBody(grown(0, 1, n%3))
		},
		func(n int) (string, string, string) {
			return "POST", "/compatibility/subjects/" + context0 + "orders-cold/versions/latest", schemaBody(grown(3, 1, n))
		},
		func(n int) (string, string, string) {
			return "PUT", fmt.Sprintf("/config/%snobody-%d", context0, n), `{"compatibility":"NONE"}`
		},
		func(n int) (string, string, string) {
			return "DELETE", fmt.Sprintf("/subjects/%sorders-cold/versions/%d", context0, 1+n%3), ""
		},
	}
	var asking sync.WaitGroup
	for _, request := range asked {
		asking.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				method, path, body := request(n)
				// Each answer is waited for, beyond the end of the outage: it must come in time.
				a := w.client.ask(t.Context(), method, w.url+path, body)
				w.noteMiss(method+" "+path, a, ctx.Err() != nil)
				rest(ctx, 20*time.Millisecond)
			}
		})
	}
	asking.Wait()
}

// noteMiss counts the answer of a miss. The last ones may have met the server again.
func (w *watch) noteMiss(what string, a answer, late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.misses++
	took := a.done.Sub(a.began)
	w.slowestMiss = max(w.slowestMiss, took)
	switch {
	case late && a.status == 200:
	case !a.unavailable():
		w.wrong = append(w.wrong, "while the server is away, "+what+": "+a.text())
	case took > deadline+slack:
		w.wrong = append(w.wrong, fmt.Sprintf("while the server is away, %s took %v", what, took))
	}
}

// report tells what was seen, and fails for what was wrong.
func (w *watch) report(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range w.wrong[:min(len(w.wrong), 20)] {
		t.Error(text)
	}
	if w.stale == 0 || w.away == 0 || w.misses == 0 {
		t.Errorf("nothing was tried: %d hot reads without the server, %d stale, %d misses", w.away, w.stale, w.misses)
	}
	t.Logf("%d hot reads, %d of them without the server, %d stale; %d misses, the slowest took %v; %d wrong",
		w.reads, w.away, w.stale, w.misses, w.slowestMiss.Round(time.Millisecond), len(w.wrong))
}

// version is the number that an answer about a version tells.
func (a answer) version() int {
	var told struct{ Version int }
	_ = json.Unmarshal(a.body, &told)
	return told.Version
}
