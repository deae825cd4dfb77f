package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"schemaside/storage"
)

// model is a context kept as naively as can be.
type model struct {
	head           storage.Head
	schemas        map[int32]storage.Schema
	fingerprints   map[storage.Fingerprint]int32
	versions       []storage.Version
	backReferences map[storage.BackReference]bool
	settings       map[string]storage.Settings
}

func newModel(epoch uint64) *model {
	return &model{
		head:           storage.Head{Epoch: epoch, NextID: 1},
		schemas:        map[int32]storage.Schema{},
		fingerprints:   map[storage.Fingerprint]int32{},
		backReferences: map[storage.BackReference]bool{},
		settings:       map[string]storage.Settings{},
	}
}

func (m *model) dropVersion(subject string, number int32) {
	m.versions = slices.DeleteFunc(m.versions, func(row storage.Version) bool { return row.Subject == subject && row.Version == number })
}

func (m *model) commit(changes []storage.Change) {
	m.head.Revision++
	for _, change := range changes {
		switch c := change.(type) {
		case storage.PutSchema:
			m.schemas[c.Schema.ID] = c.Schema
		case storage.DeleteSchema:
			delete(m.schemas, c.ID)
		case storage.PutFingerprint:
			m.fingerprints[c.Fingerprint] = c.ID
		case storage.DeleteFingerprint:
			delete(m.fingerprints, c.Fingerprint)
		case storage.PutVersion:
			m.dropVersion(c.Version.Subject, c.Version.Version)
			m.versions = append(m.versions, c.Version)
		case storage.DeleteVersion:
			m.dropVersion(c.Subject, c.Version)
		case storage.PutBackReference:
			m.backReferences[c.BackReference] = true
		case storage.DeleteBackReference:
			delete(m.backReferences, c.BackReference)
		case storage.PutSettings:
			m.settings[c.Settings.Subject] = c.Settings
			if c.Settings.Config == nil && c.Settings.Mode == "" {
				delete(m.settings, c.Settings.Subject)
			}
		case storage.RaiseNextID:
			m.head.NextID = max(m.head.NextID, c.To)
		case storage.SetKnown:
			m.head.Known = c.Known
		case storage.Removal:
			m.head.Removal = m.head.Revision
		}
	}
}

// where returns the versions that match, in the order of compare.
func (m *model) where(match func(storage.Version) bool, compare func(a, b storage.Version) int) []storage.Version {
	var rows []storage.Version
	for _, row := range m.versions {
		if match(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, compare)
	return rows
}

func (m *model) versionsOf(subject string) []storage.Version {
	return m.where(func(row storage.Version) bool { return row.Subject == subject },
		func(a, b storage.Version) int { return cmp.Compare(a.Version, b.Version) })
}

func (m *model) versionsOfID(id int32) []storage.Version {
	return m.where(func(row storage.Version) bool { return row.SchemaID == id }, func(a, b storage.Version) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
	})
}

func within(scan storage.Scan, name string) bool {
	return strings.HasPrefix(name, scan.Prefix) && (scan.After == "" || name > scan.After)
}

func limited[T any](rows []T, limit int) []T {
	if limit > 0 && len(rows) > limit {
		return rows[:limit]
	}
	return rows
}

func (m *model) subjects(scan storage.Scan) []storage.Subject {
	live := map[string]bool{}
	for _, row := range m.versions {
		if within(scan, row.Subject) {
			live[row.Subject] = live[row.Subject] || !row.Deleted
		}
	}
	var rows []storage.Subject
	for _, name := range slices.Sorted(maps.Keys(live)) {
		rows = append(rows, storage.Subject{Name: name, Live: live[name]})
	}
	return limited(rows, scan.Limit)
}

func (m *model) scanSettings(scan storage.Scan) []storage.Settings {
	var rows []storage.Settings
	for _, name := range slices.Sorted(maps.Keys(m.settings)) {
		if within(scan, name) {
			rows = append(rows, m.settings[name])
		}
	}
	return limited(rows, scan.Limit)
}

func (m *model) backReferencesOf(subject string) []storage.BackReference {
	var rows []storage.BackReference
	for row := range m.backReferences {
		if row.Subject == subject {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b storage.BackReference) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.ReferrerContext, b.ReferrerContext), cmp.Compare(a.ReferrerID, b.ReferrerID))
	})
	return rows
}

// gen makes small random values, so that they meet each other often.
type gen struct{ *rand.Rand }

func (g gen) context() string { return []string{".", ".a", ".b"}[g.IntN(3)] }

func (g gen) subject() string {
	return []string{"", "a", "A", "ab", "a%", "b", fmt.Sprint("s", g.IntN(200))}[g.IntN(7)]
}

func (g gen) id() int32 { return g.Int32N(40) }

func (g gen) fingerprint() storage.Fingerprint { return storage.Fingerprint{byte(g.IntN(20))} }

func (g gen) backReference() storage.BackReference {
	return storage.BackReference{Subject: g.subject(), Version: g.Int32N(3), ReferrerContext: g.context(), ReferrerID: g.Int32N(3)}
}

func (g gen) settings() storage.Settings {
	row := storage.Settings{Subject: g.subject()}
	if g.IntN(2) == 0 {
		row.Config = []byte{byte(g.IntN(4))}
	}
	if g.IntN(2) == 0 {
		row.Mode = "IMPORT"
	}
	return row
}

func (g gen) scan() storage.Scan {
	return storage.Scan{Prefix: []string{"", "a", "s1", "x"}[g.IntN(4)], After: []string{"", "", g.subject()}[g.IntN(3)], Limit: g.IntN(6)}
}

func (g gen) change() storage.Change {
	switch g.IntN(14) {
	case 0:
		return storage.PutSchema{Schema: storage.Schema{ID: g.id(), Fingerprint: g.fingerprint(), Type: "AVRO", Text: fmt.Sprint(g.IntN(1000))}}
	case 1:
		return storage.DeleteSchema{ID: g.id()}
	case 2:
		return storage.PutFingerprint{Fingerprint: g.fingerprint(), ID: g.id()}
	case 3:
		return storage.DeleteFingerprint{Fingerprint: g.fingerprint()}
	case 4, 5, 6:
		return storage.PutVersion{Version: storage.Version{
			Subject: g.subject(), Version: g.Int32N(12), SchemaID: g.Int32N(6), Deleted: g.IntN(2) == 0, Timestamp: g.Int64N(99), Created: storage.Revision(g.IntN(5)),
		}}
	case 7, 8:
		return storage.DeleteVersion{Subject: g.subject(), Version: g.Int32N(12)}
	case 9:
		return storage.PutBackReference{BackReference: g.backReference()}
	case 10:
		return storage.DeleteBackReference{BackReference: g.backReference()}
	case 11:
		return storage.PutSettings{Settings: g.settings()}
	case 12:
		return storage.RaiseNextID{To: g.id()}
	default:
		return []storage.Change{storage.Removal{}, storage.SetKnown{Known: g.IntN(2) == 0}}[g.IntN(2)]
	}
}

// pair is a store beside the models of its contexts.
type pair struct {
	t      *testing.T
	store  *Store
	models map[string]*model
}

func same[T any](p *pair, what string, got, want T) {
	p.t.Helper()
	if v := reflect.ValueOf(got); v.Kind() == reflect.Slice && v.Len() == 0 && reflect.ValueOf(want).Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		p.t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func (p *pair) commit(registryCtx string, base storage.Revision, changes []storage.Change) {
	p.t.Helper()
	m := p.models[registryCtx]
	head, err := p.store.Commit(context.Background(), registryCtx, base, changes...)
	if base != m.head.Revision {
		if !errors.Is(err, storage.ErrConflict) {
			p.t.Fatalf("Commit on %d, not %d: %v", base, m.head.Revision, err)
		}
		return
	}
	if err != nil {
		p.t.Fatalf("Commit: %v", err)
	}
	m.commit(changes)
	same(p, "head of a commit", head, m.head)
}

func (p *pair) compare(registryCtx string, g gen) {
	p.t.Helper()
	ctx, m := context.Background(), p.models[registryCtx]
	check := func(what string, head storage.Head, err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatalf("%s: %v", what, err)
		}
		same(p, what+"'s head", head, m.head)
	}
	fingerprint := g.fingerprint()
	p.compareSchemas(registryCtx, g.id(), fingerprint)
	subject, scan, id := g.subject(), g.scan(), g.Int32N(6)
	versions, head, err := p.store.Versions(ctx, registryCtx, subject)
	check("Versions", head, err)
	same(p, "Versions", versions, m.versionsOf(subject))
	versions, head, err = p.store.VersionsOfID(ctx, registryCtx, id)
	check("VersionsOfID", head, err)
	same(p, "VersionsOfID", versions, m.versionsOfID(id))
	subjects, head, err := p.store.Subjects(ctx, registryCtx, scan)
	check("Subjects", head, err)
	same(p, fmt.Sprintf("Subjects of %+v", scan), subjects, m.subjects(scan))
	references, head, err := p.store.BackReferences(ctx, registryCtx, subject)
	check("BackReferences", head, err)
	same(p, "BackReferences", references, m.backReferencesOf(subject))
	settings, head, err := p.store.ScanSettings(ctx, registryCtx, scan)
	check("ScanSettings", head, err)
	same(p, fmt.Sprintf("ScanSettings of %+v", scan), settings, m.scanSettings(scan))
	p.compareIndexes(subject, fingerprint)
}

func (p *pair) compareSchemas(registryCtx string, id int32, fingerprint storage.Fingerprint) {
	p.t.Helper()
	ctx, m := context.Background(), p.models[registryCtx]
	schema, head, err := p.store.Schema(ctx, registryCtx, id)
	want, found := m.schemas[id]
	same(p, "Schema", schema, want)
	same(p, "Schema is not found", errors.Is(err, storage.ErrNotFound), !found)
	same(p, "Schema's head", head, m.head)

	schema, head, err = p.store.SchemaByFingerprint(ctx, registryCtx, fingerprint)
	want, found = storage.Schema{}, false
	if id, ok := m.fingerprints[fingerprint]; ok {
		want, found = m.schemas[id]
	}
	same(p, "SchemaByFingerprint", schema, want)
	same(p, "SchemaByFingerprint is not found", errors.Is(err, storage.ErrNotFound), !found)
	same(p, "SchemaByFingerprint's head", head, m.head)
}

// compareIndexes holds the store to more than its contract: no commit is under way, so the indexes are exact.
func (p *pair) compareIndexes(subject string, fingerprint storage.Fingerprint) {
	p.t.Helper()
	known, ofSubject, ofFingerprint := []string{"."}, []string(nil), []string(nil)
	for _, name := range slices.Sorted(maps.Keys(p.models)) {
		m := p.models[name]
		if m.head.Known && name != "." {
			known = append(known, name)
		}
		if len(m.versionsOf(subject)) != 0 {
			ofSubject = append(ofSubject, name)
		}
		if _, ok := m.fingerprints[fingerprint]; ok {
			ofFingerprint = append(ofFingerprint, name)
		}
	}
	names, err := p.store.ListContexts(context.Background())
	same(p, "ListContexts", names, known)
	same(p, "error of ListContexts", err, nil)
	names, err = p.store.ContextsOfSubject(context.Background(), subject)
	same(p, "ContextsOfSubject", names, ofSubject)
	same(p, "error of ContextsOfSubject", err, nil)
	names, err = p.store.ContextsOfFingerprint(context.Background(), fingerprint)
	same(p, "ContextsOfFingerprint", names, ofFingerprint)
	same(p, "error of ContextsOfFingerprint", err, nil)
}

func playAgainstModel(t *testing.T, seed uint64, commits int) {
	t.Helper()
	g := gen{rand.New(rand.NewPCG(seed, 0))}
	p := &pair{t: t, store: New(), models: map[string]*model{}}
	for _, name := range []string{".", ".a", ".b"} {
		p.models[name] = newModel(p.store.empty.head.Epoch)
	}
	for range commits {
		registryCtx := g.context()
		base := p.models[registryCtx].head.Revision
		if g.IntN(8) == 0 {
			base += storage.Revision(g.IntN(3)) - 1
		}
		changes := make([]storage.Change, g.IntN(6))
		for i := range changes {
			changes[i] = g.change()
		}
		p.commit(registryCtx, base, changes)
		p.compare(registryCtx, g)
	}
}

func TestAgainstModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			playAgainstModel(t, seed, 250)
		})
	}
}

func FuzzAgainstModel(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { playAgainstModel(t, seed, 60) })
}

// TestOldSnapshots holds on to every snapshot of a context and finds each as it was, after all the commits that copied it.
func TestOldSnapshots(t *testing.T) {
	t.Parallel()
	g := gen{rand.New(rand.NewPCG(1, 2))}
	v := newSnapshot(storage.Head{NextID: 1})
	var snapshots []*snapshot
	var listings []string
	for range 200 {
		v, _ = v.with([]storage.Change{g.change(), g.change(), g.change()})
		snapshots, listings = append(snapshots, v), append(listings, listing(v))
	}
	for i, v := range snapshots {
		if got := listing(v); got != listings[i] {
			t.Fatalf("snapshot %d changed:\n got %s\nwant %s", i, got, listings[i])
		}
	}
}

// listing writes down all of a snapshot.
func listing(v *snapshot) string {
	var b bytes.Buffer
	fmt.Fprintln(&b, v.head)
	v.schemas.Scan(func(id int32, row *storage.Schema) bool { fmt.Fprintln(&b, id, *row); return true })
	v.fingerprints.Scan(func(row fingerprintID) bool { fmt.Fprintln(&b, row); return true })
	v.subjects.Scan(func(name string, row subjectRow) bool { fmt.Fprintln(&b, name, row); return true })
	v.versionsOfID.Scan(func(row storage.Version) bool { fmt.Fprintln(&b, row); return true })
	v.backReferences.Scan(func(row storage.BackReference) bool { fmt.Fprintln(&b, row); return true })
	v.settings.Scan(func(name string, row storage.Settings) bool { fmt.Fprintln(&b, name, row); return true })
	return b.String()
}
