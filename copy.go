package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"schemaside/copier"
)

// copyFlags are the flags of copy.
type copyFlags struct {
	From        string   `required:"" placeholder:"URL" help:"Registry to read, any with Confluent's REST API. User and password are in the URL, or in COPY_FROM_USER and COPY_FROM_PASSWORD, or there is a COPY_FROM_TOKEN."`
	To          string   `required:"" placeholder:"URL" help:"Registry to write; COPY_TO_USER, COPY_TO_PASSWORD and COPY_TO_TOKEN likewise."`
	Context     []string `sep:"none" placeholder:"NAME" help:"Copy this context only; .a=.b calls it .b at the target. Repeatable. Without it, all contexts and .__GLOBAL are copied."`
	DryRun      bool     `help:"Compare, and write nothing."`
	Tolerate    bool     `name:"tolerate-differences" help:"Write to a context although versions in it differ from the source's, as long as their numbers and IDs don't."`
	Report      string   `placeholder:"FILE.html" help:"Write the report as a page, too."`
	Concurrency int      `default:"8" help:"Requests under way at a time, at each end."`
}

// options reads the flags and what the environment adds.
func (f copyFlags) options(env []string) (copier.Options, error) {
	o := copier.DefaultOptions()
	o.DryRun, o.Tolerate, o.Concurrency = f.DryRun, f.Tolerate, f.Concurrency
	if f.Concurrency < 1 || f.Concurrency > 256 {
		return o, fmt.Errorf("--concurrency: %d: want a number from 1 to 256", f.Concurrency)
	}
	var err error
	if o.From, err = endpoint("from", f.From, env); err != nil {
		return o, err
	}
	if o.To, err = endpoint("to", f.To, env); err != nil {
		return o, err
	}
	for _, text := range f.Context {
		pair, err := copier.ParsePair(text)
		if err != nil {
			return o, fmt.Errorf("--context: %w", err)
		}
		o.Contexts = append(o.Contexts, pair)
	}
	if err := copier.CheckPairs(o.Contexts); err != nil {
		return o, fmt.Errorf("--context: %w", err)
	}
	if o.From.URL == o.To.URL && !renames(o.Contexts) {
		return o, fmt.Errorf("--from and --to: both are %s: want two registries, or a --context with another name", o.From)
	}
	return o, nil
}

// renames tells whether all contexts get other names.
func renames(pairs []copier.Pair) bool {
	return len(pairs) > 0 && !slices.ContainsFunc(pairs, func(p copier.Pair) bool { return p.From == p.To })
}

// endpoint reads the URL of an end, and the credentials for it.
func endpoint(end, text string, env []string) (copier.Endpoint, error) {
	e, err := copier.ParseEndpoint(text)
	if err != nil {
		return e, fmt.Errorf("--%s: %w", end, err)
	}
	prefix := "COPY_" + strings.ToUpper(end) + "_"
	for _, v := range []struct {
		name string
		to   *string
	}{{"USER", &e.User}, {"PASSWORD", &e.Password}, {"TOKEN", &e.Token}} {
		given := variable(env, prefix+v.name)
		if given != "" && *v.to != "" {
			return e, fmt.Errorf("--%s and %s%s: want one of them", end, prefix, v.name)
		}
		if given != "" {
			*v.to = given
		}
	}
	if e.Token != "" && (e.User != "" || e.Password != "") {
		return e, fmt.Errorf("--%s: want a token, or a user and a password: %sTOKEN is set, too", end, prefix)
	}
	return e, nil
}

func variable(env []string, name string) string {
	for _, line := range env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// copyRegistry copies, and fails unless source and target are alike afterwards.
func copyRegistry(ctx context.Context, flags copyFlags, env []string, stdout, stderr io.Writer) error {
	o, err := flags.options(env)
	if err != nil {
		return &usageError{err}
	}
	o.Progress = terminal(stderr)
	report, err := copier.Run(ctx, o)
	if err != nil {
		return err
	}
	if err := report.WriteText(stdout); err != nil {
		return err
	}
	if flags.Report != "" {
		if err := writePage(flags.Report, report); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if !report.Same() {
		return copier.ErrDiffers
	}
	return nil
}

func writePage(path string, report *copier.Report) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := report.WriteHTML(f); err != nil {
		return err
	}
	return f.Close()
}

// terminal returns a writer if it is a terminal, else nil.
func terminal(w io.Writer) io.Writer {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return f
}
