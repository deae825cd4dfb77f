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
		w.put(bucket, fingerprintKey(c.Fingerprint), encode(c.ID))
		w.put(w.fingerprints, append(c.Fingerprint[:], w.registryCtx...), nil)
	case storage.DeleteFingerprint:
		w.delete(bucket, fingerprintKey(c.Fingerprint))
		w.delete(w.fingerprints, append(c.Fingerprint[:], w.registryCtx...))
	case storage.PutVersion:
		w.putVersion(c.Version)
	case storage.DeleteVersion:
		w.deleteVersion(c.Subject, c.Version)
	case storage.PutBackReference:
		w.put(bucket, backReferenceKey(c.BackReference), encodeBackReference(c.BackReference))
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
	key, value := versionKey(row.Subject, row.Version), encodeVersion(row)
	w.dropCarrier(key, row.Subject)
	w.put(w.rows.bucket, key, value)
	w.put(w.rows.bucket, carrierKey(row), value)
	w.count(row.Subject, countsOf(row, 1))
}

func (w *writer) deleteVersion(subject string, version int32) {
	key := versionKey(subject, version)
	w.dropCarrier(key, subject)
	w.delete(w.rows.bucket, key)
}

// dropCarrier takes back what else was written with the version of a key.
func (w *writer) dropCarrier(key []byte, subject string) {
	value := w.rows.bucket.Get(key)
	if value == nil || w.err != nil {
		return
	}
	var row storage.Version
	if row, w.err = decodeVersion(key, value); w.err == nil {
		w.delete(w.rows.bucket, carrierKey(row))
		w.count(subject, countsOf(row, -1))
	}
}

func countsOf(row storage.Version, sign int32) counts {
	if row.Deleted {
		return counts{Versions: sign}
	}
	return counts{Versions: sign, Live: sign}
}

// count brings the row of a subject, and the index over contexts, up to date.
func (w *writer) count(subject string, more counts) {
	if w.err != nil {
		return
	}
	var now counts
	key, index := nameKey(kindSubject, subject), append(subjectIndexPrefix(subject), w.registryCtx...)
	if value := w.rows.bucket.Get(key); value != nil {
		_, w.err = decode(key, value, &now)
	} else {
		w.put(w.subjects, index, nil)
	}
	now.Versions += more.Versions
	now.Live += more.Live
	if now.Versions > 0 {
		w.put(w.rows.bucket, key, encode(now))
		return
	}
	w.delete(w.rows.bucket, key)
	w.delete(w.subjects, index)
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
