package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"schemaside/backend/registry"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/cache"
	"schemaside/config"
	"schemaside/docs"
	"schemaside/proxy"
	"schemaside/resolver"
	"schemaside/storage"
)

// serve runs a registry until ctx ends, then drains it.
func serve(ctx context.Context, cfg config.Config, stderr io.Writer) error {
	doors, err := newDoors(cfg)
	if err != nil {
		return &usageError{err}
	}
	log := newLog(cfg.Log, stderr)
	fetch, hangUp, err := newFetch(cfg.Schema.RemoteReferences, log)
	if err != nil {
		return &usageError{err}
	}
	defer hangUp()
	warnOfDoors(log, doors)
	metrics := proxy.NewMetrics(cfg.Metrics.Contexts)
	opened, err := openStore(ctx, cfg.Storage)
	if err != nil {
		return err
	}
	store := storage.Observe(opened, metrics.ObserveStorage)
	defer store.Close() //nolint:errcheck // nothing can be done about it any more
	answers := newCache(cfg, store)
	defer answers.Close()
	takeHints(opened, answers)
	p := newProxy(cfg, doors, store, answers, fetch, metrics, log)

	open, err := listen(ctx, cfg, doors.listeners)
	if err != nil {
		return err
	}
	logStart(log, open, cfg.Storage.Driver)
	failed := make(chan error, len(open))
	for _, o := range open {
		go func() { failed <- o.serve(p) }()
	}
	select {
	case err := <-failed:
		return errors.Join(err, drain(ctx, p, config.Drain{Timeout: cfg.Drain.Timeout}, log))
	case <-ctx.Done():
		return drain(ctx, p, cfg.Drain, log)
	}
}

func newCache(cfg config.Config, store storage.Store) *cache.Cache {
	return cache.New(cache.Options{
		Disabled:     !cfg.Cache.Enabled,
		MaxBytes:     int64(cfg.Cache.MaxBytes),
		MaxContexts:  cfg.Cache.MaxContexts,
		Freshness:    cfg.Cache.Freshness,
		StaleIfError: cfg.Cache.StaleIfError,
		FillTimeout:  cfg.Storage.Deadline,
		Heads:        store.Heads,
	})
}

func newProxy(cfg config.Config, d doors, store storage.Store, answers *cache.Cache, fetch schema.Fetch, metrics *proxy.Metrics, log zerolog.Logger) *proxy.Proxy {
	built := readBuild()
	return proxy.New(proxy.Options{
		Registry: registry.New(store, registry.Options{
			Languages:          []schema.Language{avro.Language{}, protobuf.Language{}, jsonschema.Language{}},
			SplitName:          resolver.SplitName,
			Compatibility:      cfg.Registry.Compatibility,
			ModeImmutable:      !cfg.Registry.ModeMutability,
			RejectEmptySubject: cfg.Registry.RejectEmptySubject,
			StrictReferences:   cfg.Registry.StrictReferenceVersions,
			ValidateFields:     cfg.Registry.ValidateFields,
			DropRuleSets:       cfg.Registry.RuleSets == config.RuleSetsDrop,
			NoFallback:         !cfg.Resolver.Fallback,
			Isolated:           d.isolated,
			Limits:             schema.Limits{Depth: cfg.Schema.MaxDepth, Elements: cfg.Schema.MaxElements, Steps: cfg.Schema.MaxSteps},
			MaxReferences:      cfg.Schema.MaxReferences,
			Fetch:              fetch,
			Learn:              answers.Learn,
			Deadline:           cfg.Storage.Deadline,
		}),
		Cache:          answers,
		Rules:          d.rules,
		ContextHeader:  string(cfg.Resolver.ContextHeader),
		Log:            log,
		Access:         proxy.AccessLog{On: cfg.Log.Access.Every > 0, Sample: uint32(cfg.Log.Access.Every)}, //nolint:gosec // config bounds it
		Metrics:        metrics,
		BodyLimit:      int(cfg.Limits.Body),
		ReadTimeout:    cfg.Limits.ReadTimeout,
		WriteTimeout:   cfg.Limits.WriteTimeout,
		IdleTimeout:    cfg.Limits.IdleTimeout,
		MaxConnections: cfg.Limits.Connections,
		Version:        built.version,
		Commit:         built.commit,
		OpenAPI:        docs.OpenAPI,
		DocsPage:       docs.Page,
	})
}

// doors are the ways in, and the contexts that they tie to.
type doors struct {
	rules     *resolver.Rules
	listeners []proxy.Listener
	// isolated are all contexts that are shut off from others; one that ends in `*` is a prefix.
	isolated []string
	// leaky are the doors that tie to contexts which nobody has shut off: they are known only when a request comes.
	leaky []string
}

// newDoors checks every name of a context in the configuration. The error names its key and its value.
func newDoors(cfg config.Config) (doors, error) {
	rules, err := resolver.NewRules(resolver.RulesOptions{Hosts: cfg.Resolver.Hosts})
	if err != nil {
		return doors{}, fmt.Errorf("resolver.hosts: %w", err)
	}
	d := doors{rules: rules}
	isolated := map[string]bool{}
	patterns := false
	for i, name := range cfg.Contexts.Isolated {
		bound, err := isolatedName(name)
		if err != nil {
			return doors{}, contextError(fmt.Sprintf("contexts.isolated[%d]", i), name, err)
		}
		isolated[bound] = true
		patterns = patterns || strings.HasSuffix(bound, anyRest)
	}
	for _, name := range cfg.Resolver.Hosts {
		// What a pattern ties to is known when a request comes; NewRules has checked the rest.
		if bound, err := resolver.BindingName(name); err == nil && name != hostPattern {
			isolated[bound] = true
		}
	}
	for i, l := range cfg.Listeners {
		door := proxy.Listener{TrustHeader: l.Header == config.HeaderBind, Admin: cfg.Admin.Listen == "" && servesHealth(l)}
		if l.Context != "" {
			if door.Context, err = resolver.BindingName(l.Context); err != nil {
				return doors{}, contextError(fmt.Sprintf("listeners[%d].context", i), l.Context, err)
			}
			isolated[door.Context] = true
		}
		d.listeners = append(d.listeners, door)
	}
	d.isolated = slices.Sorted(maps.Keys(isolated))
	if !patterns {
		d.leaky = lateDoors(cfg)
	}
	return d, nil
}

// anyRest ends a pattern of contexts.isolated.
const anyRest = "*"

// isolatedName returns the context, or the beginning of contexts and anyRest, that contexts.isolated names. `.*` is every
// context but the default one.
func isolatedName(text string) (string, error) {
	prefix, pattern := strings.CutSuffix(text, anyRest)
	switch {
	case !pattern:
		return resolver.BindingName(text)
	case prefix == "", prefix == resolver.DefaultContext:
		return resolver.DefaultContext + anyRest, nil
	}
	bound, err := resolver.BindingName(prefix)
	return bound + anyRest, err
}

// lateDoors names the doors that tie to a context which only the request names.
func lateDoors(cfg config.Config) []string {
	var late []string
	for _, host := range slices.Sorted(maps.Keys(cfg.Resolver.Hosts)) {
		if strings.Contains(strings.ToLower(host), hostPattern) {
			late = append(late, "host "+host)
		}
	}
	for _, l := range cfg.Listeners {
		// Where hosts are listed, the host ties whatever the header says.
		if l.Header == config.HeaderBind && l.Context == "" && len(cfg.Resolver.Hosts) == 0 {
			late = append(late, "listener "+string(l.Address))
		}
	}
	return late
}

// warnOfDoors tells which doors tie to contexts that are not shut off from others.
func warnOfDoors(log zerolog.Logger, d doors) {
	for _, door := range d.leaky {
		log.Warn().Str("door", door).Msg("contexts that this door ties to are isolated only if contexts.isolated names them: " +
			"a pattern there, such as .team-* or .*, names those that nobody knows yet")
	}
}

// hostPattern is the value of a host pattern in resolver.hosts.
const hostPattern = "{context}"

func contextError(key, name string, err error) error {
	return fmt.Errorf("%s: %q: want the name of a context, such as .orders: %w", key, name, err)
}

// openListener is a listener that takes connections already.
type openListener struct {
	ln    net.Listener
	door  proxy.Listener
	admin bool
}

func (o openListener) serve(p *proxy.Proxy) error {
	var err error
	if o.admin {
		err = p.ServeAdmin(o.ln)
	} else {
		err = p.Serve(o.ln, o.door)
	}
	if err != nil {
		return fmt.Errorf("serve %s: %w", o.ln.Addr(), err)
	}
	return nil
}

// listen opens all listeners or none.
func listen(ctx context.Context, cfg config.Config, listeners []proxy.Listener) ([]openListener, error) {
	var open []openListener
	add := func(key string, address config.Address, o openListener) error {
		var err error
		if o.ln, err = new(net.ListenConfig).Listen(ctx, "tcp", string(address)); err != nil {
			for _, earlier := range open {
				err = errors.Join(err, earlier.ln.Close())
			}
			return fmt.Errorf("%s: %q: %w", key, address, err)
		}
		open = append(open, o)
		return nil
	}
	if cfg.Admin.Listen != "" {
		if err := add("admin.listen", cfg.Admin.Listen, openListener{admin: true}); err != nil {
			return nil, err
		}
	}
	for i, door := range listeners {
		if err := add("listen", cfg.Listeners[i].Address, openListener{door: door}); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// logStart tells where the registry listens and where it keeps its schemas.
func logStart(log zerolog.Logger, open []openListener, driver string) {
	addresses := zerolog.Arr()
	for _, o := range open {
		address := o.ln.Addr().String()
		switch {
		case o.admin:
			log = log.With().Str("admin", address).Logger()
		case o.door.Context != "":
			addresses.Str(address + " tied to " + o.door.Context)
		case o.door.TrustHeader:
			addresses.Str(address + " tied by header")
		default:
			addresses.Str(address)
		}
	}
	log.Info().Str("storage", driver).Array("listen", addresses).Msg("serving")
}

// drain takes the registry out of service. Requests that take longer than they may are cut off, which is logged.
func drain(ctx context.Context, p *proxy.Proxy, d config.Drain, log zerolog.Logger) error {
	log.Info().Stringer("delay", d.Delay).Stringer("timeout", d.Timeout).Msg("draining")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Delay+d.Timeout)
	defer cancel()
	start := time.Now()
	if err := p.Drain(ctx, d.Delay); errors.Is(err, context.DeadlineExceeded) {
		log.Warn().Msg("requests were still under way when drain.timeout had passed")
	} else if err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	log.Info().Dur("took", time.Since(start)).Msg("stopped")
	return nil
}

func newLog(cfg config.Log, w io.Writer) zerolog.Logger {
	if cfg.Format == "console" {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.RFC3339}
	}
	level, err := zerolog.ParseLevel(cfg.Level)
	if err != nil {
		level = zerolog.InfoLevel
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}
