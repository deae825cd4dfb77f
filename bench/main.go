// Command bench measures lookup latency. It drives a bare fasthttp handler that writes the same bytes, a schemaside, and any
// other registries in turn, and compares them. With --storage it compares stores with memory instead: lookups from the cache
// and past it, registrations by few and by many, and what a registration costs in a large context.
//
// It knows HTTP and the public API. It must not know the packages that it measures.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// options are the flags.
type options struct {
	URL          map[string]string `name:"url" placeholder:"NAME=URL" help:"Another registry to compare with (repeatable). Its contexts and subjects that start with bench- are written to."`
	Work         []string          `default:"id" enum:"id,version,latest,register" help:"What to ask for: ${enum}."`
	Contexts     []int             `default:"1" help:"Numbers of contexts; each number is a schemaside of its own."`
	IDs          int               `name:"ids" default:"100" help:"Schemas per context."`
	Fields       int               `default:"5" help:"Fields per schema."`
	Zipf         float64           `default:"1.1" help:"Skew of the choice of schemas, over 1; 0 chooses evenly."`
	Connections  int               `default:"8" help:"Connections, each with one request under way."`
	Rounds       int               `default:"5" help:"Rounds; each drives every target once."`
	Duration     time.Duration     `default:"2s" help:"How long a target is driven in a round."`
	Rate         float64           `default:"0.5" help:"Rate of the open loop, as a part of the slowest closed loop's throughput; 0 leaves it out."`
	BareTimeouts time.Duration     `default:"0s" help:"Timeouts of the bare handler's server, which has none by itself; schemaside has its own, as any server on a network."`
	Storage      []string          `placeholder:"STORE" enum:"memory,embedded,postgres,mysql,mariadb" help:"Compare these stores with memory, rather than schemaside with a bare handler: ${enum}. What embedded writes is in TMPDIR."`
	DSN          []string          `name:"dsn" sep:"none" placeholder:"[STORE=]DSN" help:"Database of a store (repeatable). It keeps what is written, in namespaces bench-*. Without one, deploy/services.sh provides a server."`
	Versions     int               `default:"100000" help:"Versions of the large context in which registrations are measured, with --storage; 0 leaves it out."`
	Binary       string            `help:"A built schemaside; else one is built from the source around the current folder."`
	ServeArgs    []string          `name:"serve-arg" help:"A further argument of schemaside serve (repeatable)."`
	JSON         bool              `name:"json" help:"Print the figures as JSON."`
	HTML         string            `name:"html" type:"path" help:"Write a page with latency curves to this file."`
}

func main() {
	if len(os.Args) > 3 && os.Args[1] == bareCommand {
		if err := serveBare(os.Args[2], os.Args[3], os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has just run
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	parser, err := kong.New(&o, kong.Name("bench"), kong.Writers(stdout, stderr),
		kong.Description("Compare lookup latency of a bare handler, schemaside and other registries."))
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	if o.Zipf != 0 && o.Zipf <= 1 {
		return fmt.Errorf("--zipf %g: must be over 1, or 0", o.Zipf)
	}
	if err := o.checkStorage(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	defer progress(stderr, "")
	if len(o.Storage) > 0 {
		report, err := compareStores(ctx, o, folder, stderr)
		if err != nil {
			return err
		}
		return report.write(o, stdout)
	}
	targets, stop, err := open(ctx, &o, folder, stderr)
	defer stop()
	if err != nil {
		return err
	}
	report, err := measure(ctx, o, targets, stderr)
	if err != nil {
		return err
	}
	return report.write(o, stdout)
}

// checkStorage tells what doesn't go together.
func (o *options) checkStorage() error {
	switch {
	case len(o.Storage) == 0 && len(o.DSN) > 0:
		return errors.New("--dsn: goes with --storage")
	case len(o.Storage) > 0 && (len(o.URL) > 0 || len(o.Contexts) > 1):
		return errors.New("--storage: doesn't go with --url or several --contexts")
	case o.Versions < 0:
		return fmt.Errorf("--versions %d: must not be negative", o.Versions)
	}
	return nil
}

// target is something to be driven.
type target struct {
	Name string
	// Bare marks the handler that the others are compared with.
	Bare bool
	addr string
	// host and base come from a URL.
	host, base string
	contexts   int
	work       map[string]*work
}

// open starts what has to be started and fills it with schemas.
func open(ctx context.Context, o *options, folder string, stderr io.Writer) (targets []*target, stop func(), err error) {
	var group group
	stop = group.stop
	if err := ensureBinary(ctx, o, folder, stderr); err != nil {
		return nil, stop, err
	}
	for _, n := range o.Contexts {
		addr, err := group.start(ctx, o.Binary, append([]string{"serve", "--storage", "memory", "--listen", "{addr}"}, o.ServeArgs...)...)
		if err != nil {
			return nil, stop, err
		}
		name := "schemaside"
		if len(o.Contexts) > 1 {
			name = fmt.Sprintf("schemaside, %d contexts", n)
		}
		targets = append(targets, &target{Name: name, addr: addr, host: addr, contexts: n})
	}
	for name, url := range o.URL {
		t, err := fromURL(name, url)
		if err != nil {
			return nil, stop, err
		}
		t.contexts = o.Contexts[0]
		targets = append(targets, t)
	}
	for _, t := range targets {
		progress(stderr, "filling "+t.Name)
		if err := t.fill(ctx, *o); err != nil {
			return nil, stop, fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	bare, err := group.startBare(ctx, targets[0], *o)
	if err != nil {
		return nil, stop, err
	}
	return append([]*target{bare}, targets...), stop, nil
}

// ensureBinary builds a schemaside unless the flags name one.
func ensureBinary(ctx context.Context, o *options, folder string, stderr io.Writer) error {
	if o.Binary != "" {
		return nil
	}
	o.Binary = filepath.Join(folder, "schemaside")
	progress(stderr, "building schemaside")
	return build(ctx, o.Binary)
}

func fromURL(name, url string) (*target, error) {
	rest, ok := strings.CutPrefix(url, "http://")
	if !ok {
		return nil, fmt.Errorf("--url %s=%s: only http:// is measured", name, url)
	}
	addr, base, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	if base != "" {
		base = "/" + base
	}
	host := addr
	if !strings.Contains(addr, ":") {
		addr += ":80"
	}
	return &target{Name: name, addr: addr, host: host, base: base}, nil
}

// measure drives every target in every round, so that what disturbs the machine disturbs all of them.
func measure(ctx context.Context, o options, targets []*target, stderr io.Writer) (*report, error) {
	r := newReport(o, targets)
	for _, name := range o.Work {
		for round := range o.Rounds {
			for _, t := range inTurn(targets, round) {
				progress(stderr, fmt.Sprintf("%s, closed loop, round %d of %d: %s", name, round+1, o.Rounds, t.Name))
				s, err := closedLoop(ctx, t, t.work[name], o)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", t.Name, err)
				}
				r.add(name, loopClosed, t, s)
			}
		}
		if o.Rate == 0 {
			continue
		}
		rate := o.Rate * r.slowest(name)
		for round := range o.Rounds {
			for _, t := range inTurn(targets, round) {
				progress(stderr, fmt.Sprintf("%s, open loop at %.0f/s, round %d of %d: %s", name, rate, round+1, o.Rounds, t.Name))
				s, err := openLoop(ctx, t, t.work[name], o, rate)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", t.Name, err)
				}
				r.add(name, loopOpen, t, s)
			}
		}
	}
	progress(stderr, "")
	return r, nil
}

// inTurn turns the order of the targets round in every other round, so that none gains from its place.
func inTurn(targets []*target, round int) []*target {
	if round%2 == 0 {
		return targets
	}
	turned := slices.Clone(targets)
	slices.Reverse(turned)
	return turned
}

// progress shows what is being done, on a terminal only.
func progress(stderr io.Writer, what string) {
	f, ok := stderr.(*os.File)
	if !ok {
		return
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	fmt.Fprintf(f, "\r\033[K%s", what)
}

// median of several figures.
func median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(figures))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

var errAnswer = errors.New("unexpected answer")
