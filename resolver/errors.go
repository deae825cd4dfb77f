package resolver

import (
	"errors"
	"fmt"
	"strings"
)

// Why a request can't be resolved. They come wrapped in a NameError.
var (
	// ErrBadEscape is a path with a broken escape, with text that isn't UTF-8, or with a character that no path may
	// hold. It answers 400.
	ErrBadEscape = errors.New("the path is malformed")
	// ErrBadName is a name in a query that isn't UTF-8. It answers 400.
	ErrBadName = errors.New("a name has to be UTF-8")
	// ErrColonInContext is a context name with a colon inside (spec 2.2). It answers 400.
	ErrColonInContext = errors.New("context name cannot contain a colon")
	// ErrBadContext is a text that names no context that may be chosen here. It answers 400.
	ErrBadContext = errors.New("not a context name")
	// ErrLeavesContext is a name outside of the context that the caller is bound to. It answers 403.
	ErrLeavesContext = errors.New("outside of the context that this caller is bound to")
	// ErrBindingsDisagree is a request that is bound to two contexts. It answers 403.
	ErrBindingsDisagree = errors.New("the listener and the host are bound to different contexts")
	// ErrUnbound is a request without the header that has to bind it. It answers 403.
	ErrUnbound = errors.New("the header that names the context of this request is missing")
	// ErrMisdirected is a host that isn't listed. It answers 421.
	ErrMisdirected = errors.New("this host is not served here")
)

// NameError tells which name was refused, as the caller wrote it, and why. Its text never holds a name that the
// caller didn't write.
type NameError struct {
	// Reason is one of the sentinels of this package.
	Reason error
	Name   string
}

// Error is the message for the caller.
func (e *NameError) Error() string {
	if errors.Is(e.Reason, ErrColonInContext) {
		return fmt.Sprintf("Context name '%s' cannot contain a colon", e.Name)
	}
	return fmt.Sprintf("'%s': %s", e.Name, e.Reason)
}

// Unwrap returns the reason.
func (e *NameError) Unwrap() error { return e.Reason }

// refuse copies the name: errors live longer than the request that names are borrowed from.
func refuse(reason error, name string) error {
	return &NameError{Reason: reason, Name: strings.Clone(name)}
}
