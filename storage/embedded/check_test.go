package embedded_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"schemaside/storage"
	"schemaside/storage/embedded"
)

// edit changes a file behind the store's back.
func edit(t *testing.T, path string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	path := filledFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	report, err := embedded.Check(t.Context(), path)
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("a sound file: %v, %q", err, report.Faults)
	}
	if report.Contexts != 3 || report.Subjects != 300 || report.Versions != 300 || report.Schemas != 303 || report.Namespaces != 1 {
		t.Errorf("counted %+v", report)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the check has written to the file (%v)", err)
	}
}

// TestCheckFindsFaults breaks one thing that rows say about each other at a time.
func TestCheckFindsFaults(t *testing.T) {
	t.Parallel()
	fingerprint := string([]byte{7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	orders := "\x00\x00\x00\x08orders-7"
	const one, seven = "\x80\x00\x00\x01", "\x80\x00\x00\x07"
	for _, test := range []struct {
		name string
		// bucket and key name the row; of a bucket "." the row is of that context.
		bucket, key string
		// value is written there; a nil one removes the row.
		value []byte
		want  string
	}{
		{"no schema", ".", "s" + seven, nil, "its schema isn't there"},
		{"short schema", ".", "s" + seven, []byte("x"), "it is damaged"},
		{"schema above the next ID", ".", "s\x80\x00\x10\x00", make([]byte, 24), "the next schema could get the same ID"},
		{"no version by subject", ".", "v" + orders + one, nil, "reads otherwise, or not at all"},
		{"no version by ID", ".", "i" + seven + strings.Repeat("\x00", 8) + "orders-7\x00" + one, nil, "reads otherwise, or not at all"},
		{"damaged version", ".", "v" + orders + one, []byte{1}, "it is damaged"},
		{"version of another subject", ".", "v\x00\x00\x00\x08orders-9" + seven, append(append(append([]byte{}, 0, 0, 0, 1, 0, 0, 0, 7), make([]byte, 25)...), "orders-7"...), "it is damaged"},
		{"no subject", ".", "uorders-7", nil, "it counts other versions than there are"},
		{"wrong counts", ".", "uorders-7", []byte{0, 0, 0, 2, 0, 0, 0, 1}, "it counts other versions than there are"},
		{"subject without versions", ".", "unothing", make([]byte, 8), "it counts other versions than there are"},
		{"no fingerprint", ".", "f" + fingerprint, nil, "the index of fingerprints has"},
		{"fingerprint of nothing", ".", "f" + fingerprint, []byte{0, 0, 9, 9}, "its schema isn't there"},
		{"damaged back-reference", ".", "b" + orders, nil, ""},
		{"new back-reference", ".", "b" + orders, []byte{1}, "it is damaged"},
		{"damaged settings", ".", "corders-7", []byte{0, 0, 0, 9}, "it is damaged"},
		{"damaged head", ".", "h", []byte("h"), "it is damaged"},
		{"unknown kind", ".", "z", []byte("z"), "no row begins so"},
		{"subject not indexed", "subjects:default", orders + ".", nil, "the index of subjects doesn't have it"},
		{"subject indexed in vain", "subjects:default", orders + ".a", []byte{}, "the index of subjects has"},
		{"half an index row", "subjects:default", "\xff\xff\xff\xffo", []byte{}, "the index of subjects has"},
		{"fingerprint not indexed", "fingerprints:default", fingerprint + ".", nil, "the index of fingerprints doesn't have it"},
		{"fingerprint indexed in vain", "fingerprints:default", fingerprint + ".a", []byte{}, "the index of fingerprints has"},
		{"context not listed", "known:default", ".a", nil, "whether this one is known"},
		{"context listed in vain", "known:default", ".nowhere", []byte{}, "the index of known contexts has"},
		{"no bucket", "contexts:default", ".row", []byte("x"), "is no bucket"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filledFile(t)
			edit(t, path, func(tx *bbolt.Tx) error {
				bucket := tx.Bucket([]byte(test.bucket))
				if test.bucket == "." {
					bucket = tx.Bucket([]byte("contexts:default")).Bucket([]byte("."))
				}
				if test.value == nil {
					if bucket.Get([]byte(test.key)) == nil && test.want != "" {
						t.Errorf("there is no row %q", test.key)
					}
					return bucket.Delete([]byte(test.key))
				}
				return bucket.Put([]byte(test.key), test.value)
			})
			report, err := embedded.Check(t.Context(), path)
			found := slices.ContainsFunc(report.Faults, func(fault string) bool { return strings.Contains(fault, test.want) })
			if err != nil || test.want != "" && !found || test.want == "" && len(report.Faults) > 0 {
				t.Errorf("the check says %q, %v; want %q", report.Faults, err, test.want)
			}
		})
	}
}

func TestCheckBuckets(t *testing.T) {
	t.Parallel()
	path := filledFile(t)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("known:default")) })
	if report, err := embedded.Check(t.Context(), path); err != nil || len(report.Faults) != 1 {
		t.Errorf("a bucket is gone: %q, %v", report.Faults, err)
	}
}

func TestRenew(t *testing.T) {
	t.Parallel()
	path := filledFile(t)
	head := func() storage.Head {
		t.Helper()
		s := open(t, path)
		defer s.Close()
		head, err := s.Head(t.Context(), ".")
		if err != nil {
			t.Fatal(err)
		}
		return head
	}
	before := head()
	if again := head(); again != before {
		t.Errorf("the head is %+v after opening again, was %+v", again, before)
	}
	if report, err := embedded.Renew(t.Context(), path); err != nil || len(report.Faults) > 0 {
		t.Fatalf("%v, %q", err, report.Faults)
	}
	after := head()
	if after.Epoch == before.Epoch {
		t.Error("the epoch is the old one")
	}
	if after.Epoch = before.Epoch; after != before {
		t.Errorf("the head was %+v and is %+v", before, after)
	}
}

// TestOpenRefuses: what can't be served is refused, with the reason, and stays as it is.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	f := func(want string, prepare func(path string)) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "schemaside.db")
		prepare(path)
		before, _ := os.ReadFile(path)
		s, err := embedded.Open(embedded.Options{Path: path})
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("Open: %v, want %q", err, want)
		}
		if after, _ := os.ReadFile(path); !slices.Equal(before, after) {
			t.Errorf("%s: the file has changed", want)
		}
		if report, err := embedded.Check(t.Context(), path); err == nil && len(report.Faults) == 0 {
			t.Errorf("%s: the check finds nothing", want)
		}
	}
	write := func(content []byte) func(path string) {
		return func(path string) {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	sound, err := os.ReadFile(filledFile(t))
	if err != nil {
		t.Fatal(err)
	}
	f("damaged, or no file of schemaside", write([]byte("schemas")))
	f("damaged, or no file of schemaside", write(make([]byte, 1<<16)))
	f("damaged", write(sound[:len(sound)/2]))
	f("another process", func(path string) {
		s := open(t, path)
		t.Cleanup(func() { s.Close() })
	})
	f("bbolt database of something else", func(path string) {
		edit(t, path, func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("theirs"))
			return err
		})
	})
	f(`written in format "0", and this version reads format "1"`, func(path string) {
		open(t, path).Close()
		edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("schemaside")).Put([]byte("format"), []byte("0")) })
	})
	f("directory", func(path string) {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	})
}

// TestOpenWritesNothing: a start on a file that is there leaves it as it is.
func TestOpenWritesNothing(t *testing.T) {
	t.Parallel()
	path := filledFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if _, err := s.Head(t.Context(), "."); err != nil {
		t.Error(err)
	}
	s.Close()
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file has changed (%v)", err)
	}
}

// TestNamespaces: two registries share a file and nothing else.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schemaside.db")
	epochs := map[uint64]bool{}
	for range 2 {
		for _, namespace := range []string{"", "other"} {
			s, err := embedded.Open(embedded.Options{Path: path, Namespace: namespace})
			if err != nil {
				t.Fatal(err)
			}
			head, err := s.Head(t.Context(), ".")
			if err != nil {
				t.Error(err)
			}
			if _, err := s.Commit(t.Context(), ".", head.Revision, registration(head.NextID)...); err != nil {
				t.Error(err)
			}
			epochs[head.Epoch] = true
			s.Close()
		}
	}
	if len(epochs) != 2 {
		t.Errorf("%d epochs, want one for each namespace", len(epochs))
	}
	if report, err := embedded.Check(t.Context(), path); err != nil || len(report.Faults) > 0 || report.Namespaces != 2 || report.Versions != 4 {
		t.Errorf("check: %+v, %v", report, err)
	}
}
