package registry

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/wire"
)

// numbers are n numbers from 0, as texts.
func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

// TestBounds has the configured bounds hold, and the work behind a reference counted once.
func TestBounds(t *testing.T) {
	t.Parallel()
	wide := map[string]string{
		"AVRO":     `{"type":"enum","name":"E","symbols":["A` + strings.Join(numbers(60), `","A`) + `"]}`,
		"JSON":     `{"enum":[` + strings.Join(numbers(60), `,`) + `]}`,
		"PROTOBUF": `enum E { A` + strings.Join(numbers(60), `=1; A`) + `=1; }`,
	}
	bounded := Options{Limits: schema.Limits{Depth: 10, Elements: 60}, MaxReferences: 5}
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r := newCaller(bounded)
			refused := func(subject string, in wire.SchemaInput, want string) {
				t.Helper()
				_, err := r.register(t, subject, in)
				if code, text := refusalOf(err); code != wire.CodeInvalidSchema || !strings.Contains(text, want) {
					t.Errorf("%s: %v\nwant %q", subject, err, want)
				}
			}
			r.mustRegister(t, "L0", d.using("L0"))
			for i := 1; i <= 5; i++ {
				r.mustRegister(t, fmt.Sprintf("L%d", i), d.using(fmt.Sprintf("L%d", i), fmt.Sprintf("L%d", i-1)))
			}
			refused("L6", d.using("L6", "L5"), "More than 5 references")
			refused("direct", d.using("D", "L0", "L0", "L0", "L0", "L0", "L0"), "More than 5 references")
			refused("elements", input(d.language.Name(), wide[d.language.Name()]), "details: ")
			newCaller(Options{}).mustRegister(t, "elements", input(d.language.Name(), wide[d.language.Name()]))
		})
	}
	deep := strings.Repeat(`{"type":"array","items":`, 11) + `"int"` + strings.Repeat(`}`, 11)
	if _, err := newCaller(bounded).register(t, "s", input("AVRO", deep)); err == nil {
		t.Error("11 levels are accepted")
	}
	newCaller(Options{}).mustRegister(t, "s", input("AVRO", deep))
}
