package replay

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const conversations = `{"conversation": 1, "focus": "x"}
{"step": 1, "method": "GET", "path": "/a", "status": 200, "body": {"id": 1}}
{"step": 2, "method": "PUT", "path": "/b", "request": "", "headers": {"A": "b"}, "status": 400, "body": "no"}

{"conversation": 5}
{"conversation": 7}
{"step": 1, "method": "GET", "path": "/c", "status": 200, "body": [], "any_of": [{"subject": "s", "version": 1}]}`

const rows = `{"schemaType": "AVRO", "schema": "a", "status": 200, "stored": "b", "guid": "g"}
{"schemaType": "JSON", "old": "a", "new": "b", "edits": [], "answers": {"FULL": {"status": 200}}}
{"schemaType": "JSON", "schema": "c", "status": 422}`

func read(t *testing.T, text string) Recording {
	t.Helper()
	rec, err := Read("rec", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestRead(t *testing.T) {
	t.Parallel()
	rec := read(t, conversations)
	if len(rec.Conversations) != 3 || len(rec.Conversations[0].Steps) != 2 || len(rec.Conversations[2].Steps) != 1 {
		t.Fatalf("got %+v", rec)
	}
	first, second := rec.Conversations[0].Steps[0], rec.Conversations[0].Steps[1]
	if first.Request != nil || second.Request == nil || *second.Request != "" {
		t.Errorf("no body and an empty one: %v, %v", first.Request, second.Request)
	}
	if second.Headers["A"] != "b" || second.Body != "no" || second.Status != 400 || second.Number != 2 {
		t.Errorf("got %+v", second)
	}
	if got := rec.Conversations[2].Steps[0].AnyOf; len(got) != 1 || got[0]["subject"] != "s" {
		t.Errorf("any_of %v", got)
	}
	rec = read(t, rows)
	if len(rec.Rows) != 3 || rec.Rows[1].Answers == nil || rec.Rows[2].Answers != nil || rec.Rows[2].Line != 3 {
		t.Errorf("got %+v", rec)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	f := func(text, part string) {
		t.Helper()
		if _, err := Read("rec", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: got %v, want %q", text, err, part)
		}
	}
	f(`{`, "rec, line 1: ")
	f("\n[]", "rec, line 2: ")
	f(`{}`, "neither a conversation nor a step nor a row")
	f(`{"step":1}`, "a step before any conversation")
	f("{\"conversation\":1}\n{\"step\":1,\"status\":\"x\"}", "rec, line 2: ")
	f(`{"schemaType":"AVRO","status":"x"}`, "rec, line 1: ")
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain, packed, broken := filepath.Join(dir, "a.b.jsonl"), filepath.Join(dir, "c.jsonl.gz"), filepath.Join(dir, "d.jsonl.gz")
	file, err := os.Create(packed)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(file)
	w.Write([]byte(rows))
	w.Close()
	file.Close()
	if os.WriteFile(plain, []byte(conversations), 0o600) != nil || os.WriteFile(broken, []byte(rows), 0o600) != nil {
		t.Fatal("can't write")
	}
	if rec, err := Open(plain); err != nil || rec.Name != "a.b" || len(rec.Conversations) != 3 {
		t.Errorf("got %+v, %v", rec, err)
	}
	if rec, err := Open(packed); err != nil || rec.Name != "c" || len(rec.Rows) != 3 {
		t.Errorf("got %+v, %v", rec, err)
	}
	if _, err := Open(broken); err == nil {
		t.Error("what isn't compressed is read as if it were")
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	f := func(rec Recording, want ...int) {
		t.Helper()
		var got []int
		for _, c := range rec.Conversations {
			got = append(got, c.Number)
		}
		for _, row := range rec.Rows {
			got = append(got, row.Line)
		}
		if rec.Name != "rec" || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", rec.Name, got, want)
		}
	}
	cs, rs := read(t, conversations), read(t, rows)
	f(cs.Every(1), 1, 5, 7)
	f(cs.Every(2), 1, 7)
	f(rs.Every(2), 1, 3)
	f(rs.Every(9), 1)
	f(cs.Conversation(5), 5)
	f(cs.Conversation(2))
	parts := rs.Parts(2)
	f(parts[0], 1, 2)
	f(parts[1], 3)
	parts = cs.Parts(2)
	f(parts[0], 1)
	f(parts[1], 5)
	f(parts[2], 7)
}
