package jsonschema

import (
	"errors"
	"fmt"
	"strings"

	"schemaside/backend/schema/jsontree"
)

const (
	// maxValues bounds the values of one text, and with them the memory that its tree and its model take. It is more
	// than a text of 1 MiB can hold, the most that the reference server can store.
	maxValues = 1 << 19
	// maxNumber is the length of the longest number, in characters, as in the reference server.
	maxNumber = 1000
)

var errAfter = errors.New("content after the first value")

// readTree reads one JSON value, the only one of its text.
func readTree(text string) (*jsontree.Value, error) {
	v, end, err := jsontree.Read(text, jsontree.Options{Number: canonicalNumber, MaxValues: maxValues})
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	if strings.Trim(text[end:], " \t\r\n") != "" {
		return nil, errAfter
	}
	return v, nil
}

// normalized prints a value with the keys of every object sorted.
func normalized(v *jsontree.Value) string { return string(v.AppendSorted(nil)) }
