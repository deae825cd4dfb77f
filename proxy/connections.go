package proxy

import (
	"bufio"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/wire"
)

const (
	// maxTurnedAway bounds the connections that wait for their refusal at a time; more are refused without waiting.
	maxTurnedAway = 64
	// turnAwayTime bounds how long one of them waits.
	turnAwayTime = time.Second
	// turnAwayBytes bounds what is read of its requests.
	turnAwayBytes = 64 << 10
)

// gate lets in so many at a time.
type gate struct {
	inside atomic.Int64
	limit  int64
}

// enter tells whether there was room; whoever entered has to leave.
func (g *gate) enter() bool {
	if g.inside.Add(1) <= g.limit {
		return true
	}
	g.leave()
	return false
}

func (g *gate) leave() { g.inside.Add(-1) }

// turnAway answers a connection that there is no room for, and closes it.
func (p *Proxy) turnAway(conn net.Conn) {
	p.metrics.countUnreadable(fasthttp.StatusServiceUnavailable)
	// Nothing can be done about errors of either: the client has gone.
	if p.turnedAway.enter() {
		go func() {
			defer p.turnedAway.leave()
			_ = p.turnAwayPolitely(conn)
		}()
		return
	}
	_ = conn.SetDeadline(time.Now().Add(turnAwayTime))
	_ = p.writeTurnedAway(conn)
	_ = conn.Close()
}

// turnAwayPolitely waits for the request before it answers, and for the client to close: an answer to nothing looks like
// a fault to clients, and a connection that is closed while something is unread is reset, the answer with it.
func (p *Proxy) turnAwayPolitely(conn net.Conn) error {
	defer conn.Close() //nolint:errcheck // see turnAway
	if err := conn.SetDeadline(time.Now().Add(turnAwayTime)); err != nil {
		return err
	}
	if _, err := conn.Read(make([]byte, readBuffer)); err != nil {
		return err
	}
	if err := p.writeTurnedAway(conn); err != nil {
		return err
	}
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok {
		return nil
	}
	if err := half.CloseWrite(); err != nil {
		return err
	}
	_, err := io.CopyN(io.Discard, conn, turnAwayBytes)
	return err
}

func (p *Proxy) writeTurnedAway(conn net.Conn) error {
	e := &wire.Error{Code: fasthttp.StatusServiceUnavailable, Text: wire.Plain("There are too many connections; try again later")}
	var h headers
	var answer fasthttp.Response
	answer.Header.SetNoDefaultContentType(true)
	answer.SetConnectionClose()
	answer.SetStatusCode(e.Status())
	answer.Header.SetContentType(mediaName(mediaV1))
	answer.Header.SetCanonical(p.names.requestID, h.id(new([36]byte)))
	answer.SetBodyRaw(errorBody(e, wire.OpenNamer{}))
	w := bufio.NewWriter(conn)
	if err := answer.Write(w); err != nil {
		return err
	}
	return w.Flush()
}
