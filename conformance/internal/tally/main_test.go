package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	t.Parallel()
	f := func(title, stream string, wantOK bool, wantLast string, wantShown ...string) {
		t.Helper()
		var out strings.Builder
		ok := tally(strings.NewReader(stream), &out)
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; ok != wantOK || last != wantLast {
			t.Errorf("%s: %t, %q; want %t, %q", title, ok, last, wantOK, wantLast)
		}
		for _, want := range wantShown {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is missing in:\n%s", title, want, &out)
			}
		}
	}
	pass := `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
	fail := `{"Action":"output","Package":"p","Test":"TestA","Output":"a_test.go:1: broken\n"}` + "\n" +
		`{"Action":"fail","Package":"p","Test":"TestA"}` + "\n"
	f("nothing ran", "", false, "0 passed, 0 failed")
	f("one test", pass, true, "1 passed, 0 failed")
	f("a test that ran twice counts once", pass+pass, true, "1 passed, 0 failed")
	f("a failure shows its output", fail, false, "0 passed, 1 failed", "a_test.go:1: broken")
	f("a failure stays one", fail+pass, false, "0 passed, 1 failed")
	f("a later failure counts", pass+fail, false, "0 passed, 1 failed")
	f("a skipped test is told", pass+`{"Action":"skip","Package":"p","Test":"TestB"}`, true, "1 passed, 0 failed", "1 skipped")
	f("a test that was skipped only once counts", `{"Action":"skip","Package":"p","Test":"TestA"}`+"\n"+pass, true, "1 passed, 0 failed", "0 skipped")
	f("subtests count, what holds them doesn't",
		`{"Action":"pass","Package":"p","Test":"TestA/x/1"}`+"\n"+`{"Action":"pass","Package":"p","Test":"TestA/x"}`+"\n"+pass, true, "1 passed, 0 failed")
	said := func(text string) string {
		return `{"Action":"output","Package":"p","Test":"TestA","Output":"    f_test.go:29: ` + text + `\n"}` + "\n"
	}
	f("scenarios by topic", said("scenarios of basics, cache true: 31")+said("scenarios of deletes, cache true: 5")+said("scenarios of basics, cache false: 30")+pass,
		true, "67 passed, 0 failed", "1 tests and 66 scenarios", "  cache true  cache false  topic", "          31           30  basics", "           5            0  deletes", "          36           30  all")
	f("a package that doesn't build", pass+`{"ImportPath":"q","Action":"build-output","Output":"q.go:1: undefined\n"}`+"\n"+
		`{"ImportPath":"q","Action":"build-fail"}`+"\n"+`{"Action":"fail","Package":"q"}`, false, "1 passed, 1 failed", "q.go:1: undefined", "FAIL  q")
	f("a word of the go command", "go: no such tool\n"+pass, true, "1 passed, 0 failed", "go: no such tool")
}
