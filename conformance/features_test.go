package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"schemaside/backend/registry"
	"schemaside/conformance/features"
	"schemaside/conformance/report"
	"schemaside/conformance/testserver"
)

// topics are those that the features must cover; there may be more.
func topics() []string {
	return []string{
		"basics", "isolation", "operations", "config and mode", "schema types", "references", "URL routing", "validation and odd names",
		"evolution", "deletes", "import", "listing and paging", "four tier settings", "bound view", "errors to the letter", "fall back",
	}
}

// TestFeatures runs every feature against the memory store, with the cache and without it, twice against one server. The counts
// by topic in its output are what conformance/internal/tally puts together.
func TestFeatures(t *testing.T) {
	t.Parallel()
	for store, noCache := range map[string]bool{"cached": false, "not cached": true} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			s := testserver.Start(t, testserver.Options{NoCache: noCache})
			for _, again := range []string{"", " again"} {
				if again != "" && testing.Short() {
					return
				}
				result, err := features.Run(t.Context(), features.Options{
					URL: s.URL, BoundURL: s.BoundURL, ContextHeader: testserver.ContextHeader, Exclusive: true,
				})
				if err != nil {
					t.Fatal(err)
				}
				var out bytes.Buffer
				if err := report.Summary(&out, result); err != nil {
					t.Fatal(err)
				}
				for _, topic := range topics() {
					if !slices.ContainsFunc(result.Topics(), func(t features.Topic) bool { return t.Name == topic && len(t.Outcomes) >= 10 }) {
						t.Errorf("too few scenarios on %s", topic)
					}
				}
				passed, contexts := result.Count(features.Passed), result.CountTagged("@contexts")
				if passed < 170 || contexts < 95 || passed < len(result.Outcomes) {
					t.Fatalf("%d of %d scenarios passed, %d are on contexts\n%s", passed, len(result.Outcomes), contexts, &out)
				}
				for _, topic := range result.Topics() {
					t.Logf("scenarios of %s, %s%s: %d", topic.Name, store, again, topic.Count(features.Passed))
				}
			}
		})
	}
}

// TestConfluentFeatures runs what the community edition of the reference server has, on a registry that drops rule sets as it does.
func TestConfluentFeatures(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{Registry: registry.Options{DropRuleSets: true}})
	result, err := features.Run(t.Context(), features.Options{URL: s.URL, BoundURL: s.BoundURL, Exclusive: true, Confluent: true})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.Summary(&out, result); err != nil {
		t.Fatal(err)
	}
	if result.Count(features.Passed) != len(result.Outcomes) || result.CountTagged("@beyond") > 0 || len(result.Outcomes) < 170 {
		t.Errorf("%d of %d scenarios passed\n%s", result.Count(features.Passed), len(result.Outcomes), &out)
	}
}

// TestSkipped counts what can't run against a registry of which little is known, and tells why.
func TestSkipped(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	result, err := features.Run(t.Context(), features.Options{URL: s.URL, Tags: "@topic-bound-view,@topic-four-tier-settings"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.Summary(&out, result); err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Outcomes {
		want := features.Passed
		if o.Tagged("@bound") || o.Tagged("@exclusive") {
			want = features.Skipped
		}
		if o.Status != want {
			t.Errorf("%s: %s, want %s", o.Name, o.Status, want)
		}
	}
	for _, want := range []string{"needs a listener that a header binds to a context", "changes settings that all contexts share", "0 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
}

// TestCommand runs the command itself: against a registry, and against something that is none.
func TestCommand(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	f := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), args, &out, &out); got != want {
			t.Errorf("run(%q) = %d, want %d\n%s", args, got, want, &out)
		}
	}
	f(0, "--url", s.URL, "--bound-url", s.BoundURL, "--exclusive", "--tags", "@topic-bound-view")
	f(0, "--url", s.URL+"/", "--only", "confluent", "--tags", "@topic-import")
	f(1, "--url", s.URL+"/nothing-here", "--tags", "@topic-basics")
	f(2)
	f(2, "--url", s.URL, "--no-such-flag")
	f(2, "--url", "http://127.0.0.1:1", "--tags", "@topic-import")
	f(2, "--url", s.URL, "--bound-url", "nowhere", "--tags", "@topic-import")
	f(2, "--url", s.URL, "--only", "nobody")
	f(2, "--url", s.URL, "--tags", "@no-such-tag")
	f(2, "--url", s.URL, "--tags", "@topic-basics &&")
	f(2, "--url", s.URL, "--tags", "@topic-import", "--html", filepath.Join(t.TempDir(), "no", "such", "folder"))
}

// TestReports runs the command against something that is no registry, and reads the reports of it.
func TestReports(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	folder := t.TempDir()
	junit, html := filepath.Join(folder, "junit.xml"), filepath.Join(folder, "report.html")
	var out bytes.Buffer
	args := []string{"--url", s.URL + "/<nothing>", "--tags", "@topic-basics,@topic-bound-view", "--junit", junit, "--html", html}
	if code := run(t.Context(), args, &out, &out); code != 1 {
		t.Fatalf("code %d\n%s", code, &out)
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(read(t, junit), &suites); err != nil {
		t.Fatal(err)
	}
	if len(suites.Suites) != 2 || suites.Failures < 10 || suites.Skipped < 20 || suites.Tests != suites.Failures+suites.Skipped {
		t.Errorf("%+v", suites)
	}
	if first := suites.Suites[0]; first.Name != "basics" || !strings.Contains(first.Cases[0].Failure, "404") {
		t.Errorf("%+v", first)
	}
	page := string(read(t, html))
	for _, want := range []string{"<h2 id=\"t0\">basics</h2>", "<h2 id=\"t1\">bound view</h2>", "HTTP 404 Not Found", "&lt;nothing&gt;", "needs a listener"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<nothing>") {
		t.Error("an address is not escaped")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
