package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Answer is a status and a body: parsed JSON with json.Number for numbers, or the text of what is no JSON.
type Answer struct {
	Status int
	Body   any
}

// Compare tells in a few words how an answer differs from the recorded one; it is empty if it doesn't.
//
//   - `ts` is left out; lists by ID and by guid, of types and of referrers have no order.
//   - Where several versions share what was asked for, any of them may be shown.
//   - Of errors, status, code and text are equal. The text is free where it comes from below the rules: for 400, 405, 406,
//     415, a plain 422, and for a schema that can't be read.
//   - Where the reference failed with 500, anything below will do. Where its HTTP layer refused the path, any 4xx will do.
func Compare(want Step, got Answer) string {
	_, isText := want.Body.(string)
	switch {
	case want.Status >= 500:
		if got.Status < 500 {
			return ""
		}
		return fmt.Sprintf("status %d, want one below 500", got.Status)
	case want.Status == 400 && isText:
		if got.Status >= 400 && got.Status < 500 {
			return ""
		}
		return fmt.Sprintf("status %d, want a 4xx", got.Status)
	case want.Status != got.Status:
		return fmt.Sprintf("status %d, want %d", got.Status, want.Status)
	}
	if refusal, ok := want.Body.(map[string]any); ok && want.Status >= 400 {
		return compareRefusals(want.Status, refusal, got.Body)
	}
	return compareBodies(want, steady(want.Body), steady(got.Body))
}

func compareRefusals(status int, want map[string]any, body any) string {
	got, ok := body.(map[string]any)
	if !ok {
		return "no error in JSON"
	}
	if !reflect.DeepEqual(want["error_code"], got["error_code"]) {
		return fmt.Sprintf("error_code %v, want %v", got["error_code"], want["error_code"])
	}
	message, _ := want["message"].(string)
	free := slices.Contains([]int{400, 405, 406, 415}, status) || want["error_code"] == json.Number("422") ||
		strings.HasPrefix(message, "Invalid schema") || strings.HasPrefix(message, "Invalid Protobuf")
	if free || want["message"] == got["message"] {
		return ""
	}
	return "message"
}

var (
	guidIDs   = regexp.MustCompile(`/guids/[^/]+/ids`)
	unordered = regexp.MustCompile(`/schemas/ids/-?\d+/(subjects|versions)|/schemas/types|/referencedby`)
)

func compareBodies(step Step, want, got any) string {
	wantList, isList := want.([]any)
	gotList, bothLists := got.([]any)
	switch {
	case !isList || !bothLists:
	case guidIDs.MatchString(step.Path):
		// The reference goes on listing what was deleted for good: fewer will do, others won't.
		for _, id := range gotList {
			if !slices.ContainsFunc(wantList, func(w any) bool { return reflect.DeepEqual(w, id) }) {
				return "body"
			}
		}
		return ""
	case unordered.MatchString(step.Path):
		want, got = sorted(wantList), sorted(gotList)
	}
	if len(step.AnyOf) > 1 {
		wantOne, isObject := want.(map[string]any)
		gotOne, bothObjects := got.(map[string]any)
		if isObject && bothObjects {
			shown := map[string]any{"subject": gotOne["subject"], "version": gotOne["version"]}
			if !slices.ContainsFunc(step.AnyOf, func(o map[string]any) bool { return reflect.DeepEqual(o, shown) }) {
				return fmt.Sprintf("shows %v of %v, which is none that was recorded", gotOne["version"], gotOne["subject"])
			}
			want, got = without(wantOne, "subject", "version", "deleted"), without(gotOne, "subject", "version", "deleted")
		}
	}
	if !reflect.DeepEqual(want, got) {
		return "body"
	}
	return ""
}

// CompareText is Compare for the registration of a text, as it is or normalised.
func CompareText(row Row, normalized bool, got Answer) string {
	stored, guid := row.Stored, row.GUID
	if normalized {
		stored, guid = row.Normalized, row.NormalizedGUID
	}
	body, _ := got.Body.(map[string]any)
	switch {
	case row.Status != 200 && got.Status == 200:
		return "accepted, the reference refuses it"
	case row.Status != got.Status && row.Status == 200:
		return fmt.Sprintf("refused with %d, the reference accepts it", got.Status)
	case row.Status != got.Status:
		return fmt.Sprintf("status %d, want %d", got.Status, row.Status)
	case row.Status != 200:
		return ""
	case body["schema"] != stored:
		return "text"
	case body["guid"] != guid:
		return "guid"
	default:
		return ""
	}
}

// ComparePair is Compare for what the compatibility endpoint answers at one level of a pair.
func ComparePair(row Row, level string, got Answer) string {
	want := row.Answers[level]
	difference := Compare(Step{Status: statusOf(want), Body: without(want, "status")}, got)
	if body, ok := got.Body.(map[string]any); ok && difference == "body" {
		if body["is_compatible"] != want["is_compatible"] {
			return fmt.Sprintf("is_compatible %v, want %v", body["is_compatible"], want["is_compatible"])
		}
		return "messages"
	}
	return difference
}

func statusOf(answer map[string]any) int {
	number, _ := answer["status"].(json.Number)
	status, _ := number.Int64()
	return int(status)
}

// steady is a value without the members that change with each run.
func steady(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for key, value := range without(v, "ts") {
			kept[key] = steady(value)
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, value := range v {
			kept[i] = steady(value)
		}
		return kept
	default:
		return v
	}
}

func without(object map[string]any, keys ...string) map[string]any {
	kept := make(map[string]any, len(object))
	for key, value := range object {
		if !slices.Contains(keys, key) {
			kept[key] = value
		}
	}
	return kept
}

func sorted(list []any) []any {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
	return list
}

// text is a value as JSON, its keys in order.
func text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var lookup = regexp.MustCompile(`/subjects/[^/]*$`)

// Writes tells whether the request may have changed the registry: it is no read, no look-up and no compatibility check.
func (s Step) Writes() bool {
	path, _, _ := strings.Cut(s.Path, "?")
	path = strings.TrimRight(path, "/")
	return s.Method != http.MethodGet && !strings.Contains(path, "/compatibility/") && (s.Method != http.MethodPost || !lookup.MatchString(path))
}
