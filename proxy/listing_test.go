package proxy

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestListsOfManyContextsAreShared: nobody keeps a list over all contexts, but those who ask for it at once share its parts.
func TestListsOfManyContextsAreShared(t *testing.T) {
	t.Parallel()
	p, store := newStack(t)
	h := p.Handler(Listener{})
	register(t, h, "/subjects/s/versions")
	register(t, h, "/contexts/herd/subjects/s/versions")
	register(t, h, "/contexts/home/subjects/s/versions")
	f := func(target, want string) {
		t.Helper()
		for range 2 {
			// The second one finds kept what can be.
			store.ResetCalls()
			if x := ask(h, "GET", target, ""); x.body() != want {
				t.Errorf("%s: got %s, want %s", target, x.body(), want)
			}
		}
		alone := store.TotalCalls()
		store.ResetCalls()
		release := store.Hold()
		const callers = 100
		shared := p.o.Cache.Stats().Coalesced + callers - 1
		var herd sync.WaitGroup
		for range callers {
			herd.Go(func() {
				if x := ask(h, "GET", target, ""); x.body() != want {
					t.Errorf("%s: got %s, want %s", target, x.body(), want)
				}
			})
		}
		for deadline := time.Now().Add(5 * time.Second); p.o.Cache.Stats().Coalesced < shared && time.Now().Before(deadline); {
			runtime.Gosched()
		}
		release()
		herd.Wait()
		if n := store.TotalCalls(); n != alone {
			t.Errorf("%s: %d calls of the store for all, %d for one alone", target, n, alone)
		}
	}
	f("/subjects", `[":.herd:s",":.home:s","s"]`)
	f("/subjects?limit=1", `[":.herd:s"]`)
	f("/subjects?subjectPrefix=:.h", `[":.herd:s",":.home:s"]`)
	f("/subjects?subjectPrefix=:.ho", `[":.home:s"]`)
	f("/subjects?subjectPrefix=:*:s", `[":.herd:s",":.home:s","s"]`)
	f("/subjects?subjectPrefix=:*:t", `[]`)
	register(t, h, "/contexts/hut/subjects/s/versions")
	f("/subjects?subjectPrefix=:.h", `[":.herd:s",":.home:s",":.hut:s"]`)
}

// BenchmarkManyContexts lists the subjects of 5,000 contexts.
func BenchmarkManyContexts(b *testing.B) {
	p, _ := newStack(b)
	h := p.Handler(Listener{})
	for i := range 5000 {
		register(b, h, fmt.Sprintf("/contexts/c%d/subjects/s/versions", i))
	}
	for _, target := range []string{"/subjects", "/subjects?limit=1", "/subjects?subjectPrefix=:.c1", "/schemas?subjectPrefix=:*:&limit=1"} {
		b.Run(target, func(b *testing.B) {
			for b.Loop() {
				if x := ask(h, "GET", target, ""); x.status() != 200 {
					b.Fatalf("%d %s", x.status(), x.body())
				}
			}
		})
	}
}
