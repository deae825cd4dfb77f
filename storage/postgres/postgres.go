// Package postgres keeps the rows of a registry in PostgreSQL 14 or newer.
//
// A read is one statement. A commit is one, too: its first step moves the head's row if it is still at the revision that
// the commit was decided on, and everything else depends on that (commit.sql). The package knows no rules of a registry.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

// Options are what a Store is opened with.
type Options struct {
	// DSN is a URL or key/value pairs, as libpq takes them; pool_max_conns and its like bound the pool.
	DSN string
	// Namespace keeps several registries in one database apart; empty means "default".
	Namespace string
	// Connections bounds the pool, the listening connection aside; 0 leaves that to the DSN.
	Connections int
	// Deadline bounds calls whose caller sets none; 0 means 10 s.
	Deadline time.Duration
	// NoMigrations refuses a database that lacks migrations, rather than to apply them.
	NoMigrations bool
	// Tracer, if set, is told of every statement.
	Tracer pgx.QueryTracer
}

// maxNamespace bounds a namespace as the tables of the other databases do.
const maxNamespace = 64

func (o Options) withDefaults() (Options, error) {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Deadline <= 0 {
		o.Deadline = 10 * time.Second
	}
	if len(o.Namespace) > maxNamespace || !storage.ValidContext(o.Namespace) {
		return o, fmt.Errorf("postgres: namespace %.80q: want at most %d bytes of text", o.Namespace, maxNamespace)
	}
	return o, nil
}

// Store implements storage.Store and storage.Notifier.
type Store struct {
	relational.Reader

	pool      *pgxpool.Pool
	life      *relational.Life
	announcer *announcer
	listener  *pgx.ConnConfig
	sender    string
	running   sync.WaitGroup
}

var (
	_ storage.Store    = (*Store)(nil)
	_ storage.Notifier = (*Store)(nil)
)

// Open connects, migrates the database if it may, and makes the registry of the namespace if it isn't there. It tries
// as long as ctx lasts to reach a server that is away. On a database that is up to date it writes nothing.
func Open(ctx context.Context, o Options) (*Store, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	pool, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{
		pool: pool, life: relational.NewLife(o.Deadline), announcer: newAnnouncer(), sender: rand.Text(),
		listener: pool.Config().ConnConfig.Copy(),
	}
	s.Reader = relational.Reader{Database: s, Reads: reads(), Namespace: o.Namespace}
	if err := s.prepare(ctx, o.NoMigrations); err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s.running.Go(s.announce)
	return s, nil
}

// connect returns a pool that has reached its server.
func connect(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return nil, errors.New("postgres: the DSN is neither a URL nor key/value pairs that libpq would take") // the error shows parts of the DSN
	}
	if o.Connections > 0 {
		config.MaxConns = int32(min(o.Connections, 10_000))
		config.MinConns = min(config.MinConns, config.MaxConns)
	}
	if config.ConnConfig.ConnectTimeout <= 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if _, named := config.ConnConfig.RuntimeParams["application_name"]; !named {
		config.ConnConfig.RuntimeParams["application_name"] = "schemaside"
	}
	config.ConnConfig.DialFunc = briefly(config.ConnConfig.DialFunc, config.ConnConfig.ConnectTimeout)
	config.ConnConfig.Tracer = o.Tracer
	// A read on a dead connection is tried on another one, which is cheaper than asking each connection first.
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, unavailable(err)
	}
	var encoding string
	var refusal error
	if err := relational.Reach(ctx, func(ctx context.Context) error {
		err := pool.QueryRow(ctx, selectEncoding).Scan(&encoding)
		if refused(err) {
			refusal = err
			return nil
		}
		return err
	}); err != nil || refusal != nil {
		pool.Close()
		return nil, unavailable(errors.Join(err, refusal))
	}
	if encoding != "UTF8" {
		pool.Close()
		return nil, fmt.Errorf("postgres: the database has the encoding %s: create one with UTF8", encoding)
	}
	return pool, nil
}

// prepare brings the database to where the store can work.
func (s *Store) prepare(ctx context.Context, noMigrations bool) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	m := migrator{s.pool}
	if noMigrations {
		err = relational.Migrated(ctx, m, known)
	} else {
		_, err = relational.Migrate(ctx, m, known)
	}
	if err != nil {
		return err
	}
	found := false
	if err := s.pool.QueryRow(ctx, selectRegistry, s.Namespace).Scan(&found); err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	_, err = s.pool.Exec(ctx, insertRegistry, s.Namespace, relational.NewEpoch())
	return err
}

// Renew gives the registry of a namespace a new epoch: its database was restored, so what caches know of it may be of a
// time that is no more.
func Renew(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	pool, err := connect(ctx, o)
	if err != nil {
		return err
	}
	defer pool.Close()
	done, err := pool.Exec(ctx, updateEpoch, o.Namespace, relational.NewEpoch())
	if err == nil && done.RowsAffected() != 1 {
		err = fmt.Errorf("there is no registry of the namespace %q", o.Namespace)
	}
	if err != nil {
		return fmt.Errorf("postgres: renew the epoch: %w", err)
	}
	return nil
}

// Close implements storage.Store.
func (s *Store) Close() error {
	s.life.End()
	s.running.Wait()
	s.pool.Close()
	return nil
}

// Query implements relational.Database. Where a connection turns out dead before the first row, it tries once more.
func (s *Store) Query(ctx context.Context, statement string, args []any, each func(relational.Row) error) error {
	ctx, done, err := s.life.Begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	seen, err := s.query(ctx, statement, args, each)
	if err == nil {
		return nil
	}
	if retry, keep := again(err); retry && !seen && ctx.Err() == nil {
		if !keep {
			s.pool.Reset()
		}
		_, err = s.query(ctx, statement, args, each)
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// query tells whether it has seen a row.
func (s *Store) query(ctx context.Context, statement string, args []any, each func(relational.Row) error) (seen bool, err error) {
	rows, err := s.pool.Query(ctx, statement, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		seen = true
		if err := each(rows); err != nil {
			return seen, err
		}
	}
	return seen, rows.Err()
}

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	asked := make([]*string, len(contexts))
	for i := range contexts {
		if storage.ValidContext(contexts[i]) {
			asked[i] = &contexts[i]
		}
	}
	heads := make([]storage.Head, 0, len(contexts))
	err := s.Query(ctx, selectHeads, []any{asked, s.Namespace}, func(row relational.Row) error {
		var head relational.HeadScan
		err := row.Scan(head.Into()...)
		heads = append(heads, head.Head())
		return err
	})
	if err == nil && len(heads) != len(contexts) {
		err = relational.ErrNoRegistry
	}
	if err != nil {
		return nil, err
	}
	return heads, nil
}
