package proxy

import (
	"errors"
	"fmt"
	"testing"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	all := &route{params: 1<<20 - 1}
	f := func(query, want string) {
		t.Helper()
		var args fasthttp.Args
		args.Parse(query)
		var q question
		got := fmt.Sprint(codeOf(q.readQuery(&args, all)))
		if got == "0" {
			got = fmt.Sprintf("%b %d+%d %q %v %q", q.flags, q.page.Offset, q.page.Limit, q.format, q.qualified, q.contextPrefix)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	f("", `0 0+-1 "" false ""`)
	f("deleted=true", `1 0+-1 "" false ""`)
	f("deleted=TRUE", `1 0+-1 "" false ""`)
	f("deleted=", `0 0+-1 "" false ""`)
	f("deleted", `0 0+-1 "" false ""`)
	f("deleted=1", `0 0+-1 "" false ""`)
	f("deleted=true&deleted=false", `1 0+-1 "" false ""`)
	f("deleted=false&deleted=true", `0 0+-1 "" false ""`)
	f("Deleted=true", `0 0+-1 "" false ""`)
	f("deletedOnly=true&defaultToGlobal=true", `1000000010 0+-1 "" false ""`)
	f("fetchMaxId=true&normalize=true&verbose=true&force=true&permanent=true&recursive=true", `111111000 0+-1 "" false ""`)
	f("contextPrefix=.t%C3%A9", `0 0+-1 "" false ".té"`)
	f("offset=2&limit=3", `0 2+3 "" false ""`)
	f("offset=+2&limit=+3", `0 2+3 "" false ""`)
	f("offset=-1", `0 0+-1 "" false ""`)
	f("limit=0", `0 0+-1 "" false ""`)
	f("limit=-5", `0 0+-1 "" false ""`)
	f("offset=&limit=", `0 0+-1 "" false ""`)
	f("limit=2147483647", `0 0+2147483647 "" false ""`)
	f("offset=x", "404")
	f("offset=1.5", "404")
	f("limit=99999999999", "404")
	f("limit=2147483648", "404")
	f("format=a%2Bb+c&referenceFormat=qualified&contextPrefix=.c", `0 0+-1 "a+b c" true ".c"`)
	f("referenceFormat=Qualified", `0 0+-1 "" false ""`)
	f("lifecycle=STRONG&lifecycle=WEAK&lifecycle=NONE", `0 0+-1 "" false ""`)
	f("lifecycle=BAD", "404")
	f("lifecycle=NONE&lifecycle=none", "404")
	f("lifecycle=", "404")
	f("x=y&=&&", `0 0+-1 "" false ""`)
}

func TestPageLimit(t *testing.T) {
	t.Parallel()
	f := func(asked, maximum, want int) {
		t.Helper()
		if got := pageLimit(asked, maximum); got != want {
			t.Errorf("%d of at most %d: %d, want %d", asked, maximum, got, want)
		}
	}
	f(-1, 1000, 1000)
	f(0, 1000, 1000)
	f(1, 1000, 1)
	f(1000, 1000, 1000)
	f(1001, 1000, 1000)
	f(-1, 0, -1)
	f(5000, 0, 5000)
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	f := func(text string, want int32, quoted string) {
		t.Helper()
		n, err := parseVersion(text)
		if quoted == "" {
			if n != want || err != nil {
				t.Errorf("%q: %d, %v", text, n, err)
			}
			return
		}
		e := (*wire.Error)(nil)
		if !errors.As(err, &e) || e.Text.Write(wire.OpenNamer{}) != wire.InvalidVersion(quoted).Text.Write(wire.OpenNamer{}) {
			t.Errorf("%q: %v, want '%s' quoted", text, err, quoted)
		}
	}
	f("1", 1, "")
	f("01", 1, "")
	f("+1", 1, "")
	f(" 1", 1, "")
	f("1 ", 1, "")
	f("2147483647", 2147483647, "")
	f("latest", -1, "")
	f("LATEST", -1, "")
	f(" latest ", -1, "")
	f("-1", -1, "")
	f("0", 0, "0")
	f("+0", 0, "0")
	f("-02", 0, "-2")
	f("2147483648", 0, "2147483648")
	f("-2147483648", 0, "-2147483648")
	f("-2147483649", 0, "-2147483649")
	f("1.0", 0, "1.0")
	f("0x1", 0, "0x1")
	f("null", 0, "null")
}
