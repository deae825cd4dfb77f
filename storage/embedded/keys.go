package embedded

import (
	"encoding/binary"

	"schemaside/storage"
)

// Buckets of the file: one that tells what the file is, and four for each namespace. Contexts holds a bucket for each
// context that was ever committed to; the others answer what is asked across contexts.
//
//	known         context              : -
//	subjects      subject 0 context    : -
//	fingerprints  fingerprint context  : -
//	contexts      context              : bucket of
//	  h                                : head
//	  s ID                             : schema
//	  f fingerprint                    : ID
//	  v subject 0 number               : version
//	  i ID created subject 0 number    : the same version
//	  u subject                        : how many versions, and how many of them live
//	  b subject 0 version context 0 ID : -
//	  c subject                        : settings
//
// Numbers are big-endian, so that they sort; the sign of an ID or a version is turned for the same reason. No name holds
// a NUL.

const (
	contextsPrefix     = "contexts:"
	subjectsPrefix     = "subjects:"
	fingerprintsPrefix = "fingerprints:"
	knownPrefix        = "known:"
	epochPrefix        = "epoch:"
)

func bucketNames(namespace string) [][]byte {
	return [][]byte{
		[]byte(contextsPrefix + namespace), []byte(subjectsPrefix + namespace),
		[]byte(fingerprintsPrefix + namespace), []byte(knownPrefix + namespace),
	}
}

func epochKey(namespace string) []byte { return []byte(epochPrefix + namespace) }

// Kinds of rows in the bucket of a context.
const (
	kindHead          = 'h'
	kindSchema        = 's'
	kindFingerprint   = 'f'
	kindVersion       = 'v'
	kindCarrier       = 'i'
	kindSubject       = 'u'
	kindBackReference = 'b'
	kindSettings      = 'c'
)

func headKey() []byte { return []byte{kindHead} }

func schemaKey(id int32) []byte { return appendNumber([]byte{kindSchema}, id) }

func fingerprintKey(fingerprint storage.Fingerprint) []byte {
	return append([]byte{kindFingerprint}, fingerprint[:]...)
}

func nameKey(kind byte, subject string) []byte { return append([]byte{kind}, subject...) }

// versionsPrefix begins the keys of all versions of a subject.
func versionsPrefix(subject string) []byte { return append(nameKey(kindVersion, subject), 0) }

func versionKey(subject string, version int32) []byte {
	return appendNumber(versionsPrefix(subject), version)
}

// carriersPrefix begins the keys of all versions that carry an ID.
func carriersPrefix(id int32) []byte { return appendNumber([]byte{kindCarrier}, id) }

func carrierKey(row storage.Version) []byte {
	key := binary.BigEndian.AppendUint64(carriersPrefix(row.SchemaID), uint64(row.Created))
	key = append(append(key, row.Subject...), 0)
	return appendNumber(key, row.Version)
}

// backReferencesPrefix begins the keys of all that refers to a subject.
func backReferencesPrefix(subject string) []byte {
	return append(nameKey(kindBackReference, subject), 0)
}

func backReferenceKey(row storage.BackReference) []byte {
	key := appendNumber(backReferencesPrefix(row.Subject), row.Version)
	key = append(append(key, row.ReferrerContext...), 0)
	return appendNumber(key, row.ReferrerID)
}

// subjectIndexPrefix begins the keys of all contexts that have a subject.
func subjectIndexPrefix(subject string) []byte { return append([]byte(subject), 0) }

func subjectIndexKey(subject, registryCtx string) []byte {
	return append(subjectIndexPrefix(subject), registryCtx...)
}

func fingerprintIndexKey(fingerprint storage.Fingerprint, registryCtx string) []byte {
	return append(fingerprint[:], registryCtx...)
}

func appendNumber(b []byte, n int32) []byte { return binary.BigEndian.AppendUint32(b, sortable(n)) }

// sortable turns the sign, so that negative numbers come first.
func sortable(n int32) uint32 { return uint32(n) ^ 1<<31 } //nolint:gosec // all bits are kept

func fromSortable(n uint32) int32 { return int32(n ^ 1<<31) } //nolint:gosec // all bits are kept
