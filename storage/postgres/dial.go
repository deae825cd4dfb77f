package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// farewell bounds how long a server that doesn't answer is waited for when a connection is given up.
const farewell = time.Second

// briefly bounds what pgx does behind the back of a call that was given up: for up to 15 s it asks the server to cancel
// the statement, over another connection, and then waits for the server to close the first one. While a server hangs,
// that would be many connections more than the pool may have, and none of them would let the pool be closed.
func briefly(dial pgconn.DialFunc, connectTimeout time.Duration) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		// Making a connection is bounded by connectTimeout: who has more time wants to cancel.
		until, bounded := ctx.Deadline()
		if !bounded || time.Until(until) <= connectTimeout {
			made, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return briefConn{made}, nil
		}
		ctx, cancel := context.WithTimeout(ctx, farewell)
		defer cancel()
		made, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		time.AfterFunc(farewell, func() { _ = made.Close() })
		return made, nil
	}
}

// briefConn is a connection whose deadlines are near. Only who is about to close it sets any: a call that ends early
// sets one that has passed.
type briefConn struct{ net.Conn }

// SetDeadline implements net.Conn.
func (c briefConn) SetDeadline(t time.Time) error {
	if latest := time.Now().Add(farewell); t.After(latest) {
		t = latest
	}
	return c.Conn.SetDeadline(t)
}
