package mysql_test

import (
	"crypto/rand"
	"testing"

	"schemaside/conformance/services"
	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/mysql"
)

// server is one of the servers that the driver is for.
type server struct {
	name string
	// dsn returns the DSN of a database of the test's own.
	dsn func(t testing.TB) string
}

func servers() []server {
	return []server{{"MySQL", services.MySQL}, {"MariaDB", services.MariaDB}}
}

// onEach runs a test on each server.
func onEach(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, s.dsn(t))
		})
	}
}

// open opens a store of a fresh namespace.
func open(t *testing.T, o mysql.Options) *mysql.Store {
	t.Helper()
	if o.Namespace == "" {
		o.Namespace = rand.Text()
	}
	s, err := mysql.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// suite runs the suite over a pool of so many connections.
func suite(connections int) func(t *testing.T, dsn string) {
	return func(t *testing.T, dsn string) {
		t.Helper()
		storagetest.Run(t, func(t *testing.T) storage.Store {
			t.Helper()
			return open(t, mysql.Options{DSN: dsn, Connections: connections})
		})
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	onEach(t, suite(8))
}

// TestPoolOfOne runs the suite with a single connection: no call may hold one while it asks for another.
func TestPoolOfOne(t *testing.T) {
	t.Parallel()
	onEach(t, suite(1))
}
