package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"schemaside/config"
	"schemaside/storage"
	"schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

// migrateFlags are the flags of migrate that are no keys of the configuration.
type migrateFlags struct {
	dryRun, status bool
}

// migrate brings the tables of a database up to date, or tells what is there and what is missing. Other stores are
// refused: they have no tables.
func migrate(ctx context.Context, s config.Storage, flags migrateFlags, stdout io.Writer) error {
	apply, list, err := migrations(s)
	if err != nil {
		return err
	}
	if flags.dryRun || flags.status {
		all, err := list(ctx)
		for _, m := range all {
			if flags.status || m.Applied.IsZero() {
				printMigration(stdout, m)
			}
		}
		return err
	}
	done, err := apply(ctx)
	for _, m := range done {
		printMigration(stdout, m)
	}
	if err == nil && len(done) == 0 {
		fmt.Fprintln(stdout, "the tables are up to date")
	}
	return err
}

func printMigration(w io.Writer, m storage.Migration) {
	state := "pending"
	if !m.Applied.IsZero() {
		state = "applied " + m.Applied.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(w, "%04d %s: %s\n", m.Number, m.Name, state)
}

// migrations are what applies the migrations of a store's database, and what lists them without writing.
func migrations(s config.Storage) (apply, list func(context.Context) ([]storage.Migration, error), err error) {
	switch s.Driver {
	case driverPostgres:
		o := postgresOptions(s)
		return func(ctx context.Context) ([]storage.Migration, error) { return postgres.Migrate(ctx, o) },
			func(ctx context.Context) ([]storage.Migration, error) { return postgres.Migrations(ctx, o) }, needDSN(s)
	case driverMySQL:
		o := mysqlOptions(s)
		return func(ctx context.Context) ([]storage.Migration, error) { return mysql.Migrate(ctx, o) },
			func(ctx context.Context) ([]storage.Migration, error) { return mysql.Migrations(ctx, o) }, needDSN(s)
	default:
		return nil, nil, &usageError{fmt.Errorf("migrate: the %s store has no tables that could be old; migrate is for postgres and mysql", s.Driver)}
	}
}
