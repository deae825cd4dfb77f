package main

import (
	"bytes"
	"fmt"
	"testing"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
)

// TestFeatures runs every feature against the memory store, with the cache and without it, twice against one server.
func TestFeatures(t *testing.T) {
	t.Parallel()
	for _, noCache := range []bool{false, true} {
		t.Run(fmt.Sprintf("cache=%t", !noCache), func(t *testing.T) {
			t.Parallel()
			s := testserver.Start(t, testserver.Options{NoCache: noCache})
			for run := range 2 {
				var out bytes.Buffer
				result, err := features.Run(t.Context(), features.Options{
					URL: s.URL, BoundURL: s.BoundURL, ContextHeader: testserver.ContextHeader, Exclusive: true, Output: &out,
				})
				if err != nil {
					t.Fatal(err)
				}
				if result.Failed > 0 || result.Passed < 30 {
					t.Fatalf("run %d: %d scenarios passed, %d failed\n%s", run, result.Passed, result.Failed, &out)
				}
				t.Logf("scenarios: %d", result.Passed)
			}
		})
	}
}

// TestCommand runs the command itself: against a registry, and against something that is none.
func TestCommand(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	f := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), args, &out, &out); got != want {
			t.Errorf("run(%q) = %d, want %d\n%s", args, got, want, &out)
		}
	}
	f(0, "--url", s.URL, "--bound-url", s.BoundURL)
	f(1, "--url", s.URL+"/nothing-here", "--tags", "@reading")
	f(2)
	f(2, "--url", s.URL, "--no-such-flag")
}
