package copier

import (
	"fmt"
	"net/url"
	"strings"
)

// The contexts with a meaning of their own.
const (
	defaultContext = "."
	globalContext  = ".__GLOBAL"
)

// ParsePair reads `.name`, or `.name=.other` for a context that gets another name at the target.
func ParsePair(text string) (Pair, error) {
	from, to := text, text
	if before, after, ok := strings.Cut(text, "=."); ok {
		from, to = before, "."+after
	}
	for _, name := range []string{from, to} {
		if !strings.HasPrefix(name, ".") || strings.Contains(name, ":") {
			return Pair{}, fmt.Errorf("context %q: want a name that begins with a dot, such as .team-a or .team-a=.team-b", text)
		}
	}
	if (from == globalContext) != (to == globalContext) {
		return Pair{}, fmt.Errorf("context %q: %s holds settings only, and can't be copied to or from another context", text, globalContext)
	}
	return Pair{From: from, To: to}, nil
}

// CheckPairs refuses pairs that would write one context twice.
func CheckPairs(pairs []Pair) error {
	from, to := map[string]bool{}, map[string]bool{}
	for _, p := range pairs {
		if from[p.From] || to[p.To] {
			return fmt.Errorf("context %s: named twice", p.From)
		}
		from[p.From], to[p.To] = true, true
	}
	return nil
}

// qualified writes a subject of a context as the REST API takes it.
func qualified(registryCtx, subject string) string {
	switch {
	case registryCtx != defaultContext:
		return ":" + registryCtx + ":" + subject
	case subject == "":
		return ":.:"
	default:
		return subject
	}
}

// split takes a name apart as the REST API does.
func split(name string) (registryCtx, subject string) {
	if !strings.HasPrefix(name, ":.") {
		return defaultContext, name
	}
	registryCtx, subject, _ = strings.Cut(name[1:], ":")
	return registryCtx, subject
}

// ambiguous tells that a plain name means a context to a server that knows contexts.
func ambiguous(plain string) bool {
	return strings.HasPrefix(plain, ":.") || strings.HasPrefix(plain, ":*:")
}

// segment writes a name as one segment of a path.
func segment(name string) string {
	escaped := url.PathEscape(name)
	if escaped == "." || escaped == ".." {
		return strings.ReplaceAll(escaped, ".", "%2E")
	}
	return escaped
}
