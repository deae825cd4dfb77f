package jsonschema

// HasField tells whether the schema is an object with a property of a name.
func (p *parsed) HasField(name string) bool {
	root, err := p.model()
	if err != nil {
		return false
	}
	object, ok := root.body.(*objectBody)
	if !ok {
		return false
	}
	_, ok = object.properties[name]
	return ok
}
