package main

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"schemaside/backend/registry"
	"schemaside/conformance/features"
	"schemaside/conformance/replay"
	"schemaside/conformance/report"
	"schemaside/conformance/testserver"
	"schemaside/storage/embedded"
)

// durable are the stores that other tests of this package don't run on already.
func durable() []testserver.StoreKind { return testserver.Stores()[1:] }

// patience is the deadline of a registry in these tests: machines that run all of them at once are slow.
const patience = 30 * time.Second

// TestFeaturesOnStores runs every feature on each store. What is written without a cache is what the store keeps.
func TestFeaturesOnStores(t *testing.T) {
	t.Parallel()
	for _, store := range durable() {
		t.Run(store.Name, func(t *testing.T) {
			t.Parallel()
			s := testserver.Start(t, testserver.Options{Open: store.Prepare(t), NoCache: true, Registry: registry.Options{Deadline: patience}})
			result, err := features.Run(t.Context(), features.Options{
				URL: s.URL, BoundURL: s.BoundURL, ContextHeader: testserver.ContextHeader, Exclusive: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			if passed := result.Count(features.Passed); passed < 170 || passed < len(result.Outcomes) {
				var out bytes.Buffer
				if err := report.Summary(&out, result); err != nil {
					t.Fatal(err)
				}
				t.Fatalf("%d of %d scenarios passed\n%s", passed, len(result.Outcomes), &out)
			}
			for _, topic := range result.Topics() {
				t.Logf("scenarios of %s, %s: %d", topic.Name, store.Name, topic.Count(features.Passed))
			}
		})
	}
}

// sample is which part of a recording is played on each store: one conversation, or row, in so many.
const sample = 10

// sampleOn is the same for one store: everything on PostgreSQL, and little where the race detector makes it slow.
func sampleOn(store testserver.StoreKind) int {
	switch {
	case raceEnabled:
		return 5 * sample
	case store.Name == "PostgreSQL":
		return 1
	default:
		return sample
	}
}

// TestRecordingsOnStores plays a fixed sample of every recording on each store, and whole recordings on PostgreSQL.
func TestRecordingsOnStores(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("recordings on the memory store tell the most: this is for the longer run")
	}
	known := readKnownDifferences(t)
	for _, store := range durable() {
		for name, path := range recordingPaths(t) {
			t.Run(store.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				rec, err := replay.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				outcomes := playParts(t, rec.Every(sampleOn(store)), testserver.Options{
					Open: store.Prepare(t), Registry: registry.Options{DropRuleSets: !keepsRuleSets(name), Deadline: patience},
				})
				if v := known.Judge(name, outcomes); !v.Good() || v.Answers == 0 {
					var out bytes.Buffer
					v.Print(&out, name, 5)
					t.Errorf("\n%s", &out)
				}
			})
		}
	}
}

// TestFileIsSound checks the file that a registry leaves behind after a walk through all that can be written.
func TestFileIsSound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schemaside.db")
	store, err := embedded.Open(embedded.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	w := walk{t: t, random: rand.New(rand.NewPCG(3, 1))}
	w.cached = testserver.Start(t, testserver.Options{Store: store}).URL
	for range 400 {
		w.write()
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	sum, err := embedded.Check(t.Context(), path)
	if err != nil || len(sum.Faults) > 0 || sum.Versions == 0 || sum.Contexts < 2 {
		t.Errorf("check: %+v, %v", sum, err)
	}
}
