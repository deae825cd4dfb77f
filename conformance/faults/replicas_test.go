package faults

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	// Of so many registrations at once, that exclude each other, a subject takes one.
	rivals = 200
	// races are so many subjects: only the first registrations of a race meet each other.
	races = 12
)

// replicas runs two registries on one database.
func replicas(t *testing.T, at store, _ *server, e effort) {
	t.Helper()
	one, other := at.start(t), at.start(t)
	l := newLedger(newClient(t))
	start := time.Now()
	for n := range races {
		r := registration{registryCtx: contextOf(n), subject: fmt.Sprint("rivals-", n)}
		if n >= contexts {
			// The context isn't new any more, which is another statement; and both have an idea of its head.
			l.register(t.Context(), one.url, registration{registryCtx: r.registryCtx, subject: "orders-0", text: grown(9, 0, n)})
			l.client.get(t.Context(), other.url+"/subjects/:"+r.registryCtx+":orders-0/versions/latest")
		}
		race(t, l, one.url, other.url, r)
	}
	t.Logf("%d times %d registrations that exclude each other took %v", races, rivals, time.Since(start).Round(time.Millisecond))
	if delays := visible(t, l, one.url, other.url, 0, min(e.visible/4, 50)); slices.Max(delays) > freshness+slack/4 {
		t.Errorf("a commit was seen by the other only after %v", slices.Max(delays))
	}
	l.verify(t, one.url)
	l.verify(t, other.url)
	one.kill(t)
	other.kill(t)
}

const (
	// notified is how soon a commit is seen by the other registry, where the database notifies.
	notified = 50 * time.Millisecond
	// tries are so many: nobody else should be busy, but a machine may be.
	tries = 6
)

// hears runs two registries on one database that notifies: of a hundred commits 99 are seen by the other soon.
func hears(t *testing.T, at store, e effort) {
	t.Helper()
	one, other := at.start(t), at.start(t)
	l := newLedger(newClient(t))
	best := time.Hour
	for try := 1; best > notified && try <= tries; try++ {
		best = min(best, percentile(visible(t, l, one.url, other.url, try, e.visible), 99))
	}
	if best > notified {
		t.Errorf("99 %% of the commits were seen by the other within %v, want %v", best, notified)
	}
	one.kill(t)
	other.kill(t)
}

// race registers what excludes each other through both, at once.
func race(t *testing.T, l *ledger, one, other string, r registration) {
	t.Helper()
	var racing sync.WaitGroup
	statuses := make([]int, rivals)
	begin := make(chan struct{})
	for n := range rivals {
		racing.Go(func() {
			<-begin
			own := r
			own.text = rival(n)
			a := l.register(t.Context(), []string{one, other}[n%2], own)
			if statuses[n] = a.status; a.status != 200 && a.status != 409 {
				t.Errorf("rival %d got %s", n, a.text())
			}
		})
	}
	close(begin)
	racing.Wait()
	accepted := 0
	for _, status := range statuses {
		if status == 200 {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%s took %d of %d schemas that exclude each other", r.name(), accepted, rivals)
	}
}

// visible registers through one registry and measures how long the other still answers what was before.
func visible(t *testing.T, l *ledger, one, other string, round, count int) []time.Duration {
	t.Helper()
	delays := make([]time.Duration, 0, count)
	for n := range count {
		r := registration{registryCtx: contextOf(n), subject: "orders-seen", text: grown(10, round, n)}
		latest := other + "/subjects/" + r.name() + "/versions/latest"
		l.client.get(t.Context(), latest)
		a := l.register(t.Context(), one, r)
		if a.status != 200 {
			t.Fatal(a.text())
		}
		for committed := a.done; ; rest(t.Context(), time.Millisecond) {
			// The answer was already right when it was asked for, so that counts.
			seen := l.client.get(t.Context(), latest)
			if seen.version() >= a.version() {
				delays = append(delays, max(0, seen.began.Sub(committed)))
				break
			}
			if time.Since(committed) > 10*freshness {
				t.Fatalf("version %d wasn't seen by the other: %s", a.version(), seen.text())
			}
		}
	}
	slices.Sort(delays)
	t.Log(histogram(delays))
	return delays
}

// percentile returns the value that p of a hundred don't exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)*p+99)/100-1]
}

// histogram tells how many of the delays are below which time.
func histogram(sorted []time.Duration) string {
	text := fmt.Sprintf("%d commits were seen by the other", len(sorted))
	counted := 0
	for limit := time.Millisecond; counted < len(sorted); limit *= 2 {
		in := 0
		for counted+in < len(sorted) && sorted[counted+in] < limit {
			in++
		}
		if in > 0 {
			text += fmt.Sprintf("; %d within %v", in, limit)
		}
		counted += in
	}
	return text + fmt.Sprintf("; p50 %v, p99 %v, max %v", percentile(sorted, 50), percentile(sorted, 99), sorted[len(sorted)-1])
}
