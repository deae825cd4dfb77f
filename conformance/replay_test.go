package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"bytes"
	"os"

	"schemaside/backend/registry"
	"schemaside/conformance/replay"
	"schemaside/conformance/testserver"
)

func TestScratch(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../shared/reference/*.jsonl")
	for _, f := range files {
		rec, err := replay.Open(f)
		if err != nil { t.Fatal(err) }
		var known replay.Known
		if k, err := os.Open("testdata/recordings/known.txt"); err == nil { known, _ = replay.ReadKnown(k) }
		for _, noCache := range []bool{false, true} {
		t.Run(fmt.Sprintf("%s/cache=%t", rec.Name, !noCache), func(t *testing.T) {
			t.Parallel()
			for i, part := range rec.Parts(300) {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
					s := testserver.Start(t, testserver.Options{NoCache: noCache, Registry: registry.Options{DropRuleSets: rec.Name != "http-rules"}})
					o, err := replay.Play(t.Context(), s.URL, part)
					if err != nil { t.Fatal(err) }
					v := known.Judge(rec.Name, o)
					if !v.Good() { var b bytes.Buffer; v.Print(&b, rec.Name, 5); t.Errorf("%s", &b) }
				})
			}
		})
		}
	}
}
