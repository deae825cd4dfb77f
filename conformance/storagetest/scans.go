package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"schemaside/storage"
)

// lister returns the names of the rows that a scan gives.
type lister func(scan storage.Scan) []string

// scans compares many scans with what the names themselves say. names are sorted.
func (e *env) scans(what string, names []string, list lister) {
	e.Helper()
	for _, scan := range manyScans(names) {
		equalRows(e, fmt.Sprintf("%s of %+v", what, scan), list(scan), scanned(names, scan)...)
	}
}

// pages lists all names in pages of several sizes.
func (e *env) pages(what string, names []string, list lister) {
	e.Helper()
	for _, limit := range []int{2, 7, len(names) / 2, len(names)} {
		var got []string
		scan := storage.Scan{Limit: limit}
		for {
			page := list(scan)
			got = append(got, page...)
			if len(page) < limit || len(got) > len(names) {
				break
			}
			scan.After = page[len(page)-1]
		}
		equalRows(e, fmt.Sprintf("%s in pages of %d", what, limit), got, names...)
	}
}

// scanNames trap a scan that compares by letters, pads blanks or takes a prefix for a pattern.
func scanNames() []string {
	names := []string{
		"", " ", "%", "%a", "A", "AB", "\\", "_", "_a", "a", "a ", "a%", "a%b", "a/b", "a\\", "a_", "a_b", "aa", "ab", "abc", "a\U0010ffff", "b", "ß", "ßa", "🚀",
	}
	slices.Sort(names)
	return names
}

// manyScans asks for the names in many ways.
func manyScans(names []string) []storage.Scan {
	var all []storage.Scan
	for _, prefix := range []string{"", "a", "a%", "a_", "A", "%", "_", "\\", "ß", "b", "zz", "a "} {
		for _, after := range []string{"", " ", "A", "a", "aa", "a_b", "a0", "b", "ß", "🚀", "🚀🚀"} {
			for _, limit := range []int{0, 1, 2, len(names), len(names) + 1} {
				all = append(all, storage.Scan{Prefix: prefix, After: after, Limit: limit})
			}
		}
	}
	return all
}

func scanned(names []string, scan storage.Scan) []string {
	var hits []string
	for _, name := range names {
		if strings.HasPrefix(name, scan.Prefix) && (scan.After == "" || name > scan.After) {
			hits = append(hits, name)
		}
	}
	if scan.Limit > 0 && len(hits) > scan.Limit {
		hits = hits[:scan.Limit]
	}
	return hits
}

func manyNames() []string {
	names := []string{"", "orders"}
	for i := range 100 {
		names = append(names, fmt.Sprintf("orders-%d", i))
	}
	slices.Sort(names)
	return names
}
