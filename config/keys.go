package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// envPrefix begins the name of every environment variable that is ours.
const envPrefix = "SCHEMASIDE_"

// FileVariable names the configuration file when no flag does.
const FileVariable = envPrefix + "CONFIG"

// Key is one thing that can be set.
type Key struct {
	// Name is the path in the file, such as cache.max_bytes; Flag is without dashes.
	Name, Flag, Env string
	// Default is the text of the default value; empty for none.
	Default string
	// Allowed says in words which values are taken.
	Allowed string
	Doc     string
	// Bool keys are switches; List keys are written in YAML's short form where they are one text.
	Bool, List bool

	field []int
	tag   reflect.StructTag
}

// Keys returns every key, in the order of the Config struct.
func Keys() []Key {
	defaults := Default()
	return keysOf(reflect.ValueOf(&defaults).Elem(), "", nil)
}

func keysOf(group reflect.Value, prefix string, index []int) []Key {
	var keys []Key
	for i := range group.NumField() {
		f := group.Type().Field(i)
		field := append(append([]int(nil), index...), i)
		name := prefix + f.Tag.Get("yaml")
		if f.Tag.Get("doc") == "" {
			keys = append(keys, keysOf(group.Field(i), name+".", field)...)
			continue
		}
		keys = append(keys, keyOf(f, group.Field(i), name, field))
	}
	return keys
}

func keyOf(f reflect.StructField, v reflect.Value, name string, field []int) Key {
	flag := f.Tag.Get("flag")
	if flag == "" {
		flag = strings.NewReplacer(".", "-", "_", "-").Replace(name)
	}
	kind := f.Type.Kind()
	return Key{
		Name:    name,
		Flag:    flag,
		Env:     envPrefix + strings.ToUpper(strings.ReplaceAll(name, ".", "_")),
		Default: textOf(v),
		Allowed: allowed(v, f.Tag),
		Doc:     f.Tag.Get("doc"),
		Bool:    kind == reflect.Bool,
		List:    kind == reflect.Slice || kind == reflect.Map,
		field:   field,
		tag:     f.Tag,
	}
}

// textOf writes a value as a file would.
func textOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return durationText(x)
	case fmt.Stringer:
		return x.String()
	}
	if k := v.Kind(); (k == reflect.Slice || k == reflect.Map) && v.Len() == 0 {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// durationText leaves out the zero seconds and minutes that time.Duration writes: 10m, not 10m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// allowed says which texts a field takes.
func allowed(v reflect.Value, tag reflect.StructTag) string {
	words := kindAllowed(v)
	if example := tag.Get("example"); example != "" {
		words = "a list such as " + example
	}
	if choices := tag.Get("oneof"); choices != "" {
		words = strings.ReplaceAll(choices, "|", ", ")
	}
	if later := tag.Get("later"); later != "" {
		words += " (not there yet: " + later + ")"
	}
	if least := tag.Get("min"); least != "" {
		words += ", at least " + least
	}
	return words
}

func kindAllowed(v reflect.Value) string {
	if own, ok := reflect.TypeAssert[value](v.Addr()); ok {
		return own.allowed()
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		return "a duration, such as 500ms, 5s or 10m"
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Map:
		return "a map such as {orders.example: .orders}"
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			return "a list such as [{address: 127.0.0.1:8082, context: .orders}]"
		}
		return "a list such as [.orders, .billing]"
	case reflect.Struct:
		return "a group of keys"
	default:
		return "a text"
	}
}
