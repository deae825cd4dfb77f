package postgres

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func migrations() ([]relational.Migration, error) {
	return relational.ReadMigrations(migrationFiles, "migrations")
}

const (
	selectMigrationsTable = `SELECT to_regclass('schemaside_migrations') IS NOT NULL`

	createMigrationsTable = `CREATE TABLE IF NOT EXISTS schemaside_migrations (
		number      integer     PRIMARY KEY,
		name        text        NOT NULL,
		checksum    text        NOT NULL,
		oldest      integer     NOT NULL,
		applied_at  timestamptz NOT NULL
	)`

	selectMigrations = `SELECT number, name, checksum, oldest, applied_at FROM schemaside_migrations ORDER BY number`

	insertMigration = `INSERT INTO schemaside_migrations (number, name, checksum, oldest, applied_at) VALUES ($1, $2, $3, $4, now())`

	// lockMigrations holds until the transaction ends. The number is that of nobody else.
	lockMigrations = `SELECT pg_advisory_xact_lock(7234850912776643)`
)

// Migrate applies what the database lacks, and returns it.
func Migrate(ctx context.Context, o Options) ([]storage.Migration, error) {
	var done []storage.Migration
	err := withMigrator(ctx, o, func(m migrator, known []relational.Migration) (err error) {
		done, err = relational.Migrate(ctx, m, known)
		return err
	})
	return done, err
}

// Migrations returns all migrations, those that the database lacks with no time. It writes nothing. An error tells why
// this binary and the database don't fit.
func Migrations(ctx context.Context, o Options) ([]storage.Migration, error) {
	var all []storage.Migration
	err := withMigrator(ctx, o, func(m migrator, known []relational.Migration) error {
		applied, err := m.Applied(ctx)
		if err != nil {
			return err
		}
		all = relational.Status(known, applied)
		_, err = relational.Pending(known, applied)
		return err
	})
	return all, err
}

func withMigrator(ctx context.Context, o Options, f func(migrator, []relational.Migration) error) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	known, err := migrations()
	if err != nil {
		return err
	}
	pool, err := connect(ctx, o)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := f(migrator{pool}, known); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}

// connection is a pool, or a transaction.
type connection interface {
	QueryRow(ctx context.Context, statement string, args ...any) pgx.Row
	Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error)
}

// migrator implements relational.Migrator over a pool.
type migrator struct{ connection }

// Applied implements relational.Migrator.
func (m migrator) Applied(ctx context.Context) ([]relational.Applied, error) {
	there := false
	if err := m.QueryRow(ctx, selectMigrationsTable).Scan(&there); err != nil || !there {
		return nil, err
	}
	rows, err := m.Query(ctx, selectMigrations)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a relational.Applied, err error) {
		var at time.Time
		err = row.Scan(&a.Number, &a.Name, &a.Checksum, &a.Oldest, &at)
		a.At = at.UTC()
		return a, err
	})
}

// Locked implements relational.Migrator. All that f applies is one transaction.
func (m migrator) Locked(ctx context.Context, f func(context.Context, relational.Migrator, func(context.Context, relational.Migration) error) error) error {
	pool, ok := m.connection.(*pgxpool.Pool)
	if !ok {
		return fmt.Errorf("a transaction can't be locked again")
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockMigrations); err != nil {
			return fmt.Errorf("wait for another schemaside that migrates: %w", err)
		}
		if _, err := tx.Exec(ctx, createMigrationsTable); err != nil {
			return err
		}
		return f(ctx, migrator{tx}, func(ctx context.Context, migration relational.Migration) error {
			// The simple protocol takes a file of many statements as it is.
			if _, err := tx.Conn().PgConn().Exec(ctx, migration.Text).ReadAll(); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, insertMigration, migration.Number, migration.Name, migration.Checksum, migration.Oldest)
			return err
		})
	})
}
