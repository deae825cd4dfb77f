package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"schemaside/storage"
)

// namespaceCheck looks at the rows of a namespace, and at what they say about each other.
type namespaceCheck struct {
	report                                  *Report
	contexts, subjects, fingerprints, known *bbolt.Bucket
}

// run checks all contexts, then that the indexes name nothing that isn't there.
func (n *namespaceCheck) run(ctx context.Context) error {
	err := n.contexts.ForEach(func(name, value []byte) error {
		if value != nil {
			n.report.fault("context %q is no bucket", name)
			return ctx.Err()
		}
		n.report.Contexts++
		c := contextCheck{namespaceCheck: n, name: string(name), rows: n.contexts.Bucket(name), counted: map[string]counts{}}
		c.run()
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	n.index("subjects", n.subjects, func(key []byte) (registryCtx, row []byte) {
		if len(key) < 4 || uint64(len(key)) < 4+uint64(binary.BigEndian.Uint32(key)) {
			return nil, nil
		}
		subject := key[4 : 4+binary.BigEndian.Uint32(key)]
		return key[4+len(subject):], nameKey(kindSubject, string(subject))
	})
	n.index("fingerprints", n.fingerprints, func(key []byte) (registryCtx, row []byte) {
		const size = len(storage.Fingerprint{})
		if len(key) < size {
			return nil, nil
		}
		return key[size:], append([]byte{kindFingerprint}, key[:size]...)
	})
	n.index("known contexts", n.known, func(key []byte) (registryCtx, row []byte) { return key, headKey() })
	return ctx.Err()
}

// index checks that each entry of an index names a row that is there.
func (n *namespaceCheck) index(what string, index *bbolt.Bucket, split func(key []byte) (registryCtx, row []byte)) {
	cursor := index.Cursor()
	for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
		registryCtx, row := split(key)
		var bucket *bbolt.Bucket
		if len(registryCtx) > 0 {
			bucket = n.contexts.Bucket(registryCtx)
		}
		if bucket == nil || bucket.Get(row) == nil {
			n.report.fault("the index of %s has %q, which isn't there", what, key)
		}
	}
}

// contextCheck looks at the rows of one context.
type contextCheck struct {
	*namespaceCheck

	name string
	rows *bbolt.Bucket
	head storage.Head
	// counted are the versions that were met, by subject.
	counted map[string]counts
}

func (c *contextCheck) fault(key []byte, complaint string) {
	c.report.fault("context %q, row %q: %s", c.name, key, complaint)
}

// run visits the rows in the order of their keys: subjects come before their versions.
func (c *contextCheck) run() {
	if _, err := decode(headKey(), c.rows.Get(headKey()), &c.head); err != nil {
		c.fault(headKey(), "it is damaged")
		return
	}
	if c.head.Removal > c.head.Revision {
		c.fault(headKey(), "something was removed at a revision to come")
	}
	if listed := c.known.Get([]byte(c.name)) != nil; listed != c.head.Known {
		c.fault(headKey(), "the list of contexts says otherwise whether this one is known")
	}
	cursor := c.rows.Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		if complaint := c.row(key, value); complaint != "" {
			c.fault(key, complaint)
		}
	}
	for _, subject := range slices.Sorted(maps.Keys(c.counted)) {
		c.subject(subject, c.counted[subject])
	}
}

const unreadable = "it is damaged"

// row returns what is wrong with a row; empty for nothing.
func (c *contextCheck) row(key, value []byte) string {
	switch key[0] {
	case kindHead:
		return ""
	case kindSchema:
		return c.schema(key, value)
	case kindFingerprint:
		var id int32
		if _, err := decode(key, value, &id); err != nil || len(key) != 1+len(storage.Fingerprint{}) {
			return unreadable
		}
		if c.fingerprints.Get(append(bytes.Clone(key[1:]), c.name...)) == nil {
			return "the index of fingerprints doesn't have it"
		}
		return c.wantSchema(id)
	case kindVersion, kindCarrier:
		return c.version(key, value)
	case kindSubject:
		c.report.Subjects++
		c.counted[string(key[1:])] = counts{}
		return ""
	case kindBackReference:
		row, err := decodeBackReference(key, value)
		if err != nil || !bytes.Equal(key, backReferenceKey(row)) {
			return unreadable
		}
		return ""
	case kindSettings:
		if _, err := decodeSettings(key, value); err != nil {
			return unreadable
		}
		return ""
	default:
		return "no row begins so"
	}
}

func (c *contextCheck) schema(key, value []byte) string {
	c.report.Schemas++
	if len(key) != 5 {
		return unreadable
	}
	id := int32(binary.BigEndian.Uint32(key[1:]) ^ 1<<31) //nolint:gosec // as appendNumber wrote it
	if _, err := decodeSchema(id, value); err != nil {
		return unreadable
	}
	if id >= c.head.NextID {
		return "the next schema could get the same ID"
	}
	return ""
}

// version checks a version under its subject, or under its ID: each must have its twin.
func (c *contextCheck) version(key, value []byte) string {
	row, err := decodeVersion(key, value)
	if err != nil {
		return unreadable
	}
	own, twin := versionKey(row.Subject, row.Version), carrierKey(row)
	if key[0] == kindCarrier {
		own, twin = twin, own
	}
	switch {
	case !bytes.Equal(key, own):
		return unreadable
	case !bytes.Equal(c.rows.Get(twin), value):
		return "the same version reads otherwise, or not at all, by ID or by subject"
	case row.Created > row.Written, row.Written > c.head.Revision:
		return "it was written at a revision to come"
	}
	if key[0] == kindCarrier {
		return ""
	}
	c.report.Versions++
	met, more := c.counted[row.Subject], countsOf(row, 1)
	c.counted[row.Subject] = counts{Versions: met.Versions + more.Versions, Live: met.Live + more.Live}
	return c.wantSchema(row.SchemaID)
}

func (c *contextCheck) wantSchema(id int32) string {
	if c.rows.Get(schemaKey(id)) == nil {
		return "its schema isn't there"
	}
	return ""
}

// subject compares the row of a subject with the versions that were met.
func (c *contextCheck) subject(subject string, met counts) {
	var says counts
	key := nameKey(kindSubject, subject)
	if _, err := decode(key, c.rows.Get(key), &says); err != nil || says != met || met.Versions == 0 {
		c.fault(key, "it counts other versions than there are")
	}
	if c.subjects.Get(append(subjectIndexPrefix(subject), c.name...)) == nil {
		c.fault(key, "the index of subjects doesn't have it")
	}
}
