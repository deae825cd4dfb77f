// Package resolver turns the names in a request into a (context, subject) pair, and writes such pairs back the way
// one caller sees them.
//
// It is pure: functions of values, without I/O, clock or logger. It knows paths, names and bindings. It must not know
// an HTTP server, the cache or storage.
package resolver

// DefaultContext is the context of names that carry none; GlobalContext holds only settings; Wildcard is the
// context of `:*:`.
const (
	DefaultContext = "."
	GlobalContext  = ".__GLOBAL"
	Wildcard       = "*"
)

// Target is the (context, subject) that a request is about. Subject is empty for the context as a whole.
type Target struct {
	Context string
	Subject string
	// Bound tells that the caller is tied to Context.
	Bound bool
}

// View is how a caller sees the registry: all of it (the zero View, "open"), or one context that looks like a whole
// registry ("bound").
type View struct {
	bound string
	// tied is apart from bound so that a missing name can't open the view.
	tied bool
}

// Bound returns the view of a caller who is tied to a context (with its leading dot, see BindingName).
func Bound(registryCtx string) View { return View{bound: registryCtx, tied: true} }

// Door is where a request came in: its view, and the context that its unqualified names belong to.
type Door struct {
	View View
	// Base is the context of the URL prefix, else that of the selecting header, else empty: none was given.
	Base string
}

// Listing is which subjects of which contexts a list shows (spec 2.7).
type Listing struct {
	// AllContexts lists every known context; else ContextPrefix, when not empty, every known context whose name
	// starts with it; else Context alone.
	AllContexts   bool
	ContextPrefix string
	Context       string
	SubjectPrefix string
}
