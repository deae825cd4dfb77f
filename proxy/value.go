package proxy

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"schemaside/backend/wire"
)

// value reads JSON as leniently as the reference does: scalars are turned into each other where that makes sense, of
// repeated names the last counts, and null is as good as absent.
type value struct{ d *jsontext.Decoder }

const byteOrderMark = "\xef\xbb\xbf"

// decodeBody reads a body that is one object, handing each field to field. Errors: BadRequest, MissingBody.
func decodeBody(body []byte, parameter string, field func(v value, name string) error) error {
	return decodeBodyOr(body, parameter, field, nil)
}

// decodeBodyOr also takes a body that is one string, if bare is given.
func decodeBodyOr(body []byte, parameter string, field func(v value, name string) error, bare func(v value) error) error {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	v := value{jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	var err error
	switch v.kind() {
	case '{':
		err = v.fieldsOrNull("an object", func(name string) error { return field(v, name) })
	case 'n':
		if err := v.skip(); err != nil {
			return err
		}
		err = wire.MissingBody(parameter)
	case '"':
		if bare == nil {
			return v.wrong("an object")
		}
		err = bare(v)
	case 0:
		if _, readErr := v.d.ReadToken(); errors.Is(readErr, io.EOF) {
			return wire.MissingBody(parameter)
		} else if readErr != nil {
			return malformed(readErr)
		}
	default:
		return v.wrong("an object")
	}
	if err != nil {
		return err
	}
	if _, err := v.d.ReadToken(); !errors.Is(err, io.EOF) {
		return wire.BadRequest("There is more than one value in the body")
	}
	return nil
}

// kind tells what comes next, in the letters of jsontext.Kind; 0 for what is no JSON.
func (v value) kind() jsontext.Kind {
	return v.d.PeekKind()
}

func (v value) skip() error {
	if err := v.d.SkipValue(); err != nil {
		return malformed(err)
	}
	return nil
}

// token reads a scalar or one end of something larger.
func (v value) token() (jsontext.Token, error) {
	t, err := v.d.ReadToken()
	if err != nil {
		return t, malformed(err)
	}
	return t, nil
}

// wrong tells that something else was wanted, or what makes it no JSON at all.
func (v value) wrong(wanted string) error {
	at, kind := v.d.StackPointer(), v.kind()
	if err := v.skip(); err != nil {
		return err
	}
	where := "The body"
	if at != "" {
		where = "'" + string(at) + "'"
	}
	return wire.BadRequest("%s must be %s, not %s", where, wanted, kindName(kind))
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	default:
		return "a boolean"
	}
}

// malformed tells what is wrong with a text that is no JSON.
func malformed(err error) error {
	return wire.BadRequest("The body is not JSON: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
}

// fieldsOrNull reads an object, handing each name to field, which reads the value.
func (v value) fieldsOrNull(wanted string, field func(name string) error) error {
	switch v.kind() {
	case 'n':
		return v.skip()
	case '{':
	default:
		return v.wrong(wanted)
	}
	if _, err := v.token(); err != nil {
		return err
	}
	for v.kind() != '}' {
		name, err := v.token()
		if err != nil {
			return err
		}
		if err := field(name.String()); err != nil {
			return err
		}
	}
	_, err := v.token()
	return err
}

// list reads an array, or null for an empty one; item reads one element.
func (v value) list(wanted string, item func() error) error {
	switch v.kind() {
	case 'n':
		return v.skip()
	case '[':
	default:
		return v.wrong(wanted)
	}
	if _, err := v.token(); err != nil {
		return err
	}
	for v.kind() != ']' {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := v.token()
	return err
}

// textOrNull reads a string; numbers and booleans are taken as they are written. nil is null.
func (v value) textOrNull() (*string, error) {
	switch v.kind() {
	case '{', '[':
		return nil, v.wrong("a string")
	}
	t, err := v.token()
	if err != nil || t.Kind() == 'n' {
		return nil, err
	}
	s := t.String()
	return &s, nil
}

// text reads a string; null is the default.
func (v value) text(dst *string, otherwise string) error {
	s, err := v.textOrNull()
	*dst = otherwise
	if s != nil {
		*dst = *s
	}
	return err
}

// int reads a 32-bit integer; a fraction is cut off, a string is read, and null or a blank string is the default.
func (v value) int(dst *int32, otherwise int32) error {
	*dst = otherwise
	switch v.kind() {
	case 'n':
		return v.skip()
	case '0', '"':
	default:
		return v.wrong("an integer")
	}
	t, err := v.token()
	if err != nil {
		return err
	}
	text := t.String()
	if t.Kind() == '"' {
		if text = trim(text); text == "" || text == "null" {
			return nil
		}
		if n, ok := parseInt32(text); ok {
			*dst = n
			return nil
		}
		return wire.BadRequest("'%s' is not an integer", text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if f = math.Trunc(f); err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return wire.BadRequest("Number %s is out of the range of 32-bit integers", text)
	}
	*dst = int32(f)
	return nil
}

// intOrNone reads a 32-bit integer as int does; null is none.
func (v value) intOrNone(dst **int32) error {
	*dst = nil
	if v.kind() == 'n' {
		return v.skip()
	}
	n := int32(0)
	err := v.int(&n, 0)
	*dst = &n
	return err
}

// boolOrNull reads a boolean; integers (0 is false) and "true" or "false" are taken for one. nil is null.
func (v value) boolOrNull() (*bool, error) {
	switch v.kind() {
	case 'n':
		return nil, v.skip()
	case '{', '[':
		return nil, v.wrong("a boolean")
	}
	t, err := v.token()
	if err != nil {
		return nil, err
	}
	var b bool
	switch text := trim(t.String()); t.Kind() {
	case '0':
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wire.BadRequest("'%s' is not a boolean", text)
		}
		b = n != 0
	case '"':
		switch text {
		case "":
			return nil, nil
		case "true", "True", "TRUE":
			b = true
		case "false", "False", "FALSE":
		default:
			return nil, wire.BadRequest("'%s' is not a boolean", text)
		}
	default:
		b = t.Bool()
	}
	return &b, nil
}
