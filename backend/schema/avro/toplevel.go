package avro

import "slices"

// HasField tells whether the schema is a record with a field of a name.
func (s *parsed) HasField(name string) bool {
	return s.root.kind == kindRecord && slices.ContainsFunc(s.root.fields, func(f *field) bool { return f.name == name })
}
