package proxy

import (
	"net"
	"sync/atomic"
	"time"
)

// lenientListener hands out connections on which a deadline may fall a little early. The server moves three deadlines
// per request, each of which costs as much as finding the answer; moving them now and then bounds a slow client just as well.
//
// The connections hide what the server could set on them. It sets nothing: net.ListenConfig has turned keep-alive on.
type lenientListener struct {
	net.Listener
	// slack is how much earlier than asked for a deadline may fall.
	slack time.Duration
	// gate bounds the open connections; nil: nothing does. turnAway gets those that find no room.
	gate     *gate
	turnAway func(net.Conn)
}

// newLenientListener allows for an eighth of the shortest timeout.
func newLenientListener(ln net.Listener, timeouts ...time.Duration) *lenientListener {
	shortest := time.Duration(0)
	for _, t := range timeouts {
		if t > 0 && (shortest == 0 || t < shortest) {
			shortest = t
		}
	}
	return &lenientListener{Listener: ln, slack: shortest / 8}
}

func (l *lenientListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.gate == nil || l.gate.enter() {
			return &lenientConn{Conn: conn, slack: l.slack, gate: l.gate}, nil
		}
		l.turnAway(conn)
	}
}

// lenientConn is used by one goroutine at a time, as the server does; another one may close it.
type lenientConn struct {
	net.Conn
	slack       time.Duration
	read, write time.Time
	gate        *gate
	closed      atomic.Bool
}

// Close makes room for another connection, once.
func (c *lenientConn) Close() error {
	if !c.closed.Swap(true) && c.gate != nil {
		defer c.gate.leave()
	}
	return c.Conn.Close()
}

func (c *lenientConn) SetReadDeadline(t time.Time) error {
	if c.closeEnough(c.read, t) {
		return nil
	}
	c.read = t
	return c.Conn.SetReadDeadline(t)
}

func (c *lenientConn) SetWriteDeadline(t time.Time) error {
	if c.closeEnough(c.write, t) {
		return nil
	}
	c.write = t
	return c.Conn.SetWriteDeadline(t)
}

func (c *lenientConn) SetDeadline(t time.Time) error {
	c.read, c.write = t, t
	return c.Conn.SetDeadline(t)
}

// closeEnough tells whether the deadline that is set will do for the one asked for: it falls no later, and hardly earlier.
func (c *lenientConn) closeEnough(set, asked time.Time) bool {
	if set.IsZero() || asked.IsZero() {
		return false
	}
	earlier := asked.Sub(set)
	return earlier >= 0 && earlier < c.slack
}
