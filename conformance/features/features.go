// Package features is the suite for any registry that can be reached by URL: Gherkin features that speak plain HTTP.
//
// Each file is a topic, which its first tag names (@topic-...). Every scenario uses contexts and subjects of its own, so the
// suite can run twice against one server. Other tags tell what a scenario is about, and what it needs:
//
//   - @contexts: it is about contexts.
//   - @beyond: the reference server (Confluent's community edition) doesn't have what it asks for, or answers otherwise.
//   - @bound: it needs a listener that a header may bind to a context.
//   - @exclusive: it writes to the default context's own settings or to `.__GLOBAL`. Such scenarios run alone, restore what they
//     changed, and run only when asked for.
package features

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v34"
)

//go:embed *.feature
var files embed.FS

// Options tell what to run the features against.
type Options struct {
	// URL is the registry's open view, for example http://127.0.0.1:8081.
	URL string
	// BoundURL is a listener that ties a request to the context in ContextHeader; scenarios tagged @bound are skipped
	// without it.
	BoundURL string
	// ContextHeader is X-Schemaside-Context when empty.
	ContextHeader string
	// Exclusive lets the scenarios run that change what all contexts share.
	Exclusive bool
	// Confluent leaves out what goes beyond the reference server.
	Confluent bool
	// Tags chooses scenarios (godog's tag expressions); empty means all.
	Tags string
	// Concurrency is how many scenarios run at a time; 4 when 0.
	Concurrency int
	// Transport carries the requests; http.DefaultTransport when nil.
	Transport http.RoundTripper
	// Progress, if any, is told of each scenario that has ended, one at a time.
	Progress func(done, total int, last Outcome)
}

// Run runs the features. The error, if any, is about the suite itself; what failed is in the Report.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.URL == "" {
		return Report{}, errors.New("no URL")
	}
	o.URL, o.BoundURL = strings.TrimSuffix(o.URL, "/"), strings.TrimSuffix(o.BoundURL, "/")
	if o.ContextHeader == "" {
		o.ContextHeader = "X-Schemaside-Context"
	}
	if o.Concurrency == 0 {
		o.Concurrency = 4
	}
	if err := checkTags(o.Tags); err != nil {
		return Report{}, err
	}
	r := &runner{o: o}
	if err := r.plan(); err != nil {
		return Report{}, err
	}
	err := r.pass(ctx, "~@exclusive", o.Concurrency)
	if err == nil && o.Exclusive {
		err = r.pass(ctx, "@exclusive", 1)
	}
	if err != nil {
		return Report{}, err
	}
	return r.report()
}

// runner holds the outcomes of a run, in the order of the files.
type runner struct {
	o        Options
	mu       sync.Mutex
	outcomes []Outcome
	at       map[string]int
	done     int
	total    int
}

// plan lists all scenarios that are asked for, and marks those that can't run here.
func (r *runner) plan() error {
	suite := r.suite(r.tags(), 1)
	found, err := suite.RetrieveFeatures()
	if err != nil {
		return fmt.Errorf("read the features: %w", err)
	}
	r.at = map[string]int{}
	named := map[string]bool{}
	for _, feature := range found {
		rows := rowsOf(feature.Feature)
		for _, pickle := range feature.Pickles {
			planned := newOutcome(pickle)
			if row := rows[pickle.AstNodeIds[len(pickle.AstNodeIds)-1]]; row != "" {
				planned.Name += ": " + row
			}
			planned.Reason = r.needs(planned)
			if planned.Reason == "" {
				r.total++
			}
			if _, twice := r.at[key(pickle)]; twice || named[planned.Topic+": "+planned.Name] {
				return fmt.Errorf("%s: %q stands there twice", pickle.Uri, planned.Name)
			}
			named[planned.Topic+": "+planned.Name] = true
			r.at[key(pickle)] = len(r.outcomes)
			r.outcomes = append(r.outcomes, planned)
		}
	}
	if len(r.outcomes) == 0 {
		return fmt.Errorf("no scenario has the tags %q", r.o.Tags)
	}
	return nil
}

// rowsOf are the rows of a feature's outlines by their IDs, as words.
func rowsOf(feature *messages.Feature) map[string]string {
	rows := map[string]string{}
	for _, child := range feature.Children {
		if child.Scenario == nil {
			continue
		}
		for _, examples := range child.Scenario.Examples {
			for _, row := range examples.TableBody {
				var words []string
				for _, cell := range row.Cells {
					words = append(words, cell.Value)
				}
				rows[row.Id] = strings.Join(words, ", ")
			}
		}
	}
	return rows
}

// needs tells what a scenario needs that this run doesn't have.
func (r *runner) needs(o Outcome) string {
	switch {
	case o.Tagged("@bound") && r.o.BoundURL == "":
		return "needs a listener that a header binds to a context"
	case o.Tagged("@exclusive") && !r.o.Exclusive:
		return "changes settings that all contexts share"
	default:
		return ""
	}
}

// tags puts together which scenarios to take: those that have all the tags given, and what the options ask for. In godog's
// language && binds before the comma, so each alternative gets them.
func (r *runner) tags(all ...string) string {
	if r.o.Confluent {
		all = append(all, "~@beyond")
	}
	if r.o.Tags == "" {
		return strings.Join(all, " && ")
	}
	var alternatives []string
	for one := range strings.SplitSeq(r.o.Tags, ",") {
		alternatives = append(alternatives, strings.Join(append(slices.Clip(all), one), " && "))
	}
	return strings.Join(alternatives, ",")
}

// checkTags refuses what godog would stumble over.
func checkTags(tags string) error {
	if tags == "" {
		return nil
	}
	for one := range strings.SplitSeq(tags, ",") {
		for tag := range strings.SplitSeq(one, "&&") {
			if name := strings.TrimPrefix(strings.TrimSpace(tag), "~"); len(name) < 2 || name[0] != '@' {
				return fmt.Errorf("%q is no tag in %q", tag, tags)
			}
		}
	}
	return nil
}

func (r *runner) suite(tags string, concurrency int) godog.TestSuite {
	return godog.TestSuite{
		Name:                "registry",
		ScenarioInitializer: func(sc *godog.ScenarioContext) { newScenario(r.o).register(sc, r.ended) },
		Options: &godog.Options{
			Format: "progress", FS: files, Paths: []string{"."}, Tags: tags, Concurrency: concurrency,
			Output: io.Discard, DefaultContext: context.Background(), Strict: true, NoColors: true,
		},
	}
}

func (r *runner) pass(ctx context.Context, tags string, concurrency int) error {
	all := []string{tags}
	if r.o.BoundURL == "" {
		all = append(all, "~@bound")
	}
	suite := r.suite(r.tags(all...), concurrency)
	suite.Options.DefaultContext = ctx
	if status := suite.Run(); status > 1 {
		return fmt.Errorf("the suite could not run: godog status %d", status)
	}
	return ctx.Err()
}

// ended takes the outcome of a scenario.
func (r *runner) ended(pickle *godog.Scenario, got Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, asked := r.at[key(pickle)]
	if !asked {
		return
	}
	planned := &r.outcomes[at]
	planned.Status, planned.Reason, planned.Duration, planned.Steps = got.Status, got.Reason, got.Duration, got.Steps
	r.done++
	if r.o.Progress != nil {
		r.o.Progress(r.done, r.total, *planned)
	}
}

func (r *runner) report() (Report, error) {
	for i := range r.outcomes {
		switch o := &r.outcomes[i]; {
		case o.Status != "":
		case o.Reason != "":
			o.Status = Skipped
		default:
			return Report{}, fmt.Errorf("%s: %q did not run", o.Topic, o.Name)
		}
	}
	return Report{URL: r.o.URL, Outcomes: r.outcomes}, nil
}
