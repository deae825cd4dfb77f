package schema

import (
	"errors"
	"slices"
)

// TagHolder is a Schema whose records and fields can carry tags. A language whose schemas don't implement it has none.
type TagHolder interface {
	// Tags lists the records and fields that have tags, in the order of the language's walk. A list that would grow
	// too long ends early.
	Tags() []Tagged

	// Retagged is the schema with other tags, read by the rules of the one that it comes from. The error is a
	// PathError, or worded like those of Parse.
	Retagged(c TagChange) (Schema, error)
}

// Tagged is a record or a field, and tags. How a language calls things that are neither, it tells.
type Tagged struct {
	// Path names it as the language does.
	Path string
	// Field tells a field from a record.
	Field bool
	Tags  []string
}

// TagChange tells which tags are added, and which are removed after that.
type TagChange struct {
	Add, Remove []Tagged
	// Lenient leaves out what isn't there instead of failing.
	Lenient bool
}

// PathError tells in the reference server's words that a record or field isn't there.
type PathError string

func (e PathError) Error() string { return string(e) }

// NoPath is the PathError of the languages that look for whole paths.
func NoPath(path string) PathError {
	return PathError("No matching path '" + path + "' found in the schema")
}

// Apply makes a change step by step. edit gives one record or field the tags that a function makes of those it has; it
// returns a PathError for what isn't there.
func (c TagChange) Apply(edit func(at Tagged, change func(tags []string) []string) error) error {
	apply := func(list []Tagged, change func(tags, named []string) []string) error {
		for _, t := range grouped(list) {
			err := edit(t, func(tags []string) []string { return change(tags, t.Tags) })
			if err != nil && (!c.Lenient || !errors.As(err, new(PathError))) {
				return err
			}
		}
		return nil
	}
	if err := apply(c.Add, withTags); err != nil {
		return err
	}
	return apply(c.Remove, withoutTags)
}

// grouped joins what names the same record or field.
func grouped(list []Tagged) []Tagged {
	type name struct {
		path  string
		field bool
	}
	at := map[name]int{}
	var out []Tagged
	for _, t := range list {
		n := name{t.Path, t.Field}
		if i, known := at[n]; known {
			out[i].Tags = append(out[i].Tags, t.Tags...)
			continue
		}
		at[n] = len(out)
		t.Tags = slices.Clone(t.Tags)
		out = append(out, t)
	}
	return out
}

// withTags are tags and then more, each once.
func withTags(tags, more []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, tag := range slices.Concat(tags, more) {
		if !seen[tag] {
			seen[tag] = true
			out = append(out, tag)
		}
	}
	return out
}

func withoutTags(tags, fewer []string) []string {
	gone := map[string]bool{}
	for _, tag := range fewer {
		gone[tag] = true
	}
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return gone[tag] })
}

// maxTagList bounds the paths and tags of a list, in bytes: in a deep text they may be many times as long as the text.
const maxTagList = 1 << 20

// TagList collects what has tags.
type TagList struct {
	list []Tagged
	size int
}

// Add adds a record or field, unless it has no tags. It returns false once the list is full.
func (l *TagList) Add(path string, field bool, tags []string) bool {
	if len(tags) == 0 {
		return !l.Full()
	}
	l.size += len(path)
	for _, tag := range tags {
		l.size += len(tag)
	}
	if !l.Full() {
		l.list = append(l.list, Tagged{path, field, tags})
	}
	return !l.Full()
}

// Full tells whether there is no room left.
func (l *TagList) Full() bool { return l.size > maxTagList }

// List is what was collected.
func (l *TagList) List() []Tagged { return l.list }
