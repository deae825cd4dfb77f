package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"schemaside/backend/registry"
	"schemaside/conformance/recordings"
	"schemaside/conformance/replay"
	"schemaside/conformance/testserver"
)

const (
	keptRecordings   = "testdata/recordings"
	knownDifferences = keptRecordings + "/known.txt"
	// rowsTogether is how many rows share a registry: few enough that a recording keeps several processors busy.
	rowsTogether = 300
)

var updateRecordings = flag.Bool("update", false, "keep the recordings beside the repository in "+keptRecordings)

// TestRecordings plays every recording with the cache and without it. What differs is listed in known.txt, and nothing else is.
func TestRecordings(t *testing.T) {
	t.Parallel()
	known := readKnownDifferences(t)
	for name, path := range recordingPaths(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, err := replay.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, noCache := range []bool{false, true} {
				t.Run(fmt.Sprintf("cache=%t", !noCache), func(t *testing.T) {
					t.Parallel()
					outcomes := playParts(t, rec.Every(replayEvery()), testserver.Options{
						NoCache: noCache, Registry: registry.Options{DropRuleSets: !keepsRuleSets(name)},
					})
					v := known.Judge(name, outcomes)
					if replayEvery() == 1 && len(v.Missing) > 0 {
						t.Errorf("listed in %s, but not played: %q", knownDifferences, v.Missing)
					}
					if !v.Good() || v.Answers == 0 {
						var out bytes.Buffer
						v.Print(&out, name, 5)
						t.Errorf("\n%s", &out)
					}
				})
			}
		})
	}
}

// replayEvery tells which part of a recording is played: all of it, if there is time.
func replayEvery() int {
	switch {
	case testing.Short():
		return 20
	case raceEnabled:
		return 5
	default:
		return 1
	}
}

// keepsRuleSets tells from which kind of reference server a recording comes.
func keepsRuleSets(recording string) bool {
	return recording == "http-rules"
}

// playParts plays the parts of a recording in parallel, each against a registry of its own.
func playParts(t *testing.T, rec replay.Recording, o testserver.Options) []replay.Outcome {
	t.Helper()
	var (
		mu       sync.Mutex
		outcomes []replay.Outcome
	)
	t.Run("parts", func(t *testing.T) {
		for i, part := range rec.Parts(rowsTogether) {
			t.Run(fmt.Sprint(i+1), func(t *testing.T) {
				t.Parallel()
				played, err := replay.Play(t.Context(), testserver.Start(t, o).URL, part)
				if err != nil {
					t.Fatal(err)
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes = append(outcomes, played...)
			})
		}
	})
	return outcomes
}

// recordingPaths finds every recording by its name: beside the repository, where there may be newer ones, else among the kept.
func recordingPaths(t *testing.T) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for _, path := range append(glob(t, keptRecordings+"/*.jsonl.gz"), glob(t, recordings.Folder(t)+"/*.jsonl")...) {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		paths[name] = path
	}
	return paths
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func readKnownDifferences(t *testing.T) replay.Known {
	t.Helper()
	known, err := readKnown(knownDifferences)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// TestKnownDifferences holds that every difference is of a recording that there is, and that its reason stands in the docs.
func TestKnownDifferences(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile("../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	paths := recordingPaths(t)
	for _, d := range readKnownDifferences(t).Differences {
		if paths[d.Recording] == "" {
			t.Errorf("%s %s: no such recording", d.Recording, d.Place)
		}
		if !strings.Contains(string(docs), "\n| "+d.Reason) {
			t.Errorf("%s %s: docs/compatibility.md has no row that begins with %q", d.Recording, d.Place, d.Reason)
		}
	}
}

// TestKeptRecordings holds that a clone without the folder of recordings beside it has all kinds of them. With -update it
// compresses that folder's into testdata.
func TestKeptRecordings(t *testing.T) {
	t.Parallel()
	if *updateRecordings {
		for _, path := range glob(t, recordings.Folder(t)+"/*.jsonl") {
			keep(t, path)
		}
	}
	var names []string
	size := int64(0)
	for _, path := range glob(t, keptRecordings+"/*.jsonl.gz") {
		rec, err := replay.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.Conversations)+len(rec.Rows) == 0 {
			t.Errorf("%s is empty", path)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, rec.Name)
		size += info.Size()
	}
	for _, path := range glob(t, recordings.Folder(t)+"/*.jsonl") {
		if name := strings.TrimSuffix(filepath.Base(path), ".jsonl"); !slices.Contains(names, name) {
			t.Logf("%s isn't kept: make recordings", name)
		}
	}
	if len(names) < 14 || size > 4<<20 {
		t.Errorf("%d recordings of %d bytes are kept: want at least 14, of at most 4 MiB", len(names), size)
	}
}

func keep(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(keptRecordings, filepath.Base(path)+".gz"), packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestReplayFindsDifferences plays conversations of a server that keeps rule sets against a registry that drops them.
//
//nolint:tparallel // the parts are parallel to each other; the test needs them all
func TestReplayFindsDifferences(t *testing.T) {
	t.Parallel()
	rec, err := replay.Open(recordingPaths(t)["http-rules"])
	if err != nil {
		t.Fatal(err)
	}
	rec = rec.Every(8)
	outcomes := playParts(t, rec, testserver.Options{Registry: registry.Options{DropRuleSets: true}})
	v := replay.Known{}.Judge(rec.Name, outcomes)
	if len(v.Unexpected) < len(rec.Conversations) || v.Follow == 0 || v.Same == 0 {
		t.Errorf("%d differences in %d conversations, %d after them, %d as recorded", len(v.Unexpected), len(rec.Conversations), v.Follow, v.Same)
	}
}

const twoConversations = `{"conversation":1}
{"step":1,"method":"GET","path":"/subjects","status":200,"body":[]}
{"conversation":2}
{"step":1,"method":"GET","path":"/subjects","status":200,"body":[]}
{"step":2,"method":"GET","path":"/subjects?deleted=true","status":200,"body":["s"]}
`

// TestReplayCommand plays recordings by the command, with a registry that has no subjects, ever.
func TestReplayCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	two, list, broken := write("two.jsonl", twoConversations), write("known.txt", "two 2/2 meant\n"), write("broken.jsonl", "{}")
	same := write("same.jsonl", strings.SplitAfter(twoConversations, "[]}\n")[0])
	start := os.Args[0] + " " + stubCommand + " {port}"
	stub := httptest.NewServer(http.HandlerFunc(noSubjects))
	t.Cleanup(stub.Close)
	f := func(want int, part string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), args, &out, &out); got != want || !strings.Contains(out.String(), part) {
			t.Errorf("run(%q) = %d, want %d and %q:\n%s", args, got, want, part, &out)
		}
	}
	f(1, "two 2/2: body", "--start", start, "--replay", two)
	f(1, "two: 3 answers, 2 as recorded, 0 known to differ, 1 different", "--start", start, "--replay", two, "--show", "0")
	f(0, "1 known to differ", "--start", start, "--replay", two, "--known", list)
	f(0, "two: 1 answers", "--url", stub.URL, "--replay", two, "--conversation", "1")
	f(1, "two: 2 answers", "--url", stub.URL, "--replay", two, "--conversation", "2")
	f(2, "no conversation 3", "--url", stub.URL, "--replay", two, "--conversation", "3")
	f(1, "same: 1 answers", "--start", start, "--replay", two, "--replay", same)
	f(0, "same: 1 answers", "--url", stub.URL+"/", "--replay", same)
	f(2, "each needs a fresh registry", "--url", stub.URL, "--replay", two)
	f(2, "broken, line 1", "--url", stub.URL, "--replay", broken)
	f(2, "no such file", "--url", stub.URL, "--replay", filepath.Join(dir, "nothing"))
	f(2, "no such file", "--url", stub.URL, "--replay", same, "--known", filepath.Join(dir, "nothing"))
	f(2, "want a recording, a place and a reason", "--url", stub.URL, "--replay", same, "--known", write("odd.txt", "two 2/2\n"))
	f(2, "ended at once", "--start", os.Args[0]+" -test.run=^$", "--replay", same)
	f(2, "is empty", "--start", " ", "--replay", same)
	f(2, "want --url", "--replay", same)
	f(2, "want one of", "--url", stub.URL, "--start", start, "--replay", same)
	f(2, "is for --replay", "--start", start)
}

// TestStartWaits ends a registry that never answers.
func TestStartWaits(t *testing.T) {
	t.Parallel()
	_, _, err := starter{command: os.Args[0] + " " + silentCommand + " {port}", patience: 100 * time.Millisecond}.start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "didn't answer within") {
		t.Errorf("got %v", err)
	}
}

const (
	stubCommand   = "registry-without-subjects"
	silentCommand = "registry-without-answers"
)

// TestMain lets the tests' own program be the registry that --start starts.
func TestMain(m *testing.M) {
	handlers := map[string]http.HandlerFunc{
		stubCommand:   noSubjects,
		silentCommand: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	}
	if len(os.Args) == 3 && slices.Contains(slices.Collect(maps.Keys(handlers)), os.Args[1]) {
		fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Args[2], handlers[os.Args[1]]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func noSubjects(w http.ResponseWriter, _ *http.Request) {
	io.WriteString(w, "[]\n")
}
