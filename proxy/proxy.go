// Package proxy is the HTTP side: the server, the route table, decoding of requests, rendering of answers and errors,
// metrics and the access log.
//
// A request is answered from the cache on its raw bytes (hot.go) or goes through the router and the registry
// (cold.go). Both decode it with the same functions and build the same cache key (key.go).
//
// It must not know databases or schema formats.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fasthttp/router"
	"github.com/rs/zerolog"
	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/cache"
	"schemaside/resolver"
)

// readBuffer bounds the request line and headers together: a subject of 2 KiB, every byte of it percent-encoded,
// fits.
const readBuffer = 8 << 10

// Options tell a Proxy what to serve and how. The zero value of a field means "none" or "no limit" unless told
// otherwise.
type Options struct {
	Registry backend.Registry
	// Cache keeps answers; nil asks the registry every time.
	Cache *cache.Cache
	Rules *resolver.Rules
	// ContextHeader is the header that names a context; empty: none does.
	ContextHeader string
	Log           zerolog.Logger
	Access        AccessLog
	// Metrics may be shared with whoever calls ObserveStorage; nil makes one of its own.
	Metrics *Metrics
	// BodyLimit bounds a request body in bytes; 10 MiB when 0.
	BodyLimit int
	// ReadTimeout bounds the reading of a request, WriteTimeout the writing of an answer, IdleTimeout the wait for the
	// next request of a connection.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// MaxConnections bounds the connections of all listeners together, those of ServeAdmin apart. One more gets 503.
	MaxConnections int
	// Version and Commit are shown in the metrics.
	Version, Commit string
	// OpenAPI is served at /openapi.yaml and DocsPage, which is HTML, at /docs, to everyone; empty: not at all.
	OpenAPI, DocsPage string
	// Now tells the time; the server's own clock when nil.
	Now func() time.Time
}

// Listener is an address that requests come in at.
type Listener struct {
	// Context ties every request to a context; empty: an open listener.
	Context string
	// TrustHeader lets the context header bind rather than select. Requests that nothing binds are refused.
	TrustHeader bool
	// Admin serves health and metrics beside the registry, to open requests only.
	Admin bool
}

// Proxy serves a registry over HTTP.
type Proxy struct {
	o       Options
	router  *router.Router
	hot     hotRoutes
	calls   sync.Pool
	made    atomic.Uint32
	health  health
	metrics *Metrics
	names   headerNames
	sampled atomic.Uint32
	// gate is nil without a limit.
	gate       *gate
	turnedAway gate
	unzippers  sync.Pool
	pages      map[string]page
	// closing asks the clients of every connection to close it.
	closing atomic.Bool

	mu        sync.Mutex
	servers   []*fasthttp.Server
	listeners []net.Listener
}

// New returns a Proxy.
func New(o Options) *Proxy {
	if o.BodyLimit == 0 {
		o.BodyLimit = 10 << 20
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(100)
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	table := routes(o.Version, o.Commit)
	p := &Proxy{o: o, router: newRouter(table), hot: newHotRoutes(table), metrics: o.Metrics, names: newHeaderNames(o.ContextHeader), pages: newPages(&o)}
	p.health = health{ping: o.Registry.Ping, now: now}
	p.turnedAway.limit = maxTurnedAway
	if o.MaxConnections > 0 {
		p.gate = &gate{limit: int64(o.MaxConnections)}
	}
	p.metrics.describe(o.Version, o.Commit)
	if o.Cache != nil {
		p.metrics.watchCache(o.Cache)
	}
	return p
}

// Handler returns the whole handler of a listener.
func (p *Proxy) Handler(l Listener) fasthttp.RequestHandler {
	at := p.newEntrance(l)
	return func(ctx *fasthttp.RequestCtx) { p.serve(ctx, at) }
}

// Serve serves a listener until Drain. It returns nil after Drain.
func (p *Proxy) Serve(ln net.Listener, l Listener) error {
	// A database that is lost before the first probe has answered all the same.
	go p.health.check()
	return p.serveWith(ln, p.Handler(l), p.gate)
}

// ServeAdmin serves nothing but health and metrics until Drain. It returns nil after Drain.
func (p *Proxy) ServeAdmin(ln net.Listener) error {
	return p.serveWith(ln, p.adminHandler(), nil)
}

func (p *Proxy) serveWith(ln net.Listener, h fasthttp.RequestHandler, g *gate) error {
	s := &fasthttp.Server{
		Handler:            h,
		ErrorHandler:       p.refuseUnreadable,
		ReadBufferSize:     readBuffer,
		MaxRequestBodySize: p.o.BodyLimit,
		// The server counts a connection a little longer than the gate, and would refuse without JSON.
		Concurrency:                  max(fasthttp.DefaultConcurrency, 2*p.o.MaxConnections),
		CloseOnShutdown:              true,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		Logger:                       serverLog{p.o.Log},
	}
	clock, stopClock := startClock()
	defer stopClock()
	p.mu.Lock()
	ln = &onceListener{Listener: &patientListener{
		Listener: ln, clock: clock, patience: patience{read: p.o.ReadTimeout, write: p.o.WriteTimeout, idle: p.o.IdleTimeout}, gate: g, turnAway: p.turnAway,
	}}
	p.servers, p.listeners = append(p.servers, s), append(p.listeners, ln)
	if p.closing.Load() {
		_ = ln.Close()
	}
	p.mu.Unlock()
	if err := s.Serve(ln); err != nil && !p.closing.Load() {
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	}
	return nil
}

// Drain takes the proxy out of service: readiness goes down at once; after delay (or when ctx ends) listeners are
// closed, connections are asked to close, and requests under way are waited for until ctx ends.
// Errors: that of ctx when requests were still under way.
func (p *Proxy) Drain(ctx context.Context, delay time.Duration) error {
	p.health.drain()
	wait := time.NewTimer(delay)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
	p.mu.Lock()
	p.closing.Store(true)
	servers := p.servers
	for _, ln := range p.listeners {
		// A server that has only just been handed its listener doesn't know it yet.
		_ = ln.Close()
	}
	p.mu.Unlock()
	errs := make([]error, len(servers))
	var all sync.WaitGroup
	for i, s := range servers {
		all.Go(func() { errs[i] = s.ShutdownWithContext(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// onceListener may be closed by the proxy and by its server.
type onceListener struct {
	net.Listener
	once sync.Once
	err  error
}

func (l *onceListener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// serverLog hands the server's own lines to zerolog.
type serverLog struct{ log zerolog.Logger }

func (l serverLog) Printf(format string, args ...any) {
	l.log.Warn().Msgf("http server: "+strings.TrimSuffix(format, "\n"), args...)
}
