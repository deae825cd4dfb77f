package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"schemaside/storage"
	"schemaside/storage/embedded"
)

// filledFile makes a file with a large context, whose bucket has pages of its own, and with small ones.
func filledFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schemaside.db")
	s := open(t, path)
	for c, n := range map[string]int32{".": 300, ".a": 2, ".b": 1} {
		var changes []storage.Change
		for i := range n {
			changes = append(changes, registration(i+1)...)
			changes = append(changes, storage.PutSettings{Settings: storage.Settings{Subject: "orders-" + strconv.Itoa(int(i)), Mode: "IMPORT"}},
				storage.PutBackReference{BackReference: storage.BackReference{Subject: "orders-1", Version: 1, ReferrerContext: ".a", ReferrerID: i}})
		}
		if _, err := s.Commit(t.Context(), c, 0, changes...); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(t.Context(), c, 1, storage.DeleteVersion{Subject: "orders-1", Version: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDamage damages a file in many ways. Whatever comes of it is an answer or an error: no panic, and no call that never
// ends.
func TestDamage(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(filledFile(t))
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 25
	folder, noticed := t.TempDir(), 0
	for seed := range uint64(rounds) {
		path := filepath.Join(folder, fmt.Sprint(seed))
		if err := os.WriteFile(path, damage(sound, rand.New(rand.NewPCG(seed, 1))), 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := embedded.Check(t.Context(), path)
		if err != nil || len(report.Faults) > 0 {
			noticed++
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			// Requests have deadlines. A damaged tree may lead round in a circle until then.
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			useDamaged(ctx, path)
		}()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Fatalf("seed %d: using the file takes for ever", seed)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if noticed < rounds/2 {
		t.Errorf("%d of %d damaged files were noticed", noticed, rounds)
	}
}

// damage returns a copy with some bits turned, a page emptied, a page written over another one, or the end cut off.
func damage(sound []byte, random *rand.Rand) []byte {
	b := append([]byte(nil), sound...)
	const page = 4096
	anyPage := func() int { return random.IntN(len(b)/page) * page }
	switch random.IntN(4) {
	case 0:
		for range 1 + random.IntN(20) {
			b[anyPage()+random.IntN(page)] ^= 1 << random.IntN(8)
		}
	case 1:
		clear(b[anyPage():][:page])
	case 2:
		copy(b[anyPage():][:page], b[anyPage():])
	case 3:
		b = b[:random.IntN(len(b))]
	}
	return b
}

// useDamaged calls what it can; all of it may fail.
func useDamaged(ctx context.Context, path string) {
	s, err := embedded.Open(embedded.Options{Path: path})
	if err != nil {
		return
	}
	for _, c := range []string{".", ".a", ".b"} {
		head, _ := s.Head(ctx, c)
		_, _, _ = s.Subjects(ctx, c, storage.Scan{})
		_, _, _ = s.ScanSettings(ctx, c, storage.Scan{})
		_, _, _ = s.BackReferences(ctx, c, "orders-1")
		for id := range int32(300) {
			_, _, _, _ = s.SchemaAndVersions(ctx, c, id)
			_, _, _ = s.Versions(ctx, c, "orders-"+strconv.Itoa(int(id)))
		}
		for i := range int32(3) {
			head, _ = s.Commit(ctx, c, head.Revision, registration(1000+i)...)
		}
		_, _ = s.Commit(ctx, c, head.Revision, storage.DeleteVersion{Subject: "orders-7", Version: 1}, storage.DeleteSchema{ID: 8})
	}
	_, _ = s.ContextsOfSubject(ctx, "orders-1")
	_ = s.Close()
}
