package proxy

import "testing"

func TestAccept(t *testing.T) {
	t.Parallel()
	f := func(want string, headers ...string) {
		t.Helper()
		raw := make([][]byte, len(headers))
		for i, h := range headers {
			raw[i] = []byte(h)
		}
		got := "406"
		if m, ok := accept(raw); ok {
			got = mediaName(m)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", headers, got, want)
		}
	}
	const v1, vendor, plain = "application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json"
	f(v1)
	f(v1, "")
	f(v1, "*/*")
	f(v1, "*")
	f(v1, "application/*")
	f(v1, v1)
	f(vendor, vendor)
	f(plain, plain)
	f(plain, "APPLICATION/JSON")
	f(plain, "application/json; charset=utf-8")
	f(v1, plain+", "+vendor+", "+v1)
	f(plain, plain+";q=0.9, "+v1+";q=0.8")
	f(v1, plain+";q=0.9, */*;q=0.9")
	f(plain, plain+", */*;q=0.1")
	f(v1, "text/html, image/gif, *; q=.2, */*; q=.2")
	f(vendor, "application/*, "+v1+";q=0")
	f("406", v1+";q=0")
	f("406", "text/html")
	f("406", "text/*, image/png")
	f("406", "*/*;q=0")
	f("406", "nonsense")
	f(plain, "text/html", plain)
	f(v1, plain, v1)
	f(plain, plain+";q=1.000, "+v1+";q=0.999")
	f(plain, plain+";level=1;Q=0.5, "+v1+";q=0.25")
	f(v1, v1+";q=nonsense")
}

func TestReadable(t *testing.T) {
	t.Parallel()
	f := func(contentType string, want bool) {
		t.Helper()
		if got := readable([]byte(contentType)); got != want {
			t.Errorf("%q: %v", contentType, got)
		}
	}
	f("", true)
	f("application/octet-stream", true)
	f("application/json", true)
	f("application/json;charset=UTF-8", true)
	f("Application/Vnd.SchemaRegistry.V1+JSON", true)
	f("application/vnd.schemaregistry+json", true)
	f("text/plain", false)
	f("application/xml", false)
	f("application/*", false)
	f("multipart/form-data; boundary=x", false)
}

func TestContainsToken(t *testing.T) {
	t.Parallel()
	f := func(header string, want bool) {
		t.Helper()
		if got := containsToken([]byte(header), "no-cache"); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	f("no-cache", true)
	f("max-age=0, No-Cache", true)
	f("", false)
	f("no-cached", false)
	f("x=no-cache", false)
}
