package features

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// schemas are the texts that scenarios call by a letter. A to D are Avro, A to C those of the specification; E refers to R.
// J to M are JSON Schemas, two open and two closed ones; P to S are Protobuf messages, S refers to P.
var schemas = map[string]string{ //nolint:gochecknoglobals // constants of the suite
	"A": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"}]}`,
	"B": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string","default":"x"}]}`,
	"C": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string"}]}`,
	"D": `{"type":"record","name":"R","fields":[{"name":"f1","type":"int"}]}`,
	"E": `{"type":"record","name":"Outer","fields":[{"name":"r","type":"R"}]}`,
	"J": `{"type":"object","properties":{"a":{"type":"string"}}}`,
	"K": `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`,
	"L": `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`,
	"M": `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":false}`,
	"P": "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n}\n",
	"Q": "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n  string b = 2;\n}\n",
	"R": "syntax = \"proto3\";\n\nmessage M {\n  string a = 1;\n}\n",
	"S": "syntax = \"proto3\";\n\nimport \"m.proto\";\n\nmessage N {\n  M m = 1;\n}\n",
}

// scenario is the state of one scenario: where it sends requests, and what the last one answered.
type scenario struct {
	o Options
	// values are pairs for names: {c}, {c2} and {c3} stand for contexts, {u} for a word that nobody else uses. Scenarios add
	// what answers hold.
	values []string
	names  *strings.Replacer
	client *http.Client
	// bound is the context that requests are tied to; empty in the open view.
	bound   string
	headers http.Header
	asked   string
	status  int
	header  http.Header
	body    []byte
	kept    []byte

	began time.Time
	steps []Step
	// sent is set when the step under way has sent a request.
	sent string
}

func newScenario(o Options) *scenario {
	unique := strconv.FormatUint(rand.Uint64(), 36) //nolint:gosec // only has to differ
	s := &scenario{
		o:       o,
		client:  &http.Client{Timeout: 20 * time.Second, Transport: o.Transport},
		headers: http.Header{},
	}
	s.name("c", ".c-"+unique)
	s.name("c2", ".d-"+unique)
	s.name("c3", ".e-"+unique)
	s.name("u", unique)
	return s
}

// name lets {word} stand for a text from here on.
func (s *scenario) name(word, text string) {
	s.values = append(s.values, "{"+word+"}", text)
	s.names = strings.NewReplacer(s.values...)
}

func (s *scenario) register(sc *godog.ScenarioContext, ended func(*godog.Scenario, Outcome)) {
	s.record(sc, ended)
	s.registerRequests(sc)
	s.registerAnswers(sc)
}

// record notes what the steps do.
func (s *scenario) record(sc *godog.ScenarioContext, ended func(*godog.Scenario, Outcome)) {
	sc.Before(func(ctx context.Context, _ *godog.Scenario) (context.Context, error) {
		s.began = time.Now()
		return ctx, nil
	})
	sc.StepContext().After(func(ctx context.Context, st *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		done := Step{Text: s.names.Replace(st.Text), Status: Passed}
		switch {
		case err != nil:
			done.Status, done.Error = Failed, err.Error()
		case status != godog.StepPassed:
			done.Status = Skipped
		}
		if s.sent != "" {
			done.Asked, done.Answered, s.sent = s.sent, fmt.Sprintf("%d %s", s.status, bytes.TrimSpace(s.body)), ""
		}
		s.steps = append(s.steps, done)
		return ctx, nil
	})
	sc.After(func(ctx context.Context, pickle *godog.Scenario, err error) (context.Context, error) {
		got := Outcome{Status: Passed, Duration: time.Since(s.began), Steps: s.steps}
		if err != nil {
			got.Status, got.Reason = Failed, err.Error()
		}
		ended(pickle, got)
		return ctx, nil
	})
}

func (s *scenario) registerRequests(sc *godog.ScenarioContext) {
	sc.Step(`^the bound view of "([^"]*)"$`, func(c string) { s.bound = s.names.Replace(c) })
	sc.Step(`^the open view$`, func() { s.bound = "" })
	sc.Step(`^the header "([^"]*)" is "([^"]*)"$`, func(name, value string) { s.headers.Set(name, s.names.Replace(value)) })
	sc.Step(`^no header "([^"]*)"$`, func(name string) { s.headers.Del(name) })
	sc.Step(`^(GET|HEAD|POST|PUT|DELETE|PATCH) "([^"]*)"$`, func(ctx context.Context, method, path string) error {
		return s.send(ctx, method, path, "")
	})
	sc.Step(`^(POST|PUT) "([^"]*)" with$`, func(ctx context.Context, method, path string, body *godog.DocString) error {
		return s.send(ctx, method, path, body.Content)
	})
	sc.Step(`^(POST) "([^"]*)" with schema ([A-Z])$`, func(ctx context.Context, method, path, letter string) error {
		return s.send(ctx, method, path, `{"schema":"$`+letter+`"}`)
	})
	sc.Step(`^(POST) "([^"]*)" with (AVRO|JSON|PROTOBUF) schema ([A-Z])$`, func(ctx context.Context, method, path, language, letter string) error {
		return s.send(ctx, method, path, `{"schemaType":"`+language+`","schema":"$`+letter+`"}`)
	})
	sc.Step(`^(PUT) "([^"]*)" with level (\w+)$`, func(ctx context.Context, method, path, level string) error {
		return s.send(ctx, method, path, `{"compatibility":"`+level+`"}`)
	})
	sc.Step(`^(PUT) "([^"]*)" with mode (\w+)$`, func(ctx context.Context, method, path, mode string) error {
		return s.send(ctx, method, path, `{"mode":"`+mode+`"}`)
	})
}

func (s *scenario) registerAnswers(sc *godog.ScenarioContext) {
	sc.Step(`^it answers (\d+)$`, s.answersStatus)
	sc.Step(`^it answers (\d+) with$`, func(status int, want *godog.DocString) error { return s.answers(status, want.Content) })
	sc.Step(`^it answers (\[.*\]|\{.*\})$`, func(want string) error { return s.answers(http.StatusOK, want) })
	sc.Step(`^it answers error (\d+) "(.*)"$`, s.answersError)
	sc.Step(`^it answers error (\d+) that says "(.*)"$`, s.answersSaying)
	sc.Step(`^it answers error (\d+)$`, s.answersCode)
	sc.Step(`^it answers the text of ([A-Z])$`, s.answersText)
	sc.Step(`^it answers id (\d+) version (\d+)$`, s.answersVersion)
	sc.Step(`^it answers schema ([A-Z]) of "([^"]*)"$`, s.answersSchema)
	sc.Step(`^it lists (.*)$`, func(want string) error { return s.lists(want, true) })
	sc.Step(`^it does not list (.*)$`, func(want string) error { return s.lists(want, false) })
	sc.Step(`^its "([^"]*)" is (.*)$`, s.holds)
	sc.Step(`^it has no "([^"]*)"$`, s.lacks)
	sc.Step(`^call its "([^"]*)" \{(\w+)\}$`, s.call)
	sc.Step(`^the answer is kept$`, func() { s.kept = s.body })
	sc.Step(`^it answers what was kept$`, func() error { return s.answers(http.StatusOK, string(s.kept)) })
	sc.Step(`^the answer does not mention "([^"]*)"$`, s.doesNotMention)
	sc.Step(`^the answer's header "([^"]*)" is "([^"]*)"$`, s.answersHeader)
}

// Expand fills in schemas: "$A" stands for the JSON string of schema A.
func Expand(text string) string {
	for letter, schema := range schemas {
		text = strings.ReplaceAll(text, `"$`+letter+`"`, strconv.Quote(schema))
	}
	return text
}

// Schema is the text that scenarios call by a letter.
func Schema(letter string) string { return schemas[letter] }

func (s *scenario) expand(text string) string { return Expand(s.names.Replace(text)) }

func (s *scenario) send(ctx context.Context, method, path, body string) error {
	base := s.o.URL
	if s.bound != "" {
		base = s.o.BoundURL
	}
	s.asked = method + " " + s.names.Replace(path)
	s.sent = strings.TrimSpace(s.asked + "\n" + s.expand(body))
	s.status, s.header, s.body = 0, nil, nil
	request, err := http.NewRequestWithContext(ctx, method, base+s.names.Replace(path), strings.NewReader(s.expand(body)))
	if err != nil {
		return err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	}
	if s.bound != "" {
		request.Header.Set(s.o.ContextHeader, s.bound)
	}
	maps.Copy(request.Header, s.headers)
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	s.status, s.header = response.StatusCode, response.Header
	s.body, err = io.ReadAll(response.Body)
	return err
}
