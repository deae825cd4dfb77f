package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// wireRow is a request as bytes on a connection.
type wireRow struct {
	kind string
	// parts are sent one after the other; the first answer, such as 100 Continue, is read after the first when awaits is set.
	parts  []string
	awaits bool
	// hangUp closes the client's side of the connection after the last part.
	hangUp bool
	// broken requests must not be answered below 400.
	broken bool
}

// wireRows is every row of the table for a route.
func wireRows(r *route) []wireRow {
	body := goodBody(r)
	n := len(body)
	head := r.method + " " + fill(r.template, ownPlaces()) + " HTTP/1.1\r\nHost: h\r\n"
	sized := func(n int) string { return head + "Content-Length: " + strconv.Itoa(n) + "\r\n" }
	chunked := head + "Transfer-Encoding: chunked\r\n"
	chunk := func(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }
	zipped := packed(body)
	return []wireRow{
		{kind: "whole", parts: []string{sized(n) + "\r\n" + body}},
		{kind: "in two parts", parts: []string{sized(n) + "\r\n" + body[:n/2], body[n/2:]}},
		{kind: "truncated body", parts: []string{sized(n+10) + "\r\n" + body}, hangUp: true, broken: true},
		{kind: "truncated head", parts: []string{sized(n)}, hangUp: true, broken: true},
		{kind: "chunked", parts: []string{chunked + "\r\n" + chunk(body[:n/2]+" ") + chunk(body[n/2:]+" ") + "0\r\n\r\n"}},
		{kind: "chunk with an extension", parts: []string{chunked + "\r\n" + fmt.Sprintf("%x;a=b\r\n%s\r\n", n+1, body+" ") + "0\r\n\r\n"}},
		{kind: "trailer", parts: []string{chunked + "Trailer: X\r\n\r\n" + chunk(body+" ") + "0\r\nX: y\r\n\r\n"}},
		{kind: "truncated chunk", parts: []string{chunked + "\r\n" + fmt.Sprintf("%x\r\n%s", n+10, body)}, hangUp: true, broken: true},
		{kind: "no last chunk", parts: []string{chunked + "\r\n" + chunk(body+" ")}, hangUp: true, broken: true},
		{kind: "chunk of no size", parts: []string{chunked + "\r\nxyz\r\n" + body + "\r\n0\r\n\r\n"}, broken: true},
		{kind: "chunk of a negative size", parts: []string{chunked + "\r\n-1\r\n" + body + "\r\n0\r\n\r\n"}, broken: true},
		{kind: "huge chunk", parts: []string{chunked + "\r\nfffffffffffffff\r\n" + body}, hangUp: true, broken: true},
		{kind: "length and chunks", parts: []string{chunked + "Content-Length: 5\r\n\r\n" + chunk(body+" ") + "0\r\n\r\n"}, hangUp: true},
		{kind: "two lengths", parts: []string{sized(n+1) + "Content-Length: 1\r\n\r\n" + body}, hangUp: true, broken: true},
		{kind: "negative length", parts: []string{sized(-5) + "\r\n" + body}, hangUp: true, broken: true},
		{kind: "length of no number", parts: []string{head + "Content-Length: x\r\n\r\n" + body}, hangUp: true, broken: true},
		{kind: "length beyond the limit", parts: []string{sized(1<<40) + "\r\n" + body}, hangUp: true, broken: true},
		{kind: "unknown transfer encoding", parts: []string{head + "Transfer-Encoding: gzip\r\n\r\n" + body}, hangUp: true},
		{kind: "expects to go on", parts: []string{sized(n) + "Expect: 100-continue\r\n\r\n", body}, awaits: true},
		{kind: "expects to go on and hangs up", parts: []string{sized(n+1) + "Expect: 100-continue\r\n\r\n"}, awaits: true, hangUp: true, broken: true},
		{kind: "expects to go on in chunks", parts: []string{chunked + "Expect: 100-continue\r\n\r\n", chunk(body+" ") + "0\r\n\r\n"}, awaits: true},
		{kind: "gzip", parts: []string{sized(len(zipped)) + "Content-Encoding: gzip\r\n\r\n" + zipped}},
		{kind: "truncated gzip", parts: []string{sized(len(zipped)-5) + "Content-Encoding: gzip\r\n\r\n" + zipped[:len(zipped)-5]}, broken: r.body != ""},
		{kind: "gzip cut off", parts: []string{sized(len(zipped)) + "Content-Encoding: gzip\r\n\r\n" + zipped[:len(zipped)-5]}, hangUp: true, broken: true},
		{kind: "bare line feeds", parts: []string{strings.ReplaceAll(sized(n), "\r\n", "\n") + "\n" + body}, hangUp: true},
		{kind: "null byte in a header", parts: []string{sized(n) + "X: a\x00b\r\n\r\n" + body}, hangUp: true},
		{kind: "blank before the colon", parts: []string{sized(n) + "X : y\r\n\r\n" + body}, hangUp: true},
		{kind: "folded header", parts: []string{sized(n) + "X: y\r\n z\r\n\r\n" + body}, hangUp: true},
		{kind: "many headers", parts: []string{sized(n) + strings.Repeat("X: y\r\n", 3000) + "\r\n" + body}, hangUp: true, broken: true},
		{kind: "path of 1 MB", parts: []string{strings.Replace(sized(n), " HTTP", strings.Repeat("/x", megabyte/2)+" HTTP", 1) + "\r\n" + body}, hangUp: true, broken: true},
		{kind: "HTTP/1.0", parts: []string{strings.Replace(sized(n), "HTTP/1.1", "HTTP/1.0", 1) + "\r\n" + body}},
		{kind: "HTTP/9", parts: []string{strings.Replace(sized(n), "HTTP/1.1", "HTTP/9.9", 1) + "\r\n" + body}, hangUp: true},
	}
}

// wired is a registry that listens.
type wired struct {
	*world
	address string
}

func listen(t *testing.T, commits []commit, readTimeout time.Duration) *wired {
	t.Helper()
	w := &wired{world: newWorld(t, commits, worldOptions{cached: true, bodyLimit: 2 * megabyte})}
	w.o.ReadTimeout = readTimeout
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.address = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.Serve(ln, Listener{Admin: true}) }()
	t.Cleanup(func() {
		if err := errors.Join(w.Drain(t.Context(), 0), <-served); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return w
}

// dial opens a connection on which nothing may take longer than tests wait.
func (w *wired) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patienceOfTests)); err != nil {
		t.Fatal(err)
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		t.Fatalf("%T", conn)
	}
	return tcp
}

// send sends a row on a connection of its own and returns the status of the answer, 0 for none, and its body. A connection that stays
// open has to answer another request rightly.
func (w *wired) send(t *testing.T, r *route, row wireRow) (status int, body []byte, err error) {
	t.Helper()
	conn := w.dial(t)
	defer conn.Close()
	in := bufio.NewReader(conn)
	for i, part := range row.parts {
		// A server that has heard enough closes the connection.
		if _, err := io.WriteString(conn, part); err != nil && !row.hangUp && !row.broken {
			return 0, nil, err
		}
		if i > 0 || !row.awaits {
			continue
		}
		line, err := in.ReadString('\n')
		if err != nil || !strings.Contains(line, " 100 ") {
			return 0, nil, fmt.Errorf("%q instead of 100 Continue, %w", line, err)
		}
		if _, err := in.Discard(len("\r\n")); err != nil {
			return 0, nil, err
		}
	}
	if row.hangUp {
		if err := conn.CloseWrite(); err != nil && !row.broken {
			return 0, nil, err
		}
	}
	status, body, closed, err := readAnswer(in, r.method)
	if err != nil || closed || row.hangUp || row.broken {
		return status, body, err
	}
	if _, err := io.WriteString(conn, "GET /schemas/types HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		return status, body, err
	}
	if next, types, _, err := readAnswer(in, http.MethodGet); err != nil || next != http.StatusOK || !bytes.Contains(types, []byte("AVRO")) {
		return status, body, fmt.Errorf("the next request gets %d %q, %w", next, types, err)
	}
	return status, body, nil
}

// readAnswer reads an answer, if there is one.
func readAnswer(in *bufio.Reader, method string) (status int, body []byte, closed bool, err error) {
	answer, err := http.ReadResponse(in, &http.Request{Method: method})
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err) {
		return 0, nil, true, nil
	} else if err != nil {
		return 0, nil, false, err
	}
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, answer.Close, errors.Join(err, answer.Body.Close())
}

// isReset tells whether the server closed a connection on which something was still unread.
func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout()
}

// TestBadWire sends every route requests that are cut off, in chunks, packed or waiting to go on, over real connections.
func TestBadWire(t *testing.T) {
	t.Parallel()
	commits := recorded(t, plainHistory())
	for _, r := range routes("", "") {
		t.Run(r.method+" "+r.template, func(t *testing.T) {
			t.Parallel()
			w := listen(t, commits, 0)
			for _, row := range wireRows(r) {
				w.store.forget()
				status, body, err := w.send(t, r, row)
				faults := []string{}
				if status != 0 {
					faults = faultsOf(r, badRow{method: r.method}, status, body)
				}
				if err != nil {
					faults = append(faults, err.Error())
				}
				if row.broken && status != 0 && status < 400 {
					faults = append(faults, "what is broken is let through")
				}
				if (row.broken || status >= 400) && len(w.store.committed()) > 0 {
					faults = append(faults, "what is refused has written something")
				}
				if len(faults) > 0 {
					t.Errorf("%s: %d %.200s\n%s", row.kind, status, body, strings.Join(faults, "\n"))
				}
			}
		})
	}
}

// TestBadPace: a request whose rest never comes is told so, on every route, and changes nothing.
func TestBadPace(t *testing.T) {
	t.Parallel()
	w := listen(t, recorded(t, plainHistory()), 50*time.Millisecond)
	var all sync.WaitGroup
	for _, r := range routes("", "") {
		for _, rest := range []string{"Content-Length: 100000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n64\r\n{", "Content-Le"} {
			all.Go(func() {
				row := wireRow{parts: []string{r.method + " " + fill(r.template, ownPlaces()) + " HTTP/1.1\r\nHost: h\r\n" + rest}, broken: true}
				status, body, err := w.send(t, r, row)
				if err != nil || status != 0 && status != http.StatusRequestTimeout {
					t.Errorf("%s %s: %d %s, %v", r.method, r.template, status, body, err)
				}
			})
		}
	}
	all.Wait()
	if n := len(w.store.committed()); n > 0 {
		t.Errorf("%d commits", n)
	}
}
