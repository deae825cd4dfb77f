package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"schemaside/storage/embedded"
)

// asProgram makes a process of this test binary the program itself, for tests that end processes by force.
const asProgram = "RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is the program in a process of its own.
type process struct {
	cmd *exec.Cmd
	url string
}

// startProcess runs serve and waits until it serves.
func startProcess(t *testing.T, args ...string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--listen=127.0.0.1:0", "--drain-delay=0s"}, args...)...)
	cmd.Env = []string{asProgram + "=1"}
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
			return process{cmd: cmd, url: "http://" + started.Listen[0]}
		}
	}
	t.Fatalf("it ended before it served: %s", &all)
	return process{}
}

// kill ends the process as a crash does.
func (p process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = p.cmd.Wait()
}

// registered is a registration that was acknowledged.
type registered struct {
	registryCtx, subject, text string
	id, version                int
}

// ledger keeps what was acknowledged.
type ledger struct {
	mu  sync.Mutex
	all []registered
	// waiter is closed once all has as many entries as it wants.
	wants  int
	waiter chan struct{}
}

func (l *ledger) add(r registered) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all = append(l.all, r); len(l.all) == l.wants {
		close(l.waiter)
	}
}

// await returns what is closed after n more acknowledgements.
func (l *ledger) await(n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wants, l.waiter = len(l.all)+n, make(chan struct{})
	return l.waiter
}

// load registers new versions with several clients until the registry is gone.
func (l *ledger) load(ctx context.Context, url string, round int) {
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				r := registered{
					registryCtx: fmt.Sprint(".context-", client%3), subject: fmt.Sprint("orders-", client%4),
					text: fmt.Sprintf(`{"type":"record","name":"Order","fields":[{"name":"f_%d_%d_%d","type":"int","default":0}]}`, round, client, n),
				}
				if !r.register(ctx, url) {
					return
				}
				l.add(r)
			}
		})
	}
	clients.Wait()
}

// register tells whether the registration was acknowledged.
func (r *registered) register(ctx context.Context, url string) bool {
	body, err := json.Marshal(map[string]string{"schema": r.text})
	if err != nil {
		return false
	}
	path := url + "/subjects/:" + r.registryCtx + ":" + r.subject + "/versions"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(string(body)))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var answer struct{ ID, Version int }
	if response.StatusCode != http.StatusOK || json.NewDecoder(response.Body).Decode(&answer) != nil {
		return false
	}
	r.id, r.version = answer.ID, answer.Version
	return r.id > 0 && r.version > 0
}

// verify asks for everything that was acknowledged. Numbers are dense, because nothing was ever deleted.
func (l *ledger) verify(t *testing.T, url string) {
	t.Helper()
	texts, most := map[string]string{}, map[string]int{}
	for _, r := range l.all {
		var answer struct {
			ID, Version int
			Schema      string
		}
		name := ":" + r.registryCtx + ":" + r.subject
		status, body := ask(t, "GET", fmt.Sprintf("%s/subjects/%s/versions/%d", url, name, r.version), "")
		if status != 200 || json.Unmarshal([]byte(body), &answer) != nil || answer.ID != r.id || answer.Schema != r.text {
			t.Errorf("%+v was acknowledged and reads %d %s", r, status, body)
		}
		key := fmt.Sprint(r.registryCtx, r.id)
		if other, taken := texts[key]; taken && other != r.text {
			t.Errorf("the ID %d of %s was given to %s and %s", r.id, r.registryCtx, other, r.text)
		}
		texts[key], most[name] = r.text, max(most[name], r.version)
	}
	for name, acknowledged := range most {
		_, body := ask(t, "GET", url+"/subjects/"+name+"/versions", "")
		var versions []int
		if err := json.Unmarshal([]byte(body), &versions); err != nil || len(versions) < acknowledged || versions[len(versions)-1] != len(versions) {
			t.Errorf("%s has the versions %s, and %d was acknowledged", name, body, acknowledged)
		}
	}
}

// TestKill kills the program under load, again and again: what it acknowledged is there afterwards, and the file is sound.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 20
	if testing.Short() {
		kills = 3
	}
	path := filepath.Join(t.TempDir(), "schemaside.db")
	args := []string{"--storage=embedded", "--dsn=" + path}
	var l ledger
	for round := range kills {
		p := startProcess(t, args...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		// A different moment in each round.
		enough, done := l.await(5+round), make(chan struct{})
		go func() {
			defer close(done)
			l.load(ctx, p.url, round)
		}()
		select {
		case <-enough:
		case <-done:
			t.Errorf("round %d: all clients have given up", round)
		}
		p.kill(t)
		<-done
		cancel()
	}
	report, err := embedded.Check(t.Context(), path)
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("the file after %d kills: %v, %q", kills, err, report.Faults)
	}
	p := startProcess(t, args...)
	l.verify(t, p.url)
	p.kill(t)
	t.Logf("%d kills, %d registrations acknowledged, %d versions there", kills, len(l.all), report.Versions)
}
