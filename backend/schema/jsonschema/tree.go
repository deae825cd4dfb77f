package jsonschema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxDepth is how deep a text may nest, as in the reference server.
	maxDepth = 1000
	// maxValues bounds the values of one text, and with them the memory that its tree and its model take. It is more
	// than a text of 1 MiB can hold, the most that the reference server can store.
	maxValues = 1 << 19
	// maxNumber is the length of the longest number, in characters, as in the reference server.
	maxNumber = 1000
)

var (
	errDepth  = errors.New("nested too deeply")
	errValues = errors.New("too many values")
	errAfter  = errors.New("content after the first value")
)

// shape is the kind of a JSON value.
type shape uint8

const (
	shapeNull shape = iota
	shapeFalse
	shapeTrue
	shapeNumber
	shapeString
	shapeArray
	shapeObject
)

// value is a JSON value that remembers the order of its members.
type value struct {
	shape shape
	// text is the content of a string or the canonical print of a number.
	text string
	// list holds the elements of an array (without keys) or the members of an object.
	list []member
}

type member struct {
	key   string
	value *value
}

// get finds a member of an object; nil if there is none or v is no object.
func (v *value) get(key string) *value {
	if v == nil || v.shape != shapeObject {
		return nil
	}
	for i := range v.list {
		if v.list[i].key == key {
			return v.list[i].value
		}
	}
	return nil
}

// reader turns a text into a tree.
type reader struct {
	text    string
	decoder *jsontext.Decoder
	values  int
}

// readTree reads one JSON value. Of a repeated key it keeps the first place and the last value.
func readTree(text string) (*value, error) {
	r := reader{text: text, decoder: jsontext.NewDecoder(
		bytes.NewBufferString(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errAfter
	}
	return v, nil
}

func (r *reader) value(depth int) (*value, error) {
	if r.values++; r.values > maxValues {
		return nil, errValues
	}
	switch kind := r.decoder.PeekKind(); kind {
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		if depth == maxDepth {
			return nil, errDepth
		}
		if _, err := r.decoder.ReadToken(); err != nil {
			return nil, fmt.Errorf("reading JSON: %w", err)
		}
		if kind == jsontext.KindBeginObject {
			return r.object(depth)
		}
		return r.array(depth)
	case jsontext.KindString:
		s, err := r.string()
		return &value{shape: shapeString, text: s}, err
	default:
		return r.scalar()
	}
}

func (r *reader) scalar() (*value, error) {
	token, err := r.decoder.ReadToken()
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	switch token.Kind() {
	case jsontext.KindNull:
		return &value{shape: shapeNull}, nil
	case jsontext.KindTrue:
		return &value{shape: shapeTrue}, nil
	case jsontext.KindFalse:
		return &value{shape: shapeFalse}, nil
	case jsontext.KindNumber:
		text, err := canonicalNumber(token.String())
		return &value{shape: shapeNumber, text: text}, err
	default:
		return nil, fmt.Errorf("unexpected %v", token.Kind())
	}
}

func (r *reader) array(depth int) (*value, error) {
	v := &value{shape: shapeArray}
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		element, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.list = append(v.list, member{value: element})
	}
	_, err := r.decoder.ReadToken()
	return v, err
}

func (r *reader) object(depth int) (*value, error) {
	v := &value{shape: shapeObject}
	var places map[string]int
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		element, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		places = v.put(places, key, element)
	}
	_, err := r.decoder.ReadToken()
	return v, err
}

// smallObject is the number of members up to which a search from the front beats a map.
const smallObject = 16

// put adds a member or replaces the value of one. places finds the members of a larger object.
func (v *value) put(places map[string]int, key string, element *value) map[string]int {
	if len(v.list) == smallObject && places == nil {
		places = make(map[string]int, 2*smallObject)
		for i := range v.list {
			places[v.list[i].key] = i
		}
	}
	if places != nil {
		if i, ok := places[key]; ok {
			v.list[i].value = element
			return places
		}
		places[key] = len(v.list)
		v.list = append(v.list, member{key, element})
		return places
	}
	for i := range v.list {
		if v.list[i].key == key {
			v.list[i].value = element
			return nil
		}
	}
	v.list = append(v.list, member{key, element})
	return nil
}

// string reads a string, mostly as a part of the text itself.
func (r *reader) string() (string, error) {
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return "", fmt.Errorf("reading JSON: %w", err)
	}
	if raw.Kind() != jsontext.KindString {
		return "", fmt.Errorf("expected a string, found %v", raw.Kind())
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return unescape(string(raw[1 : len(raw)-1])), nil
	}
	end := int(r.decoder.InputOffset())
	return strings.ToValidUTF8(r.text[end-len(raw)+1:end-1], "\ufffd"), nil
}

// unescape resolves the escapes of a valid JSON string. An unpaired surrogate becomes "?", as in the reference
// server's UTF-8.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return strings.ToValidUTF8(b.String(), "\ufffd")
		}
		b.WriteString(s[:i])
		if s[i+1] != 'u' {
			b.WriteByte(unescapedByte(s[i+1]))
			s = s[i+2:]
			continue
		}
		c := hexRune(s[i+2 : i+6])
		s = s[i+6:]
		if utf16.IsSurrogate(c) {
			c, s = pairOf(c, s)
		}
		b.WriteRune(c)
	}
}

// pairOf joins a surrogate with the one that follows it, if they are a pair, and returns what remains.
func pairOf(c rune, rest string) (rune, string) {
	if strings.HasPrefix(rest, `\u`) {
		if pair := utf16.DecodeRune(c, hexRune(rest[2:6])); pair != utf8.RuneError {
			return pair, rest[6:]
		}
	}
	return '?', rest
}

func hexRune(s string) rune {
	n, _ := strconv.ParseUint(s, 16, 16) // the tokenizer has checked the digits
	return rune(n)
}

func unescapedByte(c byte) byte {
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
