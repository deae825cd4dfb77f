package registry

import (
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// reservedProperty is the metadata property that names the fields which a schema must not have, separated by commas.
const reservedProperty = "confluent:reserved"

// reservedFields tells which reserved fields of the newest earlier version a candidate gives up, and which of its own it
// uses all the same (spec 3.2). It finds nothing unless the config asks for validateFields. The newest version counts
// whatever its compatibility group.
func (s *session) reservedFields(t backend.Target, c candidate, earlier []storage.Version, config wire.Config) ([]wire.Text, error) {
	if !s.r.validatesFields(config) {
		return nil, nil
	}
	var messages []wire.Text
	own := reservedBy(c.Metadata)
	if len(earlier) > 0 {
		newest, err := s.schema(t.Context, earlier[len(earlier)-1].SchemaID)
		if err != nil {
			return nil, err
		}
		for _, name := range reservedBy(newest.Metadata) {
			if !slices.Contains(own, name) {
				messages = append(messages, wire.Textf(
					"The new schema has reserved field %s removed from its metadata which is present in the old schema's metadata.", name))
			}
		}
	}
	holder, ok := c.parsed.(schema.FieldHolder)
	for _, name := range own {
		if ok && holder.HasField(name) {
			messages = append(messages, wire.Textf("The new schema has field that conflicts with the reserved field %s.", name))
		}
	}
	return messages, nil
}

// reservedBy lists the fields that metadata reserves, each once, in alphabetical order.
func reservedBy(m *wire.Metadata) []string {
	if m == nil {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(m.Properties[reservedProperty], ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return sortedSet(names)
}
