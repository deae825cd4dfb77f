package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

const docsFile = "../docs/configuration.md"

const docsHead = `# Configuration

A YAML file, environment variables and flags set the same keys. A flag beats a variable, a variable beats the file, the file
beats the default. Whatever is unknown or not allowed is refused at start, with its key, its value and what is allowed.

- The file is named by ` + "`--config FILE` or `SCHEMASIDE_CONFIG`" + `. Keys with a dot are nested.
- An empty variable counts as not set. Variables that Kubernetes sets beside a Service called schemaside
  (` + "`SCHEMASIDE_PORT*`, `SCHEMASIDE_SERVICE_*`" + `) are ignored.
- Durations are written ` + "`500ms`, `5s`, `10m`; sizes `4096`, `512KiB`, `10MiB`, `1GiB`" + `.
- Lists and maps are written in YAML's short form in flags and variables: ` + "`[.orders, .billing]`, `{orders.example: .orders}`" + `.

` + "```yaml" + `
listeners:
  - address: 127.0.0.1:8081           # the open view
  - address: 127.0.0.1:8082           # an ordinary registry that holds the context .orders
    context: .orders
admin:
  listen: 127.0.0.1:9081
cache:
  max_bytes: 512MiB
` + "```" + `

This page is written by ` + "`make docs`" + ` from the struct in config/config.go.
`

func docs() string {
	var b strings.Builder
	b.WriteString(docsHead)
	group := ""
	for _, k := range Keys() {
		heading := "Listening"
		if first, _, nested := strings.Cut(k.Name, "."); nested {
			heading = strings.ToUpper(first[:1]) + first[1:]
		}
		if heading != group {
			group = heading
			fmt.Fprintf(&b, "\n## %s\n\n| key | flag | variable | default | meaning |\n|---|---|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | `%s` | %s | %s Allowed: %s. |\n", k.Name, k.Flag, k.Env, code(k.Default), k.Doc, k.Allowed)
	}
	return b.String()
}

func code(text string) string {
	if text == "" {
		return "none"
	}
	return "`" + text + "`"
}

// TestDocsExample loads the example of the page.
func TestDocsExample(t *testing.T) {
	t.Parallel()
	_, example, _ := strings.Cut(docsHead, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	c, err := Load(Sources{File: write(t, example)})
	if err != nil || len(c.Listeners) != 2 || c.Cache.MaxBytes != 512<<20 {
		t.Errorf("the example is read as %+v, %v", c, err)
	}
}

func TestDocs(t *testing.T) {
	t.Parallel()
	want := docs()
	if *update {
		if err := os.WriteFile(docsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is out of date: run make docs", docsFile)
	}
}
