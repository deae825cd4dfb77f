package copier_test

import (
	"testing"
	"time"

	"schemaside/backend/registry"
	"schemaside/conformance/testserver"
	"schemaside/copier"
)

// options are those of a copy between two servers of a test.
func options(t testing.TB, from, to string) copier.Options {
	t.Helper()
	o := copier.DefaultOptions()
	o.Backoff = time.Millisecond
	var err error
	if o.From, err = copier.ParseEndpoint(from); err != nil {
		t.Fatal(err)
	}
	if o.To, err = copier.ParseEndpoint(to); err != nil {
		t.Fatal(err)
	}
	return o
}

func run(t testing.TB, o copier.Options) *copier.Report {
	t.Helper()
	r, err := copier.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantSame(t testing.TB, r *copier.Report) {
	t.Helper()
	if r.Same() {
		return
	}
	for _, refusal := range r.Refusals {
		t.Errorf("refused: %+v", refusal)
	}
	for _, d := range r.Differences {
		t.Errorf("differs: %+v", d)
	}
}

func start(t *testing.T) string {
	t.Helper()
	return testserver.Start(t, testserver.Options{Registry: registry.Options{}}).URL
}

// TestIdentity copies a registry that has everything through IMPORT, and compares all that both show.
func TestIdentity(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	fill(t, from)
	before := everything(t, from)
	wantSame(t, run(t, options(t, from, to)))
	sameEverything(t, from, to)
	for path, answer := range everything(t, from) {
		if before[path] != answer {
			t.Errorf("the copy changed its source at %s", path)
		}
	}

	// A second run finds nothing to do.
	again := run(t, options(t, from, to))
	wantSame(t, again)
	for _, c := range again.Contexts {
		if c.Present != c.Versions || c.Registered+c.SoftDeleted+c.Settings > 0 {
			t.Errorf("the second run wrote: %+v", c)
		}
	}
}
