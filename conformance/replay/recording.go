// Package replay plays recorded answers of the reference server against a registry and tells what differs.
//
// A recording is a file of JSON lines, plain or compressed by gzip. Each line is one of
//
//	{"conversation":1,...}                  a conversation begins, on an empty registry
//	{"step":1,"method":...,"path":...}      a request of it, and its answer
//	{"schemaType":...,"schema":...}         a text, and how it is stored
//	{"schemaType":...,"old":...,"new":...}  two texts, and how they compare at several levels
package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Recording is what a file holds: conversations, or rows.
type Recording struct {
	// Name is the file's, without .jsonl and .gz.
	Name          string
	Conversations []Conversation
	Rows          []Row
}

// Conversation is a sequence of requests that begins on an empty registry.
type Conversation struct {
	Number int
	Steps  []Step
}

// Step is a request and its answer.
type Step struct {
	Number  int               `json:"step"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	// Request is the body, nil if there was none.
	Request *string `json:"request"`
	Status  int     `json:"status"`
	// Body is parsed JSON with json.Number for numbers, or the text of what is no JSON.
	Body any `json:"body"`
	// AnyOf holds the subject-versions that share the ID that was asked for: the answer may show any of them.
	AnyOf []map[string]any `json:"any_of"`
}

// Row is a text and how it is stored, or, if it has Answers, a pair of texts and how they compare.
type Row struct {
	// Line is the row's in the file, from 1.
	Line       int    `json:"-"`
	SchemaType string `json:"schemaType"`

	Schema         string `json:"schema"`
	Status         int    `json:"status"`
	Stored         string `json:"stored"`
	GUID           string `json:"guid"`
	Normalized     string `json:"normalized"`
	NormalizedGUID string `json:"normalized_guid"`

	Old string `json:"old"`
	New string `json:"new"`
	// Answers are the bodies by level (FULL) or by level and policy (FULL/LENIENT), each with its status as a member.
	Answers map[string]map[string]any `json:"answers"`
}

// Open reads a file.
func Open(path string) (Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return Recording{}, err
	}
	defer func() { _ = file.Close() }()
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".gz"), ".jsonl")
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return Recording{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	return Read(name, r)
}

// Read reads a recording. A line that is none of the four kinds is an error that names it.
func Read(name string, r io.Reader) (Recording, error) {
	rec := Recording{Name: name}
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return Recording{}, fmt.Errorf("%s: %w", name, err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if rec, err = rec.with(n, line); err != nil {
				return Recording{}, fmt.Errorf("%s, line %d: %w", name, n, err)
			}
		}
		if last {
			return rec, nil
		}
	}
}

// with is the recording with one more line.
func (r Recording) with(n int, line []byte) (Recording, error) {
	kind, err := kindOf(line)
	if err != nil {
		return r, err
	}
	switch {
	case kind.Conversation != nil:
		r.Conversations = append(r.Conversations, Conversation{Number: *kind.Conversation})
	case kind.Step != nil && len(r.Conversations) == 0:
		return r, errors.New("a step before any conversation")
	case kind.Step != nil:
		var step Step
		if err := decode(line, &step); err != nil {
			return r, err
		}
		last := &r.Conversations[len(r.Conversations)-1]
		last.Steps = append(last.Steps, step)
	default:
		row := Row{Line: n}
		if err := decode(line, &row); err != nil {
			return r, err
		}
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// kind tells what a line is: a conversation's beginning, a step, or, with neither, a row.
type kind struct {
	Conversation *int    `json:"conversation"`
	Step         *int    `json:"step"`
	SchemaType   *string `json:"schemaType"`
}

func kindOf(line []byte) (kind, error) {
	var k kind
	if err := json.Unmarshal(line, &k); err != nil {
		return k, err
	}
	if k.Conversation == nil && k.Step == nil && k.SchemaType == nil {
		return k, errors.New("neither a conversation nor a step nor a row")
	}
	return k, nil
}

func decode(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the value")
	}
	return nil
}

// Conversation keeps one conversation of the recording.
func (r Recording) Conversation(number int) Recording {
	kept := Recording{Name: r.Name}
	for _, c := range r.Conversations {
		if c.Number == number {
			kept.Conversations = append(kept.Conversations, c)
		}
	}
	return kept
}

// Every keeps each nth conversation and each nth row, the first among them.
func (r Recording) Every(n int) Recording {
	kept := Recording{Name: r.Name}
	for i := 0; i < len(r.Conversations); i += n {
		kept.Conversations = append(kept.Conversations, r.Conversations[i])
	}
	for i := 0; i < len(r.Rows); i += n {
		kept.Rows = append(kept.Rows, r.Rows[i])
	}
	return kept
}

// Parts cuts the recording into pieces that can be played each for itself: a conversation, or at most so many rows.
func (r Recording) Parts(rows int) []Recording {
	var parts []Recording
	for _, c := range r.Conversations {
		parts = append(parts, Recording{Name: r.Name, Conversations: []Conversation{c}})
	}
	for chunk := range slices.Chunk(r.Rows, rows) {
		parts = append(parts, Recording{Name: r.Name, Rows: chunk})
	}
	return parts
}
