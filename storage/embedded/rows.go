package embedded

import (
	"encoding/binary"
	"fmt"

	"schemaside/storage"
)

// A file holds a bucket that tells what it is, and four for each namespace. contexts holds a bucket for each context that
// was ever committed to; the others answer what is asked across contexts. Keys are on the left, values on the right:
//
//	known         context               : -
//	subjects      subject, context      : -
//	fingerprints  fingerprint, context  : -
//	contexts      context               : bucket of
//	  h                                 : head
//	  s ID                              : schema
//	  f fingerprint                     : ID
//	  v subject, number                 : version
//	  i ID, created, subject 0 number   : the same version
//	  u subject                         : how many versions, and how many of them live
//	  b subject, version, context 0 ID  : back-reference
//	  c subject                         : settings
//
// Numbers are big-endian with the sign turned, so that keys sort. Before a comma stands a length, so that no name reads as
// the beginning of another row; where names have to sort, a NUL ends them, which no name holds.

const (
	contextsPrefix     = "contexts:"
	subjectsPrefix     = "subjects:"
	fingerprintsPrefix = "fingerprints:"
	knownPrefix        = "known:"
	epochPrefix        = "epoch:"
)

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
func versionsPrefix(subject string) []byte { return appendSized([]byte{kindVersion}, subject) }

func versionKey(subject string, version int32) []byte {
	return appendNumber(versionsPrefix(subject), version)
}

// carriersPrefix begins the keys of all versions that carry an ID.
func carriersPrefix(id int32) []byte { return appendNumber([]byte{kindCarrier}, id) }

func carrierKey(row storage.Version) []byte {
	key := binary.BigEndian.AppendUint64(carriersPrefix(row.SchemaID), uint64(row.Created))
	return appendNumber(append(append(key, row.Subject...), 0), row.Version)
}

// backReferencesPrefix begins the keys of all that refers to a subject.
func backReferencesPrefix(subject string) []byte {
	return appendSized([]byte{kindBackReference}, subject)
}

func backReferenceKey(row storage.BackReference) []byte {
	key := appendNumber(backReferencesPrefix(row.Subject), row.Version)
	return appendNumber(append(append(key, row.ReferrerContext...), 0), row.ReferrerID)
}

// subjectIndexPrefix begins the keys of all contexts that have a subject.
func subjectIndexPrefix(subject string) []byte { return appendSized(nil, subject) }

func appendNumber(b []byte, n int32) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(n)^1<<31) //nolint:gosec // all bits are kept
}

func appendSized(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, size(s)), s...)
}

// The parts of values whose length doesn't depend on what they hold. What does follows behind them.
type (
	schemaParts struct {
		Fingerprint storage.Fingerprint
		Type, Text  uint32 // lengths
	}
	versionParts struct {
		Version, SchemaID int32
		Deleted           bool
		Timestamp         int64
		Created, Written  storage.Revision
	}
	referenceParts struct {
		Version, ReferrerID int32
		Subject             uint32 // length
	}
	settingsParts struct {
		Config uint32 // length
	}
	// counts are the versions of a subject, and those that are not soft-deleted.
	counts struct{ Versions, Live int32 }
)

// encode writes a struct of fixed size, and texts behind it.
func encode(parts any, texts ...string) []byte {
	n := binary.Size(parts)
	for _, text := range texts {
		n += len(text)
	}
	b, err := binary.Append(make([]byte, 0, n), binary.BigEndian, parts)
	if err != nil {
		panic(err) // a struct of this file that has no fixed size
	}
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}

// decode reads what encode wrote. It returns the texts, cut into as many as there are lengths; the last takes the rest.
func decode(key, value []byte, parts any, lengths ...*uint32) ([]string, error) {
	n, err := binary.Decode(value, binary.BigEndian, parts)
	if err != nil {
		return nil, damaged(key)
	}
	rest := value[n:]
	texts := make([]string, 0, len(lengths)+1)
	for _, length := range lengths {
		if uint64(*length) > uint64(len(rest)) {
			return nil, damaged(key)
		}
		texts = append(texts, string(rest[:*length]))
		rest = rest[*length:]
	}
	return append(texts, string(rest)), nil
}

func size[T ~string | ~[]byte](s T) uint32 { return uint32(len(s)) } //nolint:gosec // bbolt takes no value of 2 GiB

func damaged(key []byte) error {
	return fmt.Errorf("the row %.100q is damaged, schemaside check tells more: %w", key, storage.ErrUnavailable)
}

func encodeSchema(s storage.Schema) []byte {
	return encode(schemaParts{Fingerprint: s.Fingerprint, Type: size(s.Type), Text: size(s.Text)}, s.Type, s.Text, string(s.Details))
}

func decodeSchema(id int32, value []byte) (storage.Schema, error) {
	var parts schemaParts
	texts, err := decode(schemaKey(id), value, &parts, &parts.Type, &parts.Text)
	if err != nil {
		return storage.Schema{}, err
	}
	return storage.Schema{ID: id, Fingerprint: parts.Fingerprint, Type: texts[0], Text: texts[1], Details: bytesOf(texts[2])}, nil
}

func encodeVersion(v storage.Version) []byte {
	return encode(versionParts{v.Version, v.SchemaID, v.Deleted, v.Timestamp, v.Created, v.Written}, v.Subject)
}

func decodeVersion(key, value []byte) (storage.Version, error) {
	var p versionParts
	texts, err := decode(key, value, &p)
	if err != nil {
		return storage.Version{}, err
	}
	return storage.Version{
		Subject: texts[0], Version: p.Version, SchemaID: p.SchemaID, Deleted: p.Deleted,
		Timestamp: p.Timestamp, Created: p.Created, Written: p.Written,
	}, nil
}

func encodeBackReference(r storage.BackReference) []byte {
	return encode(referenceParts{r.Version, r.ReferrerID, size(r.Subject)}, r.Subject, r.ReferrerContext)
}

func decodeBackReference(key, value []byte) (storage.BackReference, error) {
	var p referenceParts
	texts, err := decode(key, value, &p, &p.Subject)
	if err != nil {
		return storage.BackReference{}, err
	}
	return storage.BackReference{Subject: texts[0], Version: p.Version, ReferrerContext: texts[1], ReferrerID: p.ReferrerID}, nil
}

func encodeSettings(s storage.Settings) []byte {
	return encode(settingsParts{size(s.Config)}, string(s.Config), s.Mode)
}

func decodeSettings(key, value []byte) (storage.Settings, error) {
	var p settingsParts
	texts, err := decode(key, value, &p, &p.Config)
	if err != nil {
		return storage.Settings{}, err
	}
	return storage.Settings{Subject: string(key[1:]), Config: bytesOf(texts[0]), Mode: texts[1]}, nil
}

func decodeSubject(key, value []byte) (storage.Subject, error) {
	var c counts
	_, err := decode(key, value, &c)
	return storage.Subject{Name: string(key[1:]), Live: c.Live > 0}, err
}

// bytesOf returns nil for what is empty: that is how a row tells that it has none.
func bytesOf(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}
