package jsonschema

import (
	"regexp"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// maxPattern is the length of the longest pattern that is tried on names, in bytes. Longer ones are accepted.
	maxPattern = 10_000
	// maxCompiled bounds the patterns that one comparison keeps compiled.
	maxCompiled = 1_000
	// matchTime bounds one match by backtracking.
	matchTime = 20 * time.Millisecond
	// compileSteps is what compiling a pattern costs, beside its length.
	compileSteps = 100
	// stepTime turns the time of a match by backtracking, which nothing else foretells, into steps.
	stepTime = 300 * time.Nanosecond
)

// match tells whether a regular expression is found in a name.
type match uint8

const (
	matchNo match = iota
	matchYes
	matchUnknown
)

// compiled is a pattern for one of two engines, or for none.
type compiled struct {
	linear       *regexp.Regexp
	backtracking *regexp2.Regexp
}

// patterns are the compiled patterns of a comparison.
type patterns map[string]compiled

// match tries a pattern on a name.
func (c *comparison) match(pattern, name string) match {
	if len(pattern) > maxPattern || len(name) > maxPattern {
		return matchUnknown
	}
	if !c.spend(1 + len(pattern)*len(name)/64) {
		return matchUnknown
	}
	p, ok := c.patterns[pattern]
	if !ok {
		if !c.spend(compileSteps + len(pattern)) {
			return matchUnknown
		}
		if c.patterns == nil || len(c.patterns) >= maxCompiled {
			c.patterns = patterns{}
		}
		p = compile(pattern)
		c.patterns[pattern] = p
	}
	switch {
	case p.linear != nil:
		return matched(p.linear.MatchString(name))
	case p.backtracking != nil:
		return c.backtrack(p.backtracking, name)
	default:
		return matchUnknown
	}
}

func (c *comparison) backtrack(p *regexp2.Regexp, name string) match {
	start := time.Now()
	found, err := p.MatchString(name)
	if !c.spend(int(time.Since(start)/stepTime)) || err != nil {
		return matchUnknown
	}
	return matched(found)
}

func matched(found bool) match {
	if found {
		return matchYes
	}
	return matchNo
}

// compile prefers the engine whose time is linear. Java's expressions that neither knows stay untried.
func compile(pattern string) compiled {
	if linear, err := regexp.Compile(pattern); err == nil {
		return compiled{linear: linear}
	}
	backtracking, err := regexp2.Compile(pattern, regexp2.None)
	if err != nil {
		return compiled{}
	}
	backtracking.MatchTimeout = matchTime
	return compiled{backtracking: backtracking}
}
