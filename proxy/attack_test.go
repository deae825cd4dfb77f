package proxy

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

// The marks are in every name and text of the victim's context, and of the default one, that an attacker can't know.
const (
	mark        = "m4rk"
	defaultMark = "r00t"
)

// attack is a request of a caller who is tied to the tenant's context and would like to see, or touch, the victim's.
type attack struct {
	kind                 string
	method, target, body string
	// headers are names and values in turn.
	headers []string
	// said is what the caller has named before.
	said string
}

func (a attack) String() string {
	return fmt.Sprintf("%s: %s %.200s %.200s %q", a.kind, a.method, a.target, a.body, a.headers)
}

// knows tells whether a text stands in the request, escaped up to twice.
func (a attack) knows(text string) bool {
	said := strings.Join(append([]string{a.target, a.body, a.said}, a.headers...), "\n")
	for range 3 {
		if strings.Contains(strings.ToLower(said), strings.ToLower(text)) {
			return true
		}
		said = unescaped(said)
	}
	return false
}

// unescaped takes escapes out of a text, leaving what is none.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i] == '%' {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// attackKinds lists the ways out of a context. Each is turned into at least one request per route and path.
func attackKinds() []struct {
	name string
	make func(r *route, path string) []attack
} {
	return []struct {
		name string
		make func(r *route, path string) []attack
	}{
		{"qualified name", attackNames(func(s string) string { return strings.ReplaceAll(s, "/", "%2F") })},
		{"encoded qualified name", attackNames(escapeAll)},
		{"half encoded name", attackNames(func(s string) string { return strings.ReplaceAll(s, ".", "%2e") })},
		{"double encoding", attackNames(func(s string) string { return strings.ReplaceAll(escapeAll(s), "%", "%25") })},
		{"prefix", attackPrefix},
		{"nested prefix", attackNested},
		{"wildcard", attackWildcard},
		{"subjectPrefix", attackQuery("subjectPrefix")},
		{"subject query", attackQuery("subject")},
		{"other query", attackOtherQueries},
		{"header", attackHeaders},
		{"alias", attackAlias},
		{"reference", attackReferences},
		{"guid", attackGUID},
		{"dot segments", attackDots},
		{"numbers", attackNumbers},
	}
}

// attacks is every row of the table for a route.
func attacks(r *route) []attack {
	var out []attack
	for _, kind := range attackKinds() {
		for _, path := range r.paths() {
			rows := kind.make(r, path)
			for i := range rows {
				rows[i].kind = kind.name
			}
			out = append(out, rows...)
		}
	}
	return out
}

// places are what stands in the parameters of a path. An unknown parameter has to be taught here.
type places struct{ subject, id, version, guid, context string }

// ownPlaces name what the tenant has.
func ownPlaces() places {
	return places{subject: "orders", id: "1", version: "1", guid: sharedGUID, context: "tenant"}
}

// fill puts places into a template.
func fill(template string, p places) string {
	put := func(p places) string {
		return strings.NewReplacer("{subject}", p.subject, "{id}", p.id, "{version}", p.version, "{guid}", p.guid, "{context}", p.context).Replace(template)
	}
	if strings.ContainsAny(put(places{}), "{}") {
		panic("a parameter of " + template + " is unknown to the tests")
	}
	return put(p)
}

// everywhere puts a text into each parameter of a path in turn; one that has none gets it as another segment.
func everywhere(template, text string) []string {
	var out []string
	for _, place := range []struct {
		name string
		put  func(p *places)
	}{
		{"{subject}", func(p *places) { p.subject = text }},
		{"{id}", func(p *places) { p.id = text }},
		{"{version}", func(p *places) { p.version = text }},
		{"{guid}", func(p *places) { p.guid = text }},
		{"{context}", func(p *places) { p.context = text }},
	} {
		if p := ownPlaces(); strings.Contains(template, place.name) {
			place.put(&p)
			out = append(out, fill(template, p))
		}
	}
	if out == nil {
		out = append(out, strings.TrimSuffix(template, "/")+"/"+text)
	}
	return out
}

// bodyFor is a body that the route takes; name is what it refers to where it can refer to something.
func bodyFor(r *route, name string) string {
	quoted := string(appendString(nil, name))
	switch parameter := r.body; parameter {
	case "":
		return ""
	case "lookUpSchemaUnderSubject.request", "register.request", "testCompatibilityForSubject.request", "testCompatibilityBySubjectName.request":
		if name == "" {
			return schemaBody("Order", "id", "")
		}
		return schemaBody("Bait", "R", `,"references":[{"name":"R","subject":`+quoted+`,"version":1}]`)
	case "modifyTags.request":
		return `{"newVersion":3,"tagsToAdd":[{"schemaEntity":{"entityPath":"Order","entityType":"sr_record"},"tags":["T"]}]}`
	case "updateTopLevelConfig.request", "updateSubjectLevelConfig.request":
		if name == "" {
			return `{"compatibility":"NONE"}`
		}
		return `{"alias":` + quoted + `}`
	case "updateTopLevelMode.request", "updateMode.request":
		return `{"mode":"IMPORT"}`
	default:
		panic("the tests know no body for " + parameter)
	}
}

// schemaBody is the body for a record with one field; a field called R is of the record R of a reference.
func schemaBody(record, field, more string) string {
	fieldType := `\"string\"`
	if field == "R" {
		fieldType = `\"R\"`
	}
	return `{"schema":"{\"type\":\"record\",\"name\":\"` + record + `\",\"fields\":[{\"name\":\"` + field + `\",\"type\":` + fieldType + `}]}"` + more + `}`
}

// thin keeps the first few where a route has no use for what they are.
func thin(whole bool, list []string) []string {
	if whole || len(list) < 3 {
		return list
	}
	return list[:2]
}

// escapeAll writes every byte of a text as an escape.
func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// victimNames are the ways to name what the tenant must not have, and some of its own that look alike.
func victimNames() []string {
	return []string{
		":.victim:secret", ":.victim:", ":.victim", ":.vic", ":.victim:orders", ":.victim:" + mark + "-1",
		":.:secret", ":.::.victim:secret", ":.::.:secret", ":.tenant::.victim:secret", ":.tenant:secret", "::.victim:secret", ":victim:secret",
		":.__GLOBAL:", ":.__GLOBAL:secret", ":.__HIDDEN:", "secret", ".victim", "/contexts/.victim/subjects/secret",
	}
}

func attackNames(write func(string) string) func(r *route, path string) []attack {
	return func(r *route, path string) []attack {
		var out []attack
		for _, name := range thin(strings.Contains(path, "{"), victimNames()) {
			for _, target := range everywhere(path, write(name)) {
				out = append(out, attack{method: r.method, target: target, body: bodyFor(r, "")})
			}
		}
		return out
	}
}

func attackPrefix(r *route, _ string) []attack {
	var out []attack
	for _, c := range []string{"victim", ".victim", ":.victim:", "%2Evictim", "%3A.victim%3A", "%3a%2evictim%3a", ".VICTIM", ".__GLOBAL", "..victim", "%252Evictim"} {
		out = append(out, attack{method: r.method, target: "/contexts/" + c + strings.TrimSuffix(fill(r.template, ownPlaces()), "/"), body: bodyFor(r, "")})
	}
	return out
}

func attackNested(r *route, path string) []attack {
	var out []attack
	for _, before := range []string{
		"/contexts/.tenant/contexts/.victim", "/contexts/:.:/contexts/victim", "/contexts/%3A.%3A/contexts/%2Evictim", "/contexts/:*:/contexts/.victim",
		"/contexts/.victim/contexts/.tenant", "/contexts/.tenant/subjects/x/../../contexts/.victim",
	} {
		out = append(out, attack{method: r.method, target: before + strings.TrimSuffix(fill(path, ownPlaces()), "/"), body: bodyFor(r, "")})
	}
	for _, target := range everywhere(path, ":.victim:secret") {
		out = append(out, attack{method: r.method, target: "/contexts/.tenant" + target, body: bodyFor(r, "")})
	}
	return out
}

func attackWildcard(r *route, path string) []attack {
	var out []attack
	for _, name := range []string{":*:", ":*:secret", ":*:orders", ":*::.victim:secret", ":*::*:secret", "%3A*%3Asecret", "%3A%2A%3Asecret", "*", "%2A", ":*"} {
		for _, target := range everywhere(path, name) {
			out = append(out, attack{method: r.method, target: target, body: bodyFor(r, ":*:secret")})
		}
	}
	return out
}

// attackQuery names the victim in a parameter, which a route may or may not look at, alone and behind a harmless one.
func attackQuery(parameter string) func(r *route, path string) []attack {
	return func(r *route, path string) []attack {
		var out []attack
		base := fill(path, ownPlaces())
		looksAt := parameter == "subject" && r.about == aboutID || parameter == "subjectPrefix" && (r.about == aboutListing || r.about == aboutSchemas)
		for _, name := range thin(looksAt, append(victimNames(), ":*:", ":*:sec", ":*::.victim:", ":.victim:sec", ":.*", "")) {
			query := parameter + "=" + url.QueryEscape(name)
			for _, q := range thin(looksAt, []string{query + "&deleted=true", query, parameter + "=orders&" + query, query + "&" + parameter + "=orders"}) {
				out = append(out, attack{method: r.method, target: base + "?" + q, body: bodyFor(r, "")})
			}
		}
		return out
	}
}

func attackOtherQueries(r *route, path string) []attack {
	var out []attack
	for _, query := range []string{
		"context=.victim", "contextPrefix=.v", "contextPrefix=", "contextPrefix=.&offset=1", "contextPrefix=.victim&limit=5", "aliases=true", "aliases=true&subjectPrefix=:*:",
		"fetchMaxId=true", "deleted=true", "deletedOnly=true", "deletedAsNegative=true", "latestOnly=true", "ruleType=" + mark, "key=k&value=" + mark,
		"findTags=" + mark, "findTags=*", "format=resolved", "format=resolved&referenceFormat=qualified", "defaultToGlobal=true", "recursive=true", "force=true",
		"permanent=true", "verbose=true&normalize=true", "offset=1&limit=1", "offset=-1", "limit=2147483647",
		"%73ubject=:.victim:secret", "subject=%3A.victim%3Asecret", "subject=%253A.victim%253Asecret", "Subject=:.victim:secret",
		"subjectPrefix=%3A.victim%3A", "subject[]=:.victim:", "subject=:.victim:secret#x", "#?subject=:.victim:secret",
	} {
		out = append(out, attack{method: r.method, target: fill(path, ownPlaces()) + "?" + query, body: bodyFor(r, "")})
	}
	return out
}

const contextHeader = "X-Schemaside-Context"

func attackHeaders(r *route, path string) []attack {
	var out []attack
	for _, headers := range [][]string{
		{contextHeader, ".victim"},
		{contextHeader, "victim"},
		{contextHeader, ":.victim:"},
		{contextHeader, ".tenant", contextHeader, ".victim"},
		{contextHeader, ".tenant,.victim"},
		{contextHeader, ".tenant\t.victim"},
		{contextHeader, "*"},
		{contextHeader, ":*:"},
		{contextHeader, "."},
		{contextHeader, ""},
		{contextHeader, ".__GLOBAL"},
		{strings.ToUpper(contextHeader), ".victim"},
		{"X_Schemaside_Context", ".victim"},
		{"X-Forwarded-Host", "victim.example"},
		{"Forwarded", "host=victim.example"},
		{"X-Original-URL", "/contexts/.victim/subjects"},
		{"X-Rewrite-URL", "/subjects/:.victim:secret/versions"},
		{"X-HTTP-Method-Override", "GET"},
		{"Cache-Control", "no-cache"},
		{"Host", "victim.example"},
		{"Host", "victim.example:80"},
		{"Host", "tenant.example@victim.example"},
		{"Host", ".victim"},
	} {
		out = append(out, attack{method: r.method, target: fill(path, ownPlaces()), body: bodyFor(r, ""), headers: headers})
	}
	return out
}

// attackAlias tries to set aliases that lead out, then to go by them, and by those that lead out since before the
// context was shut off.
func attackAlias(r *route, path string) []attack {
	var out []attack
	followed := r.subjectAt >= 0 || r.about == aboutID
	for i, name := range thin(followed, append(victimNames(), ":*:secret", ":*::.victim:secret")) {
		subject := "alias" + strconv.Itoa(i)
		out = append(out, attack{method: "PUT", target: "/config/" + subject, body: `{"alias":` + strconv.Quote(name) + `}`})
		for _, target := range everywhere(path, subject) {
			out = append(out, attack{method: r.method, target: target, body: bodyFor(r, name), said: name}, attack{method: r.method, target: target, body: bodyFor(r, ""), said: name})
		}
		out = append(out, attack{method: r.method, target: fill(path, ownPlaces()) + "?subject=" + subject, body: bodyFor(r, ""), said: name})
	}
	for _, subject := range []string{"leads-out", "leads-out-default", "leads-in"} {
		said := ""
		if subject == "leads-out-default" {
			// In a context that is shut off, this is a name of its own.
			said = "secret"
		}
		for _, target := range append(everywhere(path, subject), fill(path, ownPlaces())+"?subject="+subject) {
			for _, query := range []string{"", "&deleted=true&aliases=true"} {
				if !strings.Contains(target, "?") {
					query = strings.Replace(query, "&", "?", 1)
				}
				out = append(out, attack{method: r.method, target: target + query, body: bodyFor(r, ""), said: said})
			}
		}
	}
	return out
}

// attackReferences refers to the victim's, and asks for what refers there since before the context was shut off, or is
// referred to from there.
func attackReferences(r *route, path string) []attack {
	var out []attack
	for _, name := range thin(r.body != "", append(victimNames(), ":*:secret", ":*::.victim:secret")) {
		out = append(out, attack{method: r.method, target: fill(path, ownPlaces()), body: bodyFor(r, name)})
	}
	for _, subject := range []string{"reaches-out", "watched", "uses"} {
		for _, target := range everywhere(path, subject) {
			for _, query := range thin(r.subjectAt >= 0, []string{"", "?format=resolved", "?referenceFormat=qualified", "?deleted=true", "?normalize=true&verbose=true", "?permanent=true"}) {
				out = append(out, attack{method: r.method, target: target + query, body: bodyFor(r, "")})
			}
		}
	}
	return out
}

// attackGUID asks for guids: one that only the victim has, one that both have.
func attackGUID(r *route, path string) []attack {
	var out []attack
	asked := r.guidAt >= 0
	for _, guid := range thin(asked, []string{victimGUID, sharedGUID, strings.ToUpper(victimGUID), strings.ReplaceAll(victimGUID, "-", ""), "%7B" + victimGUID + "%7D", "urn:uuid:" + victimGUID}) {
		for _, target := range everywhere(path, guid) {
			for _, query := range thin(asked, []string{"", "?subject=:.victim:", "?format=resolved"}) {
				out = append(out, attack{method: r.method, target: target + query, body: bodyFor(r, "")})
			}
		}
		out = append(out, attack{method: r.method, target: fill(path, ownPlaces()) + "?guid=" + guid, body: bodyFor(r, "")})
	}
	return out
}

func attackDots(r *route, path string) []attack {
	own := strings.TrimSuffix(fill(path, ownPlaces()), "/")
	victim := strings.TrimSuffix(fill(r.template, ownPlaces()), "/")
	var out []attack
	for _, target := range []string{
		"/../contexts/.victim" + victim, "/%2E%2E/contexts/.victim" + victim, "/contexts/.tenant/../.victim" + victim, "/contexts/.tenant/%2e%2e/.victim" + victim,
		"/contexts/.tenant/..%2F.victim" + victim, "/contexts/..%2F.victim" + victim, "/contexts/.%2F.victim" + victim, "/./contexts/.victim" + victim,
		own + "/../../../contexts/.victim" + victim, own + "/..", own + "/.", own + "//", own + "/;x", own + ";/contexts/.victim", "//contexts/.victim" + victim,
		"/contexts//.victim" + victim, "/contexts/.victim//" + strings.TrimPrefix(victim, "/"), "/contexts%2F.victim" + victim, "http://victim.example" + own, "http://victim.example/contexts/.victim" + victim, "*", "victim" + victim,
	} {
		out = append(out, attack{method: r.method, target: target, body: bodyFor(r, "")})
	}
	for _, name := range []string{"..", ".", "%2E%2E", "..%2F..%2Fcontexts%2F.victim%2Fsubjects%2Fsecret", "%2E.%2Fsecret"} {
		for _, target := range everywhere(path, name) {
			out = append(out, attack{method: r.method, target: target, body: bodyFor(r, "")})
		}
	}
	return out
}

// attackNumbers asks for IDs and versions that only the victim has.
func attackNumbers(r *route, path string) []attack {
	var out []attack
	counted := r.idAt >= 0 || r.versionAt >= 0
	for _, n := range thin(counted, []string{"0", "1", "2", "3", "5", "6", "7", "18", "19", "20", "21", "22", "-1", "latest"}) {
		p := ownPlaces()
		p.id, p.version, p.subject = n, n, "secret"
		for _, query := range thin(r.idAt >= 0, []string{"", "?subject=secret", "?subject=:*:secret", "?fetchMaxId=true"}) {
			out = append(out, attack{method: r.method, target: fill(path, p) + query, body: bodyFor(r, "")})
		}
	}
	return out
}

// destroys tells whether a request that succeeded may have taken away what later attacks are about.
func destroys(a attack) bool {
	return a.method == fasthttp.MethodDelete || a.method == fasthttp.MethodPut && !strings.Contains(a.target, "/config/alias")
}
