package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const ping = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

// TestConnectionsOfAllListeners: the limit is one, however many listeners there are; who leaves makes room.
func TestConnectionsOfAllListeners(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.MaxConnections = 2 })
	a, b := start(p, Listener{}), start(p, Listener{Context: ".c"})
	f := func(conn net.Conn, want int) {
		t.Helper()
		answer, body := send(t, conn, bufio.NewReader(conn), ping)
		if answer.StatusCode != want {
			t.Errorf("%d %s, want %d", answer.StatusCode, body, want)
		}
	}
	first, second := a.connect(t), b.connect(t)
	f(first, 200)
	f(second, 200)
	for _, s := range []*running{a, b} {
		conn := s.connect(t)
		answer, body := send(t, conn, bufio.NewReader(conn), ping)
		if answer.StatusCode != 503 || body != `{"error_code":503,"message":"There are too many connections; try again later"}` || !answer.Close ||
			answer.Header.Get("Content-Type") != "application/vnd.schemaregistry.v1+json" || len(answer.Header.Get("X-Request-ID")) != 36 {
			t.Errorf("%d %s %v", answer.StatusCode, body, answer.Header)
		}
	}
	f(first, 200)
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn := a.connect(t)
		answer, _ := send(t, conn, bufio.NewReader(conn), ping)
		if answer.StatusCode == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a closed connection makes no room")
		}
	}
	if n := p.gate.inside.Load(); n > 2 {
		t.Errorf("%d connections are inside", n)
	}
	stop(t, a)
	if err := <-b.served; err != nil {
		t.Error(err)
	}
}

// TestConnectionsOfAdmin: a registry without room for clients goes on being watched.
func TestConnectionsOfAdmin(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.MaxConnections = 1 })
	s := start(p, Listener{})
	full := s.connect(t)
	send(t, full, bufio.NewReader(full), ping)
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- p.ServeAdmin(ln) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if answer, _ := send(t, conn, bufio.NewReader(conn), "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n"); answer.StatusCode != 200 {
		t.Errorf("status %d", answer.StatusCode)
	}
	stop(t, s)
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestTurnedAway: clients of every kind read the refusal, over TCP, and many at once as well.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.MaxConnections = 1 })
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- p.Serve(ln, Listener{}) }()
	full, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	send(t, full, bufio.NewReader(full), ping)
	for range 20 {
		// A body that nobody reads must not cost the answer.
		answer, err := http.Post("http://"+ln.Addr().String()+"/subjects/s", "application/json", strings.NewReader(strings.Repeat("x", 32<<10)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != 503 || !strings.HasPrefix(string(body), `{"error_code":503,`) {
			t.Errorf("%d %s %v", answer.StatusCode, body, err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	// Whoever says nothing is not waited for by the others.
	for range 2 * maxTurnedAway {
		silent, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
	}
	// One more may just be asking.
	if n := p.turnedAway.inside.Load(); n > maxTurnedAway+1 {
		t.Errorf("%d connections wait for their refusal", n)
	}
	if err := p.Drain(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestGate: a connection that is closed twice makes room once.
func TestGate(t *testing.T) {
	t.Parallel()
	g := &gate{limit: 1}
	if !g.enter() || g.enter() {
		t.Fatal("the gate doesn't count")
	}
	here, there := net.Pipe()
	defer there.Close()
	conn := &patientConn{Conn: here, gate: g}
	for range 2 {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := g.inside.Load(); n != 0 {
		t.Errorf("%d inside", n)
	}
}
