package avro

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// String is the value in JSON without blanks.
func (v *value) String() string { return string(appendValue(nil, v)) }

func appendValue(b []byte, v *value) []byte {
	switch v.kind {
	case stringValue:
		return appendString(b, v.text)
	case doubleValue:
		if math.IsInf(v.number, 0) || math.IsNaN(v.number) {
			return appendString(b, v.text)
		}
		return append(b, v.text...)
	case arrayValue:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, item)
		}
		return append(b, ']')
	case objectValue:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = appendValue(b, m.value)
		}
		return append(b, '}')
	default:
		return append(b, v.text...)
	}
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		start = i + 1
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	case '"', '\\':
		return append(b, '\\', c)
	default:
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
}

// doubleText is a number as Java prints it; bits is 32 for a float.
func doubleText(x float64, bits int) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	case x == 0 && math.Signbit(x):
		return "-0.0"
	case x == 0:
		return "0.0"
	}
	sign, digits, exponent := decimal(x, bits)
	if exponent < -3 || exponent >= 7 {
		if len(digits) == 1 {
			digits += "0"
		}
		return sign + digits[:1] + "." + digits[1:] + "E" + strconv.Itoa(exponent)
	}
	if exponent < 0 {
		return sign + "0." + strings.Repeat("0", -exponent-1) + digits
	}
	if missing := exponent + 2 - len(digits); missing > 0 {
		digits += strings.Repeat("0", missing)
	}
	return sign + digits[:exponent+1] + "." + digits[exponent+1:]
}

// decimal is the shortest decimal that means x: its digits, the dot after the first, and its exponent.
func decimal(x float64, bits int) (sign, digits string, exponent int) {
	text := strconv.FormatFloat(x, 'e', -1, bits)
	// Java weighs decimals of two digits even where one digit would do: the least double is 4.9E-324, not 5E-324.
	if two := strconv.FormatFloat(x, 'e', 1, bits); len(two) > len(text) {
		if back, err := strconv.ParseFloat(two, bits); err == nil && back == x {
			text = two
		}
	}
	text, negative := strings.CutPrefix(text, "-")
	if negative {
		sign = "-"
	}
	mantissa, exp, _ := strings.Cut(text, "e")
	exponent, _ = strconv.Atoi(exp)
	digits = strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	return sign, digits, exponent
}

// sorted is a copy of a value in which the keys of every object are in order.
func (v *value) sorted() *value {
	out := *v
	out.items = make([]*value, 0, len(v.items))
	for _, item := range v.items {
		out.items = append(out.items, item.sorted())
	}
	out.members = sortedMembers(v.members)
	return &out
}

func sortedMembers(members []member) []member {
	out := make([]member, 0, len(members))
	for _, m := range members {
		out = append(out, member{m.key, m.value.sorted()})
	}
	slices.SortFunc(out, func(a, b member) int { return compareUTF16(a.key, b.key) })
	return out
}

// compareUTF16 orders texts by their UTF-16 code units, as Java does. It differs from the order of bytes only for
// characters beyond the first plane, whose surrogates come before U+E000.
func compareUTF16(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n == len(a) || n == len(b) || a[n] < 0xEE || b[n] < 0xEE {
		return strings.Compare(a[n:], b[n:])
	}
	if wideA, wideB := a[n] >= 0xF0, b[n] >= 0xF0; wideA != wideB {
		if wideA {
			return -1
		}
		return 1
	}
	return strings.Compare(a[n:], b[n:])
}

// latin1 replaces what the bytes of a default can't hold with "?".
func latin1(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFF {
			return '?'
		}
		return r
	}, s)
}
