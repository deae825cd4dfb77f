// Package cache keeps rendered answers that know the revisions they were read at.
//
// It knows keys, answers, revisions and time. It must not know what a request means, how an answer is rendered, or
// which rules led to it.
package cache

import (
	"context"
	"time"

	"schemaside/storage"
)

// Answer is a rendered answer. It is immutable once it was handed to the cache.
type Answer struct {
	Status int
	Body   []byte
	// Packed is the same body in the caller's own packed form; nil when there is none (see Cache.KeepPacked).
	Packed []byte
	// Label is the caller's own note on the answer (for example its content type); the cache hands it back.
	Label uint8
}

// Filled is what a fill found.
type Filled struct {
	Answer Answer
	// Stamps are the revisions of the contexts that the answer was read at.
	Stamps []storage.Stamp
	// Immutable answers stay good until a context among Stamps has a later Removal.
	Immutable bool
	// Volatile answers go to those who wait for the fill, as far as nothing was learnt between its beginning and their
	// request, and are not kept.
	Volatile bool
}

// Fill makes an answer. It runs on a context of its own that outlives the request which began it, so it must not use
// anything of that request which ends with it. Its error goes to all who wait for it.
type Fill func(ctx context.Context) (Filled, error)

// Request is a question that the cache may know the answer to.
type Request struct {
	// Context is the registry context that pays for the entry.
	Context string
	// Key is everything that the answer depends on, Context and view included. It is only borrowed.
	Key []byte
	// NoCache asks for an answer whose revisions are confirmed with the database now.
	NoCache bool
	// Now is the time at which the request came in.
	Now time.Time
}

// Served is an answer together with how old it may be.
type Served struct {
	Answer *Answer
	// Stale tells that the answer could not be confirmed because storage is away, and Age since when.
	Stale bool
	Age   time.Duration
}
