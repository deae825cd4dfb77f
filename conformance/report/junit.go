package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"schemaside/conformance/features"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Time     string     `xml:"time,attr"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"`
	Failure *outcome `xml:"failure,omitempty"`
	Skipped *outcome `xml:"skipped,omitempty"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report in the XML of JUnit: a suite for each topic, a case for each scenario.
func JUnit(w io.Writer, r features.Report) error {
	all := suites{
		Name: "registry features against " + r.URL, Tests: len(r.Outcomes),
		Failures: r.Count(features.Failed), Skipped: r.Count(features.Skipped),
	}
	for _, topic := range r.Topics() {
		all.Suites = append(all.Suites, suiteOf(topic))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suiteOf(topic features.Topic) suite {
	s := suite{
		Name: topic.Name, Tests: len(topic.Outcomes),
		Failures: topic.Count(features.Failed), Skipped: topic.Count(features.Skipped),
	}
	var total time.Duration
	for _, o := range topic.Outcomes {
		total += o.Duration
		s.Cases = append(s.Cases, caseOf(o))
	}
	s.Time = seconds(total)
	return s
}

func caseOf(o features.Outcome) testcase {
	c := testcase{Class: o.Topic, Name: o.Name, Time: seconds(o.Duration)}
	switch o.Status {
	case features.Failed:
		var text strings.Builder
		Steps(&text, o)
		c.Failure = &outcome{Message: o.Reason, Text: text.String()}
	case features.Skipped:
		c.Skipped = &outcome{Message: o.Reason}
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
