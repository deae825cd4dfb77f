package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// clockTick is the unit in which Linux tells the time that a process has had.
	clockTick = 10 * time.Millisecond
	// maxTime and maxMemory are what one request may cost.
	maxTime   = 2 * time.Second
	maxMemory = 256 << 20
)

// TestBombsCost measures what the worst requests cost a process of its own: time of the processors, and memory beyond what it
// had when it was idle. Both hardly depend on what else the machine does.
func TestBombsCost(t *testing.T) { //nolint:tparallel // one process at a time is measured
	t.Parallel()
	switch {
	case runtime.GOOS != "linux":
		t.Skip("what a process costs is read from Linux")
	case raceEnabled || testing.Short():
		t.Skip("bombs of full size, and what they cost without the race detector")
	}
	binary := filepath.Join(t.TempDir(), "schemaside")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range []struct {
		language string
		bombs    []bomb
	}{{"AVRO", avroBombs()}, {"JSON", jsonBombs()}, {"PROTOBUF", protoBombs()}} {
		for _, b := range c.bombs {
			t.Run(c.language+"/"+b.name, func(t *testing.T) {
				p := startMeasured(t, binary)
				b.weigh(t, p, c.language)
			})
		}
	}
}

func (b bomb) weigh(t *testing.T, p measured, language string) {
	t.Helper()
	send := func(path, text string) {
		t.Helper()
		body := schemaBody(t, language, text)
		before := p.time(t)
		if status, answer := ask(t, "POST", p.url+path, body); status >= 500 {
			t.Errorf("%s: %d %.300s", path, status, answer)
		}
		if took := p.time(t) - before; took > maxTime {
			t.Errorf("%s: %s of the processors, want at most %s", path, took, maxTime)
		}
		if used := p.peak(t) - p.idle; used > maxMemory {
			t.Errorf("%s: %d MiB, want at most %d", path, used>>20, maxMemory>>20)
		}
	}
	other := b.other
	if other == "" {
		other = b.text
	}
	send("/subjects/s/versions", b.text)
	send("/compatibility/subjects/s/versions?verbose=true&normalize=true", other)
	send("/subjects/t/versions?normalize=true", other)
}

// measured is a registry in a process of its own.
type measured struct {
	url string
	pid int
	// idle is its memory before it was asked anything, in bytes.
	idle int64
}

func startMeasured(t *testing.T, binary string) measured {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd := exec.Command(binary, "serve", "--storage=memory", "--listen="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	p := measured{url: "http://" + addr, pid: cmd.Process.Pid}
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for !answers(ctx, p.url) {
		if ctx.Err() != nil {
			t.Fatal("the registry didn't answer")
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.idle = p.peak(t)
	return p
}

// time is what the process has had of the processors.
func (p measured) time(t *testing.T) time.Duration {
	t.Helper()
	stat := p.read(t, "stat")
	// The name of the program, in parentheses, may hold spaces. Behind it come the state and 10 numbers before the two wanted.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	return time.Duration(number(t, fields[11])+number(t, fields[12])) * clockTick
}

// peak is the most memory that the process has had, in bytes.
func (p measured) peak(t *testing.T) int64 {
	t.Helper()
	for line := range strings.Lines(string(p.read(t, "status"))) {
		if size, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return number(t, []byte(strings.TrimSuffix(strings.TrimSpace(size), " kB"))) << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

func (p measured) read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func number(t *testing.T, b []byte) int64 {
	t.Helper()
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
