package proxy

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/valyala/fasthttp"

	"schemaside/cache"
)

const (
	// numShortcuts is how many request lines a listener remembers, and longestShortcut how long one may be: together with what
	// they came to mean that is 4 MiB at most.
	numShortcuts    = 1 << 12
	longestShortcut = 256
	// shortcutStays is how long a remembered request line is left in its place when another one claims it: making one allocates.
	shortcutStays = time.Second
)

// shortcut is what a request line came to mean: all that lies between its bytes and the cache, which is most of what a hit
// costs. It says nothing about the answer, so it never gets old.
type shortcut struct {
	target  string
	route   *route
	context string
	key     cache.Key
	hits    *metrics.Counter
	made    time.Time
}

// shortcuts remember the hot request lines of a listener. A line comes to mean the same again if nothing but the line and the
// listener decide: no header that names a context, and no binding by Host.
type shortcuts struct {
	seed   maphash.Seed
	places [numShortcuts]atomic.Pointer[shortcut]
}

func (s *shortcuts) place(target []byte) *atomic.Pointer[shortcut] {
	return &s.places[maphash.Bytes(s.seed, target)%numShortcuts]
}

// entrance is a listener with what it remembers.
type entrance struct {
	Listener
	// short is nil where request lines don't tell enough.
	short *shortcuts
}

func (p *Proxy) newEntrance(l Listener) *entrance {
	e := &entrance{Listener: l}
	if p.o.Cache != nil && !p.o.Rules.ByHost() {
		e.short = &shortcuts{seed: maphash.MakeSeed()}
	}
	return e
}

// short tells whether a request is one that shortcuts are for.
func (c *call) isShort() bool {
	return c.at.short != nil && c.headers.context.times == 0 && c.headers.cacheControl.times == 0 &&
		string(c.ctx.Method()) == fasthttp.MethodGet
}

// answerShort answers from the cache if the request line is remembered, and tells whether it did.
func (c *call) answerShort() bool {
	if !c.isShort() {
		return false
	}
	s := c.at.short.place(c.target).Load()
	if s == nil || s.target != string(c.target) {
		return false
	}
	c.route = s.route
	if c.negotiate() != nil {
		return false
	}
	hit := c.p.o.Cache.Get(&s.key, c.start)
	if hit == nil || hit.Status != fasthttp.StatusOK {
		return false
	}
	c.short = s
	c.writeKept(&s.key, hit)
	return true
}

// remember keeps what the request line of a hit came to mean.
func (c *call) remember(key *cache.Key, status int) {
	if !c.isShort() || status != fasthttp.StatusOK || len(c.target) > longestShortcut {
		return
	}
	place := c.at.short.place(c.target)
	if old := place.Load(); old != nil && c.start.Sub(old.made) < shortcutStays {
		return
	}
	m := c.p.metrics
	registryCtx := strings.Clone(c.question.context())
	place.Store(&shortcut{
		target:  string(c.target),
		route:   c.route,
		context: registryCtx,
		key:     key.Clone(),
		hits:    m.counter(m.context(registryCtx, c.route.proves), c.route.index, c.ctx.Method(), status),
		made:    c.start,
	})
}
