package jsonschema

import "strconv"

// arrays compares the keywords of arrays in the order of the reference server; contains is not compared.
func (c *comparison) arrays(f *findings, older, newer *arrayBody) {
	f.nest("items", c.compare(older.items, newer.items))
	c.tuples(f, older, newer)
	c.extensions(f, older.additional, newer.additional, "additionalItems", "ADDITIONAL_ITEMS")
	bounds{"maxItems", "MAX_ITEMS", true}.compare(f, older.maximum, newer.maximum)
	bounds{"minItems", "MIN_ITEMS", false}.compare(f, older.minimum, newer.minimum)
	if newer.unique && !older.unique {
		f.add("UNIQUE_ITEMS_ADDED", wordKeyword, "uniqueItems")
	}
	bounds{"maxContains", "MAX_CONTAINS", true}.compare(f, older.maxContains, newer.maxContains)
	bounds{"minContains", "MIN_CONTAINS", false}.compare(f, older.minimumContains, newer.minimumContains)
}

func (c *comparison) tuples(f *findings, older, newer *arrayBody) {
	for i := range max(len(older.tuple), len(newer.tuple)) {
		path := "items/" + strconv.Itoa(i)
		switch {
		case i >= len(newer.tuple):
			c.itemRemoved(f, newer, older.tuple[i], path)
		case i >= len(older.tuple):
			c.itemAdded(f, older, newer.tuple[i], path)
		default:
			f.nest(path, c.compare(older.tuple[i], newer.tuple[i]))
		}
	}
}

// itemRemoved judges an item that only the older tuple has, on what the newer one admits.
func (c *comparison) itemRemoved(f *findings, newer *arrayBody, o *node, path string) {
	switch {
	case newer.additional.forbidden:
		if o.kind != kindFalse {
			f.add("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", wordClosed, path)
		}
	case newer.additional.schema != nil:
		if inner := c.compare(o, newer.additional.schema); !inner.compatible() {
			f.nest(path, inner)
			f.add("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", wordRemovedCover, path)
		}
	}
}

// itemAdded judges an item that only the newer tuple has, on what the older one admitted.
func (c *comparison) itemAdded(f *findings, older *arrayBody, n *node, path string) {
	switch {
	case older.additional.forbidden:
	case older.additional.schema != nil:
		if inner := c.compare(older.additional.schema, n); !inner.compatible() {
			f.nest(path, inner)
			f.add("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", wordAddedCover, path)
		}
	case !n.matchesAll():
		f.add("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", wordOpen, path)
	}
}
