package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// TestBriefly reads from a server that never answers, as pgx does when it gives a connection up.
func TestBriefly(t *testing.T) {
	t.Parallel()
	const connectTimeout, long = 5 * time.Second, 15 * time.Second
	for _, c := range []struct {
		name string
		// dialTime bounds dialling; deadline, if not 0, is set on the connection.
		dialTime, deadline time.Duration
		want               error
	}{
		{"a connection that is waited for to be closed", connectTimeout, long, os.ErrDeadlineExceeded},
		{"a connection that asks to cancel", long, 0, net.ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conn := dialSilence(t, c.dialTime, connectTimeout)
			if c.deadline > 0 {
				if err := conn.SetDeadline(time.Now().Add(c.deadline)); err != nil {
					t.Fatal(err)
				}
			}
			start := time.Now()
			_, err := conn.Read(make([]byte, 1))
			if took := time.Since(start); !errors.Is(err, c.want) || took > 5*farewell {
				t.Errorf("%v after %v, want %v after %v", err, took, c.want, farewell)
			}
		})
	}
}

// TestBrieflyInUse looks that a connection in use is left alone: it has no deadline, or one that was taken back.
func TestBrieflyInUse(t *testing.T) {
	t.Parallel()
	conn := dialSilence(t, time.Second, 5*time.Second)
	if err := errors.Join(conn.SetDeadline(time.Now().Add(-time.Hour)), conn.SetDeadline(time.Time{})); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() {
		_, err := conn.Read(make([]byte, 1))
		result <- err
	}()
	select {
	case err := <-result:
		t.Errorf("the connection ended: %v", err)
	case <-time.After(farewell + farewell/2):
	}
}

// dialSilence connects to a server that takes connections and says nothing.
func dialSilence(t *testing.T, dialTime, connectTimeout time.Duration) net.Conn {
	t.Helper()
	silence, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), dialTime)
	defer cancel()
	conn, err := briefly(new(net.Dialer).DialContext, connectTimeout)(ctx, "tcp", silence.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []io.Closer{silence, conn} {
		t.Cleanup(func() { _ = c.Close() })
	}
	return conn
}
