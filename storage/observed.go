package storage

import (
	"context"
	"time"
)

// Observe returns a Store that passes every call on to s and reports it afterwards: the name of the method, how long
// it took, and its error as it was returned (nil, or one that may wrap ErrNotFound or ErrConflict: an answer, not a
// failure). observe is called by many goroutines at once, on the way of the call, so it should be quick.
//
// The Store is a SubjectReader if s is one. It is no Notifier.
func Observe(s Store, observe func(call string, took time.Duration, err error)) Store {
	o := &observed{store: s, observe: observe}
	if subjects, ok := s.(SubjectReader); ok {
		return &observedSubjects{observed: o, subjects: subjects}
	}
	return o
}

// observedSubjects is an observed Store that is a SubjectReader.
type observedSubjects struct {
	*observed

	subjects SubjectReader
}

func (o *observedSubjects) ReadSubject(ctx context.Context, registryCtx, subject string, others [2]string) (SubjectRows, error) {
	start := time.Now()
	rows, err := o.subjects.ReadSubject(ctx, registryCtx, subject, others)
	o.report("ReadSubject", start, err)
	return rows, err
}

type observed struct {
	store   Store
	observe func(call string, took time.Duration, err error)
}

func (o *observed) report(call string, start time.Time, err error) {
	o.observe(call, time.Since(start), err)
}

func (o *observed) Head(ctx context.Context, registryCtx string) (Head, error) {
	start := time.Now()
	head, err := o.store.Head(ctx, registryCtx)
	o.report("Head", start, err)
	return head, err
}

func (o *observed) Heads(ctx context.Context, contexts []string) ([]Head, error) {
	start := time.Now()
	heads, err := o.store.Heads(ctx, contexts)
	o.report("Heads", start, err)
	return heads, err
}

func (o *observed) ListContexts(ctx context.Context) ([]string, error) {
	start := time.Now()
	names, err := o.store.ListContexts(ctx)
	o.report("ListContexts", start, err)
	return names, err
}

func (o *observed) Schema(ctx context.Context, registryCtx string, id int32) (Schema, Head, error) {
	start := time.Now()
	schema, head, err := o.store.Schema(ctx, registryCtx, id)
	o.report("Schema", start, err)
	return schema, head, err
}

func (o *observed) SchemaByFingerprint(ctx context.Context, registryCtx string, fingerprint Fingerprint) (Schema, Head, error) {
	start := time.Now()
	schema, head, err := o.store.SchemaByFingerprint(ctx, registryCtx, fingerprint)
	o.report("SchemaByFingerprint", start, err)
	return schema, head, err
}

func (o *observed) Versions(ctx context.Context, registryCtx, subject string) ([]Version, Head, error) {
	start := time.Now()
	rows, head, err := o.store.Versions(ctx, registryCtx, subject)
	o.report("Versions", start, err)
	return rows, head, err
}

func (o *observed) VersionsOfID(ctx context.Context, registryCtx string, id int32) ([]Version, Head, error) {
	start := time.Now()
	rows, head, err := o.store.VersionsOfID(ctx, registryCtx, id)
	o.report("VersionsOfID", start, err)
	return rows, head, err
}

func (o *observed) SchemaAndVersions(ctx context.Context, registryCtx string, id int32) (Schema, []Version, Head, error) {
	start := time.Now()
	row, rows, head, err := o.store.SchemaAndVersions(ctx, registryCtx, id)
	o.report("SchemaAndVersions", start, err)
	return row, rows, head, err
}

func (o *observed) Subjects(ctx context.Context, registryCtx string, scan Scan) ([]Subject, Head, error) {
	start := time.Now()
	rows, head, err := o.store.Subjects(ctx, registryCtx, scan)
	o.report("Subjects", start, err)
	return rows, head, err
}

func (o *observed) BackReferences(ctx context.Context, registryCtx, subject string) ([]BackReference, Head, error) {
	start := time.Now()
	rows, head, err := o.store.BackReferences(ctx, registryCtx, subject)
	o.report("BackReferences", start, err)
	return rows, head, err
}

func (o *observed) Settings(ctx context.Context, registryCtx, subject string) (Settings, Head, error) {
	start := time.Now()
	row, head, err := o.store.Settings(ctx, registryCtx, subject)
	o.report("Settings", start, err)
	return row, head, err
}

func (o *observed) ScanSettings(ctx context.Context, registryCtx string, scan Scan) ([]Settings, Head, error) {
	start := time.Now()
	rows, head, err := o.store.ScanSettings(ctx, registryCtx, scan)
	o.report("ScanSettings", start, err)
	return rows, head, err
}

func (o *observed) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	start := time.Now()
	names, err := o.store.ContextsOfSubject(ctx, subject)
	o.report("ContextsOfSubject", start, err)
	return names, err
}

func (o *observed) ContextsOfFingerprint(ctx context.Context, fingerprint Fingerprint) ([]string, error) {
	start := time.Now()
	names, err := o.store.ContextsOfFingerprint(ctx, fingerprint)
	o.report("ContextsOfFingerprint", start, err)
	return names, err
}

func (o *observed) Commit(ctx context.Context, registryCtx string, base Revision, changes ...Change) (Head, error) {
	start := time.Now()
	head, err := o.store.Commit(ctx, registryCtx, base, changes...)
	o.report("Commit", start, err)
	return head, err
}

func (o *observed) Close() error {
	start := time.Now()
	err := o.store.Close()
	o.report("Close", start, err)
	return err
}
