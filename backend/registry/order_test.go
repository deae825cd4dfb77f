package registry

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

// listed is a registry over contexts with subjects of one version each, and the store below it.
func listed(t *testing.T, contexts map[string][]string) (*Registry, *faulty.Store) {
	t.Helper()
	store := faulty.Wrap(memory.New())
	for registryCtx, subjects := range contexts {
		changes := []storage.Change{storage.SetKnown{Known: true}, schemaRow(1, textA),
			storage.PutFingerprint{Fingerprint: fingerprint(textA, details{}), ID: 1}}
		for _, s := range subjects {
			changes = append(changes, storage.PutVersion{Version: storage.Version{Subject: s, Version: 1, SchemaID: 1}})
		}
		commit(t, store, registryCtx, changes...)
	}
	return New(store, Options{SplitName: resolver.SplitName}), store
}

func written(names []wire.Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = wire.OpenNamer{}.Subject(n.Context, n.Subject)
	}
	return out
}

// However contexts and subjects are called, a page of the list is that part of all names in their order.
func TestPagesOfManyContexts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	name := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteByte(":.-ab~"[random.IntN(6)])
		}
		return b.String()
	}
	for range 300 {
		contexts := map[string][]string{}
		var all []string
		for range random.IntN(6) {
			registryCtx := "." + name()
			if _, there := contexts[registryCtx]; there {
				continue
			}
			var subjects []string
			for range random.IntN(5) {
				subjects = append(subjects, name())
			}
			slices.Sort(subjects)
			contexts[registryCtx] = slices.Compact(subjects)
			for _, s := range contexts[registryCtx] {
				all = append(all, wire.OpenNamer{}.Subject(registryCtx, s))
			}
		}
		slices.Sort(all)
		r, _ := listed(t, contexts)
		for offset := range len(all) + 2 {
			for limit := -1; limit < len(all)+2; limit++ {
				p := backend.Page{Offset: offset, Limit: limit}
				names, _, err := r.Subjects(t.Context(), backend.Subjects{AllContexts: true, Page: p})
				if want := page(all, p); err != nil || !slices.Equal(written(names), want) {
					t.Fatalf("%q, %+v: got %q, %v, want %q", contexts, p, written(names), err, want)
				}
				schemas, _, err := r.Schemas(t.Context(), backend.Schemas{Subjects: backend.Subjects{AllContexts: true}, Page: p})
				names = nil
				for _, s := range schemas {
					names = append(names, s.Subject)
				}
				if want := page(all, p); err != nil || !slices.Equal(written(names), want) {
					t.Fatalf("schemas of %q, %+v: got %q, %v, want %q", contexts, p, written(names), err, want)
				}
			}
		}
	}
}

// A page costs the reads of the contexts that can have a name on it, not of all.
func TestPagesReadNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	contexts := map[string][]string{".": {"s"}}
	for i := range 100 {
		contexts[fmt.Sprintf(".%03d", i)] = []string{"a", "b"}
	}
	r, store := listed(t, contexts)
	f := func(p backend.Subjects, want int) {
		t.Helper()
		p.AllContexts = p.ContextPrefix == ""
		store.ResetCalls()
		if _, _, err := r.Subjects(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if got := store.Calls("Subjects"); got != want {
			t.Errorf("%+v: %d contexts were read, want %d", p, got, want)
		}
		store.ResetCalls()
		if _, _, err := r.Schemas(t.Context(), backend.Schemas{Subjects: p, Page: p.Page}); err != nil {
			t.Fatal(err)
		}
		if got := store.Calls("Subjects"); got != want {
			t.Errorf("schemas of %+v: %d contexts were read, want %d", p, got, want)
		}
	}
	f(backend.Subjects{Page: backend.Page{Limit: 1}}, 2) // the default context is read first, though it is listed last
	f(backend.Subjects{Page: backend.Page{Limit: 2}}, 2)
	f(backend.Subjects{Page: backend.Page{Limit: 3}}, 3)
	f(backend.Subjects{Page: backend.Page{Offset: 9, Limit: 1}}, 6)
	f(backend.Subjects{Page: backend.Page{Offset: 200, Limit: 1}}, 101)
	f(backend.Subjects{Page: backend.Page{Limit: -1}}, 101)
	f(backend.Subjects{ContextPrefix: ".05", Page: backend.Page{Limit: 1}}, 1)
	f(backend.Subjects{ContextPrefix: ".05", Page: backend.Page{Limit: -1}}, 10)
	f(backend.Subjects{Page: backend.Page{}}, 2)
}

// What has a guid in many contexts is read in the first of them.
func TestGUIDReadsOneHolder(t *testing.T) {
	t.Parallel()
	r, store := listed(t, map[string][]string{".": {"s"}, ".a": {"s"}, ".b": {"s"}})
	p := backend.SchemaByGUID{GUID: guid(fingerprint(textA, details{}))}
	got, _, err := r.SchemaByGUID(t.Context(), p)
	if err != nil || got.Text != textA {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := store.Calls("SchemaByFingerprint"); n != 1 {
		t.Errorf("%d contexts were read", n)
	}
	ids, _, err := r.IDsOfGUID(t.Context(), p)
	if want := "[{. 1} {.a 1} {.b 1}]"; err != nil || fmt.Sprint(ids) != want {
		t.Errorf("%v, %v, want %s", ids, err, want)
	}
}

// The aliases of a subject are told whichever context they are set in.
func TestAliasesFromOtherContexts(t *testing.T) {
	t.Parallel()
	c := newCaller(Options{})
	c.mustRegister(t, ":.b:real", input("AVRO", `"string"`))
	for _, from := range []string{":.a:one", ":.b:two", ":.c:three"} {
		c.config(t, from, wire.ConfigUpdate{Alias: wire.Patch[string]{Set: true, Value: ":.b:real"}})
		c.mustRegister(t, from+"-so-that-the-context-is-known", input("AVRO", `"int"`))
	}
	schemas, _, err := c.Schemas(t.Context(), backend.Schemas{
		Subjects: backend.Subjects{AllContexts: true}, Aliases: true, Page: backend.Page{Limit: -1},
	})
	at := slices.IndexFunc(schemas, func(s wire.Schema) bool { return s.Subject.Subject == "real" })
	if err != nil || at < 0 || fmt.Sprint(schemas[at].Aliases) != "[{.a one} {.b two} {.c three}]" {
		t.Errorf("%+v, %v", schemas, err)
	}
}
