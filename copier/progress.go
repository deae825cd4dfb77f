package copier

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Progress is shown once a copy takes longer than patience, and then at this interval.
const (
	patience = 2 * time.Second
	interval = 200 * time.Millisecond
)

// progress writes one line over and over that tells how far a copy is.
type progress struct {
	out io.Writer // nil for none

	mu    sync.Mutex
	what  string
	unit  string
	done  int
	total int
}

func newProgress(out io.Writer) *progress { return &progress{out: out} }

// phase tells what is done from now on.
func (p *progress) phase(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.unit, p.done, p.total = what, "", 0, 0
}

// expect tells how many steps follow.
func (p *progress) expect(unit string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unit, p.done, p.total = unit, 0, total
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.total == 0 {
		return p.what
	}
	return fmt.Sprintf("%s: %d of %d %s", p.what, p.done, p.total, p.unit)
}

// start shows the line until stop is called, which wipes it out.
func (p *progress) start() (stop func()) {
	if p.out == nil {
		return func() {}
	}
	ended, wiped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(wiped)
		next, shown := time.NewTimer(patience), false
		defer next.Stop()
		for {
			select {
			case <-ended:
				if shown {
					fmt.Fprint(p.out, "\r\033[K")
				}
				return
			case <-next.C:
				fmt.Fprintf(p.out, "\r\033[K%s", p.line())
				shown = true
				next.Reset(interval)
			}
		}
	}()
	return func() {
		close(ended)
		<-wiped
	}
}
