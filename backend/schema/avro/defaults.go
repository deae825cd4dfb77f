package avro

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"schemaside/backend/schema/jsontree"
)

// verdict orders what a check of a default may find: of several values the worst counts, of several branches the best.
type verdict int

const (
	no verdict = iota
	// unknown depends on a type that hasn't been read yet.
	unknown
	yes
)

func verdictOf(fits bool) verdict {
	if fits {
		return yes
	}
	return no
}

// defaultCheck tells whether defaults fit their types. It keeps what it has found about the fields' own defaults,
// for they are asked again wherever a record is left out.
type defaultCheck struct {
	own map[*field]verdict
	// budget and depth bound the work for texts that are made to be expensive. What exceeds them doesn't fit.
	budget, depth int
}

const defaultDepth = 10_000

func newDefaultCheck(budget int) *defaultCheck {
	return &defaultCheck{own: map[*field]verdict{}, budget: budget, depth: defaultDepth}
}

func (c *defaultCheck) fits(v *jsontree.Value, t *typ) verdict {
	if c.budget <= 0 || c.depth <= 0 {
		return no
	}
	c.budget--
	switch t.kind {
	case kindReference:
		return unknown
	case kindUnion, kindRecord, kindArray, kindMap:
		c.depth--
		found := c.fitsInside(v, t)
		c.depth++
		return found
	default:
		return verdictOf(fitsPlain(v, t.kind))
	}
}

func fitsPlain(v *jsontree.Value, k kind) bool {
	switch k {
	case kindNull:
		return v.Kind == jsontree.Null
	case kindBoolean:
		return v.Kind == jsontree.True || v.Kind == jsontree.False
	case kindInt:
		n, isInt := int64Of(v)
		return isInt && n >= math.MinInt32 && n <= math.MaxInt32
	case kindLong:
		_, isLong := int64Of(v)
		return isLong
	case kindFloat, kindDouble:
		return v.Kind == jsontree.Number
	default:
		// Any text suits an enum and a fixed type too.
		return v.Kind == jsontree.String
	}
}

func (c *defaultCheck) fitsInside(v *jsontree.Value, t *typ) verdict {
	found := no
	switch {
	case t.kind == kindUnion:
		for _, b := range t.branches {
			if found = max(found, c.fits(v, b)); found == yes {
				break
			}
		}
	case t.kind == kindArray && v.Kind == jsontree.Array:
		found = yes
		for _, item := range v.List {
			if found = min(found, c.fits(item.Value, t.items)); found == no {
				break
			}
		}
	case t.kind == kindMap && v.Kind == jsontree.Object:
		found = yes
		for _, m := range v.List {
			if found = min(found, c.fits(m.Value, t.items)); found == no {
				break
			}
		}
	case t.kind == kindRecord && v.Kind == jsontree.Object:
		found = c.fitsRecord(v, t)
	}
	return found
}

func (c *defaultCheck) fitsRecord(v *jsontree.Value, t *typ) verdict {
	c.budget -= len(v.List)
	given := make(map[string]*jsontree.Value, len(v.List))
	for _, m := range v.List {
		given[m.Key] = m.Value
	}
	found := yes
	for _, f := range t.fields {
		if item := given[f.name]; item != nil {
			found = min(found, c.fits(item, f.typ))
		} else {
			found = min(found, c.fitsOwn(f))
		}
		if found == no {
			break
		}
	}
	return found
}

// fitsOwn judges the default of the field itself. One that needs itself has no end, so it doesn't fit.
func (c *defaultCheck) fitsOwn(f *field) verdict {
	if f.fallback == nil {
		return no
	}
	if found, asked := c.own[f]; asked {
		return found
	}
	c.own[f] = no
	found := c.fits(f.fallback, f.typ)
	c.own[f] = found
	return found
}

func invalidDefault(f *field) error {
	return refusal("Invalid default for field " + f.name + ": " + f.fallback.String() + " not a " + printAlone(f.typ))
}

// parseJavaDouble reads a number as Java does: blanks around, a suffix, NaN, Infinity and hexadecimal digits are
// allowed; what Go has beyond that is not.
func parseJavaDouble(text string) (float64, error) {
	digits := strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	if digits == "" {
		return 0, refusal("empty String")
	}
	negative := digits[0] == '-'
	if negative || digits[0] == '+' {
		digits = digits[1:]
	}
	if n := len(digits) - 1; n > 0 && strings.IndexByte("dDfF", digits[n]) >= 0 {
		digits = digits[:n]
	}
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !javaDigits(digits) {
		return 0, refusal(`For input string: "` + text + `"`)
	}
	if negative {
		number = -number
	}
	return number, nil
}

// javaDigits refuses what only Go takes for a number: other spellings of the words, underscores, a second sign.
func javaDigits(digits string) bool {
	switch {
	case digits == "NaN" || digits == "Infinity":
		return true
	case strings.HasPrefix(digits, "-") || strings.HasPrefix(digits, "+"):
		return false
	default:
		return !strings.ContainsAny(digits, "_iInN")
	}
}
