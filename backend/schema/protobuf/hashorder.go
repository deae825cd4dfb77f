package protobuf

import "unicode/utf16"

// hashOrder is the order in which a Java hash set holds the names of both lists: the reference reports the types of
// one level in it. The set is made for the names of the first list and grows with the others.
func hashOrder(first, second []string) []string {
	buckets := 16
	for buckets < len(first)*4/3+1 {
		buckets *= 2
	}
	seen := make(map[string]bool, len(first)+len(second))
	var all []string
	for _, list := range [][]string{first, second} {
		for _, name := range list {
			if !seen[name] {
				seen[name] = true
				all = append(all, name)
			}
		}
	}
	for len(all) > buckets/4*3 {
		buckets *= 2
	}
	table := make([][]string, buckets)
	for _, name := range all {
		h := javaHash(name)
		at := int((h ^ h>>16) & uint32(buckets-1)) //nolint:gosec // a small power of two
		table[at] = append(table[at], name)
	}
	ordered := all[:0]
	for _, names := range table {
		ordered = append(ordered, names...)
	}
	return ordered
}

// javaHash is Java's hash of a string.
func javaHash(s string) uint32 {
	var h uint32
	for _, c := range s {
		if a, b := utf16.EncodeRune(c); c > 0xffff {
			h = (h*31+uint32(a))*31 + uint32(b) //nolint:gosec // surrogates
			continue
		}
		h = h*31 + uint32(c) //nolint:gosec // a rune isn't negative
	}
	return h
}
