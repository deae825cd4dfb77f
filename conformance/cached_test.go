package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
	"schemaside/storage/memory"
)

// TestCachedAnswersAreTrue walks at random through writes. After each, what a registry answers from its cache is compared with
// what one without a cache answers over the same store.
func TestCachedAnswersAreTrue(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			store := memory.New()
			w := walk{
				t:      t,
				random: rand.New(rand.NewPCG(seed, 1)),
				cached: testserver.Start(t, testserver.Options{Store: store}).URL,
				plain:  testserver.Start(t, testserver.Options{Store: store, NoCache: true}).URL,
			}
			for range 150 {
				w.write()
				w.compare()
				if t.Failed() {
					return
				}
			}
		})
	}
}

type walk struct {
	t             *testing.T
	random        *rand.Rand
	cached, plain string
	last          string
}

func (w *walk) one(of ...string) string { return of[w.random.IntN(len(of))] }

// write changes something, or tries to.
func (w *walk) write() {
	subject := w.one("s", "t", ":.c:s", "al")
	body := features.Expand(`{"schema":"$` + w.one("A", "B", "C", "D") + `"}`)
	number := w.random.IntN(3) + 1
	switch w.random.IntN(12) {
	case 0:
		w.send("DELETE", "/subjects/"+subject+w.one("", "?permanent=true"), "")
	case 1, 2:
		w.send("DELETE", fmt.Sprintf("/subjects/%s/versions/%d%s", subject, number, w.one("", "?permanent=true")), "")
	case 3:
		w.send("PUT", "/config/"+w.one(subject, ":.__GLOBAL:", ":.c:"), `{"compatibility":"`+w.one("NONE", "FULL", "BACKWARD")+`"}`)
	case 4:
		w.send("DELETE", "/config/"+w.one(subject, ":.__GLOBAL:", ":.c:"), "")
	case 5:
		w.send("PUT", "/config/al", `{"alias":`+w.one(`"s"`, `"t"`, `":.c:s"`, "null")+`}`)
	case 6:
		w.send("PUT", "/mode/"+subject+"?force=true", `{"mode":"`+w.one("IMPORT", "READWRITE", "READONLY")+`"}`)
	case 7:
		w.send("POST", "/subjects/"+subject+"/versions", strings.Replace(body, "{", fmt.Sprintf(`{"id":%d,"version":%d,`, number, w.random.IntN(4)+1), 1))
	default:
		w.send("POST", "/subjects/"+subject+"/versions?force=true", body)
	}
}

func (w *walk) send(method, path, body string) {
	status, got := w.ask(w.cached, method, path, body)
	w.last = fmt.Sprintf("%s %s %s: %d %s", method, path, body, status, got)
}

// compare asks both registries for everything that has a kept answer, twice, so that the second comes from memory.
func (w *walk) compare() {
	paths := []string{"/subjects", "/subjects?subjectPrefix=", "/contexts", "/config", "/mode", "/config/s?defaultToGlobal=true", "/contexts/.c/subjects?deleted=true"}
	for _, subject := range []string{"s", "t", ":.c:s", "al"} {
		paths = append(paths, "/subjects/"+subject+"/versions", "/subjects/"+subject+"/versions/latest", "/subjects/"+subject+"/versions/1?deleted=true",
			"/subjects/"+subject+"/versions/2", "/config/"+subject, "/mode/"+subject)
		for id := 1; id <= 3; id++ {
			paths = append(paths, fmt.Sprintf("/schemas/ids/%d?subject=%s", id, subject))
		}
	}
	for id := 1; id <= 4; id++ {
		paths = append(paths, fmt.Sprintf("/schemas/ids/%d", id), fmt.Sprintf("/schemas/ids/%d/versions", id), fmt.Sprintf("/contexts/.c/schemas/ids/%d", id))
	}
	for _, path := range paths {
		w.same("GET", path, "")
	}
	for _, letter := range []string{"A", "D"} {
		w.same("POST", "/subjects/s", features.Expand(`{"schema":"$`+letter+`"}`))
	}
}

func (w *walk) same(method, path, body string) {
	w.t.Helper()
	wantStatus, want := w.ask(w.plain, method, path, body)
	for range 2 {
		if status, got := w.ask(w.cached, method, path, body); status != wantStatus || got != want {
			w.t.Errorf("after %s\n%s %s %s\nis answered from memory %d %s\nand in truth         %d %s", w.last, method, path, body, status, got, wantStatus, want)
		}
	}
}

func (w *walk) ask(url, method, path, body string) (status int, answer string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, string(got)
}
