package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
)

// item is one numbered item of section 6 of the specification.
type item struct {
	name  string
	steps []step
}

// step is a request and, unless want is empty, what it answers.
type step struct {
	line               int
	method, path, body string
	want               string
}

// TestSection6 runs testdata/section-6.txt, whose head tells its format.
func TestSection6(t *testing.T) {
	t.Parallel()
	items := readItems(t, "testdata/section-6.txt")
	if len(items) < 70 {
		t.Fatalf("only %d items", len(items))
	}
	for _, it := range items {
		for _, noCache := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/cache=%t", it.name, !noCache), func(t *testing.T) {
				t.Parallel()
				s := testserver.Start(t, testserver.Options{NoCache: noCache})
				for _, st := range it.steps {
					st.run(t, s.URL)
				}
			})
		}
	}
}

func readItems(t *testing.T, path string) []item {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var items []item
	lines := bufio.NewScanner(bytes.NewReader(file))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "## "):
			items = append(items, item{name: strings.TrimPrefix(line, "## ")})
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "= "):
			steps := items[len(items)-1].steps
			steps[len(steps)-1].want = strings.TrimPrefix(line, "= ")
		default:
			parts := append(strings.SplitN(line, " ", 3), "")
			it := &items[len(items)-1]
			it.steps = append(it.steps, step{line: n, method: parts[0], path: parts[1], body: body(parts[2])})
		}
	}
	return items
}

func body(text string) string {
	if len(text) == 1 {
		return features.Expand(`{"schema":"$` + text + `"}`)
	}
	return features.Expand(text)
}

func (st step) run(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), st.method, url+st.path, strings.NewReader(st.body))
	if err != nil {
		t.Fatal(err)
	}
	if st.body != "" {
		request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if st.want == "" && response.StatusCode >= 400 || st.want != "" && !st.answered(response.StatusCode, got) {
		t.Fatalf("line %d: %s %s %s\nanswers %d %s\nwant    %s", st.line, st.method, st.path, st.body, response.StatusCode, got, st.want)
	}
}

// answered tells whether an answer is the wanted one.
func (st step) answered(status int, got []byte) bool {
	if strings.ContainsAny(st.want[:1], "{[") || st.want == "1" {
		return status == http.StatusOK && features.Matches(got, features.Expand(st.want))
	}
	head, text, hasText := strings.Cut(st.want, " ")
	if head == "text" {
		return status == http.StatusOK && string(got) == features.Schema(text)
	}
	code, err := strconv.Atoi(head)
	if err != nil {
		return false
	}
	if code < 400 {
		return status == code
	}
	var refusal struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	return json.Unmarshal(got, &refusal) == nil && refusal.Code == code && status == features.StatusOf(code) &&
		(!hasText || refusal.Message == text)
}
