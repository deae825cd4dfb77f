package jsonschema

import (
	"errors"
	"fmt"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// maxNumber is the length of the longest number, in characters, as in the reference server.
const maxNumber = 1000

var errAfter = errors.New("content after the first value")

// readTree reads one JSON value, the only one of its text. The bound on values also bounds the memory of the model.
func readTree(text string, limits schema.Limits) (*jsontree.Value, error) {
	limits = limits.OrDefaults()
	v, end, err := jsontree.Read(text, jsontree.Options{
		Number: canonicalNumber, MaxDepth: limits.Depth, MaxValues: limits.Elements,
	})
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
