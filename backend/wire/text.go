// Package wire holds what travels between the registry and its callers: the entities of the REST API, and the
// catalogue of errors. It must not know HTTP servers, storage or schema languages.
package wire

import (
	"fmt"
	"strings"
)

// Name is a subject of a context. How it is written depends on who reads it, so it stays in two parts until then.
type Name struct {
	// Context has its leading dot; "." is the default context.
	Context string
	// Subject is empty for the context as a whole.
	Subject string
}

// Namer writes names the way one caller sees them.
type Namer interface {
	// Subject writes a subject: "orders", or ":.team-a:orders".
	Subject(registryCtx, subject string) string
	// Context writes a context in a sentence: "" for the caller's root, else ":.team-a:".
	Context(registryCtx string) string
}

// InContext is an argument of a Text: a context in a sentence.
type InContext string

// Text is a message in which names are written only when it is shown. Its arguments are strings, integers, Names,
// InContexts and other Texts.
type Text struct {
	format string
	args   []any
}

// Textf makes a Text; the format is that of fmt.Sprintf, with %s or %d for each argument.
func Textf(format string, args ...any) Text { return Text{format: format, args: args} }

// Plain makes a Text of a string that is shown as it is.
func Plain(s string) Text { return Text{format: "%s", args: []any{s}} }

// Write returns the message as n's caller reads it.
func (t Text) Write(n Namer) string {
	args := make([]any, len(t.args))
	for i, a := range t.args {
		switch a := a.(type) {
		case Name:
			args[i] = n.Subject(a.Context, a.Subject)
		case InContext:
			args[i] = n.Context(string(a))
		case Text:
			args[i] = a.Write(n)
		case []Text:
			args[i] = joinTexts(a, n)
		default:
			args[i] = a
		}
	}
	return fmt.Sprintf(t.format, args...)
}

func joinTexts(texts []Text, n Namer) string {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = t.Write(n)
	}
	return strings.Join(parts, ", ")
}

// OpenNamer writes names as the open view does (spec/rest-api.md 2.1): for logs, where no caller is known.
type OpenNamer struct{}

// Subject implements Namer.
func (OpenNamer) Subject(registryCtx, subject string) string {
	return OpenNamer{}.Context(registryCtx) + subject
}

// Context implements Namer.
func (OpenNamer) Context(registryCtx string) string {
	if registryCtx == "." {
		return ""
	}
	return ":" + registryCtx + ":"
}
