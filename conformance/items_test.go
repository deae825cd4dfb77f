package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"schemaside/backend/registry"
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
	checkNumbers(t, items)
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

// checkNumbers: each item has its test, but for those on associations and keys of encryption, which come after 103. 39 and 98 have
// functions of their own.
func checkNumbers(t *testing.T, items []item) {
	t.Helper()
	var got, want []int
	for _, it := range items {
		number, _, _ := strings.Cut(it.name, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("%q has no number", it.name)
		}
		got = append(got, n)
	}
	for n := 1; n <= 103; n++ {
		if n != 39 && n != 98 {
			want = append(want, n)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("items %d, want %d", got, want)
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
	if json.Unmarshal(got, &refusal) != nil || refusal.Code != code || status != features.StatusOf(code) {
		return false
	}
	if end, isEnd := strings.CutPrefix(text, "..."); isEnd {
		return strings.HasSuffix(refusal.Message, end)
	}
	return !hasText || refusal.Message == text
}

// TestItem39: the soft delete of one version moves its time, that of the whole subject doesn't.
func TestItem39(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	var clock atomic.Int64
	clock.Store(now.UnixMilli())
	s := testserver.Start(t, testserver.Options{Registry: registry.Options{Now: func() time.Time { return time.UnixMilli(clock.Load()) }}})
	do := func(method, path, body, want string) {
		t.Helper()
		step{method: method, path: path, body: body, want: want}.run(t, s.URL)
	}
	do("POST", "/subjects/v/versions", body("A"), "")
	do("POST", "/subjects/w/versions", body("A"), "")
	clock.Add(5000)
	do("DELETE", "/subjects/v/versions/1", "", "1")
	do("DELETE", "/subjects/w", "", "[1]")
	shown := `{"subject":"%s","version":1,"id":1,"guid":"<any>","schemaType":"AVRO","schema":"$A","ts":%d,"deleted":true}`
	do("GET", "/subjects/v/versions/1?deleted=true", "", fmt.Sprintf(shown, "v", now.UnixMilli()+5000))
	do("GET", "/subjects/w/versions/1?deleted=true", "", fmt.Sprintf(shown, "w", now.UnixMilli()))
}

// TestItem97: types of bodies that are read, and one that isn't.
func TestItem97(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	f := func(contentType string, want int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/subjects/s/versions", strings.NewReader(body("A")))
		if err != nil {
			t.Fatal(err)
		}
		if contentType != "" {
			request.Header.Set("Content-Type", contentType)
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
		refusal := `{"error_code":415,"message":"HTTP 415 Unsupported Media Type"}`
		if response.StatusCode != want || want == http.StatusUnsupportedMediaType && string(got) != refusal {
			t.Errorf("%q: %d %s, want %d", contentType, response.StatusCode, got, want)
		}
	}
	f("text/plain", http.StatusUnsupportedMediaType)
	f("application/x-www-form-urlencoded", http.StatusUnsupportedMediaType)
	f("", http.StatusOK)
	f("application/octet-stream", http.StatusOK)
	f("application/json; charset=utf-8", http.StatusOK)
	f("application/vnd.schemaregistry+json", http.StatusOK)
	f("application/vnd.schemaregistry.v1+json", http.StatusOK)
}

// TestItem98: a request's own ID comes back, else it gets one.
func TestItem98(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	f := func(given, want string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/subjects", nil)
		if err != nil {
			t.Fatal(err)
		}
		if given != "" {
			request.Header.Set("X-Request-ID", given)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if got := response.Header.Get("X-Request-ID"); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("given %q: answers %q, want %s", given, got, want)
		}
	}
	f("abc", "^abc$")
	f("", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
}
