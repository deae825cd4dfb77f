package storagetest

import (
	"encoding/binary"
	"fmt"
	"testing"

	"schemaside/storage"
)

// Bench times a commit as a registration makes it, in a context that holds few versions and in one that holds very many,
// and a look-up by ID from many goroutines. open returns a store that nothing was ever written to; Bench closes it.
func Bench(b *testing.B, open func(b *testing.B) storage.Store) {
	b.Helper()
	for _, held := range []int{100, 100_000} {
		b.Run(fmt.Sprint("commit beside ", held), func(b *testing.B) {
			s := openForBench(b, open)
			f := filler{b: b, store: s}
			f.fill(held)
			for b.Loop() {
				f.commit(f.registration()...)
			}
		})
	}
	b.Run("lookup", func(b *testing.B) {
		s := openForBench(b, open)
		f := filler{b: b, store: s}
		f.fill(1000)
		b.RunParallel(func(pb *testing.PB) {
			for id := int32(1); pb.Next(); id = id%1000 + 1 {
				if _, _, _, err := s.SchemaAndVersions(b.Context(), benchContext, id); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func openForBench(b *testing.B, open func(b *testing.B) storage.Store) storage.Store {
	b.Helper()
	s := open(b)
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Errorf("Close: %v", err)
		}
	})
	return s
}

const benchContext = ".bench"

// filler registers one schema after the other, each under a subject of its own.
type filler struct {
	b     *testing.B
	store storage.Store
	head  storage.Head
	// registered are the schemas so far.
	registered int32
}

func (f *filler) commit(changes ...storage.Change) {
	f.b.Helper()
	head, err := f.store.Commit(f.b.Context(), benchContext, f.head.Revision, changes...)
	if err != nil {
		f.b.Fatal(err)
	}
	f.head = head
}

func (f *filler) fill(n int) {
	f.b.Helper()
	const together = 1000
	for n > 0 {
		var changes []storage.Change
		for range min(n, together) {
			changes = append(changes, f.registration()...)
		}
		f.commit(changes...)
		n -= together
	}
}

func (f *filler) registration() []storage.Change {
	f.registered++
	id := f.registered
	var fingerprint storage.Fingerprint
	binary.BigEndian.PutUint32(fingerprint[:], uint32(id)*2654435761) //nolint:gosec // spread over the key's range
	revision := f.head.Revision + 1
	return []storage.Change{
		storage.PutSchema{Schema: storage.Schema{
			ID: id, Fingerprint: fingerprint, Type: "AVRO", Text: fmt.Sprintf(`{"type":"fixed","name":"F","size":%d}`, id),
		}},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: id},
		storage.PutVersion{Version: storage.Version{
			Subject: fmt.Sprint("subject-", id), Version: 1, SchemaID: id, Created: revision, Written: revision,
		}},
		storage.RaiseNextID{To: id + 1},
	}
}
