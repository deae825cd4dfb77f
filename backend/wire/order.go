package wire

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// lane is one context on its way through a list.
type lane struct {
	registryCtx, start string
	// subject is listed next, and next is how it is written; read reads on. They are set once the lane is open.
	subject, next string
	read          NextSubject
}

// NextSubject returns the next subject of a context in order, and whether there was one.
type NextSubject func() (subject string, more bool, err error)

// InOrder yields the subjects of contexts in the order of their names as the open view writes them: `:.a-b:x` comes before
// `:.a:x`, and names of the default context, which are written plain, come between those of others and after them.
//
// open begins to read a context. It is called when the next name may be one of the context's: who stops early spares the
// reads of the rest. An error is yielded once, as the last thing.
func InOrder(contexts []string, open func(registryCtx string) NextSubject) iter.Seq2[Name, error] {
	return func(yield func(Name, error) bool) {
		waiting := lanesOf(contexts)
		var reading []*lane
		for {
			for len(waiting) > 0 && (len(reading) == 0 || waiting[0].start <= first(reading).next) {
				l := waiting[0]
				waiting = waiting[1:]
				l.read = open(l.registryCtx)
				reading = append(reading, l)
				var err error
				if reading, err = advance(reading, l); err != nil {
					yield(Name{}, err)
					return
				}
			}
			if len(reading) == 0 {
				return
			}
			l := first(reading)
			if !yield(Name{Context: l.registryCtx, Subject: l.subject}, nil) {
				return
			}
			var err error
			if reading, err = advance(reading, l); err != nil {
				yield(Name{}, err)
				return
			}
		}
	}
}

// ContextsInOrder are contexts in the order in which InOrder opens them.
func ContextsInOrder(contexts []string) []string {
	ordered := make([]string, len(contexts))
	for i, l := range lanesOf(contexts) {
		ordered[i] = l.registryCtx
	}
	return ordered
}

// lanesOf are the lanes of contexts, none of them open yet, in the order of their starts.
func lanesOf(contexts []string) []*lane {
	lanes := make([]*lane, len(contexts))
	for i, registryCtx := range contexts {
		lanes[i] = &lane{registryCtx: registryCtx, start: OpenNamer{}.Context(registryCtx)}
	}
	slices.SortFunc(lanes, func(a, b *lane) int { return strings.Compare(a.start, b.start) })
	return lanes
}

// first is the lane whose next name comes first. There are seldom more than two.
func first(reading []*lane) *lane {
	return slices.MinFunc(reading, func(a, b *lane) int { return cmp.Compare(a.next, b.next) })
}

// advance reads the next name of a lane; one without any leaves.
func advance(reading []*lane, l *lane) ([]*lane, error) {
	subject, more, err := l.read()
	if err != nil {
		return reading, err
	}
	if more {
		l.subject, l.next = subject, l.start+subject
		return reading, nil
	}
	// A lane that is through keeps nothing of what it read.
	*l = lane{}
	return slices.DeleteFunc(reading, func(other *lane) bool { return other == l }), nil
}
