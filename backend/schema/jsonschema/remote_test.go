package jsonschema_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// web is what there is to fetch.
type web struct {
	mu    sync.Mutex
	texts map[string]string
	asked []string
}

var errNothingThere = errors.New("nothing there")

func (w *web) fetch(ctx context.Context, url string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, url)
	if _, bounded := ctx.Deadline(); !bounded {
		return "", errors.New("a fetch without a deadline")
	}
	text, ok := w.texts[url]
	if !ok {
		return "", errNothingThere
	}
	return text, nil
}

func newWeb() *web {
	return &web{texts: map[string]string{
		"http://e.com/s":        `{"type":"string","definitions":{"n":{"type":"number"}},"$defs":{"a":{"$anchor":"b","type":"null"}}}`,
		"http://e.com/named":    `{"$id":"http://other.com/t","definitions":{"x":{"$id":"#f","type":"null"}},"$defs":{"a":{"$anchor":"a","type":"null"}}}`,
		"http://e.com/inner":    `{"properties":{"a":{"$ref":"s"},"b":{"$ref":"#/definitions/c"}},"definitions":{"c":{"type":"null"}}}`,
		"http://e.com/ring":     `{"properties":{"a":{"$ref":"http://e.com/ring2"}}}`,
		"http://e.com/ring2":    `{"properties":{"a":{"$ref":"http://e.com/ring"}}}`,
		"http://e.com/true":     `true`,
		"http://e.com/list":     `[1]`,
		"http://e.com/html":     `<html>`,
		"http://e.com/bad":      `{"type":"strin"}`,
		"http://e.com/deep":     strings.Repeat(`{"items":`, 2000) + `{}` + strings.Repeat(`}`, 2000),
		"http://e.com/large":    `{"title":"` + strings.Repeat("x", 5<<20) + `"}`,
		"https://e.com/s?v=1&b": `{"type":"string"}`,
	}}
}

// TestRemote has texts refer to what is fetched: want are the URLs, separated by blanks.
func TestRemote(t *testing.T) {
	t.Parallel()
	modern := `"$schema":"https://json-schema.org/draft/2020-12/schema",`
	for _, c := range []struct {
		name, text, want string
	}{
		{"a text", `{"$ref":"http://e.com/s"}`, "http://e.com/s"},
		{"an empty fragment", `{"$ref":"http://e.com/s#"}`, "http://e.com/s"},
		{"a query", `{"$ref":"https://e.com/s?v=1&b"}`, "https://e.com/s?v=1&b"},
		{"a pointer into it", `{"$ref":"http://e.com/s#/definitions/n"}`, "http://e.com/s"},
		{"twice", `{"allOf":[{"$ref":"http://e.com/s"},{"$ref":"http://e.com/s#/definitions/n"}]}`, "http://e.com/s"},
		{"relative to its own id", `{"$id":"http://e.com/","allOf":[{"$ref":"s"}]}`, "http://e.com/s"},
		{"what it refers to", `{"$ref":"http://e.com/inner"}`, "http://e.com/inner http://e.com/s"},
		{"a ring", `{"$ref":"http://e.com/ring"}`, "http://e.com/ring http://e.com/ring2"},
		{"a boolean", `{"$ref":"http://e.com/true"}`, "http://e.com/true"},
		{"an id inside", `{"$ref":"http://e.com/named#f"}`, "http://e.com/named"},
		{"modern", `{` + modern + `"$ref":"http://e.com/s"}`, "http://e.com/s"},
		{"an anchor", `{` + modern + `"$ref":"http://e.com/s#b"}`, "http://e.com/s"},
		{"an anchor twice", `{` + modern + `"allOf":[{"$ref":"http://e.com/named#a"},{"$ref":"http://e.com/named#a"}]}`, "http://e.com/named"},
		{"a meta-schema", `{"$ref":"http://json-schema.org/draft-07/schema#"}`, ""},
		{"a reference of that name", `{"$ref":"http://e.com/reference"}`, ""},
		{"its own id", `{"$id":"http://e.com/s","properties":{"a":{"$ref":"http://e.com/s"}}}`, ""},
		{"no reference at all", `{"type":"string"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWeb()
			o := schema.ParseOptions{Fetch: w.fetch, References: []schema.Reference{{Name: "http://e.com/reference", Text: `{}`}}}
			s := mustRead(t, c.text, o)
			if err := drawing(t, s).ValidateKnown(false); err != nil || len(w.asked) > 0 {
				t.Errorf("looked up: %v, fetched %q", err, w.asked)
			}
			for range 2 {
				if err := s.Validate(true); err != nil {
					t.Error(err)
				}
				if got := (jsonschema.Language{}).Check(s, s, schema.CheckOptions{}); len(got) > 0 {
					t.Errorf("it differs from itself: %q", got)
				}
			}
			if want := strings.Fields(c.want); !slices.Equal(slices.Sorted(slices.Values(w.asked)), want) {
				t.Errorf("fetched %q, want %q", w.asked, want)
			}
			// Switched off, everything is as if there were no web.
			off := mustRead(t, c.text, schema.ParseOptions{References: o.References})
			for _, err := range []error{off.Validate(false), drawing(t, off).ValidateKnown(false), drawing(t, off).Blocked()} {
				if (err != nil) != (c.want != "") {
					t.Errorf("switched off: %v", err)
				}
			}
			if err := drawing(t, s).Blocked(); err != nil {
				t.Errorf("it is blocked: %v", err)
			}
		})
	}
}

func mustRead(t *testing.T, text string, o schema.ParseOptions) schema.Schema {
	t.Helper()
	s, err := jsonschema.Language{}.Parse(text, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drawing(t *testing.T, s schema.Schema) schema.Drawing {
	t.Helper()
	d, ok := s.(schema.Drawing)
	if !ok {
		t.Fatal("JSON schemas draw in nothing")
	}
	return d
}

func TestRemoteRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
	}{
		{"nothing there", `{"$ref":"http://e.com/none"}`, "http://e.com/none: nothing there"},
		{"no JSON", `{"$ref":"http://e.com/html"}`, "http://e.com/html"},
		{"no schema", `{"$ref":"http://e.com/list"}`, "not a schema: ARRAY"},
		{"a bad schema", `{"$ref":"http://e.com/bad"}`, "Invalid JSON"},
		{"too deep", `{"$ref":"http://e.com/deep"}`, "http://e.com/deep"},
		{"too large", `{"$ref":"http://e.com/large"}`, "more than 4194304 bytes"},
		{"no such place in it", `{"$ref":"http://e.com/s#/definitions/none"}`, "Invalid JSON"},
		{"no such anchor in it", `{"$ref":"http://e.com/s#none"}`, "Invalid JSON"},
		{"another scheme", `{"$ref":"ftp://e.com/s"}`, "Invalid JSON"},
		{"a file", `{"$ref":"file:///etc/passwd"}`, "Invalid JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mustRead(t, c.text, schema.ParseOptions{Fetch: newWeb().fetch})
			if err := s.Validate(false); err == nil || !strings.HasPrefix(err.Error(), "Invalid JSON") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			open := mustRead(t, `{}`, schema.ParseOptions{})
			if got := (jsonschema.Language{}).Check(s, open, schema.CheckOptions{}); len(got) != 1 {
				t.Errorf("compared with the empty schema: %q", got)
			}
		})
	}
}

// What couldn't be fetched is asked for again; what could is not.
func TestRemoteAgain(t *testing.T) {
	t.Parallel()
	w := &web{texts: map[string]string{}}
	s := mustRead(t, `{"$ref":"http://e.com/late"}`, schema.ParseOptions{Fetch: w.fetch})
	if err := s.Validate(false); !errors.Is(err, errNothingThere) {
		t.Errorf("at first: %v", err)
	}
	w.texts["http://e.com/late"] = `{"type":"string"}`
	for range 2 {
		if err := s.Validate(false); err != nil {
			t.Error(err)
		}
	}
	if len(w.asked) != 2 {
		t.Errorf("fetched %q", w.asked)
	}
}

// A fetched text counts: for the comparison, and for the memory.
func TestRemoteCounts(t *testing.T) {
	t.Parallel()
	w := newWeb()
	o := schema.ParseOptions{Fetch: w.fetch}
	far, number := mustRead(t, `{"$ref":"http://e.com/s"}`, o), mustRead(t, `{"type":"number"}`, o)
	weigh := func() int {
		weighted, ok := far.(schema.Weighted)
		if !ok {
			t.Fatal("it has no weight")
		}
		return weighted.Weight()
	}
	if got := weigh(); got != 0 {
		t.Errorf("it weighs %d before anything was fetched", got)
	}
	if got := (jsonschema.Language{}).Check(far, number, schema.CheckOptions{}); len(got) == 0 {
		t.Error("a string reads numbers")
	}
	if got := weigh(); got < len(w.texts["http://e.com/s"]) {
		t.Errorf("it weighs %d", got)
	}
}

// The number of texts is bounded.
func TestRemoteNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n  int
		ok bool
	}{{20, true}, {21, false}} {
		w := &web{texts: map[string]string{}}
		var refs []string
		for i := range c.n {
			url := fmt.Sprintf("http://e.com/%d", i)
			w.texts[url] = `{}`
			refs = append(refs, `{"$ref":"`+url+`"}`)
		}
		s := mustRead(t, `{"allOf":[`+strings.Join(refs, ",")+`]}`, schema.ParseOptions{Fetch: w.fetch})
		if err := s.Validate(false); (err == nil) != c.ok || len(w.asked) > 20 {
			t.Errorf("%d texts: %v, fetched %d", c.n, err, len(w.asked))
		}
	}
}
