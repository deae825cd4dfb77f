package proxy

import (
	"net"
	"sync/atomic"
	"time"
)

// patience is how long a connection may take: to read a request, to write an answer, to wait for the next request. 0 is for
// ever.
type patience struct{ read, write, idle time.Duration }

// slack is how much earlier than they should deadlines may fall: an eighth of the shortest.
func (p patience) slack() time.Duration {
	shortest := time.Duration(0)
	for _, t := range []time.Duration{p.read, p.write, p.idle} {
		if t > 0 && (shortest == 0 || t < shortest) {
			shortest = t
		}
	}
	return shortest / 8
}

// coarseTick is how far a coarseClock may be behind. It is little beside any slack that matters.
const coarseTick = 100 * time.Millisecond

// coarseClock tells the time as of its last tick, counted from its start: reading the machine's clock twice per request is felt.
// One that nobody started stands still.
type coarseClock struct {
	started time.Time
	// since is how long after that the last tick was.
	since atomic.Int64
}

func (c *coarseClock) now() time.Duration { return time.Duration(c.since.Load()) }

func (c *coarseClock) time(at time.Duration) time.Time { return c.started.Add(at) }

// startClock starts a clock that ticks until it is stopped.
func startClock() (c *coarseClock, stop func()) {
	c = &coarseClock{started: time.Now()}
	ticker, done := time.NewTicker(coarseTick), make(chan struct{})
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				c.since.Store(int64(time.Since(c.started)))
			case <-done:
				return
			}
		}
	}()
	return c, func() { close(done) }
}

// patientListener hands out connections that keep their own deadlines. The server would read the clock four times and move
// three deadlines per request, which costs more than finding the answer; here a deadline may fall a little early, so that it is
// moved now and then, which bounds a slow client just as well.
//
// The connections hide what the server could set on them. It sets nothing: net.ListenConfig has turned keep-alive on.
type patientListener struct {
	net.Listener
	patience patience
	clock    *coarseClock
	// gate bounds the open connections; nil: nothing does. turnAway gets those that find no room.
	gate     *gate
	turnAway func(net.Conn)
}

func (l *patientListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.gate == nil || l.gate.enter() {
			return &patientConn{Conn: conn, patience: l.patience, slack: l.patience.slack(), clock: l.clock, gate: l.gate}, nil
		}
		l.turnAway(conn)
	}
}

// patientConn is used by one goroutine at a time, as the server does; another one may close it.
type patientConn struct {
	net.Conn
	patience patience
	slack    time.Duration
	clock    *coarseClock
	// reads and writes count those of the request and the answer under way; answered tells that a request was answered before.
	reads, writes int
	answered      bool
	// readUntil and writeUntil are the deadlines that are set, by the clock; 0: none.
	readUntil, writeUntil time.Duration
	gate                  *gate
	closed                atomic.Bool
}

// Read waits for a request as long as one may take to come, and then, if it doesn't come at once, as long as one may take to be
// read, however many reads that takes.
func (c *patientConn) Read(b []byte) (int, error) {
	c.writes = 0
	c.reads++
	allowed := c.patience.read
	if c.reads == 1 && c.answered {
		allowed = c.patience.idle
	}
	if until, move := c.move(c.readUntil, allowed, c.reads <= 2); move {
		c.readUntil = until
		if err := c.SetReadDeadline(c.clock.time(until)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// Write writes a part of an answer; the whole of it has its time from its first part on.
func (c *patientConn) Write(b []byte) (int, error) {
	c.reads, c.answered = 0, true
	c.writes++
	if until, move := c.move(c.writeUntil, c.patience.write, c.writes == 1); move {
		c.writeUntil = until
		if err := c.SetWriteDeadline(c.clock.time(until)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

// move tells where to move a deadline, if begins tells that something begins that is allowed some time: not if the deadline that
// is set will do, because it falls no later and hardly earlier.
func (c *patientConn) move(set, allowed time.Duration, begins bool) (until time.Duration, move bool) {
	if !begins || allowed <= 0 {
		return set, false
	}
	until = c.clock.now() + allowed
	earlier := until - set
	return until, set == 0 || earlier < 0 || earlier >= c.slack
}

// Close makes room for another connection, once.
func (c *patientConn) Close() error {
	if !c.closed.Swap(true) && c.gate != nil {
		defer c.gate.leave()
	}
	return c.Conn.Close()
}
