package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"
)

// running is a proxy behind a listener in memory.
type running struct {
	p      *Proxy
	ln     *fasthttputil.InmemoryListener
	served chan error
}

func start(p *Proxy, l Listener) *running {
	s := &running{p: p, ln: fasthttputil.NewInmemoryListener(), served: make(chan error, 1)}
	go func() { s.served <- p.Serve(s.ln, l) }()
	return s
}

// connect opens a connection that ends with the test.
func (s *running) connect(t *testing.T) net.Conn {
	t.Helper()
	conn, err := s.ln.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// send writes raw bytes and reads one answer with its body.
func send(t *testing.T, conn net.Conn, r *bufio.Reader, raw string) (*http.Response, string) {
	t.Helper()
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	return receive(t, r)
}

func receive(t *testing.T, r *bufio.Reader) (*http.Response, string) {
	t.Helper()
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func stop(t *testing.T, s *running) {
	t.Helper()
	if err := s.p.Drain(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if err := <-s.served; err != nil {
		t.Error(err)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := start(newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.BodyLimit = 100 }), Listener{})
	f := func(raw string, status int, body string) {
		t.Helper()
		conn := s.connect(t)
		defer func() { _ = conn.Close() }()
		answer, got := send(t, conn, bufio.NewReader(conn), raw)
		if answer.StatusCode != status || !strings.Contains(got, body) {
			t.Errorf("%q: %d %s", raw, answer.StatusCode, got)
		}
		if answer.Header.Get("Content-Type") != "application/vnd.schemaregistry.v1+json" {
			t.Errorf("%q: type %s", raw, answer.Header.Get("Content-Type"))
		}
		if answer.Header.Get("Server") != "" {
			t.Errorf("%q: the server says its name", raw)
		}
		if id := answer.Header.Get("X-Request-ID"); len(id) != 36 && id != "mine" || strings.Contains(raw, "mine") != (id == "mine") {
			t.Errorf("%q: X-Request-ID %q", raw, id)
		}
	}
	f("GET /subjects/s/versions HTTP/1.1\r\nHost: h\r\n\r\n", 200, `[1,-2]`)
	f("GET http://h/subjects HTTP/1.1\r\nHost: h\r\n\r\n", 400, `{"error_code":400`)
	f("GET /subjects HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, `{"error_code":400`)
	f("GET /subjects HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, `{"error_code":400`)
	f("GET /subjects HTTP/1.1\r\n\r\n", 400, `{"error_code":400`)
	f("GET //x/subjects HTTP/1.0\r\n\r\n", 404, `{"error_code":404`)
	f("nonsense\r\n\r\n", 400, `{"error_code":400`)
	f("POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n"+strings.Repeat("x", 101), 413, `{"error_code":413`)
	f("POST /subjects/s HTTP/1.1\r\nHost: h\r\nX-Request-ID: mine\r\nContent-Length: 101\r\n\r\n"+strings.Repeat("x", 101), 413, `{"error_code":413`)
	f("POST /subjects/s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n"+strings.Repeat("x", 101)+"\r\n0\r\n\r\n", 413, `{"error_code":413`)
	f("POST /subjects/s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"schema\":\"x\"\r\n1\r\n}\r\n0\r\n\r\n", 200, `{"subject":"s"`)
	f("GET /"+strings.Repeat("x", 10<<10)+" HTTP/1.1\r\nHost: h\r\n\r\n", 431, `{"error_code":431`)
	f("GET /subjects/"+strings.Repeat("%41", 2048)+"/versions HTTP/1.1\r\nHost: h\r\n\r\n", 200, `[1,-2]`)
	stop(t, s)
}

// TestLateRequest: what doesn't arrive in time is told so, by an answer like any other.
func TestLateRequest(t *testing.T) {
	t.Parallel()
	s := start(newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.ReadTimeout = 10 * time.Millisecond }), Listener{})
	conn := s.connect(t)
	answer, body := send(t, conn, bufio.NewReader(conn), "POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{")
	if answer.StatusCode != 408 || !strings.HasPrefix(body, `{"error_code":408,`) || len(answer.Header.Get("X-Request-ID")) != 36 {
		t.Errorf("%d %s %v", answer.StatusCode, body, answer.Header)
	}
	stop(t, s)
}

func TestHead(t *testing.T) {
	t.Parallel()
	s := start(newTestProxy(t, &fakeRegistry{basis: stampsOf(".")}, true, nil), Listener{})
	conn := s.connect(t)
	r := bufio.NewReader(conn)
	for range 2 {
		// Were a body sent, the next answer could not be read.
		if _, err := io.WriteString(conn, "HEAD /subjects/s/versions HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(r, &http.Request{Method: http.MethodHead})
		if err != nil || answer.StatusCode != 200 || answer.ContentLength != int64(len(`[1,-2]`)) {
			t.Fatalf("%v, %v", answer, err)
		}
		_ = answer.Body.Close()
	}
	stop(t, s)
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	s := start(newTestProxy(t, &fakeRegistry{}, true, nil), Listener{})
	conn := s.connect(t)
	r := bufio.NewReader(conn)
	const body = `{"schema":"x"}`
	answer, _ := send(t, conn, r, "POST /subjects/s HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\nExpect: 100-continue\r\n\r\n")
	if answer.StatusCode != 100 {
		t.Fatalf("status %d, want 100", answer.StatusCode)
	}
	if answer, got := send(t, conn, r, body); answer.StatusCode != 200 {
		t.Errorf("%d %s", answer.StatusCode, got)
	}
	stop(t, s)
}

// TestDrain: a request under way is finished on a connection that is then closed; readiness goes down first.
func TestDrain(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	r := &fakeRegistry{before: func() { close(reached); <-release }}
	s := start(newTestProxy(t, r, false, nil), Listener{Admin: true})
	conn := s.connect(t)
	if _, err := io.WriteString(conn, "GET /subjects/s/versions HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-reached
	drained := make(chan error, 1)
	go func() { drained <- s.p.Drain(context.Background(), time.Millisecond) }()
	if err := <-s.served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if state := s.p.health.check(); state != draining {
		t.Errorf("readiness is %s", state)
	}
	if _, err := s.ln.Dial(); err == nil {
		t.Error("a new connection is taken while draining")
	}
	select {
	case err := <-drained:
		t.Fatalf("drained while a request is under way: %v", err)
	default:
	}
	close(release)
	if answer, body := receive(t, bufio.NewReader(conn)); answer.StatusCode != 200 || !answer.Close {
		t.Errorf("%d %s, close %v", answer.StatusCode, body, answer.Close)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// TestDrainBounded: requests that don't end are not waited for beyond the context.
func TestDrainBounded(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r := &fakeRegistry{before: func() { close(reached); <-release }}
	s := start(newTestProxy(t, r, false, nil), Listener{})
	if _, err := io.WriteString(s.connect(t), "GET /subjects/s/versions HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-reached
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.p.Drain(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestDrainDelay: until the delay has passed requests are served as ever.
func TestDrainDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestProxy(t, &fakeRegistry{}, false, nil)
		began := time.Now()
		go func() {
			if err := p.Drain(t.Context(), 30*time.Second); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if x := ask(p.Handler(Listener{}), "GET", "/", ""); x.status() != 200 || x.ctx.Response.ConnectionClose() {
			t.Error("the delay is not waited for")
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if x := ask(p.Handler(Listener{}), "GET", "/", ""); !x.ctx.Response.ConnectionClose() {
			t.Errorf("connections are not closed after %s", time.Since(began))
		}
	})
}

// TestServeAfterDrain: a listener that comes too late is closed.
func TestServeAfterDrain(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, false, nil)
	if err := p.Drain(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := <-start(p, Listener{}).served; err != nil {
		t.Error(err)
	}
}
