package avro

// Most that one comparison tells. Beyond it a message more helps nobody, and a few shared types can make millions.
const (
	maxMessages     = 10_000
	maxMessageBytes = 4 << 20
)

// difference is one thing that keeps a reader from reading.
type difference struct {
	is             differenceKind
	at             *step
	reader, writer *typ
	field          string // of missingDefault
}

type differenceKind uint8

const (
	fixedSizeMismatch differenceKind = iota
	typeMismatch
	nameMismatch
	missingEnumSymbols
	missingUnionBranch
	missingDefault
	logicalMismatch
)

// messages words what was found, in the order of the walk.
func messages(found *outcome, readerIsNew bool) []string {
	l := &list{reader: "old", writer: "new"}
	if readerIsNew {
		l.reader, l.writer = "new", "old"
	}
	l.addAll(found)
	return l.texts
}

type list struct {
	reader, writer string
	texts          []string
	size           int
}

func (l *list) addAll(o *outcome) {
	if o == nil {
		return
	}
	for _, p := range o.parts {
		if len(l.texts) >= maxMessages || l.size >= maxMessageBytes {
			return
		}
		if p.inside != nil {
			l.addAll(p.inside)
			continue
		}
		text := p.difference.message(l.reader, l.writer)
		l.texts = append(l.texts, text)
		l.size += len(text)
	}
}

// message is the text of the reference server (spec/rest-api.md 3.3). reader and writer are what the two schemas are
// called.
func (d difference) message(reader, writer string) string {
	path := "'" + d.at.String() + "'"
	switch d.is {
	case fixedSizeMismatch:
		return errorText("FIXED_SIZE_MISMATCH", "The size of FIXED type field at path "+path+" in the "+reader+
			" schema does not match with the "+writer+" schema",
			"expected: "+itoa(d.writer.size)+", found: "+itoa(d.reader.size))
	case typeMismatch:
		return errorText("TYPE_MISMATCH", "The type (path "+path+") of a field in the "+reader+
			" schema does not match with the "+writer+" schema",
			"reader type: "+d.reader.kind.upper()+" not compatible with writer type: "+d.writer.kind.upper())
	case logicalMismatch:
		return errorText("LOGICAL_TYPE_MISMATCH", "The logical type (path "+path+") of a field in the "+reader+
			" schema does not match with the "+writer+" schema",
			"reader logical type: "+d.reader.logicalName()+" not compatible with writer logical type: "+d.writer.logicalName())
	case nameMismatch:
		return errorText("NAME_MISMATCH", "The name of the schema has changed (path "+path+")",
			"expected: "+d.writer.name.String())
	case missingEnumSymbols:
		missing := listText(sortedTexts(missingSymbols(d.reader, d.writer)))
		return errorText("MISSING_ENUM_SYMBOLS", "The "+reader+" schema is missing enum symbols '"+missing+
			"' at path "+path+" in the "+writer+" schema", missing)
	case missingUnionBranch:
		return errorText("MISSING_UNION_BRANCH", "The "+reader+
			" schema is missing a type inside a union field at path "+path+" in the "+writer+" schema",
			"reader union lacking writer type: "+d.writer.kind.upper())
	default:
		return errorText("READER_FIELD_MISSING_DEFAULT_VALUE", "The field '"+d.field+"' at path "+path+" in the "+
			reader+" schema has no default value and is missing in the "+writer+" schema", d.field)
	}
}

func errorText(name, description, info string) string {
	return "{errorType:'" + name + "', description:'" + description + "', additionalInfo:'" + info + "'}"
}
