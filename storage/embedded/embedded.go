// Package embedded keeps all rows in one file, with no server: the store of a laptop and of a sidecar.
//
// The file is bbolt's: a tree of pages, read as snapshots from mapped memory, and written by one transaction at a time that
// is on disk before it counts. One process has it open at a time.
//
// Other drivers keep an ID of each commit to find out how one has ended that they lost sight of. Here nobody else can
// write, so what the file shows after a failure tells it.
package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"schemaside/storage"
)

// Options say what to open.
type Options struct {
	// Path is the file. It is made if it isn't there; its folder isn't.
	Path string
	// Namespace is the part of the file that the store sees; `default` when empty.
	Namespace string
}

// Store implements storage.Store.
type Store struct {
	db      *bbolt.DB
	path    string
	buckets buckets
	epoch   uint64
	queue   queue
	// writing holds the token of the one who commits.
	writing chan struct{}
	closed  atomic.Bool
}

var _ storage.Store = (*Store)(nil)

// buckets are the names of a namespace's buckets.
type buckets struct{ contexts, subjects, fingerprints, known []byte }

func bucketsOf(namespace string) buckets {
	return buckets{
		contexts: []byte(contextsPrefix + namespace), subjects: []byte(subjectsPrefix + namespace),
		fingerprints: []byte(fingerprintsPrefix + namespace), known: []byte(knownPrefix + namespace),
	}
}

// Open opens a file, or makes it. It fails at once when another process has it open, and when the file is damaged, too
// old, too new, or something else.
func Open(o Options) (*Store, error) {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	db, err := openFile(o.Path, false)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, path: o.Path, buckets: bucketsOf(o.Namespace), writing: make(chan struct{}, 1)}
	err = guarded(o.Path, func() (err error) {
		s.epoch, err = readEpoch(db, o.Namespace)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Path, errors.Join(err, db.Close()))
	}
	return s, nil
}

// Close lets calls under way end, makes those that wait and all later ones fail with storage.ErrUnavailable, and gives the
// file back.
func (s *Store) Close() error {
	if !s.closed.CompareAndSwap(false, true) {
		return nil
	}
	// Whoever holds the token ends first. It is never given back, so nobody commits after that.
	s.writing <- struct{}{}
	s.queue.close(s.unavailable(bolterrors.ErrDatabaseNotOpen))
	return s.db.Close()
}

// usable tells why a call can't be answered, if it can't.
func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return s.unavailable(err)
	}
	if s.closed.Load() {
		return s.unavailable(bolterrors.ErrDatabaseNotOpen)
	}
	return nil
}

func (s *Store) unavailable(err error) error {
	return fmt.Errorf("%s: %w: %w", s.path, storage.ErrUnavailable, err)
}

// view runs read over a snapshot of the file. What bbolt itself finds wrong is unavailability.
func (s *Store) view(ctx context.Context, read func(tx *bbolt.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	ran := false
	err := guarded(s.path, func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			ran = true
			return read(tx)
		})
	})
	if err != nil && !ran {
		return s.unavailable(err)
	}
	return err
}

// contextRows are the rows of one context in a transaction.
type contextRows struct {
	// bucket is nil for a context that was never committed to.
	bucket *bbolt.Bucket
	head   storage.Head
}

// read runs read over a snapshot of one context, and returns its head, whatever comes of it.
func (s *Store) read(ctx context.Context, registryCtx string, read func(rows contextRows) error) (head storage.Head, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		rows, err := s.open(tx, registryCtx)
		if err != nil {
			return err
		}
		head = rows.head
		return read(rows)
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		head = storage.Head{}
	}
	return head, err
}

// open finds a context in a transaction.
func (s *Store) open(tx *bbolt.Tx, registryCtx string) (contextRows, error) {
	rows := contextRows{head: storage.Head{NextID: 1}}
	// bbolt has no empty names.
	if registryCtx != "" {
		rows.bucket = tx.Bucket(s.buckets.contexts).Bucket([]byte(registryCtx))
	}
	var err error
	if rows.bucket != nil {
		_, err = decode(headKey(), rows.bucket.Get(headKey()), &rows.head)
	}
	rows.head.Epoch = s.epoch
	return rows, err
}

// get returns a row; nil when it isn't there.
func (r contextRows) get(key []byte) []byte {
	if r.bucket == nil {
		return nil
	}
	return r.bucket.Get(key)
}

// checkEvery is how many rows are read between two looks at whether the caller still waits.
const checkEvery = 1024

// each visits the rows from a key on, as long as their keys have the prefix and visit wants more.
func (s *Store) each(ctx context.Context, bucket *bbolt.Bucket, from, prefix []byte, visit func(key, value []byte) (more bool, err error)) error {
	if bucket == nil {
		return nil
	}
	cursor := bucket.Cursor()
	n := 0
	for key, value := cursor.Seek(from); key != nil && bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return s.unavailable(ctx.Err())
		}
		if more, err := visit(key, value); err != nil || !more {
			return err
		}
	}
	return nil
}
