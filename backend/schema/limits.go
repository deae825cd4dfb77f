package schema

// Limits bound the work for one text. The zero value stands for the defaults.
type Limits struct {
	// Depth is how deep a text may nest: 1,000 when 0, MaxDepth at most.
	Depth int
	// Elements is how many types, fields, options and values a text may have: 100,000 when 0. In Protobuf what it refers
	// to counts too.
	Elements int
	// Steps is how much work reading a text may take beyond a look at each element: 5,000,000 when 0, which is less than a
	// second. Avro counts values of defaults, as often as they are asked for; Protobuf the scopes that names are looked for
	// in; JSON Schema the URIs that are resolved, StepURI bytes a step.
	Steps int
}

// StepURI is how many bytes of URIs are resolved in the time of a step.
const StepURI = 13

// MaxDepth is the greatest Limits.Depth: deeper, and neither the JSON decoder nor a goroutine's stack is sure to hold.
const MaxDepth = 10_000

// OrDefaults returns the limits with the default in place of what is 0.
func (l Limits) OrDefaults() Limits {
	if l.Depth == 0 {
		l.Depth = 1000
	}
	if l.Elements == 0 {
		l.Elements = 100_000
	}
	if l.Steps == 0 {
		l.Steps = 5_000_000
	}
	l.Depth = min(l.Depth, MaxDepth)
	return l
}
