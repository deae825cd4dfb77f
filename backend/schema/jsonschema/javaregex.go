package jsonschema

import "regexp"

func checkPattern(p string) error { _, err := regexp.Compile(p); return err }
