package postgres

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"schemaside/storage/internal/relational"
)

const (
	channel = "schemaside_heads"
	// listenOn wants the name as it is.
	listenOn = `LISTEN schemaside_heads`
)

// announcer gathers the contexts that this store has moved until they are announced.
type announcer struct {
	mu      sync.Mutex
	waiting map[string]struct{}
	// ready holds a token while something waits.
	ready chan struct{}
}

func newAnnouncer() *announcer {
	return &announcer{waiting: make(map[string]struct{}), ready: make(chan struct{}, 1)}
}

func (a *announcer) moved(registryCtx string) {
	a.mu.Lock()
	if _, waits := a.waiting[registryCtx]; !waits {
		a.waiting[strings.Clone(registryCtx)] = struct{}{}
	}
	a.mu.Unlock()
	select {
	case a.ready <- struct{}{}:
	default:
	}
}

func (a *announcer) take() map[string]struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := a.waiting
	a.waiting = make(map[string]struct{})
	return taken
}

// announce tells other processes which contexts this one has moved. It comes after the commits, in a transaction of its
// own: PostgreSQL takes one lock for the whole database while a transaction that notifies commits. What moves while one
// announcement is under way goes into the next. A failure costs others no more than cache.freshness.
func (s *Store) announce() {
	for {
		select {
		case <-s.life.Context().Done():
			return
		case <-s.announcer.ready:
		}
		var payloads []string
		for registryCtx := range s.announcer.take() {
			payload, err := json.Marshal(notice{s.sender, s.Namespace, registryCtx})
			if err == nil {
				payloads = append(payloads, string(payload))
			}
		}
		ctx, done, err := s.life.Begin(s.life.Context())
		if err != nil {
			return
		}
		_, _ = s.pool.Exec(ctx, notifyAll, channel, payloads)
		done()
	}
}

// notice is the payload of a notification: who sent it, the namespace, and the context that has moved.
type notice [3]string

// Notify implements storage.Notifier. It keeps one connection of its own until the store is closed.
func (s *Store) Notify(hint func(registryCtx string)) {
	s.running.Go(func() {
		for pause := firstPause; ; pause = min(2*pause, longestPause) {
			if s.listen(s.life.Context(), hint) {
				pause = firstPause
			}
			if !relational.Wait(s.life.Context(), pause) {
				return
			}
		}
	})
}

// Pauses before the listening connection is made again.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
)

// listen passes notifications on until the connection ends, and tells whether there was one. What was sent while nobody
// listened is lost, so everything is hinted at first.
func (s *Store) listen(ctx context.Context, hint func(registryCtx string)) bool {
	conn, err := pgx.ConnectConfig(ctx, s.listener)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, listenOn); err != nil {
		return false
	}
	hint("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		var told notice
		if json.Unmarshal([]byte(n.Payload), &told) == nil && told[0] != s.sender && told[1] == s.Namespace {
			hint(told[2])
		}
	}
}
