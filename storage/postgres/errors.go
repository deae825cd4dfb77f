package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"schemaside/storage"
)

// SQLSTATE codes, and classes of them, that mean something to a caller.
const (
	classRolledBack    = "40" // serialization failure, deadlock
	classConnection    = "08"
	classShutdown      = "57P"
	classResources     = "53" // too many connections, disk full
	uniqueViolation    = "23505"
	lockNotAvailable   = "55P03"
	planChanged        = "0A000" // a cached plan meets a table that a migration has changed
	noSuchStatement    = "26000" // a pooler in between has changed the server's session
	duplicateStatement = "42P05"
)

// unavailable wraps the error of a call that has changed nothing.
func unavailable(err error) error { return fmt.Errorf("postgres: %w: %w", storage.ErrUnavailable, err) }

// commitError wraps the error of a commit with the sentinel that tells what became of it.
func commitError(err error) error {
	server, told := errors.AsType[*pgconn.PgError](err)
	switch {
	case pgconn.SafeToRetry(err):
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	case !told || ends(server):
		return fmt.Errorf("%w: %w", storage.ErrOutcomeUnknown, err)
	case server.Code[:2] == classRolledBack, server.Code == uniqueViolation, server.Code == lockNotAvailable:
		return fmt.Errorf("%w: %w", storage.ErrConflict, err)
	default:
		// The server has refused the statement, and with it the transaction: disk full, read-only, cancelled and so on.
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
}

// ends tells whether the server has ended the connection with its error, which may come after the commit.
func ends(server *pgconn.PgError) bool {
	return server.Severity == "FATAL" || server.Severity == "PANIC" || len(server.Code) == 5 &&
		(server.Code[:2] == classConnection || server.Code[:3] == classShutdown)
}

// refused tells whether a server has answered that it won't serve, which doesn't change by itself.
func refused(err error) bool {
	server, told := errors.AsType[*pgconn.PgError](err)
	return told && len(server.Code) == 5 && server.Code[:2] != classConnection && server.Code[:3] != classShutdown && server.Code[:2] != classResources
}

// again tells whether a read that failed is worth another try on another connection, and whether the connections that
// lie idle are worth keeping.
func again(err error) (retry, keep bool) {
	server, told := errors.AsType[*pgconn.PgError](err)
	if !told || ends(server) {
		return true, false
	}
	return server.Code == planChanged || server.Code == noSuchStatement || server.Code == duplicateStatement, true
}
