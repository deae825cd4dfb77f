package proxy

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// clockedConn notes the deadlines that reach it, as times from now on.
type clockedConn struct {
	net.Conn
	reads, writes []time.Duration
}

func (c *clockedConn) Read([]byte) (int, error)  { return 1, nil }
func (c *clockedConn) Write([]byte) (int, error) { return 1, nil }

func (c *clockedConn) SetReadDeadline(t time.Time) error {
	c.reads = append(c.reads, time.Until(t))
	return nil
}

func (c *clockedConn) SetWriteDeadline(t time.Time) error {
	c.writes = append(c.writes, time.Until(t))
	return nil
}

func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := &clockedConn{}
		p := patience{read: 80 * time.Second, write: 40 * time.Second, idle: 100 * time.Second}
		clock := &coarseClock{started: time.Now()}
		conn := &patientConn{Conn: inner, patience: p, slack: p.slack(), clock: clock}
		f := func(after time.Duration, do string, wantReads, wantWrites int) {
			t.Helper()
			time.Sleep(after)
			clock.since.Store(int64(time.Since(clock.started)))
			call := conn.Read
			if do == "write" {
				call = conn.Write
			}
			if _, err := call(nil); err != nil {
				t.Fatal(err)
			}
			if len(inner.reads) != wantReads || len(inner.writes) != wantWrites {
				t.Errorf("%s: deadlines %v and %v, want %d and %d", do, inner.reads, inner.writes, wantReads, wantWrites)
			}
		}
		f(0, "read", 1, 0)  // the first request: 80 s
		f(0, "write", 1, 1) // its answer: 40 s
		f(0, "read", 2, 1)  // the next one may wait: 100 s
		f(0, "write", 2, 1)
		f(time.Second, "read", 2, 1) // 99 s will do
		f(0, "write", 2, 1)
		f(5*time.Second, "read", 3, 1) // 94 s won't
		f(0, "read", 4, 1)             // more of that request: 80 s in all
		f(20*time.Second, "read", 4, 1)
		f(20*time.Second, "read", 4, 1)
		f(0, "write", 4, 2)
		f(20*time.Second, "write", 4, 2) // more of that answer has what is left of its 40 s
		want := []time.Duration{p.read, p.idle, p.idle, p.read}
		for i, got := range inner.reads {
			if got != want[i] {
				t.Errorf("deadlines of reads %v, want %v", inner.reads, want)
			}
		}
	})
}

func TestNoPatienceNeeded(t *testing.T) {
	t.Parallel()
	inner := &clockedConn{}
	conn := &patientConn{Conn: inner}
	for range 3 {
		if _, err := conn.Read(nil); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(inner.reads)+len(inner.writes) > 0 {
		t.Errorf("deadlines %v and %v without timeouts", inner.reads, inner.writes)
	}
}

func TestCoarseClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, stop := startClock()
		defer stop()
		for range 20 {
			time.Sleep(37 * time.Millisecond)
			if behind := time.Since(c.time(c.now())); behind < 0 || behind > coarseTick {
				t.Errorf("%s behind", behind)
			}
		}
	})
}
