package protobuf

import (
	"errors"

	"schemaside/backend/schema"
)

// Bounds of the work for one text, beside schema.Limits. Real schemas stay far below them.
const (
	// maxPrinted is the size in bytes of a printed text, which indentation and full names make longer than what was sent.
	maxPrinted = 32 << 20
	// maxNames is the size in bytes of all full names of a text and its references together.
	maxNames = 32 << 20
	// maxDescriptor is the size in bytes of a descriptor that is sent instead of a text.
	maxDescriptor = 1 << 20
	// maxChain is how deep a comparison follows fields from message to message in other files.
	maxChain = 10_000
	// maxDifferenceBytes is the size in bytes of the paths that a comparison reports.
	maxDifferenceBytes = 4 << 20
	// maxDifferences is the number of differences that a comparison reports.
	maxDifferences = 1000
)

var errTooLarge = errors.New("schema is too large")

// budget is what may still be read of a text and its references.
type budget struct {
	limits schema.Limits
	// elements are declarations, options and values.
	elements int
	names    int
}

func newBudget(limits schema.Limits) *budget {
	limits = limits.OrDefaults()
	return &budget{limits: limits, elements: limits.Elements, names: maxNames}
}
