package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

// TestTagChange applies changes to records and fields of which only a and b are there.
func TestTagChange(t *testing.T) {
	t.Parallel()
	tags := func(path string, names ...string) schema.Tagged { return schema.Tagged{Path: path, Tags: names} }
	f := func(c schema.TagChange, want string) {
		t.Helper()
		has := map[string][]string{"a": {"old", "x"}, "b": nil}
		err := c.Apply(func(at schema.Tagged, change func([]string) []string) error {
			if _, there := has[at.Path]; !there {
				return schema.NoPath(at.Path)
			}
			has[at.Path] = change(has[at.Path])
			return nil
		})
		got := fmt.Sprint(has["a"], has["b"])
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
	f(schema.TagChange{}, "[old x] []")
	f(schema.TagChange{Add: []schema.Tagged{tags("a", "x", "new", "new")}}, "[old x new] []")
	f(schema.TagChange{Add: []schema.Tagged{tags("a", "y"), tags("b", "z"), tags("a", "z")}}, "[old x y z] [z]")
	f(schema.TagChange{Remove: []schema.Tagged{tags("a", "old", "no"), tags("b", "x")}}, "[x] []")
	f(schema.TagChange{Add: []schema.Tagged{tags("b", "x", "y")}, Remove: []schema.Tagged{tags("b", "x")}}, "[old x] [y]")
	f(schema.TagChange{Add: []schema.Tagged{tags("c", "x")}}, "No matching path 'c' found in the schema")
	f(schema.TagChange{Remove: []schema.Tagged{tags("c", "x")}}, "No matching path 'c' found in the schema")
	f(schema.TagChange{Lenient: true, Add: []schema.Tagged{tags("c", "x"), tags("b", "x")}}, "[old x] [x]")
}

func TestTagChangeFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	c := schema.TagChange{Lenient: true, Add: []schema.Tagged{{Path: "a"}}}
	if err := c.Apply(func(schema.Tagged, func([]string) []string) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestTagList(t *testing.T) {
	t.Parallel()
	var list schema.TagList
	if !list.Add("p", true, nil) || len(list.List()) != 0 {
		t.Error("what has no tags is listed")
	}
	long := strings.Repeat("x", 1000)
	n := 0
	for list.Add(long, false, []string{long}) && n < 10_000 {
		n++
	}
	if n < 100 || n == 10_000 || !list.Full() || len(list.List()) != n {
		t.Errorf("%d entries fit, %d are listed", n, len(list.List()))
	}
}
