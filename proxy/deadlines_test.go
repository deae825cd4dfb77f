package proxy

import (
	"net"
	"testing"
	"time"
)

// clockedConn notes the deadlines that reach it.
type clockedConn struct {
	net.Conn
	reads, writes []time.Time
}

func (c *clockedConn) SetReadDeadline(t time.Time) error {
	c.reads = append(c.reads, t)
	return nil
}

func (c *clockedConn) SetWriteDeadline(t time.Time) error {
	c.writes = append(c.writes, t)
	return nil
}

func TestLenientDeadlines(t *testing.T) {
	t.Parallel()
	inner := &clockedConn{}
	conn := &lenientConn{Conn: inner, slack: time.Second}
	begin := time.Now()
	f := func(after time.Duration, wantSet int) {
		t.Helper()
		at := begin.Add(after)
		if err := conn.SetReadDeadline(at); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetWriteDeadline(at); err != nil {
			t.Fatal(err)
		}
		if len(inner.reads) != wantSet || len(inner.writes) != wantSet {
			t.Errorf("after %s: set %d and %d times, want %d", after, len(inner.reads), len(inner.writes), wantSet)
		}
	}
	f(10*time.Second, 1)
	f(10*time.Second, 1)
	f(10*time.Second+999*time.Millisecond, 1)
	f(11*time.Second, 2)
	f(5*time.Second, 3) // sooner is never put off
	f(5*time.Second, 3)
	if err := conn.SetReadDeadline(time.Time{}); err != nil || len(inner.reads) != 4 {
		t.Errorf("no deadline: %v, set %d times", err, len(inner.reads))
	}
	if err := conn.SetReadDeadline(begin); err != nil || len(inner.reads) != 5 {
		t.Errorf("after none: %v, set %d times", err, len(inner.reads))
	}
}
