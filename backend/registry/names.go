package registry

import (
	"strings"
	"unicode"

	"schemaside/backend/wire"
	"schemaside/storage"
)

// validName tells whether a schema may be registered under a name (spec 2.1).
func validName(n wire.Name) bool {
	return n.Context != globalContext && validSettingsName(n)
}

// validSettingsName tells whether a name may have config and mode. Stores keep no longer names than theirs, on any database;
// the reference has no limit.
func validSettingsName(n wire.Name) bool {
	return n.Subject != "__GLOBAL" && n.Subject != "__EMPTY" && !hasControl(n.Subject) && !hasControl(n.Context) &&
		storage.ValidSubject(n.Subject) && storage.ValidContext(n.Context)
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
