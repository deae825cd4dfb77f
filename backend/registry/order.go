package registry

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"schemaside/backend/wire"
	"schemaside/storage"
)

// Lists over several contexts are ordered by the names as the open view writes them: `:.a-b:x` comes before `:.a:x`, and
// names of the default context, which are written plain, come between those of others and after them.

// run is one context on its way through a list: names are those that are read and not listed yet, in order, and start
// is the text that each of them begins with.
type run struct {
	registryCtx, start string
	names              []wire.Name
}

// namesIn yields the subjects of contexts, of those rows that are wanted, in the order of their written texts. A context is
// read only when the next name may be one of its: who stops early spares the reads of the rest.
func (s *session) namesIn(contexts []string, prefix string, wanted func(row storage.Subject) bool) iter.Seq2[wire.Name, error] {
	return func(yield func(wire.Name, error) bool) {
		runs := runsOf(contexts)
		var reading []run
		for i, r := range runs {
			var err error
			if r.names, err = s.wantedNames(r.registryCtx, prefix, wanted); err != nil {
				yield(wire.Name{}, err)
				return
			}
			var due []wire.Name
			reading = append(reading, r)
			if i+1 < len(runs) {
				due, reading = takeBefore(reading, runs[i+1].start)
			} else {
				due, reading = takeAll(reading), nil
			}
			for _, n := range due {
				if !yield(n, nil) {
					return
				}
			}
		}
	}
}

func (s *session) wantedNames(registryCtx, prefix string, wanted func(row storage.Subject) bool) ([]wire.Name, error) {
	rows, err := s.subjects(registryCtx, storage.Scan{Prefix: prefix})
	if err != nil {
		return nil, err
	}
	names := make([]wire.Name, 0, len(rows))
	for _, row := range rows {
		if wanted(row) {
			names = append(names, wire.Name{Context: registryCtx, Subject: row.Name})
		}
	}
	return names, nil
}

// runsOf are the runs of contexts, none of them read yet, in the order of their starts.
func runsOf(contexts []string) []run {
	runs := make([]run, len(contexts))
	for i, registryCtx := range contexts {
		runs[i] = run{registryCtx: registryCtx, start: wire.OpenNamer{}.Context(registryCtx)}
	}
	slices.SortFunc(runs, func(a, b run) int { return strings.Compare(a.start, b.start) })
	return runs
}

// takeBefore takes the names that come before a text out of runs that start before it. What it leaves has names.
func takeBefore(runs []run, text string) (due []wire.Name, left []run) {
	left = runs[:0]
	pieces := make([]run, 0, len(runs))
	for _, r := range runs {
		at := r.before(text)
		pieces = append(pieces, run{names: r.names[:at]})
		if r.names = r.names[at:]; len(r.names) > 0 {
			left = append(left, r)
		}
	}
	return takeAll(pieces), left
}

// before counts the names that come before a text. The run starts before it.
func (r run) before(text string) int {
	rest, inside := strings.CutPrefix(text, r.start)
	if !inside {
		return len(r.names)
	}
	at, _ := slices.BinarySearchFunc(r.names, rest, func(n wire.Name, rest string) int { return cmp.Compare(n.Subject, rest) })
	return at
}

// takeAll are the names of runs in order.
func takeAll(runs []run) []wire.Name {
	runs = slices.DeleteFunc(runs, func(r run) bool { return len(r.names) == 0 })
	if len(runs) == 1 {
		return runs[0].names
	}
	var all []wire.Name
	for _, r := range runs {
		all = append(all, r.names...)
	}
	sortNames(all)
	return all
}

// sortNames orders names by their written texts.
func sortNames(names []wire.Name) {
	var n wire.OpenNamer
	slices.SortStableFunc(names, func(a, b wire.Name) int {
		if a.Context == b.Context {
			return strings.Compare(a.Subject, b.Subject)
		}
		return strings.Compare(n.Subject(a.Context, a.Subject), n.Subject(b.Context, b.Subject))
	})
}
