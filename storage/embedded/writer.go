package embedded

import (
	"go.etcd.io/bbolt"

	"schemaside/storage"
)

// writer applies the changes of one commit inside a transaction. After the first error it does nothing more.
type writer struct {
	registryCtx                   string
	rows                          contextRows
	subjects, fingerprints, known *bbolt.Bucket
	err                           error
}

func (w *writer) put(bucket *bbolt.Bucket, key, value []byte) {
	if w.err == nil {
		w.err = bucket.Put(key, value)
	}
}

func (w *writer) delete(bucket *bbolt.Bucket, key []byte) {
	if w.err == nil {
		w.err = bucket.Delete(key)
	}
}

func (w *writer) apply(change storage.Change) {
	bucket, head := w.rows.bucket, &w.rows.head
	switch c := change.(type) {
	case storage.PutSchema:
		w.put(bucket, schemaKey(c.Schema.ID), encodeSchema(c.Schema))
	case storage.DeleteSchema:
		w.delete(bucket, schemaKey(c.ID))
	case storage.PutFingerprint:
		w.put(bucket, fingerprintKey(c.Fingerprint), appendNumber(nil, c.ID))
		w.put(w.fingerprints, fingerprintIndexKey(c.Fingerprint, w.registryCtx), nil)
	case storage.DeleteFingerprint:
		w.delete(bucket, fingerprintKey(c.Fingerprint))
		w.delete(w.fingerprints, fingerprintIndexKey(c.Fingerprint, w.registryCtx))
	case storage.PutVersion:
		w.putVersion(c.Version)
	case storage.DeleteVersion:
		w.deleteVersion(c.Subject, c.Version)
	case storage.PutBackReference:
		w.put(bucket, backReferenceKey(c.BackReference), nil)
	case storage.DeleteBackReference:
		w.delete(bucket, backReferenceKey(c.BackReference))
	case storage.PutSettings:
		w.putSettings(c.Settings)
	case storage.RaiseNextID:
		head.NextID = max(head.NextID, c.To)
	case storage.SetKnown:
		w.setKnown(c.Known)
	case storage.Removal:
		head.Removal = head.Revision
	}
}

func (w *writer) putVersion(row storage.Version) {
	added := counts{versions: 1}
	if !row.Deleted {
		added.live = 1
	}
	removed := w.dropCarrier(row.Subject, row.Version)
	value := encodeVersion(row)
	w.put(w.rows.bucket, versionKey(row.Subject, row.Version), value)
	w.put(w.rows.bucket, carrierKey(row), value)
	w.count(row.Subject, added, removed)
}

func (w *writer) deleteVersion(subject string, version int32) {
	removed := w.dropCarrier(subject, version)
	w.delete(w.rows.bucket, versionKey(subject, version))
	w.count(subject, counts{}, removed)
}

// dropCarrier removes the carrier row of a version, and returns what the version counted for.
func (w *writer) dropCarrier(subject string, version int32) counts {
	key := versionKey(subject, version)
	value := w.rows.bucket.Get(key)
	if value == nil || w.err != nil {
		return counts{}
	}
	row, err := versionRow(key, value)
	if err != nil {
		w.err = err
		return counts{}
	}
	w.delete(w.rows.bucket, carrierKey(row))
	if row.Deleted {
		return counts{versions: 1}
	}
	return counts{versions: 1, live: 1}
}

// count brings the row of a subject, and the index over contexts, up to date.
func (w *writer) count(subject string, added, removed counts) {
	if added == removed || w.err != nil {
		return
	}
	var now counts
	key := nameKey(kindSubject, subject)
	value := w.rows.bucket.Get(key)
	if value != nil {
		if now, w.err = decodeCounts(key, value); w.err != nil {
			return
		}
	}
	now.versions += added.versions - removed.versions
	now.live += added.live - removed.live
	switch {
	case now.versions <= 0:
		w.delete(w.rows.bucket, key)
		w.delete(w.subjects, subjectIndexKey(subject, w.registryCtx))
		return
	case value == nil:
		w.put(w.subjects, subjectIndexKey(subject, w.registryCtx), nil)
	}
	w.put(w.rows.bucket, key, now.encode())
}

func (w *writer) putSettings(row storage.Settings) {
	key := nameKey(kindSettings, row.Subject)
	if len(row.Config) == 0 && row.Mode == "" {
		w.delete(w.rows.bucket, key)
		return
	}
	w.put(w.rows.bucket, key, encodeSettings(row))
}

func (w *writer) setKnown(known bool) {
	w.rows.head.Known = known
	if known {
		w.put(w.known, []byte(w.registryCtx), nil)
	} else {
		w.delete(w.known, []byte(w.registryCtx))
	}
}
