package relational

import (
	"context"
	"fmt"
	"time"

	"schemaside/storage"
)

// Life bounds the calls of a store: none lasts longer than the store, nor than Deadline when its caller sets no
// deadline.
type Life struct {
	Deadline time.Duration
	ctx      context.Context //nolint:containedctx // the life of the store
	end      context.CancelFunc
}

// NewLife returns a life that lasts until End.
func NewLife(deadline time.Duration) *Life {
	ctx, end := context.WithCancel(context.Background())
	return &Life{Deadline: deadline, ctx: ctx, end: end}
}

// End lets all calls under way fail, and later ones.
func (l *Life) End() { l.end() }

// Context ends with the life.
func (l *Life) Context() context.Context { return l.ctx }

// Begin returns the context of a call, and what to call when it is over. Errors: storage.ErrUnavailable.
func (l *Life) Begin(ctx context.Context) (call context.Context, done func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	if l.ctx.Err() != nil {
		return nil, nil, fmt.Errorf("%w: the store is closed", storage.ErrUnavailable)
	}
	var cancel context.CancelFunc
	if _, bounded := ctx.Deadline(); bounded {
		ctx, cancel = context.WithCancel(ctx)
	} else {
		ctx, cancel = context.WithTimeout(ctx, l.Deadline)
	}
	stop := context.AfterFunc(l.ctx, cancel)
	return ctx, func() { stop(); cancel() }, nil
}
