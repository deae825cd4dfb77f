package jsontree_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"schemaside/backend/schema/jsontree"
)

var errNumber = errors.New("no such number")

const maxDepth = 1000

// options leave numbers as they are, but refuse 13.
func options() jsontree.Options {
	return jsontree.Options{MaxDepth: maxDepth, MaxValues: 2000, Number: func(text string) (string, error) {
		if text == "13" {
			return "", errNumber
		}
		return text, nil
	}}
}

func TestReadAndPrint(t *testing.T) {
	t.Parallel()
	f := func(text, want, sorted string) {
		t.Helper()
		v, end, err := jsontree.Read(text, options())
		if err != nil || end != len(text) {
			t.Errorf("%s: end %d, error %v", text, end, err)
			return
		}
		if got := v.String(); got != want {
			t.Errorf("%s prints %s, want %s", text, got, want)
		}
		if got := string(v.AppendSorted(nil)); got != sorted {
			t.Errorf("%s prints %s when sorted, want %s", text, got, sorted)
		}
		if got := v.Sorted().String(); got != sorted {
			t.Errorf("%s is %s once sorted, want %s", text, got, sorted)
		}
		if got := v.String(); got != want {
			t.Errorf("sorting changed %s to %s", text, got)
		}
	}
	same := func(text, want string) { t.Helper(); f(text, want, want) }

	same(`[null,true,false,1.50E+7,-0,"x",{},[]]`, `[null,true,false,1.50E+7,-0,"x",{},[]]`)
	same(" {\n\"a\" : 1 ,\t\"b\":[ ] }", `{"a":1,"b":[]}`)
	f(`{"b":{"d":1,"c":2},"a":[{"y":1,"x":2}]}`, `{"b":{"d":1,"c":2},"a":[{"y":1,"x":2}]}`, `{"a":[{"x":2,"y":1}],"b":{"c":2,"d":1}}`)
	f("{\"\uE000\":1,\"\U0001F600\":2}", "{\"\uE000\":1,\"\U0001F600\":2}", "{\"\U0001F600\":2,\"\uE000\":1}")
	f(`{"b":1,"a":2,"b":3}`, `{"b":3,"a":2}`, `{"a":2,"b":3}`)
	// From 17 members on, a map finds repeated keys.
	same(`{"0":0,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"1":1,"g":1}`,
		`{"0":0,"1":1,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":1}`)

	same(`"\/\u00e9\u2028\u007f\ud83d\ude00"`, "\"/\u00e9\u2028\u007f\U0001F600\"")
	same(`"\b\t\n\f\r\u0001\u001f\"\\"`, `"\b\t\n\f\r\u0001\u001F\"\\"`)
	same(`"\ud800 \udc00x \ud800\u0041\ud800\ud83d\ude00\ud800"`, "\"? ?x ?A?\U0001F600?\"")
	same(`{"\u0061":1,"a":2}`, `{"a":2}`)
	same(`"<>&'"`, `"<>&'"`)
	same("\"a\xff\xfeb\"", "\"a\uFFFDb\"")
	same("\"a\xff\\n\xfeb\"", "\"a\uFFFD\\n\uFFFDb\"")
}

func TestReadEnd(t *testing.T) {
	t.Parallel()
	f := func(text, rest string) {
		t.Helper()
		if _, end, err := jsontree.Read(text, options()); err != nil || text[end:] != rest {
			t.Errorf("%q: end %d, error %v, want %q to follow", text, end, err, rest)
		}
	}
	f(` {} `, ` `)
	f(`1 2`, ` 2`)
	f(`"a"x`, `x`)
	f(`[1]]`, `]`)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	f := func(text string, want error) {
		t.Helper()
		v, _, err := jsontree.Read(text, options())
		if v != nil || err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%.30q: error %v, want %v", text, err, want)
		}
		if want == nil && (errors.Is(err, io.EOF) || errors.Is(err, jsontree.ErrDepth)) {
			t.Errorf("%.30q: error %v", text, err)
		}
	}
	f("", io.EOF)
	f(" \n", io.EOF)
	f("[", io.ErrUnexpectedEOF)
	f(`{"a"`, io.ErrUnexpectedEOF)
	f("[13]", errNumber)
	f(strings.Repeat("[", maxDepth+1), jsontree.ErrDepth)
	f(strings.Repeat(`{"a":`, maxDepth+1), jsontree.ErrDepth)
	f("["+strings.Repeat("1,", 1999)+"1]", jsontree.ErrValues)
	for _, text := range []string{"x", "tru", "}", "]", `{1:2}`, `{"a"}`, `[1 2]`, `[1,]`, `{"a":1]`, `"\x"`, `"\u12"`, "\"\n\"", "[01]", "1."} {
		f(text, nil)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	f := func(text string, o jsontree.Options) {
		t.Helper()
		if _, _, err := jsontree.Read(text, o); err != nil {
			t.Errorf("%.30q: %v", text, err)
		}
	}
	f(strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth), options())
	f("["+strings.Repeat("1,", 1998)+"1]", options())
}

func TestGet(t *testing.T) {
	t.Parallel()
	v, _, err := jsontree.Read(`{"a":[{"b":1}],"c":"d"}`, options())
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("c"); got == nil || got.Kind != jsontree.String || got.Text != "d" {
		t.Errorf("c is %v", got)
	}
	if got := v.Get("b"); got != nil {
		t.Errorf("b is %v", got)
	}
	if got := v.Get("a").Get(""); got != nil {
		t.Errorf("an array has a member: %v", got)
	}
	if got := v.Get("b").Get("c"); got != nil {
		t.Errorf("nothing has a member: %v", got)
	}
}

// FuzzRead holds that what is printed reads as the same.
func FuzzRead(f *testing.F) {
	f.Add(`{"b":[1,"\ud83d\ude00",null],"a":{"d":true,"c":1e9}} x`)
	f.Add("\"\xff\\ud800\"")
	f.Fuzz(func(t *testing.T, text string) {
		v, end, err := jsontree.Read(text, options())
		if err != nil {
			return
		}
		if end < 1 || end > len(text) {
			t.Fatalf("end %d of %d", end, len(text))
		}
		for _, printed := range []string{v.String(), string(v.AppendSorted(nil))} {
			again, _, err := jsontree.Read(printed, options())
			if err != nil || again.String() != printed {
				t.Errorf("%q reads as %v, error %v", printed, again, err)
			}
		}
	})
}
