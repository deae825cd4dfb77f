package avro

import (
	"slices"
	"strings"

	"schemaside/backend/schema"
)

// Limits of one comparison. Types that refer to each other in circles of different lengths make pairs without end
// in sight; no real schema comes near.
const (
	checkBudget = 2_000_000
	checkDepth  = 10_000
	// bigUnion is the number of branches beyond which only those that may fit are visited.
	bigUnion = 256
)

// check walks reader and writer and tells each difference. What makes the walk impossible is told alone.
func check(reader, writer *typ, o schema.CheckOptions) []string {
	w := &walk{memo: map[pair]*outcome{}, budget: checkBudget, indexes: map[*typ]unionIndex{}, logical: o.Logical}
	found := w.visit(reader, writer, nil)
	if w.failure != "" {
		return []string{"Unexpected exception during compatibility check: " + w.failure}
	}
	return messages(found, o.ReaderIsNew)
}

// walk is one comparison. Each pair of types is compared once.
type walk struct {
	memo    map[pair]*outcome
	budget  int
	depth   int
	failure string
	// indexes are of big unions.
	indexes map[*typ]unionIndex
	// logical is set when logical types count.
	logical bool
}

// outcome is what was found about a pair: differences and outcomes of pairs inside, in order. Empty is compatible,
// and so is nil, the outcome of a pair that is still being compared. A finished one is handed out as it is, so
// its differences keep the paths of the first visit.
type outcome struct{ parts []part }

// part is a difference, or else what was found inside.
type part struct {
	difference *difference
	inside     *outcome
}

func (o *outcome) compatible() bool { return o == nil || len(o.parts) == 0 }

func (o *outcome) add(inside *outcome) {
	if !inside.compatible() {
		o.parts = append(o.parts, part{inside: inside})
	}
}

func (o *outcome) report(d difference) { o.parts = append(o.parts, part{difference: &d}) }

// step is a place: the way to it from the root, last step first. The root itself is nil.
type step struct {
	name  string
	index int // of a step without name
	outer *step
}

func (s *step) to(name string) *step { return &step{name: name, outer: s} }

func (s *step) at(index int) *step { return &step{index: index, outer: s} }

func (s *step) String() string {
	var names []string
	for ; s != nil; s = s.outer {
		if s.name == "" {
			names = append(names, itoa(s.index))
			continue
		}
		names = append(names, s.name)
	}
	slices.Reverse(names)
	return "/" + strings.Join(names, "/")
}

func (w *walk) visit(reader, writer *typ, at *step) *outcome {
	if w.samePrimitive(reader, writer) {
		return nil
	}
	key := pair{reader, writer}
	if known, visited := w.memo[key]; visited {
		return known
	}
	if !w.spend(1) || w.depth >= checkDepth {
		w.fail(tooLarge)
		return nil
	}
	w.memo[key] = nil
	w.depth++
	found := w.compare(reader, writer, at)
	w.depth--
	w.memo[key] = found
	return found
}

func (w *walk) samePrimitive(reader, writer *typ) bool {
	return reader.kind == writer.kind && reader.kind.primitive() && w.sameLogical(reader, writer)
}

// sameLogical tells whether logical types don't count or are the same.
func (w *walk) sameLogical(reader, writer *typ) bool {
	return !w.logical || reader.logicalName() == writer.logicalName()
}

// aliasesPerStep is how many aliases are compared in the time of a step.
const aliasesPerStep = 32

const tooLarge = "the schemas are too large to be compared"

// spend is false when the comparison has failed or may not go on.
func (w *walk) spend(work int) bool {
	w.budget -= work
	if w.budget <= 0 {
		w.fail(tooLarge)
	}
	return w.failure == ""
}

func (w *walk) fail(text string) {
	if w.failure == "" {
		w.failure = text
	}
}

func (w *walk) compare(reader, writer *typ, at *step) *outcome {
	found := &outcome{}
	switch {
	case reader.kind == kindUnion && writer.kind == kindUnion:
		w.compareUnions(found, reader, writer, at)
	case reader.kind == writer.kind:
		w.compareSame(found, reader, writer, at)
	case writer.kind == kindUnion:
		if !w.spend(len(writer.branches)) {
			return nil
		}
		for i, b := range writer.branches {
			found.add(w.visit(reader, b, at.at(i)))
		}
	case promotes(writer.kind, reader.kind):
	case reader.kind == kindUnion:
		if !w.fitsBranch(reader, writer) {
			found.report(difference{is: missingUnionBranch, at: at, reader: reader, writer: writer})
		}
	default:
		found.report(difference{is: typeMismatch, at: at, reader: reader, writer: writer})
		return found
	}
	if reader.kind != kindUnion && writer.kind != kindUnion && !w.sameLogical(reader, writer) {
		found.report(difference{is: logicalMismatch, at: at, reader: reader, writer: writer})
	}
	return found
}

// compareUnions asks for each branch whether the reader can read it. Places of what is found inside begin at the
// union, and what is found is told as one difference.
func (w *walk) compareUnions(found *outcome, reader, writer *typ, at *step) {
	if !w.spend(len(writer.branches)) {
		return
	}
	for i, b := range writer.branches {
		if !w.visit(reader, b, nil).compatible() {
			found.report(difference{is: missingUnionBranch, at: at.at(i), reader: reader, writer: b})
		}
	}
}

// promotes tells whether a reader may read another primitive type than what was written.
func promotes(writer, reader kind) bool {
	switch reader {
	case kindLong:
		return writer == kindInt
	case kindFloat:
		return writer == kindInt || writer == kindLong
	case kindDouble:
		return writer == kindInt || writer == kindLong || writer == kindFloat
	case kindBytes:
		return writer == kindString
	case kindString:
		return writer == kindBytes
	}
	return false
}

// fitsBranch tells whether a branch of a union can read what isn't a union.
func (w *walk) fitsBranch(union, writer *typ) bool {
	branches := w.candidates(union, writer)
	if !w.spend(len(branches)) {
		return true
	}
	for _, b := range branches {
		if w.visit(b, writer, nil).compatible() {
			return true
		}
	}
	return false
}

// unionIndex finds the branches that may read a type: named ones by the last part of their name and of their
// aliases, and all others.
type unionIndex struct {
	named  map[string][]*typ
	others []*typ
}

// candidates are the branches to try. In a big union those that surely differ are left out.
func (w *walk) candidates(union, writer *typ) []*typ {
	if len(union.branches) <= bigUnion {
		return union.branches
	}
	index, known := w.indexes[union]
	if !known {
		index = indexUnion(union)
		w.indexes[union] = index
	}
	if writer.named() {
		return index.named[writer.name.last]
	}
	return index.others
}

func indexUnion(union *typ) unionIndex {
	index := unionIndex{named: make(map[string][]*typ, len(union.branches))}
	for _, b := range union.branches {
		if !b.named() {
			index.others = append(index.others, b)
			continue
		}
		index.named[b.name.last] = append(index.named[b.name.last], b)
		for _, a := range b.aliases {
			if a.last != b.name.last {
				index.named[a.last] = append(index.named[a.last], b)
			}
		}
	}
	return index
}

// compareSame compares two types of one kind that are no unions.
func (w *walk) compareSame(found *outcome, reader, writer *typ, at *step) {
	if !w.spend(len(reader.aliases) / aliasesPerStep) {
		return
	}
	switch reader.kind {
	case kindArray:
		found.add(w.visit(reader.items, writer.items, at.to("items")))
	case kindMap:
		found.add(w.visit(reader.items, writer.items, at.to("values")))
	case kindFixed:
		compareNames(found, reader, writer, at)
		if reader.size != writer.size {
			found.report(difference{is: fixedSizeMismatch, at: at.to("size"), reader: reader, writer: writer})
		}
	case kindEnum:
		compareNames(found, reader, writer, at)
		w.compareSymbols(found, reader, writer, at)
	case kindRecord:
		compareNames(found, reader, writer, at)
		w.compareFields(found, reader, writer, at.to("fields"))
	}
}

// sameName compares names without namespaces; an alias of the reader must tell the full name.
func sameName(reader, writer *typ) bool {
	return reader.name.last == writer.name.last || reader.hasAlias(writer.name)
}

func compareNames(found *outcome, reader, writer *typ, at *step) {
	if !sameName(reader, writer) {
		found.report(difference{is: nameMismatch, at: at.to("name"), reader: reader, writer: writer})
	}
}

func (w *walk) compareSymbols(found *outcome, reader, writer *typ, at *step) {
	if reader.enumDefault != nil || !w.spend(len(writer.symbols)) {
		return
	}
	if len(missingSymbols(reader, writer)) > 0 {
		found.report(difference{is: missingEnumSymbols, at: at.to("symbols"), reader: reader, writer: writer})
	}
}

// missingSymbols are the writer's symbols that the reader lacks.
func missingSymbols(reader, writer *typ) []string {
	var missing []string
	for _, s := range writer.symbols {
		if _, known := reader.symbolSet[s]; !known {
			missing = append(missing, s)
		}
	}
	return missing
}

func (w *walk) compareFields(found *outcome, reader, writer *typ, at *step) {
	for _, f := range reader.fields {
		if !w.spend(1 + len(f.aliases)) {
			return
		}
		written, several := writerField(f, writer)
		if written != nil && w.samePrimitive(f.typ, written.typ) {
			continue
		}
		here := at.at(f.pos)
		switch {
		case several:
			w.fail("Reader record field " + f.String() + " matches multiple fields in writer record schema " +
				printAlone(writer))
			return
		case written != nil:
			found.add(w.visit(f.typ, written.typ, here.to("type")))
		case f.fallback != nil:
		case f.typ.kind == kindEnum && f.typ.enumDefault != nil:
			// The reference server compares the enum with the record around it here.
			found.add(w.visit(f.typ, writer, here.to("type")))
		default:
			found.report(difference{is: missingDefault, at: here, field: f.name})
		}
	}
}

// writerField is the field of the writer that is called like a field or one of its aliases, nil if there is none.
func writerField(f *field, writer *typ) (found *field, several bool) {
	if place, known := writer.fieldPlaces[f.name]; known {
		found = writer.fields[place]
	}
	for _, alias := range f.aliases {
		place, known := writer.fieldPlaces[alias]
		if !known || alias == f.name {
			continue
		}
		if found != nil {
			return nil, true
		}
		found = writer.fields[place]
	}
	return found, false
}
