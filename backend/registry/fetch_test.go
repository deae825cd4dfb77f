package registry

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// web is what there is to fetch; it counts how often it is asked.
type web struct {
	mu    sync.Mutex
	texts map[string]string
	asked int
	// during runs while a text is fetched.
	during func()
}

func (w *web) fetch(_ context.Context, url string) (string, error) {
	w.mu.Lock()
	w.asked++
	text, ok := w.texts[url]
	during := w.during
	w.mu.Unlock()
	if during != nil {
		during()
	}
	if !ok {
		return "", errors.New("nothing there")
	}
	return text, nil
}

func (w *web) put(url, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts[url] = text
}

func (w *web) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

const farURL = "https://e.com/name.json"

func newWeb() *web { return &web{texts: map[string]string{farURL: `{"type":"string"}`}} }

// What is far away is fetched to judge a new text and to compare, not to find one.
func TestFetch(t *testing.T) {
	t.Parallel()
	w := newWeb()
	r := newCaller(Options{Fetch: w.fetch})
	in := input("JSON", `{"properties":{"name":{"$ref":"`+farURL+`"}},"additionalProperties":false}`)
	other := input("JSON", strings.Replace(in.Text, `"name"`, `"other"`, 1))
	first := r.mustRegister(t, "s", in)
	if got := w.count(); got != 1 {
		t.Errorf("a registration fetched %d times", got)
	}
	again := r.mustRegister(t, "s", in)
	if got := w.count(); got != 1 || again.ID != first.ID {
		t.Errorf("the second one fetched, or made ID %d", again.ID)
	}
	if got := r.check(t, "s", other); len(got) == 0 || w.count() != 2 {
		t.Errorf("a check of another text answers %q after %d fetches", got, w.count())
	}
	// A registry that starts anew, with the web away, finds what is registered and shows it.
	gone := &web{texts: map[string]string{}}
	o := r.o
	o.Fetch = gone.fetch
	fresh := caller{Registry: New(r.store, o)}
	found, _, err := fresh.Lookup(t.Context(), backend.Lookup{Target: fresh.target("s"), Input: in})
	if err != nil || found.ID != first.ID {
		t.Errorf("looked up: %v", err)
	}
	if again := fresh.mustRegister(t, "s", in); again.ID != first.ID {
		t.Errorf("registered again as %d", again.ID)
	}
	if _, _, err := fresh.Lookup(t.Context(), backend.Lookup{Target: fresh.target("s"), Input: other}); !isCode(err, wire.SchemaNotFound()) {
		t.Errorf("looked up what isn't there: %v", err)
	}
	if got := gone.count(); got != 0 {
		t.Errorf("it fetched %d times", got)
	}
	// What it can't read is never compatible.
	if got := fresh.check(t, "s", input("JSON", `{"type":"object"}`)); len(got) == 0 {
		t.Error("what can't be compared is compatible")
	}
	if _, err := fresh.register(t, "s", other); !isInvalidSchema(err) {
		t.Errorf("registered without its text: %v", err)
	}
}

func isCode(err error, want *wire.Error) bool {
	code, _ := refusalOf(err)
	return code == want.Code
}

// Without Fetch, what refers to a URL is refused: when new, and when imported.
func TestFetchOff(t *testing.T) {
	t.Parallel()
	in := input("JSON", `{"$ref":"`+farURL+`"}`)
	wrong := input("JSON", `{"type":7}`)
	for _, mode := range []string{"READWRITE", "IMPORT"} {
		r := newCaller(Options{})
		r.mode(t, "", mode)
		if mode == "IMPORT" {
			in.ID, wrong.ID = 7, 8
			if _, err := r.register(t, "s", wrong); err != nil {
				t.Errorf("%s: what is only wrong: %v", mode, err)
			}
		}
		_, err := r.register(t, "s", in)
		if code, text := refusalOf(err); code != wire.CodeInvalidSchema || !strings.HasSuffix(text, "details: Invalid JSON") {
			t.Errorf("%s: %v", mode, err)
		}
		if mode == "IMPORT" {
			w := newWeb()
			r := newCaller(Options{Fetch: w.fetch})
			r.mode(t, "", mode)
			if r.mustRegister(t, "s", in); w.count() != 0 {
				t.Error("an import fetches")
			}
		}
	}
}

// Nobody waits for a web server in somebody's turn to write: while a text is fetched, others register.
func TestFetchOutsideOfTheTurn(t *testing.T) {
	t.Parallel()
	w := newWeb()
	r := newCaller(Options{Fetch: w.fetch})
	done := 0
	w.during = func() {
		r.mustRegister(t, "other", input("AVRO", `"string"`))
		done++
	}
	r.mustRegister(t, "s", input("JSON", `{"$ref":"`+farURL+`"}`))
	if done != 1 {
		t.Errorf("fetched %d times", done)
	}
}

// A text that grows by what it fetches is weighed anew.
func TestParsedCacheWeighsAgain(t *testing.T) {
	t.Parallel()
	w := newWeb()
	w.put(farURL, `{"title":"`+strings.Repeat("x", 1<<20)+`"}`)
	r := newCaller(Options{Fetch: w.fetch})
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		in := input("JSON", `{"title":"`+name+`","properties":{"p":{"$ref":"`+farURL+`"}}}`)
		r.mustRegister(t, name, in)
		r.mustRegister(t, name, in)
	}
	sum := 0
	for e := r.parsed.recent.Front(); e != nil; e = e.Next() {
		entry := e.Value.(parsedEntry)
		if sum += entry.bytes; entry.bytes < 1<<20 {
			t.Errorf("%d bytes are counted for a text that draws in 1 MiB", entry.bytes)
		}
	}
	if sum != r.parsed.bytes || sum > parsedBytes || r.parsed.recent.Len() != 3 {
		t.Errorf("%d texts are kept, in %d bytes, counted %d", r.parsed.recent.Len(), sum, r.parsed.bytes)
	}
}
