package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"schemaside/conformance/testserver"
)

const (
	// aboutPython ends with 0 and tells which Python it is, when that one is new enough and can make environments.
	aboutPython = `import ensurepip, sys, venv; print(sys.base_prefix, sys.version); sys.exit(sys.version_info < (3, 11))`

	installTimeout = 4 * time.Minute
	scriptTimeout  = 2 * time.Minute
)

// errNoIndex tells that packages couldn't be had, which says nothing about the list of them.
var errNoIndex = errors.New("the package index can't be reached")

// TestPython lets Confluent's Python client and its serialisers work through each door of a registry of its own.
func TestPython(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short run: no Python environment is made")
	}
	python := pythonEnvironment(t)
	open := func(_ *testing.T, s *testserver.Server) string { return s.URL }
	for _, d := range []struct {
		name string
		url  func(*testing.T, *testserver.Server) string
		args []string
	}{
		{"default context", open, nil},
		{"context in the path", pathOfContext, []string{"--shown", ":.team-a:"}},
		{"context in the names", open, []string{"--prefix", ":.team-a:", "--shown", ":.team-a:"}},
		{"bound listener", func(_ *testing.T, s *testserver.Server) string { return s.TenantURL }, nil},
		{"bound by a header", throughProxy, nil},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			base := d.url(t, testserver.Start(t, testserver.Options{}))
			ctx, cancel := context.WithTimeout(t.Context(), scriptTimeout)
			defer cancel()
			script := exec.CommandContext(ctx, python, append([]string{"run.py", "--url", base}, d.args...)...)
			script.Dir = "python"
			script.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			if out, err := script.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}

func pathOfContext(_ *testing.T, s *testserver.Server) string { return s.URL + "/contexts/.team-a" }

// throughProxy puts a proxy in front that names the context in a header: the client can't send one.
func throughProxy(t *testing.T, s *testserver.Server) string {
	t.Helper()
	target, err := url.Parse(s.BoundURL)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Set(testserver.ContextHeader, ".team-a")
	}})
	t.Cleanup(front.Close)
	return front.URL
}

// pythonEnvironment returns the interpreter of a virtual environment that has what python/requirements.txt lists. It is kept
// in the user's cache folder, and made when there is none for this list and this Python.
func pythonEnvironment(t *testing.T) string {
	t.Helper()
	about, err := exec.CommandContext(t.Context(), "python3", "-c", aboutPython).Output()
	if err != nil {
		withoutPython(t, fmt.Errorf("no python3 of version 3.11 or later with venv and ensurepip: %w", err))
	}
	requirements, err := os.ReadFile("python/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := environmentFolder(requirements, about)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := lockFile(folder + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	made := filepath.Join(folder, "made")
	if _, err := os.Stat(made); err == nil {
		return environmentPython(folder)
	}
	switch err := makeEnvironment(t.Context(), folder); {
	case errors.Is(err, errNoIndex):
		withoutPython(t, err)
	case err != nil:
		t.Fatal(err)
	}
	if err := os.WriteFile(made, about, 0o600); err != nil {
		t.Fatal(err)
	}
	return environmentPython(folder)
}

// withoutPython ends the test: as a failure in continuous integration, where nothing may be left out unseen.
func withoutPython(t *testing.T, why error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("the Python client can't be tried: %v", why)
	}
	t.Skipf("the Python client isn't tried: %v", why)
}

func environmentFolder(requirements, about []byte) (string, error) {
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w", err)
	}
	parent := filepath.Join(caches, "schemaside")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	key := sha256.Sum256(append(requirements, about...))
	return filepath.Join(parent, "python-"+hex.EncodeToString(key[:8])), nil
}

func environmentPython(folder string) string { return filepath.Join(folder, "bin", "python") }

// lockFile waits until no other process holds the file. A process that dies lets go of it.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// makeEnvironment replaces what a run that was cut short has left in the folder.
func makeEnvironment(ctx context.Context, folder string) error {
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clear the environment: %w", err)
	}
	if out, err := exec.CommandContext(ctx, "python3", "-m", "venv", folder).CombinedOutput(); err != nil {
		return fmt.Errorf("make a virtual environment: %w\n%s", err, out)
	}
	limited, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	pip := exec.CommandContext(limited, environmentPython(folder), "-m", "pip", "install", "--quiet", "--no-input",
		"--disable-pip-version-check", "--only-binary", ":all:", "--retries", "2", "--timeout", "20", "-r", "python/requirements.txt")
	out, err := pip.CombinedOutput()
	switch {
	case err == nil:
		return nil
	case limited.Err() != nil, unreached(string(out)):
		return fmt.Errorf("%w: %w\n%s", errNoIndex, err, out)
	}
	return fmt.Errorf("install python/requirements.txt: %w\n%s", err, out)
}

// unreached tells by pip's words whether it got no answer: it tries again, or knows no version of a package at all.
func unreached(pip string) bool {
	return strings.Contains(pip, "Retrying (Retry(") || strings.Contains(pip, "(from versions: none)")
}
