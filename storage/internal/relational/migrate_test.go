package relational

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadMigrations(t *testing.T) {
	t.Parallel()
	f := func(want string, files ...string) {
		t.Helper()
		folder := fstest.MapFS{}
		for _, file := range files {
			name, text, _ := strings.Cut(file, "=")
			folder["m/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		got, err := ReadMigrations(folder, "m")
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: error %v, want %q", files, err, want)
			}
			return
		}
		if err != nil || len(got) != len(files) {
			t.Errorf("%q: %+v, %v", files, got, err)
		}
	}
	f("", "0001_a.sql=-- oldest: 1\nX;\n", "0002_b_c.sql=-- oldest: 1\nY;\n")
	f("want the number 2", "0001_a.sql=-- oldest: 1\n", "0003_b.sql=-- oldest: 1\n")
	f("want the number 1", "0002_a.sql=-- oldest: 1\n")
	f("no greater one", "0001_a.sql=-- oldest: 2\n")
	f("NNNN_name.sql", "a.sql=-- oldest: 1\n")
	f("NNNN_name.sql", "0001_a.sql=CREATE TABLE x;\n")
}

func TestStatements(t *testing.T) {
	t.Parallel()
	got := Migration{Text: "-- oldest: 1\nA;\n\nB (x;y\n);\n"}.Statements()
	if !slices.Equal(got, []string{"-- oldest: 1\nA", "\nB (x;y\n)"}) {
		t.Errorf("%q", got)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	known := []Migration{{Number: 1, Checksum: "a", Oldest: 1}, {Number: 2, Checksum: "b", Oldest: 1}, {Number: 3, Checksum: "c", Oldest: 2}}
	applied := []Applied{{Number: 1, Checksum: "a", Oldest: 1}, {Number: 2, Checksum: "b", Oldest: 1}, {Number: 3, Checksum: "c", Oldest: 2}}
	f := func(knows, has int, edit func([]Applied) []Applied, pending int, refused string) {
		t.Helper()
		there := edit(slices.Clone(applied[:has]))
		got, err := Pending(known[:knows], there)
		if (err != nil) != (refused != "") || err != nil && !strings.Contains(err.Error(), refused) || len(got) != pending {
			t.Errorf("knows %d, has %+v: %d pending, %v; want %d, %q", knows, there, len(got), err, pending, refused)
		}
	}
	same := func(a []Applied) []Applied { return a }
	f(3, 0, same, 3, "")
	f(3, 2, same, 1, "")
	f(3, 3, same, 0, "")
	f(2, 3, same, 0, "")
	f(1, 3, same, 0, "migration 3 wants one that knows migration 2, this one knows 1")
	f(3, 2, func(a []Applied) []Applied { a[0].Checksum = "x"; return a }, 0, "another text")
	f(3, 3, func(a []Applied) []Applied { return a[1:] }, 0, "migration 1 is not recorded")
}
