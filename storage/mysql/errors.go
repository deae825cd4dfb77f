package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"

	"schemaside/storage"
)

// Numbers of the server's errors that mean something to a caller.
const (
	duplicateEntry  = 1062
	lockWaitTimeout = 1205
	deadlock        = 1213
	tooMany         = 1040 // connections
	shuttingDown    = 1053
	snapshotMoved   = 1020 // MariaDB: a record has changed since the transaction's snapshot
)

// unavailable wraps the error of a call that has changed nothing.
func unavailable(err error) error { return fmt.Errorf("mysql: %w: %w", storage.ErrUnavailable, err) }

// refusal wraps the error of a transaction that was not committed.
func refusal(err error) error {
	switch {
	case isNumber(err, lockWaitTimeout), isNumber(err, deadlock), isNumber(err, snapshotMoved):
		return fmt.Errorf("mysql: %w: %w", storage.ErrConflict, err)
	case errors.Is(err, storage.ErrUnavailable):
		return err
	default:
		return unavailable(err)
	}
}

func isNumber(err error, number uint16) bool {
	server, told := errors.AsType[*mysql.MySQLError](err)
	return told && server.Number == number
}

// lost tells whether a call failed because its connection did.
func lost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network net.Error
	return errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}
