// Package deploy has no code but its tests: they hold the files of this folder against the schemas of what reads them,
// and against what schemaside itself takes and serves.
package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"schemaside/config"
	"schemaside/docs"
)

// read returns a file of this folder, with old replaced by new if old isn't empty.
func read(t *testing.T, name, old, replacement string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if old == "" {
		return string(content)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s doesn't say %q, so nothing can be broken there", name, old)
	}
	return strings.ReplaceAll(string(content), old, replacement)
}

// written puts a text into a file of its own and returns its path.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(name))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// imageEnv is the environment that the image brings along.
func imageEnv(t *testing.T) []string {
	t.Helper()
	var env []string
	for line := range strings.Lines(read(t, "../Dockerfile", "", "")) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "ENV "); ok {
			env = append(env, v)
		}
	}
	if len(env) == 0 {
		t.Fatal("the image sets no variable: has the way changed in which Dockerfile says so?")
	}
	return env
}

// configured returns what serve makes of a file and of variables inside the image. A later variable beats an earlier one.
func configured(t *testing.T, file string, env []string) config.Config {
	t.Helper()
	last := map[string]string{}
	for _, v := range append(imageEnv(t), env...) {
		name, _, _ := strings.Cut(v, "=")
		last[name] = v
	}
	var environ []string
	for name, v := range last {
		if name != config.FileVariable {
			environ = append(environ, v)
		}
	}
	c, err := config.Load(config.Sources{File: file, Env: environ})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// served tells whether the registry has a path, by the document of its API.
func served(path string) bool { return strings.Contains(docs.OpenAPI, "\n  "+path+":\n") }

// checkDrain checks that a process which is told to end isn't killed while it drains.
func checkDrain(t *testing.T, c config.Config, grace time.Duration) {
	t.Helper()
	if least := c.Drain.Delay + c.Drain.Timeout + time.Second; grace < least {
		t.Errorf("it is killed after %v, and may drain for %v", grace, c.Drain.Delay+c.Drain.Timeout)
	}
}
