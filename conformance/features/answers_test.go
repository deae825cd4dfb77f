package features

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cucumber/godog"
)

// TestSteps runs each step that checks an answer on one that it must accept, and on one that it must refuse.
func TestSteps(t *testing.T) {
	t.Parallel()
	f := func(step string, status int, good, bad string) {
		t.Helper()
		if err := check(t, step, status, good); err != nil {
			t.Errorf("%s refuses %s: %v", step, good, err)
		}
		if check(t, step, status, bad) == nil {
			t.Errorf("%s accepts %s", step, bad)
		}
		if check(t, step, status+1, good) == nil {
			t.Errorf("%s accepts status %d", step, status+1)
		}
	}
	a, err := json.Marshal(Schema("A"))
	if err != nil {
		t.Fatal(err)
	}
	f(`it answers {"a":1}`, 200, `{"a":1}`, `{"a":1,"b":2}`)
	f(`it answers {"a":1}`, 200, ` {"a": 1.0} `, `{}`)
	f(`it answers {"a":"<any>","b":"<ms>"}`, 200, `{"a":[],"b":5}`, `{"a":[],"b":"5"}`)
	f(`it answers [1,2]`, 200, `[1,2]`, `[2,1]`)
	f(`it answers [{"s":"$A"}]`, 200, `[{"s":`+string(a)+`}]`, `[{"s":"A"}]`)
	f(`it answers error 40401 "Subject 's' not found."`, 404, `{"error_code":40401,"message":"Subject 's' not found."}`, `{"error_code":40401,"message":"no"}`)
	f(`it answers error 42201 that says "for \"x\""`, 422, `{"error_code":42201,"message":"none for \"x\" here"}`, `{"error_code":42201,"message":"x"}`)
	f(`it answers error 40403`, 404, `{"error_code":40403}`, `{"error_code":40401}`)
	f(`it answers the text of A`, 200, Schema("A"), Schema("B"))
	f(`it answers id 1 version 2`, 200, `{"id":1,"version":2,"guid":""}`, `{"id":1,"version":1}`)
	f(`it answers schema A of "s"`, 200, `{"schema":`+string(a)+`,"subject":"s"}`, `{"schema":`+string(a)+`,"subject":"t"}`)
	f(`it lists "a", {"b":1}`, 200, `["x",{"b":1},"a"]`, `["a"]`)
	f(`it does not list "a", "b"`, 200, `["x"]`, `["x","b"]`)
	f(`its "a.0.b" is [1]`, 200, `{"a":[{"b":[1]}]}`, `{"a":[{"b":[2]}]}`)
	f(`its "a" is "<any>"`, 200, `{"a":null}`, `{}`)
	f(`its "1" is 5`, 200, `[4,5]`, `[5]`)
	f(`it has no "a.b"`, 200, `{"a":{}}`, `{"a":{"b":null}}`)
	f(`call its "id" {id}`, 200, `{"id":7}`, `{}`)
}

// TestPlainSteps are those for which any status is right, or any body.
func TestPlainSteps(t *testing.T) {
	t.Parallel()
	f := func(step string, status int, body string, want bool) {
		t.Helper()
		if err := check(t, step, status, body); (err == nil) != want {
			t.Errorf("%s on %d %s: %v", step, status, body, err)
		}
	}
	f(`it answers 204`, 204, ``, true)
	f(`it answers 204`, 200, ``, false)
	f(`the answer does not mention "{c}"`, 404, `{}`, true)
	f(`the answer's header "X-Test" is "{c}"`, 200, ``, true)
	f(`the answer's header "X-Test" is "{c2}"`, 200, ``, false)
}

// check runs a scenario of one request and one step that checks the answer.
func check(t *testing.T, step string, status int, body string) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Test", strings.TrimPrefix(r.URL.Path, "/"))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	var got error
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			newScenario(Options{URL: server.URL}).register(sc, func(*godog.Scenario, Outcome) {})
			sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
				got = err
				return ctx, nil
			})
		},
		Options: &godog.Options{
			Format: "progress", Output: &strings.Builder{}, Strict: true, DefaultContext: t.Context(),
			FeatureContents: []godog.Feature{{Name: "one.feature", Contents: []byte("Feature: one\n  Scenario: one\n    When GET \"/{c}\"\n    Then " + step + "\n")}},
		},
	}
	suite.Run()
	return got
}

// TestRun runs against something that answers everything with an empty list.
func TestRun(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[]")) }))
	defer server.Close()
	f := func(o Options, want bool) Report {
		t.Helper()
		o.URL = server.URL
		report, err := Run(t.Context(), o)
		if (err == nil) != want {
			t.Errorf("%+v: %v", o, err)
		}
		return report
	}
	told := 0
	report := f(Options{Tags: "@topic-tags,@topic-rule-sets && ~@contexts", Confluent: true, Progress: func(done, total int, _ Outcome) {
		told++
		if done != told || total < done {
			t.Errorf("told of %d of %d after %d", done, total, told)
		}
	}}, true)
	if topics := report.Topics(); len(topics) != 1 || topics[0].Name != "tags" || report.Count(Failed) != told || told < 4 {
		t.Errorf("told of %d: %+v", told, report)
	}
	f(Options{Tags: "@no-such-tag"}, false)
	f(Options{Tags: "basics"}, false)
	f(Options{Tags: "@topic-basics && "}, false)
	f(Options{Tags: "@topic-basics,,"}, false)
}
