package proxy

import (
	"context"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
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

// answerAdmin answers health and metrics, where this listener has them: to a caller who is bound to a context they
// don't exist.
func (c *call) answerAdmin(r *route) error {
	if !c.listener.Admin || c.door.View.IsBound() {
		return wire.NotFound()
	}
	c.route = r
	c.p.answerAdmin(c.ctx, r.template)
	return nil
}

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

// serveAdmin is the handler of the admin listener: it has no bindings, and nothing but health and metrics.
func (p *Proxy) serveAdmin(ctx *fasthttp.RequestCtx) {
	c := p.begin(ctx, Listener{Admin: true})
	defer c.end()
	c.identify()
	if r, err := p.find(ctx, c.path); err == nil && r.admin {
		c.route = r
		p.answerAdmin(ctx, r.template)
		return
	}
	c.fail(wire.NotFound())
}
