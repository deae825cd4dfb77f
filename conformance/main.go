// Command conformance runs the registry's features against a URL, or plays recorded answers against a registry. It prints what
// failed, and exits non-zero if anything did.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"schemaside/conformance/replay"
)

type options struct {
	URL       string `name:"url" help:"The registry, for example http://127.0.0.1:8081."`
	BoundURL  string `name:"bound-url" help:"A listener of it that the context header binds; without one, scenarios of the bound view are left out."`
	Exclusive bool   `help:"Also run scenarios that change the default context and .__GLOBAL for a moment."`
	Tags      string `help:"Run only these scenarios, for example '@topic-deletes && ~@bound'."`
	Only      string `enum:",confluent" default:"" help:"With 'confluent', leave out what goes beyond the reference server."`
	JUnit     string `name:"junit" help:"Write the outcome to this file in JUnit's XML."`
	HTML      string `name:"html" help:"Write the outcome to this file as a page of HTML."`
	Verbose   bool   `short:"v" help:"Print every step, with what was asked and answered."`

	Replay       []string `sep:"none" help:"Instead of the features, play a recording (.jsonl, .jsonl.gz) against a registry that holds nothing. Repeatable."`
	Start        string   `help:"For --replay, in place of --url: a command that starts a registry on port {port}, run anew for each conversation, for example 'bin/schemaside serve --storage memory --listen 127.0.0.1:{port}'."`
	Conversation int      `help:"For --replay: play this conversation only."`
	Known        string   `help:"For --replay: a file that lists differences that are meant, as conformance/testdata/recordings/known.txt does."`
	Show         int      `default:"10" help:"For --replay: print so many differences of a recording."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	parser, err := kong.New(&o, kong.Name("conformance"), kong.Writers(stdout, stderr),
		kong.Description("Run the registry features against a URL, or play recorded answers against a registry."))
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err == nil {
		err = o.check()
	}
	good := false
	switch {
	case err != nil:
	case len(o.Replay) > 0:
		good, err = o.replay(ctx, stdout)
	default:
		good, err = o.features(ctx, stdout)
	}
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "conformance:", err)
		return 2
	case !good:
		return 1
	default:
		return 0
	}
}

func (o options) check() error {
	switch {
	case o.URL == "" && o.Start == "":
		return errors.New("want --url")
	case o.URL != "" && o.Start != "":
		return errors.New("want one of --url and --start")
	case o.Start != "" && len(o.Replay) == 0:
		return errors.New("--start is for --replay")
	default:
		return nil
	}
}

// replay plays recordings one after the other. It goes on after one that differs, and ends at one that can't be played.
func (o options) replay(ctx context.Context, stdout io.Writer) (good bool, err error) {
	known, err := readKnown(o.Known)
	if err != nil {
		return false, err
	}
	good = true
	for _, path := range o.Replay {
		rec, err := replay.Open(path)
		if err != nil {
			return false, err
		}
		if o.Conversation != 0 {
			if rec = rec.Conversation(o.Conversation); len(rec.Conversations) == 0 {
				return false, fmt.Errorf("%s holds no conversation %d", rec.Name, o.Conversation)
			}
		}
		var outcomes []replay.Outcome
		if o.Start != "" {
			outcomes, err = replay.PlayFresh(ctx, starter{command: o.Start, patience: 30 * time.Second}.start, rec)
		} else {
			outcomes, err = replay.Play(ctx, o.URL, rec)
		}
		if err != nil {
			return false, err
		}
		verdict := known.Judge(rec.Name, outcomes)
		verdict.Print(stdout, rec.Name, o.Show)
		good = good && verdict.Good()
	}
	return good, nil
}

// readKnown reads a list of known differences; without a path, none is known.
func readKnown(path string) (replay.Known, error) {
	if path == "" {
		return replay.Known{}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return replay.Known{}, err
	}
	defer func() { _ = file.Close() }()
	known, err := replay.ReadKnown(file)
	if err != nil {
		return known, fmt.Errorf("%s: %w", path, err)
	}
	return known, nil
}
