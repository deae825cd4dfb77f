package faults

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// effort is how much harm is done: more where SCHEMASIDE_TEST_FULL is set.
type effort struct {
	programKills, serverKills int
	outage                    time.Duration
	visible                   int
}

func newEffort() effort {
	e := effort{programKills: 20, serverKills: 10, outage: 6 * time.Second, visible: 100}
	if os.Getenv("SCHEMASIDE_TEST_FULL") != "" {
		e.outage, e.visible = 20*time.Second, 400
	}
	return e
}

// started is a server, or why there is none.
type started struct {
	server *server
	err    error
}

// TestFaults runs everything on servers that it starts once. Leaks of goroutines and times are looked at first, while
// nothing else runs in this process.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers of its own and kills them again and again")
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("it finds the processes of servers in /proc, which Linux has")
	}
	servers := startServers(t)
	for _, e := range engines() {
		t.Run("slow/"+e.name, func(t *testing.T) { slow(t, take(t, servers[e.name])) })
	}
	binary, effort := build(t), newEffort()
	t.Run("notified/postgres", func(t *testing.T) {
		db := take(t, servers["postgres"])
		hears(t, store{binary: binary, driver: db.driver, dsn: db.dsn, namespace: "notified", deadline: patience}, effort)
	})
	// The group ends before what it uses is cleaned up.
	t.Run("harm", func(t *testing.T) {
		t.Run("embedded", func(t *testing.T) {
			t.Parallel()
			killProgram(t, store{binary: binary, driver: "embedded", dsn: filepath.Join(t.TempDir(), "schemaside.db"), deadline: patience}, nil, effort)
		})
		for _, e := range engines() {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				db := take(t, servers[e.name])
				at := store{binary: binary, driver: e.driver, dsn: db.dsn, deadline: patience}
				for _, c := range cases() {
					at.namespace = c.name
					t.Run(c.name, func(t *testing.T) { c.run(t, at, db, effort) })
				}
			})
		}
	})
}

// testCase is a kind of harm. The cases of one server run one after the other.
type testCase struct {
	name string
	run  func(t *testing.T, at store, db *server, e effort)
}

func cases() []testCase {
	return []testCase{
		{"replicas", replicas},
		{"program_killed", killProgram},
		{"server_hangs", serverHangs},
		{"server_gone", serverGone},
		{"server_killed", killServer},
	}
}

// startServers starts one server of each kind, at the same time.
func startServers(t *testing.T) map[string]started {
	t.Helper()
	var mu sync.Mutex
	var starting sync.WaitGroup
	all := map[string]started{}
	for _, e := range engines() {
		dir := folderOf(t)
		starting.Go(func() {
			s, err := startServer(t.Context(), e, dir)
			mu.Lock()
			defer mu.Unlock()
			all[e.name] = started{s, err}
		})
	}
	starting.Wait()
	for _, s := range all {
		if s.server != nil {
			t.Cleanup(func() {
				s.server.resume()
				s.server.kill()
			})
		}
	}
	return all
}

// take returns the server, or skips the test.
func take(t *testing.T, s started) *server {
	t.Helper()
	switch {
	case errors.Is(s.err, errNotInstalled) && !required():
		t.Skip(s.err)
	case s.err != nil:
		t.Fatal(s.err)
	}
	return s.server
}
