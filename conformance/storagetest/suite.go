// Package storagetest is the suite for any storage.Store: one case for each sentence of the contract in package
// storage. A driver's whole test is a function that opens a store, and one call of Run.
//
// A case uses contexts of its own, runs beside the others and cleans nothing up, so the suite may run again and
// again against one database.
package storagetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"

	"schemaside/storage"
)

// TB is what a case needs of a *testing.T, so that something else can stand in for one.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Run runs all cases. open returns a store that nothing was ever written to (for a database: one of a fresh
// namespace); it may fail the test that it is given. Run closes what was opened.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	t.Helper()
	shared := openAndClose(t, open)
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, shared, func() storage.Store { return openAndClose(t, open) })
			if !testing.Short() && !raceEnabled {
				e.many = 100_000
			}
			c.run(e)
		})
	}
}

func openAndClose(t *testing.T, open func(t *testing.T) storage.Store) storage.Store {
	t.Helper()
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// testCase is one sentence of the contract.
type testCase struct {
	name string
	run  func(e *env)
}

// cases are in the order in which the contract is read.
func cases() []testCase {
	var all []testCase
	for _, part := range [][]testCase{
		headCases(), contextCases(), readCases(), schemaCases(), versionCases(), subjectCases(), backReferenceCases(),
		settingsCases(), oneCallCases(), indexCases(), nameCases(), changeCases(), commitCases(), parallelCases(), failureCases(), busyCases(), ownershipCases(),
	} {
		all = append(all, part...)
	}
	return all
}

// env is what a case works with.
type env struct {
	TB

	store storage.Store
	// fresh opens a store of the case's own.
	fresh func() storage.Store
	// run makes names that no other case uses, nor an earlier run on the same database.
	run     string
	counter atomic.Int32
	// many is how many rows a case about very many rows has.
	many int
}

func newEnv(tb TB, store storage.Store, fresh func() storage.Store) *env {
	return &env{TB: tb, store: store, fresh: fresh, run: rand.Text(), many: 200}
}

// unique returns a name that nothing else uses. Names of one case sort in the order in which they were made.
func (e *env) unique(prefix string) string {
	return fmt.Sprintf("%s%s-%04d", prefix, e.run, e.counter.Add(1))
}

// context returns the name of a context that nothing was written to.
func (e *env) context() string { return e.unique(".") }

// fingerprint returns a fingerprint that nothing else uses.
func (e *env) fingerprint() storage.Fingerprint {
	sum := sha256.Sum256([]byte(e.unique("")))
	return storage.Fingerprint(sum[:16])
}

// ok ends the case when a call failed that must not.
func (e *env) ok(what string, err error) {
	e.Helper()
	if err != nil {
		e.Fatalf("%s: %v", what, err)
	}
}

// fails demands an error that wraps want.
func (e *env) fails(what string, err, want error) {
	e.Helper()
	if !errors.Is(err, want) {
		e.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// commit commits changes to a context where it stands.
func (e *env) commit(registryCtx string, changes ...storage.Change) storage.Head {
	e.Helper()
	head, err := e.store.Commit(e.Context(), registryCtx, e.head(registryCtx).Revision, changes...)
	e.ok("Commit", err)
	return head
}

func (e *env) head(registryCtx string) storage.Head {
	e.Helper()
	head, err := e.store.Head(e.Context(), registryCtx)
	e.ok("Head", err)
	return head
}

func (e *env) schema(registryCtx string, id int32) storage.Schema {
	e.Helper()
	row, _, err := e.store.Schema(e.Context(), registryCtx, id)
	e.ok("Schema", err)
	return row
}

func (e *env) versions(registryCtx, subject string) []storage.Version {
	e.Helper()
	rows, _, err := e.store.Versions(e.Context(), registryCtx, subject)
	e.ok("Versions", err)
	return rows
}

func (e *env) schemaAndVersions(registryCtx string, id int32) (storage.Schema, []storage.Version) {
	e.Helper()
	row, rows, _, err := e.store.SchemaAndVersions(e.Context(), registryCtx, id)
	e.ok("SchemaAndVersions", err)
	return row, rows
}

func (e *env) versionsOfID(registryCtx string, id int32) []storage.Version {
	e.Helper()
	rows, _, err := e.store.VersionsOfID(e.Context(), registryCtx, id)
	e.ok("VersionsOfID", err)
	return rows
}

func (e *env) subjects(registryCtx string, scan storage.Scan) []storage.Subject {
	e.Helper()
	rows, _, err := e.store.Subjects(e.Context(), registryCtx, scan)
	e.ok("Subjects", err)
	return rows
}

func (e *env) backReferences(registryCtx, subject string) []storage.BackReference {
	e.Helper()
	rows, _, err := e.store.BackReferences(e.Context(), registryCtx, subject)
	e.ok("BackReferences", err)
	return rows
}

func (e *env) settings(registryCtx, subject string) storage.Settings {
	e.Helper()
	row, _, err := e.store.Settings(e.Context(), registryCtx, subject)
	e.ok("Settings", err)
	return row
}

func (e *env) scanSettings(registryCtx string, scan storage.Scan) []storage.Settings {
	e.Helper()
	rows, _, err := e.store.ScanSettings(e.Context(), registryCtx, scan)
	e.ok("ScanSettings", err)
	return rows
}

func (e *env) contexts() []string {
	e.Helper()
	names, err := e.store.ListContexts(e.Context())
	e.ok("ListContexts", err)
	return names
}

func (e *env) contextsOfSubject(subject string) []string {
	e.Helper()
	names, err := e.store.ContextsOfSubject(e.Context(), subject)
	e.ok("ContextsOfSubject", err)
	return names
}

func (e *env) contextsOfFingerprint(fingerprint storage.Fingerprint) []string {
	e.Helper()
	names, err := e.store.ContextsOfFingerprint(e.Context(), fingerprint)
	e.ok("ContextsOfFingerprint", err)
	return names
}

func equal[V any](e *env, what string, got, want V) {
	e.Helper()
	if !reflect.DeepEqual(got, want) {
		e.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// equalRows takes nil for an empty list.
func equalRows[V any](e *env, what string, got []V, want ...V) {
	e.Helper()
	if len(got) != 0 || len(want) != 0 {
		equal(e, what, got, want)
	}
}

// readers are all reads of one context that come with its head, as one function each. They ask for the
// subject "orders" and the ID 1.
func readers(s storage.Store, registryCtx string, fingerprint storage.Fingerprint) []reader {
	return []reader{
		{"Head", func(ctx context.Context) (storage.Head, error) { return s.Head(ctx, registryCtx) }},
		{"Heads", func(ctx context.Context) (storage.Head, error) {
			heads, err := s.Heads(ctx, []string{registryCtx})
			if err != nil {
				return storage.Head{}, err
			}
			if len(heads) != 1 {
				return storage.Head{}, fmt.Errorf("%d heads for one context", len(heads))
			}
			return heads[0], nil
		}},
		{"Schema", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.Schema(ctx, registryCtx, 1)
			return head, err
		}},
		{"SchemaByFingerprint", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.SchemaByFingerprint(ctx, registryCtx, fingerprint)
			return head, err
		}},
		{"Versions", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.Versions(ctx, registryCtx, "orders")
			return head, err
		}},
		{"VersionsOfID", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.VersionsOfID(ctx, registryCtx, 1)
			return head, err
		}},
		{"SchemaAndVersions", func(ctx context.Context) (storage.Head, error) {
			_, _, head, err := s.SchemaAndVersions(ctx, registryCtx, 1)
			return head, err
		}},
		{"Subjects", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.Subjects(ctx, registryCtx, storage.Scan{})
			return head, err
		}},
		{"BackReferences", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.BackReferences(ctx, registryCtx, "orders")
			return head, err
		}},
		{"Settings", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.Settings(ctx, registryCtx, "orders")
			return head, err
		}},
		{"ScanSettings", func(ctx context.Context) (storage.Head, error) {
			_, head, err := s.ScanSettings(ctx, registryCtx, storage.Scan{})
			return head, err
		}},
	}
}

type reader struct {
	method string
	read   func(ctx context.Context) (storage.Head, error)
}

// content is all that a context holds, as far as it can be listed.
type content struct {
	Head           storage.Head
	Schemas        []storage.Schema
	Subjects       []storage.Subject
	Versions       []storage.Version
	BackReferences []storage.BackReference
	Settings       []storage.Settings
}

// content reads a context. Schemas are looked for below Head.NextID.
func (e *env) content(registryCtx string) content {
	e.Helper()
	c := content{
		Head:     e.head(registryCtx),
		Subjects: e.subjects(registryCtx, storage.Scan{}),
		Settings: e.scanSettings(registryCtx, storage.Scan{}),
	}
	for id := int32(1); id < c.Head.NextID; id++ {
		row, _, err := e.store.Schema(e.Context(), registryCtx, id)
		if !errors.Is(err, storage.ErrNotFound) {
			e.ok("Schema", err)
			c.Schemas = append(c.Schemas, row)
		}
	}
	for _, subject := range c.Subjects {
		c.Versions = append(c.Versions, e.versions(registryCtx, subject.Name)...)
		c.BackReferences = append(c.BackReferences, e.backReferences(registryCtx, subject.Name)...)
	}
	return c
}

// everything is one row of each kind for a context: subject "orders" with version 1 of the schema 1.
func everything(fingerprint storage.Fingerprint) []storage.Change {
	return []storage.Change{
		storage.PutSchema{Schema: storage.Schema{ID: 1, Fingerprint: fingerprint, Type: "AVRO", Text: `"string"`, Details: []byte("details")}},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: 1},
		storage.PutVersion{Version: storage.Version{Subject: "orders", Version: 1, SchemaID: 1, Timestamp: 1700000000123, Created: 1, Written: 1}},
		storage.PutBackReference{BackReference: storage.BackReference{Subject: "orders", Version: 1, ReferrerContext: ".", ReferrerID: 7}},
		storage.PutSettings{Settings: storage.Settings{Subject: "orders", Config: []byte("config"), Mode: "READONLY"}},
		storage.PutSettings{Settings: storage.Settings{Mode: "IMPORT"}},
		storage.RaiseNextID{To: 2},
		storage.SetKnown{Known: true},
	}
}

func version(subject string, number, id int32) storage.PutVersion {
	return storage.PutVersion{Version: storage.Version{Subject: subject, Version: number, SchemaID: id}}
}

func schema(id int32, text string) storage.PutSchema {
	return storage.PutSchema{Schema: storage.Schema{ID: id, Type: "AVRO", Text: text}}
}

func mode(subject, mode string) storage.PutSettings {
	return storage.PutSettings{Settings: storage.Settings{Subject: subject, Mode: mode}}
}
