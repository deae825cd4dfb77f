package proxy

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
	"schemaside/cache"
)

// answerCold answers a request through the router. What it returns is rendered as an error.
func (c *call) answerCold() error {
	c.question, c.route = question{}, nil
	doorErr := c.enter()
	sight := c.sees(doorErr)
	if path := routePath(c.path); doorErr != nil && !isPage(path) && !(isAdmin(path) && sight.shows(path)) {
		return doorErr
	}
	r, err := c.p.find(c.ctx, c.path, sight)
	if err != nil {
		return err
	}
	c.route = r
	if r.admin {
		c.p.answerAdmin(c.ctx, r.template)
		return nil
	}
	if r.page {
		return c.answerPage(r.template)
	}
	if err := c.negotiate(); err != nil {
		return err
	}
	if r.answer == nil {
		return wire.NotImplemented()
	}
	if err := c.decode(); err != nil {
		return err
	}
	if err := c.unpack(); err != nil {
		return err
	}
	if r.across && c.question.acrossContexts() {
		return c.answerAcross()
	}
	if c.p.o.Cache == nil || !r.cached {
		return c.ask()
	}
	return c.askCached()
}

// ask asks the registry for this request alone.
func (c *call) ask() error {
	body, _, err := c.route.answer(context.Background(), c.p.o.Registry, &c.question, nil)
	if err != nil {
		return err
	}
	c.write(max(c.route.status, fasthttp.StatusOK), body)
	return nil
}

// askCached asks the registry together with whoever asks the same.
func (c *call) askCached() error {
	c.key = c.question.appendKey(c.key[:0], c.route)
	q := c.question.clone()
	served, err := c.p.o.Cache.Do(context.Background(), cache.Request{
		Context: q.context(),
		Key:     c.key,
		NoCache: c.noCache(),
		Now:     c.start,
	}, c.p.fill(c.route, q))
	if err != nil {
		return err
	}
	if served.Stale {
		c.ctx.Response.Header.Set("Age", strconv.FormatInt(int64(served.Age/time.Second), 10))
		c.ctx.Response.Header.Set("Warning", `110 - "Response is Stale"`)
	}
	c.write(served.Answer.Status, served.Answer.Body)
	return nil
}

// fill returns what makes the answer of a question. It may run after the request ended: it has nothing of it.
// Refusals are answers too; those that rest on nothing known are handed out once. Failures stay errors, so that an older
// answer may take their place.
func (p *Proxy) fill(r *route, q *question) cache.Fill {
	return func(ctx context.Context) (f cache.Filled, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = &panicked{value: v, stack: debug.Stack()}
			}
		}()
		body, basis, err := r.answer(ctx, p.o.Registry, q, nil)
		status := fasthttp.StatusOK
		if refusal := (*wire.Error)(nil); errors.As(err, &refusal) && refusal.Status() < 500 {
			status, body = refusal.Status(), errorBody(refusal, q.view)
			basis.Volatile = basis.Volatile || len(basis.Stamps) == 0
			basis.Immutable = false
		} else if err != nil {
			return f, err
		}
		return cache.Filled{
			Answer:    cache.Answer{Status: status, Body: body},
			Stamps:    basis.Stamps,
			Immutable: basis.Immutable,
			Volatile:  basis.Volatile,
		}, nil
	}
}

// panicked is a panic that became an error.
type panicked struct {
	value any
	stack []byte
}

func (e *panicked) Error() string { return fmt.Sprintf("panic: %v", e.value) }
