package avro

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds how deep the JSON of a text may nest.
const maxDepth = 1000

// jsonError begins the message about a text that is no JSON, as the reference server's does.
const jsonError = "com.fasterxml.jackson.core.JsonParseException: "

type valueKind uint8

const (
	nullValue valueKind = iota
	boolValue
	intValue
	doubleValue
	stringValue
	arrayValue
	objectValue
)

// value is a JSON value that keeps the order of its keys and the exact digits of its integers.
type value struct {
	kind valueKind
	// text is what a string means, and how every other scalar prints.
	text    string
	number  float64 // of a double
	items   []*value
	members []member
}

type member struct {
	key   string
	value *value
}

// get is the value of a key, nil if there is none.
func (v *value) get(key string) *value {
	for i := range v.members {
		if v.members[i].key == key {
			return v.members[i].value
		}
	}
	return nil
}

// string is the text of a key, nil if there is none or if it is no string.
func (v *value) string(key string) *string {
	s := v.get(key)
	if s == nil || s.kind != stringValue {
		return nil
	}
	return &s.text
}

// int64 is false for what isn't an integer of 64 bits.
func (v *value) int64() (int64, bool) {
	if v.kind != intValue {
		return 0, false
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil
}

// readJSON reads the first value of a text. rest is what follows it, without the blanks around.
// It returns no value and no error for a blank text.
func readJSON(text string) (v *value, rest string, err error) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	dec := jsontext.NewDecoder(bytes.NewReader(blankComments(text)),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() == 0 {
		_, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil, "", nil
		}
		return nil, "", fmt.Errorf(jsonError+"%w", err)
	}
	v, err = readValue(dec)
	if err != nil {
		return nil, "", err
	}
	rest = strings.TrimFunc(text[dec.InputOffset():], func(r rune) bool { return r <= ' ' })
	return v, rest, nil
}

// blankComments replaces comments with blanks, so that offsets stay. An unfinished one is left for the JSON reader
// to refuse.
func blankComments(text string) []byte {
	out := []byte(text)
	for i := 0; i < len(out); i++ {
		if out[i] == '"' {
			i = endOfString(out, i)
			continue
		}
		if end := endOfComment(text, i); end > 0 {
			for j := i; j < end; j++ {
				out[j] = ' '
			}
			i = end - 1
		}
	}
	return out
}

// endOfString is the place of the quote that ends the string begun at i.
func endOfString(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// endOfComment is the place after the comment that begins at i, or 0 if none does.
func endOfComment(text string, i int) int {
	switch {
	case strings.HasPrefix(text[i:], "//"):
		if n := strings.IndexAny(text[i:], "\r\n"); n >= 0 {
			return i + n
		}
		return len(text)
	case strings.HasPrefix(text[i:], "/*"):
		if n := strings.Index(text[i+2:], "*/"); n >= 0 {
			return i + n + 4
		}
	}
	return 0
}

func readValue(dec *jsontext.Decoder) (*value, error) {
	switch dec.PeekKind() {
	case '{':
		return readObject(dec)
	case '[':
		return readArray(dec)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return nil, fmt.Errorf(jsonError+"%w", err)
	}
	switch raw.Kind() {
	case '"':
		return &value{kind: stringValue, text: unquote(raw)}, nil
	case '0':
		return readNumber(string(raw)), nil
	case 'n':
		return &value{kind: nullValue, text: "null"}, nil
	default:
		return &value{kind: boolValue, text: string(raw)}, nil
	}
}

func readArray(dec *jsontext.Decoder) (*value, error) {
	v := &value{kind: arrayValue}
	if err := open(dec); err != nil {
		return nil, err
	}
	for dec.PeekKind() != ']' {
		item, err := readValue(dec)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	return v, shut(dec)
}

// readObject keeps a repeated key at its first place with its last value.
func readObject(dec *jsontext.Decoder) (*value, error) {
	v := &value{kind: objectValue}
	if err := open(dec); err != nil {
		return nil, err
	}
	places := map[string]int{}
	for dec.PeekKind() != '}' {
		raw, err := dec.ReadValue()
		if err != nil {
			return nil, fmt.Errorf(jsonError+"%w", err)
		}
		key := unquote(raw)
		item, err := readValue(dec)
		if err != nil {
			return nil, err
		}
		if i, repeated := places[key]; repeated {
			v.members[i].value = item
			continue
		}
		places[key] = len(v.members)
		v.members = append(v.members, member{key, item})
	}
	return v, shut(dec)
}

func open(dec *jsontext.Decoder) error {
	if dec.StackDepth() >= maxDepth {
		return errTooDeep
	}
	return shut(dec)
}

func shut(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return fmt.Errorf(jsonError+"%w", err)
	}
	return nil
}

func readNumber(text string) *value {
	if strings.ContainsAny(text, ".eE") {
		// Out of range is no failure: the number is then infinite.
		number, _ := strconv.ParseFloat(text, 64)
		return doubleOf(number)
	}
	if text == "-0" {
		text = "0"
	}
	return &value{kind: intValue, text: text}
}

func doubleOf(number float64) *value {
	return &value{kind: doubleValue, number: number, text: doubleText(number, 64)}
}

// unquote reads a JSON string that the decoder has found to be well formed. Half a surrogate pair becomes "?", as
// it does in the reference server's bytes.
func unquote(raw []byte) string {
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if raw[i] != 'u' {
			out = append(out, unescape(raw[i]))
			continue
		}
		r := hexRune(raw[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if bytes.HasPrefix(raw[i+1:], []byte(`\u`)) {
				low = hexRune(raw[i+3:])
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				r = '?'
			} else {
				i += 6
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// hexRune reads four hexadecimal digits, which the decoder has checked.
func hexRune(digits []byte) rune {
	var unit [2]byte
	if _, err := hex.Decode(unit[:], digits[:4]); err != nil {
		return utf8.RuneError
	}
	return rune(unit[0])<<8 | rune(unit[1])
}
