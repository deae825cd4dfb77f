package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/responses"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
	"schemaside/docs"
)

// TestFeaturesAreDescribed runs all features and compares every answer with the OpenAPI document. Each operation must be seen to
// succeed, so that none is described without being compared.
func TestFeaturesAreDescribed(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{NoCache: true})
	d := newDescribed(t, http.DefaultTransport)
	result, err := features.Run(t.Context(), features.Options{
		URL: s.URL, BoundURL: s.BoundURL, ContextHeader: testserver.ContextHeader, Exclusive: true, Transport: d,
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed := result.Count(features.Failed); failed > 0 || result.Count(features.Passed) < 30 {
		t.Errorf("%d scenarios failed", failed)
	}
	for _, path := range []string{"/health/live", "/health/ready", "/metrics", "/openapi.yaml", "/docs", "/v1/metadata/id", "/v1/metadata/version"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	for _, problem := range d.problems {
		t.Error(problem)
	}
	for path, item := range d.document.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			op := strings.ToUpper(method) + " " + path
			if !slices.ContainsFunc(d.seen[op], func(status int) bool { return status < 300 }) {
				t.Errorf("%s was never seen to succeed", op)
			}
		}
	}
	t.Logf("%d answers were compared with the OpenAPI document", d.compared)
}

// TestUndescribed: an answer that isn't what the document says is found out.
func TestUndescribed(t *testing.T) {
	t.Parallel()
	const ours = "application/vnd.schemaregistry.v1+json"
	d := newDescribed(t, nil)
	f := func(good bool, method, path string, status int, contentType, body string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, "http://registry"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = d.compare(request, &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}}, []byte(body))
		if (err == nil) != good {
			t.Errorf("%s %s: %d %s: %v", method, path, status, body, err)
		}
	}
	f(true, "GET", "/subjects", 200, ours, `["a"]`)
	f(true, "GET", "/subjects/", 200, "application/json", `["a"]`)
	f(true, "GET", "/contexts/.c/subjects", 200, ours, `["a"]`)
	f(true, "HEAD", "/subjects", 200, ours, ``)
	f(false, "GET", "/subjects", 200, ours, `[1]`)
	f(false, "GET", "/subjects", 200, "text/plain", `["a"]`)
	f(false, "GET", "/subjects", 404, ours, `{"error_code":40401,"message":"no code of this operation"}`)
	f(false, "GET", "/subjects", 500, ours, `{"error_code":50102,"message":"a code of another status"}`)
	f(false, "GET", "/subjects", 503, ours, `{"error_code":50301,"message":"an unknown code"}`)
	f(true, "GET", "/subjects", 500, ours, `{"error_code":50002,"message":"m"}`)
	f(false, "GET", "/subjects", 500, ours, `{"error_code":50002}`)
	f(false, "GET", "/subjects", 201, ours, `["a"]`)
	f(true, "GET", "/mode", 200, ours, `{"mode":"IMPORT"}`)
	f(false, "GET", "/mode", 200, ours, `{"mode":"import"}`)
	f(false, "GET", "/mode", 200, ours, `{"mode":"IMPORT","more":1}`)
	f(false, "GET", "/subjects/s/versions/1", 200, ours, `{"version":1,"id":1,"schemaType":"AVRO","schema":"x"}`)
	f(true, "GET", "/config", 200, ours, `{"compatibilityLevel":"FULL","defaultMetadata":{"tags":{"a.b":["x"]}}}`)
	f(false, "GET", "/config", 200, ours, `{"compatibilityLevel":"FULL","defaultMetadata":{"tagged":{}}}`)
	f(true, "GET", "/health/live", 200, "application/json", `{"status":"live"}`)
	f(false, "GET", "/health/live", 200, ours, `{"status":"live"}`)
	f(true, "GET", "/nowhere", 404, ours, `{"error_code":404,"message":"m"}`)
	f(false, "GET", "/nowhere", 200, ours, `{}`)
}

// described carries requests, and compares answers with the OpenAPI document.
type described struct {
	next     http.RoundTripper
	document *v3.Document

	mu        sync.Mutex
	validator responses.ResponseBodyValidator
	problems  []string
	compared  int
	// seen are the statuses of each operation; known are answers that were compared already.
	seen  map[string][]int
	known map[string]bool
}

func newDescribed(t *testing.T, next http.RoundTripper) *described {
	t.Helper()
	document, err := libopenapi.NewDocument([]byte(docs.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	return &described{
		next: next, document: &model.Model, seen: map[string][]int{}, known: map[string]bool{},
		// Strict: a field that isn't described is a difference, but for names that are anyone's to choose.
		validator: responses.NewResponseBodyValidator(&model.Model, config.WithFormatAssertions(), config.WithStrictMode(),
			config.WithStrictIgnorePaths("$.body.**.properties**", "$.body.**.tags**", "$.body.**.params**", "$.body.scope.clusters**")),
	}
}

// RoundTrip sends a request. A difference is a finding of the test and no error, so that the scenario goes on.
func (d *described) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := d.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.compare(request, answer, body); err != nil {
		d.problems = append(d.problems, fmt.Sprintf("%s %s: %d %s: %v", request.Method, request.URL, answer.StatusCode, body, err))
	}
	return answer, nil
}

// compare compares an answer with what its operation is said to answer; one that isn't described is refused.
func (d *described) compare(request *http.Request, answer *http.Response, body []byte) error {
	method := request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	path, item := d.find(method, request.URL.EscapedPath())
	op := method + " " + path
	d.seen[op] = append(d.seen[op], answer.StatusCode)
	if answer.StatusCode >= 400 {
		if err := checkError(answer.StatusCode, body, request.Method); err != nil {
			return err
		}
	}
	if request.Method == http.MethodHead {
		return nil
	}
	known := fmt.Sprint(op, answer.StatusCode, answer.Header.Get("Content-Type"), string(body))
	if d.known[known] {
		return nil
	}
	d.known[known] = true
	d.compared++
	asked, err := http.NewRequestWithContext(request.Context(), method, request.URL.String(), nil)
	if err != nil {
		return err
	}
	got := &http.Response{StatusCode: answer.StatusCode, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
	got.Header.Set("Content-Type", describedType(path, answer.Header.Get("Content-Type")))
	if ok, errs := d.validator.ValidateResponseBodyWithPathItem(asked, got, item, path); !ok {
		return fmt.Errorf("%s is not described so: %s", op, tell(errs))
	}
	return nil
}

// describedType is the content type that stands in the document for one that it names in words only.
func describedType(path, contentType string) string {
	negotiated := contentType == "application/vnd.schemaregistry+json" || contentType == "application/json"
	if negotiated && !strings.HasPrefix(path, "/health/") {
		return "application/vnd.schemaregistry.v1+json"
	}
	return contentType
}

// checkError tells whether the status of an error is the one that its code stands for.
func checkError(status int, body []byte, method string) error {
	var e struct {
		Code int `json:"error_code"`
	}
	switch err := json.Unmarshal(body, &e); {
	case method == http.MethodHead:
		return nil
	case err != nil:
		return err
	case features.StatusOf(e.Code) != status:
		return fmt.Errorf("the code doesn't fit the status %d", status)
	default:
		return nil
	}
}

// find returns the path of the document that a raw path is one of; without any, one that answers what any request can be
// answered.
func (d *described) find(method, rawPath string) (string, *v3.PathItem) {
	segments := strings.Split(strings.TrimSuffix(strings.TrimPrefix(rawPath, "/"), "/"), "/")
	if len(segments) > 2 && segments[0] == "contexts" {
		segments = segments[2:]
	}
	for path, item := range d.document.Paths.PathItems.FromOldest() {
		template := strings.Split(strings.TrimPrefix(path, "/"), "/")
		fits := slices.EqualFunc(segments, template, func(s, t string) bool { return s == t || strings.HasPrefix(t, "{") && s != "" })
		if fits && item.GetOperations().GetOrZero(strings.ToLower(method)) != nil {
			return path, item
		}
	}
	op := &v3.Operation{Responses: &v3.Responses{
		Codes: orderedmap.New[string, *v3.Response](), Default: d.document.Components.Responses.GetOrZero("Refused"),
	}}
	return "an unknown path", &v3.PathItem{Get: op, Put: op, Post: op, Delete: op, Options: op, Head: op, Patch: op, Trace: op}
}
