package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNamedStores(t *testing.T) {
	t.Parallel()
	f := func(names, dsns string, want ...store) {
		t.Helper()
		got, err := namedStores(strings.Fields(names), strings.Fields(dsns))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q with %q: %v, %v; want %v", names, dsns, got, err, want)
		}
	}
	f("memory", "", store{"memory", ""})
	f("embedded memory embedded", "", store{"memory", ""}, store{"embedded", ""})
	f("embedded postgres", "postgres://u:p@h/d?sslmode=disable", store{"memory", ""}, store{"embedded", ""}, store{"postgres", "postgres://u:p@h/d?sslmode=disable"})
	f("mysql mariadb", "mariadb=u@tcp(h)/d mysql=u@tcp(i)/d", store{"memory", ""}, store{"mysql", "u@tcp(i)/d"}, store{"mariadb", "u@tcp(h)/d"})

	refused := func(names, dsn string) {
		t.Helper()
		_, err := namedStores(strings.Fields(names), []string{dsn})
		if err == nil || strings.Contains(err.Error(), dsn) {
			t.Errorf("%q with %q: %v; want an error that keeps the DSN to itself", names, dsn, err)
		}
	}
	refused("memory embedded", "u:secret@tcp(h)/d")
	refused("postgres mysql", "u:secret@tcp(h)/d")
	refused("postgres mysql", "mariadb=u:secret@tcp(h)/d")
}

func TestShare(t *testing.T) {
	t.Parallel()
	contexts := strings.Fields("a b c d")
	f := func(n, writers int, want ...string) {
		t.Helper()
		var got []string
		for i := range writers {
			got = append(got, strings.Join(share(contexts[:n], i, writers), ""))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d writers of %d contexts: %q, want %q", writers, n, got, want)
		}
	}
	f(1, 1, "a")
	f(1, 3, "a", "a", "a")
	f(4, 1, "abcd")
	f(4, 2, "ac", "bd")
	f(4, 4, "a", "b", "c", "d")
	f(2, 4, "a", "b", "a", "b")
}

// A writer's requests are all different, and ten in turn are versions of one subject.
func TestWriter(t *testing.T) {
	t.Parallel()
	w := writer{t: &target{host: "h"}, contexts: []string{".a", ".b"}, name: "w1", fields: 2}
	bodies := map[string]bool{}
	var paths []string
	for range 2*versionsPerSubject + 1 {
		request, err := w.next()
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(request), "\r\n\r\n")
		bodies[body] = true
		paths = append(paths, strings.Fields(head)[1])
		var sent, schema struct {
			Schema string
			Fields []any
		}
		if err := errors.Join(json.Unmarshal([]byte(body), &sent), json.Unmarshal([]byte(sent.Schema), &schema)); err != nil || len(schema.Fields) != 2 {
			t.Errorf("%s: %v", body, err)
		}
	}
	if len(bodies) != len(paths) {
		t.Errorf("%d different bodies of %d", len(bodies), len(paths))
	}
	want := []string{"/subjects/:.a:bench-w1-0/versions", "/subjects/:.b:bench-w1-1/versions", "/subjects/:.a:bench-w1-2/versions"}
	if got := slices.Compact(paths); !slices.Equal(got, want) {
		t.Errorf("paths %q, want %q", got, want)
	}
}

func TestGrowthRatio(t *testing.T) {
	t.Parallel()
	round := func(small, large int64) sizes {
		s := sizes{small: newHistogram(), large: newHistogram()}
		for _, of := range []int64{1_000_000, 1_000_000, 100_000_000} {
			_ = s.small.RecordValue(small * of)
			_ = s.large.RecordValue(large * of)
		}
		return s
	}
	// The last round is an outlier, and so is the last registration of each.
	got := summariseGrowth("x", 5000, []sizes{round(1, 2), round(2, 4), round(1, 50)})
	if got.Ratio < 1.99 || got.Ratio > 2.01 || got.Small != smallContext || got.Large != 5000 || got.SmallP50 >= got.LargeP50 {
		t.Errorf("%+v", got)
	}
}

func TestStoresReport(t *testing.T) {
	t.Parallel()
	lookups := []Line{
		{Work: "id", Loop: loopClosed, Target: "memory", Rate: 200, all: newHistogram()},
		{Work: "id", Loop: loopClosed, Target: "mysql", Rate: 50, all: newHistogram()},
	}
	memory := []sample{{Rate: 10, latency: newHistogram()}, {Rate: 20, latency: newHistogram()}}
	mysql := []sample{{Rate: 5, latency: newHistogram()}, {Rate: 5, latency: newHistogram()}}
	r := storesReport{Lookups: lookups, Registrations: []RegistrationLine{summariseRegistrations(shape{32, 1}, "mysql", mysql, memory)}}
	if got := r.Registrations[0]; got.Rate != 5 || got.Ratio != 0.375 {
		t.Errorf("%+v", got)
	}
	if bars := r.charts()[0].Bars; len(bars) != 2 || bars[0].Width != barWidth || bars[1].Width != barWidth/4 {
		t.Errorf("bars %+v", bars)
	}
	path := filepath.Join(t.TempDir(), "page.html")
	var out strings.Builder
	if err := r.write(options{HTML: path}, &out); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(page), "writers: 32, contexts: 1") {
		t.Errorf("%v: %s", err, page)
	}
	if !strings.Contains(out.String(), "32         1   mysql                5") {
		t.Error(out.String())
	}
}

func TestFlagsThatDoNotGoTogether(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"--dsn postgres://h/d",
		"--storage postgres --url other=http://h",
		"--storage postgres --contexts 1,2",
		"--storage memory --versions -1",
		"--storage nosuch",
	} {
		if err := run(t.Context(), strings.Fields(args), t.Output(), t.Output()); err == nil || !strings.Contains(err.Error(), "--") {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// The whole way: a schemaside is built, and each figure is there for each store.
func TestCompareStores(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds and starts schemaside")
	}
	var out strings.Builder
	args := "--storage embedded --rounds 1 --duration 250ms --rate 0 --ids 3 --versions 200 --json"
	if err := run(t.Context(), strings.Fields(args), &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	var r storesReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Lookups {
		got = append(got, fmt.Sprintf("%s %s %t", l.Work, l.Target, l.Rate > 0 && l.Ratio > 0))
	}
	for _, l := range r.Registrations {
		got = append(got, fmt.Sprintf("%d in %d %s %t", l.Writers, l.Contexts, l.Target, l.Rate > 0 && l.Ratio > 0))
	}
	for _, l := range r.Growth {
		got = append(got, fmt.Sprintf("%d to %d %s %t", l.Small, l.Large, l.Target, l.SmallP50 > 0 && l.Ratio > 0))
	}
	var want []string
	for _, figure := range []string{"id", "id, no cache", "1 in 1", "32 in 1", "1 in 32", "32 in 32", "100 to 200"} {
		want = append(want, figure+" memory true", figure+" embedded true")
	}
	if !slices.Equal(got, want) {
		t.Errorf("figures %q, want %q", got, want)
	}
}
