package replay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Start starts a registry that holds nothing, and tells how to end it.
type Start func(ctx context.Context) (url string, stop func(), err error)

// Outcome is what became of one recorded answer.
type Outcome struct {
	// Place is where it stands in the recording: conversation/step (12/40), line/stored, line/normalized or line/level
	// (33/FULL, 33/FULL/LENIENT).
	Place string
	// Difference is empty if the answer was as recorded.
	Difference string
	// Follows tells that a write before it, in the same conversation, was answered differently: the registries hold
	// different things from then on, and the difference says little.
	Follows bool
	// Asked, Want and Got show a difference to a person.
	Asked, Want, Got string
}

// PlayFresh plays each conversation, and the rows together, against a registry of its own.
func PlayFresh(ctx context.Context, start Start, rec Recording) ([]Outcome, error) {
	var outcomes []Outcome
	// A registry may take its time to end; the next one needn't wait for that.
	var ending sync.WaitGroup
	defer ending.Wait()
	for _, part := range rec.Parts(len(rec.Rows) + 1) {
		url, stop, err := start(ctx)
		if err != nil {
			return outcomes, err
		}
		played, err := Play(ctx, url, part)
		ending.Go(stop)
		outcomes = append(outcomes, played...)
		if err != nil {
			return outcomes, err
		}
	}
	return outcomes, nil
}

// Play plays a recording against a registry that should hold nothing. It fails if the recording holds several conversations,
// for they would meet each other's subjects, and if the registry doesn't answer.
func Play(ctx context.Context, url string, rec Recording) ([]Outcome, error) {
	if len(rec.Conversations) > 1 {
		return nil, fmt.Errorf("%s holds %d conversations, and each needs a fresh registry", rec.Name, len(rec.Conversations))
	}
	c, err := newClient(url)
	if err != nil {
		return nil, err
	}
	defer c.close()
	p := player{ctx: ctx, client: c, name: rec.Name}
	for _, conversation := range rec.Conversations {
		p.conversation(conversation)
	}
	for _, row := range rec.Rows {
		if row.Answers != nil {
			p.pair(row)
		} else {
			p.text(row)
		}
	}
	return p.outcomes, p.err
}

// player collects outcomes until something fails.
type player struct {
	ctx      context.Context
	client   *client
	name     string
	outcomes []Outcome
	err      error
}

func (p *player) conversation(c Conversation) {
	parted := false
	for _, step := range c.Steps {
		got, ok := p.call(step)
		if !ok {
			return
		}
		o := outcome(fmt.Sprintf("%d/%d", c.Number, step.Number), Compare(step, got))
		if o.Difference != "" {
			o.Follows = parted
			o.show(asked(step), Answer{Status: step.Status, Body: step.Body}, got)
			parted = parted || step.Writes()
		}
		p.outcomes = append(p.outcomes, o)
	}
}

func (p *player) text(row Row) {
	p.register(row, false)
	if row.Status == 200 && row.Normalized != "" {
		p.register(row, true)
	}
}

// register registers a row's text under a subject that nothing else uses.
func (p *player) register(row Row, normalized bool) {
	place, subject, query := fmt.Sprintf("%d/stored", row.Line), p.subject(row), ""
	want := Answer{Status: row.Status, Body: row.Stored}
	if normalized {
		place, subject, query = fmt.Sprintf("%d/normalized", row.Line), subject+"-normalized", "?normalize=true"
		want.Body = row.Normalized
	}
	got, ok := p.call(post("/subjects/"+subject+"/versions"+query, row.SchemaType, row.Schema))
	if !ok {
		return
	}
	o := outcome(place, CompareText(row, normalized, got))
	if o.Difference != "" {
		o.show(row.Schema, want, got)
	}
	p.outcomes = append(p.outcomes, o)
}

// pair registers the old text and checks the new one at each level.
func (p *player) pair(row Row) {
	subject := p.subject(row)
	if !p.setLevel(subject, "NONE") {
		return
	}
	old, ok := p.call(post("/subjects/"+subject+"/versions", row.SchemaType, row.Old))
	if !ok {
		return
	}
	for _, level := range slices.Sorted(maps.Keys(row.Answers)) {
		if !p.setLevel(subject, level) {
			return
		}
		got, ok := p.call(post("/compatibility/subjects/"+subject+"/versions/latest?verbose=true", row.SchemaType, row.New))
		if !ok {
			return
		}
		o := outcome(fmt.Sprintf("%d/%s", row.Line, level), ComparePair(row, level, got))
		if old.Status != 200 {
			o.Difference = fmt.Sprintf("the old schema is refused with %d, the reference accepts it", old.Status)
		}
		if o.Difference != "" {
			want := row.Answers[level]
			o.show(row.Old+"\n  then "+row.New, Answer{Status: statusOf(want), Body: without(want, "status")}, got)
		}
		p.outcomes = append(p.outcomes, o)
	}
}

// setLevel sets a subject's level and policy. A registry that refuses it can't be compared with anything.
func (p *player) setLevel(subject, level string) bool {
	level, policy, _ := strings.Cut(level, "/")
	body := text(map[string]any{"compatibility": level, "compatibilityPolicy": orStrict(policy)})
	got, ok := p.call(Step{Method: http.MethodPut, Path: "/config/" + subject, Request: &body})
	if ok && got.Status != 200 {
		p.err = fmt.Errorf("PUT /config/%s %s: %d %s", subject, body, got.Status, text(got.Body))
		return false
	}
	return ok
}

func orStrict(policy string) string {
	if policy == "" {
		return "STRICT"
	}
	return policy
}

func (p *player) subject(row Row) string {
	return fmt.Sprintf("%s-%d", p.name, row.Line)
}

// call reports whether there is an answer, and that nothing has failed before.
func (p *player) call(step Step) (Answer, bool) {
	if p.err != nil {
		return Answer{}, false
	}
	got, err := p.client.call(p.ctx, step)
	if err != nil {
		p.err = errors.Join(fmt.Errorf("%s: the registry doesn't answer: %w", p.name, err), p.ctx.Err())
	}
	return got, p.err == nil
}

func post(path, schemaType, schema string) Step {
	body := text(map[string]any{"schemaType": schemaType, "schema": schema})
	return Step{Method: http.MethodPost, Path: path, Request: &body}
}

func outcome(place, difference string) Outcome {
	return Outcome{Place: place, Difference: difference}
}

func (o *Outcome) show(asked string, want, got Answer) {
	o.Asked = asked
	o.Want = fmt.Sprintf("%d %s", want.Status, text(want.Body))
	o.Got = fmt.Sprintf("%d %s", got.Status, text(got.Body))
}

func asked(step Step) string {
	if step.Request == nil {
		return step.Method + " " + step.Path
	}
	return step.Method + " " + step.Path + " " + *step.Request
}
