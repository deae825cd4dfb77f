package relational

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"schemaside/storage"
)

// Migration is one numbered file.
type Migration struct {
	Number   int
	Name     string
	Text     string
	Checksum string
	// Oldest is the number of the last migration that a binary must know to work with this one: what is expanded now may
	// be contracted once no older binary is left.
	Oldest int
}

// Applied is a migration as its database has recorded it.
type Applied struct {
	Number   int
	Name     string
	Checksum string
	Oldest   int
	At       time.Time
}

var (
	errChecksum = errors.New("the database was migrated by another text of this migration: use the schemaside that did it, or one that carries the same")
	errTooOld   = errors.New("the database was migrated by a newer schemaside and doesn't work with this one: use a newer schemaside")
	errPending  = errors.New("the database lacks migrations: run `schemaside migrate`, or set storage.migrate")
)

// ReadMigrations reads the files of a folder, 0001_name.sql and so on, without a gap. The first line of each is
// `-- oldest: N`.
func ReadMigrations(files fs.FS, folder string) ([]Migration, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	names := regexp.MustCompile(`^(\d{4})_(\w+)\.sql$`)
	header := regexp.MustCompile(`^-- oldest: (\d+)\n`)
	var all []Migration
	for _, entry := range entries {
		text, err := fs.ReadFile(files, path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		name, first := names.FindStringSubmatch(entry.Name()), header.FindSubmatch(text)
		if name == nil || first == nil {
			return nil, fmt.Errorf("migration %s: want NNNN_name.sql that begins with -- oldest: N", entry.Name())
		}
		number, _ := strconv.Atoi(name[1])
		oldest, err := strconv.Atoi(string(first[1]))
		if err != nil || number != len(all)+1 || oldest > number {
			return nil, fmt.Errorf("migration %s: want the number %d, and no greater one as the oldest", entry.Name(), len(all)+1)
		}
		sum := sha256.Sum256(text)
		all = append(all, Migration{Number: number, Name: name[2], Text: string(text), Checksum: hex.EncodeToString(sum[:]), Oldest: oldest})
	}
	return all, nil
}

// Statements splits a text at the lines that end in a semicolon, for databases that take one statement at a time.
func (m Migration) Statements() []string {
	var all []string
	for part := range strings.SplitSeq(m.Text, ";\n") {
		if strings.TrimSpace(part) != "" {
			all = append(all, part)
		}
	}
	return all
}

// Pending returns the migrations that a database lacks. An error tells why a binary that knows these migrations must
// not use the database.
func Pending(known []Migration, applied []Applied) ([]Migration, error) {
	for i, a := range applied {
		switch {
		case a.Number != i+1:
			return nil, fmt.Errorf("migration %d is not recorded in the database, but %d is: restore the table of migrations", i+1, a.Number)
		case i >= len(known) && a.Oldest > len(known):
			return nil, fmt.Errorf("%w: migration %d wants one that knows migration %d, this one knows %d", errTooOld, a.Number, a.Oldest, len(known))
		case i < len(known) && a.Checksum != known[i].Checksum:
			return nil, fmt.Errorf("migration %d (%s): %w", a.Number, a.Name, errChecksum)
		}
	}
	return known[min(len(applied), len(known)):], nil
}

// Status tells all migrations that either side knows of.
func Status(known []Migration, applied []Applied) []storage.Migration {
	var all []storage.Migration
	for _, a := range applied {
		all = append(all, storage.Migration{Number: a.Number, Name: a.Name, Applied: a.At})
	}
	for _, m := range known[min(len(applied), len(known)):] {
		all = append(all, storage.Migration{Number: m.Number, Name: m.Name})
	}
	return all
}

// Migrator is a database that may be migrated.
type Migrator interface {
	// Applied returns what is recorded, by number. It writes nothing; where there is no record, there are none.
	Applied(ctx context.Context) ([]Applied, error)
	// Locked runs f while no other process migrates. f is handed what applies one migration and records it.
	Locked(ctx context.Context, f func(ctx context.Context, m Migrator, apply func(context.Context, Migration) error) error) error
}

// Migrate applies what is pending, under the lock, and returns it. It writes nothing, and takes no lock, when nothing is.
func Migrate(ctx context.Context, m Migrator, known []Migration) ([]storage.Migration, error) {
	if pending, err := pendingOf(ctx, m, known); err != nil || len(pending) == 0 {
		return nil, err
	}
	var done []storage.Migration
	err := m.Locked(ctx, func(ctx context.Context, m Migrator, apply func(context.Context, Migration) error) error {
		pending, err := pendingOf(ctx, m, known)
		if err != nil {
			return err
		}
		for _, migration := range pending {
			if err := apply(ctx, migration); err != nil {
				return fmt.Errorf("migration %d (%s): %w", migration.Number, migration.Name, err)
			}
			done = append(done, storage.Migration{Number: migration.Number, Name: migration.Name, Applied: time.Now()})
		}
		return nil
	})
	return done, err
}

// Migrated fails unless nothing is pending.
func Migrated(ctx context.Context, m Migrator, known []Migration) error {
	pending, err := pendingOf(ctx, m, known)
	if err == nil && len(pending) > 0 {
		err = fmt.Errorf("%w: %d (%s) is the first", errPending, pending[0].Number, pending[0].Name)
	}
	return err
}

func pendingOf(ctx context.Context, m Migrator, known []Migration) ([]Migration, error) {
	applied, err := m.Applied(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return Pending(known, applied)
}
