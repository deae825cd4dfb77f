package avro

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
)

func TestUnknownWord(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		_, err := Language{}.Parse(text, schema.ParseOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), jsonError+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	f("x", "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]")
	f("{\"type\":\n  Word2}", "Unrecognized token 'Word2': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 2, column: 3]")
	f("{\"type\":}", "jsontext")
	f("{'type':1}", "jsontext")
	f("nul", "jsontext")
	f(strings.Repeat("w", 300), "jsontext")
}
