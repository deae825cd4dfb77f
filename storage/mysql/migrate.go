package mysql

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func migrations() ([]relational.Migration, error) {
	return relational.ReadMigrations(migrationFiles, "migrations")
}

const (
	selectMigrationsTable = `SELECT count(*) > 0 FROM information_schema.tables
		WHERE table_schema = database() AND table_name = 'schemaside_migrations'`

	createMigrationsTable = `CREATE TABLE IF NOT EXISTS schemaside_migrations (
		number      INT            NOT NULL,
		name        VARBINARY(255) NOT NULL,
		checksum    VARBINARY(64)  NOT NULL,
		oldest      INT            NOT NULL,
		applied_at  DATETIME       NOT NULL,
		PRIMARY KEY (number)
	) ENGINE = InnoDB`

	selectMigrations = `SELECT number, name, checksum, oldest, date_format(applied_at, '%Y-%m-%dT%H:%i:%sZ')
		FROM schemaside_migrations ORDER BY number`

	insertMigration = `INSERT INTO schemaside_migrations (number, name, checksum, oldest, applied_at) VALUES (?, ?, ?, ?, utc_timestamp())`

	// lockMigrations waits for a second: MySQL and MariaDB differ in how to wait for ever. The lock is the server's, so its
	// name carries that of the database.
	lockMigrations = `SELECT coalesce(get_lock(concat('schemaside.', md5(database())), 1), 0)`

	unlockMigrations = `DO release_lock(concat('schemaside.', md5(database())))`
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
	db, err := connect(ctx, o)
	if err != nil {
		return err
	}
	if err = f(migrator{connection: db, db: db}, known); err != nil {
		err = fmt.Errorf("mysql: %w", err)
	}
	return errors.Join(err, db.Close())
}

// connection is a pool, or one connection of it.
type connection interface {
	QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
}

// migrator implements relational.Migrator.
type migrator struct {
	connection

	db *sql.DB
}

// Applied implements relational.Migrator.
func (m migrator) Applied(ctx context.Context) ([]relational.Applied, error) {
	there := false
	if err := m.QueryRowContext(ctx, selectMigrationsTable).Scan(&there); err != nil || !there {
		return nil, err
	}
	rows, err := m.QueryContext(ctx, selectMigrations)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []relational.Applied
	for rows.Next() {
		var a relational.Applied
		var at string
		if err := rows.Scan(&a.Number, &a.Name, &a.Checksum, &a.Oldest, &at); err != nil {
			return nil, err
		}
		if a.At, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// Locked implements relational.Migrator. The lock belongs to one connection, which does all the work. MySQL commits each
// statement of a migration at once; one that was left unfinished is not recorded, and is applied again.
func (m migrator) Locked(ctx context.Context, f func(context.Context, relational.Migrator, func(context.Context, relational.Migration) error) error) error {
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for got := false; !got; {
		if err := conn.QueryRowContext(ctx, lockMigrations).Scan(&got); err != nil {
			return fmt.Errorf("wait for another schemaside that migrates: %w", err)
		}
	}
	err = migrateOn(ctx, conn, m.db, f)
	_, unlocked := conn.ExecContext(ctx, unlockMigrations)
	return errors.Join(err, unlocked)
}

func migrateOn(ctx context.Context, conn *sql.Conn, db *sql.DB, f func(context.Context, relational.Migrator, func(context.Context, relational.Migration) error) error) error {
	if _, err := conn.ExecContext(ctx, createMigrationsTable); err != nil {
		return err
	}
	return f(ctx, migrator{connection: conn, db: db}, func(ctx context.Context, migration relational.Migration) error {
		for _, statement := range migration.Statements() {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		_, err := conn.ExecContext(ctx, insertMigration, migration.Number, migration.Name, migration.Checksum, migration.Oldest)
		return err
	})
}
