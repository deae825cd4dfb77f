package registry

import (
	"crypto/md5" //nolint:gosec // the guid of the REST API is an MD5 (spec 4.2); nothing is protected by it
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"schemaside/backend/wire"
	"schemaside/storage"
)

// versionProperty is the metadata property in which the registry keeps a schema's version (spec 4.3).
const versionProperty = "confluent:version"

// details is what a schema carries beside its text, as it is kept in storage.Schema.Details.
type details struct {
	References []wire.Reference `json:"references,omitempty"`
	Metadata   *wire.Metadata   `json:"metadata,omitempty"`
	RuleSet    *wire.RuleSet    `json:"ruleSet,omitempty"`
}

func (d details) empty() bool { return len(d.References) == 0 && d.Metadata == nil && d.RuleSet == nil }

// stored is a row of storage.Schema with its details read.
type stored struct {
	storage.Schema
	details
}

func decode(row storage.Schema) (stored, error) {
	st := stored{Schema: row}
	if len(row.Details) == 0 {
		return st, nil
	}
	if err := json.Unmarshal(row.Details, &st.details); err != nil {
		return st, fmt.Errorf("details of schema %d: %w", row.ID, err)
	}
	return st, nil
}

func (d details) encode() ([]byte, error) {
	if d.empty() {
		return nil, nil
	}
	return json.Marshal(d)
}

// fingerprint is the MD5 of spec 4.2 over a text and its details.
func fingerprint(text string, d details) storage.Fingerprint {
	h := md5.New() //nolint:gosec // see the import
	write := func(s string) { h.Write([]byte(s)) }
	write(text)
	for _, ref := range d.References {
		write(ref.Name)
		write(ref.Subject)
		if ref.Version != 0 {
			h.Write(binary.BigEndian.AppendUint32(nil, uint32(ref.Version))) //nolint:gosec // the bits are meant
		}
	}
	if d.Metadata != nil {
		hashMetadata(h, d.Metadata)
	}
	if d.RuleSet != nil {
		hashRuleSet(h, d.RuleSet)
	}
	return storage.Fingerprint(h.Sum(nil))
}

func hashMetadata(h hash.Hash, m *wire.Metadata) {
	write := func(s string) { h.Write([]byte(s)) }
	h.Write([]byte{1})
	for _, tag := range slices.Sorted(maps.Keys(m.Tags)) {
		write(tag)
		for _, v := range slices.Sorted(slices.Values(m.Tags[tag])) {
			write(v)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.Properties)) {
		write(key)
		write(m.Properties[key])
	}
	for _, name := range slices.Sorted(slices.Values(m.Sensitive)) {
		write(name)
	}
}

// guid writes a fingerprint the way the REST API shows it.
func guid(fp storage.Fingerprint) string { return uuid.UUID(fp).String() }

// confluentVersion returns the version that metadata carries, 0 when it carries none.
func confluentVersion(m *wire.Metadata) int32 {
	if m == nil {
		return 0
	}
	n, err := strconv.ParseInt(m.Properties[versionProperty], 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// withConfluentVersion returns metadata that carries a version.
func withConfluentVersion(m *wire.Metadata, version int32) *wire.Metadata {
	var out wire.Metadata
	if m != nil {
		out = *m
	}
	out.Properties = maps.Clone(out.Properties)
	if out.Properties == nil {
		out.Properties = make(map[string]string, 1)
	}
	out.Properties[versionProperty] = strconv.Itoa(int(version))
	return &out
}

// withoutConfluentVersion returns metadata without the version; nil when nothing else is left.
func withoutConfluentVersion(m *wire.Metadata) *wire.Metadata {
	if m == nil || m.Properties[versionProperty] == "" {
		return m
	}
	out := *m
	out.Properties = maps.Clone(m.Properties)
	delete(out.Properties, versionProperty)
	if len(out.Properties) == 0 && len(out.Tags) == 0 && len(out.Sensitive) == 0 {
		return nil
	}
	return &out
}

func equalMetadata(a, b *wire.Metadata) bool {
	if a == nil || b == nil {
		return a == b
	}
	return maps.Equal(a.Properties, b.Properties) &&
		maps.EqualFunc(a.Tags, b.Tags, sameSet) &&
		sameSet(a.Sensitive, b.Sensitive)
}

func sameSet(a, b []string) bool {
	return slices.Equal(sortedSet(a), sortedSet(b))
}

func sortedSet(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// mergeMetadata lays over above base, key by key (spec 3.2).
func mergeMetadata(base, over *wire.Metadata) *wire.Metadata {
	if base == nil {
		return over
	}
	if over == nil {
		return base
	}
	return &wire.Metadata{
		Tags:       mergeMaps(base.Tags, over.Tags),
		Properties: mergeMaps(base.Properties, over.Properties),
		Sensitive:  sortedSet(slices.Concat(base.Sensitive, over.Sensitive)),
	}
}

func mergeMaps[V any](base, over map[string]V) map[string]V {
	out := make(map[string]V, len(base)+len(over))
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}
