package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"schemaside/conformance/features"
	"schemaside/conformance/report"
)

// features runs the features and writes what came of it.
func (o options) features(ctx context.Context, stdout io.Writer) (good bool, err error) {
	if err := o.reach(ctx); err != nil {
		return false, err
	}
	result, err := features.Run(ctx, features.Options{
		URL: o.URL, BoundURL: o.BoundURL, Exclusive: o.Exclusive, Confluent: o.Only == "confluent", Tags: o.Tags,
		Progress: progress(stdout, o.Verbose),
	})
	if err != nil {
		return false, err
	}
	if err := report.Summary(stdout, result); err != nil {
		return false, err
	}
	if err := write(o.JUnit, func(w io.Writer) error { return report.JUnit(w, result) }); err != nil {
		return false, err
	}
	if err := write(o.HTML, func(w io.Writer) error { return report.HTML(w, result, time.Now()) }); err != nil {
		return false, err
	}
	return result.Count(features.Failed) == 0, nil
}

// reach tells at once if nothing answers where a registry should be.
func (o options) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for _, url := range []string{o.URL, o.BoundURL} {
		if url == "" {
			continue
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/subjects", http.NoBody)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("nothing answers: %w", err)
		}
		response.Body.Close()
	}
	return nil
}

// progress tells how far the run is: each scenario with its steps, or one line that moves if a person looks on.
func progress(stdout io.Writer, verbose bool) func(done, total int, last features.Outcome) {
	failed := 0
	return func(done, total int, last features.Outcome) {
		if last.Status == features.Failed {
			failed++
		}
		switch {
		case verbose:
			fmt.Fprintf(stdout, "%s  %s: %s\n", last.Status, last.Topic, last.Name)
			report.Steps(stdout, last)
		case isTerminal(stdout):
			fmt.Fprintf(stdout, "\r\x1b[K%d of %d scenarios, %d failed: %s", done, total, failed, last.Topic)
			if done == total {
				fmt.Fprint(stdout, "\r\x1b[K")
			}
		}
	}
}

// isTerminal tells whether a person looks on.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	stat, err := file.Stat()
	return err == nil && stat.Mode()&os.ModeCharDevice != 0
}

// write fills a file; without a path there is none.
func write(path string, fill func(io.Writer) error) (err error) {
	if path == "" {
		return nil
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := fill(file); err != nil {
		_ = file.Close()
		return fmt.Errorf("%s: %w", path, err)
	}
	return file.Close()
}
