package cache

import (
	"context"
	"time"

	"schemaside/storage"
)

// Options bound what a Cache keeps and how long it is good.
type Options struct {
	// Disabled keeps nothing: each Do is a fill.
	Disabled bool
	// MaxBytes bounds what is kept in all: keys, bodies and an allowance for what it takes to find them. 0 is 64 MiB.
	MaxBytes int64
	// MaxContexts bounds the number of instances that MaxBytes is split between. 0 is 64.
	MaxContexts int
	// Freshness is how long a head that was read says what is current. 0 has each mutable answer confirmed.
	Freshness time.Duration
	// StaleIfError is how long after its last confirmation a mutable answer may be served while storage is away.
	StaleIfError time.Duration
	// FillTimeout bounds a fill, and a read of heads. 0 is 10 s.
	FillTimeout time.Duration
	// Heads reads the heads of contexts, in the order asked. Only a disabled cache does without.
	Heads func(ctx context.Context, contexts []string) ([]storage.Head, error)
}

const (
	defaultMaxBytes    = 64 << 20
	defaultMaxContexts = 64
	defaultFillTimeout = 10 * time.Second
)

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.MaxContexts <= 0 {
		o.MaxContexts = defaultMaxContexts
	}
	if o.FillTimeout <= 0 {
		o.FillTimeout = defaultFillTimeout
	}
	return o
}
