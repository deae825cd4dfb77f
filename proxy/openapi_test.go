package proxy

import (
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"schemaside/docs"
)

// description is what these tests read of the OpenAPI document.
type description struct {
	Servers    []server                        `yaml:"servers"`
	Paths      map[string]map[string]yaml.Node `yaml:"paths"`
	Components struct {
		Parameters map[string]parameter `yaml:"parameters"`
		Responses  map[string]yaml.Node `yaml:"responses"`
		Schemas    struct {
			Error struct {
				Properties struct {
					Code struct {
						OneOf []struct {
							Const int `yaml:"const"`
						} `yaml:"oneOf"`
					} `yaml:"error_code"`
				} `yaml:"properties"`
			} `yaml:"Error"`
		} `yaml:"schemas"`
	} `yaml:"components"`
}

type server struct {
	URL string `yaml:"url"`
}

type parameter struct {
	Ref  string `yaml:"$ref"`
	Name string `yaml:"name"`
	In   string `yaml:"in"`
}

func readDescription(t *testing.T) *description {
	t.Helper()
	d := new(description)
	if err := yaml.Unmarshal([]byte(docs.OpenAPI), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func decodeNode[T any](t *testing.T, n yaml.Node) T {
	t.Helper()
	var v T
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// operations returns the names of the parameters of each operation, by place, under its method and whole path.
func (d *description) operations(t *testing.T) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	for path, item := range d.Paths {
		servers := d.Servers
		if own, ok := item["servers"]; ok {
			servers = decodeNode[[]server](t, own)
		}
		shared := decodeNode[[]parameter](t, item["parameters"])
		for method, node := range item {
			if method == "servers" || method == "parameters" {
				continue
			}
			op := decodeNode[struct {
				Parameters []parameter `yaml:"parameters"`
			}](t, node)
			names := map[string][]string{}
			for _, p := range slices.Concat(shared, op.Parameters) {
				if p.Ref != "" {
					p = d.Components.Parameters[strings.TrimPrefix(p.Ref, "#/components/parameters/")]
				}
				names[p.In] = append(names[p.In], p.Name)
			}
			for _, s := range servers {
				all[strings.ToUpper(method)+" "+strings.TrimSuffix(s.URL, "/")+path] = names
			}
		}
	}
	return all
}

// TestDescribedRoutes: the route table and the document name the same methods and paths, and each parameter of a path is
// told about.
func TestDescribedRoutes(t *testing.T) {
	t.Parallel()
	described := readDescription(t).operations(t)
	served := map[string]bool{}
	for _, r := range routes("", "") {
		for _, path := range r.paths() {
			op := r.method + " " + path
			served[op] = true
			in, ok := described[op]
			if !ok {
				t.Errorf("%s is not described", op)
				continue
			}
			var wanted []string
			for _, s := range r.segments {
				if strings.HasPrefix(s, "{") {
					wanted = append(wanted, strings.Trim(s, "{}"))
				}
			}
			if !slices.Equal(slices.Sorted(slices.Values(in["path"])), slices.Sorted(slices.Values(wanted))) {
				t.Errorf("%s: parameters %q of the path are described, want %q", op, in["path"], wanted)
			}
		}
	}
	for op := range described {
		if !served[op] {
			t.Errorf("%s is described, and not served", op)
		}
	}
}

// queryNames are the parameters that a bit of a route's params stands for.
func queryNames(t *testing.T, of params) []string {
	t.Helper()
	names := map[params][]string{
		paramPage: {"offset", "limit"}, paramFormat: {"format"}, paramReferenceFormat: {"referenceFormat"}, paramContextPrefix: {"contextPrefix"},
		paramProperties: {"key", "value"}, paramRuleType: {"ruleType"}, paramFindTags: {"findTags"}, paramLifecycle: {"lifecycle"},
	}
	for i, name := range flagNames() {
		names[params(1)<<i] = []string{name}
	}
	var list []string
	for bit := params(1); bit != 0; bit <<= 1 {
		if of&bit == 0 {
			continue
		}
		if names[bit] == nil {
			t.Errorf("this test doesn't know what the parameter %b is called", bit)
		}
		list = append(list, names[bit]...)
	}
	return list
}

// TestDescribedParameters sends every parameter that is known anywhere to every route. It must be described there if it changes
// what the registry is asked, and only then.
func TestDescribedParameters(t *testing.T) {
	t.Parallel()
	described := readDescription(t).operations(t)
	known := map[string]bool{"subject": true, "subjectPrefix": true}
	for _, in := range described {
		for _, name := range in["query"] {
			known[name] = true
		}
	}
	table := routes("", "")
	for _, r := range table {
		for _, name := range queryNames(t, r.params) {
			known[name] = true
		}
	}
	// Each parameter is tried with values that change an answer if it is read at all.
	tries := []string{"%s=true", "%s=7", "%s=:.x:y", "%s=qualified", "%s=.x"}
	reg := &fakeRegistry{}
	h := newTestProxy(t, reg, false, nil).Handler(Listener{})
	asked := func(r *route, query string) string {
		body := `{"schema":"x","mode":"READONLY"}`
		x := ask(h, r.method, fillIn(r.template)+"?"+query, body)
		// A list of all contexts asks for the list of each, whichever comes last.
		return fmt.Sprint(x.status(), x.body(), strings.ReplaceAll(reg.asked(), "Context:.c ", "Context:. "))
	}
	for _, r := range table {
		if r.admin || r.page {
			continue
		}
		plain := asked(r, "")
		for name := range known {
			read := slices.ContainsFunc(tries, func(try string) bool { return asked(r, fmt.Sprintf(try, name)) != plain })
			if name == "key" || name == "value" {
				// They count in pairs.
				read = asked(r, "key=k&value=v") != plain
			}
			in := described[r.method+" "+r.template]
			if says := slices.Contains(in["query"], name); says != read {
				t.Errorf("%s %s: parameter %s is described: %t, read: %t", r.method, r.template, name, says, read)
			}
		}
	}
}

// TestDescribedCodes: the document lists the error codes that exist, and each of them at the operations that answer it.
func TestDescribedCodes(t *testing.T) {
	t.Parallel()
	// The HTTP layer writes three codes that the catalogue doesn't have.
	written := map[int]bool{408: true, 431: true, 503: true}
	for _, code := range codesIn(t, "../backend/wire/errors.go") {
		written[code] = true
	}
	d := readDescription(t)
	listed := map[int]bool{}
	for _, code := range d.Components.Schemas.Error.Properties.Code.OneOf {
		listed[code.Const] = true
	}
	if !maps.Equal(written, listed) {
		t.Errorf("the document lists the codes %v, want %v", slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(written)))
	}
	answered := map[int]bool{}
	for _, n := range enumsOf(docs.OpenAPI) {
		answered[n] = true
	}
	if !maps.Equal(written, answered) {
		t.Errorf("operations answer the codes %v, want %v", slices.Sorted(maps.Keys(answered)), slices.Sorted(maps.Keys(written)))
	}
}

// enumsOf collects the numbers of all `error_code: {enum: [...]}`.
func enumsOf(document string) []int {
	var list []int
	for line := range strings.Lines(document) {
		_, rest, found := strings.Cut(line, "{error_code: {enum: [")
		if !found {
			continue
		}
		numbers, _, _ := strings.Cut(rest, "]")
		for text := range strings.SplitSeq(numbers, ", ") {
			n, _ := strconv.Atoi(text)
			list = append(list, n)
		}
	}
	return list
}

// codesIn returns the numbers in a Go file that can be error codes.
func codesIn(t *testing.T, path string) []int {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(path, -1, len(source)), source, nil, 0)
	var codes []int
	for {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return codes
		case token.INT:
			n, err := strconv.Atoi(text)
			if err == nil && (n >= 400 && n < 600 || n >= 40000 && n < 60000) {
				codes = append(codes, n)
			}
		}
	}
}

// TestPages: both documents are shown at every door, alike and as they are.
func TestPages(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.OpenAPI, o.DocsPage = "openapi: 3.1.0", "<!doctype html>" })
	for _, l := range []Listener{{}, {Admin: true}, {Context: ".c"}, {TrustHeader: true}, {Context: ".c", TrustHeader: true}} {
		h := p.Handler(l)
		f := func(method, path string, status int, contentType, body string) {
			t.Helper()
			x := ask(h, method, path, "", "Accept", "text/html", "X-Schemaside-Context", ".c")
			if x.status() != status || x.header("Content-Type") != contentType || x.body() != body {
				t.Errorf("%+v %s %s: %d %s %q", l, method, path, x.status(), x.header("Content-Type"), x.body())
			}
		}
		f("GET", "/openapi.yaml", 200, "application/yaml", "openapi: 3.1.0")
		f("GET", "/openapi.yaml/", 200, "application/yaml", "openapi: 3.1.0")
		f("GET", "/docs", 200, "text/html; charset=utf-8", "<!doctype html>")
		f("HEAD", "/docs", 200, "text/html; charset=utf-8", "<!doctype html>")
		f("POST", "/docs", 405, mediaName(mediaV1), `{"error_code":405,"message":"HTTP 405 Method Not Allowed"}`)
		f("GET", "/contexts/.c/docs", 404, mediaName(mediaV1), `{"error_code":404,"message":"HTTP 404 Not Found"}`)
	}
	if x := ask(p.Handler(Listener{TrustHeader: true}), "GET", "/docs", ""); x.status() != 200 || !strings.HasPrefix(x.header("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("a browser that sends no context: %d %s", x.status(), x.header("Content-Security-Policy"))
	}
	if x := ask(newTestProxy(t, &fakeRegistry{}, true, nil).Handler(Listener{}), "GET", "/docs", ""); x.status() != 404 {
		t.Errorf("without a page: %d", x.status())
	}
}
