package faults

import (
	"context"
	"testing"
	"time"
)

// killProgram kills the registry under load, again and again: what it acknowledged is there afterwards.
func killProgram(t *testing.T, at store, _ *server, e effort) {
	t.Helper()
	l := newLedger(newClient(t))
	for round := range e.programKills {
		p := at.start(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		// A different moment in each round.
		enough, done := l.await(5+round), make(chan struct{})
		go func() {
			defer close(done)
			l.load(ctx, p.url, round, true)
		}()
		select {
		case <-enough:
		case <-done:
			t.Errorf("round %d: all clients have given up", round)
		}
		p.kill(t)
		<-done
		cancel()
	}
	p := at.start(t)
	l.verify(t, p.url)
	p.kill(t)
}

// killServer kills the database server under load, again and again. The registry goes on by itself.
func killServer(t *testing.T, at store, db *server, e effort) {
	t.Helper()
	l := newLedger(newClient(t))
	p := at.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.load(ctx, p.url, 0, false)
	}()
	for round := range e.serverKills {
		await(t, l.await(5+round))
		db.kill()
		if err := db.again(t.Context()); err != nil {
			t.Fatal(err)
		}
		back := time.Now()
		await(t, l.await(1))
		if took := time.Since(back); took > recovery {
			t.Errorf("round %d: the first write has succeeded only %v after the server was back", round, took)
		}
	}
	await(t, l.await(5))
	cancel()
	<-done
	l.verify(t, p.url)
	p.kill(t)
}

// await waits for a channel to be closed.
func await(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("no registration was acknowledged for a minute")
	}
}
