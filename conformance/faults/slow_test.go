package faults

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"schemaside/backend/registry"
	"schemaside/conformance/testserver"
	"schemaside/storage"
	mysqlstore "schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

const (
	// poolSize bounds the connections of the registry to a slow server, the one that listens aside.
	poolSize = 4
	// herd asks at once, many times what the pool holds.
	herd = 100
)

// slow runs a registry in this process, with a proxy before its server that delays, swallows and cuts. Afterwards
// neither a goroutine nor a connection is left.
func slow(t *testing.T, db *server) {
	t.Helper()
	for _, c := range slowCases() {
		t.Run(c.name, func(t *testing.T) {
			known := append(ofOthers(), goleak.IgnoreCurrent())
			t.Run("served", func(t *testing.T) { c.run(newSlowWorld(t, db)) })
			for deadline := time.Now().Add(5 * time.Second); ; {
				err := goleak.Find(known...)
				if err == nil {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal(err)
				}
			}
			soon(t, "connections that are left", func() (int, bool) {
				n, err := db.clients(t.Context())
				return n, err == nil && n == 0
			})
		})
	}
}

// ofOthers are goroutines that the registry doesn't answer for. Of the HTTP server: those that the process has once, and
// one that sleeps for up to ten seconds before it sees that its server is gone. Of the proxy: links that it has forgotten.
func ofOthers() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp/stackless.funcWorker"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).write"),
	}
}

type slowCase struct {
	name string
	run  func(w *slowWorld)
}

func slowCases() []slowCase {
	return []slowCase{
		{"delays", delays},
		{"black_hole", blackHole},
		{"cuts", cuts},
	}
}

// slowWorld is a registry behind a proxy of its connections.
type slowWorld struct {
	*testing.T

	db     *server
	proxy  *toxiproxy.Proxy
	url    string
	ledger *ledger
	hot    hot
	// asked counts stampedes: each asks for what no other has asked for.
	asked int
}

func newSlowWorld(t *testing.T, db *server) *slowWorld {
	t.Helper()
	w := &slowWorld{T: t, db: db}
	dsn := w.startProxy()
	namespace := strings.ReplaceAll(t.Name(), "/", "_")
	var s storage.Store
	var err error
	if db.driver == "postgres" {
		s, err = postgres.Open(t.Context(), postgres.Options{DSN: dsn, Namespace: namespace, Connections: poolSize, Deadline: deadline})
	} else {
		s, err = mysqlstore.Open(t.Context(), mysqlstore.Options{DSN: dsn, Namespace: namespace, Connections: poolSize, Deadline: deadline})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		start := time.Now()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > deadline+slack {
			t.Errorf("closing the store took %v", took)
		}
	})
	served := testserver.Start(t, testserver.Options{Store: s, Registry: registry.Options{Deadline: deadline}})
	if n, ok := s.(storage.Notifier); ok {
		n.Notify(served.Cache.Hint)
	}
	w.url = served.URL
	// Its idle connections are closed before the registry, which waits for those that have never asked.
	w.ledger = newLedger(newClient(t))
	w.hot = warm(t, w.ledger, w.url)
	return w
}

// startProxy starts a proxy before the server and returns the DSN that leads through it.
func (w *slowWorld) startProxy() string {
	w.Helper()
	upstream, through := "", func(address string) string { return address }
	if address, err := url.Parse(w.db.dsn); err == nil && w.db.driver == "postgres" {
		upstream = address.Host
		through = func(proxied string) string { address.Host = proxied; return address.String() }
	} else if config, err := mysql.ParseDSN(w.db.dsn); err == nil {
		upstream = config.Addr
		through = func(proxied string) string { config.Addr = proxied; return config.FormatDSN() }
	}
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w.proxy = toxiproxy.NewProxy(api, "database", "127.0.0.1:0", upstream)
	if err := w.proxy.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(w.proxy.Stop)
	return through(w.proxy.Listen)
}

// poison adds a toxic in one direction, and returns what removes it.
func (w *slowWorld) poison(kind, stream, attributes string) (remove func()) {
	w.Helper()
	toxic := fmt.Sprintf(`{"name":"%s_%s","type":"%s","stream":"%s","attributes":%s}`, kind, stream, kind, stream, attributes)
	added, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
	if err != nil {
		w.Fatal(err)
	}
	return func() {
		if err := w.proxy.Toxics.RemoveToxic(context.WithoutCancel(w.Context()), added.Name); err != nil {
			w.Error(err)
		}
	}
}

// stampede asks for many answers that aren't in memory, all at once, and returns them.
func (w *slowWorld) stampede() []answer {
	all := make([]answer, herd)
	w.asked++
	var asking sync.WaitGroup
	for n := range all {
		asking.Go(func() {
			all[n] = w.ledger.client.get(w.Context(), fmt.Sprintf("%s/subjects/:%s:orders-cold-%d-%d/versions", w.url, contextOf(0), w.asked, n))
		})
	}
	asking.Wait()
	return all
}

// hotReads asks for what is in memory and never changes; it must come as if nothing was wrong.
func (w *slowWorld) hotReads(ctx context.Context) {
	for ctx.Err() == nil {
		for _, path := range w.hot.lasting {
			if a := w.ledger.client.get(ctx, w.url+path); ctx.Err() == nil && a.status != 200 {
				w.Errorf("hot %s: %s", path, a.text())
			}
		}
		rest(ctx, 5*time.Millisecond)
	}
}

// whileHot runs f while hot reads go on.
func (w *slowWorld) whileHot(f func()) {
	ctx, stop := context.WithCancel(w.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.hotReads(ctx)
	}()
	f()
	stop()
	<-done
}

// delays slows each packet down: everything works, if it takes its time, over as many connections as the pool may have.
func delays(w *slowWorld) {
	remove := w.poison("latency", "downstream", `{"latency":20,"jitter":10}`)
	most, counting := 0, make(chan struct{})
	ctx, stop := context.WithCancel(w.Context())
	go func() {
		defer close(counting)
		for ctx.Err() == nil {
			if n, err := w.db.clients(ctx); err == nil {
				most = max(most, n)
			}
		}
	}()
	w.whileHot(func() {
		for _, a := range w.stampede() {
			if took := a.done.Sub(a.began); a.status != 404 && !a.unavailable() || took > deadline+slack {
				w.Errorf("a read that has to wait: %s after %v", a.text(), took)
			}
		}
		l := w.ledger
		if a := l.register(w.Context(), w.url, registration{registryCtx: contextOf(0), subject: "orders-0", text: grown(4, 0, 0)}); a.status != 200 {
			w.Errorf("a write that has to wait: %s", a.text())
		}
		if a := l.client.get(w.Context(), w.url+"/health/ready"); string(a.body) != `{"status":"ready"}` {
			w.Errorf("health of a slow server: %s", a.text())
		}
	})
	stop()
	<-counting
	remove()
	if most > poolSize+1 {
		w.Errorf("%d connections, of a pool of %d and one that listens", most, poolSize)
	}
	w.ledger.verify(w.T, w.url)
}

// blackHole swallows everything: calls fail in time, health tells, and afterwards all is well at once.
func blackHole(w *slowWorld) {
	if a := w.ledger.client.get(w.Context(), w.url+"/health/ready"); a.status != 200 {
		w.Errorf("health: %s", a.text())
	}
	w.stampede()
	goroutines := runtime.NumGoroutine()
	up, down := w.poison("timeout", "upstream", `{"timeout":0}`), w.poison("timeout", "downstream", `{"timeout":0}`)
	w.whileHot(func() {
		for _, a := range append(w.stampede(), w.stampede()...) {
			if took := a.done.Sub(a.began); !a.unavailable() || took > deadline+slack {
				w.Errorf("a read that gets no answer: %s after %v", a.text(), took)
			}
		}
		soon(w.T, fmt.Sprintf("goroutines pile up, of %d before", goroutines), func() (int, bool) {
			n := runtime.NumGoroutine()
			return n, n < goroutines+herd/4
		})
		l := w.ledger
		a := l.register(w.Context(), w.url, registration{registryCtx: contextOf(0), subject: "orders-0", text: grown(5, 0, 0)})
		if took := a.done.Sub(a.began); !a.unavailable() || took > deadline+slack {
			w.Errorf("a write that gets no answer: %s after %v", a.text(), took)
		}
		if a := l.client.get(w.Context(), w.url+"/health/ready"); a.status != 200 || string(a.body) != `{"status":"degraded"}` {
			w.Errorf("health of a server that doesn't answer: %s", a.text())
		}
	})
	up()
	down()
	recovers(w.T, w.ledger, w.url, w.hot.mutable)
	w.ledger.verify(w.T, w.url)
}

// cuts ends each connection after some bytes, then without any: what is acknowledged is there, and nothing gets stuck.
func cuts(w *slowWorld) {
	for round, toxic := range []struct{ kind, attributes string }{{"limit_data", `{"bytes":6000}`}, {"reset_peer", `{"timeout":50}`}} {
		remove := w.poison(toxic.kind, "downstream", toxic.attributes)
		ctx, stop := context.WithTimeout(w.Context(), 2*time.Second)
		w.whileHot(func() { w.ledger.load(ctx, w.url, round+6, false) })
		stop()
		remove()
	}
	recovers(w.T, w.ledger, w.url, w.hot.mutable)
	w.ledger.verify(w.T, w.url)
}

// soon waits until a count is as it should be.
func soon(t *testing.T, what string, count func() (int, bool)) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		n, right := count()
		if right {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %d", what, n)
		}
		rest(t.Context(), 20*time.Millisecond)
	}
}
