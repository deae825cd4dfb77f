package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"
)

const (
	// versionsPerSubject is how many versions a subject gets before the next one begins.
	versionsPerSubject = 10
	// fillWriters fill a context. Its commits come one after the other, so that more would only wait longer.
	fillWriters = 8
	// smallContext is how many versions a context has that is compared with a large one.
	smallContext = 100
	// growthPairs is how many registrations a round compares.
	growthPairs = 100
)

// shape is how many write into how many contexts.
type shape struct{ Writers, Contexts int }

func (s shape) String() string {
	return fmt.Sprintf("writers: %d, contexts: %d", s.Writers, s.Contexts)
}

func shapes() []shape { return []shape{{1, 1}, {32, 1}, {1, 32}, {32, 32}} }

// writer makes registrations that nobody else makes: some versions of a subject, then the next subject, in the next of its
// contexts.
type writer struct {
	t        *target
	contexts []string
	// name is the writer's own.
	name   string
	fields int
	n      int
}

// next is the next registration, as a request.
func (w *writer) next() ([]byte, error) {
	number := w.n / versionsPerSubject
	subject := fmt.Sprintf(":%s:bench-%s-%d", w.contexts[number%len(w.contexts)], w.name, number)
	body, err := json.Marshal(map[string]string{"schema": versionText(fmt.Sprintf("%s_%d", w.name, w.n), w.fields)})
	if err != nil {
		return nil, err
	}
	w.n++
	return w.t.request("POST", "/subjects/"+url.PathEscape(subject)+"/versions", body), nil
}

// send makes the next registration and tells how long it took.
func (w *writer) send(c *connection) (time.Duration, error) {
	request, err := w.next()
	if err != nil {
		return 0, err
	}
	before := time.Now()
	err = c.send(request)
	return time.Since(before), err
}

// share is the contexts that one of several writers writes to: together they write to all, and each to as few as will do.
func share(contexts []string, writer, writers int) []string {
	if len(contexts) <= writers {
		i := writer % len(contexts)
		return contexts[i : i+1]
	}
	var own []string
	for i := writer; i < len(contexts); i += writers {
		own = append(own, contexts[i])
	}
	return own
}

// contextNames are the contexts that a shape writes to, the same in each round.
func (s shape) contextNames() []string {
	names := make([]string, s.Contexts)
	for i := range names {
		names[i] = fmt.Sprintf(".bench-%d-writers-%d-contexts-%d", s.Writers, s.Contexts, i)
	}
	return names
}

// register is a closed loop of registrations.
func (t *target) register(ctx context.Context, s shape, round int, o options) (sample, error) {
	contexts := s.contextNames()
	o.Connections = s.Writers
	return drive(ctx, t, o, func(c *connection, lane int, until time.Time, h *hdrhistogram.Histogram) error {
		w := writer{t: t, contexts: share(contexts, lane, s.Writers), name: fmt.Sprintf("r%d_w%d", round, lane), fields: o.Fields}
		for time.Now().Before(until) {
			took, err := w.send(c)
			if err != nil {
				return err
			}
			_ = h.RecordValue(int64(took))
		}
		return nil
	})
}

// measureRegistrations drives each shape on every target in every round.
func measureRegistrations(ctx context.Context, o options, targets []*target, stderr io.Writer) ([]RegistrationLine, error) {
	var lines []RegistrationLine
	for _, s := range shapes() {
		samples := map[*target][]sample{}
		for round := range o.Rounds {
			for _, t := range inTurn(targets, round) {
				progress(stderr, fmt.Sprintf("registrations, %s, round %d of %d: %s", s, round+1, o.Rounds, t.Name))
				one, err := t.register(ctx, s, round, o)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", t.Name, s, err)
				}
				samples[t] = append(samples[t], one)
			}
		}
		for _, t := range targets {
			lines = append(lines, summariseRegistrations(s, t.Name, samples[t], samples[targets[0]]))
		}
	}
	progress(stderr, "")
	return lines, nil
}

// grow registers versions in a context with several writers.
func (t *target) grow(ctx context.Context, registryCtx string, versions int, o options, stderr io.Writer) error {
	lanes, ctx := errgroup.WithContext(ctx)
	var begun atomic.Int64
	for i := range fillWriters {
		lanes.Go(func() error {
			c, err := dial(ctx, t.addr)
			if err != nil {
				return err
			}
			defer c.close()
			defer context.AfterFunc(ctx, c.close)()
			w := writer{t: t, contexts: []string{registryCtx}, name: fmt.Sprintf("fill%d", i), fields: o.Fields}
			for n := begun.Add(1); n <= int64(versions); n = begun.Add(1) {
				if _, err := w.send(c); err != nil {
					return err
				}
				if n%100 == 0 {
					progress(stderr, fmt.Sprintf("filling a context of %s: %d of %d versions", t.Name, n, versions))
				}
			}
			return nil
		})
	}
	return lanes.Wait()
}

// growAll fills a context of each target, all at once: mostly they wait for their disks.
func growAll(ctx context.Context, targets []*target, registryCtx string, o options, stderr io.Writer) error {
	fills, ctx := errgroup.WithContext(ctx)
	for _, t := range targets {
		fills.Go(func() error {
			if err := t.grow(ctx, registryCtx, o.Versions, o, stderr); err != nil {
				return fmt.Errorf("%s: filling a context: %w", t.Name, err)
			}
			return nil
		})
	}
	return fills.Wait()
}

// sizes is what registrations took in a round, in nanoseconds.
type sizes struct{ small, large *hdrhistogram.Histogram }

// compareSizes registers in a large context and in a fresh small one by turns, with one writer.
func (t *target) compareSizes(ctx context.Context, large string, round int, o options, stderr io.Writer) (sizes, error) {
	out := sizes{small: newHistogram(), large: newHistogram()}
	small := fmt.Sprintf(".bench-small-%d", round)
	if err := t.grow(ctx, small, smallContext, o, stderr); err != nil {
		return out, err
	}
	c, err := dial(ctx, t.addr)
	if err != nil {
		return out, err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	name := fmt.Sprintf("growth%d", round)
	turns := []struct {
		writer
		took *hdrhistogram.Histogram
	}{
		{writer{t: t, contexts: []string{small}, name: name, fields: o.Fields}, out.small},
		{writer{t: t, contexts: []string{large}, name: name, fields: o.Fields}, out.large},
	}
	for range growthPairs {
		for i := range turns {
			took, err := turns[i].send(c)
			if err != nil {
				return out, err
			}
			_ = turns[i].took.RecordValue(int64(took))
		}
		// Neither gains from its place.
		slices.Reverse(turns)
	}
	return out, nil
}

// measureGrowth compares registrations in a context of many versions with those in a small one.
func measureGrowth(ctx context.Context, o options, targets []*target, stderr io.Writer) ([]GrowthLine, error) {
	if o.Versions == 0 {
		return nil, nil
	}
	const large = ".bench-large"
	if err := growAll(ctx, targets, large, o, stderr); err != nil {
		return nil, err
	}
	rounds := map[*target][]sizes{}
	for round := range o.Rounds {
		for _, t := range inTurn(targets, round) {
			progress(stderr, fmt.Sprintf("registrations at %d and %d versions, round %d of %d: %s", smallContext, o.Versions, round+1, o.Rounds, t.Name))
			one, err := t.compareSizes(ctx, large, round, o, stderr)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.Name, err)
			}
			rounds[t] = append(rounds[t], one)
		}
	}
	progress(stderr, "")
	lines := make([]GrowthLine, len(targets))
	for i, t := range targets {
		lines[i] = summariseGrowth(t.Name, o.Versions, rounds[t])
	}
	return lines, nil
}
