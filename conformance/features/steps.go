package features

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// schemas are the texts that scenarios call by a letter. A to C are those of the specification; E refers to R.
var schemas = map[string]string{ //nolint:gochecknoglobals // constants of the suite
	"A": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"}]}`,
	"B": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string","default":"x"}]}`,
	"C": `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string"}]}`,
	"D": `{"type":"record","name":"R","fields":[{"name":"f1","type":"int"}]}`,
	"E": `{"type":"record","name":"Outer","fields":[{"name":"r","type":"R"}]}`,
}

// scenario is the state of one scenario: where it sends requests, and what the last one answered.
type scenario struct {
	o Options
	// names are what {c}, {c2} and {c3} stand for: contexts that nobody else uses.
	names  *strings.Replacer
	client *http.Client
	// bound is the context that requests are tied to; empty in the open view.
	bound   string
	headers http.Header
	asked   string
	status  int
	header  http.Header
	body    []byte
}

func newScenario(o Options) *scenario {
	unique := strconv.FormatUint(rand.Uint64(), 36) //nolint:gosec // only has to differ
	return &scenario{
		o:       o,
		names:   strings.NewReplacer("{c}", ".c-"+unique, "{c2}", ".d-"+unique, "{c3}", ".e-"+unique, "{u}", unique),
		client:  &http.Client{Timeout: 20 * time.Second},
		headers: http.Header{},
	}
}

func (s *scenario) register(sc *godog.ScenarioContext) {
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
	sc.Step(`^(PUT) "([^"]*)" with level (\w+)$`, func(ctx context.Context, method, path, level string) error {
		return s.send(ctx, method, path, `{"compatibility":"`+level+`"}`)
	})
	sc.Step(`^(PUT) "([^"]*)" with mode (\w+)$`, func(ctx context.Context, method, path, mode string) error {
		return s.send(ctx, method, path, `{"mode":"`+mode+`"}`)
	})
	sc.Step(`^it answers (\d+)$`, s.answersStatus)
	sc.Step(`^it answers (\d+) with$`, func(status int, want *godog.DocString) error { return s.answers(status, want.Content) })
	sc.Step(`^it answers (\[.*\]|\{.*\})$`, func(want string) error { return s.answers(http.StatusOK, want) })
	sc.Step(`^it answers error (\d+) "(.*)"$`, s.answersError)
	sc.Step(`^it answers error (\d+)$`, s.answersCode)
	sc.Step(`^it answers the text of ([A-Z])$`, s.answersText)
	sc.Step(`^it answers id (\d+) version (\d+)$`, s.answersVersion)
	sc.Step(`^it answers schema ([A-Z]) of "([^"]*)"$`, s.answersSchema)
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

// Matches tells whether an answer is a wanted JSON value. In that, the strings "<ms>" and "<any>" stand for any number and
// for anything.
func Matches(answer []byte, want string) bool {
	var got, wanted any
	return json.Unmarshal([]byte(want), &wanted) == nil && json.Unmarshal(answer, &got) == nil && matches(got, wanted)
}

func (s *scenario) expand(text string) string { return Expand(s.names.Replace(text)) }

func (s *scenario) send(ctx context.Context, method, path, body string) error {
	base := s.o.URL
	if s.bound != "" {
		base = s.o.BoundURL
	}
	s.asked = method + " " + s.names.Replace(path)
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

// differs tells what was answered in place of what was wanted.
func (s *scenario) differs(want string) error {
	return fmt.Errorf("%s answered %d %s, want %s", s.asked, s.status, bytes.TrimSpace(s.body), want)
}

func (s *scenario) answersStatus(status int) error {
	if s.status != status {
		return s.differs(strconv.Itoa(status))
	}
	return nil
}

func (s *scenario) answers(status int, want string) error {
	want = s.expand(want)
	if s.status != status || !Matches(s.body, want) {
		return s.differs(strconv.Itoa(status) + " " + want)
	}
	return nil
}

// matches compares parsed JSON values.
func matches(got, want any) bool {
	switch want := want.(type) {
	case string:
		_, number := got.(float64)
		return want == "<any>" || want == "<ms>" && number || got == want
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !matches(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for key := range want {
			if value, ok := object[key]; !ok || !matches(value, want[key]) {
				return false
			}
		}
		return true
	default:
		return reflect.DeepEqual(got, want)
	}
}

func (s *scenario) answersError(code int, message string) error {
	message = strings.ReplaceAll(message, `\"`, `"`)
	want, err := json.Marshal(map[string]any{"error_code": code, "message": s.names.Replace(message)})
	if err != nil {
		return err
	}
	return s.answers(StatusOf(code), string(want))
}

func (s *scenario) answersCode(code int) error {
	var got struct {
		Code int `json:"error_code"`
	}
	if s.status != StatusOf(code) || json.Unmarshal(s.body, &got) != nil || got.Code != code {
		return s.differs("error_code " + strconv.Itoa(code))
	}
	return nil
}

// StatusOf is the HTTP status that goes with an error code.
func StatusOf(code int) int {
	if code >= 10000 {
		return code / 100
	}
	return code
}

func (s *scenario) answersText(letter string) error {
	if s.status != http.StatusOK || string(s.body) != schemas[letter] {
		return s.differs(schemas[letter])
	}
	return nil
}

func (s *scenario) answersVersion(id, version int) error {
	var got struct {
		ID      int `json:"id"`
		Version int `json:"version"`
	}
	if s.status != http.StatusOK || json.Unmarshal(s.body, &got) != nil || got.ID != id || got.Version != version {
		return s.differs(fmt.Sprintf("id %d version %d", id, version))
	}
	return nil
}

func (s *scenario) answersSchema(letter, subject string) error {
	var got struct {
		Schema  string `json:"schema"`
		Subject string `json:"subject"`
	}
	if s.status != http.StatusOK || json.Unmarshal(s.body, &got) != nil || got.Schema != schemas[letter] || got.Subject != s.names.Replace(subject) {
		return s.differs(schemas[letter] + " of " + subject)
	}
	return nil
}

func (s *scenario) doesNotMention(text string) error {
	if bytes.Contains(s.body, []byte(s.names.Replace(text))) {
		return s.differs("no mention of " + text)
	}
	return nil
}

func (s *scenario) answersHeader(name, want string) error {
	if got := s.header.Get(name); got != s.names.Replace(want) {
		return fmt.Errorf("%s answered header %s: %q, want %q", s.asked, name, got, want)
	}
	return nil
}
