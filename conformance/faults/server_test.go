package faults

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
)

// engine is a kind of database server.
type engine struct {
	// name is what deploy/services.sh calls it; driver is the storage.driver for it.
	name, driver string
	// countClients counts the connections of the registry.
	countClients string
	// stop is the signal that ends it without harm.
	stop syscall.Signal
}

func engines() []engine {
	const mysqlClients = `SELECT count(*) FROM information_schema.processlist WHERE db = 'schemaside'`
	return []engine{
		{"postgres", "postgres", `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schemaside'`, syscall.SIGINT},
		{"mariadb", "mysql", mysqlClients, syscall.SIGTERM},
		{"mysql", "mysql", mysqlClients, syscall.SIGTERM},
	}
}

// server is a private database server, whose processes the test may stop and kill.
type server struct {
	engine

	dsn string
	pid int
	// argv, folder and owner start it again as it was started first.
	argv   []string
	folder string
	owner  *syscall.Credential
	dir    string
}

// errNotInstalled tells that a test has no server to harm.
var errNotInstalled = errors.New("not installed: `make services` installs it")

// required tells whether what is missing must be installed, and its absence is a failure.
func required() bool { return os.Getenv("SCHEMASIDE_TEST_REQUIRE_SERVICES") != "" }

// startServer starts a server from nothing, with its data in dir.
func startServer(ctx context.Context, e engine, dir string) (*server, error) {
	cmd := exec.CommandContext(ctx, "../../deploy/services.sh", "up")
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "SCHEMASIDE_TEST_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "SCHEMASIDE_TEST_SERVICES="+e.name, "SCHEMASIDE_TEST_SERVICES_DIR="+dir, "SCHEMASIDE_TEST_SERVICES_PRIVATE=1")
	if !required() {
		cmd.Env = append(cmd.Env, "SCHEMASIDE_TEST_SERVICES_INSTALLED=1")
	}
	// A file rather than a pipe: the server would hold a pipe open.
	log, err := os.Create(filepath.Join(dir, "up.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 3 {
			return nil, errNotInstalled
		}
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("start %s: %w: %s", e.name, err, text)
	}
	return findServer(e, dir)
}

// findServer reads who the server is from the files that it was started with.
func findServer(e engine, dir string) (*server, error) {
	home := filepath.Join(dir, e.name)
	pidFile := filepath.Join(home, "pid")
	if e.name == "postgres" {
		pidFile = filepath.Join(home, "data", "postmaster.pid")
	}
	dsn, err := os.ReadFile(filepath.Join(home, "dsn"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	s := &server{engine: e, dir: home, dsn: strings.TrimSpace(string(dsn))}
	if s.pid, err = strconv.Atoi(first); err != nil {
		return nil, fmt.Errorf("%s: %w", pidFile, err)
	}
	proc := fmt.Sprintf("/proc/%d/", s.pid)
	command, err := os.ReadFile(proc + "cmdline")
	if err != nil {
		return nil, err
	}
	s.argv = strings.Split(strings.TrimRight(string(command), "\x00"), "\x00")
	if s.folder, err = os.Readlink(proc + "cwd"); err != nil {
		return nil, err
	}
	status, err := os.Stat(proc)
	if err != nil {
		return nil, err
	}
	if owner, ok := status.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		s.owner = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	return s, nil
}

// kill ends the server as a crash does, and waits until its processes are gone.
func (s *server) kill() { s.end(syscall.SIGKILL) }

// shutdown ends the server without harm.
func (s *server) shutdown() { s.end(s.stop) }

func (s *server) end(sig syscall.Signal) {
	if gone(s.pid) {
		return
	}
	all := s.processes()
	_ = syscall.Kill(s.pid, sig)
	for _, pid := range all {
		for !gone(pid) {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// pause stops all processes of the server, so that it takes connections and answers nothing.
func (s *server) pause() {
	for known := 0; ; {
		all := s.processes()
		for _, pid := range all {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		if len(all) == known && allStopped(all) {
			return
		}
		known = len(all)
	}
}

// allStopped tells whether no thread of the processes runs any more: a signal takes a while to arrive.
func allStopped(processes []int) bool {
	for _, pid := range processes {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, path := range threads {
			if state, _ := stateIn(path); state != 'T' && state != 0 {
				return false
			}
		}
	}
	return true
}

func (s *server) resume() {
	for _, pid := range s.processes() {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
}

// again starts a server that has ended, with the data that it has left, and waits until it answers.
func (s *server) again(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(s.dir, "again.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.argv[0], s.argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.folder, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.owner}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.pid = cmd.Process.Pid
	go func() { _ = cmd.Wait() }()
	return s.answers(ctx)
}

// answers waits until the server answers.
func (s *server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		_, err := s.clients(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s doesn't answer: %w", s.name, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// open opens the server to ask for what no registry tells.
func (s *server) open() (*sql.DB, error) {
	if s.driver == "postgres" {
		return sql.Open("pgx", s.dsn)
	}
	config, err := mysql.ParseDSN(s.dsn)
	if err != nil {
		return nil, err
	}
	config.Logger = &mysql.NopLogger{}
	// The registry's connections are those to its database.
	config.DBName = ""
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// clients counts the connections of the registry, as the server sees them.
func (s *server) clients(ctx context.Context) (int, error) {
	db, err := s.open()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var n int
	err = db.QueryRowContext(ctx, s.countClients).Scan(&n)
	return n, err
}

// processes are the server's process and those that it has started.
func (s *server) processes() []int {
	parents := map[int]int{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			_, parents[pid] = stateOf(pid)
		}
	}
	all := []int{s.pid}
	for pid, parent := range parents {
		if parent == s.pid {
			all = append(all, pid)
		}
	}
	return all
}

// gone tells whether a process has ended, be it that nobody has asked for its status yet.
func gone(pid int) bool {
	state, _ := stateOf(pid)
	return state == 0 || state == 'Z' || state == 'X'
}

// stateOf returns the state of a process and its parent; 0 when there is none.
func stateOf(pid int) (state byte, parent int) { return stateIn(fmt.Sprintf("/proc/%d/stat", pid)) }

func stateIn(path string) (state byte, parent int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, 0
	}
	// The name, in brackets, may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(string(fields[1]))
	return fields[0][0], parent
}

// folderOf makes a folder that an unprivileged server may look into, until the test ends.
func folderOf(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "schemaside-faults-") //nolint:usetesting // that of t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
