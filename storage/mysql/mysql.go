// Package mysql keeps the rows of a registry in MySQL 8.0, MariaDB 10.6, or newer ones.
//
// A read is one statement. A commit is a short transaction whose first statement moves the head's row, if it is still at
// the revision that the commit was decided on. Statements are prepared once on each connection, and only what both
// servers know is used. The package knows no rules of a registry.
package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"

	"schemaside/storage"
	"schemaside/storage/internal/relational"
)

// Options are what a Store is opened with.
type Options struct {
	// DSN is user:password@tcp(host:port)/database?parameters, as go-sql-driver takes it.
	DSN string
	// Namespace keeps several registries in one database apart; empty means "default".
	Namespace string
	// Connections bounds the pool; 0 means 20.
	Connections int
	// Deadline bounds calls whose caller sets none; 0 means 10 s.
	Deadline time.Duration
	// NoMigrations refuses a database that lacks migrations, rather than to apply them.
	NoMigrations bool
	// Trace, if set, is told of every exchange with the server.
	Trace func(what string)
}

// maxNamespace is the width of the tables' first column.
const maxNamespace = 64

func (o Options) withDefaults() (Options, error) {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Connections <= 0 {
		o.Connections = 20
	}
	if o.Deadline <= 0 {
		o.Deadline = 10 * time.Second
	}
	if len(o.Namespace) > maxNamespace || !storage.ValidContext(o.Namespace) {
		return o, fmt.Errorf("mysql: namespace %.80q: want at most %d bytes of text", o.Namespace, maxNamespace)
	}
	return o, nil
}

// Store implements storage.Store.
type Store struct {
	relational.Reader

	db   *sql.DB
	life *relational.Life

	// statements are the prepared statements by their text; there are as many as this package has texts.
	mu         sync.RWMutex
	statements map[string]*sql.Stmt
}

var _ storage.Store = (*Store)(nil)

// Open connects, migrates the database if it may, and makes the registry of the namespace if it isn't there. It tries
// as long as ctx lasts to reach a server that is away. On a database that is up to date it writes nothing.
func Open(ctx context.Context, o Options) (*Store, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, life: relational.NewLife(o.Deadline), statements: make(map[string]*sql.Stmt)}
	s.Reader = relational.Reader{Database: s, Reads: reads(), Namespace: o.Namespace}
	if err := s.prepareDatabase(ctx, o.NoMigrations); err != nil {
		return nil, errors.Join(fmt.Errorf("mysql: %w", err), db.Close())
	}
	return s, nil
}

// idleTime is how long a connection may lie idle; servers close theirs after hours, firewalls after minutes.
const idleTime = 5 * time.Minute

// connect returns a pool that has reached its server.
func connect(ctx context.Context, o Options) (*sql.DB, error) {
	connector, err := newConnector(o)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(o.Connections)
	db.SetMaxIdleConns(o.Connections)
	db.SetConnMaxIdleTime(idleTime)
	var refused error
	err = relational.Reach(ctx, func(ctx context.Context) error {
		err := db.PingContext(ctx)
		if server, told := errors.AsType[*mysql.MySQLError](err); told && server.Number != tooMany && server.Number != shuttingDown {
			refused = server
			return nil
		}
		return err
	})
	if err = errors.Join(refused, err); err != nil {
		return nil, errors.Join(unavailable(err), db.Close())
	}
	return db, nil
}

// prepareDatabase brings the database to where the store can work.
func (s *Store) prepareDatabase(ctx context.Context, noMigrations bool) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	m := migrator{connection: s.db, db: s.db}
	if noMigrations {
		err = relational.Migrated(ctx, m, known)
	} else {
		_, err = relational.Migrate(ctx, m, known)
	}
	if err != nil {
		return err
	}
	found := false
	err = s.db.QueryRowContext(ctx, selectRegistry, s.Namespace).Scan(&found)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = s.db.ExecContext(ctx, insertRegistry, s.Namespace, relational.NewEpoch())
	return err
}

// Renew gives the registry of a namespace a new epoch: its database was restored, so what caches know of it may be of a
// time that is no more.
func Renew(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	db, err := connect(ctx, o)
	if err != nil {
		return err
	}
	done, err := db.ExecContext(ctx, updateEpoch, relational.NewEpoch(), o.Namespace)
	if err == nil {
		if n, told := done.RowsAffected(); told != nil || n != 1 {
			err = fmt.Errorf("there is no registry of the namespace %q", o.Namespace)
		}
	}
	if err != nil {
		err = fmt.Errorf("mysql: renew the epoch: %w", err)
	}
	return errors.Join(err, db.Close())
}

// Close implements storage.Store.
func (s *Store) Close() error {
	s.life.End()
	return s.db.Close()
}

// statement returns the prepared statement of a text. database/sql prepares it on each connection that runs it.
func (s *Store) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.RLock()
	found := s.statements[text]
	s.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	made, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.statements[text]; found != nil {
		defer made.Close()
		return found, nil
	}
	s.statements[text] = made
	return made, nil
}

// Query implements relational.Database. Where a connection turns out dead before the first row, it tries once more.
func (s *Store) Query(ctx context.Context, statement string, args []any, each func(relational.Row) error) error {
	ctx, done, err := s.life.Begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	seen, err := s.query(ctx, statement, args, each)
	if err != nil && !seen && lost(err) {
		_, err = s.query(ctx, statement, args, each)
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// query tells whether it has seen a row.
func (s *Store) query(ctx context.Context, text string, args []any, each func(relational.Row) error) (seen bool, err error) {
	statement, err := s.statement(ctx, text)
	if err != nil {
		return false, err
	}
	rows, err := statement.QueryContext(ctx, args...)
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

// manyHeads are asked for by one statement; fewer by one for few, and its last name again and again.
const (
	fewHeads  = 4
	manyHeads = 64
)

// Heads implements storage.Store.
func (s *Store) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	heads := make([]storage.Head, 0, len(contexts))
	for len(contexts) > 0 {
		n := min(len(contexts), manyHeads)
		some, err := s.someHeads(ctx, contexts[:n])
		if err != nil {
			return nil, err
		}
		heads, contexts = append(heads, some...), contexts[n:]
	}
	return heads, nil
}

func (s *Store) someHeads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	places := fewHeads
	if len(contexts) > fewHeads {
		places = manyHeads
	}
	args := make([]any, 0, places+1)
	for i := range places {
		args = append(args, relational.ContextKey(contexts[min(i, len(contexts)-1)]))
	}
	found := make(map[string]storage.Head, len(contexts))
	var none storage.Head
	answered := false
	err := s.Query(ctx, selectHeads(places), append(args, s.Namespace), func(row relational.Row) error {
		answered = true
		var head relational.HeadScan
		var name *string
		err := row.Scan(head.Into(&name)...)
		none = storage.Head{Epoch: head.Head().Epoch, NextID: 1}
		if name != nil {
			found[*name] = head.Head()
		}
		return err
	})
	if err == nil && !answered {
		err = relational.ErrNoRegistry
	}
	if err != nil {
		return nil, err
	}
	heads := make([]storage.Head, len(contexts))
	for i, name := range contexts {
		head, ok := found[name]
		if !ok {
			head = none
		}
		heads[i] = head
	}
	return heads, nil
}
