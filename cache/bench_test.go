package cache

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// benchCache returns a cache that holds one answer for each of n contexts, and their keys.
func benchCache(b *testing.B, n int) (*Cache, []Request, *database) {
	b.Helper()
	d := newDatabase()
	o := testOptions(d)
	o.MaxBytes, o.Freshness = 64<<20, time.Hour
	c := New(o)
	b.Cleanup(c.Close)
	requests := make([]Request, n)
	for i := range requests {
		a := ask{context: fmt.Sprintf(".team-%d", i), key: "schemas/ids/1", size: 400}
		requests[i] = a.request()
		if _, err := c.Do(context.Background(), requests[i], d.fill(a)); err != nil {
			b.Fatal(err)
		}
		for i%256 == 0 && get(c, requests[i].Key, time.Now()) == nil {
			runtime.Gosched()
		}
	}
	for i := range requests {
		for get(c, requests[i].Key, time.Now()) == nil {
			runtime.Gosched()
		}
	}
	return c, requests, d
}

func BenchmarkGet(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("contexts=%d", n), func(b *testing.B) {
			c, requests, _ := benchCache(b, n)
			now := time.Now()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if get(c, requests[i].Key, now) == nil {
					b.Fatal("missed")
				}
				if i++; i == n {
					i = 0
				}
			}
		})
	}
}

func BenchmarkGetParallel(b *testing.B) {
	c, requests, _ := benchCache(b, 1)
	now := time.Now()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			get(c, requests[0].Key, now)
		}
	})
}

func BenchmarkDo(b *testing.B) {
	b.Run("kept", func(b *testing.B) {
		c, requests, d := benchCache(b, 1)
		fill := d.fill(ask{context: ".team-0", key: "schemas/ids/1"})
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Do(context.Background(), requests[0], fill); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("filled", func(b *testing.B) {
		c, _, d := benchCache(b, 1)
		i := 0
		b.ReportAllocs()
		for b.Loop() {
			i++
			a := ask{context: ".team-0", key: fmt.Sprint(i), immutable: true}
			if _, err := c.Do(context.Background(), a.request(), d.fill(a)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
