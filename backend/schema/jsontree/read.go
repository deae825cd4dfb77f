package jsontree

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrDepth is the error of a text that nests deeper than allowed; ErrValues that of one with more values than allowed.
var (
	ErrDepth  = errors.New("nested too deeply")
	ErrValues = errors.New("too many values")
)

// Options tell what differs between the schema languages.
type Options struct {
	// Number tells how a number prints, given what stands in the text.
	Number func(text string) (string, error)
	// MaxDepth bounds how deep a text may nest.
	MaxDepth int
	// MaxValues bounds how many values a text may have.
	MaxValues int
}

type reader struct {
	text    string
	decoder *jsontext.Decoder
	options Options
	values  int
}

// Read reads the first JSON value of a text, and tells where it ends. Of a repeated key it keeps the first place and
// the last value. Bytes that are no UTF-8 become U+FFFD. Strings may be parts of the text itself.
// Errors: io.EOF for a blank text, ErrDepth, ErrValues, those of Options.Number and those of the decoder.
func Read(text string, o Options) (v *Value, end int, err error) {
	r := reader{text: text, options: o, decoder: jsontext.NewDecoder(
		bytes.NewBufferString(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	v, err = r.value()
	if err != nil {
		return nil, 0, err
	}
	return v, int(r.decoder.InputOffset()), nil
}

func (r *reader) value() (*Value, error) {
	if r.values++; r.values > r.options.MaxValues {
		return nil, ErrValues
	}
	kind := r.decoder.PeekKind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		return r.scalar()
	}
	if r.decoder.StackDepth() == r.options.MaxDepth {
		return nil, ErrDepth
	}
	if _, err := r.decoder.ReadToken(); err != nil {
		return nil, err
	}
	if kind == jsontext.KindBeginObject {
		return r.object()
	}
	return r.array()
}

func (r *reader) scalar() (*Value, error) {
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return nil, err
	}
	switch raw.Kind() {
	case jsontext.KindNull:
		return &Value{Kind: Null}, nil
	case jsontext.KindFalse:
		return &Value{Kind: False}, nil
	case jsontext.KindTrue:
		return &Value{Kind: True}, nil
	case jsontext.KindNumber:
		text, err := r.options.Number(string(raw))
		return &Value{Kind: Number, Text: text}, err
	case jsontext.KindString:
		return &Value{Kind: String, Text: r.unquote(raw)}, nil
	default:
		return nil, fmt.Errorf("unexpected %v", raw.Kind())
	}
}

func (r *reader) array() (*Value, error) {
	v := &Value{Kind: Array}
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		element, err := r.value()
		if err != nil {
			return nil, err
		}
		v.List = append(v.List, Member{Value: element})
	}
	_, err := r.decoder.ReadToken()
	return v, err
}

func (r *reader) object() (*Value, error) {
	v := &Value{Kind: Object}
	var places map[string]int
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		raw, err := r.decoder.ReadValue()
		if err != nil {
			return nil, err
		}
		key := r.unquote(raw)
		element, err := r.value()
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
func (v *Value) put(places map[string]int, key string, element *Value) map[string]int {
	if len(v.List) == smallObject && places == nil {
		places = make(map[string]int, 2*smallObject)
		for i := range v.List {
			places[v.List[i].Key] = i
		}
	}
	if places != nil {
		if i, ok := places[key]; ok {
			v.List[i].Value = element
			return places
		}
		places[key] = len(v.List)
		v.List = append(v.List, Member{key, element})
		return places
	}
	for i := range v.List {
		if v.List[i].Key == key {
			v.List[i].Value = element
			return nil
		}
	}
	v.List = append(v.List, Member{key, element})
	return nil
}

// unquote is what a string means that the decoder has just read: mostly a part of the text itself.
func (r *reader) unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') >= 0 {
		return strings.ToValidUTF8(unescape(string(raw[1:len(raw)-1])), "\uFFFD")
	}
	end := int(r.decoder.InputOffset())
	return strings.ToValidUTF8(r.text[end-len(raw)+1:end-1], "\uFFFD")
}

// unescape resolves the escapes of a string that the decoder has found to be well formed. Half a surrogate pair
// becomes "?", as it does in the reference server's bytes.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
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
	n, _ := strconv.ParseUint(s, 16, 16) // the decoder has checked the digits
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
