// Package copier copies a registry into another one over the REST API, from any server that speaks Confluent's, and tells what
// differs between the two.
//
// It knows what a registry shows, in which order it has to be written, and how to go on after an interruption. It must not
// know anything of this project's server: both ends are URLs.
//
// Nothing is kept between runs. Each run reads both ends and writes what is missing, so an interrupted copy is resumed by
// starting it again.
package copier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options tell what to copy.
type Options struct {
	From, To Endpoint
	// Contexts to copy. Without any, all that the source lists, and the settings of `.__GLOBAL`.
	Contexts []Pair
	// DryRun compares and writes nothing.
	DryRun bool
	// Tolerate writes to contexts in which versions have the number and the ID that they shall have, and other contents.
	Tolerate bool
	// Concurrency bounds the requests under way at one end.
	Concurrency int
	// Timeout bounds each request.
	Timeout time.Duration
	// Attempts bounds how often a request is made; Backoff is the first pause between two of them, and doubles.
	Attempts int
	Backoff  time.Duration
	// Progress gets a line that is written over; nil for none.
	Progress io.Writer
}

// Pair is a context of the source and the name that it gets at the target.
type Pair struct{ From, To string }

// DefaultOptions returns options that lack only the two ends.
func DefaultOptions() Options {
	return Options{Concurrency: 8, Timeout: 30 * time.Second, Attempts: 6, Backoff: 250 * time.Millisecond}
}

// copying is one run.
type copying struct {
	o        Options
	from, to *remote
	progress *progress
	// pairs are the contexts in the order in which they are handled.
	pairs []Pair
	// named tells that somebody chose the pairs.
	named  bool
	source map[string]*snapshot // by Pair.From
	target map[string]*snapshot // by Pair.To

	mu     sync.Mutex // guards what follows while units are written
	report *Report
}

// Run copies, and compares what is there afterwards. An error means that the comparison wasn't reached; what was written
// stays, and the next run goes on from there. Whether the two ends are alike is told by the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	c := &copying{
		o: o, progress: newProgress(o.Progress), report: &Report{From: o.From.String(), To: o.To.String(), DryRun: o.DryRun},
		source: map[string]*snapshot{}, target: map[string]*snapshot{},
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: o.Concurrency, MaxConnsPerHost: o.Concurrency,
		IdleConnTimeout: time.Minute, TLSHandshakeTimeout: o.Timeout, ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	c.from, c.to = newRemote(o.From, o, transport), newRemote(o.To, o, transport)
	stop := c.progress.start()
	defer stop()
	begin := time.Now()
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	c.report.Took = time.Since(begin)
	return c.report, nil
}

func (c *copying) run(ctx context.Context) error {
	if err := c.choose(ctx); err != nil {
		return err
	}
	if err := c.readAll(ctx); err != nil {
		return err
	}
	p := c.plan()
	c.report.Contexts = p.summaries()
	if !c.o.DryRun {
		wrote, err := c.write(ctx, p)
		if err != nil {
			return fmt.Errorf("the copy is not complete, start it again to go on: %w", err)
		}
		if wrote {
			if err := c.readTarget(ctx, "comparing"); err != nil {
				return err
			}
		}
	}
	for _, pair := range c.pairs {
		c.report.Differences = append(c.report.Differences, compare(pair, c.source[pair.From], c.target[pair.To])...)
	}
	return nil
}

// choose finds the contexts to copy.
func (c *copying) choose(ctx context.Context) error {
	listed, err := c.from.contexts(ctx)
	if err != nil {
		return err
	}
	into, err := c.to.contexts(ctx)
	if err != nil {
		return err
	}
	c.pairs, c.named = c.o.Contexts, len(c.o.Contexts) > 0
	if !c.named {
		for _, name := range listed {
			c.pairs = append(c.pairs, Pair{From: name, To: name})
		}
		if c.from.knowsContexts && c.to.knowsContexts {
			c.pairs = append(c.pairs, Pair{From: globalContext, To: globalContext})
		}
	}
	for _, pair := range c.pairs {
		switch {
		case pair.From != defaultContext && !c.from.knowsContexts:
			return fmt.Errorf("the source has no contexts, so there is no %s", pair.From)
		case pair.To != defaultContext && !c.to.knowsContexts:
			return fmt.Errorf("the target has no contexts, so there can't be %s", pair.To)
		}
	}
	if c.named {
		return nil
	}
	c.noteOthers(into)
	return nil
}

// noteOthers tells of contexts that only the target lists. They are left alone.
func (c *copying) noteOthers(into []string) {
	for _, name := range into {
		if name != defaultContext && !slices.ContainsFunc(c.pairs, func(p Pair) bool { return p.To == name }) {
			c.report.Notes = append(c.report.Notes, fmt.Sprintf("context %s is in the target only, and was left alone", name))
		}
	}
}

func (c *copying) readAll(ctx context.Context) error {
	for _, pair := range c.pairs {
		snap, err := c.readSource(ctx, pair)
		if err != nil {
			return fmt.Errorf("read the source: %w", err)
		}
		c.source[pair.From] = snap
	}
	c.pinLatest()
	if err := c.readTarget(ctx, "reading the target"); err != nil {
		return err
	}
	// A bound view, and servers that came before `.__GLOBAL`, have none to copy.
	c.pairs = slices.DeleteFunc(slices.Clone(c.pairs), func(p Pair) bool {
		return !c.named && p.From == globalContext && (c.source[p.From].hidden || c.target[p.To].hidden)
	})
	return nil
}

func (c *copying) readSource(ctx context.Context, pair Pair) (*snapshot, error) {
	c.progress.phase("reading the source, " + pair.From)
	snap, err := c.from.snapshot(ctx, pair.From, nil, c.progress)
	if err != nil {
		return nil, err
	}
	if c.named && pair.From != defaultContext && len(snap.versions) == 0 && snap.settings.config == "" && snap.settings.mode == "" {
		return nil, fmt.Errorf("context %s holds nothing: no subjects, no config, no mode", pair.From)
	}
	if !c.from.knowsContexts && c.to.knowsContexts {
		c.dropAmbiguous(pair, snap)
	}
	return snap, nil
}

// dropAmbiguous leaves out subjects whose plain names would lead into a context at the target.
func (c *copying) dropAmbiguous(pair Pair, snap *snapshot) {
	for _, subject := range snap.subjectNames() {
		if ambiguous(subject) {
			delete(snap.subjects, subject)
			c.refuse(pair, subject, 0, "this plain name means a context at the target")
		}
	}
	for key := range snap.versions {
		if ambiguous(key.subject) {
			delete(snap.versions, key)
		}
	}
}

// readTarget reads the target anew, with the settings of all subjects whose settings the source shows.
func (c *copying) readTarget(ctx context.Context, what string) error {
	for _, pair := range c.pairs {
		c.progress.phase(what + ", " + pair.To)
		snap, err := c.to.snapshot(ctx, pair.To, c.source[pair.From].subjectNames(), c.progress)
		if err != nil {
			return fmt.Errorf("read the target: %w", err)
		}
		c.target[pair.To] = snap
	}
	return nil
}

// ErrDiffers tells that the two ends are not alike.
var ErrDiffers = errors.New("source and target differ")
