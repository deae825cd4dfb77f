package memory

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidwall/btree"

	"schemaside/storage"
)

// snapshot is one revision of one context. Nothing in it changes once it is published, except that its trees may be
// copied by the next commit while they are read: Copy writes a field that readers don't load. Two commits must not
// copy one snapshot at once, so contexts share none.
type snapshot struct {
	head           storage.Head
	schemas        *btree.Map[int32, *storage.Schema]
	fingerprints   *btree.BTreeG[fingerprintID]
	subjects       *btree.Map[string, subjectRow]
	versionsOfID   *btree.BTreeG[storage.Version]
	backReferences *btree.BTreeG[storage.BackReference]
	settings       *btree.Map[string, storage.Settings]
}

type fingerprintID struct {
	fingerprint storage.Fingerprint
	id          int32
}

// subjectRow is a subject that has a version.
type subjectRow struct {
	// versions are ascending; a slice is never written to again once a snapshot holds it.
	versions []storage.Version
	live     bool
}

func newSnapshot(head storage.Head) *snapshot {
	return &snapshot{
		head:           head,
		schemas:        new(btree.Map[int32, *storage.Schema]),
		fingerprints:   newTree(compareFingerprints),
		subjects:       new(btree.Map[string, subjectRow]),
		versionsOfID:   newTree(compareVersionsOfID),
		backReferences: newTree(compareBackReferences),
		settings:       new(btree.Map[string, storage.Settings]),
	}
}

func newTree[T any](compare func(a, b T) int) *btree.BTreeG[T] {
	less := func(a, b T) bool { return compare(a, b) < 0 }
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
}

func compareFingerprints(a, b fingerprintID) int {
	return bytes.Compare(a.fingerprint[:], b.fingerprint[:])
}

func compareVersionsOfID(a, b storage.Version) int {
	return cmp.Or(cmp.Compare(a.SchemaID, b.SchemaID), cmp.Compare(a.Created, b.Created),
		strings.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
}

func compareBackReferences(a, b storage.BackReference) int {
	return cmp.Or(strings.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version),
		strings.Compare(a.ReferrerContext, b.ReferrerContext), cmp.Compare(a.ReferrerID, b.ReferrerID))
}

// firstBackReference sorts before all that refers to the subject.
func firstBackReference(subject string) storage.BackReference {
	return storage.BackReference{Subject: subject, Version: math.MinInt32, ReferrerID: math.MinInt32}
}

// schema returns the schema of an ID as the caller's own. Errors: storage.ErrNotFound.
func (v *snapshot) schema(id int32) (storage.Schema, error) {
	row, ok := v.schemas.Get(id)
	if !ok {
		return storage.Schema{}, storage.ErrNotFound
	}
	schema := *row
	schema.Details = slices.Clone(schema.Details)
	return schema, nil
}

// ascend visits the rows of a scan in order.
func ascend[V any](rows *btree.Map[string, V], scan storage.Scan, visit func(name string, row V)) {
	visited := 0
	rows.Ascend(max(scan.Prefix, scan.After), func(name string, row V) bool {
		if scan.After != "" && name == scan.After {
			return true
		}
		if !strings.HasPrefix(name, scan.Prefix) {
			return false
		}
		visit(name, row)
		visited++
		return visited != scan.Limit
	})
}

// run returns the rows from first on, as long as they belong to what is asked for.
func run[T any](rows *btree.BTreeG[T], first T, belongs func(T) bool) []T {
	var out []T
	rows.Ascend(first, func(row T) bool {
		if !belongs(row) {
			return false
		}
		out = append(out, row)
		return true
	})
	return out
}

// touched names what a commit may have brought to a context or taken from it.
type touched struct {
	subjects     []string
	fingerprints []storage.Fingerprint
}

// with returns the snapshot that follows v when the changes, which storage.CheckNames let pass, are applied. v stays as it
// is.
func (v *snapshot) with(changes []storage.Change) (*snapshot, touched) {
	next := &snapshot{
		head:           v.head,
		schemas:        v.schemas.Copy(),
		fingerprints:   v.fingerprints.Copy(),
		subjects:       v.subjects.Copy(),
		versionsOfID:   v.versionsOfID.Copy(),
		backReferences: v.backReferences.Copy(),
		settings:       v.settings.Copy(),
	}
	next.head.Revision++
	var t touched
	for _, change := range changes {
		next.apply(change, &t)
	}
	return next, t
}

func (v *snapshot) apply(change storage.Change, t *touched) {
	switch c := change.(type) {
	case storage.PutSchema:
		v.putSchema(c.Schema)
	case storage.DeleteSchema:
		v.schemas.Delete(c.ID)
	case storage.PutFingerprint:
		v.fingerprints.Set(fingerprintID{fingerprint: c.Fingerprint, id: c.ID})
		t.fingerprints = append(t.fingerprints, c.Fingerprint)
	case storage.DeleteFingerprint:
		v.fingerprints.Delete(fingerprintID{fingerprint: c.Fingerprint})
		t.fingerprints = append(t.fingerprints, c.Fingerprint)
	case storage.PutVersion:
		t.subjects = append(t.subjects, v.putVersion(c.Version))
	case storage.DeleteVersion:
		v.deleteVersion(c.Subject, c.Version)
		t.subjects = append(t.subjects, c.Subject)
	case storage.PutBackReference:
		v.putBackReference(c.BackReference)
	case storage.DeleteBackReference:
		v.backReferences.Delete(c.BackReference)
	case storage.PutSettings:
		v.putSettings(c.Settings)
	case storage.RaiseNextID:
		v.head.NextID = max(v.head.NextID, c.To)
	case storage.SetKnown:
		v.head.Known = c.Known
	case storage.Removal:
		v.head.Removal = v.head.Revision
	}
}

// What a caller hands in is only borrowed, so whatever is kept below is cloned.

func (v *snapshot) putSchema(s storage.Schema) {
	s.Type, s.Text, s.Details = strings.Clone(s.Type), strings.Clone(s.Text), cloneBytes(s.Details)
	v.schemas.Set(s.ID, &s)
}

// putVersion returns the subject's name as the snapshot keeps it.
func (v *snapshot) putVersion(row storage.Version) string {
	old, ok := v.subjects.Get(row.Subject)
	if ok {
		row.Subject = old.versions[0].Subject
	} else {
		row.Subject = strings.Clone(row.Subject)
	}
	versions := slices.Clip(old.versions)
	i, found := findVersion(versions, row.Version)
	if found {
		v.versionsOfID.Delete(versions[i])
		versions = slices.Clone(versions)
		versions[i] = row
	} else {
		versions = slices.Insert(versions, i, row)
	}
	v.versionsOfID.Set(row)
	v.subjects.Set(row.Subject, newSubjectRow(versions))
	return row.Subject
}

func (v *snapshot) deleteVersion(subject string, version int32) {
	old, _ := v.subjects.Get(subject)
	i, found := findVersion(old.versions, version)
	if !found {
		return
	}
	v.versionsOfID.Delete(old.versions[i])
	if len(old.versions) == 1 {
		v.subjects.Delete(subject)
		return
	}
	versions := slices.Delete(slices.Clone(old.versions), i, i+1)
	v.subjects.Set(versions[0].Subject, newSubjectRow(versions))
}

func findVersion(versions []storage.Version, version int32) (int, bool) {
	return slices.BinarySearchFunc(versions, version, func(row storage.Version, want int32) int {
		return cmp.Compare(row.Version, want)
	})
}

func newSubjectRow(versions []storage.Version) subjectRow {
	live := slices.ContainsFunc(versions, func(row storage.Version) bool { return !row.Deleted })
	return subjectRow{versions: versions, live: live}
}

func (v *snapshot) putBackReference(row storage.BackReference) {
	if _, ok := v.backReferences.Get(row); ok {
		return
	}
	row.Subject, row.ReferrerContext = strings.Clone(row.Subject), strings.Clone(row.ReferrerContext)
	v.backReferences.Set(row)
}

func (v *snapshot) putSettings(row storage.Settings) {
	row.Config, row.Mode = cloneBytes(row.Config), strings.Clone(row.Mode)
	if row.Config == nil && row.Mode == "" {
		v.settings.Delete(row.Subject)
		return
	}
	row.Subject = strings.Clone(row.Subject)
	v.settings.Set(row.Subject, row)
}

// cloneBytes returns nil for what is empty: that is how a row tells that it has none.
func cloneBytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Clone(b)
}
