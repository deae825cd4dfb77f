package copier

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"unique"
)

// A registry never gives an ID again, not even that of a schema that was deleted for good. Where the source has given IDs
// beyond those that it still shows, a schema is registered at the target with the highest of them, and deleted for good.
const (
	counterSubject = "schemaside-copy-counter"
	counterText    = `{"type":"record","name":"SchemasideCopyCounter","fields":[]}`
)

// maxID is the highest ID that a context has given; 0 if the server doesn't tell. id is one that the context has.
func (r *remote) maxID(ctx context.Context, registryCtx string, id int) (int, error) {
	var shown struct {
		MaxID int `json:"maxId"`
	}
	q := request{method: http.MethodGet, path: "/schemas/ids/" + strconv.Itoa(id), query: url.Values{"fetchMaxId": {"true"}}}
	if prefix := r.prefix(registryCtx); prefix != "" {
		q.query.Set("subject", prefix)
	}
	err := gone(r.call(ctx, q, &shown))
	return shown.MaxID, err
}

// takeCounter takes out of a snapshot what an interrupted copy left there.
func (s *snapshot) takeCounter() {
	key := versionKey{counterSubject, 1}
	if v, ok := s.versions[key]; ok && v.text.Value() == counterText {
		s.counter = true
		delete(s.versions, key)
		delete(s.subjects, counterSubject)
	}
}

func (s *snapshot) highestID() int {
	highest := 0
	for _, v := range s.versions {
		highest = max(highest, v.id)
	}
	return highest
}

// behind tells whether the target would give IDs that the source has given, once it has all versions. A target that has
// versions and doesn't tell its highest ID is believed to be right.
func behind(from, to *snapshot) bool {
	silent := len(to.versions) > 0 && to.maxID == 0
	return from.maxID > max(from.highestID(), to.maxID) && !silent
}

// raise lets the target go on with IDs where the source would.
func (c *copying) raise(ctx context.Context, cp *contextPlan) error {
	to, from := cp.pair.To, c.source[cp.pair.From]
	v := version{
		subject: counterSubject, number: 1, id: from.maxID, kind: "AVRO",
		text: unique.Make(counterText), metadata: unique.Make(""), rules: unique.Make(""),
	}
	steps := []func() error{
		func() error { return c.to.softDelete(ctx, to, v) },
		func() error { return c.to.hardDelete(ctx, to, v) },
	}
	if cp.raise {
		steps = append([]func() error{func() error { return c.to.register(ctx, to, v) }}, steps...)
	}
	for _, step := range steps {
		if err := step(); errNoAnswer(err) {
			return err
		} else if err != nil {
			c.refuseVersion(cp, v, err.Error())
			return nil
		}
	}
	return nil
}
