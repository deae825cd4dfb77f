package relational

import "schemaside/storage"

// Fold is a list of changes as what is left of it: a key that was changed several times has its last change only. So
// all rows of a kind can go into one statement, in any order.
type Fold struct {
	// NextID is the least that Head.NextID must become.
	NextID int32
	// Known is nil where Head.Known stays.
	Known *bool
	// Removal tells whether Head.Removal moves.
	Removal bool

	Schemas     []storage.Schema
	DropSchemas []int32

	Fingerprints     []storage.PutFingerprint
	DropFingerprints []storage.Fingerprint

	Versions     []storage.Version
	DropVersions []storage.DeleteVersion

	BackReferences     []storage.BackReference
	DropBackReferences []storage.BackReference

	Settings     []storage.Settings
	DropSettings []string
}

// rows are the changes of one kind, each key once, in the order of first mention.
type rows[K comparable, V any] struct {
	at   map[K]int
	last []change[K, V]
}

// change is the last change of a key: a row to be put, or none.
type change[K comparable, V any] struct {
	key  K
	row  V
	kept bool
}

func (r *rows[K, V]) put(key K, row V) { r.set(change[K, V]{key: key, row: row, kept: true}) }

func (r *rows[K, V]) drop(key K) { r.set(change[K, V]{key: key}) }

func (r *rows[K, V]) set(c change[K, V]) {
	if i, ok := r.at[c.key]; ok {
		r.last[i] = c
		return
	}
	if r.at == nil {
		r.at = make(map[K]int)
	}
	r.at[c.key] = len(r.last)
	r.last = append(r.last, c)
}

func (r *rows[K, V]) split() (puts []V, drops []K) {
	for _, c := range r.last {
		if c.kept {
			puts = append(puts, c.row)
		} else {
			drops = append(drops, c.key)
		}
	}
	return puts, drops
}

// FoldChanges folds changes that storage.CheckNames has let through. The rows share what the changes hold.
func FoldChanges(changes []storage.Change) Fold {
	var f Fold
	var schemas rows[int32, storage.Schema]
	var fingerprints rows[storage.Fingerprint, storage.PutFingerprint]
	var versions rows[storage.DeleteVersion, storage.Version]
	var references rows[storage.BackReference, storage.BackReference]
	var settings rows[string, storage.Settings]
	for _, change := range changes {
		switch c := change.(type) {
		case storage.PutSchema:
			schemas.put(c.Schema.ID, c.Schema)
		case storage.DeleteSchema:
			schemas.drop(c.ID)
		case storage.PutFingerprint:
			fingerprints.put(c.Fingerprint, c)
		case storage.DeleteFingerprint:
			fingerprints.drop(c.Fingerprint)
		case storage.PutVersion:
			versions.put(storage.DeleteVersion{Subject: c.Version.Subject, Version: c.Version.Version}, c.Version)
		case storage.DeleteVersion:
			versions.drop(c)
		case storage.PutBackReference:
			references.put(c.BackReference, c.BackReference)
		case storage.DeleteBackReference:
			references.drop(c.BackReference)
		case storage.PutSettings:
			if len(c.Settings.Config) == 0 && c.Settings.Mode == "" {
				settings.drop(c.Settings.Subject)
			} else {
				settings.put(c.Settings.Subject, c.Settings)
			}
		case storage.RaiseNextID:
			f.NextID = max(f.NextID, c.To)
		case storage.SetKnown:
			f.Known = &c.Known
		case storage.Removal:
			f.Removal = true
		}
	}
	f.Schemas, f.DropSchemas = schemas.split()
	f.Fingerprints, f.DropFingerprints = fingerprints.split()
	f.Versions, f.DropVersions = versions.split()
	f.BackReferences, f.DropBackReferences = references.split()
	f.Settings, f.DropSettings = settings.split()
	return f
}
