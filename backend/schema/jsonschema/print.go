package jsonschema

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// canonical prints a value without blanks, keys in order.
func (v *value) canonical() string { return string(v.append(nil, false)) }

// normalized prints a value with the keys of every object sorted by UTF-16 code units.
func (v *value) normalized() string { return string(v.append(nil, true)) }

func (v *value) append(b []byte, sorted bool) []byte {
	switch v.shape {
	case shapeNull:
		return append(b, "null"...)
	case shapeFalse:
		return append(b, "false"...)
	case shapeTrue:
		return append(b, "true"...)
	case shapeNumber:
		return append(b, v.text...)
	case shapeString:
		return appendString(b, v.text)
	case shapeArray:
		b = append(b, '[')
		for i := range v.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.list[i].value.append(b, sorted)
		}
		return append(b, ']')
	default:
		return v.appendObject(b, sorted)
	}
}

func (v *value) appendObject(b []byte, sorted bool) []byte {
	list := v.list
	if sorted {
		list = sortedMembers(list)
	}
	b = append(b, '{')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, list[i].key), ':')
		b = list[i].value.append(b, sorted)
	}
	return append(b, '}')
}

func sortedMembers(list []member) []member {
	less := func(a, b member) int { return compareUTF16(a.key, b.key) }
	if slices.IsSortedFunc(list, less) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, less)
	return list
}

// sorted is the tree with the keys of every object sorted.
func (v *value) sorted() *value {
	if len(v.list) == 0 {
		return v
	}
	out := &value{shape: v.shape, text: v.text, list: slices.Clone(v.list)}
	if v.shape == shapeObject {
		out.list = sortedMembers(out.list)
	}
	for i := range out.list {
		out.list[i].value = out.list[i].value.sorted()
	}
	return out
}

// compareUTF16 orders strings by UTF-16 code units: characters beyond U+FFFF come before U+E000.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return firstUnit(x) - firstUnit(y) + tieOf(x, y)
		}
		a, b = a[n:], b[m:]
	}
	return strings.Compare(a, b)
}

func firstUnit(r rune) int {
	if r > 0xFFFF {
		high, _ := utf16.EncodeRune(r)
		return int(high)
	}
	return int(r)
}

// tieOf orders two characters with the same high surrogate.
func tieOf(x, y rune) int {
	if firstUnit(x) == firstUnit(y) {
		return int(x - y)
	}
	return 0
}

func appendString(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\f':
			b = append(b, '\\', 'f')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
