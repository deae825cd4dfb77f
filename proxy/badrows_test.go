package proxy

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

// badRow is a request with something wrong in it, or something odd.
type badRow struct {
	kind                 string
	method, target, body string
	// headers are names and values in turn.
	headers []string
}

func (b badRow) String() string {
	return fmt.Sprintf("%s: %s %.150q %.300q %.100q", b.kind, b.method, b.target, b.body, b.headers)
}

// sound is the kind of rows with nothing wrong in them.
const sound = "as it should be"

const megabyte = 1 << 20

// badRows is every row of the table for a route.
func badRows(r *route) []badRow {
	var out []badRow
	add := func(kind string, rows ...badRow) {
		for _, row := range rows {
			row.kind, row.method = kind, r.method
			out = append(out, row)
		}
	}
	body := goodBody(r)
	for _, path := range r.paths() {
		target := fill(path, ownPlaces())
		add(sound, badRow{target: target, body: body})
		for _, name := range oddNames() {
			for _, odd := range everywhere(path, name) {
				add("names and numbers in the path", badRow{target: odd, body: body})
			}
		}
	}
	target := fill(r.template, ownPlaces())
	for _, query := range oddQueries(r) {
		add("query", badRow{target: target + "?" + query, body: body})
	}
	for _, odd := range oddBodies(r) {
		add("body", badRow{target: target, body: odd})
	}
	for _, headers := range oddHeaders() {
		add("headers", badRow{target: target, body: body, headers: headers})
	}
	for _, packed := range oddlyPacked(body, r.body != "") {
		add("packed body", badRow{target: target, body: packed, headers: []string{"Content-Encoding", "gzip"}})
	}
	for _, method := range []string{"PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "", "get", "G\x00T", strings.Repeat("X", 1000)} {
		add("method", badRow{target: target, body: body})
		out[len(out)-1].method = method
	}
	return out
}

// oddNames are texts, as a path has them, that are no good names or numbers, or hard to believe.
func oddNames() []string {
	return []string{
		"", "%FF", "\xff", "%ED%A0%80", "%C0%AF", "%00", "a%00b", "\x00", "%0A", "%0D%0A", "%7F", "%C2%85", "%E2%80%A8", "%EF%BB%BF", "%", "%2", "%zz", "%5C", "\\",
		"%20", "+", "%09", "..", ".", "%2E%2E", "__GLOBAL", "__EMPTY", ":.__GLOBAL:", ":.__GLOBAL:s", ":.", ":.:", "::", ":", ":*:", ":.c%00:s", ":.a%0Ab:", ":.c:d:e", "a:b",
		"0", "-0", "+1", "01", "-1", "-2", "1.0", "1e3", "0x1", "2147483647", "2147483648", "-2147483648", "-2147483649", "99999999999999999999", "%D9%A1", "latest", "LATEST", "latest%20", "%201", "null", "NaN",
		"{subject}", "%7Bid%7D", "a;b", "a%3Fb", "a%23b", "%F0%9F%98%80", strings.Repeat("x", 2<<10), strings.Repeat("%41", 2<<10), strings.Repeat("y", megabyte), strings.Repeat("/x", 1000),
	}
}

// parametersOf names the query parameters that a route looks at. A new one has to be taught here.
func parametersOf(r *route) []string {
	var names []string
	known := params(0)
	for i, name := range flagNames() {
		known |= 1 << i
		if r.params&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	for _, p := range []struct {
		param params
		names []string
	}{
		{paramPage, []string{"offset", "limit"}},
		{paramFormat, []string{"format"}},
		{paramReferenceFormat, []string{"referenceFormat"}},
		{paramContextPrefix, []string{"contextPrefix"}},
		{paramProperties, []string{"key", "value"}},
		{paramRuleType, []string{"ruleType"}},
		{paramFindTags, []string{"findTags"}},
		{paramLifecycle, []string{"lifecycle"}},
	} {
		known |= p.param
		if r.params&p.param != 0 {
			names = append(names, p.names...)
		}
	}
	if r.params&^known != 0 {
		panic("the tests don't know all parameters of " + r.template)
	}
	switch r.about {
	case aboutID:
		names = append(names, "subject")
	case aboutListing, aboutSchemas:
		names = append(names, "subjectPrefix")
	}
	return names
}

// oddQueries set each parameter that a route looks at to each odd value, once alone and once behind a good one, and then all at once.
func oddQueries(r *route) []string {
	values := []string{
		"", "true", "TRUE", "yes", "-1", "-2147483649", "2147483647", "2147483648", "1.5", "1e400", "x", "null", "%FF", "\xff", "%00", "%0A", "%C2%85", "%ED%A0%80", "%", "%zz",
		":.", ":*:", ":.c", ":.c:", "serialized", "resolved", "qualified", strings.Repeat("z", 64<<10), strings.Repeat("%41", 1<<10),
	}
	names := parametersOf(r)
	var out []string
	for _, name := range names {
		for _, v := range values {
			out = append(out, name+"="+v)
		}
		out = append(out, name, name+"=1&"+name+"=x", name+"=true&"+name+"=false", strings.Repeat(name+"=1&", 1000))
	}
	names = append(names, "nosuch", "%6Eosuch", "")
	for _, v := range values {
		out = append(out, strings.Join(names, "="+v+"&")+"="+v)
	}
	return append(out, "&&&", "=", "?", "a=b=c", "%", "&=%FF&", "#", strings.Repeat("&", 5000))
}

// examples are bodies with every field that a route reads. An unknown body has to be taught here.
func example(parameter string) string {
	const ruleSet = `{"migrationRules":[{"name":"m","doc":"d","kind":"TRANSFORM","mode":"UPGRADE","type":"JSONATA","tags":["t"],"params":{"p":"v"},"expr":"e","onSuccess":"NONE","onFailure":"ERROR","disabled":false}],` +
		`"domainRules":[{"name":"n","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"true"}],"encodingRules":[{"name":"c","kind":"TRANSFORM","mode":"WRITEREAD","type":"ENCRYPT"}],"enableAt":1}`
	const metadata = `{"tags":{"**":["PII"]},"properties":{"owner":"me"},"sensitive":["owner"]}`
	const tags = `[{"schemaEntity":{"entityPath":"Uses","entityType":"sr_record"},"tags":["T"]}]`
	switch parameter {
	case "lookUpSchemaUnderSubject.request":
		// It is there: tags would make it another one.
		return strings.Replace(example("register.request"), tags, "[]", 1)
	case "register.request", "testCompatibilityForSubject.request", "testCompatibilityBySubjectName.request":
		return `{"version":-1,"id":-1,"schemaType":"AVRO","references":[{"name":"R","subject":"watched","version":1}],"metadata":` + metadata + `,"ruleSet":` + ruleSet +
			`,"schema":"{\"type\":\"record\",\"name\":\"Uses\",\"fields\":[{\"name\":\"R\",\"type\":\"R\"}]}","schemaTagsToAdd":` + tags + `,"schemaTagsToRemove":[],"propagateSchemaTags":false}`
	case "modifyTags.request":
		return `{"newVersion":3,"tagsToAdd":` + strings.ReplaceAll(tags, "Uses", "Order") + `,"tagsToRemove":[],"metadata":` + metadata + `,"rulesToMerge":` + ruleSet + `,"rulesToRemove":["x"]}`
	case "updateTopLevelConfig.request", "updateSubjectLevelConfig.request":
		return `{"alias":"watched","aliasForDeks":"w","normalize":false,"validateFields":false,"validateNewSchemas":false,"validateRules":false,"compatibility":"NONE","compatibilityPolicy":"STRICT",` +
			`"compatibilityGroup":"g","defaultMetadata":` + metadata + `,"overrideMetadata":` + metadata + `,"defaultRuleSet":` + ruleSet + `,"overrideRuleSet":` + ruleSet + `}`
	case "updateTopLevelMode.request", "updateMode.request":
		return `{"mode":"READWRITE"}`
	default:
		panic("the tests know no body for " + parameter)
	}
}

// goodBody is a body that the route accepts.
func goodBody(r *route) string {
	if r.body == "" {
		return ""
	}
	return example(r.body)
}

// oddBodies are bodies that are broken as a whole, and good ones with each value in turn replaced, left out or doubled.
func oddBodies(r *route) []string {
	out := []string{
		" ", "null", "[]", "[{}]", `""`, `"x"`, "1", "true", "NaN", "{", "{}", "{}{}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{'a':1}`, `{"a":1`, "}", "\x00", "\xff\xfe{\x00}\x00", "\xef\xbb\xbf{}", "\xef\xbb\xbf",
		`{"a":"` + "\xff" + `"}`, `{"` + "\xff" + `":1}`, `{"a":"\ud800"}`, `{"a":"` + "\n" + `"}`, "schema=1&a=b", "<a/>", strings.Repeat("[", 50_000), strings.Repeat(`{"a":`, 50_000), `{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		strings.Repeat("x", megabyte), `{"` + strings.Repeat("k", megabyte) + `":1}`, `{"a":` + strings.Repeat("9", megabyte) + `}`, "{" + strings.Repeat(`"a":1,`, 20_000) + `"a":1}`,
	}
	if r.body == "" {
		return out
	}
	good := example(r.body)
	out = append(out, good[:len(good)/2], good[:len(good)-1], good+"x", good+good, "["+good+"]")
	for _, at := range positions(good) {
		for _, junk := range oddValues(at) {
			out = append(out, at.replaced(junk))
		}
	}
	return out
}

// position is a value inside a JSON text.
type position struct {
	// before and after are the text around the value, name that of the field that it is in, if it is one.
	before, after, name, value string
}

func (p position) replaced(by string) string { return p.before + by + p.after }

// isText tells whether the value is a string.
func (p position) isText() bool { return p.value[0] == '"' }

// oddValues are what stands in the place of a value. The last ones leave a field out, and double it.
func oddValues(p position) []string {
	out := []string{
		"null", "true", "0", "1", "-1", "7", "2147483648", "-2147483649", "99999999999999999999", "1.5", "1e9", "1e400", "-0", `""`, `" "`, `"x"`, `"1"`, `"\u0000"`, `"a\nb"`, `"\u0085"`, `"\ud800"`, `"` + "\xff" + `"`, `"%s%d"`, `":.__GLOBAL:"`, `"__EMPTY"`,
		"[]", "[null]", "[1]", `["x"]`, "[[[]]]", "{}", `{"a":null}`, `{"":{}}`, `{"name":1,"name":2}`, "NaN", "01", "'x'", "undefined", "",
	}
	if p.isText() {
		out = append(out, `"`+strings.Repeat("n", 64<<10)+`"`)
	}
	if p.name != "" {
		out = append(out, `null,"`+p.name+`":`+p.value, p.value+`,"`+p.name+`":null`, p.value+`,"extra":{"deep":[1,{"a":null}]}`)
	}
	return out
}

// positions finds every value of a JSON text but the outermost.
func positions(text string) []position {
	d := json.NewDecoder(strings.NewReader(text))
	var out []position
	var walk func(name string)
	walk = func(name string) {
		start := int(d.InputOffset())
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], ",: "))
		token, err := d.Token()
		if err != nil {
			panic(err)
		}
		if delim, ok := token.(json.Delim); ok {
			for d.More() {
				field := ""
				if delim == '{' {
					key, err := d.Token()
					if err != nil {
						panic(err)
					}
					field, _ = key.(string)
				}
				walk(field)
			}
			if _, err := d.Token(); err != nil {
				panic(err)
			}
		}
		end := int(d.InputOffset())
		out = append(out, position{before: text[:start], after: text[end:], name: name, value: text[start:end]})
	}
	walk("")
	return out[:len(out)-1]
}

func oddHeaders() [][]string {
	return [][]string{
		{"Content-Type", "text/plain"},
		{"Content-Type", "application/json; charset=latin1"},
		{"Content-Type", "\xff/\xff"},
		{"Content-Type", strings.Repeat("a", 4000)},
		{"Content-Type", "multipart/form-data; boundary=x"},
		{"Accept", "text/html"},
		{"Accept", ";;;,,,q=q=q"},
		{"Accept", strings.Repeat("*/*,", 1000)},
		{"Accept", "application/json;q=NaN"},
		{"Accept-Encoding", "gzip;q=1e400,\xff"},
		{"Accept-Encoding", "gzip"},
		{"Content-Encoding", "br"},
		{"Content-Encoding", "gzip, gzip"},
		{"Content-Encoding", "gzip", "Content-Encoding", "gzip"},
		{"Content-Encoding", "\x01"},
		{"Cache-Control", "no-cache, max-age=99999999999999999999"},
		{"Cache-Control", ",,,="},
		{headerRequestID, strings.Repeat("i", 4000)},
		{headerRequestID, "\xff\x80"},
		{headerRequestID, "a", headerRequestID, "b"},
		{contextHeader, ""},
		{contextHeader, ":"},
		{contextHeader, "a:b"},
		{contextHeader, "\xff"},
		{contextHeader, ".__GLOBAL"},
		{contextHeader, strings.Repeat("c", 4000)},
		{contextHeader, "a", contextHeader, "b"},
		{"Host", ""},
		{"Host", strings.Repeat("h", 4000)},
		{"If-None-Match", "*"},
		{"Range", "bytes=0-0"},
		{"Expect", "200-ok"},
		{"Upgrade", "h2c", "Connection", "Upgrade"},
	}
}

// packed is a text in gzip.
func packed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	// Writing to memory doesn't fail.
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

// oddlyPacked are bodies said to be gzip: good ones, several in one, truncated ones, bombs, and what is no gzip.
func oddlyPacked(body string, bombs bool) []string {
	good := packed(body)
	broken := []byte(good)
	broken[len(broken)-6] ^= 1
	out := []string{
		good, packed(body[:len(body)/2]) + packed(body[len(body)/2:]), good[:len(good)/2], good[:len(good)-4], good[:5], good + "x", good + "\x00\x00", string(broken), body, "x", "\x1f\x8b",
		packed(""), packed("null"), packed(good),
	}
	if bombs {
		out = append(out, packed(strings.Repeat(" ", 4*megabyte)), packed(`{"a":"`+strings.Repeat("b", 4*megabyte)+`"}`))
	}
	return out
}

// expectsJSON tells whether the good answers of a route are JSON.
func expectsJSON(r *route, method string) bool {
	return !r.page && !r.admin && method != fasthttp.MethodHead && r.status != fasthttp.StatusNoContent
}

// faultsOf tells what is wrong with an answer to a bad request.
func faultsOf(r *route, row badRow, status int, body []byte) []string {
	var out []string
	if status >= 500 {
		out = append(out, "answers "+strconv.Itoa(status))
	}
	if row.method == fasthttp.MethodHead || status < 400 && !expectsJSON(r, row.method) {
		return out
	}
	if !json.Valid(body) {
		return append(out, "the answer is no JSON")
	}
	if status < 400 {
		return out
	}
	var e struct {
		Code    *int    `json:"error_code"`
		Message *string `json:"message"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.Code == nil || e.Message == nil {
		return append(out, "the error has no code or no message")
	}
	if *e.Code != status && *e.Code/100 != status {
		out = append(out, fmt.Sprintf("code %d has status %d", *e.Code, status))
	}
	return slices.Clip(out)
}
