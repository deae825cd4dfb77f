package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Sources are where the configuration comes from, the weakest first.
type Sources struct {
	// File is the path of a YAML file; empty is the one that FileVariable names, if any.
	File string
	// Env is the environment as os.Environ gives it.
	Env []string
	// Flags are texts by the name of their key.
	Flags map[string]string
}

// Load returns the defaults, overlaid with what the sources say. Listeners is never empty. The error joins everything
// that is wrong with one source: source, key, value and what is allowed, a line each.
func Load(s Sources) (Config, error) {
	l := loader{config: Default(), keys: Keys(), set: map[string]string{}}
	env, err := l.environment(s.Env)
	if err != nil {
		return Config{}, err
	}
	file := s.File
	if file == "" {
		file = env[FileVariable]
	}
	if file != "" {
		if err := l.file(file); err != nil {
			return Config{}, err
		}
	}
	if err := l.texts(env, func(k Key) string { return k.Env }); err != nil {
		return Config{}, err
	}
	if err := l.texts(s.Flags, func(k Key) string { return k.Name }); err != nil {
		return Config{}, err
	}
	return l.config, l.finish()
}

// loader fills a Config source by source.
type loader struct {
	config Config
	keys   []Key
	// set tells which source set a key last.
	set map[string]string
}

func (l *loader) assign(k Key, r reader, n *yaml.Node) error {
	if err := r.read(n, reflect.ValueOf(&l.config).Elem().FieldByIndex(k.field), k.tag, k.Name); err != nil {
		return err
	}
	l.set[k.Name] = r.source
	return nil
}

// shown is the value of an unknown variable as an error may show it: it may be a password under a mistyped name.
func shown(name, value string) string {
	for _, part := range []string{"DSN", "PASS", "SECRET", "TOKEN", "KEY"} {
		if strings.Contains(name, part) {
			return "a value that isn't shown"
		}
	}
	if strings.Contains(value, "@") || strings.Contains(strings.ToLower(value), "password") {
		return "a value that isn't shown"
	}
	return strconv.Quote(value)
}

// environment picks our variables out of the environment, and refuses those that are nobody's. An empty variable counts
// as not set: that is how compose files and charts leave one out.
func (l *loader) environment(environ []string) (map[string]string, error) {
	known := []string{FileVariable}
	for _, k := range l.keys {
		known = append(known, k.Env)
	}
	ours := map[string]string{}
	var wrong []error
	for _, pair := range environ {
		name, text, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || announced(name) {
			continue
		}
		if !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Errorf("%s: unknown variable, set to %s: want %s", name, shown(name, text), strings.Join(known, ", ")))
			continue
		}
		if text != "" {
			ours[name] = text
		}
	}
	return ours, errors.Join(wrong...)
}

// announced tells whether Kubernetes sets a variable of this name in every pod beside a Service called schemaside, or
// the tests of this project do, which start servers.
func announced(name string) bool {
	rest := strings.TrimPrefix(name, envPrefix)
	return rest == "PORT" || strings.HasPrefix(rest, "PORT_") || strings.HasPrefix(rest, "SERVICE_") || strings.HasPrefix(rest, "TEST_")
}

// texts overlays values that are one text each; nameOf tells under which name values has a key.
func (l *loader) texts(values map[string]string, nameOf func(Key) string) error {
	var wrong []error
	for _, k := range l.keys {
		text, ok := values[nameOf(k)]
		if !ok {
			continue
		}
		r := reader{source: nameOf(k)}
		if r.source == k.Name {
			r.source = "--" + k.Flag
		}
		node := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
		if k.List {
			list, err := parse([]byte(text))
			if err != nil || list == nil {
				wrong = append(wrong, refusal(r.source, k.Name, text, k.Allowed))
				continue
			}
			node = list
		}
		wrong = append(wrong, l.assign(k, r, node))
	}
	return errors.Join(wrong...)
}

// file overlays a YAML file.
func (l *loader) file(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("configuration file: %w", err)
	}
	return l.yaml(path, content)
}

func (l *loader) yaml(path string, content []byte) error {
	root, err := parse(content)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	case root == nil:
		return nil
	}
	return l.group(reader{source: path, lines: true}, root, "")
}

// parse returns the only document of a YAML text; nil when there is none.
func parse(content []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(content))
	var doc, more yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one YAML document: want one")
	}
	return doc.Content[0], nil
}

// group reads the keys that begin with prefix. All that is wrong in it is told at once. A group without anything in it
// sets nothing.
func (l *loader) group(r reader, n *yaml.Node, prefix string) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return refusal(at(r.source, n, r.lines), strings.TrimSuffix(prefix, "."), written(n), "a group of keys")
	}
	var wrong []error
	err := r.eachPair(n, strings.TrimSuffix(prefix, "."), func(key, val *yaml.Node) error {
		wrong = append(wrong, l.entry(r, key, val, prefix+key.Value))
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// entry reads a key, or the group of that name.
func (l *loader) entry(r reader, key, val *yaml.Node, name string) error {
	prefix := name[:len(name)-len(key.Value)]
	var known []string
	for _, k := range l.keys {
		if k.Name == name {
			return l.assign(k, r, val)
		}
		rest, below := strings.CutPrefix(k.Name, prefix)
		first, _, deeper := strings.Cut(rest, ".")
		if !below {
			continue
		}
		if deeper && first == key.Value {
			return l.group(r, val, name+".")
		}
		if !slices.Contains(known, first) {
			known = append(known, first)
		}
	}
	return r.unknown(key, name, known)
}

// finish checks what several keys say together.
func (l *loader) finish() error {
	c := &l.config
	if from, ok := l.set["listeners"]; ok && l.set["listen"] != "" {
		return fmt.Errorf("%s (listen): %q: want it or listeners (set by %s), not both", l.set["listen"], c.Listen, from)
	}
	if len(c.Listeners) == 0 {
		c.Listeners = []Listener{{Address: c.Listen}}
	}
	for i, listener := range c.Listeners {
		if listener.Address == "" {
			return refusal(l.set["listeners"], fmt.Sprintf("listeners[%d].address", i), "", c.Listen.allowed())
		}
		if listener.Header == "" {
			c.Listeners[i].Header = HeaderSelect
		}
		if listener.Header == HeaderBind && c.Resolver.ContextHeader == "" {
			return refusal(l.set["listeners"], fmt.Sprintf("listeners[%d].header", i), listener.Header, "select, since resolver.context_header names no header")
		}
	}
	switch {
	case c.Storage.Driver == "memory" && c.Storage.DSN != "":
		// The value may hold a password.
		return fmt.Errorf("%s (storage.dsn): want none, since storage.driver is memory", l.set["storage.dsn"])
	case c.Storage.Driver == "embedded" && c.Storage.DSN == "":
		c.Storage.DSN = EmbeddedFile
	}
	return nil
}
