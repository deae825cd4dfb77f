package embedded

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"
)

// Report is what Check found.
type Report struct {
	Namespaces, Contexts, Subjects, Versions, Schemas int
	// Faults tell what is wrong, a sentence each, the first hundred of them. None means that the file is sound.
	Faults []string
}

const mostFaults = 100

func (r *Report) fault(format string, args ...any) {
	if len(r.Faults) < mostFaults {
		r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
	}
}

// Check reads a whole file, changes nothing, and reports what is wrong with its pages and between its rows. Rows are
// looked at when the pages are sound. The error tells why the file can't be read at all.
func Check(ctx context.Context, path string) (Report, error) {
	var report Report
	db, file, err := lockFile(path, true)
	if err != nil {
		return report, err
	}
	err = guarded(path, func() error {
		if err := walkPages(file, db.Info().PageSize, &report); err != nil || len(report.Faults) > 0 {
			return err
		}
		return checkRows(ctx, db, &report)
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return report, errors.Join(err, db.Close())
}

// checkRows looks at pages once more, by the rules of bbolt, and then at rows.
func checkRows(ctx context.Context, db *bbolt.DB, report *Report) error {
	if err := readFormat(db); err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error {
		for fault := range tx.Check() {
			report.fault("%v", fault)
		}
		if len(report.Faults) > 0 {
			return nil
		}
		return checkNamespaces(ctx, tx, report)
	})
}

// Renew gives every namespace of a file that was restored from a copy a new epoch: whoever still knows answers from the
// time after the copy forgets them. It checks the file first, and leaves one with faults as it is.
func Renew(ctx context.Context, path string) (Report, error) {
	report, err := Check(ctx, path)
	if err != nil || len(report.Faults) > 0 {
		return report, err
	}
	db, err := openFile(path, false)
	if err != nil {
		return report, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, namespace := range namespaces(tx) {
			if err := tx.Bucket(metaBucket()).Put(epochKey(namespace), newEpoch()); err != nil {
				return err
			}
		}
		return nil
	})
	return report, errors.Join(err, db.Close())
}

// namespaces are those that a store was opened for.
func namespaces(tx *bbolt.Tx) []string {
	var names []string
	cursor := tx.Bucket(metaBucket()).Cursor()
	for key, _ := cursor.Seek([]byte(epochPrefix)); key != nil; key, _ = cursor.Next() {
		name, ours := strings.CutPrefix(string(key), epochPrefix)
		if !ours {
			break
		}
		names = append(names, name)
	}
	return names
}

func checkNamespaces(ctx context.Context, tx *bbolt.Tx, report *Report) error {
	if tx.Bucket(metaBucket()) == nil {
		report.fault("the file is empty")
		return nil
	}
	for _, namespace := range namespaces(tx) {
		report.Namespaces++
		names := bucketsOf(namespace)
		n := namespaceCheck{
			report: report, contexts: tx.Bucket(names.contexts),
			subjects: tx.Bucket(names.subjects), fingerprints: tx.Bucket(names.fingerprints), known: tx.Bucket(names.known),
		}
		if n.contexts == nil || n.subjects == nil || n.fingerprints == nil || n.known == nil {
			report.fault("namespace %q: a bucket is missing", namespace)
			continue
		}
		if err := n.run(ctx); err != nil {
			return err
		}
	}
	return nil
}
