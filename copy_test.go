package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopy runs the command: its exit code tells whether both ends are alike afterwards.
func TestCopy(t *testing.T) {
	t.Parallel()
	from, to := start(t, nil, "--listen=127.0.0.1:0"), start(t, nil, "--listen=127.0.0.1:0")
	for _, subject := range []string{"s", ":.a:s"} {
		expectStatus(t, "POST", from.url+"/subjects/"+subject+"/versions", `{"schema":"\"string\""}`, 200)
	}
	expectStatus(t, "PUT", from.url+"/config/s", `{"compatibility":"NONE"}`, 200)
	page := filepath.Join(t.TempDir(), "report.html")
	f := func(args string, wantCode int, want ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		line := "copy --from " + from.url + " --to " + to.url + " " + args
		if got := run(t.Context(), strings.Fields(line), nil, &stdout, &stderr); got != wantCode {
			t.Errorf("%s: exit code %d, want %d: %s%s", args, got, wantCode, &stdout, &stderr)
		}
		for _, w := range want {
			if all := stdout.String() + stderr.String(); !strings.Contains(all, w) {
				t.Errorf("%s: %q is missing in %s", args, w, all)
			}
		}
	}
	f("--dry-run", 1, "differs: s version 1: version: ID 1 -> none", "(differences: 3, refusals: 0)", "schemaside: source and target differ")
	f("--context .a=.b", 0, ".a as .b", "are alike.")
	f("", 0, ".a ", "Note: context .b is in the target only, and was left alone.", "are alike.")
	f("--dry-run --report "+page, 0, "compared in", "are alike.")
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "<!doctype html>") {
		t.Errorf("page: %v, %.100s", err, b)
	}
	expectStatus(t, "POST", to.url+"/subjects/other/versions", `{"schema":"\"long\""}`, 200)
	f("", 1, "Context .: nothing was written: it holds other version 1, which the source doesn't have", "differs: other version 1: version: none -> ID 2")
	f("--context .typo", 1, "context .typo holds nothing")
	f("--context .a --report /no/such/folder/report.html", 1, "are alike.", "write the report: open /no/such/folder/report.html")
}

func expectStatus(t *testing.T, method, url, body string, want int) {
	t.Helper()
	if status, got := ask(t, method, url, body); status != want {
		t.Errorf("%s %s answers %d %s, want %d", method, url, status, got, want)
	}
}

func TestCopyOptions(t *testing.T) {
	t.Parallel()
	o, err := copyFlags{From: "https://u:p@a/x/", To: "http://b", Context: []string{".=.t", ".a"}, Concurrency: 3, DryRun: true, Tolerate: true}.
		options([]string{"COPY_TO_TOKEN=secret", "COPY_FROM_OTHER=x", "COPY_TO_USER="})
	if err != nil {
		t.Fatal(err)
	}
	if o.From.String() != "https://a/x" || o.From.User != "u" || o.From.Password != "p" || o.From.Token != "" {
		t.Errorf("from: %+v", o.From)
	}
	if o.To.String() != "http://b" || o.To.User != "" || o.To.Token != "secret" {
		t.Errorf("to: %+v", o.To)
	}
	if len(o.Contexts) != 2 || o.Contexts[0].To != ".t" || o.Concurrency != 3 || !o.DryRun || !o.Tolerate || o.Attempts < 2 || o.Timeout <= 0 {
		t.Errorf("options: %+v", o)
	}
}
