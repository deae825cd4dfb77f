package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// fake answers by method and request target; what it doesn't know is 404. It remembers what it was asked.
type fake struct {
	answers map[string]string
	mu      sync.Mutex
	asked   []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.RequestURI, body)))
	answer, ok := f.answers[r.Method+" "+r.RequestURI]
	if !ok {
		w.WriteHeader(404)
		return
	}
	io.WriteString(w, answer)
}

func serve(t *testing.T, answers map[string]string) (*fake, string) {
	t.Helper()
	f := &fake{answers: answers}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return f, s.URL
}

func TestPlayConversation(t *testing.T) {
	t.Parallel()
	_, url := serve(t, map[string]string{"GET /same": `[1]`, "GET /other": `[2]`, "POST /subjects/s": `{}`, "PUT /config": `{}`})
	outcomes, err := Play(t.Context(), url, read(t, `{"conversation":3}
{"step":1,"method":"GET","path":"/other","status":200,"body":[1]}
{"step":2,"method":"POST","path":"/subjects/s","request":"{}","status":200,"body":[]}
{"step":3,"method":"GET","path":"/other","status":200,"body":[1]}
{"step":4,"method":"PUT","path":"/config","request":"{}","status":200,"body":{"a":1}}
{"step":5,"method":"GET","path":"/same","status":200,"body":[1]}
{"step":6,"method":"GET","path":"/other","status":200,"body":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outcomes {
		got = append(got, fmt.Sprint(o.Place, " ", o.Difference, " ", o.Follows))
	}
	want := []string{"3/1 body false", "3/2 body false", "3/3 body false", "3/4 body false", "3/5  false", "3/6 body true"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if o := outcomes[3]; o.Asked != "PUT /config {}" || o.Want != `200 {"a":1}` || o.Got != `200 {}` {
		t.Errorf("got %+v", o)
	}
}

// TestPathsAsRecorded holds that a path isn't put in order, however odd it is, and that a body is sent if there was one.
func TestPathsAsRecorded(t *testing.T) {
	t.Parallel()
	f, url := serve(t, nil)
	for _, path := range []string{"/a%2Fb/%3a?x=%zz&y", "/a/../b", "/a\\b", "/%2e%2e/", "/a//b", "/?", "/:.c:s"} {
		p := f.target(t, url, "/base", path)
		if p != "GET /base"+path {
			t.Errorf("%s was sent as %s", path, p)
		}
	}
	if got := f.target(t, url, "", "//a"); got != "GET "+url+"//a" {
		t.Errorf("//a was sent as %s", got)
	}
}

func (f *fake) target(t *testing.T, url, base, path string) string {
	t.Helper()
	conversation := Conversation{Steps: []Step{{Method: "GET", Path: path, Status: 404, Body: ""}}}
	outcomes, err := Play(t.Context(), url+base, Recording{Conversations: []Conversation{conversation}})
	if err != nil || outcomes[0].Difference != "" {
		t.Fatalf("%s: %+v, %v", path, outcomes, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[len(f.asked)-1]
}

func TestPlayRows(t *testing.T) {
	t.Parallel()
	f, url := serve(t, map[string]string{
		"POST /subjects/rec-1/versions":                                   `{"schema":"b","guid":"g"}`,
		"POST /subjects/rec-1-normalized/versions?normalize=true":         `{"schema":"N","guid":"h"}`,
		"PUT /config/rec-2":                                               `{}`,
		"POST /subjects/rec-2/versions":                                   `{}`,
		"POST /compatibility/subjects/rec-2/versions/latest?verbose=true": `{"is_compatible":true,"messages":[]}`,
		"PUT /config/rec-3":                                               `{}`,
		"POST /compatibility/subjects/rec-3/versions/latest?verbose=true": `{"is_compatible":true}`,
	})
	outcomes, err := Play(t.Context(), url, read(t, `{"schemaType":"JSON","schema":"<a>","status":200,"stored":"b","guid":"g","normalized":"n","normalized_guid":"h"}
{"schemaType":"AVRO","old":"o","new":"p","answers":{"FULL/LENIENT":{"status":200,"is_compatible":true,"messages":[]},"FULL":{"status":200,"is_compatible":false,"messages":["m"]}}}
{"schemaType":"AVRO","old":"o","new":"p","answers":{"FULL":{"status":200,"is_compatible":true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outcomes {
		got = append(got, o.Place+" "+o.Difference)
	}
	want := []string{
		"1/stored ", "1/normalized text", "2/FULL is_compatible true, want false", "2/FULL/LENIENT ",
		"3/FULL the old schema is refused with 404, the reference accepts it",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	wantAsked := []string{
		`POST /subjects/rec-1/versions {"schema":"<a>","schemaType":"JSON"}`,
		`POST /subjects/rec-1-normalized/versions?normalize=true {"schema":"<a>","schemaType":"JSON"}`,
		`PUT /config/rec-2 {"compatibility":"NONE","compatibilityPolicy":"STRICT"}`,
		`POST /subjects/rec-2/versions {"schema":"o","schemaType":"AVRO"}`,
		`PUT /config/rec-2 {"compatibility":"FULL","compatibilityPolicy":"STRICT"}`,
		`POST /compatibility/subjects/rec-2/versions/latest?verbose=true {"schema":"p","schemaType":"AVRO"}`,
		`PUT /config/rec-2 {"compatibility":"FULL","compatibilityPolicy":"LENIENT"}`,
	}
	if len(f.asked) < len(wantAsked) || !reflect.DeepEqual(f.asked[:len(wantAsked)], wantAsked) {
		t.Errorf("asked %q, want %q", f.asked, wantAsked)
	}
}

func TestPlayFails(t *testing.T) {
	t.Parallel()
	_, url := serve(t, nil)
	two := read(t, conversations)
	pair := read(t, strings.Split(rows, "\n")[1])
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	f := func(ctx context.Context, url string, rec Recording, part string) {
		t.Helper()
		if _, err := Play(ctx, url, rec); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %q", err, part)
		}
	}
	f(t.Context(), url, two, "rec holds 3 conversations, and each needs a fresh registry")
	f(t.Context(), url, pair, "PUT /config/rec-1")
	f(t.Context(), "http://127.0.0.1:1", two.Conversation(1), "rec: the registry doesn't answer")
	f(t.Context(), "127.0.0.1", two.Conversation(1), "no URL of a registry")
	f(t.Context(), "http://\x00", two.Conversation(1), "invalid")
	f(cancelled, url, two.Conversation(1), "canceled")
}

func TestPlayFresh(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	started, stopped := 0, 0
	start := func(context.Context) (string, func(), error) {
		s := httptest.NewServer(&fake{})
		started++
		return s.URL, func() {
			s.Close()
			mu.Lock()
			defer mu.Unlock()
			stopped++
		}, nil
	}
	rec := read(t, conversations)
	rec.Rows = read(t, `{"schemaType":"AVRO","schema":"c","status":404}`+"\n"+`{"schemaType":"AVRO","schema":"c","status":404}`).Rows
	outcomes, err := PlayFresh(t.Context(), start, rec)
	if err != nil || len(outcomes) != 5 || started != 4 || stopped != 4 {
		t.Errorf("%d outcomes, %d registries started, %d stopped, %v", len(outcomes), started, stopped, err)
	}
	failing := errors.New("no port is free")
	if _, err := PlayFresh(t.Context(), func(context.Context) (string, func(), error) { return "", nil, failing }, rec); !errors.Is(err, failing) {
		t.Errorf("got %v", err)
	}
}
