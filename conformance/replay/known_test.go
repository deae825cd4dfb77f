package replay

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestReadKnown(t *testing.T) {
	t.Parallel()
	k, err := ReadKnown(strings.NewReader("# text\n\na 1/2  one reason\n b 3/FULL/LENIENT two\n"))
	want := []KnownDifference{{"a", "1/2", "one reason"}, {"b", "3/FULL/LENIENT", "two"}}
	if err != nil || !reflect.DeepEqual(k.Differences, want) {
		t.Errorf("got %+v, %v", k, err)
	}
	f := func(text, part string) {
		t.Helper()
		if _, err := ReadKnown(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: got %v, want %q", text, err, part)
		}
	}
	f("a", "line 1: want a recording, a place and a reason")
	f("# x\na 1/2 ", "line 2: want a recording")
	f("a 1/2 x\nb 1/2 x\na 1/2 y", "line 3: a 1/2 is listed twice")
	f("a 1/2 "+strings.Repeat("x", 1<<20), "can't read")
}

func TestJudge(t *testing.T) {
	t.Parallel()
	k := Known{Differences: []KnownDifference{
		{"a", "1/2", "r"}, {"a", "1/3", "r"}, {"a", "1/6", "r"}, {"a", "9/9", "r"}, {"b", "1/4", "r"},
	}}
	v := k.Judge("a", []Outcome{
		{Place: "1/1"},
		{Place: "1/2", Difference: "body"},
		{Place: "1/3"},
		{Place: "1/4", Difference: "body", Asked: "GET /x", Want: "200 1", Got: "200 " + strings.Repeat("2", 2000)},
		{Place: "1/5", Difference: "body", Follows: true},
		{Place: "1/6", Difference: "body", Follows: true},
		{Place: "1/7", Difference: "message"},
	})
	if v.Answers != 7 || v.Same != 2 || v.Listed != 1 || v.Follow != 2 || v.Good() {
		t.Errorf("got %+v", v)
	}
	if len(v.Unexpected) != 2 || v.Unexpected[0].Place != "1/4" || v.Unexpected[1].Place != "1/7" {
		t.Errorf("unexpected: %+v", v.Unexpected)
	}
	if !reflect.DeepEqual(v.Gone, []string{"1/3"}) || !reflect.DeepEqual(v.Missing, []string{"1/6", "9/9"}) {
		t.Errorf("gone: %q, missing: %q", v.Gone, v.Missing)
	}
	var out bytes.Buffer
	v.Print(&out, "a", 1)
	want := "a 1/4: body\n  GET /x\n  want 200 1\n  got  200 " + strings.Repeat("2", 1496) + "...\n... and 1 more\n" +
		"a 1/3: listed as known, but answered as recorded\n" +
		"a: 7 answers, 2 as recorded, 1 known to differ, 2 different, 2 after a differing write\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", &out, want)
	}
}

func TestGood(t *testing.T) {
	t.Parallel()
	k := Known{Differences: []KnownDifference{{"a", "1", "r"}}}
	f := func(want bool, outcomes ...Outcome) {
		t.Helper()
		if got := k.Judge("a", outcomes).Good(); got != want {
			t.Errorf("%+v: %t", outcomes, got)
		}
	}
	f(true)
	f(true, Outcome{Place: "2"}, Outcome{Place: "1", Difference: "x"}, Outcome{Place: "3", Difference: "x", Follows: true})
	f(false, Outcome{Place: "1"})
	f(false, Outcome{Place: "2", Difference: "x"})
}
