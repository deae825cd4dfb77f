package copier

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unique"
)

// Difference is something that source and target show differently.
type Difference struct {
	// Context and Subject are the source's. Subject and Version are empty where it's about more than one.
	Context, Subject string
	Version          int
	// What is the part that differs; Source and Target are what each shows.
	What, Source, Target string
}

// Place names what a difference is about.
func (d Difference) Place() string { return place(d.Context, d.Subject, d.Version) }

func place(registryCtx, subject string, number int) string {
	out := "context " + registryCtx
	if subject != "" {
		out = qualified(registryCtx, subject)
	}
	if number != 0 {
		out += fmt.Sprintf(" version %d", number)
	}
	return out
}

// content is what makes two schemas the same.
type content struct {
	kind, references      string
	text, metadata, rules unique.Handle[string]
}

func (v version) content() content {
	return content{v.kind, shownReferences(v.references), v.text, v.metadata, v.rules}
}

func shownReferences(refs []reference) string {
	if len(refs) == 0 {
		return ""
	}
	text, err := json.Marshal(refs)
	if err != nil {
		return err.Error() // never: texts and numbers
	}
	return string(text)
}

// absent is how something is shown that isn't there.
const absent = "none"

// compare returns what differs between a context of the source and one of the target.
func compare(p Pair, from, to *snapshot) []Difference {
	out := compareRoots(p, from.settings, to.settings)
	for _, subject := range slices.Sorted(maps.Keys(union(from.subjects, to.subjects))) {
		a, b := from.subjects[subject], to.subjects[subject]
		out = append(out, differ(Difference{Context: p.From, Subject: subject, What: "config"}, a.config, b.config)...)
		out = append(out, differ(Difference{Context: p.From, Subject: subject, What: "mode"}, a.mode, b.mode)...)
	}
	if from.maxID > to.maxID && to.maxID > 0 {
		at := Difference{Context: p.From, What: "highest ID given"}
		out = append(out, differ(at, strconv.Itoa(from.maxID), strconv.Itoa(to.maxID))...)
	}
	for _, v := range from.sortedVersions() {
		other, ok := to.versions[v.key()]
		at := Difference{Context: p.From, Subject: v.subject, Version: v.number}
		if !ok {
			at.What = "version"
			out = append(out, differ(at, fmt.Sprintf("ID %d", v.id), "")...)
			continue
		}
		out = append(out, compareVersions(at, v, other)...)
	}
	for _, v := range to.sortedVersions() {
		if _, ok := from.versions[v.key()]; !ok {
			at := Difference{Context: p.From, Subject: v.subject, Version: v.number, What: "version"}
			out = append(out, differ(at, "", fmt.Sprintf("ID %d", v.id))...)
		}
	}
	return out
}

func union(a, b map[string]tier) map[string]tier {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// differ returns a difference between two texts, or none.
func differ(at Difference, source, target string) []Difference {
	if source == target {
		return nil
	}
	at.Source, at.Target = cmp.Or(source, absent), cmp.Or(target, absent)
	return []Difference{at}
}

func compareRoots(p Pair, from, to tier) (out []Difference) {
	if !p.sameConfig(from, to) {
		out = differRoots(p, "config", from.config, from.configInScope, to.config, to.configInScope)
	}
	if !p.sameMode(from, to) {
		out = append(out, differRoots(p, "mode", from.mode, from.modeInScope, to.mode, to.modeInScope)...)
	}
	return out
}

// differRoots shows what two contexts set themselves, or, where that is the same or can't be compared, what holds in them.
func differRoots(p Pair, what, source, sourceInScope, target, targetInScope string) []Difference {
	if p.unlike() || source == target {
		what, source, target = what+" in scope", sourceInScope, targetInScope
	}
	return differ(Difference{Context: p.From, What: what}, source, target)
}

func compareVersions(at Difference, a, b version) (out []Difference) {
	parts := []struct{ what, source, target string }{
		{"ID", strconv.Itoa(a.id), strconv.Itoa(b.id)},
		{"type", a.kind, b.kind},
		{"text", a.text.Value(), b.text.Value()},
		{"references", shownReferences(a.references), shownReferences(b.references)},
		{"metadata", a.metadata.Value(), b.metadata.Value()},
		{"rule set", a.rules.Value(), b.rules.Value()},
		{"state", state(a.deleted), state(b.deleted)},
	}
	if a.guid != "" && b.guid != "" {
		parts = append(parts, struct{ what, source, target string }{"guid", strings.ToLower(a.guid), strings.ToLower(b.guid)})
	}
	for _, part := range parts {
		at.What = part.what
		out = append(out, differ(at, part.source, part.target)...)
	}
	return out
}

func state(deleted bool) string {
	if deleted {
		return "soft-deleted"
	}
	return "live"
}
