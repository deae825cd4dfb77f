package registry

import (
	"strconv"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// onAndOff are registries with an option and without.
func onAndOff(option func(o *Options)) map[bool]caller {
	var o Options
	option(&o)
	return map[bool]caller{true: newCaller(o), false: newCaller(Options{})}
}

// wantCode is the code of a refusal that an option decides about; 0: none.
func wantCode(t *testing.T, what string, err error, refused bool, want int) {
	t.Helper()
	if !refused {
		want = 0
	}
	if code, text := refusalOf(err); code != want || err != nil && code == 0 {
		t.Errorf("%s: %d %q, %v, want %d", what, code, text, err, want)
	}
}

func TestRejectEmptySubject(t *testing.T) {
	t.Parallel()
	for on, r := range onAndOff(func(o *Options) { o.RejectEmptySubject = true }) {
		t.Run(strconv.FormatBool(on), func(t *testing.T) {
			t.Parallel()
			_, err := r.register(t, ":.c:", input("AVRO", textA))
			wantCode(t, "register", err, on, 42208)
			r.mode(t, ":.d:", modeImport)
			imported := input("AVRO", textA)
			imported.ID = 7
			_, err = r.register(t, ":.d:", imported)
			wantCode(t, "import", err, on, 42208)
			r.mustRegister(t, ":.c:s", input("AVRO", textA))
			// A context as a whole keeps its settings, and its answers.
			r.level(t, ":.c:", levelNone)
			if _, _, err := r.Versions(t.Context(), backend.Versions{Target: r.target(":.c:")}); err != nil {
				t.Errorf("versions: %v", err)
			}
			if _, err := r.Check(t.Context(), backend.Check{Target: r.target(":.c:"), Input: input("AVRO", textA)}); err != nil {
				t.Errorf("check: %v", err)
			}
		})
	}
}

func TestStrictReferences(t *testing.T) {
	t.Parallel()
	for on, r := range onAndOff(func(o *Options) { o.StrictReferences = true }) {
		t.Run(strconv.FormatBool(on), func(t *testing.T) {
			t.Parallel()
			const base = `{"type":"record","name":"Base","fields":[]}`
			r.level(t, "base", levelNone)
			r.mustRegister(t, "base", input("AVRO", base))
			r.mustRegister(t, "base", input("AVRO", strings.Replace(base, "[]", `[{"name":"x","type":"int"}]`, 1)))
			first, second := wire.Reference{Name: "Base", Subject: "base", Version: 1}, wire.Reference{Name: "Base", Subject: "base", Version: 2}
			r.mustRegister(t, "middle", input("AVRO", avroUsing("Middle", "Base"), first))
			middle := wire.Reference{Name: "Middle", Subject: "middle", Version: 1}
			refused := func(what string, references ...wire.Reference) {
				t.Helper()
				_, err := r.register(t, what, input("AVRO", avroUsing("Top", "Middle", "Base"), references...))
				wantCode(t, what, err, on, 42201)
				const text = `Conflicting reference versions for "Base": version `
				if _, got := refusalOf(err); on && !strings.Contains(got, text) {
					t.Errorf("%s: %q, want %q in it", what, got, text)
				}
			}
			refused("direct", middle, first, second)
			refused("inside-first", middle, second)
			refused("inside-last", second, middle)
			if _, err := r.register(t, "same", input("AVRO", avroUsing("Same", "Middle", "Base"), middle, first)); err != nil {
				t.Errorf("one version twice: %v", err)
			}
			// What comes with an ID was let in elsewhere.
			imported := input("AVRO", avroUsing("Top", "Middle", "Base"), middle, second)
			imported.ID = 70
			r.mode(t, "copy", modeImport)
			r.mustRegister(t, "copy", imported)
			imported.ID = -1
			r.mode(t, "copy", modeReadWrite)
			if out := r.mustRegister(t, "copy", imported); out.ID != 70 {
				t.Errorf("registered again: %+v", out)
			}
		})
	}
}

func TestValidateFields(t *testing.T) {
	t.Parallel()
	for on, r := range onAndOff(func(o *Options) { o.ValidateFields = true }) {
		t.Run(strconv.FormatBool(on), func(t *testing.T) {
			t.Parallel()
			in := input("AVRO", textA)
			in.Metadata = reserving("f1")
			_, err := r.register(t, "s", in)
			wantCode(t, "where no config says", err, on, 40901)
			no := false
			r.config(t, "s", wire.ConfigUpdate{ValidateFields: wire.Patch[*bool]{Set: true, Value: &no}})
			_, err = r.register(t, "s", in)
			wantCode(t, "config says no", err, false, 0)
			yes := true
			r.config(t, "t", wire.ConfigUpdate{ValidateFields: wire.Patch[*bool]{Set: true, Value: &yes}})
			_, err = r.register(t, "t", in)
			wantCode(t, "config says yes", err, true, 40901)
		})
	}
}

func TestModeImmutable(t *testing.T) {
	t.Parallel()
	for on, r := range onAndOff(func(o *Options) { o.ModeImmutable = true }) {
		t.Run(strconv.FormatBool(on), func(t *testing.T) {
			t.Parallel()
			for _, subject := range []string{"s", "", ":.c:", ":.__GLOBAL:"} {
				at := backend.Settings{Target: r.target(subject)}
				to := modeReadOnly
				wantCode(t, "set "+subject, r.PutMode(t.Context(), at, &to, true), on, 42205)
				wantCode(t, "clear "+subject, r.PutMode(t.Context(), at, nil, true), on, 42205)
				if !on {
					r.mode(t, subject, modeReadOnly)
				}
				_, err := r.DeleteMode(t.Context(), at, false)
				wantCode(t, "delete "+subject, err, on, 42205)
			}
			bad := "sometimes"
			wantCode(t, "no mode", r.PutMode(t.Context(), backend.Settings{Target: r.target("s")}, &bad, false), true, 42204)
		})
	}
}

// The default level fills what no config tells, and is shown.
func TestDefaultLevel(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{Compatibility: levelFull})
	f := func(subject, want string) {
		t.Helper()
		c, _, err := r.Config(t.Context(), backend.Settings{Target: r.target(subject), DefaultToGlobal: true})
		if err != nil || c.Compatibility != want {
			t.Errorf("%q: %q, %v, want %q", subject, c.Compatibility, err, want)
		}
	}
	f("", levelFull)
	f("s", levelFull)
	f(":.c:s", levelFull)
	yes := true
	r.config(t, "s", wire.ConfigUpdate{Normalize: wire.Patch[*bool]{Set: true, Value: &yes}})
	r.level(t, "", levelNone)
	f("s", levelFull)
	f("t", levelNone)
	r.mustRegister(t, "s", input("AVRO", textA))
	if got := r.check(t, "s", input("AVRO", `"int"`)); len(got) == 0 || !strings.Contains(got[len(got)-1], "FULL") {
		t.Errorf("checked by %q", got)
	}
}
