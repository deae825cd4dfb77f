package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// registration is a schema that was sent, and where it went once that was acknowledged.
type registration struct {
	registryCtx, subject, text string
	id, version                int
}

// name is the qualified name of the subject.
func (r registration) name() string { return ":" + r.registryCtx + ":" + r.subject }

// ledger keeps what was sent and what was acknowledged.
type ledger struct {
	client client

	mu           sync.Mutex
	sent         map[string]bool
	acknowledged []registration
	// refused counts answers that tell that the store fails; strange are answers that nothing explains.
	refused int
	strange []string
	// waiter is closed once wants registrations were acknowledged.
	wants  int
	waiter chan struct{}
}

func newLedger(c client) *ledger { return &ledger{client: c, sent: map[string]bool{}} }

// await returns what is closed after n more acknowledgements.
func (l *ledger) await(n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wants, l.waiter = len(l.acknowledged)+n, make(chan struct{})
	return l.waiter
}

// register sends a registration. Answers tell what became of it.
func (l *ledger) register(ctx context.Context, url string, r registration) answer {
	l.mu.Lock()
	l.sent[r.text] = true
	l.mu.Unlock()
	a := l.client.ask(ctx, "POST", url+"/subjects/"+r.name()+"/versions", schemaBody(r.text))
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case a.err != nil:
	case a.unavailable():
		l.refused++
	case a.status == 200:
		var told struct{ ID, Version int }
		if err := json.Unmarshal(a.body, &told); err != nil || told.ID < 1 || told.Version < 1 {
			l.strange = append(l.strange, a.text())
			break
		}
		r.id, r.version = told.ID, told.Version
		if l.acknowledged = append(l.acknowledged, r); len(l.acknowledged) == l.wants {
			close(l.waiter)
		}
	case a.status != 409:
		l.strange = append(l.strange, a.text())
	}
	return a
}

// clients register at once; contexts are those that they register in.
const (
	clients  = 8
	contexts = 3
)

func contextOf(n int) string { return fmt.Sprint(".context-", n%contexts) }

// grown is a schema that is compatible with each other one of its kind.
func grown(round, client, n int) string {
	return fmt.Sprintf(`{"type":"record","name":"Order","fields":[{"name":"f_%d_%d_%d","type":"int","default":0}]}`, round, client, n)
}

// rival is a schema that is compatible with no other one of its kind.
func rival(n int) string { return fmt.Sprintf(`{"type":"fixed","name":"Key","size":%d}`, n+1) }

// load registers with several clients until ctx ends: subjects that grow, and rivals, of which each subject takes one.
// A client that gets no answer at all goes away if mayLeave.
func (l *ledger) load(ctx context.Context, url string, round int, mayLeave bool) {
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				r := registration{registryCtx: contextOf(n), subject: fmt.Sprint("orders-", i%4), text: grown(round, i, n)}
				if n%3 == 0 {
					r.subject, r.text = fmt.Sprintf("rivals-%d-%d", round, n), rival(i)
				}
				a := l.register(ctx, url, r)
				if a.err != nil && mayLeave {
					return
				}
				if a.status != 200 && a.status != 409 {
					rest(ctx, 20*time.Millisecond)
				}
			}
		})
	}
	all.Wait()
}

// rest waits a while, at most until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// row is a version as a registry lists it.
type row struct {
	Subject     string
	Version, ID int
	Schema      string
}

// pageSize is how many versions an answer lists at most.
const pageSize = 1000

// list returns all versions of a context. As long as one page is enough, writes that come late don't matter.
func (l *ledger) list(t *testing.T, url, registryCtx string) []row {
	t.Helper()
	var all []row
	for {
		a := l.client.get(t.Context(), fmt.Sprintf("%s/schemas?subjectPrefix=:%s:&deleted=true&offset=%d", url, registryCtx, len(all)))
		var some []row
		if err := json.Unmarshal(a.body, &some); a.status != 200 || err != nil {
			t.Fatalf("list %s: %s", registryCtx, a.text())
		}
		if all = append(all, some...); len(some) < pageSize {
			return all
		}
	}
}

// verify asks for everything. Nothing was ever deleted, so numbers of versions are dense.
func (l *ledger) verify(t *testing.T, url string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.strange {
		t.Errorf("while loaded it answered %s", s)
	}
	found := map[registration]bool{}
	total := 0
	for n := range contexts {
		registryCtx := contextOf(n)
		rows := l.list(t, url, registryCtx)
		total += len(rows)
		l.verifyRows(t, registryCtx, rows)
		l.verifyWhole(t, url, registryCtx, rows)
		for _, r := range rows {
			found[registration{registryCtx, r.Subject, r.Schema, r.ID, r.Version}] = true
		}
	}
	for _, r := range l.acknowledged {
		listed := r
		listed.subject = r.name()
		if !found[listed] {
			t.Errorf("%+v was acknowledged and isn't there", r)
		}
	}
	t.Logf("%d registrations were acknowledged, %d refused; %d versions are there", len(l.acknowledged), l.refused, total)
}

// verifyRows looks whether what a context lists can be: every text was sent, IDs and texts belong together, and no
// subject has versions that exclude each other.
func (l *ledger) verifyRows(t *testing.T, registryCtx string, rows []row) {
	t.Helper()
	texts, ids, versions := map[int]string{}, map[string]int{}, map[string]int{}
	for _, r := range rows {
		if !l.sent[r.Schema] {
			t.Errorf("%s holds %+v, which nobody has sent", registryCtx, r)
		}
		if other, taken := texts[r.ID]; taken && other != r.Schema {
			t.Errorf("the ID %d of %s stands for %s and %s", r.ID, registryCtx, other, r.Schema)
		}
		if other, taken := ids[r.Schema]; taken && other != r.ID {
			t.Errorf("%s of %s has the IDs %d and %d", r.Schema, registryCtx, other, r.ID)
		}
		texts[r.ID], ids[r.Schema] = r.Schema, r.ID
		if versions[r.Subject]++; versions[r.Subject] != r.Version {
			t.Errorf("%+v is the version %d that is listed", r, versions[r.Subject])
		}
		if versions[r.Subject] > 1 && strings.HasPrefix(r.Schema, `{"type":"fixed"`) {
			t.Errorf("%s has two versions that exclude each other", r.Subject)
		}
	}
}

// verifyWhole looks whether each version that is listed can be found by its ID and by its text.
func (l *ledger) verifyWhole(t *testing.T, url, registryCtx string, rows []row) {
	t.Helper()
	each(rows, func(r row) {
		var byID struct{ Schema string }
		a := l.client.get(t.Context(), fmt.Sprintf("%s/schemas/ids/%d?subject=:%s:", url, r.ID, registryCtx))
		if json.Unmarshal(a.body, &byID) != nil || byID.Schema != r.Schema {
			t.Errorf("%+v by its ID is %s", r, a.text())
		}
		var byText row
		a = l.client.ask(t.Context(), "POST", url+"/subjects/"+r.Subject, schemaBody(r.Schema))
		if json.Unmarshal(a.body, &byText) != nil || byText != r {
			t.Errorf("%+v by its text is %s", r, a.text())
		}
	})
}

// each calls f for all, a few at a time.
func each[T any](all []T, f func(T)) {
	var working sync.WaitGroup
	next := make(chan T)
	for range clients {
		working.Go(func() {
			for v := range next {
				f(v)
			}
		})
	}
	for _, v := range all {
		next <- v
	}
	close(next)
	working.Wait()
}
