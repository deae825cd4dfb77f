// Package services hands tests a database of their own on the servers that `make services` provides.
//
// The variables SCHEMASIDE_TEST_POSTGRES_DSN, SCHEMASIDE_TEST_MYSQL_DSN and SCHEMASIDE_TEST_MARIADB_DSN name the
// servers, by an account that may create databases. A test is skipped when its server isn't named, or fails when
// SCHEMASIDE_TEST_REQUIRE_SERVICES is set.
package services

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// cleanupTime bounds the removal of a database: the context of the test has ended by then.
const cleanupTime = 20 * time.Second

// Postgres returns the DSN of an empty database on PostgreSQL, which is gone after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	server, name := dsn(t, "SCHEMASIDE_TEST_POSTGRES_DSN"), databaseName()
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal("SCHEMASIDE_TEST_POSTGRES_DSN: want a URL")
	}
	run := func(ctx context.Context, statement string) error {
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, statement)
		return errors.Join(err, conn.Close(ctx))
	}
	own(t, run, "CREATE DATABASE "+name, "DROP DATABASE "+name+" WITH (FORCE)")
	address.Path = "/" + name
	return address.String()
}

// MySQL returns the DSN of an empty database on MySQL, which is gone after the test.
func MySQL(t testing.TB) string {
	t.Helper()
	return mysqlDatabase(t, "SCHEMASIDE_TEST_MYSQL_DSN")
}

// MariaDB returns the DSN of an empty database on MariaDB, which is gone after the test.
func MariaDB(t testing.TB) string {
	t.Helper()
	return mysqlDatabase(t, "SCHEMASIDE_TEST_MARIADB_DSN")
}

func mysqlDatabase(t testing.TB, variable string) string {
	t.Helper()
	server, name := dsn(t, variable), databaseName()
	config, err := mysql.ParseDSN(server)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	run := func(ctx context.Context, statement string) error {
		db, err := sql.Open("mysql", server)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, statement)
		return errors.Join(err, db.Close())
	}
	own(t, run, "CREATE DATABASE "+name, "DROP DATABASE "+name)
	config.DBName = name
	return config.FormatDSN()
}

// own runs create now and drop after the test.
func own(t testing.TB, run func(ctx context.Context, statement string) error, create, drop string) {
	t.Helper()
	if err := run(t.Context(), create); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
		defer cancel()
		if err := run(ctx, drop); err != nil {
			t.Errorf("drop a database: %v", err)
		}
	})
}

func dsn(t testing.TB, variable string) string {
	t.Helper()
	value := os.Getenv(variable)
	switch {
	case value != "":
		return value
	case os.Getenv("SCHEMASIDE_TEST_REQUIRE_SERVICES") != "":
		t.Fatalf("%s is not set", variable)
	default:
		t.Skipf("%s is not set: `make services` starts a server and tells its DSN", variable)
	}
	return ""
}

// databaseName is a name that needs no quotes.
func databaseName() string { return "test_" + strings.ToLower(rand.Text()) }
