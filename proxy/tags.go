package proxy

import (
	"schemaside/backend"
	"schemaside/backend/wire"
)

// The kinds of what can have tags.
const (
	entityRecord = "sr_record"
	entityField  = "sr_field"
)

// decodeTag reads a TagSchemaRequest (spec 1.5). Errors: BadRequest, MissingBody.
func decodeTag(body []byte, parameter string) (backend.Tag, error) {
	var p backend.Tag
	err := decodeBody(body, parameter, func(v value, name string) error {
		switch name {
		case "newVersion":
			return v.int(&p.NewVersion, 0)
		case "tagsToAdd":
			return v.schemaTags(&p.Add)
		case "tagsToRemove":
			return v.schemaTags(&p.Remove)
		case "metadata":
			return v.metadata(&p.Metadata)
		case "ruleSet":
			return v.ruleSet(&p.RuleSet)
		case "rulesToMerge":
			return v.ruleSet(&p.RulesToMerge)
		case "rulesToRemove":
			var err error
			p.RulesToRemove, err = v.set()
			return err
		default:
			return v.skip()
		}
	})
	return p, err
}

// schemaTags reads a list of tags. A null among them names nothing: the registry finds no such path.
func (v value) schemaTags(dst *[]wire.SchemaTags) error {
	*dst = nil
	return v.list("a list of tags", func() error {
		var t wire.SchemaTags
		err := v.fieldsOrNull("tags of a record or a field", func(name string) error {
			switch name {
			case "schemaEntity":
				return v.entity(&t)
			case "tags":
				return v.list("a list of strings", func() error {
					tag, err := v.textOrNull()
					if tag != nil {
						t.Tags = append(t.Tags, *tag)
					}
					return err
				})
			default:
				return v.skip()
			}
		})
		*dst = append(*dst, t)
		return err
	})
}

// entity reads what has the tags.
func (v value) entity(t *wire.SchemaTags) error {
	return v.fieldsOrNull("a record or a field", func(name string) error {
		switch name {
		case "entityPath":
			return v.text(&t.Path, "")
		case "entityType":
			kind := ""
			err := v.oneOf(&kind, []string{entityRecord, entityField})
			t.Field = kind == entityField
			return err
		default:
			return v.skip()
		}
	})
}

func appendSchemaTags(dst []byte, t wire.SchemaTags) []byte {
	o := open(dst)
	o.name("schemaEntity")
	in := open(o.b)
	in.text("entityPath", t.Path)
	kind := entityRecord
	if t.Field {
		kind = entityField
	}
	in.text("entityType", kind)
	o.b = in.close()
	if len(t.Tags) > 0 {
		o.name("tags")
		o.b = appendStrings(o.b, t.Tags)
	}
	return o.close()
}
