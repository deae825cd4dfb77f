// Package registry is the registry itself: the rules of identity, versions, compatibility, deletion, config and mode
// over the rows of a storage.Store.
//
// It knows the rules of the REST API (spec/rest-api.md, cited as "spec"). It must not know HTTP, how names are written
// for a caller, which database keeps the rows, or how a schema language reads a text.
//
// Each answer comes from one revision of every context that it reads (session.go); each write is decided on one
// revision and committed against it (commit.go).
package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// The contexts with a meaning of their own.
const (
	defaultContext  = "."
	globalContext   = ".__GLOBAL"
	wildcardContext = "*"
)

// defaultReferences is Options.MaxReferences where nobody says otherwise.
const defaultReferences = 1000

// Options tell a Registry how to behave. The zero value of a field is its default, unless told otherwise.
type Options struct {
	// Languages are the schema languages that can be registered, the default one first.
	Languages []schema.Language
	// SplitName cuts the subject of a reference into context and subject (spec 2.1). It must be given.
	SplitName func(text string) (registryCtx, subject string)
	// Compatibility is the level where nothing is configured; BACKWARD when empty.
	Compatibility string
	// ModeImmutable refuses every change of a mode.
	ModeImmutable bool
	// RejectEmptySubject refuses registrations under a context alone (`:.team-a:`).
	RejectEmptySubject bool
	// StrictReferences refuses new schemas that draw in two versions under one reference name. What is registered already,
	// or imported, is let be.
	StrictReferences bool
	// ValidateFields is validateFields where nothing is configured.
	ValidateFields bool
	// DropRuleSets takes the rule sets out of everything that comes in, as the reference's community edition does.
	DropRuleSets bool
	// NoFallback keeps the open view from looking for a subject in other contexts (spec 2.5, 2.6).
	NoFallback bool
	// Isolated names the contexts that inherit from `.__GLOBAL` only and that nothing outside may refer to or find. A name
	// that ends with `*` means all that start with what is before it, the default context aside.
	Isolated []string
	// Limits bound every text.
	Limits schema.Limits
	// Fetch gets what a text refers to by URL; nil refuses such texts.
	Fetch schema.Fetch
	// MaxReferences bounds how many references a schema may have, and how many texts it may draw in, itself aside;
	// 1,000 when 0.
	MaxReferences int
	// Learn is told the head of a context whenever a call has seen one. It must not block.
	Learn func(registryCtx string, head storage.Head)
	// Deadline bounds a call together with all that it asks of the store; 5 s when 0.
	Deadline time.Duration
	// Now tells the time for timestamps; time.Now when nil.
	Now func() time.Time
}

// Registry implements backend.Registry over a Store.
type Registry struct {
	store     storage.Store
	languages map[string]schema.Language
	types     []string
	parsed    *parsedCache
	o         Options

	queuesMu sync.Mutex
	queues   map[string]*queue
}

var _ backend.Registry = (*Registry)(nil)

// New returns a Registry over a store.
func New(store storage.Store, o Options) *Registry {
	if o.Compatibility == "" {
		o.Compatibility = levelBackward
	}
	if o.Learn == nil {
		o.Learn = func(string, storage.Head) {}
	}
	if o.MaxReferences == 0 {
		o.MaxReferences = defaultReferences
	}
	if o.Deadline == 0 {
		o.Deadline = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Registry{store: store, o: o, languages: map[string]schema.Language{}, parsed: newParsedCache(o.Limits, o.Fetch), queues: map[string]*queue{}}
	for _, l := range o.Languages {
		r.languages[l.Name()] = l
		r.types = append(r.types, l.Name())
	}
	return r
}

// SchemaTypes implements backend.Registry.
func (r *Registry) SchemaTypes() []string { return slices.Clone(r.types) }

// Ping implements backend.Registry.
func (r *Registry) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	if _, err := r.store.Head(ctx, defaultContext); err != nil {
		return answerable(err)
	}
	return nil
}

func (r *Registry) isolated(registryCtx string) bool {
	return slices.ContainsFunc(r.o.Isolated, func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return registryCtx == pattern || open && strings.HasPrefix(registryCtx, prefix) && registryCtx != defaultContext
	})
}

// answerable turns what a store says into an answer; a *wire.Error stays what it is.
func answerable(err error) error {
	if e := (*wire.Error)(nil); err == nil || errors.As(err, &e) {
		return err
	}
	switch {
	case errors.Is(err, storage.ErrOutcomeUnknown):
		return wire.OutcomeUnknown(err)
	case errors.Is(err, storage.ErrUnavailable):
		return wire.Unavailable(err)
	case errors.Is(err, storage.ErrConflict), errors.Is(err, errMoved):
		return wire.Unavailable(fmt.Errorf("%w: the context changes too fast: %w", storage.ErrUnavailable, err))
	default:
		return wire.StoreFailed(err)
	}
}
