package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/go-sql-driver/mysql"
)

// connector makes connections whose sessions are set up for the statements of this package.
type connector struct {
	driver.Connector

	// trace, if set, is told of every exchange with the server.
	trace func(what string)
}

// sessionSettings make one statement one snapshot, refuse what doesn't fit a column, and put names in order by all of their
// bytes: where a plan sorts rather than reads an index in order, a server by itself looks at the first 1,024 bytes, its own
// mark of the length among them.
func sessionSettings() []string {
	return []string{
		`SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED`,
		`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`,
		`SET SESSION max_sort_length = 4096`,
	}
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	able, ok := plain.(serverConn)
	if !ok {
		return nil, errors.Join(errors.New("the MySQL driver lacks an ability"), plain.Close())
	}
	made := &conn{serverConn: able, trace: c.trace}
	for _, setting := range sessionSettings() {
		if _, err := able.ExecContext(ctx, setting, nil); err != nil {
			return nil, errors.Join(err, able.Close())
		}
	}
	return made, nil
}

// serverConn is what a connection of the MySQL driver can do.
type serverConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// conn is a connection whose COMMIT obeys the deadline of its transaction: that of the MySQL driver waits for ever.
type conn struct {
	serverConn

	trace  func(what string)
	broken bool
}

// BeginTx implements driver.ConnBeginTx. Transactions have the isolation of the session.
func (c *conn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if err := c.run(ctx, `START TRANSACTION`); err != nil {
		return nil, err
	}
	return &transaction{conn: c, ctx: ctx}, nil
}

// IsValid implements driver.Validator.
func (c *conn) IsValid() bool { return !c.broken && c.serverConn.IsValid() }

func (c *conn) run(ctx context.Context, statement string) error {
	if c.trace != nil {
		c.trace(statement)
	}
	_, err := c.ExecContext(ctx, statement, nil)
	return err
}

type transaction struct {
	conn *conn
	ctx  context.Context //nolint:containedctx // driver.Tx has no other way to know it
}

// Commit implements driver.Tx. After a failure nobody knows whether the transaction is still open, so the connection
// isn't used again.
func (t *transaction) Commit() error {
	err := t.conn.run(t.ctx, `COMMIT`)
	t.conn.broken = t.conn.broken || err != nil
	return err
}

// rollbackTime bounds a rollback, which comes when the time of the transaction may be over.
const rollbackTime = time.Second

// Rollback implements driver.Tx.
func (t *transaction) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), rollbackTime)
	defer cancel()
	err := t.conn.run(ctx, `ROLLBACK`)
	t.conn.broken = t.conn.broken || err != nil
	return err
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, statement string) (driver.Stmt, error) {
	if c.trace == nil {
		return c.serverConn.PrepareContext(ctx, statement)
	}
	c.trace("PREPARE " + statement)
	s, err := c.serverConn.PrepareContext(ctx, statement)
	if able, ok := s.(serverStatement); ok && err == nil {
		return &tracedStatement{able, statement, c.trace}, nil
	}
	return s, err
}

type serverStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// tracedStatement tells of each time it is run.
type tracedStatement struct {
	serverStatement

	text  string
	trace func(what string)
}

// ExecContext implements driver.StmtExecContext.
func (s *tracedStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.trace(s.text)
	return s.serverStatement.ExecContext(ctx, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *tracedStatement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.trace(s.text)
	return s.serverStatement.QueryContext(ctx, args)
}

// newConnector reads a DSN as the MySQL driver takes it, and sets what this package relies on.
func newConnector(o Options) (connector, error) {
	config, err := mysql.ParseDSN(o.DSN)
	if err != nil {
		return connector{}, errors.New("mysql: the DSN isn't user:password@tcp(host:port)/database") // the error may show parts of the DSN
	}
	if config.DBName == "" {
		return connector{}, errors.New("mysql: the DSN names no database: user:password@tcp(host:port)/database")
	}
	config.InterpolateParams = false
	config.MultiStatements = false
	config.ParseTime = false
	config.Logger = &mysql.NopLogger{}
	if config.Timeout == 0 {
		config.Timeout = 5 * time.Second
	}
	plain, err := mysql.NewConnector(config)
	return connector{plain, o.Trace}, err
}
