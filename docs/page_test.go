package docs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html/template"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write docs/openapi.html")

// TestPage compares the page with what the description would be rendered to.
func TestPage(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	var want bytes.Buffer
	if err := template.Must(template.ParseFiles("page.tmpl")).Execute(&want, r.page()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.html", want.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if Page != want.String() {
		t.Error("docs/openapi.html is not what docs/openapi.yaml says: run `make docs`")
	}
}

// TestPageStandsAlone: a browser that shows the page asks for nothing else, and every link inside it leads somewhere.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	page := Page
	for _, outside := range []string{"src=", "@import", "url(", "<link", "fetch(", "http://", "https://"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page has %s", outside)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, ` id="`+link[1]+`"`) {
			t.Errorf("a link leads to %s, which is not there", link[1])
		}
	}
}

// What the template shows.
type (
	page struct {
		Title, Summary string
		Description    template.HTML
		Tags           []tag
		// Common are the answers that many operations share under the status default.
		Common  []answer
		Schemas []schema
	}
	tag struct {
		Name        string
		Description template.HTML
		Operations  []operation
	}
	operation struct {
		ID, Class, Method, Path, Summary string
		Alone                            bool
		Description                      template.HTML
		Parameters                       []field
		Body                             []body
		Answers                          []answer
	}
	field struct {
		Name, In          string
		Type, Description template.HTML
		Required          bool
	}
	answer struct {
		ID, Status  string
		Description template.HTML
		Bodies      []body
	}
	body struct {
		Media    string
		Type     template.HTML
		Examples []example
	}
	example struct{ Name, Text string }
	schema  struct {
		ID, Name          string
		Description, Type template.HTML
		Fields            []field
	}
)

// renderer turns the description into what the template shows.
type renderer struct {
	t    *testing.T
	root node
}

func newRenderer(t *testing.T) renderer {
	t.Helper()
	var file yaml.Node
	if err := yaml.Unmarshal([]byte(OpenAPI), &file); err != nil {
		t.Fatal(err)
	}
	return renderer{t: t, root: node{file.Content[0]}}
}

// node is a value of the description; the empty one is none.
type node struct{ *yaml.Node }

// pair is a key of a mapping and its value.
type pair struct {
	key   string
	value node
}

func (n node) pairs() []pair {
	var list []pair
	if n.Node == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		list = append(list, pair{n.Content[i].Value, node{n.Content[i+1]}})
	}
	return list
}

func (n node) items() []node {
	if n.Node == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	list := make([]node, len(n.Content))
	for i, c := range n.Content {
		list[i] = node{c}
	}
	return list
}

// at follows keys; what isn't there is none.
func (n node) at(keys ...string) node {
	for _, key := range keys {
		found := node{}
		for _, p := range n.pairs() {
			if p.key == key {
				found = p.value
			}
		}
		n = found
	}
	return n
}

func (n node) text() string {
	if n.Node == nil {
		return ""
	}
	return n.Value
}

// resolve follows a $ref.
func (r renderer) resolve(n node) node {
	ref := n.at("$ref").text()
	if ref == "" {
		return n
	}
	found := r.root.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	if found.Node == nil {
		r.t.Errorf("%s is not there", ref)
	}
	return found
}

// refName is the last part of a $ref; empty without one.
func refName(n node) string {
	ref := n.at("$ref").text()
	return ref[strings.LastIndex(ref, "/")+1:]
}

// firstLine is the beginning of a description, without the colon that a list follows.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, ":")
}

func (r renderer) page() page {
	p := page{
		Title: r.root.at("info", "title").text(), Summary: r.root.at("info", "summary").text(),
		Description: markdown(r.root.at("info", "description").text()),
	}
	for _, t := range r.root.at("tags").items() {
		p.Tags = append(p.Tags, tag{Name: t.at("name").text(), Description: markdown(t.at("description").text())})
	}
	for _, path := range r.root.at("paths").pairs() {
		for _, method := range path.value.pairs() {
			if slices.Contains([]string{"parameters", "servers"}, method.key) {
				continue
			}
			at := slices.IndexFunc(p.Tags, func(t tag) bool { return t.Name == method.value.at("tags").items()[0].text() })
			p.Tags[at].Operations = append(p.Tags[at].Operations, r.operation(path, method))
		}
	}
	for _, a := range r.root.at("components", "responses").pairs() {
		if !strings.HasPrefix(a.key, "Refused") {
			continue
		}
		p.Common = append(p.Common, answer{
			ID: "response-" + a.key, Status: firstLine(a.value.at("description").text()),
			Description: markdown(a.value.at("description").text()), Bodies: r.bodies(a.value),
		})
	}
	for _, s := range r.root.at("components", "schemas").pairs() {
		p.Schemas = append(p.Schemas, r.schema(s.key, s.value))
	}
	return p
}

func (r renderer) operation(path, method pair) operation {
	op := operation{
		ID: method.value.at("operationId").text(), Class: method.key, Method: strings.ToUpper(method.key), Path: path.key,
		Summary: method.value.at("summary").text(), Description: markdown(method.value.at("description").text()),
		Alone: path.value.at("servers").Node != nil,
		Body:  r.bodies(r.resolve(method.value.at("requestBody"))),
	}
	for _, p := range append(path.value.at("parameters").items(), method.value.at("parameters").items()...) {
		p = r.resolve(p)
		op.Parameters = append(op.Parameters, field{
			Name: p.at("name").text(), In: p.at("in").text(), Type: r.typeOf(p.at("schema")), Description: markdown(p.at("description").text()),
		})
	}
	for _, a := range method.value.at("responses").pairs() {
		of := r.resolve(a.value)
		if a.key == "default" {
			name := refName(a.value)
			op.Answers = append(op.Answers, answer{Status: "else", Description: template.HTML(fmt.Sprintf(
				`<p><a href="#response-%s">%s</a></p>`, name, firstLine(of.at("description").text())))})
			continue
		}
		op.Answers = append(op.Answers, answer{Status: a.key, Description: markdown(of.at("description").text()), Bodies: r.bodies(of)})
	}
	return op
}

func (r renderer) bodies(of node) []body {
	var list []body
	for _, media := range of.at("content").pairs() {
		b := body{Media: media.key, Type: r.typeOf(media.value.at("schema"))}
		if one := media.value.at("example"); one.Node != nil {
			b.Examples = append(b.Examples, example{Text: r.show(one)})
		}
		for _, several := range media.value.at("examples").pairs() {
			b.Examples = append(b.Examples, example{Name: several.key, Text: r.show(several.value.at("value"))})
		}
		list = append(list, b)
	}
	return list
}

// show writes an example as JSON, its fields in their order.
func (r renderer) show(n node) string {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && strings.ContainsAny(n.Value, "\n<") {
		return n.Value
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, r.json(n), "", "  "); err != nil {
		r.t.Error(err)
	}
	return indented.String()
}

func (r renderer) json(n node) []byte {
	var b bytes.Buffer
	switch n.Kind {
	case yaml.MappingNode:
		for i, p := range n.pairs() {
			fmt.Fprintf(&b, "%s%q:%s", map[bool]string{true: "{", false: ","}[i == 0], p.key, r.json(p.value))
		}
		return []byte("{" + strings.TrimPrefix(b.String(), "{") + "}")
	case yaml.SequenceNode:
		parts := make([][]byte, len(n.Content))
		for i, item := range n.items() {
			parts[i] = r.json(item)
		}
		return []byte("[" + string(bytes.Join(parts, []byte(","))) + "]")
	default:
		var v any
		if err := n.Decode(&v); err != nil {
			r.t.Error(err)
		}
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			r.t.Error(err)
		}
		return bytes.TrimSpace(b.Bytes())
	}
}

func (r renderer) schema(name string, s node) schema {
	out := schema{ID: "schema-" + name, Name: name, Description: markdown(s.at("description").text())}
	parts := append([]node{s}, s.at("allOf").items()...)
	for _, part := range parts {
		part = r.resolve(part)
		for _, p := range part.at("properties").pairs() {
			required := slices.ContainsFunc(part.at("required").items(), func(n node) bool { return n.text() == p.key })
			out.Fields = append(out.Fields, field{
				Name: p.key, Type: r.typeOf(p.value), Description: markdown(p.value.at("description").text()), Required: required,
			})
		}
	}
	if len(out.Fields) == 0 {
		out.Type = r.typeOf(s)
	}
	return out
}

// typeOf tells in words what a schema allows.
func (r renderer) typeOf(s node) template.HTML {
	if s.Node == nil {
		return ""
	}
	if name := refName(s); name != "" {
		return template.HTML(fmt.Sprintf(`<a href="#schema-%s">%s</a>`, name, name))
	}
	if all := s.at("allOf").items(); len(all) > 0 {
		return r.typeOf(all[0])
	}
	if several := s.at("anyOf").items(); len(several) > 0 {
		return r.oneOf(several)
	}
	if codes := s.at("oneOf").items(); len(codes) > 0 {
		var rows strings.Builder
		for _, c := range codes {
			fmt.Fprintf(&rows, "<tr><td><code>%s</code></td><td>%s</td></tr>", c.at("const").text(), markdown(c.at("description").text()))
		}
		return template.HTML("<table>" + rows.String() + "</table>")
	}
	if values := s.at("enum").items(); len(values) > 0 {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = code(v.text())
		}
		return template.HTML(strings.Join(words, ", "))
	}
	return r.plainType(s)
}

func (r renderer) plainType(s node) template.HTML {
	if c := s.at("const"); c.Node != nil {
		return template.HTML(code(c.text()))
	}
	if several := s.at("type").items(); len(several) > 0 {
		words := make([]string, len(several))
		for i, t := range several {
			words[i] = t.text()
		}
		return template.HTML(strings.Join(words, " or "))
	}
	switch s.at("type").text() {
	case "array":
		return "list of " + r.typeOf(s.at("items"))
	case "object":
		if values := s.at("additionalProperties"); values.Node != nil {
			return "names, each with " + r.typeOf(values)
		}
		return r.object(s)
	default:
		return template.HTML(template.HTMLEscapeString(s.at("type").text()))
	}
}

func (r renderer) object(s node) template.HTML {
	words := []string{}
	for _, p := range s.at("properties").pairs() {
		words = append(words, code(p.key)+": "+string(r.typeOf(p.value)))
	}
	if len(words) == 0 {
		return "object"
	}
	return template.HTML("{" + strings.Join(words, ", ") + "}")
}

func (r renderer) oneOf(list []node) template.HTML {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(r.typeOf(s))
	}
	return template.HTML(strings.Join(words, " or "))
}

func code(text string) string { return "<code>" + template.HTMLEscapeString(text) + "</code>" }

// markdown renders the little of Markdown that the description uses: paragraphs, lists, code, emphasis, links.
func markdown(text string) template.HTML {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		switch {
		case block == "":
		case strings.HasPrefix(block, "- "):
			b.WriteString("<ul>")
			for item := range strings.SplitSeq(strings.TrimPrefix(block, "- "), "\n- ") {
				b.WriteString("<li>" + inline(item) + "</li>")
			}
			b.WriteString("</ul>\n")
		default:
			b.WriteString("<p>" + inline(block) + "</p>\n")
		}
	}
	return template.HTML(b.String())
}

func inline(text string) string {
	text = template.HTMLEscapeString(text)
	for _, rule := range []struct{ find, put string }{
		{"`([^`]+)`", "<code>$1</code>"},
		{`\*\*([^*]+)\*\*`, "<b>$1</b>"},
		{`\*([a-z]+)\*`, "<em>$1</em>"},
		{`\[([^\]]+)\]\((#[^)]+)\)`, `<a href="$2">$1</a>`},
	} {
		text = regexp.MustCompile(rule.find).ReplaceAllString(text, rule.put)
	}
	return text
}
