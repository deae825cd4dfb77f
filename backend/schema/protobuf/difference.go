package protobuf

// difference is what keeps a reader from reading what was written. Differences that keep nobody from it are not
// recorded.
type difference struct {
	kind differenceKind
	path string
}

type differenceKind uint8

const (
	packageChanged differenceKind = iota
	messageRemoved
	fieldKindChanged
	fieldScalarKindChanged
	fieldNamedTypeChanged
	fieldNumericLabelChanged
	requiredFieldAdded
	requiredFieldRemoved
	oneofFieldRemoved
	multipleFieldsMovedToOneof
	fieldMovedToExistingOneof
)

// message words a difference (spec 3.5). reader and writer are the words new and old, or the other way round.
func (d difference) message(reader, writer string) string {
	name, before, after := d.kind.words()
	subject := "The " + reader + " schema"
	inReader, inWriter := " in the "+reader+" schema", " in the "+writer+" schema"
	var text string
	switch d.kind {
	case messageRemoved, requiredFieldRemoved, oneofFieldRemoved:
		text = subject + before + "'" + d.path + "'" + inWriter
	case requiredFieldAdded, multipleFieldsMovedToOneof, fieldMovedToExistingOneof:
		text = before + "'" + d.path + "'" + inReader + after + inWriter
	case packageChanged, fieldScalarKindChanged, fieldNamedTypeChanged, fieldNumericLabelChanged:
		text = before + "'" + d.path + "'" + inReader + after + inWriter
	case fieldKindChanged:
		text = before + "'" + d.path + "'" + inReader + after + " the " + writer + " schema"
	}
	return `{errorType:"` + name + `", description:"` + text + `"}`
}

// words are the errorType and the parts of the text before and after the path.
func (k differenceKind) words() (name, before, after string) {
	switch k {
	case packageChanged:
		return "PACKAGE_CHANGED", "The package at ", " does not match the package"
	case messageRemoved:
		return "MESSAGE_REMOVED", " is missing a MESSAGE type at path ", ""
	case fieldKindChanged:
		return "FIELD_KIND_CHANGED", "The type of a field at path ", " does not match"
	case fieldScalarKindChanged:
		return "FIELD_SCALAR_KIND_CHANGED", "The kind of a SCALAR field at path ", " does not match its kind"
	case fieldNamedTypeChanged:
		return "FIELD_NAMED_TYPE_CHANGED", "The type of a MESSAGE field at path ", " does not match its type"
	case fieldNumericLabelChanged:
		return "FIELD_NUMERIC_LABEL_CHANGED", "The label for a NUMERIC field at path ", " does not match its label"
	case requiredFieldAdded:
		return "REQUIRED_FIELD_ADDED", "A required field  at path ", " is missing"
	case requiredFieldRemoved:
		return "REQUIRED_FIELD_REMOVED", " is missing a required field at path: ", ""
	case oneofFieldRemoved:
		return "ONEOF_FIELD_REMOVED", " is missing a oneof field at path ", ""
	case multipleFieldsMovedToOneof:
		return "MULTIPLE_FIELDS_MOVED_TO_ONEOF", "Multiple fields in the oneof at path ", " are outside a oneof"
	case fieldMovedToExistingOneof:
		return "FIELD_MOVED_TO_EXISTING_ONEOF", "A field in the oneof at path ", " is outside an existing oneof"
	}
	return "", "", ""
}

func messages(differences []difference, readerIsNew bool) []string {
	reader, writer := "old", "new"
	if readerIsNew {
		reader, writer = writer, reader
	}
	var list []string
	for _, d := range differences {
		list = append(list, d.message(reader, writer))
	}
	return list
}
