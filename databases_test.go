package main

import (
	"bytes"
	"strings"
	"testing"

	"schemaside/conformance/services"
)

// databases are the drivers with the servers that they are tested on.
func databases() []struct {
	driver, server string
	dsn            func(testing.TB) string
} {
	return []struct {
		driver, server string
		dsn            func(testing.TB) string
	}{
		{driverPostgres, "PostgreSQL", services.Postgres}, {driverMySQL, "MySQL", services.MySQL}, {driverMySQL, "MariaDB", services.MariaDB},
	}
}

// TestDatabases goes the way of an operator: look, migrate, serve, start again, restore.
func TestDatabases(t *testing.T) {
	t.Parallel()
	for _, d := range databases() {
		t.Run(d.server, func(t *testing.T) {
			t.Parallel()
			flags := []string{"--storage=" + d.driver, "--dsn", d.dsn(t)}
			command := func(want string, code int, args ...string) {
				t.Helper()
				var stdout, stderr bytes.Buffer
				got := run(t.Context(), append(args, flags...), nil, &stdout, &stderr)
				if text := stdout.String() + stderr.String(); got != code || !strings.Contains(text, want) {
					t.Errorf("%q: exit code %d, %s, want %d, %s", args, got, text, code, want)
				}
			}
			command("0001 registry: pending", 0, "migrate", "--status")
			command("run `schemaside migrate`", 1, "serve", "--listen", "127.0.0.1:0", "--storage-migrate", "false")
			command("0001 registry: pending", 0, "migrate", "--dry-run")
			command("0001 registry: applied 20", 0, "migrate")
			command("the tables are up to date", 0, "migrate")
			command("0001 registry: applied 20", 0, "migrate", "--status")
			command("", 0, "migrate", "--dry-run")
			command("no registry of the namespace", 1, "check", "--restored")

			const schema = `{"schema":"{\"type\":\"fixed\",\"name\":\"F\",\"size\":8}"}`
			serve := append([]string{"--listen", "127.0.0.1:0", "--storage-migrate", "false"}, flags...)
			first := start(t, nil, serve...)
			if status, body := ask(t, "POST", first.url+"/subjects/:.team:orders/versions", schema); status != 200 {
				t.Fatalf("register: %d %s", status, body)
			}
			second := start(t, nil, serve...)
			if status, body := ask(t, "GET", second.url+"/schemas/ids/1?subject=:.team:orders", ""); status != 200 || !strings.Contains(body, "fixed") {
				t.Errorf("the other process: %d %s", status, body)
			}
			apart := start(t, nil, append(serve, "--storage-namespace", "apart")...)
			if status, body := ask(t, "GET", apart.url+"/contexts", ""); status != 200 || body != `["."]` {
				t.Errorf("another namespace: %d %s", status, body)
			}
			command("the epoch of the registry default is renewed", 0, "check", "--restored")
		})
	}
}
