// Package testserver starts a whole registry inside a test: proxy, cache, rules and a store, on loopback.
package testserver

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"schemaside/backend/registry"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/cache"
	"schemaside/docs"
	"schemaside/proxy"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/memory"
)

// ContextHeader is the header that names a context.
const ContextHeader = "X-Schemaside-Context"

// Options tell how the registry differs from a default one.
type Options struct {
	// Store is what Open opens when nil.
	Store storage.Store
	// Open opens a store for the registry alone; a memory store when nil.
	Open func(t testing.TB) storage.Store
	// NoCache answers every request from the store.
	NoCache bool
	// BoundContext is the context of the listener at Server.TenantURL; `.tenant` when empty.
	BoundContext string
	// Registry has its Languages and SplitName filled in. Its Deadline bounds the cache's calls, too.
	Registry registry.Options
}

// Server is a registry that runs until the test ends.
type Server struct {
	// URL is the open view; BoundURL's requests are tied to the context that their header names; TenantURL's to one
	// context.
	URL, BoundURL, TenantURL string
	Proxy                    *proxy.Proxy
	Cache                    *cache.Cache
	Store                    storage.Store
}

// Start starts a registry.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	switch {
	case o.Store != nil:
	case o.Open != nil:
		o.Store = o.Open(t)
	default:
		o.Store = memory.New()
	}
	if o.BoundContext == "" {
		o.BoundContext = ".tenant"
	}
	c := cache.New(cache.Options{
		Disabled: o.NoCache, MaxBytes: 64 << 20, MaxContexts: 4, Freshness: time.Second,
		StaleIfError: time.Minute, FillTimeout: o.Registry.Deadline, Heads: o.Store.Heads,
	})
	t.Cleanup(c.Close)
	rules, err := resolver.NewRules(resolver.RulesOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o.Registry.Languages = []schema.Language{avro.Language{}, protobuf.Language{}, jsonschema.Language{}}
	o.Registry.SplitName = resolver.SplitName
	o.Registry.Learn = c.Learn
	o.Registry.Isolated = append(o.Registry.Isolated, o.BoundContext)
	p := proxy.New(proxy.Options{
		OpenAPI: docs.OpenAPI, DocsPage: docs.Page,
		Registry: registry.New(o.Store, o.Registry), Cache: c, Rules: rules, ContextHeader: ContextHeader, Log: zerolog.Nop(),
		Version: "test", Commit: "test",
	})
	s := &Server{Proxy: p, Cache: c, Store: o.Store}
	s.URL = s.listen(t, proxy.Listener{Admin: true})
	s.BoundURL = s.listen(t, proxy.Listener{TrustHeader: true})
	s.TenantURL = s.listen(t, proxy.Listener{Context: o.BoundContext})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := p.Drain(ctx, 0); err != nil {
			t.Errorf("drain: %v", err)
		}
	})
	return s
}

func (s *Server) listen(t testing.TB, l proxy.Listener) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if err := s.Proxy.Serve(ln, l); err != nil {
			t.Errorf("serve: %v", err)
		}
	}()
	return "http://" + ln.Addr().String()
}
