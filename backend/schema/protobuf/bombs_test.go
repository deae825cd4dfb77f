package protobuf

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

// tenMiB is the size of the largest body that the registry takes.
const tenMiB = 10 << 20

// everything does what a registry may do with a text. Refusing it at any step is fine.
func everything(tb testing.TB, text string, references ...schema.Reference) {
	tb.Helper()
	s, err := Language{}.Parse(text, schema.ParseOptions{References: references, Strict: true})
	if err != nil {
		return
	}
	if s.Validate(true) == nil {
		s.Format("serialized")
	}
	s.Format("ignore_extensions")
	_, _ = s.Normalized()
	Language{}.Check(s, s, schema.CheckOptions{})
	again, err := Language{}.Parse(text, schema.ParseOptions{References: references, Strict: true})
	if err != nil {
		tb.Fatal(err)
	}
	Language{}.Check(s, again, schema.CheckOptions{})
}

// fill repeats a line up to the size. # is the number of the line.
func fill(size int, head, line, tail string) string {
	parts := strings.Split(line, "#")
	var b strings.Builder
	b.Grow(size)
	b.WriteString(head)
	for i := 1; b.Len()+len(line)+len(tail)+32 < size; i++ {
		b.WriteString(strings.Join(parts, strconv.Itoa(i)))
	}
	b.WriteString(tail)
	return b.String()
}

// bombs are texts that would take too long, too much memory or too deep a stack if nothing bounded the work.
func bombs() map[string]string {
	const nested = 900
	open, shut := strings.Repeat("message M{", nested), strings.Repeat("}", nested)
	name := strings.Repeat("n", 1<<20)
	return map[string]string{
		"deep messages":       strings.Repeat("message M{", 100_000),
		"deep maps":           "message M {" + strings.Repeat("map<string,", 100_000),
		"deep lists":          "option a = " + strings.Repeat("[", 1_000_000),
		"deep values":         "option a = " + strings.Repeat("{b:", 1_000_000),
		"indentation":         open + fill(tenMiB-20*nested, "", "extensions #;", "") + shut,
		"long name":           "message " + name + " { optional " + name + " a = 1; }",
		"long names nested":   "message " + name + "{message " + name + "{" + fill(tenMiB-3<<20, "", "message N#{}", "") + "}}",
		"long paths":          "message " + name + "{" + fill(tenMiB-3<<20, "", "message N#{}", "") + "}",
		"long name in fields": `syntax="proto3";message ` + name + "{message N{}" + fill(tenMiB-2<<20, "", "N a#=#;", "") + "}",
		"many fields":         fill(tenMiB, "message M{", "optional int32 a#=#;", "}"),
		"many messages":       fill(tenMiB, "", "message M#{optional M# a=1;}", ""),
		"few fields":          fill(1<<20, "message M{", "optional string a_rather_long_name_of_field_#=#;", "}"),
		"many numbers":        "option a = [" + strings.Repeat("1,", tenMiB/2-10) + "1];",
		"many statements":     strings.Repeat(";", tenMiB/4),
		"many imports":        fill(tenMiB, "", "import public 'a#';", ""),
		"many strings":        "option a = " + strings.Repeat("''", tenMiB/8) + ";",
		"many comments":       strings.Repeat("/**/", tenMiB/4),
		"lines":               strings.Repeat("\n", tenMiB-1) + "x",
		"types from deep down": `syntax="proto3";` + open + fill(1<<19, "", "R# a#=#;", "") + shut +
			fill(1<<19, "", "message R#{}", ""),
		"merged options": fill(1<<20, `import "confluent/meta.proto";`, "option (confluent.file_meta).tags='#';", ""),
		"merged fields": `extend google.protobuf.FileOptions{optional B b=1;}` + fill(1<<18, "message B{", "optional int32 a#=#;", "}") +
			fill(1<<18, "", "option (b).a#=1;", ""),
		"range options":   "message M{" + fill(1<<20, "extensions 1", ",#", "") + fill(1<<20, "[a=1", ",a=#", "];}"),
		"big exponent":    "option a = 1e999999999;",
		"big number":      "option a = " + strings.Repeat("7", tenMiB/4) + ";",
		"octal number":    "option a = 0" + strings.Repeat("7", tenMiB/4) + ";",
		"one field often": fill(1<<18, "message M{", "optional int32 a=1;oneof o#{int32 b=1;}", "}"),
		"base64":          strings.Repeat("EgAA", tenMiB/4),
		"small base64":    strings.Repeat("IgAi", 1<<18),
		"escapes":         `option a = "` + strings.Repeat(`\1`, tenMiB/8) + `";`,
	}
}

func TestBombs(t *testing.T) {
	t.Parallel()
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(text) > tenMiB {
				t.Fatalf("%d bytes", len(text))
			}
			everything(t, text)
		})
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	f := func(depth int, wantOK bool) {
		t.Helper()
		text := strings.Repeat("message M{", depth) + strings.Repeat("}", depth)
		if _, err := (Language{}).Parse(text, schema.ParseOptions{}); (err == nil) != wantOK {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
	f(1000, true)
	f(1001, false)
}

// TestDiamonds has 30 references each of which names the one before twice: 2^30 ways to the first one.
func TestDiamonds(t *testing.T) {
	t.Parallel()
	diamond := func(first string) *parsed {
		references := []schema.Reference{{Name: "0", Text: "package p0; message M { " + first + " }"}}
		for i := range 30 {
			references = append(references, schema.Reference{
				Name: fmt.Sprint(i + 1),
				Text: fmt.Sprintf(`package p%d; message M { optional p%d.M a = 1; optional p%[2]d.M b = 2; }`, i+1, i),
			})
		}
		return parse(t, `message M { optional p30.M a = 1; optional p30.M b = 2; }`, references...)
	}
	a, b := diamond("optional int32 x = 1;"), diamond("optional string x = 1;")
	if got := differences(t, a, diamond("optional int64 x = 1;")); len(got) > 0 {
		t.Errorf("compatible diamonds: %q", got)
	}
	got := differences(t, a, b)
	if len(got) != maxDifferences || got[0] != "FIELD_SCALAR_KIND_CHANGED #/M/1" {
		t.Errorf("%d differences, the first one %q", len(got), got[:min(1, len(got))])
	}
	if err := a.Validate(true); err == nil {
		t.Error("types of files that aren't imported")
	}
}

// TestLongChain follows fields from message to message in another file.
func TestLongChain(t *testing.T) {
	t.Parallel()
	chain := func(links int) *parsed {
		var b strings.Builder
		b.WriteString("package r;")
		for i := range links {
			fmt.Fprintf(&b, "message M%d{optional M%d a=1;}", i, i+1)
		}
		fmt.Fprintf(&b, "message M%d{}", links)
		return parse(t, "message M { optional r.M0 a = 1; }", schema.Reference{Name: "r", Text: b.String()})
	}
	if got := differences(t, chain(maxChain-1), chain(maxChain-1)); len(got) > 0 {
		t.Errorf("%d differences", len(got))
	}
	if got := differences(t, chain(maxChain+1), chain(maxChain+1)); len(got) == 0 {
		t.Error("a chain that isn't followed to its end counts as compatible")
	}
}
