package jsonschema

// bounds is a pair of keywords that limit from below or above, with the words of its differences.
type bounds struct {
	keyword string
	prefix  string
	// upper limits from above: less is narrower.
	upper bool
}

// compare reports a limit that appears or becomes narrower.
func (b bounds) compare(f *findings, older, newer limit) {
	if newer == "" || older == newer {
		return
	}
	if older == "" {
		f.add(difference(b.prefix+"_ADDED"), wordKeyword, b.keyword)
		return
	}
	switch o, n := float(older), float(newer); {
	case b.upper && n < o:
		f.add(difference(b.prefix+"_DECREASED"), wordLess, b.keyword)
	case !b.upper && n > o:
		f.add(difference(b.prefix+"_INCREASED"), wordMore, b.keyword)
	}
}

// stringKeywords compares the keywords of strings; format is ignored.
func stringKeywords(f *findings, older, newer *stringBody) {
	bounds{"maxLength", "MAX_LENGTH", true}.compare(f, older.maximum, newer.maximum)
	bounds{"minLength", "MIN_LENGTH", false}.compare(f, older.minimum, newer.minimum)
	switch {
	case newer.pattern == nil:
	case older.pattern == nil:
		f.add("PATTERN_ADDED", wordKeyword, "pattern")
	case *older.pattern != *newer.pattern:
		f.add("PATTERN_CHANGED", wordDifferent, "pattern")
	}
}

// numberKeywords compares the keywords of numbers. A lowered exclusiveMaximum is compared with the older one: the reference
// server takes the newer maximum there, and fails without one.
func numberKeywords(f *findings, older, newer *numberBody) {
	bounds{"maximum", "MAXIMUM", true}.compare(f, older.maximum, newer.maximum)
	bounds{"minimum", "MINIMUM", false}.compare(f, older.minimum, newer.minimum)
	bounds{"exclusiveMaximum", "EXCLUSIVE_MAXIMUM", true}.compare(f, older.exclusiveMaximum, newer.exclusiveMaximum)
	bounds{"exclusiveMinimum", "EXCLUSIVE_MINIMUM", false}.compare(f, older.exclusiveMinimum, newer.exclusiveMinimum)
	multiples(f, older.multipleOf, newer.multipleOf)
	if newer.integer && !older.integer {
		f.add("TYPE_NARROWED", wordType, "")
	}
}

func multiples(f *findings, older, newer limit) {
	switch {
	case newer == "", older == newer:
	case older == "":
		f.add("MULTIPLE_OF_ADDED", wordKeyword, "multipleOf")
	case isMultiple(newer, older):
		if !isMultiple(older, newer) {
			f.add("MULTIPLE_OF_EXPANDED", wordMore, "multipleOf")
		}
	case !isMultiple(older, newer):
		f.add("MULTIPLE_OF_CHANGED", wordDifferent, "multipleOf")
	}
}
