package embedded_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"schemaside/storage"
)

// registration is what the registry commits for a new schema of a new subject.
func registration(id int32) []storage.Change {
	fingerprint := storage.Fingerprint{byte(id), byte(id >> 8), byte(id >> 16), byte(id >> 24)}
	return []storage.Change{
		storage.PutSchema{Schema: storage.Schema{ID: id, Fingerprint: fingerprint, Type: "AVRO", Text: `{"type":"record","name":"R` + strconv.Itoa(int(id)) + `","fields":[{"name":"f","type":"string"}]}`}},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: id},
		storage.RaiseNextID{To: id + 1},
		storage.PutVersion{Version: storage.Version{Subject: "orders-" + strconv.Itoa(int(id)), Version: 1, SchemaID: id}},
		storage.SetKnown{Known: true},
	}
}

// BenchmarkCommit registers with several writers, each in a context of its own.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 32} {
		b.Run(fmt.Sprint("writers=", writers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "schemaside.db"))
			defer s.Close()
			var all sync.WaitGroup
			for w := range writers {
				all.Go(func() {
					c := ".context-" + strconv.Itoa(w)
					for i := range int32(b.N / writers) {
						if _, err := s.Commit(b.Context(), c, storage.Revision(i), registration(i+1)...); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// BenchmarkSchema reads a schema with its versions from a context of a thousand.
func BenchmarkSchema(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "schemaside.db"))
	defer s.Close()
	var changes []storage.Change
	for i := range int32(1000) {
		changes = append(changes, registration(i+1)...)
	}
	if _, err := s.Commit(b.Context(), ".a", 0, changes...); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := int32(0); b.Loop(); i++ {
		if _, _, _, err := s.SchemaAndVersions(b.Context(), ".a", i%1000+1); err != nil {
			b.Fatal(err)
		}
	}
}
