package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// build builds the program.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "schemaside")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "schemaside").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	return binary
}

// store is where a program keeps its schemas.
type store struct {
	binary, driver, dsn, namespace string
	// deadline is storage.deadline.
	deadline time.Duration
}

const (
	// deadline is short, where servers are away and clients wait for nothing.
	deadline = 2 * time.Second
	// patience is long, where a busy machine alone must not make calls fail.
	patience = 20 * time.Second
)

// program is a registry in a process of its own.
type program struct {
	cmd *exec.Cmd
	url string
}

// start runs a registry on the store and waits until it serves.
func (s store) start(t *testing.T) program {
	t.Helper()
	args := []string{"serve", "--listen=127.0.0.1:0", "--drain-delay=0s", "--storage=" + s.driver, "--dsn=" + s.dsn, "--storage-deadline=" + s.deadline.String()}
	if s.namespace != "" {
		args = append(args, "--storage-namespace="+s.namespace)
	}
	cmd := exec.Command(s.binary, args...)
	cmd.Env = []string{}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var all strings.Builder
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		var started struct {
			Message string
			Listen  []string
		}
		if json.Unmarshal(lines.Bytes(), &started) == nil && started.Message == "serving" {
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return program{cmd: cmd, url: "http://" + started.Listen[0]}
		}
	}
	t.Fatalf("it ended before it served: %s", &all)
	return program{}
}

// kill ends the program as a crash does.
func (p program) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = p.cmd.Wait()
}

// answer is what a registry has answered; err tells that it has not.
type answer struct {
	status      int
	header      http.Header
	body        []byte
	began, done time.Time
	err         error
}

// code is the error_code of an answer.
func (a answer) code() int {
	var e struct {
		Code int `json:"error_code"`
	}
	_ = json.Unmarshal(a.body, &e)
	return e.Code
}

// unavailable tells whether it is one of the answers of a registry whose store fails.
func (a answer) unavailable() bool {
	code := a.code()
	return a.err == nil && a.status == code/100 && code >= 50001 && code <= 50004
}

// text shows an answer in a message.
func (a answer) text() string {
	if a.err != nil {
		return a.err.Error()
	}
	return http.StatusText(a.status) + " " + string(a.body[:min(len(a.body), 200)])
}

// client asks registries.
type client struct{ http *http.Client }

func newClient(t *testing.T) client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	t.Cleanup(transport.CloseIdleConnections)
	return client{&http.Client{Transport: transport, Timeout: 2 * patience}}
}

// get asks for a path.
func (c client) get(ctx context.Context, url string) answer {
	return c.ask(ctx, http.MethodGet, url, "")
}

// fresh is a GET whose answer may not come from memory.
const fresh = "FRESH"

// ask sends a request and reads the whole answer.
func (c client) ask(ctx context.Context, method, url, body string) answer {
	a := answer{began: time.Now()}
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	if method == fresh {
		request.Method = http.MethodGet
		request.Header.Set("Cache-Control", "no-cache")
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		a.err = err
		return a
	}
	defer response.Body.Close()
	a.body, a.err = io.ReadAll(response.Body)
	a.status, a.header, a.done = response.StatusCode, response.Header, time.Now()
	return a
}

// schemaBody is a request's body with a schema, in which Go and JSON quote the same.
func schemaBody(text string) string {
	return `{"schema":` + strconv.Quote(text) + `}`
}
