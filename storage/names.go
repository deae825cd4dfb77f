package storage

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What every store can keep in a key, in bytes of UTF-8: the least that any of the databases can index.
const (
	MaxSubject = 1024
	MaxContext = 255
)

// ValidSubject tells whether rows of a subject can be kept. The empty name is one like any other.
func ValidSubject(name string) bool { return len(name) <= MaxSubject && isText(name) }

// ValidContext tells whether a context of this name can be kept.
func ValidContext(name string) bool { return name != "" && len(name) <= MaxContext && isText(name) }

func isText(name string) bool { return strings.IndexByte(name, 0) < 0 && utf8.ValidString(name) }

// CheckNames is what every driver asks before it applies a commit. Errors: ErrName; another one for a change that is
// none of this package's types, as they are.
func CheckNames(registryCtx string, changes []Change) error {
	if !ValidContext(registryCtx) {
		return fmt.Errorf("context %q: %w", cut(registryCtx), ErrName)
	}
	for _, change := range changes {
		if err := checkChange(change); err != nil {
			return fmt.Errorf("commit to context %s: %w", registryCtx, err)
		}
	}
	return nil
}

func checkChange(change Change) error {
	switch c := change.(type) {
	case PutVersion:
		return checkSubject(c.Version.Subject)
	case DeleteVersion:
		return checkSubject(c.Subject)
	case PutSettings:
		return checkSubject(c.Settings.Subject)
	case PutBackReference:
		return checkBackReference(c.BackReference)
	case DeleteBackReference:
		return checkBackReference(c.BackReference)
	case PutSchema, DeleteSchema, PutFingerprint, DeleteFingerprint, RaiseNextID, SetKnown, Removal:
		return nil
	default:
		return fmt.Errorf("a change of type %T is none that can be applied", change)
	}
}

func checkSubject(name string) error {
	if !ValidSubject(name) {
		return fmt.Errorf("subject %q: %w", cut(name), ErrName)
	}
	return nil
}

func checkBackReference(row BackReference) error {
	if !ValidContext(row.ReferrerContext) {
		return fmt.Errorf("referring context %q: %w", cut(row.ReferrerContext), ErrName)
	}
	return checkSubject(row.Subject)
}

// cut keeps the text of an error short.
func cut(name string) string {
	const enough = 100
	if len(name) > enough {
		return name[:enough] + "..."
	}
	return name
}
