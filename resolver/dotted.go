package resolver

import (
	"maps"
	"sync"
	"sync/atomic"
)

// How many names a dotted remembers, and how long they may be: callers choose the names.
const (
	maxDotted    = 1024
	maxDottedLen = 255
)

// dotted puts the dot in front of names of contexts, in memory of its own. It remembers the first names that it saw, so
// that a request which names one of them costs nothing. Readers never wait.
type dotted struct {
	known atomic.Pointer[map[string]string]
	learn sync.Mutex
}

func (d *dotted) withDot(bare string) string {
	if known := d.known.Load(); known != nil {
		if name, ok := (*known)[bare]; ok {
			return name
		}
	}
	name := "." + bare
	if len(bare) > maxDottedLen {
		return name
	}
	d.learn.Lock()
	defer d.learn.Unlock()
	next := map[string]string{}
	if known := d.known.Load(); known != nil {
		if len(*known) >= maxDotted {
			return name
		}
		next = maps.Clone(*known)
	}
	next[name[1:]] = name
	d.known.Store(&next)
	return name
}
