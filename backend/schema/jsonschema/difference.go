package jsonschema

import (
	"fmt"
	"strings"
)

const (
	// maxMessages and maxMessageBytes bound what one comparison reports: through references one difference can be
	// met at very many paths.
	maxMessages     = 10_000
	maxMessageBytes = 4 << 20
)

// tooComplex is the only message of a comparison that was given up.
const tooComplex = "The schemas are too complex to be compared"

// wording is a text with three verbs: path, the word of the reader and that of the writer.
type wording string

const (
	wordNothing   wording = ""
	wordKeyword   wording = "The keyword at path '%[1]s' in the %[2]s schema is not present in the %[3]s schema"
	wordMore      wording = "The value at path '%[1]s' in the %[2]s schema is more than its value in the %[3]s schema"
	wordLess      wording = "The value at path '%[1]s' in the %[2]s schema is less than its value in the %[3]s schema"
	wordDifferent wording = "The value at path '%[1]s' is different between the %[2]s and %[3]s schema"
	wordFewer     wording = "An array or combined type at path '%[1]s' has fewer elements in the %[2]s schema than the %[3]s schema"
	wordLonger    wording = "An array or combined type at path '%[1]s' has more elements in the %[2]s schema than the %[3]s schema"
	wordType      wording = "A type at path '%[1]s' is different between the %[2]s schema and the %[3]s schema"
	wordOpen      wording = "The %[2]s schema has an open content model and has a property or item at path '%[1]s' which is missing in the %[3]s schema"
	wordUnopen    wording = "The %[2]s schema has an unopen content model and has a required property at path '%[1]s' which is missing in the %[3]s schema"
	// The word "schema" is missing after the reader in the reference server, too.
	wordClosed       wording = "The %[2]s has a closed content model and is missing a property or item present at path '%[1]s' in the %[3]s schema"
	wordRemovedCover wording = "A property or item is missing in the %[2]s schema but present at path '%[1]s' in the %[3]s schema and is not covered by its partially open content model"
	wordAddedCover   wording = "The %[2]s schema has a property or item at path '%[1]s' which is missing in the %[3]s schema and is not covered by its partially open content model"
)

// difference is the errorType of a message.
type difference string

// allowedWhenLenient tells which differences only the policy STRICT minds.
func (d difference) allowedWhenLenient() bool {
	switch d {
	case "ADDITIONAL_PROPERTIES_NARROWED", "ADDITIONAL_PROPERTIES_REMOVED",
		"REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
		"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
		"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL":
		return true
	default:
		return false
	}
}

// findings are the incompatible differences of a pair in the order of the walk; paths are relative to the pair.
// Compatible ones are never kept, since nothing reports them. No findings: the pair is compatible.
type findings struct {
	lenient bool
	entries []finding
}

// finding is a difference, or the findings of another pair, at a path.
type finding struct {
	path       string
	difference difference
	wording    wording
	inner      *findings
}

func (f *findings) compatible() bool { return f == nil || len(f.entries) == 0 }

func (f *findings) add(d difference, w wording, path string) {
	if f.lenient && d.allowedWhenLenient() {
		return
	}
	f.entries = append(f.entries, finding{path: path, difference: d, wording: w})
}

// nest keeps the findings of another pair at a path.
func (f *findings) nest(path string, inner *findings) {
	if !inner.compatible() {
		f.entries = append(f.entries, finding{path: path, inner: inner})
	}
}

// writer prints findings as messages.
type writer struct {
	reader, writer string
	path           []string
	messages       []string
	bytes          int
}

// print appends the messages of f and tells whether there is room for more.
func (w *writer) print(f *findings) bool {
	for i := range f.entries {
		e := &f.entries[i]
		depth := len(w.path)
		if e.path != "" {
			w.path = append(w.path, e.path)
		}
		if e.inner != nil {
			if !w.print(e.inner) {
				return false
			}
		} else if !w.message(e) {
			return false
		}
		w.path = w.path[:depth]
	}
	return true
}

func (w *writer) message(e *finding) bool {
	description := ""
	if e.wording != wordNothing {
		description = fmt.Sprintf(string(e.wording), "#/"+strings.Join(w.path, "/"), w.reader, w.writer)
	}
	// The quotes of the description don't match in the reference server either; clients match texts.
	m := `{errorType:"` + string(e.difference) + `", description:"` + description + `'}`
	w.messages = append(w.messages, m)
	w.bytes += len(m)
	return len(w.messages) < maxMessages && w.bytes < maxMessageBytes
}
