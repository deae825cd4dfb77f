package registry

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/memory"
)

// rowCounter counts what is asked of a store, and the subjects that it hands out.
type rowCounter struct {
	storage.Store
	scans, rows, versions, schemas atomic.Int64
}

func (c *rowCounter) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	rows, head, err := c.Store.Subjects(ctx, registryCtx, scan)
	c.scans.Add(1)
	c.rows.Add(int64(len(rows)))
	return rows, head, err
}

func (c *rowCounter) Versions(ctx context.Context, registryCtx, subject string) ([]storage.Version, storage.Head, error) {
	c.versions.Add(1)
	return c.Store.Versions(ctx, registryCtx, subject)
}

func (c *rowCounter) Schema(ctx context.Context, registryCtx string, id int32) (storage.Schema, storage.Head, error) {
	c.schemas.Add(1)
	return c.Store.Schema(ctx, registryCtx, id)
}

// reset returns what was counted since the last time.
func (c *rowCounter) reset() string {
	return fmt.Sprintf("%d scans, %d rows, %d versions, %d schemas",
		c.scans.Swap(0), c.rows.Swap(0), c.versions.Swap(0), c.schemas.Swap(0))
}

const (
	manySubjects = 12_000
	manyVersions = 50
)

// crowded is a registry whose context .c has many subjects, each third of them soft-deleted, and a subject of many versions.
func crowded(t *testing.T) (*Registry, *rowCounter) {
	t.Helper()
	store := &rowCounter{Store: memory.New()}
	changes := []storage.Change{storage.SetKnown{Known: true}, schemaRow(1, textA)}
	for i := range manySubjects {
		changes = append(changes, storage.PutVersion{Version: storage.Version{
			Subject: fmt.Sprintf("s%05d", i), Version: 1, SchemaID: 1, Deleted: i%3 == 2,
		}})
	}
	for v := range int32(manyVersions) {
		changes = append(changes, schemaRow(v+2, fmt.Sprintf(`"%d"`, v)),
			storage.PutVersion{Version: storage.Version{Subject: "t", Version: v + 1, SchemaID: v + 2}})
	}
	commit(t, store, ".c", changes...)
	return New(store, Options{SplitName: resolver.SplitName}), store
}

// A page of subjects is a range of rows, not all of them.
func TestPagesAreRangesOfRows(t *testing.T) {
	t.Parallel()
	r, store := crowded(t)
	f := func(p backend.Subjects, offset, limit int, want, first, cost string) {
		t.Helper()
		p.Context, p.Page = ".c", backend.Page{Offset: offset, Limit: limit}
		store.reset()
		names, _, err := r.Subjects(t.Context(), p)
		got := fmt.Sprint(len(names))
		if err != nil || got != want || len(names) > 0 && names[0].Subject != first {
			t.Errorf("%+v: %s names, %v, want %s from %s on", p, got, err, want, first)
		}
		if got := store.reset(); got != cost+", 0 versions, 0 schemas" {
			t.Errorf("%+v cost %s, want %s", p, got, cost)
		}
	}
	f(backend.Subjects{Deleted: true}, 0, 10, "10", "s00000", "1 scans, 10 rows")
	f(backend.Subjects{Deleted: true}, 500, 10, "10", "s00500", "1 scans, 510 rows")
	f(backend.Subjects{}, 0, 10, "10", "s00000", "2 scans, 20 rows")
	f(backend.Subjects{DeletedOnly: true}, 0, 1, "1", "s00002", "2 scans, 4 rows")
	f(backend.Subjects{Deleted: true, SubjectPrefix: "s1123"}, 0, 100, "10", "s11230", "1 scans, 10 rows")
	f(backend.Subjects{Deleted: true, SubjectPrefix: "none"}, 0, 100, "0", "", "1 scans, 0 rows")
	f(backend.Subjects{Deleted: true}, 0, 11_000, "11000", "s00000", "2 scans, 12001 rows")
	f(backend.Subjects{Deleted: true}, 11_999, 100, "2", "s11999", "2 scans, 12001 rows")
	f(backend.Subjects{Deleted: true}, 0, -1, "12001", "s00000", "1 scans, 12001 rows")
}

// Of schemas, no more is read than is shown: the texts of a page, and with latestOnly one a subject. All subjects s... have
// the same one, which is read once.
func TestSchemasReadWhatTheyShow(t *testing.T) {
	t.Parallel()
	r, store := crowded(t)
	f := func(p backend.Schemas, prefix string, offset, limit, want int, cost string) {
		t.Helper()
		p.Subjects.Context, p.Subjects.SubjectPrefix, p.Page = ".c", prefix, backend.Page{Offset: offset, Limit: limit}
		store.reset()
		schemas, _, err := r.Schemas(t.Context(), p)
		if err != nil || len(schemas) != want {
			t.Errorf("%+v: %d schemas, %v, want %d", p, len(schemas), err, want)
		}
		if got := store.reset(); got != cost {
			t.Errorf("%+v cost %s, want %s", p, got, cost)
		}
	}
	latest := backend.Schemas{LatestOnly: true}
	f(latest, "t", 0, 1000, 1, "1 scans, 1 rows, 1 versions, 1 schemas")
	f(latest, "", 0, 10, 10, "2 scans, 20 rows, 10 versions, 1 schemas")
	f(backend.Schemas{}, "t", 0, 1000, manyVersions, "1 scans, 1 rows, 1 versions, 50 schemas")
	f(backend.Schemas{}, "t", 40, 5, 5, "1 scans, 1 rows, 1 versions, 5 schemas")
	f(backend.Schemas{Subjects: backend.Subjects{Deleted: true}}, "s", 0, 2, 2, "1 scans, 2 rows, 2 versions, 1 schemas")
}

// Whether a context has a subject is known from the first rows.
func TestContextExistsByItsFirstRows(t *testing.T) {
	t.Parallel()
	r, store := crowded(t)
	store.reset()
	if _, _, err := r.Versions(t.Context(), backend.Versions{Target: backend.Target{Context: ".c"}}); err != nil {
		t.Error(err)
	}
	if got, want := store.reset(), fmt.Sprintf("1 scans, %d rows, 1 versions, 0 schemas", maxBatch); got != want {
		t.Errorf("cost %s, want %s", got, want)
	}
	if err := r.DeleteContext(t.Context(), ".c"); err == nil {
		t.Error("a context with subjects was deleted")
	}
	if got := store.reset(); got != "1 scans, 1 rows, 0 versions, 0 schemas" {
		t.Errorf("deletion cost %s", got)
	}
}

// A context that moves between two batches is read again as a whole.
func TestBatchesComeFromOneRevision(t *testing.T) {
	t.Parallel()
	r, store := crowded(t)
	moving := &movingStore{Store: store, move: func() {
		commit(t, store, ".c", storage.DeleteVersion{Subject: "s00000", Version: 1}, storage.Removal{})
	}}
	r.store = moving
	names, basis, err := r.Subjects(t.Context(), backend.Subjects{Context: ".c", Deleted: true, Page: backend.Page{Limit: 11_000}})
	if err != nil || len(names) != 11_000 || names[0] != (wire.Name{Context: ".c", Subject: "s00001"}) {
		t.Errorf("%d names from %v on, %v", len(names), names[0], err)
	}
	if len(basis.Stamps) != 1 || basis.Stamps[0].Revision != 2 || basis.Volatile {
		t.Errorf("basis %+v", basis)
	}
}

// movingStore moves a context after the first scan of it.
type movingStore struct {
	storage.Store
	move  func()
	moved bool
}

func (m *movingStore) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	rows, head, err := m.Store.Subjects(ctx, registryCtx, scan)
	if !m.moved {
		m.moved = true
		m.move()
	}
	return rows, head, err
}
