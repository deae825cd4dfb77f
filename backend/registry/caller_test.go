package registry

import (
	"errors"
	"testing"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/backend/wire"
	"schemaside/resolver"
	"schemaside/storage/memory"
)

// caller asks a registry over a memory store, which knows all languages unless told otherwise.
type caller struct {
	*Registry
	bound bool
}

func newCaller(o Options) caller {
	if o.Languages == nil {
		o.Languages = []schema.Language{avro.Language{}, protobuf.Language{}, jsonschema.Language{}}
	}
	o.SplitName = resolver.SplitName
	return caller{Registry: New(memory.New(), o)}
}

// target reads a subject as the open view writes it.
func (c caller) target(subject string) backend.Target {
	registryCtx, name := resolver.SplitName(subject)
	return backend.Target{Context: registryCtx, Subject: name, Bound: c.bound}
}

// input is a schema without an ID.
func input(language, text string, references ...wire.Reference) wire.SchemaInput {
	return wire.SchemaInput{ID: -1, Type: language, Text: text, References: references}
}

func (c caller) register(t testing.TB, subject string, in wire.SchemaInput) (wire.Schema, error) {
	t.Helper()
	out, _, err := c.Register(t.Context(), backend.Register{Target: c.target(subject), Input: in})
	return out, err
}

// mustRegister registers what has to be accepted.
func (c caller) mustRegister(t testing.TB, subject string, in wire.SchemaInput) wire.Schema {
	t.Helper()
	out, err := c.register(t, subject, in)
	if err != nil {
		t.Fatalf("register %s: %v", subject, err)
	}
	return out
}

// check returns the messages of a verbose check against the newest version.
func (c caller) check(t testing.TB, subject string, in wire.SchemaInput) []string {
	t.Helper()
	out, err := c.Check(t.Context(), backend.Check{Target: c.target(subject), Input: in, Verbose: true})
	if err != nil {
		t.Fatalf("check %s: %v", subject, err)
	}
	messages := make([]string, len(out.Messages))
	for i, m := range out.Messages {
		messages[i] = m.Write(wire.OpenNamer{})
	}
	return messages
}

func (c caller) config(t testing.TB, subject string, u wire.ConfigUpdate) {
	t.Helper()
	if _, err := c.PutConfig(t.Context(), backend.Settings{Target: c.target(subject)}, u); err != nil {
		t.Fatalf("config %s: %v", subject, err)
	}
}

func (c caller) level(t testing.TB, subject, level string) {
	t.Helper()
	c.config(t, subject, wire.ConfigUpdate{Compatibility: wire.Patch[string]{Set: true, Value: level}})
}

func (c caller) mode(t testing.TB, subject, mode string) {
	t.Helper()
	if err := c.PutMode(t.Context(), backend.Settings{Target: c.target(subject)}, &mode, true); err != nil {
		t.Fatalf("mode %s: %v", subject, err)
	}
}

// refusalOf is the code and the text of a refusal; 0 for anything else.
func refusalOf(err error) (code int, text string) {
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return e.Code, e.Text.Write(wire.OpenNamer{})
	}
	return 0, ""
}
