// Command conformance runs the registry's features against a URL, prints what failed, and exits non-zero if anything did.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"

	"schemaside/conformance/features"
)

type options struct {
	URL       string `name:"url" required:"" help:"The registry, for example http://127.0.0.1:8081."`
	BoundURL  string `name:"bound-url" help:"A listener of it that the context header binds; without one, scenarios of the bound view are left out."`
	Exclusive bool   `help:"Also run scenarios that change the default context and .__GLOBAL for a moment."`
	Tags      string `help:"Run only these scenarios, for example '@deletes && ~@bound'."`
	Verbose   bool   `short:"v" help:"Print every step."`
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
		kong.Description("Run the registry features against a URL."))
	if err == nil {
		_, err = parser.Parse(args)
	}
	var result features.Result
	if err == nil {
		result, err = features.Run(ctx, features.Options{
			URL: o.URL, BoundURL: o.BoundURL, Exclusive: o.Exclusive, Tags: o.Tags, Verbose: o.Verbose, Output: stdout,
		})
	}
	if err != nil {
		fmt.Fprintln(stderr, "conformance:", err)
		return 2
	}
	fmt.Fprintf(stdout, "%d scenarios passed, %d failed\n", result.Passed, result.Failed)
	if result.Failed > 0 {
		return 1
	}
	return 0
}
