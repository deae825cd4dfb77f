package proxy

import (
	"slices"

	"schemaside/backend/wire"
)

// decodeSchema reads a RegisterSchemaRequest (spec 1.3). parameter names the body in the error for a missing one.
// Errors: BadRequest, MissingBody.
func decodeSchema(body []byte, parameter string) (wire.SchemaInput, error) {
	in := wire.SchemaInput{ID: -1, Type: "AVRO"}
	err := decodeBody(body, parameter, func(v value, name string) error {
		switch name {
		case "version":
			return v.int(&in.Version, 0)
		case "id":
			return v.int(&in.ID, -1)
		case "schemaType":
			return v.text(&in.Type, "AVRO")
		case "references":
			return v.references(&in.References)
		case "metadata":
			return v.metadata(&in.Metadata)
		case "ruleSet":
			return v.ruleSet(&in.RuleSet)
		case "schema":
			return v.text(&in.Text, "")
		case "schemaTagsToAdd":
			return v.schemaTags(&in.TagsToAdd)
		case "schemaTagsToRemove":
			return v.schemaTags(&in.TagsToRemove)
		case "propagateSchemaTags":
			b, err := v.boolOrNull()
			in.PropagateTags = b != nil && *b
			return err
		default:
			return v.skip()
		}
	})
	return in, err
}

// configUpdate is the body of PUT /config.
type configUpdate struct {
	wire.ConfigUpdate
	// emptied tells which texts were set to the empty one, which clears them like null does, but shows.
	emptied struct{ alias, aliasForDeks, group bool }
}

// decodeConfig reads a ConfigUpdateRequest (spec 1.3). Errors: BadRequest, MissingBody, InvalidCompatibility.
func decodeConfig(body []byte, parameter string) (configUpdate, error) {
	var u configUpdate
	err := decodeBody(body, parameter, func(v value, name string) error {
		switch name {
		case "alias":
			return v.patchText(&u.Alias, &u.emptied.alias)
		case "aliasForDeks":
			return v.patchText(&u.AliasForDeks, &u.emptied.aliasForDeks)
		case "normalize":
			return v.patchBool(&u.Normalize)
		case "validateFields":
			return v.patchBool(&u.ValidateFields)
		case "validateNewSchemas":
			return v.patchBool(&u.ValidateNewSchemas)
		case "validateRules":
			return v.patchBool(&u.ValidateRules)
		case "compatibility":
			return v.patchLevel(&u.Compatibility)
		case "compatibilityPolicy":
			return v.patchText(&u.CompatibilityPolicy, new(bool))
		case "compatibilityGroup":
			return v.patchText(&u.CompatibilityGroup, &u.emptied.group)
		case "defaultMetadata":
			u.DefaultMetadata.Set = true
			return v.metadata(&u.DefaultMetadata.Value)
		case "overrideMetadata":
			u.OverrideMetadata.Set = true
			return v.metadata(&u.OverrideMetadata.Value)
		case "defaultRuleSet":
			u.DefaultRuleSet.Set = true
			return v.ruleSet(&u.DefaultRuleSet.Value)
		case "overrideRuleSet":
			u.OverrideRuleSet.Set = true
			return v.ruleSet(&u.OverrideRuleSet.Value)
		default:
			return v.skip()
		}
	})
	return u, err
}

func (v value) patchText(p *wire.Patch[string], emptied *bool) error {
	s, err := v.textOrNull()
	p.Set, p.Value, *emptied = true, "", s != nil && *s == ""
	if s != nil {
		p.Value = *s
	}
	return err
}

// patchLevel tells an empty level, which is none, from a level that is cleared.
func (v value) patchLevel(p *wire.Patch[string]) error {
	empty := false
	if err := v.patchText(p, &empty); err != nil {
		return err
	}
	if empty {
		return wire.InvalidCompatibility()
	}
	return nil
}

func (v value) patchBool(p *wire.Patch[*bool]) error {
	b, err := v.boolOrNull()
	p.Set, p.Value = true, b
	return err
}

// decodeMode reads a ModeUpdateRequest: an object, or the mode as a bare string. nil clears the mode.
// Errors: BadRequest, MissingBody; InvalidMode when no mode is given (spec 7), or an empty one.
func decodeMode(body []byte, parameter string) (*string, error) {
	var mode *string
	given := false
	field := func(v value, name string) error {
		if name != "mode" {
			return v.skip()
		}
		given = true
		var err error
		mode, err = v.textOrNull()
		return err
	}
	bare := func(v value) error { return field(v, "mode") }
	if err := decodeBodyOr(body, parameter, field, bare); err != nil {
		return nil, err
	}
	if !given || mode != nil && *mode == "" {
		return nil, wire.InvalidMode()
	}
	return mode, nil
}

// references reads a list of references. A null among them is an empty reference: the registry refuses it as such.
func (v value) references(dst *[]wire.Reference) error {
	*dst = nil
	return v.list("a list of references", func() error {
		var ref wire.Reference
		err := v.fieldsOrNull("a reference", func(name string) error {
			switch name {
			case "name":
				return v.text(&ref.Name, "")
			case "subject":
				return v.text(&ref.Subject, "")
			case "version":
				return v.int(&ref.Version, 0)
			default:
				return v.skip()
			}
		})
		*dst = append(*dst, ref)
		return err
	})
}

// metadata reads metadata; null is none. Tags and sensitive names are sets, so they come sorted.
func (v value) metadata(dst **wire.Metadata) error {
	*dst = nil
	if v.kind() == 'n' {
		return v.skip()
	}
	m := &wire.Metadata{}
	*dst = m
	return v.fieldsOrNull("metadata", func(name string) error {
		switch name {
		case "tags":
			m.Tags = nil
			return v.fieldsOrNull("tags", func(pattern string) error {
				set, err := v.set()
				m.Tags = put(m.Tags, pattern, set)
				return err
			})
		case "properties":
			return v.texts("properties", &m.Properties)
		case "sensitive":
			var err error
			m.Sensitive, err = v.set()
			return err
		default:
			return v.skip()
		}
	})
}

// texts reads an object of texts; those that are null are left out.
func (v value) texts(wanted string, dst *map[string]string) error {
	*dst = nil
	return v.fieldsOrNull(wanted, func(key string) error {
		s, err := v.textOrNull()
		if s != nil {
			*dst = put(*dst, key, *s)
		}
		return err
	})
}

func put[V any](m map[string]V, key string, v V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = v
	return m
}

// set reads a list of texts as a set.
func (v value) set() ([]string, error) {
	var set []string
	err := v.list("a list of strings", func() error {
		s, err := v.textOrNull()
		if s != nil {
			set = append(set, *s)
		}
		return err
	})
	slices.Sort(set)
	return slices.Compact(set), err
}
