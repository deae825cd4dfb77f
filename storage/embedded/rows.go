package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"schemaside/storage"
)

// fields reads what encode functions wrote, front to back. What was read is zero once short is set.
type fields struct {
	rest  []byte
	short bool
}

func (f *fields) take(n uint64) []byte {
	if f.short || n > uint64(len(f.rest)) {
		f.short, f.rest = true, nil
		return nil
	}
	taken := f.rest[:n]
	f.rest = f.rest[n:]
	return taken
}

func (f *fields) uint64() uint64 {
	if b := f.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (f *fields) number() int32 {
	if b := f.take(4); b != nil {
		return fromSortable(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (f *fields) flag() bool {
	b := f.take(1)
	return len(b) > 0 && b[0] == 1
}

// sized reads what appendSized wrote.
func (f *fields) sized() []byte {
	n, width := binary.Uvarint(f.rest)
	if width <= 0 {
		f.short = true
		return nil
	}
	f.take(uint64(width))
	return f.take(n)
}

// name reads up to a NUL.
func (f *fields) name() string {
	name, rest, found := bytes.Cut(f.rest, []byte{0})
	f.rest = rest
	f.short = f.short || !found
	return string(name)
}

// end tells of a row that is too short or too long.
func (f *fields) end(key []byte) error {
	if f.short || len(f.rest) > 0 {
		return damaged(key)
	}
	return nil
}

func damaged(key []byte) error {
	return fmt.Errorf("the row %.100q is damaged: see schemaside check: %w", key, storage.ErrUnavailable)
}

func appendSized[T ~string | ~[]byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFlag(b []byte, flag bool) []byte {
	if flag {
		return append(b, 1)
	}
	return append(b, 0)
}

// encodeHead leaves the epoch out: it is the namespace's.
func encodeHead(h storage.Head) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(h.Revision))
	b = binary.BigEndian.AppendUint64(b, uint64(h.Removal))
	return appendFlag(appendNumber(b, h.NextID), h.Known)
}

func decodeHead(value []byte) (storage.Head, error) {
	f := fields{rest: value}
	h := storage.Head{Revision: storage.Revision(f.uint64()), Removal: storage.Revision(f.uint64()), NextID: f.number(), Known: f.flag()}
	return h, f.end(headKey())
}

func encodeSchema(s storage.Schema) []byte {
	b := make([]byte, 0, len(s.Fingerprint)+len(s.Type)+len(s.Text)+len(s.Details)+16)
	b = append(b, s.Fingerprint[:]...)
	return append(appendSized(appendSized(b, s.Type), s.Text), s.Details...)
}

func decodeSchema(id int32, value []byte) (storage.Schema, error) {
	f := fields{rest: value}
	s := storage.Schema{ID: id}
	copy(s.Fingerprint[:], f.take(uint64(len(s.Fingerprint))))
	s.Type, s.Text = string(f.sized()), string(f.sized())
	s.Details = clone(f.take(uint64(len(f.rest))))
	return s, f.end(schemaKey(id))
}

func encodeVersion(v storage.Version) []byte {
	b := appendFlag(appendNumber(nil, v.SchemaID), v.Deleted)
	b = binary.BigEndian.AppendUint64(b, uint64(v.Timestamp)) //nolint:gosec // all bits are kept
	b = binary.BigEndian.AppendUint64(b, uint64(v.Created))
	return binary.BigEndian.AppendUint64(b, uint64(v.Written))
}

// decodeVersion fills all but subject and version, which stand in the key.
func decodeVersion(key, value []byte) (storage.Version, error) {
	f := fields{rest: value}
	v := storage.Version{
		SchemaID: f.number(), Deleted: f.flag(), Timestamp: int64(f.uint64()), //nolint:gosec // all bits are kept
		Created: storage.Revision(f.uint64()), Written: storage.Revision(f.uint64()),
	}
	return v, f.end(key)
}

// versionRow reads a row of kindVersion.
func versionRow(key, value []byte) (storage.Version, error) {
	v, err := decodeVersion(key, value)
	if err != nil {
		return v, err
	}
	f := fields{rest: key[1:]}
	v.Subject, v.Version = f.name(), f.number()
	return v, f.end(key)
}

// carrierRow reads a row of kindCarrier.
func carrierRow(key, value []byte) (storage.Version, error) {
	v, err := decodeVersion(key, value)
	if err != nil {
		return v, err
	}
	f := fields{rest: key[1:]}
	f.take(12) // ID and Created, which the value has, too
	v.Subject, v.Version = f.name(), f.number()
	return v, f.end(key)
}

func backReferenceRow(key, _ []byte) (storage.BackReference, error) {
	f := fields{rest: key[1:]}
	row := storage.BackReference{Subject: f.name(), Version: f.number(), ReferrerContext: f.name(), ReferrerID: f.number()}
	return row, f.end(key)
}

// counts are the versions of a subject, and those that are not soft-deleted.
type counts struct{ versions, live int32 }

func (c counts) encode() []byte { return appendNumber(appendNumber(nil, c.versions), c.live) }

func decodeCounts(key, value []byte) (counts, error) {
	f := fields{rest: value}
	c := counts{versions: f.number(), live: f.number()}
	return c, f.end(key)
}

func encodeSettings(s storage.Settings) []byte {
	return append(appendSized(nil, s.Config), s.Mode...)
}

func settingsRow(key, value []byte) (storage.Settings, error) {
	f := fields{rest: value}
	s := storage.Settings{Subject: string(key[1:]), Config: clone(f.sized())}
	s.Mode = string(f.take(uint64(len(f.rest))))
	return s, f.end(key)
}

// clone returns nil for what is empty: that is how a row tells that it has none.
func clone(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Clone(b)
}
