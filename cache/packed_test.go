package cache

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestKeepPacked: the packed form comes with the answer that it was made of, and with no other.
func TestKeepPacked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		key := r.cache.Key(latest.request().Key)
		kept := func(packed string) *Answer {
			t.Helper()
			synctest.Wait()
			a := r.cache.Get(&key, time.Now())
			if a == nil || string(a.Packed) != packed {
				t.Fatalf("got %+v, want the packed form %q", a, packed)
			}
			checkBooks(t, r.cache)
			return a
		}
		r.want(latest, "latest@0")
		first := kept("")
		before := r.cache.Stats().Bytes
		r.cache.KeepPacked(&key, first, []byte("packed"))
		r.cache.KeepPacked(&key, first, []byte("by another"))
		second := kept("packed")
		if got := r.cache.Stats(); got.Bytes != before+int64(len("packed")) || got.Entries != 1 {
			t.Errorf("%d bytes in %d entries, %d before", got.Bytes, got.Entries, before)
		}
		r.cache.KeepPacked(&key, first, []byte("of one that is gone"))
		kept("packed")

		r.cache.Learn(".a", r.commit(".a", false))
		r.want(latest, "latest@1")
		kept("")
		r.cache.KeepPacked(&key, second, []byte("of an older answer"))
		if a := kept(""); string(a.Body) != "latest@1" {
			t.Errorf("got %s", a.Body)
		}
	})
}
