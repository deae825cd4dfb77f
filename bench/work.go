package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// work is what a target is asked for, ready to be sent.
type work struct {
	requests [][]byte
	// order is the sequence in which connections ask, as indexes of requests.
	order []int
	// sample is the answer to the first request.
	sample answer
}

// orderLength is how many choices are made beforehand, so that choosing costs nothing while it is measured.
const orderLength = 1 << 16

// fill registers the schemas and prepares the work.
func (t *target) fill(ctx context.Context, o options) error {
	c, err := dial(ctx, t.addr)
	if err != nil {
		return err
	}
	defer c.close()
	byWork := map[string][][]byte{}
	for n := range t.contexts {
		for i := range o.IDs {
			subject := url.PathEscape(t.qualified(n, fmt.Sprintf("bench-%d", i)))
			body, err := json.Marshal(map[string]string{"schema": schemaText(i, o.Fields)})
			if err != nil {
				return err
			}
			register := t.request("POST", "/subjects/"+subject+"/versions", body)
			registered, err := c.ask(register)
			if err != nil {
				return err
			}
			var id struct {
				ID int `json:"id"`
			}
			if err := json.Unmarshal(registered.Body, &id); err != nil {
				return fmt.Errorf("%w: %s", errAnswer, registered.Body)
			}
			byID := fmt.Sprintf("/schemas/ids/%d", id.ID)
			if t.contexts > 1 {
				byID += "?subject=" + subject
			}
			byWork["id"] = append(byWork["id"], t.request("GET", byID, nil))
			byWork["version"] = append(byWork["version"], t.request("GET", "/subjects/"+subject+"/versions/1", nil))
			byWork["latest"] = append(byWork["latest"], t.request("GET", "/subjects/"+subject+"/versions/latest", nil))
			byWork["register"] = append(byWork["register"], register)
		}
	}
	return t.prepare(c, byWork, o)
}

func (t *target) prepare(c *connection, byWork map[string][][]byte, o options) error {
	t.work = map[string]*work{}
	for _, name := range o.Work {
		w := &work{requests: byWork[name], order: choose(len(byWork[name]), o.Zipf)}
		for _, request := range w.requests {
			sample, err := c.ask(request)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if w.sample.Body == nil {
				w.sample = sample
			}
		}
		t.work[name] = w
	}
	return nil
}

// qualified spreads subjects over contexts; a single context is the default one, so that any registry has it.
func (t *target) qualified(n int, subject string) string {
	if t.contexts == 1 {
		return subject
	}
	return fmt.Sprintf(":.bench-%d:%s", n, subject)
}

func (t *target) request(method, path string, body []byte) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\r\nHost: %s\r\nAccept: application/vnd.schemaregistry.v1+json\r\n", method, t.base, path, t.host)
	if body != nil {
		fmt.Fprintf(&b, "Content-Type: application/vnd.schemaregistry.v1+json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	return append([]byte(b.String()), body...)
}

// schemaText is the text of an Avro record that differs from the others.
func schemaText(n, fields int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"type":"record","name":"Bench%d","namespace":"org.example.bench","fields":[`, n)
	for i := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"field%d","type":["null","string"],"default":null,"doc":"the %dth field"}`, i, i)
	}
	b.WriteString("]}")
	return b.String()
}

// versionText is the text of a version of an Avro record, compatible with all others. A text of its own makes it differ.
func versionText(own string, fields int) string {
	return strings.Replace(schemaText(0, fields), `"fields":`, fmt.Sprintf(`"doc":%q,"fields":`, own), 1)
}

// choose makes the choices: evenly, or with Zipf's law.
func choose(n int, skew float64) []int {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same choices in every run are meant
	next := func() int { return random.IntN(n) }
	if skew > 1 && n > 1 {
		zipf := rand.NewZipf(random, skew, 1, uint64(n-1))
		next = func() int { return int(zipf.Uint64()) } //nolint:gosec // below n
	}
	order := make([]int, orderLength)
	for i := range order {
		order[i] = next()
	}
	return order
}
