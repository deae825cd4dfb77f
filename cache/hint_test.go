package cache

import (
	"context"
	"testing"
	"testing/synctest"

	"schemaside/storage"
)

// A hint has the head read at once, and nothing else: what is kept is good until that read tells otherwise.
func TestHint(t *testing.T) {
	t.Parallel()
	latest, other := ask{context: ".a", key: "latest"}, ask{context: ".b", key: "other"}
	for name, c := range map[string]struct {
		hint  string
		moved bool
		want  string
		reads int
	}{
		"at a context that has moved":   {".a", true, "", 1},
		"at any":                        {"", true, "", 1},
		"at one that hasn't moved":      {".a", false, "latest@0", 1},
		"at another one":                {".b", true, "latest@0", 1},
		"at one that nothing is of":     {".c", true, "latest@0", 0},
		"at a name that is none at all": {"\x00", true, "latest@0", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, nil)
				r.want(latest, "latest@0")
				r.want(other, "other@0")
				synctest.Wait()
				_, before := r.counts()
				if c.moved {
					r.commit(".a", false)
				}
				r.cache.Hint(c.hint)
				synctest.Wait()
				r.wantGet(latest, c.want)
				if _, reads := r.counts(); reads-before != c.reads {
					t.Errorf("%d reads of heads, want %d", reads-before, c.reads)
				}
				r.cache.Close()
			})
		})
	}
}

// A hint to a cache that is closed, or that keeps nothing, does nothing.
func TestHintAtNothing(t *testing.T) {
	t.Parallel()
	d := newDatabase()
	o := testOptions(d)
	o.Disabled = true
	c := New(o)
	c.Hint(".a")
	c.Hint("")
	c.Close()
	o.Disabled = false
	o.Heads = func(ctx context.Context, _ []string) ([]storage.Head, error) { return nil, ctx.Err() }
	c = New(o)
	c.Close()
	c.Hint("")
	if _, reads := d.counts(); reads != 0 {
		t.Errorf("%d reads of heads", reads)
	}
}
