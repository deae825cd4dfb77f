package registry

import (
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// Each policy has its own mind about what else is compatible; force asks none of them.
func TestPolicies(t *testing.T) {
	t.Parallel()
	const date = `{"type":"int","logicalType":"date"}`
	const open, wider = `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`
	f := func(policy, language, old, fresh string, compatible bool) {
		t.Helper()
		// A subject's own policy counts, and what the root's lends to a subject with another setting of its own.
		for _, at := range []string{"s", ""} {
			r := newCaller(Options{})
			r.mustRegister(t, "s", input(language, old))
			r.level(t, "s", levelBackward)
			r.config(t, at, wire.ConfigUpdate{CompatibilityPolicy: wire.Patch[string]{Set: true, Value: policy}})
			if got := len(r.check(t, "s", input(language, fresh))) == 0; got != compatible {
				t.Errorf("policy %q of %q: %s after %s is compatible: %t", policy, at, fresh, old, got)
			}
			_, err := r.register(t, "s", input(language, fresh))
			wantCode(t, policy, err, !compatible, 40901)
			if _, _, err := r.Register(t.Context(), backend.Register{Target: r.target("s"), Input: input(language, fresh), Force: true}); err != nil {
				t.Errorf("forced: %v", err)
			}
		}
	}
	f("", "AVRO", `"int"`, date, true)
	f("STRICT", "AVRO", `"int"`, date, true)
	f("lenient", "AVRO", `"int"`, date, true)
	f("LOGICAL", "AVRO", `"int"`, date, false)
	f("logical", "AVRO", date, `"int"`, false)
	f("nonsense", "AVRO", date, `"int"`, true)
	f("", "JSON", open, wider, false)
	f("STRICT", "JSON", open, wider, false)
	f("LENIENT", "JSON", open, wider, true)
	f("LOGICAL", "JSON", open, wider, false)
}
