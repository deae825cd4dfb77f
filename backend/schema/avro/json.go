package avro

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// jsonError begins the message about a text that is no JSON, as the reference server's does.
const jsonError = "com.fasterxml.jackson.core.JsonParseException: "

// readJSON reads the first value of a text. rest is what follows it, without the blanks around.
// It returns no value and no error for a blank text.
func readJSON(text string, limits schema.Limits) (v *jsontree.Value, rest string, err error) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	v, end, err := jsontree.Read(blankComments(text), jsontree.Options{
		Number: numberText, MaxDepth: limits.Depth, MaxValues: limits.Elements,
	})
	switch {
	case errors.Is(err, io.EOF):
		return nil, "", nil
	case errors.Is(err, jsontree.ErrDepth):
		return nil, "", tooDeep(limits)
	case errors.Is(err, jsontree.ErrValues):
		return nil, "", fmt.Errorf(jsonError+"the schema has more than %d values", limits.Elements)
	case err != nil:
		return nil, "", fmt.Errorf(jsonError+"%w", unknownWord(text, err))
	}
	return v, strings.TrimFunc(text[end:], func(r rune) bool { return r <= ' ' }), nil
}

// unknownWord words an error about a bare word the way the reference server does; other errors stay as they are.
func unknownWord(text string, err error) error {
	var at *jsontext.SyntacticError
	if !errors.As(err, &at) || at.ByteOffset < 0 || at.ByteOffset > int64(len(text)) {
		return err
	}
	before, rest := text[:at.ByteOffset], text[at.ByteOffset:]
	isWord := func(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	word := rest[:len(rest)-len(strings.TrimLeftFunc(rest, isWord))]
	if word == "" || unicode.IsDigit(rune(word[0])) || len(word) > maxShownWord || strings.LastIndexFunc(before, isWord) == len(before)-1 && before != "" {
		return err
	}
	line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')
	return fmt.Errorf("Unrecognized token '%s': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n"+ //nolint:staticcheck // the reference server's words
		" at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: %d, column: %d]", word, line, column)
}

// maxShownWord bounds a word that a message quotes, in bytes.
const maxShownWord = 256

// blankComments replaces comments with blanks, so that offsets stay. An unfinished one is left for the JSON reader
// to refuse.
func blankComments(text string) string {
	if strings.IndexByte(text, '/') < 0 {
		return text
	}
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
	return string(out)
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

// stringOf is the text of a key, nil if there is none or if it is no string.
func stringOf(v *jsontree.Value, key string) *string {
	s := v.Get(key)
	if s == nil || s.Kind != jsontree.String {
		return nil
	}
	return &s.Text
}
