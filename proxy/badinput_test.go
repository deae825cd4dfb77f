package proxy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// patienceOfTests bounds how long one row may take, on a machine with other things to do.
const patienceOfTests = time.Minute

// plainHistory is what a registry holds that gets bad requests.
func plainHistory() []step {
	var steps []step
	for _, prefix := range []string{"", ":.tenant:"} {
		steps = append(steps,
			step{"POST", "/subjects/" + prefix + "watched/versions", schemaBody("R", "w", "")},
			step{"POST", "/subjects/" + prefix + "uses/versions", schemaBody("Uses", "R", `,"references":[{"name":"R","subject":"watched","version":1}]`)},
			step{"POST", "/subjects/" + prefix + "orders/versions", schemaBody("Order", "id", "")},
			step{"PUT", "/config/" + prefix + "orders", `{"compatibility":"NONE"}`},
			step{"POST", "/subjects/" + prefix + "orders/versions", example("lookUpSchemaUnderSubject.request")},
			step{"PUT", "/mode/" + prefix + "orders", `{"mode":"READWRITE"}`},
			step{"PUT", "/config/:.tenant:", `{"compatibility":"NONE"}`},
			step{"PUT", "/mode/:.tenant:", `{"mode":"READWRITE"}`},
		)
	}
	return steps
}

// TestBadInput hands every route all that can be wrong with a request: no answer is a failure of ours, each comes in time, errors
// are JSON with their code, and what is refused has written nothing.
func TestBadInput(t *testing.T) {
	t.Parallel()
	commits := recorded(t, plainHistory())
	for _, r := range routes("", "") {
		t.Run(r.method+" "+r.template, func(t *testing.T) {
			t.Parallel()
			mistreat(t, commits, r)
		})
	}
}

func mistreat(t *testing.T, commits []commit, r *route) {
	t.Helper()
	options := worldOptions{cached: r.cached, bodyLimit: 2 * megabyte}
	start := func() (*world, fasthttp.RequestHandler) {
		w := newWorld(t, commits, options)
		return w, w.Handler(Listener{Admin: true})
	}
	w, handler := start()
	accepted, refused := 0, 0
	for i, row := range badRows(r) {
		if (raceDetector || testing.Short()) && i%3 != r.index%3 {
			// Neighbours in the table of routes share what is wrong with a body.
			continue
		}
		w.store.forget()
		late := time.AfterFunc(patienceOfTests, func() { panic(fmt.Sprintf("no answer to %s", row)) })
		x := ask(handler, row.method, row.target, row.body, row.headers...)
		late.Stop()
		if faults := w.faults(r, row, x); len(faults) > 0 {
			t.Errorf("%s\n%d %.300s\n%s", row, x.status(), x.body(), strings.Join(faults, "\n"))
		}
		if x.status() >= 400 {
			refused++
			continue
		}
		accepted++
		if row.method == fasthttp.MethodDelete || row.method == fasthttp.MethodPut && strings.HasPrefix(r.template, "/mode") {
			w, handler = start()
		}
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// faults tells what is wrong with an answer to a bad request, and with what is left of it.
func (w *world) faults(r *route, row badRow, x *exchange) []string {
	out := faultsOf(r, row, x.status(), []byte(x.unpacked()))
	if x.status() >= 400 && len(w.store.committed()) > 0 {
		out = append(out, "what is refused has written something")
	}
	if row.kind == sound && x.status() >= 400 && !r.page && r.about != aboutContext {
		out = append(out, "what is all right is refused")
	}
	return out
}
