package jsontree_test

import (
	"fmt"
	"testing"

	"schemaside/backend/schema/jsontree"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	f := func(text, texts, set, cleared string) {
		t.Helper()
		v, _, err := jsontree.Read(text, options())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(v.Get("k").Texts()); got != texts {
			t.Errorf("%s: texts %s, want %s", text, got, texts)
		}
		v.SetTexts("k", []string{"x", `"`})
		if got := v.String(); got != set {
			t.Errorf("%s: set %s, want %s", text, got, set)
		}
		v.SetTexts("k", nil)
		if got := v.String(); got != cleared {
			t.Errorf("%s: cleared %s, want %s", text, got, cleared)
		}
		v.SetTexts("k", nil)
	}
	f(`{}`, `[]`, `{"k":["x","\""]}`, `{}`)
	f(`{"a":1}`, `[]`, `{"a":1,"k":["x","\""]}`, `{"a":1}`)
	f(`{"k":["a",1,"b"],"z":2}`, `[a b]`, `{"k":["x","\""],"z":2}`, `{"z":2}`)
	f(`{"k":"a"}`, `[]`, `{"k":["x","\""]}`, `{}`)
}
