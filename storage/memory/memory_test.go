package memory_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/memory"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store { return memory.New() })
}

// TestUnknownChange hands in what satisfies Change and is none that a store can apply.
func TestUnknownChange(t *testing.T) {
	t.Parallel()
	s := memory.New()
	for _, change := range []storage.Change{nil, &storage.Removal{}, (*storage.PutSchema)(nil)} {
		if _, err := s.Commit(t.Context(), ".a", 0, storage.RaiseNextID{To: 9}, change); err == nil {
			t.Errorf("Commit of %T: no error", change)
		}
	}
	head, err := s.Head(t.Context(), ".a")
	if err != nil || head.Revision != 0 || head.NextID != 1 {
		t.Errorf("head after refused commits: %+v, %v", head, err)
	}
}

// filled returns a store with a schema, 10 versions and settings in each of n contexts.
func filled(tb testing.TB, n int) (*memory.Store, []string) {
	tb.Helper()
	s, names := memory.New(), make([]string, n)
	for i := range names {
		names[i] = ".context-" + strconv.Itoa(i)
		changes := []storage.Change{
			storage.PutSchema{Schema: storage.Schema{ID: 1, Fingerprint: storage.Fingerprint{1}, Type: "AVRO", Text: `"string"`}},
			storage.PutFingerprint{Fingerprint: storage.Fingerprint{1}, ID: 1},
			storage.PutSettings{Settings: storage.Settings{Subject: "orders", Mode: "IMPORT"}},
		}
		for v := range int32(10) {
			changes = append(changes, storage.PutVersion{Version: storage.Version{Subject: "orders", Version: v + 1, SchemaID: 1}})
		}
		if _, err := s.Commit(tb.Context(), names[i], 0, changes...); err != nil {
			tb.Fatal(err)
		}
	}
	return s, names
}

func TestAllocations(t *testing.T) {
	s, names := filled(t, 100)
	ctx := t.Context()
	f := func(name string, want float64, read func() error) {
		t.Helper()
		got := testing.AllocsPerRun(100, func() {
			if err := read(); err != nil {
				t.Fatal(err)
			}
		})
		if got != want {
			t.Errorf("%s: %v allocations, want %v", name, got, want)
		}
	}
	f("Head", 0, func() error { _, err := s.Head(ctx, ".context-50"); return err })
	f("Head of a context without a commit", 0, func() error { _, err := s.Head(ctx, ".none"); return err })
	f("Heads", 1, func() error { _, err := s.Heads(ctx, names); return err })
	f("Schema", 0, func() error { _, _, err := s.Schema(ctx, ".context-50", 1); return err })
	f("Schema that is not there", 0, func() error {
		if _, _, err := s.Schema(ctx, ".context-50", 2); !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("error %w", err)
		}
		return nil
	})
	f("SchemaByFingerprint", 0, func() error {
		_, _, err := s.SchemaByFingerprint(ctx, ".context-50", storage.Fingerprint{1})
		return err
	})
	f("Versions", 1, func() error { _, _, err := s.Versions(ctx, ".context-50", "orders"); return err })
	f("Settings", 0, func() error { _, _, err := s.Settings(ctx, ".context-50", "orders"); return err })
}

func BenchmarkHead(b *testing.B) {
	s, names := filled(b, 10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Head(b.Context(), names[i%len(names)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSchema(b *testing.B) {
	s, names := filled(b, 10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, _, err := s.Schema(b.Context(), names[i%len(names)], 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVersions(b *testing.B) {
	s, names := filled(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Versions(b.Context(), names[0], "orders"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommit registers a version of a new subject with a new schema again and again in one context.
func BenchmarkCommit(b *testing.B) {
	s := memory.New()
	b.ReportAllocs()
	for i := int32(1); b.Loop(); i++ {
		fingerprint := storage.Fingerprint{byte(i), byte(i >> 8), byte(i >> 16), byte(i >> 24)}
		_, err := s.Commit(b.Context(), ".a", storage.Revision(i-1),
			storage.PutSchema{Schema: storage.Schema{ID: i, Fingerprint: fingerprint, Type: "AVRO", Text: `"string"`}},
			storage.PutFingerprint{Fingerprint: fingerprint, ID: i},
			storage.PutVersion{Version: storage.Version{Subject: "orders-" + strconv.Itoa(int(i)), Version: 1, SchemaID: i}},
			storage.RaiseNextID{To: i + 1}, storage.SetKnown{Known: true})
		if err != nil {
			b.Fatal(err)
		}
	}
}
