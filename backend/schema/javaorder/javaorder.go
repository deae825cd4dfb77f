// Package javaorder knows in which order Java's collections hold texts: the reference server prints and reports many
// things as they come out of one.
package javaorder

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Compare orders two texts by their UTF-16 code units, as Java's strings and sorted maps do. It differs from the order
// of bytes only for characters beyond the first plane, whose surrogates come before U+E000.
func Compare(a, b string) int {
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

// HashSet lists names, each once, in the order in which a Java hash set made of first, and then given second, walks
// them (spec/schema-languages.md 2.6.6).
func HashSet(first, second []string) []string {
	type entry struct {
		name string
		hash uint32
	}
	seen := make(map[string]struct{}, len(first)+len(second))
	entries := make([]entry, 0, len(first)+len(second))
	for _, list := range [][]string{first, second} {
		for _, name := range list {
			if _, again := seen[name]; again {
				continue
			}
			seen[name] = struct{}{}
			h := hash(name)
			entries = append(entries, entry{name, h ^ h>>16})
		}
	}
	size := 16
	for size < len(first)*4/3+1 || 4*len(entries) > 3*size {
		size *= 2
	}
	// Names of one bucket stay in the order in which they came.
	bucket := uint32(size - 1) //nolint:gosec // far below the bound
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.hash&bucket, b.hash&bucket) })
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.name)
	}
	return names
}

// hash is Java's hash of a string.
func hash(s string) uint32 {
	var h uint32
	for _, c := range s {
		if c > 0xFFFF {
			high, low := utf16.EncodeRune(c)
			h = (h*31+uint32(high))*31 + uint32(low) //nolint:gosec // surrogates
			continue
		}
		h = h*31 + uint32(c) //nolint:gosec // a rune isn't negative
	}
	return h
}
