package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"schemaside/config"
	"schemaside/proxy"
)

// TestRunRefuses starts the program with what is wrong: each message names key, value and what is allowed.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "schemaside.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := func(args string, env string, wantCode int, want ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), strings.Fields(args), strings.Fields(env), &stdout, &stderr); got != wantCode {
			t.Errorf("run(%q, %q) = %d, want %d: %s", args, env, got, wantCode, &stderr)
		}
		for _, w := range want {
			if !strings.Contains(stderr.String(), w) {
				t.Errorf("run(%q, %q): %q is missing in %q", args, env, w, &stderr)
			}
		}
		if stdout.Len() > 0 {
			t.Errorf("run(%q, %q) wrote to standard output: %q", args, env, &stdout)
		}
	}
	f("", "", 2, `expected one of "copy", "health", "version", "serve", "migrate"`)
	f("sing", "", 2, "unexpected argument sing", "schemaside --help")
	f("serve --lissen :0", "", 2, "unknown flag --lissen", "--listen")
	f("serve --listen", "", 2, "--listen")
	f("serve --listen 8081", "", 2, "--listen (listen)", `"8081"`, "want host:port")
	f("serve --storage cassandra", "", 2, "--storage (storage.driver)", `"cassandra"`, "want memory, embedded", "not there yet")
	f("serve --compatibility UP", "", 2, "--compatibility (registry.compatibility)", `"UP"`, "want NONE, BACKWARD, ")
	f("serve --cache-max-bytes much", "", 2, "--cache-max-bytes (cache.max_bytes)", `"much"`, "want a number of bytes")
	f("serve --drain-delay -1s", "", 2, "--drain-delay (drain.delay)", `"-1s"`, "want a duration", "at least 0s")
	f("serve --cache-max-contexts -.5 --listen :0", "", 2, "--cache-max-contexts (cache.max_contexts)", `"-.5"`, "want a whole number, at least 1")
	f("migrate", "", 2, "the embedded store has no tables", "postgres and mysql")
	f("migrate --storage memory", "", 2, "the memory store has no tables", "postgres and mysql")
	f("serve --listen :0 --dsn "+file("listen: no database"), "", 1, "schemaside.yaml: damaged, or no file of schemaside")
	f("serve --listen :0 --dsn /no/such/folder/schemaside.db", "", 1, "/no/such/folder/schemaside.db")
	f("migrate --status", "SCHEMASIDE_STORAGE_DRIVER=postgres", 2, "storage.dsn: the postgres store needs one")
	f("serve --storage mysql", "", 2, "storage.dsn: the mysql store needs one")
	f("serve --storage mysql --dsn root:se#cret@tcp(127.0.0.1:1)/", "", 1, "the DSN names no database")
	f("serve --storage postgres --dsn postgres://root:se%cret@127.0.0.1/x", "", 1, "the DSN is neither a URL nor key/value pairs")
	f("serve", "SCHEMASIDE_DRAIN_DELAY=soon", 2, "SCHEMASIDE_DRAIN_DELAY (drain.delay)", `"soon"`, "want a duration")
	f("serve", "SCHEMASIDE_DRAIN_DELLAY=1s", 2, "SCHEMASIDE_DRAIN_DELLAY", `"1s"`, "SCHEMASIDE_DRAIN_DELAY")
	f("serve --config "+file("cache: {on: true}"), "", 2, "schemaside.yaml:1: unknown key cache.on: want enabled, ")
	f("serve", "SCHEMASIDE_CONFIG=/no/such/file", 2, "/no/such/file")
	f("serve --schema-remote-references ['*',ftp://a.example]", "", 2, "schema.remote_references[1]", `"ftp://a.example"`, "want a host")
	f("serve --contexts-isolated [a:b]", "", 2, "contexts.isolated[0]", `"a:b"`, "want the name of a context")
	f("serve --contexts-isolated [.a:b*]", "", 2, "contexts.isolated[0]", `".a:b*"`, "want the name of a context")
	f("serve --listeners [{port:\":0\"}]", "", 2, "--listeners: unknown key listeners[0].", "want address, context, header")
	f("serve --config "+file("listeners: [{address: ':0', context: .__GLOBAL}]"), "", 2, "listeners[0].context", `".__GLOBAL"`, "want the name of a context")
	f("serve --config "+file("resolver: {hosts: {'a.example:80': .a}}"), "", 2, "resolver.hosts", `"a.example:80"`, "without port")
	f("serve --storage memory --listen 192.0.2.1:0", "", 1, `listen: "192.0.2.1:0"`)
	f("check --storage memory", "", 2, "check: it looks at the file of the embedded store, and storage.driver is memory")
	f("check /no/such/file.db", "", 1, "/no/such/file.db: no such file")
	f("check --restored "+file("not a database"), "", 1, "schemaside.yaml: damaged, or no file of schemaside")
	f("health --url nowhere", "", 2, "--url", `"nowhere"`, "http://127.0.0.1:8081")
	f("health --url http://127.0.0.1:1", "", 1, "http://127.0.0.1:1/health/ready")
	f("health --timeout never", "", 2, "--timeout", "never")
	f("health", "SCHEMASIDE_LISTEN=127.0.0.1:0", 1, "give --url")
	f("health --config "+file("listeners: [{address: ':0', context: .a}]"), "", 1, "no listener serves health")
	f("copy --to http://b", "", 2, "missing flags: --from=URL")
	f("copy --from a --to http://b", "", 2, "--from: want a URL such as https://registry.example:8081")
	f("copy --from http://a --to http://b/contexts/.c", "", 2, "--to: want the URL of the whole registry", "--context")
	f("copy --from http://a --to http://user:secret@b?x", "", 2, "--to: want a URL")
	f("copy --from http://a --to http://a", "", 2, "both are http://a")
	f("copy --from http://a --to http://b --concurrency 0", "", 2, "--concurrency: 0: want a number from 1 to 256")
	f("copy --from http://a --to http://b --context c", "", 2, `--context: context "c": want a name that begins with a dot`)
	f("copy --from http://a --to http://b --context .c --context .d=.c", "", 2, "--context: context .d: named twice")
	f("copy --from http://u@a --to http://b", "COPY_FROM_USER=v", 2, "--from and COPY_FROM_USER: want one of them")
	f("copy --from http://u@a --to http://b", "COPY_FROM_TOKEN=v", 2, "--from: want a token, or a user and a password")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"version"}, nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	lines := strings.Split(stdout.String(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "schemaside ") || !strings.HasPrefix(lines[1], "commit ") || !strings.HasPrefix(lines[2], "go1.") {
		t.Errorf("version prints %q", lines)
	}
}

// TestHelp: help is an answer, not a mistake, and shows a flag for every key.
func TestHelp(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"serve", "--help"}, nil, &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Errorf("exit code %d, %q", code, &stderr)
	}
	for _, k := range config.Keys() {
		if !strings.Contains(stdout.String(), "--"+k.Flag+"=") {
			t.Errorf("help doesn't show --%s", k.Flag)
		}
	}
}

func TestHealthURL(t *testing.T) {
	t.Parallel()
	f := func(c config.Config, asked, want string) {
		t.Helper()
		got, err := healthURL(c, asked)
		if err != nil || got != want {
			t.Errorf("healthURL(%+v, %q) = %q, %v; want %q", c.Listeners, asked, got, err, want)
		}
	}
	listening := func(listeners ...config.Listener) config.Config { return config.Config{Listeners: listeners} }
	open := config.Listener{Address: "10.0.0.1:8081"}
	bound := config.Listener{Address: "10.0.0.1:8082", Context: ".a"}
	byHeader := config.Listener{Address: "10.0.0.1:8083", Header: config.HeaderBind}
	f(listening(open), "", "http://10.0.0.1:8081/health/ready")
	f(listening(bound, byHeader, open), "", "http://10.0.0.1:8081/health/ready")
	f(listening(config.Listener{Address: ":8081"}), "", "http://localhost:8081/health/ready")
	f(listening(config.Listener{Address: "0.0.0.0:8081"}), "", "http://localhost:8081/health/ready")
	f(listening(config.Listener{Address: "[::]:8081"}), "", "http://localhost:8081/health/ready")
	f(listening(config.Listener{Address: "[::1]:8081"}), "", "http://[::1]:8081/health/ready")
	f(config.Config{Admin: config.Admin{Listen: ":9081"}, Listeners: []config.Listener{open}}, "", "http://localhost:9081/health/ready")
	f(listening(open), "http://a.example", "http://a.example/health/ready")
	f(listening(open), "http://a.example/", "http://a.example/health/ready")
	f(listening(open), "https://a.example/health/live", "https://a.example/health/live")
}

// program is a whole program that runs inside the test.
type program struct {
	// url is its first listener; urls are all, in order; admin is the address of the admin listener.
	url   string
	urls  []string
	admin string
	// stop sends what a first SIGTERM sends.
	stop context.CancelFunc
	// exit gets the exit code.
	exit chan int

	mu  sync.Mutex
	log bytes.Buffer
}

// start runs serve with further arguments until the test ends, and waits for the line that tells where it listens. It has
// the memory store unless an argument names another one.
func start(t *testing.T, env []string, args ...string) *program {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := &program{stop: stop, exit: make(chan int, 1)}
	if !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--storage=") }) {
		args = append([]string{"--storage=memory"}, args...)
	}
	r, w := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.exit <- run(ctx, append([]string{"serve"}, args...), env, io.Discard, w)
		w.Close()
	}()
	t.Cleanup(func() { stop(); <-ended })
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.keep(lines.Bytes())
		var started struct {
			Message, Admin, Storage string
			Listen                  []string
		}
		if err := json.Unmarshal(lines.Bytes(), &started); err == nil && started.Message == "serving" {
			if !slices.Contains(args, "--storage="+started.Storage) || len(started.Listen) == 0 {
				t.Errorf("it says %s", lines.Bytes())
			}
			for _, l := range started.Listen {
				address, _, _ := strings.Cut(l, " ")
				p.urls = append(p.urls, "http://"+address)
			}
			p.url, p.admin = p.urls[0], started.Admin
			go p.keepLog(lines)
			return p
		}
	}
	t.Fatalf("serve ended before it served")
	return nil
}

// keepLog reads on, so that the program never waits for its log to be read.
func (p *program) keepLog(lines *bufio.Scanner) {
	for lines.Scan() {
		p.keep(lines.Bytes())
	}
}

func (p *program) keep(line []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.Write(line)
	p.log.WriteByte('\n')
}

func (p *program) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// ask sends a request and returns status and body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	return askHost(t, "", method, url, body)
}

// askHost sends a request under a Host; empty: that of the URL.
func askHost(t *testing.T, host, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return resp.StatusCode, string(answer)
}

func expect(t *testing.T, method, url, body string, wantStatus int, wantBody string) {
	t.Helper()
	if status, got := ask(t, method, url, body); status != wantStatus || got != wantBody {
		t.Errorf("%s %s answers %d %s, want %d %s", method, url, status, got, wantStatus, wantBody)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--cache-enabled", "false"}} {
		p := start(t, []string{"SCHEMASIDE_LISTEN=127.0.0.1:0"}, append(args, "--drain-delay", "0s", "--compatibility", "full")...)
		expect(t, "GET", p.url+"/subjects", "", 200, `[]`)
		if status, body := ask(t, "POST", p.url+"/subjects/orders-value/versions", `{"schema":"\"string\""}`); status != 200 || !strings.HasPrefix(body, `{"id":1,`) {
			t.Errorf("register answers %d %s", status, body)
		}
		expect(t, "GET", p.url+"/subjects", "", 200, `["orders-value"]`)
		expect(t, "GET", p.url+"/schemas/ids/1/schema", "", 200, `"string"`)
		expect(t, "GET", p.url+"/config", "", 200, `{"compatibilityLevel":"FULL"}`)
		if status, _ := ask(t, "GET", p.url+"/metrics", ""); status != 200 {
			t.Errorf("/metrics answers %d", status)
		}
		var out bytes.Buffer
		if code := run(t.Context(), []string{"health", "--url", p.url}, nil, &out, &out); code != 0 {
			t.Errorf("health of a running registry: exit code %d: %s", code, &out)
		}
		p.stop()
		if code := <-p.exit; code != 0 {
			t.Errorf("exit code %d, log:\n%s", code, p.logged())
		}
	}
}

// TestRestart: what the embedded store was given is there in the next process, and only one process at a time has the file.
func TestRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schemaside.db")
	args := []string{"--listen=127.0.0.1:0", "--drain-delay=0s", "--storage=embedded", "--dsn=" + path}
	p := start(t, nil, args...)
	registered := `{"schema":"\"string\""}`
	if status, body := ask(t, "POST", p.url+"/subjects/:.a:orders/versions", registered); status != 200 {
		t.Errorf("register answers %d %s", status, body)
	}
	_, listed := ask(t, "GET", p.url+"/subjects/:.a:orders/versions/1", "")
	var stderr bytes.Buffer
	if code := run(t.Context(), append([]string{"serve"}, args...), nil, io.Discard, &stderr); code != 1 || !strings.Contains(stderr.String(), "in use by another process") {
		t.Errorf("a second process ends with %d: %s", code, &stderr)
	}
	p.stop()
	if code := <-p.exit; code != 0 {
		t.Fatalf("exit code %d, log:\n%s", code, p.logged())
	}
	checked := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), append([]string{"check"}, args...), nil, &stdout, &stderr); code != 0 {
			t.Errorf("check %q: exit code %d: %s", args, code, &stderr)
		}
		return stdout.String()
	}
	if got, want := checked(path), path+" is sound: 1 contexts, 1 subjects, 1 versions, 1 schemas\n"; got != want {
		t.Errorf("check says %q, want %q", got, want)
	}
	if got := checked("--dsn", path, "--restored"); !strings.Contains(got, "its epoch is renewed") {
		t.Errorf("check --restored says %q", got)
	}
	p = start(t, nil, args...)
	expect(t, "GET", p.url+"/subjects/:.a:orders/versions/1", "", 200, listed)
	expect(t, "GET", p.url+"/contexts", "", 200, `[".",".a"]`)
	stderr.Reset()
	if code := run(t.Context(), []string{"check", path}, nil, io.Discard, &stderr); code != 1 || !strings.Contains(stderr.String(), "in use by another process") {
		t.Errorf("a check of a file in use ends with %d: %s", code, &stderr)
	}
}

// What a schema refers to by URL is fetched from where that is allowed, and from nowhere else.
func TestRemoteReferences(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"type":"string"}`)
	}))
	t.Cleanup(web.Close)
	body := func(path string) string {
		return fmt.Sprintf(`{"schemaType":"JSON","schema":"{\"properties\":{\"a\":{\"$ref\":\"%s%s\"}}}"}`, web.URL, path)
	}
	for _, c := range []struct {
		places       string
		good, status int
	}{
		{"", 422, 422},
		{"[schemas.example]", 422, 422},
		{"['*']", 422, 422},
		{"['" + web.URL + "/good']", 200, 422},
		{"['" + web.URL + "']", 200, 200},
	} {
		p := start(t, []string{"SCHEMASIDE_SCHEMA_REMOTE_REFERENCES=" + c.places}, "--listen", "127.0.0.1:0", "--drain-delay", "0s")
		for path, want := range map[string]int{"/good/a": c.good, "/other": c.status} {
			if status, answer := ask(t, "POST", p.url+"/subjects/s"+path[1:2]+"/versions", body(path)); status != want {
				t.Errorf("%q: %s: %d %s", c.places, path, status, answer)
			}
		}
	}
}

func TestIsolatedName(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got, err := isolatedName(text); err != nil || got != want {
			t.Errorf("isolatedName(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	f("team-a", ".team-a")
	f(":.team-a:", ".team-a")
	f(".team-*", ".team-*")
	f("team-*", ".team-*")
	f(".*", ".*")
	f("*", ".*")
	f(".a*b", ".a*b")
	f(".", ".")
}

// TestWarnings: a door whose contexts nobody has shut off is named, once a pattern is there it isn't.
func TestWarnings(t *testing.T) {
	t.Parallel()
	f := func(want string, args ...string) {
		t.Helper()
		p := start(t, nil, append(args, "--drain-delay=0s")...)
		p.stop()
		<-p.exit
		if log := p.logged(); want == "" && strings.Contains(log, "isolated") || !strings.Contains(log, want) {
			t.Errorf("%q: want %q in\n%s", args, want, log)
		}
	}
	byHeader := "--listeners=[{address: '127.0.0.1:0', header: bind}]"
	byHost := "--resolver-hosts={'{context}.example': '{context}', a.example: .a}"
	f("", "--listen=127.0.0.1:0")
	f("", "--listeners=[{address: '127.0.0.1:0', header: bind, context: .a}]")
	f("", "--listen=127.0.0.1:0", "--resolver-hosts={a.example: .a}")
	f(`"level":"warn","door":"listener 127.0.0.1:0"`, byHeader)
	f(`"level":"warn","door":"listener 127.0.0.1:0"`, byHeader, "--contexts-isolated=[.a]")
	f(`"level":"warn","door":"host {context}.example"`, "--listen=127.0.0.1:0", byHost)
	f("", byHeader, "--contexts-isolated=[.team-*]")
	f("", "--listen=127.0.0.1:0", byHost, "--contexts-isolated=[.*]")
}

// TestIsolatedPattern: no fall-back of the open view looks into a context that a pattern shuts off.
func TestIsolatedPattern(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--drain-delay=0s", "--contexts-isolated=[.team-*]", "--listeners=[{address: '127.0.0.1:0'}, {address: '127.0.0.1:0', header: bind}]")
	for name, want := range map[string]int{"team-a": 404, "team-": 404, "team": 200, "other": 200} {
		if status, body := ask(t, "POST", p.url+"/contexts/"+name+"/subjects/of-"+name+"/versions", `{"schema":"\"string\""}`); status != 200 {
			t.Fatalf("register answers %d %s", status, body)
		}
		if status, body := ask(t, "GET", p.url+"/schemas/ids/1?subject=of-"+name, ""); status != want {
			t.Errorf("the fall-back to %s answers %d %s, want %d", name, status, body, want)
		}
	}
}

// TestServeListeners: one process, an open listener and a bound one, health on the admin listener alone.
func TestServeListeners(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--drain-delay=0s", "--admin-listen=127.0.0.1:0", "--registry-mode-mutability=false",
		"--listeners=[{address: '127.0.0.1:0'}, {address: '127.0.0.1:0', context: orders}, {address: '127.0.0.1:0', header: bind}]")
	open, bound := p.urls[0], p.urls[1]
	if status, body := ask(t, "POST", bound+"/subjects/a/versions", `{"schema":"\"string\""}`); status != 200 {
		t.Fatalf("register answers %d %s", status, body)
	}
	expect(t, "GET", bound+"/subjects", "", 200, `["a"]`)
	expect(t, "GET", bound+"/contexts", "", 200, `["."]`)
	expect(t, "GET", open+"/subjects?subjectPrefix=:.orders:", "", 200, `[":.orders:a"]`)
	expect(t, "GET", open+"/contexts", "", 200, `[".",".orders"]`)
	if status, body := ask(t, "PUT", open+"/mode", `{"mode":"READONLY"}`); status != 422 {
		t.Errorf("PUT /mode answers %d %s, want 422", status, body)
	}
	for i, want := range []int{404, 404, 403} {
		if status, _ := ask(t, "GET", p.urls[i]+"/health/ready", ""); status != want {
			t.Errorf("listener %d: /health/ready answers %d, want %d", i, status, want)
		}
	}
	if status, body := ask(t, "GET", "http://"+p.admin+"/health/ready", ""); status != 200 {
		t.Errorf("the admin listener's /health/ready answers %d %s", status, body)
	}
}

// TestKeepAlive: a client that vanishes without a word is noticed. The proxy leaves that to the listener.
func TestKeepAlive(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Listeners: []config.Listener{{Address: "127.0.0.1:0"}}}
	open, err := listen(t.Context(), cfg, []proxy.Listener{{}})
	if err != nil {
		t.Fatal(err)
	}
	defer open[0].ln.Close()
	dial(t, "http://"+open[0].ln.Addr().String())
	conn, err := open[0].ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		t.Fatalf("it accepts a %T", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var on int
	var optErr error
	err = raw.Control(func(fd uintptr) {
		on, optErr = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
	})
	if err != nil || optErr != nil || on != 1 {
		t.Errorf("keep-alive is %d, %v, %v", on, err, optErr)
	}
}

// TestServeHosts: one address, a registry for each host name, and nothing that leads from one to another.
func TestServeHosts(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--drain-delay=0s", "--contexts-isolated=[.*]",
		"--listeners=[{address: '127.0.0.1:0'}, {address: '127.0.0.1:0', context: a}]",
		"--resolver-hosts={a.example: a, b.example: .b, root.example: ., '{context}.sr.example': '{context}'}")
	open, tied := p.urls[0], p.urls[1]
	f := func(host, method, url, body string, wantStatus int, want string) {
		t.Helper()
		if status, got := askHost(t, host, method, url, body); status != wantStatus || !strings.HasPrefix(got, want) || want == "[]" && got != want {
			t.Errorf("%s %s at %s answers %d %s, want %d %s", method, url, host, status, got, wantStatus, want)
		}
	}
	register := func(host, subject, text string) {
		t.Helper()
		f(host, "POST", open+"/subjects/"+subject+"/versions", `{"schema":"\"`+text+`\""}`, 200, `{"id":1,"version":1,`)
	}
	hosts := []string{"a.example", "b.example", "root.example", "x.sr.example"}
	for i, host := range hosts {
		f(host, "GET", open+"/subjects", "", 200, "[]")
		register(host, "of-"+host, []string{"string", "int", "long", "bytes"}[i])
	}
	for i, host := range hosts {
		// The name, its case and its port aside, is the registry.
		for _, same := range []string{host, strings.ToUpper(host), host + ":8081", host + "."} {
			f(same, "GET", open+"/subjects", "", 200, `["of-`+host+`"]`)
			f(same, "GET", open+"/schemas/ids/1/schema", "", 200, []string{`"string"`, `"int"`, `"long"`, `"bytes"`}[i])
		}
		f(host, "GET", open+"/contexts", "", 200, `["."]`)
		f(host, "GET", open+"/subjects?subjectPrefix=:*:", "", 200, `["of-`+host+`"]`)
		f(host, "GET", open+"/schemas/ids/2", "", 404, `{"error_code":40403,`)
	}
	f("b.example", "GET", open+"/subjects/of-a.example/versions", "", 404, `{"error_code":40401,`)
	f("b.example", "GET", open+"/subjects/:.a:of-a.example/versions", "", 403, `{"error_code":40301,`)
	f("b.example", "GET", open+"/contexts/.a/subjects", "", 403, `{"error_code":40301,`)
	f("root.example", "GET", open+"/subjects/:.a:of-a.example/versions", "", 403, `{"error_code":40301,`)

	// Settings of the default context are those of its own host, and no others.
	f("root.example", "PUT", open+"/config", `{"compatibility":"NONE"}`, 200, `{"compatibility":"NONE"}`)
	f("root.example", "GET", open+"/config", "", 200, `{"compatibilityLevel":"NONE"}`)
	f("a.example", "GET", open+"/config", "", 200, `{"compatibilityLevel":"BACKWARD"}`)

	// The listener is bound, too: the host has to agree.
	f("a.example", "GET", tied+"/subjects", "", 200, `["of-a.example"]`)
	f("b.example", "GET", tied+"/subjects", "", 403, `{"error_code":40301,`)
	for _, host := range []string{"example", "c.example", "a.example.evil", "x.y.sr.example", "sr.example", "127.0.0.1", "localhost:8081"} {
		for _, url := range p.urls {
			f(host, "GET", url+"/subjects", "", 421, `{"error_code":421,"message":"Host '`+host+`' is not served here"}`)
		}
		f(host, "GET", open+"/health/ready", "", 200, `{"status":"ready"}`)
		f(host, "GET", tied+"/health/ready", "", 421, "")
		f(host, "GET", open+"/metrics", "", 421, "")
	}
	f("a.example", "GET", open+"/health/ready", "", 404, `{"error_code":404,`)
	raw := dial(t, open)
	raw.send("GET http://a.example/subjects HTTP/1.1\r\nHost: b.example\r\n\r\n")
	if resp := raw.receive(); resp.StatusCode != 400 {
		t.Errorf("a target with a host of its own: %d, want 400", resp.StatusCode)
	}
}

// freeAddress is an address that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// TestHealthBesideHosts: listed hosts leave a process without an admin listener its health, also where one of them is the
// machine itself.
func TestHealthBesideHosts(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	flags := []string{"--listen=" + address, "--drain-delay=0s", "--resolver-hosts={localhost: .a, 127.0.0.1: .b, '{context}.example': '{context}'}"}
	p := start(t, nil, flags...)
	var out bytes.Buffer
	if code := run(t.Context(), []string{"health"}, []string{"SCHEMASIDE_LISTEN=" + address}, &out, &out); code != 0 {
		t.Errorf("health: exit code %d: %s", code, &out)
	}
	for path, want := range map[string]int{"/health/ready": 404, "/metrics": 404, "/subjects": 200} {
		if status, body := ask(t, "GET", p.url+path, ""); status != want {
			t.Errorf("%s under a listed host answers %d %s, want %d", path, status, body, want)
		}
	}
}

// TestDrain: what has begun is finished, whoever asks meanwhile is still answered and told to go, and then it ends.
func TestDrain(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--listen", "127.0.0.1:0", "--drain-delay", "1s", "--drain-timeout", "20s")
	underWay := dial(t, p.url)
	body := `{"schema":"\"string\""}`
	underWay.send("POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n" + body[:5])
	idle := dial(t, p.url)
	idle.send("GET /subjects HTTP/1.1\r\nHost: a\r\n\r\n")
	if resp := idle.receive(); resp.StatusCode != 200 || resp.Close {
		t.Fatalf("before the drain: status %d, close %t", resp.StatusCode, resp.Close)
	}
	p.stop()
	// The health route tells when the drain has begun; the request beside it is served as ever.
	for status := 0; status != 503; {
		status, _ = ask(t, "GET", p.url+"/health/ready", "")
	}
	expect(t, "GET", p.url+"/subjects", "", 200, `[]`)
	// The idle connection is closed when the delay has passed.
	if _, err := idle.reader.ReadByte(); err != io.EOF {
		t.Errorf("the idle connection ends with %v, want EOF", err)
	}
	underWay.send(body[5:])
	if resp := underWay.receive(); resp.StatusCode != 200 || !resp.Close {
		t.Errorf("the request under way: status %d, close %t; want 200 and close", resp.StatusCode, resp.Close)
	}
	if code := <-p.exit; code != 0 {
		t.Errorf("exit code %d, log:\n%s", code, p.logged())
	}
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://")); err == nil {
		conn.Close()
		t.Error("it still listens after its end")
	}
}

// TestDrainIsBounded: a request that never ends is cut off.
func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--listen", "127.0.0.1:0", "--drain-delay", "0s", "--drain-timeout", "50ms")
	forEver := dial(t, p.url)
	forEver.send("POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Length: 23\r\n\r\n{")
	expect(t, "GET", p.url+"/subjects", "", 200, `[]`)
	p.stop()
	if code := <-p.exit; code != 0 {
		t.Errorf("exit code %d, log:\n%s", code, p.logged())
	}
}

// rawConn is a connection that a request is written to piece by piece.
type rawConn struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

func dial(t *testing.T, url string) *rawConn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &rawConn{t: t, conn: conn, reader: bufio.NewReader(conn)}
}

func (c *rawConn) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *rawConn) receive() *http.Response {
	c.t.Helper()
	resp, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		c.t.Fatal(err)
	}
	return resp
}
