package registry

import (
	"slices"
	"sync"

	"schemaside/backend/schema"
)

// counting is a language that notes what is asked of it.
type counting struct {
	schema.Language
	mu sync.Mutex
	// parsed are the texts that were parsed, drawn how many texts each of them came with.
	parsed []string
	drawn  []int
	checks int
}

func (c *counting) Parse(text string, o schema.ParseOptions) (schema.Schema, error) {
	c.mu.Lock()
	c.parsed = append(c.parsed, text)
	c.drawn = append(c.drawn, len(o.References))
	c.mu.Unlock()
	return c.Language.Parse(text, o)
}

func (c *counting) Check(reader, writer schema.Schema, o schema.CheckOptions) []string {
	c.mu.Lock()
	c.checks++
	c.mu.Unlock()
	return c.Language.Check(reader, writer, o)
}

// reset forgets what was asked, and returns the texts that were parsed, in order, each as often as it was.
func (c *counting) reset() (texts []string, checks int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts, checks = slices.Sorted(slices.Values(c.parsed)), c.checks
	c.parsed, c.drawn, c.checks = nil, nil, 0
	return texts, checks
}
