package proxy

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
	"schemaside/resolver"
)

const (
	pathLive    = "/health/live"
	pathReady   = "/health/ready"
	pathMetrics = "/metrics"
)

const (
	// pingEvery bounds how often health checks ask the database.
	pingEvery = time.Second
	// pingTimeout bounds how long they wait for it.
	pingTimeout = 2 * time.Second
)

// readiness is what the ready page says.
type readiness string

const (
	starting readiness = "starting"
	ready    readiness = "ready"
	degraded readiness = "degraded"
	draining readiness = "draining"
)

// health knows whether requests should be sent here. Once the database has answered, a lost one only degrades: what
// is in memory goes on being served.
type health struct {
	ping func(ctx context.Context) error
	now  func() time.Time

	mu       sync.Mutex
	answered bool
	away     bool
	checked  time.Time
	draining bool
}

func (h *health) drain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
}

// check asks the database, not more often than pingEvery.
func (h *health) check() readiness {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return draining
	}
	if now := h.now(); h.checked.IsZero() || now.Sub(h.checked) >= pingEvery {
		ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
		h.away = h.ping(ctx) != nil
		cancel()
		h.answered = h.answered || !h.away
		h.checked = now
	}
	switch {
	case !h.answered:
		return starting
	case h.away:
		return degraded
	default:
		return ready
	}
}

// answer writes the ready page: 200 unless requests should go elsewhere.
func (h *health) answer(ctx *fasthttp.RequestCtx) {
	state := h.check()
	status := fasthttp.StatusOK
	if state == starting || state == draining {
		status = fasthttp.StatusServiceUnavailable
	}
	writeState(ctx, status, state)
}

func writeState(ctx *fasthttp.RequestCtx, status int, state readiness) {
	o := open(nil)
	o.text("status", string(state))
	ctx.Response.SetStatusCode(status)
	ctx.Response.Header.SetContentType(mediaName(mediaJSON))
	ctx.Response.SetBody(o.close())
}

// sight is which of the admin routes exist for a request.
type sight uint8

const (
	seesNothing sight = iota
	// seesHealth doesn't see metrics: they name contexts.
	seesHealth
	seesAll
)

// sees tells which admin routes exist for this request, by the door that it came in through, or the error in place of one.
// Whoever is bound, or should be, sees none. A host that isn't listed, such as the address that a probe knows, sees health.
func (c *call) sees(err error) sight {
	switch l := c.at; {
	case !l.Admin, l.Context != "", l.TrustHeader:
		return seesNothing
	case errors.Is(err, resolver.ErrMisdirected):
		return seesHealth
	case err != nil, c.door.View.IsBound():
		return seesNothing
	default:
		return seesAll
	}
}

// shows tells whether an admin route is seen.
func (s sight) shows(path string) bool { return s == seesAll || s == seesHealth && path != pathMetrics }

func isAdmin(path string) bool { return path == pathLive || path == pathReady || path == pathMetrics }

func (p *Proxy) answerAdmin(ctx *fasthttp.RequestCtx, path string) {
	switch path {
	case pathLive:
		writeState(ctx, fasthttp.StatusOK, "live")
	case pathReady:
		p.health.answer(ctx)
	case pathMetrics:
		p.metrics.answer(ctx)
	}
}

// adminHandler returns the handler of the admin listener.
func (p *Proxy) adminHandler() fasthttp.RequestHandler {
	at := &entrance{Listener: Listener{Admin: true}}
	return func(ctx *fasthttp.RequestCtx) { p.serveAdmin(ctx, at) }
}

// serveAdmin is what the admin listener does: it has no bindings, and nothing but health and metrics.
func (p *Proxy) serveAdmin(ctx *fasthttp.RequestCtx, at *entrance) {
	c := p.begin(ctx, at)
	c.spread()
	defer c.end()
	c.identify()
	if !isAdmin(routePath(c.path)) {
		c.fail(wire.NotFound())
		return
	}
	r, err := p.find(ctx, c.path, seesAll)
	if err != nil {
		c.fail(err)
		return
	}
	c.route = r
	p.answerAdmin(ctx, r.template)
}
