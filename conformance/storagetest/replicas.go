package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"schemaside/storage"
)

// RunReplicas runs the cases about two stores on one database, as two processes have them. open returns both; they are of
// one namespace that nothing was ever written to. RunReplicas closes them.
func RunReplicas(t *testing.T, open func(t *testing.T) (one, other storage.Store)) {
	t.Helper()
	for _, c := range replicaCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one, other := open(t)
			for _, s := range []storage.Store{one, other} {
				t.Cleanup(func() {
					if err := s.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				})
			}
			c.run(newEnv(t, one, nil), other)
		})
	}
}

// replicaCase is what holds for the store of an env and another one on the same database.
type replicaCase struct {
	name string
	run  func(e *env, other storage.Store)
}

func replicaCases() []replicaCase {
	return []replicaCase{
		{"what one commits the other reads at once", readAtOnce},
		{"a commit of one is a conflict for the other", conflictsMeet},
		{"of parallel writers on both stores each is counted once", bothCountedOnce},
	}
}

func readAtOnce(e *env, other storage.Store) {
	c, fingerprint := e.context(), e.fingerprint()
	theirs := newEnv(e.TB, other, nil)
	equal(e, "head before", theirs.head(c), e.head(c))
	for n := int32(1); n <= 20; n++ {
		writer, reader := e, theirs
		if n%2 == 0 {
			writer, reader = theirs, e
		}
		head := writer.commit(c, append(everything(fingerprint), version("orders", n, 1), storage.RaiseNextID{To: n})...)
		for _, r := range readers(reader.store, c, fingerprint) {
			got, err := r.read(e.Context())
			e.ok(r.method, err)
			equal(e, r.method+"'s head", got, head)
		}
		equal(e, "versions", len(reader.versions(c, "orders")), int(n))
	}
	equal(e, "content", theirs.content(c), e.content(c))
	equalRows(e, "contexts", theirs.contexts(), e.contexts()...)
	equalRows(e, "ContextsOfSubject", theirs.contextsOfSubject("orders"), c)
	equalRows(e, "ContextsOfFingerprint", theirs.contextsOfFingerprint(fingerprint), c)
}

func conflictsMeet(e *env, other storage.Store) {
	c := e.context()
	head := e.commit(c, version("orders", 1, 1))
	_, err := other.Commit(e.Context(), c, head.Revision-1, version("orders", 2, 1))
	e.fails("a commit on what the other has left behind", err, storage.ErrConflict)
	next, err := other.Commit(e.Context(), c, head.Revision, version("orders", 2, 1))
	e.ok("Commit", err)
	_, err = e.store.Commit(e.Context(), c, head.Revision, version("orders", 3, 1))
	e.fails("a commit on what the other has left behind", err, storage.ErrConflict)
	equal(e, "head", e.head(c), next)
	equal(e, "versions", len(e.versions(c, "orders")), 2)
}

// bothCountedOnce lets writers register at once through both stores: every ID is given once, none is left out, and whose
// commit was acknowledged finds it.
func bothCountedOnce(e *env, other storage.Store) {
	const writers, each = 32, 5
	c, stores := e.context(), []storage.Store{e.store, other}
	ids := make([][]int32, writers)
	errs := together(writers, func(writer int32) error {
		for range each {
			id, err := take(e.Context(), stores[writer%2], c, writer)
			if err != nil {
				return err
			}
			ids[writer] = append(ids[writer], id)
		}
		return nil
	})
	e.ok("Commit", errors.Join(errs...))
	head := e.head(c)
	equal(e, "revision", head.Revision, storage.Revision(writers*each))
	equal(e, "NextID", head.NextID, int32(writers*each+1))
	taken := map[int32]bool{}
	for writer, own := range ids {
		subject := fmt.Sprint("orders-", writer)
		var kept []int32
		for _, row := range e.versions(c, subject) {
			equal(e, "schema of a version", e.schema(c, row.SchemaID).Text, subject)
			kept = append(kept, row.SchemaID)
			taken[row.SchemaID] = true
		}
		equalRows(e, "IDs of "+subject, kept, own...)
	}
	equal(e, "different IDs", len(taken), writers*each)
}

// take registers a new version of the writer's subject under the next ID, and tells it.
func take(ctx context.Context, s storage.Store, registryCtx string, writer int32) (int32, error) {
	subject := fmt.Sprint("orders-", writer)
	for {
		head, err := s.Head(ctx, registryCtx)
		if err != nil {
			return 0, err
		}
		_, err = s.Commit(ctx, registryCtx, head.Revision, schema(head.NextID, subject), version(subject, head.NextID, head.NextID),
			storage.RaiseNextID{To: head.NextID + 1})
		if !errors.Is(err, storage.ErrConflict) {
			return head.NextID, err
		}
	}
}
