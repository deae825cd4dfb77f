package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"
)

// sample is what one target showed in one round.
type sample struct {
	// Rate is in requests per second.
	Rate float64
	// latency is in nanoseconds.
	latency *hdrhistogram.Histogram
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1_000, int64(30*time.Second), 3)
}

// connection is one keep-alive connection with one request under way, with as little of a client as will do: what the client
// costs hides what the server costs.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(ctx context.Context, addr string) (*connection, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *connection) close() { _ = c.conn.Close() }

// send writes a request and skips its answer.
func (c *connection) send(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	length, status, err := c.head(nil)
	if err != nil {
		return err
	}
	if status != 200 {
		body := make([]byte, length)
		_, _ = io.ReadFull(c.in, body)
		return fmt.Errorf("%w: status %d: %s", errAnswer, status, body)
	}
	_, err = c.in.Discard(length)
	return err
}

// ask writes a request and returns its answer.
func (c *connection) ask(request []byte) (answer, error) {
	var a answer
	if _, err := c.conn.Write(request); err != nil {
		return a, err
	}
	length, status, err := c.head(&a)
	if err != nil {
		return a, err
	}
	a.Body = make([]byte, length)
	if _, err := io.ReadFull(c.in, a.Body); err != nil {
		return a, err
	}
	if status != 200 {
		return a, fmt.Errorf("%w: status %d: %s", errAnswer, status, a.Body)
	}
	return a, nil
}

// head reads the status line and the headers; what a wants of them it gets.
func (c *connection) head(a *answer) (length, status int, err error) {
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			if len(line) < 12 {
				return 0, 0, fmt.Errorf("%w: %q", errAnswer, line)
			}
			status, err = strconv.Atoi(string(line[9:12]))
		case len(line) == 0:
			return length, status, nil
		case hasHeader(line, "Content-Length: "):
			length, err = strconv.Atoi(string(line[len("Content-Length: "):]))
		case a != nil && hasHeader(line, "Content-Type: "):
			a.ContentType = string(line[len("Content-Type: "):])
		case a != nil && hasHeader(line, "X-Request-ID: "):
			a.RequestID = string(line[len("X-Request-ID: "):])
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

func hasHeader(line []byte, name string) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], []byte(name))
}

// closedLoop sends the next request of a connection when the last one was answered.
func closedLoop(ctx context.Context, t *target, w *work, o options) (sample, error) {
	return drive(ctx, t, o, func(c *connection, lane int, until time.Time, h *hdrhistogram.Histogram) error {
		at := lane * orderLength / o.Connections
		for before := time.Now(); before.Before(until); at++ {
			if err := c.send(w.requests[w.order[at%orderLength]]); err != nil {
				return err
			}
			now := time.Now()
			_ = h.RecordValue(int64(now.Sub(before)))
			before = now
		}
		return nil
	})
}

// openLoop sends requests at fixed times, whether or not earlier ones were answered; a latency counts from the time at which
// the request was due, so that waiting for a slow answer is seen.
func openLoop(ctx context.Context, t *target, w *work, o options, rate float64) (sample, error) {
	every := time.Duration(float64(time.Second) * float64(o.Connections) / rate)
	return drive(ctx, t, o, func(c *connection, lane int, until time.Time, h *hdrhistogram.Histogram) error {
		at := lane * orderLength / o.Connections
		due := time.Now().Add(every * time.Duration(lane) / time.Duration(o.Connections))
		for ; due.Before(until); due = due.Add(every) {
			if wait := time.Until(due); wait > 0 {
				time.Sleep(wait)
			}
			if err := c.send(w.requests[w.order[at%orderLength]]); err != nil {
				return err
			}
			at++
			_ = h.RecordValue(int64(time.Since(due)))
		}
		return nil
	})
}

// drive runs a lane on each connection and puts their histograms together.
func drive(ctx context.Context, t *target, o options, lane func(c *connection, lane int, until time.Time, h *hdrhistogram.Histogram) error) (sample, error) {
	lanes, ctx := errgroup.WithContext(ctx)
	histograms := make([]*hdrhistogram.Histogram, o.Connections)
	begin := time.Now()
	for i := range o.Connections {
		histograms[i] = newHistogram()
		lanes.Go(func() error {
			c, err := dial(ctx, t.addr)
			if err != nil {
				return err
			}
			defer c.close()
			defer context.AfterFunc(ctx, c.close)()
			return lane(c, i, begin.Add(o.Duration), histograms[i])
		})
	}
	if err := lanes.Wait(); err != nil {
		return sample{}, err
	}
	all := newHistogram()
	for _, h := range histograms {
		all.Merge(h)
	}
	return sample{Rate: float64(all.TotalCount()) / time.Since(begin).Seconds(), latency: all}, nil
}
