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
	// next is the name to be listed next, written; pull reads on, stop lets go. They are set once the lane is open.
	subject, next string
	pull          func() (string, error, bool)
	stop          func()
}

// InOrder yields the subjects of contexts in the order of their names as the open view writes them: `:.a-b:x` comes before
// `:.a:x`, and names of the default context, which are written plain, come between those of others and after them.
//
// open returns the subjects of a context, in order. It is called when the next name may be one of the context's: who stops
// early spares the reads of the rest. An error is yielded once, as the last thing.
func InOrder(contexts []string, open func(registryCtx string) iter.Seq2[string, error]) iter.Seq2[Name, error] {
	return func(yield func(Name, error) bool) {
		waiting := lanesOf(contexts)
		var reading []*lane
		defer func() {
			for _, l := range reading {
				l.stop()
			}
		}()
		for {
			for len(waiting) > 0 && (len(reading) == 0 || waiting[0].start <= first(reading).next) {
				l := waiting[0]
				waiting = waiting[1:]
				l.pull, l.stop = iter.Pull2(open(l.registryCtx))
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
	subject, err, more := l.pull()
	if more && err == nil {
		l.subject, l.next = subject, l.start+subject
		return reading, nil
	}
	if err != nil {
		return reading, err
	}
	return slices.DeleteFunc(reading, func(other *lane) bool { return other == l }), nil
}
