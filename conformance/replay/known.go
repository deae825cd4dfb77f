package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Known lists differences that are meant. As a file it has one a line, empty lines and lines that begin with # aside:
//
//	RECORDING PLACE REASON
//
// Places are those of Outcome.
type Known struct {
	Differences []KnownDifference
}

// KnownDifference is one of them.
type KnownDifference struct {
	Recording, Place, Reason string
}

// ReadKnown reads a list. A line without a reason, and a place that is listed twice, are errors.
func ReadKnown(r io.Reader) (Known, error) {
	var k Known
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		recording, rest, _ := strings.Cut(line, " ")
		place, reason, _ := strings.Cut(rest, " ")
		reason = strings.TrimSpace(reason)
		switch {
		case reason == "":
			return k, fmt.Errorf("line %d: want a recording, a place and a reason: %q", n, line)
		case k.has(recording, place):
			return k, fmt.Errorf("line %d: %s %s is listed twice", n, recording, place)
		}
		k.Differences = append(k.Differences, KnownDifference{Recording: recording, Place: place, Reason: reason})
	}
	if err := lines.Err(); err != nil {
		return k, errors.Join(errors.New("can't read the list of known differences"), err)
	}
	return k, nil
}

func (k Known) has(recording, place string) bool {
	return slices.ContainsFunc(k.Differences, func(d KnownDifference) bool { return d.Recording == recording && d.Place == place })
}

// Verdict is what a replay comes to.
type Verdict struct {
	// Answers counts all, Same those as recorded, Listed the differences that are known, Follow those after a differing write.
	Answers, Same, Listed, Follow int
	// Unexpected are the differences that nobody has listed.
	Unexpected []Outcome
	// Gone are places that are listed, and were answered as recorded.
	Gone []string
	// Missing are places that are listed, and were not played, or only after a differing write. A part of a recording
	// leaves some.
	Missing []string
}

// Judge compares the outcomes of a recording, or of a part of it, with what is known.
func (k Known) Judge(recording string, outcomes []Outcome) Verdict {
	v := Verdict{Answers: len(outcomes)}
	unseen := map[string]bool{}
	for _, d := range k.Differences {
		if d.Recording == recording {
			unseen[d.Place] = true
		}
	}
	for _, o := range outcomes {
		known := k.has(recording, o.Place)
		if !o.Follows {
			delete(unseen, o.Place)
		}
		switch {
		case o.Difference == "":
			v.Same++
			if known {
				v.Gone = append(v.Gone, o.Place)
			}
		case o.Follows:
			v.Follow++
		case known:
			v.Listed++
		default:
			v.Unexpected = append(v.Unexpected, o)
		}
	}
	v.Missing = slices.Sorted(maps.Keys(unseen))
	return v
}

// Good tells whether everything is as recorded or listed.
func (v Verdict) Good() bool {
	return len(v.Unexpected) == 0 && len(v.Gone) == 0
}

// Print writes at most show unexpected differences, every place that is listed in vain, and the counts.
func (v Verdict) Print(w io.Writer, recording string, show int) {
	for i, o := range v.Unexpected {
		if i == show {
			fmt.Fprintf(w, "... and %d more\n", len(v.Unexpected)-show)
			break
		}
		fmt.Fprintf(w, "%s %s: %s\n  %s\n  want %s\n  got  %s\n", recording, o.Place, o.Difference, cut(o.Asked), cut(o.Want), cut(o.Got))
	}
	for _, place := range v.Gone {
		fmt.Fprintf(w, "%s %s: listed as known, but answered as recorded\n", recording, place)
	}
	fmt.Fprintf(w, "%s: %d answers, %d as recorded, %d known to differ, %d different, %d after a differing write\n",
		recording, v.Answers, v.Same, v.Listed, len(v.Unexpected), v.Follow)
}

func cut(s string) string {
	const longest = 1500
	if len(s) > longest {
		return s[:longest] + "..."
	}
	return s
}
