package jsonschema

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxURI bounds a base and what is resolved against it, in bytes.
const maxURI = 2048

var errURI = errors.New("not a valid URI")

// resolveURI resolves a reference against a base. Without a base it stays as written.
func resolveURI(base, ref string) (string, error) {
	base, _, _ = strings.Cut(base, "#")
	switch {
	case ref == "":
		return base, nil
	case base == "", ref[0] == '#':
		return base + ref, nil
	case len(base)+len(ref) > maxURI:
		return "", fmt.Errorf("%w: over %d bytes", errURI, maxURI)
	}
	path, fragment, hasFragment := strings.Cut(ref, "#")
	from, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errURI, err)
	}
	to, err := url.Parse(path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errURI, err)
	}
	resolved := path
	if from.Opaque == "" {
		resolved = from.ResolveReference(to).String()
		if to.Scheme == "" && from.Scheme == "" && from.Host == "" && base[0] != '/' && path != "" && path[0] != '/' {
			resolved = strings.TrimPrefix(resolved, "/") // a relative base gives a relative URI
		}
	}
	if hasFragment {
		resolved += "#" + fragment
	}
	return resolved, nil
}

// isAbsolute tells whether a URI names its scheme.
func isAbsolute(uri string) bool {
	scheme, _, ok := strings.Cut(uri, ":")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "/?#")
}

// checkURI refuses what can't be a URI, such as text with blanks.
func checkURI(uri string) error {
	for i := range len(uri) {
		switch c := uri[i]; {
		case c <= ' ', c == 0x7F, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			return fmt.Errorf("%w: %q", errURI, uri)
		}
	}
	if _, err := url.Parse(uri); err != nil {
		return fmt.Errorf("%w: %w", errURI, err)
	}
	return nil
}

// pointerTokens splits the fragment of a reference that is a JSON pointer.
func pointerTokens(fragment string) []string {
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	fragment = strings.TrimPrefix(fragment, "/")
	tokens := strings.Split(fragment, "/")
	for i, token := range tokens {
		if strings.Contains(token, "~") {
			tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		}
	}
	return tokens
}
