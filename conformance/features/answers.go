package features

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// Matches tells whether an answer is a wanted JSON value. In that, the strings "<ms>" and "<any>" stand for any number and
// for anything.
func Matches(answer []byte, want string) bool {
	var got, wanted any
	return json.Unmarshal([]byte(want), &wanted) == nil && json.Unmarshal(answer, &got) == nil && matches(got, wanted)
}

// differs tells what was answered in place of what was wanted.
func (s *scenario) differs(want string) error {
	return fmt.Errorf("%s answered %d %s, want %s", s.asked, s.status, bytes.TrimSpace(s.body), want)
}

func (s *scenario) answersStatus(status int) error {
	if s.status != status {
		return s.differs(strconv.Itoa(status))
	}
	return nil
}

func (s *scenario) answers(status int, want string) error {
	want = s.expand(want)
	if s.status != status || !Matches(s.body, want) {
		return s.differs(strconv.Itoa(status) + " " + want)
	}
	return nil
}

// matches compares parsed JSON values.
func matches(got, want any) bool {
	switch want := want.(type) {
	case string:
		_, number := got.(float64)
		return want == "<any>" || want == "<ms>" && number || got == want
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !matches(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for key := range want {
			if value, ok := object[key]; !ok || !matches(value, want[key]) {
				return false
			}
		}
		return true
	default:
		return reflect.DeepEqual(got, want)
	}
}

func (s *scenario) answersError(code int, message string) error {
	message = strings.ReplaceAll(message, `\"`, `"`)
	want, err := json.Marshal(map[string]any{"error_code": code, "message": s.names.Replace(message)})
	if err != nil {
		return err
	}
	return s.answers(StatusOf(code), string(want))
}

func (s *scenario) answersCode(code int) error {
	var got struct {
		Code int `json:"error_code"`
	}
	if s.status != StatusOf(code) || json.Unmarshal(s.body, &got) != nil || got.Code != code {
		return s.differs("error_code " + strconv.Itoa(code))
	}
	return nil
}

// StatusOf is the HTTP status that goes with an error code.
func StatusOf(code int) int {
	if code >= 10000 {
		return code / 100
	}
	return code
}

func (s *scenario) answersText(letter string) error {
	if s.status != http.StatusOK || string(s.body) != schemas[letter] {
		return s.differs(schemas[letter])
	}
	return nil
}

func (s *scenario) answersVersion(id, version int) error {
	var got struct {
		ID      int `json:"id"`
		Version int `json:"version"`
	}
	if s.status != http.StatusOK || json.Unmarshal(s.body, &got) != nil || got.ID != id || got.Version != version {
		return s.differs(fmt.Sprintf("id %d version %d", id, version))
	}
	return nil
}

func (s *scenario) answersSchema(letter, subject string) error {
	var got struct {
		Schema  string `json:"schema"`
		Subject string `json:"subject"`
	}
	if s.status != http.StatusOK || json.Unmarshal(s.body, &got) != nil || got.Schema != schemas[letter] || got.Subject != s.names.Replace(subject) {
		return s.differs(schemas[letter] + " of " + subject)
	}
	return nil
}

func (s *scenario) doesNotMention(text string) error {
	if bytes.Contains(s.body, []byte(s.names.Replace(text))) {
		return s.differs("no mention of " + text)
	}
	return nil
}

func (s *scenario) answersHeader(name, want string) error {
	if got := s.header.Get(name); got != s.names.Replace(want) {
		return fmt.Errorf("%s answered header %s: %q, want %q", s.asked, name, got, want)
	}
	return nil
}

// answersSaying checks a message of which only a part is fixed.
func (s *scenario) answersSaying(code int, part string) error {
	var got struct {
		Message string `json:"message"`
	}
	part = s.names.Replace(strings.ReplaceAll(part, `\"`, `"`))
	if err := s.answersCode(code); err != nil {
		return err
	}
	if json.Unmarshal(s.body, &got) != nil || !strings.Contains(got.Message, part) {
		return s.differs(fmt.Sprintf("error_code %d that says %s", code, part))
	}
	return nil
}

// lists checks that a list holds each of some values (JSON, one or several with commas), or none of them.
func (s *scenario) lists(want string, held bool) error {
	var got, values []any
	if err := json.Unmarshal([]byte("["+s.expand(want)+"]"), &values); err != nil {
		return fmt.Errorf("%s: %w", want, err)
	}
	if s.status != http.StatusOK || json.Unmarshal(s.body, &got) != nil {
		return s.differs("a list")
	}
	for _, value := range values {
		found := false
		for _, one := range got {
			found = found || matches(one, value)
		}
		if found != held {
			return s.differs(fmt.Sprintf("a list where %v is held: %t", value, held))
		}
	}
	return nil
}

// member finds a member of an object by its path with dots.
func (s *scenario) member(path string) (value any, found bool) {
	if s.status != http.StatusOK || json.Unmarshal(s.body, &value) != nil {
		return nil, false
	}
	for name := range strings.SplitSeq(path, ".") {
		switch at := value.(type) {
		case map[string]any:
			if value, found = at[name]; !found {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			value = at[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func (s *scenario) holds(path, want string) error {
	var wanted any
	if err := json.Unmarshal([]byte(s.expand(want)), &wanted); err != nil {
		return fmt.Errorf("%s: %w", want, err)
	}
	if got, found := s.member(path); !found || !matches(got, wanted) {
		return s.differs(path + ": " + s.expand(want))
	}
	return nil
}

func (s *scenario) lacks(path string) error {
	if _, found := s.member(path); found || s.status != http.StatusOK {
		return s.differs("no " + path)
	}
	return nil
}

// call gives a name to a member of the answer, for the steps that follow.
func (s *scenario) call(path, word string) error {
	value, found := s.member(path)
	if !found {
		return s.differs("a " + path)
	}
	s.name(word, fmt.Sprint(value))
	return nil
}
