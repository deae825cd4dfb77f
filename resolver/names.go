package resolver

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strings in what these functions return are parts of their arguments: a caller that keeps them longer than the
// request copies them.

// ContextName returns the context that a path segment, a header or a setting names, with its leading dot: `name`,
// `.name` and `:.name:` are one context; `.` and `:.:` are the default one (spec 2.2).
// Errors: ErrColonInContext; ErrBadContext for text that isn't UTF-8 or holds control characters.
func ContextName(text string) (registryCtx string, err error) {
	name, err := trimColons(text)
	if err == nil && isBare(name) {
		return "." + name, nil
	}
	return name, err
}

// BindingName returns the context that a listener, a host, a header or a principal binds to. It has to be said:
// `.__GLOBAL` holds only settings, and an empty text may be a mistake.
// Errors: those of ContextName; ErrBadContext.
func BindingName(text string) (registryCtx string, err error) {
	registryCtx, err = ContextName(text)
	if err == nil && (registryCtx == GlobalContext || strings.Trim(text, ":") == "") {
		return "", refuse(ErrBadContext, text)
	}
	return registryCtx, err
}

// trimColons returns the name between the colons of `:.name:`, which may be bare; the default context for none.
func trimColons(text string) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(text, ":"), ":")
	switch {
	case strings.IndexByte(name, ':') >= 0:
		return "", refuse(ErrColonInContext, name)
	case !isText(name), strings.ContainsFunc(name, unicode.IsControl):
		return "", refuse(ErrBadContext, text)
	case name == "":
		return DefaultContext, nil
	}
	return name, nil
}

// CheckName refuses a name in a query that isn't UTF-8. Other names that no path can say name nothing, so nothing is found
// by them, as in the reference. Errors: ErrBadName.
func CheckName(text string) error {
	if !utf8.ValidString(text) {
		return refuse(ErrBadName, text)
	}
	return nil
}

// TrimContext takes `contexts/{c}` off the front of a path that goes on behind it, once, and returns the door to that
// context. Other paths stay, `contexts` and `contexts/{c}` among them: these are routes of their own.
// Errors: those of ContextName; ErrLeavesContext.
func (d Door) TrimContext(segments []string) (Door, []string, error) {
	if len(segments) < 3 || segments[0] != contextsSegment {
		return d, segments, nil
	}
	name, err := ContextName(segments[1])
	if err != nil {
		return d, segments, err
	}
	if !d.View.IsBound() {
		d.Base = name
	} else if !d.View.owns(name) {
		return d, segments, refuse(ErrLeavesContext, segments[1])
	}
	return d, segments[2:], nil
}

// Subject resolves the subject of a path (spec 2.1, 2.2): a qualified name goes where it says, another one belongs to
// the door's context. In a bound view `:.:` and `:*:` mean the bound context, as its own name does.
// Errors: ErrLeavesContext.
func (d Door) Subject(text string) (Target, error) {
	if d.View.IsBound() {
		return d.View.subject(text)
	}
	n := parseName(text)
	if !n.qualified {
		n.context = d.base()
	}
	return Target{Context: n.context, Subject: n.subject}, nil
}

// SplitName cuts a subject text that stands in a body, such as an alias or the subject of a reference, into context and
// subject as the open view reads it (spec 2.1). A text that isn't qualified is a subject of the default context.
func SplitName(text string) (registryCtx, subject string) {
	n := parseName(text)
	return n.context, n.subject
}

// Settings resolves the segment behind `config` or `mode`. Without one the target is the door's context as a whole.
// Errors: ErrLeavesContext.
func (d Door) Settings(text string, given bool) (Target, error) {
	if !given {
		return d.whole(), nil
	}
	return d.Subject(text)
}

// SchemaID resolves the subject parameter of `schemas/ids` (spec 2.5). The open view keeps the text of `:.:name` as it
// is: by such a name the default context finds nothing. Whoever then looks elsewhere looks for `name`.
// Errors: ErrBadName, ErrLeavesContext.
func (d Door) SchemaID(subject string, given bool) (Target, error) {
	if !given || subject == "" {
		return d.whole(), nil
	}
	if err := CheckName(subject); err != nil {
		return Target{}, err
	}
	t, err := d.Subject(subject)
	const root = ":" + DefaultContext + ":"
	if err == nil && !t.Bound && len(subject) > len(root) && strings.HasPrefix(subject, root) {
		return Target{Context: DefaultContext, Subject: subject}, nil
	}
	return t, err
}

// Context is the context that a path names by itself, as a whole. In a bound view it can only be the caller's own.
// Errors: those of ContextName; ErrLeavesContext.
func (d Door) Context(text string) (Target, error) {
	registryCtx, err := ContextName(text)
	if err != nil {
		return Target{}, err
	}
	if !d.View.IsBound() {
		return Target{Context: registryCtx}, nil
	}
	if !d.View.owns(registryCtx) {
		return Target{}, refuse(ErrLeavesContext, text)
	}
	return d.whole(), nil
}

// whole is the door's context as a whole.
func (d Door) whole() Target {
	if d.View.IsBound() {
		return Target{Context: d.View.bound, Bound: true}
	}
	return Target{Context: d.base()}
}

// base is the context of unqualified names in the open view.
func (d Door) base() string {
	if d.Base == "" {
		return DefaultContext
	}
	return d.Base
}

// name is a subject text in its parts.
type name struct {
	context, subject string
	// qualified texts say their context themselves; the context of others is the default one until a door tells.
	qualified bool
	// open tells that no colon ends the context.
	open bool
}

// split takes a subject text apart, once (spec 2.1).
func split(text string) name {
	if strings.HasPrefix(text, ":.") {
		context, subject, closed := strings.Cut(text[1:], ":")
		return name{context: context, subject: subject, qualified: true, open: !closed}
	}
	if subject, ok := strings.CutPrefix(text, ":*:"); ok {
		return name{context: Wildcard, subject: subject, qualified: true}
	}
	return name{context: DefaultContext, subject: text}
}

// parseName takes a subject text apart so that writing and parsing are inverse. A name in the default context is
// written plain, so `:.::.a:s` is written `:.a:s`: that is the name it has to be from the start.
func parseName(text string) name {
	n := split(text)
	for n.qualified && n.context == DefaultContext && isQualified(n.subject) {
		n = split(n.subject)
	}
	return n
}

// isQualified tells whether a text would be read as a qualified name.
func isQualified(text string) bool {
	return strings.HasPrefix(text, ":.") || strings.HasPrefix(text, ":*:")
}
