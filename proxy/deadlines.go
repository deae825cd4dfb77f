package proxy

import (
	"net"
	"time"
)

// lenientListener hands out connections on which a deadline may fall a little early. The server moves three deadlines
// per request, each of which costs as much as finding the answer; moving them now and then bounds a slow client just as well.
type lenientListener struct {
	net.Listener
	// slack is how much earlier than asked for a deadline may fall.
	slack time.Duration
}

// newLenientListener allows for an eighth of the shortest timeout.
func newLenientListener(ln net.Listener, timeouts ...time.Duration) net.Listener {
	shortest := time.Duration(0)
	for _, t := range timeouts {
		if t > 0 && (shortest == 0 || t < shortest) {
			shortest = t
		}
	}
	return &lenientListener{Listener: ln, slack: shortest / 8}
}

func (l *lenientListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lenientConn{Conn: conn, slack: l.slack}, nil
}

// lenientConn is used by one goroutine at a time, as the server does.
type lenientConn struct {
	net.Conn
	slack       time.Duration
	read, write time.Time
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
