package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// The stores that --storage names; mariadb is the mysql driver on another server.
const (
	storeMemory   = "memory"
	storeEmbedded = "embedded"
	storePostgres = "postgres"
	storeMySQL    = "mysql"
	storeMariaDB  = "mariadb"
)

// store is what a schemaside is started on.
type store struct{ Name, DSN string }

func (s store) driver() string {
	if s.Name == storeMariaDB {
		return storeMySQL
	}
	return s.Name
}

func (s store) hasServer() bool { return s.Name != storeMemory && s.Name != storeEmbedded }

// namedStores are the stores of the flags, each once. Memory comes first in any case: the others are compared with it.
func namedStores(names, dsns []string) ([]store, error) {
	stores := []store{{Name: storeMemory}}
	for _, name := range names {
		if !slices.ContainsFunc(stores, func(s store) bool { return s.Name == name }) {
			stores = append(stores, store{Name: name})
		}
	}
	for _, dsn := range dsns {
		if err := giveDSN(stores, dsn); err != nil {
			return nil, err
		}
	}
	return stores, nil
}

// giveDSN gives a DSN to the store that it names, NAME=DSN, or to the only one that has a server.
func giveDSN(stores []store, dsn string) error {
	var servers []*store
	for i := range stores {
		if s := &stores[i]; s.hasServer() {
			if rest, ok := strings.CutPrefix(dsn, s.Name+"="); ok {
				s.DSN = rest
				return nil
			}
			servers = append(servers, s)
		}
	}
	// The DSN may hold a password: it isn't repeated.
	switch len(servers) {
	case 0:
		return errors.New("--dsn: none of the stores of --storage has a server")
	case 1:
		servers[0].DSN = dsn
		return nil
	default:
		return errors.New("--dsn: which store is it for? Write NAME=DSN")
	}
}

// compareStores measures each store against memory.
func compareStores(ctx context.Context, o options, folder string, stderr io.Writer) (*storesReport, error) {
	stores, err := namedStores(o.Storage, o.DSN)
	if err != nil {
		return nil, err
	}
	release, err := borrowServers(ctx, stores, stderr)
	defer release()
	if err != nil {
		return nil, err
	}
	var group group
	defer group.stop()
	if err := ensureBinary(ctx, &o, folder, stderr); err != nil {
		return nil, err
	}
	hot, err := startStores(ctx, &group, o, stores, filepath.Join(folder, "hot.db"))
	if err != nil {
		return nil, err
	}
	lookups, err := measureFilled(ctx, o, hot, stderr)
	if err != nil {
		return nil, err
	}
	cold := o
	cold.ServeArgs = append(slices.Clone(o.ServeArgs), "--cache-enabled=false")
	cold.Rate = 0
	uncached, err := startStores(ctx, &group, cold, stores, filepath.Join(folder, "cold.db"))
	if err != nil {
		return nil, err
	}
	misses, err := measureFilled(ctx, cold, uncached, stderr)
	if err != nil {
		return nil, err
	}
	for _, l := range misses {
		l.Work += ", no cache"
		lookups = append(lookups, l)
	}
	registrations, err := measureRegistrations(ctx, o, hot, stderr)
	if err != nil {
		return nil, err
	}
	growth, err := measureGrowth(ctx, o, hot, stderr)
	if err != nil {
		return nil, err
	}
	return &storesReport{Lookups: lookups, Registrations: registrations, Growth: growth}, nil
}

// measureFilled drives lookups of the schemas that it registers first.
func measureFilled(ctx context.Context, o options, targets []*target, stderr io.Writer) ([]Line, error) {
	for _, t := range targets {
		progress(stderr, "filling "+t.Name)
		if err := t.fill(ctx, o); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	r, err := measure(ctx, o, targets, stderr)
	if err != nil {
		return nil, err
	}
	return r.lines(), nil
}

// startStores starts a schemaside on each store, in a namespace or a file that nobody else uses.
func startStores(ctx context.Context, g *group, o options, stores []store, file string) ([]*target, error) {
	targets := make([]*target, len(stores))
	for i, s := range stores {
		addr, err := freeAddr(ctx)
		if err != nil {
			return nil, err
		}
		args := []string{"serve", "--storage", s.driver(), "--listen", addr}
		cmd := exec.CommandContext(ctx, o.Binary, append(args, o.ServeArgs...)...) //nolint:gosec // the user names the binary
		// Many writers of one context wait for each other: on a slow disk longer than clients usually would.
		cmd.Env = append(os.Environ(), "SCHEMASIDE_STORAGE_DEADLINE=30s")
		switch {
		case s.Name == storeEmbedded:
			cmd.Env = append(cmd.Env, "SCHEMASIDE_STORAGE_DSN="+file)
		case s.hasServer():
			// In the environment, where other users of the machine can't read it.
			cmd.Env = append(cmd.Env, "SCHEMASIDE_STORAGE_DSN="+s.DSN, "SCHEMASIDE_STORAGE_NAMESPACE=bench-"+rand.Text())
		}
		if err := g.launch(ctx, addr, cmd); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		targets[i] = &target{Name: s.Name, addr: addr, host: addr, contexts: o.Contexts[0]}
	}
	return targets, nil
}

// borrowServers fills in the DSNs that are missing, by way of deploy/services.sh, which starts servers and stops them again
// after release was called, or after the end of this process.
func borrowServers(ctx context.Context, stores []store, stderr io.Writer) (release func(), err error) {
	var missing []*store
	var names, variables []string
	for i := range stores {
		if s := &stores[i]; s.hasServer() && s.DSN == "" {
			missing = append(missing, s)
			names = append(names, s.Name)
			variables = append(variables, "SCHEMASIDE_TEST_"+strings.ToUpper(s.Name)+"_DSN")
		}
	}
	if len(missing) == 0 {
		return func() {}, nil
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "schemaside").Output()
	if err != nil {
		return func() {}, fmt.Errorf("no --dsn for %s, and no source with deploy/services.sh around the current folder: %w", strings.Join(names, ", "), err)
	}
	script := filepath.Join(strings.TrimSpace(string(root)), "deploy", "services.sh")
	// The script runs a command that tells the DSNs and waits for the end of its input. It isn't killed, so that it can tidy up.
	args := append([]string{"run", "sh", "-c", `printenv "$@"; exec cat >/dev/null`, "sh"}, variables...)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), script, args...) //nolint:gosec // it is the project's own
	cmd.Env = append(os.Environ(), "SCHEMASIDE_TEST_SERVICES="+strings.Join(names, " "))
	cmd.Stderr = stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return func() {}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return func() {}, err
	}
	if err := cmd.Start(); err != nil {
		return func() {}, err
	}
	release = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	lines := bufio.NewScanner(out)
	for _, s := range missing {
		if !lines.Scan() {
			return release, fmt.Errorf("deploy/services.sh gave no %s", s.Name)
		}
		s.DSN = lines.Text()
	}
	return release, ctx.Err()
}
