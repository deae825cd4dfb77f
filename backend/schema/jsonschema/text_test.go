package jsonschema_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
	"schemaside/conformance/recordings"
)

func TestRecordedTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, recordings.RowsOf[textRow](t, filepath.Join("testdata", "texts.jsonl")))
}

func TestRecordedComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, recordings.RowsOf[compatRow](t, filepath.Join("testdata", "compat.jsonl")))
}

// TestCanonical has the rules of spec/schema-languages.md 2.1 and 2.2.
func TestCanonical(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := s.Canonical(); got != want {
			t.Errorf("canonical text of %s is %s, want %s", text, got, want)
		}
		if got := s.Format("serialized"); got != want {
			t.Errorf("a format changes %s to %s", want, got)
		}
	}
	f(" {\n\"b\" : 1 , \"a\":[ ] }\t", `{"b":1,"a":[]}`)
	f(`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`)
	f(`{"0":0,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"1":1,"g":1}`,
		`{"0":0,"1":1,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":1}`)
	f(`true`, `true`)
	f(`false`, `false`)
	f(`null`, `null`)
	f(`"\/\u00e9\u2028\u007f\ud83d\ude00"`, "\"/\u00e9\u2028\u007f\U0001F600\"")
	f(`"\b\t\n\f\r\u0001\u001f\"\\"`, `"\b\t\n\f\r\u0001\u001F\"\\"`)
	f(`"\ud800 \udc00x \ud800\u0041"`, `"? ?x ?A"`)
	f(`"<>&'"`, `"<>&'"`)
	f(`123456789012345678901234567890`, `123456789012345678901234567890`)
	f(`-0`, `0`)
	f(`-7`, `-7`)
	f(`1.0`, `1.0`)
	f(`1.50`, `1.50`)
	f(`-1.50`, `-1.50`)
	f(`1e2`, `1E+2`)
	f(`12e3`, `1.2E+4`)
	f(`1E-3`, `0.001`)
	f(`0.000001`, `0.000001`)
	f(`0.000000001`, `1E-9`)
	f(`0.1e-7`, `1E-8`)
	f(`1.5e1`, `15`)
	f(`-0.0`, `0.0`)
	f(`0e10`, `0E+10`)
	f(`1e400`, `1E+400`)
	f(`1e2147483647`, `1E+2147483647`)
}

// TestRefusedTexts has texts that are no JSON; the reference server's traits that are not copied among them.
func TestRefusedTexts(t *testing.T) {
	t.Parallel()
	f := func(text string) {
		t.Helper()
		_, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{})
		if err == nil || err.Error() != "Invalid JSON schema" || errors.Unwrap(err) == nil {
			t.Errorf("%.40s: error %v", text, err)
		}
	}
	f("")
	f(" ")
	f(`{`)
	f(`{"a"}`)
	f(`{"a":1,}`)
	f(`{'a':1}`)
	f(`{a:1}`)
	f(`// no`)
	f(`[01]`)
	f(`[+1]`)
	f(`[.5]`)
	f(`{"a":1} rubbish`)
	f(`{} {}`)
	f(`NaN`)
	f(`[Infinity]`)
	f(`"a`)
	f(`"\x"`)
	f("\"\x01\"")
	f(`1e2147483648`)
	f(`1e99999999999999999999`)
	f(strings.Repeat("1", 1001))
	f(strings.Repeat("[", 1001) + strings.Repeat("]", 1001))
	f(strings.Repeat("[", 100_000))
	f(strings.Repeat(`{"a":`, 100_000))
	f("[" + strings.Repeat("0,", 1<<20) + "0]")
}

func TestDepthAndLengthAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("1", 1000),
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
		strings.Repeat(`{"not":`, 999) + "{}" + strings.Repeat("}", 999),
	} {
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil || s.Canonical() != text {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// TestNormalized has the rules of spec/schema-languages.md 2.3.
func TestNormalized(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s, err := parse(t, text).Normalized()
		if err != nil || s.Canonical() != want {
			t.Errorf("normalised text of %s is %s (%v), want %s", text, s.Canonical(), err, want)
		}
	}
	f(`{"type":"object","enum":[{"b":1,"a":2},3]}`, `{"enum":[{"a":2,"b":1},3],"type":"object"}`)
	f(`{"é":1,"Z":1,"a":1,"":1}`, `{"":1,"Z":1,"a":1,"é":1}`)
	f("{\"\uffee\":1,\"\U0001F600\":1,\"\U0001F601\":1}", "{\"\U0001F600\":1,\"\U0001F601\":1,\"\uffee\":1}")
	f(`{"definitions":{"b":{},"a":{}},"$defs":{}}`, `{"$defs":{},"definitions":{"a":{},"b":{}}}`)
	f(`true`, `true`)
}

// TestEqual has spec/schema-languages.md 2.4: the order of keys matters, blanks don't.
func TestEqual(t *testing.T) {
	t.Parallel()
	f := func(a, b string, want bool) {
		t.Helper()
		if got := parse(t, a).Equal(parse(t, b)); got != want {
			t.Errorf("%s equals %s: %v", a, b, got)
		}
	}
	f(`{"a":1, "b":2}`, `{"a":1,"b":2}`, true)
	f(`{"a":1,"b":2}`, `{"b":2,"a":1}`, false)
	f(`{"minimum":1}`, `{"minimum":1.0}`, false)
}
