// Package features is the suite for any registry that can be reached by URL: Gherkin features that speak plain HTTP.
//
// Every scenario uses contexts of its own, so the suite can run twice against one server. Scenarios that write to the
// default context or to `.__GLOBAL` are tagged @exclusive: they run alone, restore what they changed, and run only when
// asked for. Scenarios tagged @bound need a listener that a header may bind to a context.
package features

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cucumber/godog"
)

//go:embed *.feature
var files embed.FS

// Options tell what to run the features against.
type Options struct {
	// URL is the registry's open view, for example http://127.0.0.1:8081.
	URL string
	// BoundURL is a listener that ties a request to the context in ContextHeader; scenarios tagged @bound are left out
	// without it.
	BoundURL string
	// ContextHeader is X-Schemaside-Context when empty.
	ContextHeader string
	// Exclusive lets the scenarios run that change what all contexts share.
	Exclusive bool
	// Tags chooses scenarios (godog's tag expressions); empty means all.
	Tags string
	// Concurrency is how many scenarios run at a time; 4 when 0.
	Concurrency int
	// Output gets a line for each failed step and a summary.
	Output io.Writer
	// Verbose prints every step.
	Verbose bool
}

// Result counts scenarios.
type Result struct{ Passed, Failed int }

// Run runs the features. The error, if any, is about the suite itself; failed scenarios are counted in the Result.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.URL == "" {
		return Result{}, errors.New("no URL")
	}
	if o.ContextHeader == "" {
		o.ContextHeader = "X-Schemaside-Context"
	}
	if o.Concurrency == 0 {
		o.Concurrency = 4
	}
	var result Result
	err := runPass(ctx, o, "~@exclusive", o.Concurrency, &result)
	if err == nil && o.Exclusive {
		err = runPass(ctx, o, "@exclusive", 1, &result)
	}
	return result, err
}

func runPass(ctx context.Context, o Options, tags string, concurrency int, result *Result) error {
	if o.BoundURL == "" {
		tags += " && ~@bound"
	}
	if o.Tags != "" {
		tags += " && " + o.Tags
	}
	var mu sync.Mutex
	format := "progress"
	if o.Verbose {
		format, concurrency = "pretty", 1
	}
	suite := godog.TestSuite{
		Name: "registry",
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			newScenario(o).register(sc)
			sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					result.Failed++
				} else {
					result.Passed++
				}
				return ctx, nil
			})
		},
		Options: &godog.Options{
			Format: format, FS: files, Paths: []string{"."}, Tags: tags, Concurrency: concurrency,
			Output: o.Output, DefaultContext: ctx, Strict: true, NoColors: true,
		},
	}
	failed := result.Failed
	switch status := suite.Run(); {
	case status == 0, status == 1 && result.Failed > failed:
		return nil
	default:
		return fmt.Errorf("the suite could not run: godog status %d", status)
	}
}
