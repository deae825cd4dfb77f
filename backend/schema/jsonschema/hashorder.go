package jsonschema

import "slices"

// hashOrder lists names in the order in which a Java hash set made of first, and then given second, walks them
// (spec/schema-languages.md 2.6.6). Names within one list differ.
func hashOrder(first, second []string) []string {
	size := 16
	for size < len(first)*4/3+1 {
		size *= 2
	}
	names := slices.Clone(first)
	if len(second) > 0 {
		known := make(map[string]struct{}, len(first))
		for _, name := range first {
			known[name] = struct{}{}
		}
		for _, name := range second {
			if _, ok := known[name]; !ok {
				names = append(names, name)
			}
		}
	}
	for 4*len(names) > 3*size {
		size *= 2
	}
	slots := make(map[string]uint32, len(names))
	for _, name := range names {
		slots[name] = slot(name, uint32(size))
	}
	slices.SortStableFunc(names, func(a, b string) int { return int(slots[a]) - int(slots[b]) })
	return names
}

// slot is the bucket of a name in a table whose size is a power of two.
func slot(name string, size uint32) uint32 {
	var h uint32
	for _, r := range name {
		if r > 0xFFFF {
			h = 31*h + uint32(0xD800+(r-0x10000)>>10)
			r = 0xDC00 + (r-0x10000)&0x3FF
		}
		h = 31*h + uint32(r)
	}
	return (h ^ h>>16) & (size - 1)
}
