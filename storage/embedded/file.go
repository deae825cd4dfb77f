package embedded

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"schemaside/storage"
)

// format is the layout of the rows: another one is refused.
const format = "1"

// patience is how long a file may be locked by another process before it is refused.
const patience = 200 * time.Millisecond

// metaBucket tells what the file is. The other buckets of the file belong to one namespace each; see rows.go.
func metaBucket() []byte { return []byte("schemaside") }

func formatKey() []byte { return []byte("format") }

func epochKey(namespace string) []byte { return []byte(epochPrefix + namespace) }

// openFile opens a file of this format. Without readOnly it makes one where there is none.
func openFile(path string, readOnly bool) (*bbolt.DB, error) {
	db, _, err := lockFile(path, readOnly)
	if err != nil {
		return nil, err
	}
	if err := guarded(path, func() error { return readFormat(db) }); err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(err, db.Close()))
	}
	return db, nil
}

// lockFile opens any file of bbolt's that is as long as it says. A damaged one is an error, though bbolt panics.
func lockFile(path string, readOnly bool) (db *bbolt.DB, file *os.File, err error) {
	_, err = os.Stat(path)
	isNew := errors.Is(err, os.ErrNotExist)
	if isNew && readOnly {
		return nil, nil, err
	}
	err = guarded(path, func() error {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: patience, ReadOnly: readOnly, FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				opened, err := os.OpenFile(name, flag, mode)
				file = opened
				return opened, err
			},
		})
		return err
	})
	if err != nil {
		if file != nil {
			// After a panic bbolt can't be closed, but its lock has to go.
			_ = file.Close()
		}
		return nil, nil, openError(path, err)
	}
	err = checkLength(db, file)
	if err == nil && isNew {
		err = syncFolder(path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, errors.Join(err, db.Close()))
	}
	return db, file, nil
}

// checkLength refuses a file that was cut off: reading behind its end ends a process.
func checkLength(db *bbolt.DB, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("damaged: %d bytes of %d are left", info.Size(), tx.Size())
		}
		return nil
	})
}

// openError says what can be done.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%s: in use by another process: one file serves one process", path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%s: damaged, or no file of schemaside: %w", path, err)
	case errors.Is(err, storage.ErrUnavailable), errors.As(err, new(*os.PathError)):
		return err // with its path
	}
	return fmt.Errorf("%s: %w", path, err)
}

// readFormat refuses a file that is none of ours, and writes the format into one that is empty.
func readFormat(db *bbolt.DB) error {
	empty := false
	err := db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket())
		if meta == nil {
			if first, _ := tx.Cursor().First(); first != nil {
				return errors.New("no file of schemaside, but a bbolt database of something else")
			}
			empty = true
			return nil
		}
		if got := string(meta.Get(formatKey())); got != format {
			return fmt.Errorf("written in format %q, and this version reads format %q: use the schemaside that wrote it", got, format)
		}
		return nil
	})
	if err != nil || !empty || db.IsReadOnly() {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket(metaBucket())
		if err != nil {
			return err
		}
		return meta.Put(formatKey(), []byte(format))
	})
}

// syncFolder makes the name of a new file as durable as what is in it.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// guarded turns a panic of f, which damage makes, and a fault in the mapped file into an error.
func guarded(path string, f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if damage := recover(); damage != nil {
			err = fmt.Errorf("%s: damaged (%v): %w", path, damage, storage.ErrUnavailable)
		}
	}()
	return f()
}

// readEpoch returns the epoch of a namespace, and makes one if it has none yet.
func readEpoch(db *bbolt.DB, namespace string) (uint64, error) {
	var epoch []byte
	err := db.View(func(tx *bbolt.Tx) error {
		epoch = append(epoch, tx.Bucket(metaBucket()).Get(epochKey(namespace))...)
		return nil
	})
	if err == nil && len(epoch) == 0 {
		err = db.Update(func(tx *bbolt.Tx) error {
			epoch = newEpoch()
			names := bucketsOf(namespace)
			for _, name := range [][]byte{names.contexts, names.subjects, names.fingerprints, names.known} {
				if _, err := tx.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
			return tx.Bucket(metaBucket()).Put(epochKey(namespace), epoch)
		})
	}
	if err != nil || len(epoch) != 8 {
		return 0, errors.Join(err, fmt.Errorf("an epoch of %d bytes", len(epoch)))
	}
	return binary.BigEndian.Uint64(epoch), nil
}

// newEpoch returns a random number. rand.Read never fails.
func newEpoch() []byte {
	epoch := make([]byte, 8)
	_, _ = rand.Read(epoch)
	return epoch
}
