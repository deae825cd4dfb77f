package features

import (
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// Status is how a scenario or a step ended.
type Status string

// The ways to end.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Report is what came of a run.
type Report struct {
	// URL is what was asked.
	URL string
	// Outcomes are in the order of the files, those of one topic together.
	Outcomes []Outcome
}

// Outcome is what came of a scenario.
type Outcome struct {
	// Topic is what the tag @topic-... of its file says, in words.
	Topic string
	// Name is unique in its topic.
	Name string
	Tags []string
	// Status is empty until the scenario has ended.
	Status Status
	// Reason tells why it failed or was skipped.
	Reason   string
	Duration time.Duration
	// Steps are empty if it was skipped.
	Steps []Step
}

// Step is what came of a step.
type Step struct {
	Text   string
	Status Status
	Error  string
	// Asked and Answered are the request that the step sent, and its answer; empty if it sent none.
	Asked, Answered string
}

// Tagged tells whether a scenario carries a tag, its @ included.
func (o Outcome) Tagged(tag string) bool { return slices.Contains(o.Tags, tag) }

// Count counts the scenarios of a report that have ended in one way.
func (r Report) Count(status Status) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Status == status {
			n++
		}
	}
	return n
}

// Topic is the part of a report that one topic has.
type Topic struct {
	Name string
	Report
}

// Topics splits a report at its topics.
func (r Report) Topics() []Topic {
	var topics []Topic
	for _, o := range r.Outcomes {
		if len(topics) == 0 || topics[len(topics)-1].Name != o.Topic {
			topics = append(topics, Topic{o.Topic, Report{URL: r.URL}})
		}
		last := &topics[len(topics)-1]
		last.Outcomes = append(last.Outcomes, o)
	}
	return topics
}

// CountTagged counts the scenarios of a report that carry a tag.
func (r Report) CountTagged(tag string) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Tagged(tag) {
			n++
		}
	}
	return n
}

func newOutcome(pickle *godog.Scenario) Outcome {
	o := Outcome{Name: pickle.Name, Topic: "other"}
	for _, tag := range pickle.Tags {
		o.Tags = append(o.Tags, tag.Name)
		if topic, ok := strings.CutPrefix(tag.Name, "@topic-"); ok {
			o.Topic = strings.ReplaceAll(topic, "-", " ")
		}
	}
	return o
}

// key tells a scenario from all others. The rows of an outline share a name, so it is the steps that count.
func key(pickle *godog.Scenario) string {
	parts := []string{pickle.Uri, pickle.Name}
	for _, step := range pickle.Steps {
		parts = append(parts, step.Text)
		if step.Argument != nil && step.Argument.DocString != nil {
			parts = append(parts, step.Argument.DocString.Content)
		}
	}
	return strings.Join(parts, "\x00")
}
