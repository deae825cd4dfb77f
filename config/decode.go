package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// refusal says what is wrong with a value: where it stood, its key, the value, and what is allowed.
func refusal(source, key, text, want string) error {
	if key != "" {
		source += " (" + key + ")"
	}
	return fmt.Errorf("%s: %q: want %s", source, text, want)
}

// at adds the line of a node to the name of a file. Texts of flags and variables have no lines.
func at(source string, n *yaml.Node, lines bool) string {
	if !lines {
		return source
	}
	return source + ":" + strconv.Itoa(n.Line)
}

// reader reads the nodes of one source.
type reader struct {
	source string
	lines  bool
}

// read fills v, whose key is called name, from a node.
func (r reader) read(n *yaml.Node, v reflect.Value, tag reflect.StructTag, name string) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	want := map[reflect.Kind]yaml.Kind{reflect.Slice: yaml.SequenceNode, reflect.Map: yaml.MappingNode, reflect.Struct: yaml.MappingNode}[v.Kind()]
	if _, ok := reflect.TypeAssert[value](v.Addr()); ok || want == 0 {
		want = yaml.ScalarNode
	}
	if n.Kind != want || n.Tag == "!!null" {
		text := written(n)
		if tag.Get("secret") != "" {
			text = "..."
		}
		return refusal(at(r.source, n, r.lines), name, text, allowed(v, tag))
	}
	switch {
	case want == yaml.ScalarNode:
		if err := setText(v, tag, n.Value); err != nil {
			return refusal(at(r.source, n, r.lines), name, n.Value, allowed(v, tag))
		}
		return nil
	case v.Kind() == reflect.Slice:
		return r.readList(n, v, name)
	case v.Kind() == reflect.Map:
		return r.readMap(n, v, name)
	default:
		return r.readEntry(n, v, name)
	}
}

func (r reader) readList(n *yaml.Node, v reflect.Value, name string) error {
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		if err := r.read(item, list.Index(i), "", fmt.Sprintf("%s[%d]", name, i)); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

func (r reader) readMap(n *yaml.Node, v reflect.Value, name string) error {
	m := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
	return r.eachPair(n, name, func(key, val *yaml.Node) error {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := r.read(val, item, "", name+"."+key.Value); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(key.Value), item)
		v.Set(m)
		return nil
	})
}

// readEntry fills a struct that is an element of a list.
func (r reader) readEntry(n *yaml.Node, v reflect.Value, name string) error {
	return r.eachPair(n, name, func(key, val *yaml.Node) error {
		var known []string
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("yaml") == key.Value {
				return r.read(val, v.Field(i), f.Tag, name+"."+key.Value)
			}
			known = append(known, f.Tag.Get("yaml"))
		}
		return r.unknown(key, name+"."+key.Value, known)
	})
}

// eachPair calls f for the pairs of a mapping. A key may stand there once.
func (r reader) eachPair(n *yaml.Node, name string, f func(key, val *yaml.Node) error) error {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return refusal(at(r.source, key, r.lines), name, written(key), "a plain key")
		}
		if seen[key.Value] {
			return refusal(at(r.source, key, r.lines), strings.TrimPrefix(name+"."+key.Value, "."), key.Value, "each key once")
		}
		seen[key.Value] = true
		if err := f(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) unknown(key *yaml.Node, name string, known []string) error {
	return fmt.Errorf("%s: unknown key %s: want %s", at(r.source, key, r.lines), name, strings.Join(known, ", "))
}

// maxWritten bounds what an error shows of a value.
const maxWritten = 80

// written shows a node in an error, on one line.
func written(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	text := string(appendFlow(nil, n))
	if len(text) > maxWritten {
		text = strings.ToValidUTF8(text[:maxWritten], "") + "..."
	}
	return text
}

// appendFlow writes a node in YAML's short form. What an alias stands for is not written: it may hold the alias.
func appendFlow(dst []byte, n *yaml.Node) []byte {
	switch {
	case n.Kind == yaml.ScalarNode:
		return append(dst, n.Value...)
	case n.Kind == yaml.AliasNode:
		return append(append(dst, '*'), n.Value...)
	case len(dst) > maxWritten:
		return dst
	}
	opening, closing, between := byte('['), byte(']'), []string{", "}
	if n.Kind == yaml.MappingNode {
		opening, closing, between = '{', '}', []string{", ", ": "}
	}
	dst = append(dst, opening)
	for i, item := range n.Content {
		if i > 0 {
			dst = append(dst, between[i%len(between)]...)
		}
		dst = appendFlow(dst, item)
	}
	return append(dst, closing)
}

// setText fills v, which is no list and no map, from a text. The error is errNotAllowed.
func setText(v reflect.Value, tag reflect.StructTag, text string) error {
	var err error
	switch x := v.Addr().Interface().(type) {
	case value:
		err = x.UnmarshalText([]byte(text))
	case *time.Duration:
		*x, err = time.ParseDuration(text)
	case *bool:
		*x, err = strconv.ParseBool(text)
	case *int:
		*x, err = strconv.Atoi(text)
	case *string:
		*x, err = choose(text, tag.Get("oneof"))
	default:
		err = errNotAllowed
	}
	if err != nil || below(v, tag) {
		return errNotAllowed
	}
	return nil
}

// choose returns text as choices spell it.
func choose(text, choices string) (string, error) {
	if choices == "" {
		return text, nil
	}
	for choice := range strings.SplitSeq(choices, "|") {
		if strings.EqualFold(choice, text) {
			return choice, nil
		}
	}
	return "", errNotAllowed
}

// below tells whether v is less than its min tag.
func below(v reflect.Value, tag reflect.StructTag) bool {
	least := tag.Get("min")
	if least == "" {
		return false
	}
	bound := reflect.New(v.Type()).Elem()
	return setText(bound, "", least) != nil || v.Int() < bound.Int()
}
