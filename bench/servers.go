package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// bareCommand makes this program the bare handler.
const bareCommand = "bare-handler"

// group is the processes that were started.
type group struct{ processes []*exec.Cmd }

func (g *group) stop() {
	for _, p := range g.processes {
		_ = p.Process.Signal(syscall.SIGKILL)
		_ = p.Wait()
	}
}

func build(ctx context.Context, binary string) error {
	out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "schemaside").CombinedOutput() //nolint:gosec // the path is ours
	if err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
}

// start runs a server on a free port; {addr} in an argument stands for its address.
func (g *group) start(ctx context.Context, binary string, args ...string) (addr string, err error) {
	if addr, err = freeAddr(ctx); err != nil {
		return "", err
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{addr}", addr)
	}
	return addr, g.launch(ctx, addr, exec.CommandContext(ctx, binary, args...)) //nolint:gosec // the user names the binary
}

// startBare runs this program as a bare handler that writes what a target answers.
func (g *group) startBare(ctx context.Context, like *target, o options) (*target, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	bare := &target{Name: bareName(o), Bare: true, addr: addr, host: addr, contexts: like.contexts, work: like.work}
	answer, err := json.Marshal(like.work[o.Work[0]].sample)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, bareCommand, addr, o.BareTimeouts.String()) //nolint:gosec // it is ourselves
	cmd.Stdin = bytes.NewReader(answer)
	return bare, g.launch(ctx, addr, cmd)
}

func (g *group) launch(ctx context.Context, addr string, cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	g.processes = append(g.processes, cmd)
	dialer := net.Dialer{Timeout: time.Second}
	for range 200 {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("%s did not listen: %s", cmd.Path, stderr.String())
}

func freeAddr(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// answer is what a server wrote: the bare handler writes the same.
type answer struct {
	ContentType string `json:"content_type"`
	RequestID   string `json:"request_id"`
	Body        []byte `json:"body"`
}

func bareName(o options) string {
	if o.BareTimeouts > 0 {
		return "bare handler, with timeouts"
	}
	return "bare handler"
}

// serveBare answers every request with one answer and nothing else. A timeout of 0 is
// none.
func serveBare(addr, timeouts string, stdin io.Reader) error {
	timeout, err := time.ParseDuration(timeouts)
	if err != nil {
		return err
	}
	var a answer
	if err := json.NewDecoder(stdin).Decode(&a); err != nil {
		return err
	}
	server := &fasthttp.Server{
		NoDefaultServerHeader: true,
		ReadTimeout:           timeout,
		WriteTimeout:          timeout,
		IdleTimeout:           timeout,
		Handler: func(ctx *fasthttp.RequestCtx) {
			ctx.Response.Header.SetContentType(a.ContentType)
			ctx.Response.Header.Set("X-Request-ID", a.RequestID)
			ctx.Response.SetBodyRaw(a.Body)
		},
	}
	return server.ListenAndServe(addr)
}
