package resolver

import "testing"

// hotPaths are shapes of requests that are answered from memory.
var hotPaths = []struct {
	raw     string
	subject int
}{
	{"/subjects/orders-value/versions/latest", 1},
	{"/subjects/%3A.team-a%3Aorders-value/versions/1", 1},
	{"/subjects/:.team-a:orders%2Fvalue", 1},
	{"/contexts/team-a/subjects/orders-value/versions/1", 1},
	{"/contexts/%74eam-a/subjects/orders%20value/versions/1", 1},
	{"/contexts/.team-a/subjects/orders-value/versions", 1},
	{"/contexts/:.team-a:/config/orders-value", 1},
	{"/schemas/ids/42/schema", -1},
}

// resolve does what each hot request does.
func resolve(d Door, dst []string, buf, raw []byte, subject int) (Target, error) {
	segments, _, err := SplitPath(dst, buf, raw)
	if err != nil {
		return Target{}, err
	}
	if d, segments, err = d.TrimContext(segments); err != nil {
		return Target{}, err
	}
	if subject < 0 {
		return d.SchemaID("", false)
	}
	return d.Subject(segments[subject])
}

func TestResolvingAllocatesNothing(t *testing.T) {
	dst, buf, out := make([]string, 0, 8), make([]byte, 0, 256), make([]byte, 0, 256)
	for _, d := range []Door{{}, {Base: ".team-b"}, {View: Bound(".team-a")}} {
		for _, p := range hotPaths {
			raw := []byte(p.raw)
			if n := testing.AllocsPerRun(100, func() {
				target, err := resolve(d, dst, buf, raw, p.subject)
				if err != nil {
					t.Fatal(err)
				}
				out = d.View.AppendSubject(out[:0], target.Context, target.Subject)
			}); n != 0 {
				t.Errorf("%s through %+v allocates %v times", p.raw, d, n)
			}
		}
		if n := testing.AllocsPerRun(100, func() {
			if _, err := d.Listing("orders", true, true); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("a listing through %+v allocates %v times", d, n)
		}
	}
}

func TestDoorAllocatesNothing(t *testing.T) {
	none, some := newRules(t, nil), newRules(t, testHosts())
	f := func(r *Rules, l Listener, host, header string, hasHeader bool) {
		t.Helper()
		if n := testing.AllocsPerRun(100, func() {
			if _, err := r.Door(l, host, header, hasHeader); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("Door(%+v, %q, %q) allocates %v times", l, host, header, n)
		}
	}
	f(none, Listener{}, "localhost:8081", "", false)
	f(none, Listener{Context: ".team-a"}, "localhost:8081", "", false)
	f(none, Listener{}, "localhost:8081", "team-a", true)
	f(none, Listener{TrustHeader: true}, "localhost:8081", ".team-a", true)
	f(some, Listener{}, "Orders.example.com:8081", "", false)
	f(some, Listener{Context: ".orders"}, "orders.example.com", "orders", true)
	f(some, Listener{}, "Team-A.registry.example:443", "", false)
}

func BenchmarkResolve(b *testing.B) {
	dst, buf := make([]string, 0, 8), make([]byte, 0, 256)
	for _, p := range hotPaths {
		raw := []byte(p.raw)
		b.Run(p.raw, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := resolve(Door{}, dst, buf, raw, p.subject); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDoor(b *testing.B) {
	r := newRules(b, testHosts())
	for _, host := range []string{"orders.example.com:8081", "team-a.registry.example"} {
		b.Run(host, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Door(Listener{}, host, "", false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
