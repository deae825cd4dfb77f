package main

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
	"schemaside/docs"
)

// TestFeaturesReachEveryEndpoint holds the features against the document of the API: each operation in it has to be carried out
// by a scenario, and all that have errors of their own have to be refused by one, too.
func TestFeaturesReachEveryEndpoint(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	seen := &witness{operations: documented(t), done: map[string]bool{}, refused: map[string]bool{}}
	result, err := features.Run(t.Context(), features.Options{URL: s.URL, BoundURL: s.BoundURL, Exclusive: true, Transport: seen})
	if err != nil || result.Count(features.Failed) > 0 {
		t.Fatalf("%d failed, %v", result.Count(features.Failed), err)
	}
	for operation := range seen.operations {
		if !seen.done[operation] {
			t.Errorf("no scenario carries out %s", operation)
		}
		if !seen.refused[operation] && !neverRefused(operation) {
			t.Errorf("no scenario is refused %s", operation)
		}
	}
}

// neverRefused tells operations that have no error of their own.
func neverRefused(operation string) bool {
	_, path, _ := strings.Cut(operation, " ")
	return path == "/" || path == "/schemas/types" || strings.HasPrefix(path, "/v1/metadata/") || strings.HasSuffix(path, "/guids/{guid}/ids")
}

// documented are the operations of the registry's API, each with the pattern of its paths.
func documented(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	operations := map[string]*regexp.Regexp{}
	path := ""
	isPath, isMethod := regexp.MustCompile(`^  (/\S*):$`), regexp.MustCompile(`^    (get|post|put|delete):$`)
	parameter := regexp.MustCompile(`\\\{[a-z]+\\\}`)
	for line := range strings.Lines(docs.OpenAPI) {
		line = strings.TrimSuffix(line, "\n")
		if found := isPath.FindStringSubmatch(line); found != nil {
			path = found[1]
		}
		found := isMethod.FindStringSubmatch(line)
		if found == nil || strings.HasPrefix(path, "/health/") || path == "/metrics" || path == "/openapi.yaml" || path == "/docs" {
			continue
		}
		pattern := parameter.ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		operations[strings.ToUpper(found[1])+" "+path] = regexp.MustCompile(`^(/contexts/[^/]+)?` + pattern + `/?$`)
	}
	if len(operations) < 35 {
		t.Fatalf("only %d operations in the document", len(operations))
	}
	return operations
}

// witness is a transport that notes which operations were carried out, and which refused.
type witness struct {
	operations    map[string]*regexp.Regexp
	mu            sync.Mutex
	done, refused map[string]bool
}

func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for operation, pattern := range w.operations {
		method, _, _ := strings.Cut(operation, " ")
		switch path := request.URL.EscapedPath(); {
		case method != request.Method || !pattern.MatchString(path):
		case response.StatusCode < http.StatusBadRequest:
			w.done[operation] = true
		default:
			w.refused[operation] = true
		}
	}
	return response, nil
}
