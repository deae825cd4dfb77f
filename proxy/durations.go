package proxy

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// durationShards is over how many places each histogram is spread. A pooled call stays near one core, and writes where it did
// before; the library's histograms have one lock each, which all cores would fight for with every hit.
const durationShards = 8

// durationBuckets are upper bounds in seconds.
func durationBuckets() []float64 {
	return []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}

const numDurationBuckets = 16

// durations is a histogram of how long requests took.
type durations struct {
	bounds [numDurationBuckets]time.Duration
	shards [durationShards]durationShard
}

// durationShard fills cache lines of its own.
type durationShard struct {
	buckets [numDurationBuckets + 1]atomic.Uint64
	// sum is in nanoseconds.
	sum atomic.Int64
	_   [48]byte
}

func newDurations() *durations {
	d := new(durations)
	for i, bound := range durationBuckets() {
		d.bounds[i] = time.Duration(bound * float64(time.Second))
	}
	return d
}

func (d *durations) observe(shard uint32, took time.Duration) {
	s, i := &d.shards[shard%durationShards], 0
	for i < numDurationBuckets && took > d.bounds[i] {
		i++
	}
	s.buckets[i].Add(1)
	s.sum.Add(int64(took))
}

// write writes the histogram as Prometheus text. labels are without braces.
func (d *durations) write(w io.Writer, name, labels string) {
	var count uint64
	var sum time.Duration
	for i := range numDurationBuckets + 1 {
		for s := range d.shards {
			count += d.shards[s].buckets[i].Load()
		}
		if i < numDurationBuckets {
			_, _ = fmt.Fprintf(w, "%s_bucket{%s,le=\"%v\"} %d\n", name, labels, durationBuckets()[i], count)
		}
	}
	for s := range d.shards {
		sum += time.Duration(d.shards[s].sum.Load())
	}
	_, _ = fmt.Fprintf(w, "%s_bucket{%s,le=\"+Inf\"} %d\n%[1]s_sum{%[2]s} %[4]g\n%[1]s_count{%[2]s} %[3]d\n", name, labels, count, sum.Seconds())
}
