package relational

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"schemaside/storage"
)

// NewEpoch returns a random epoch, as a column of a table takes it. rand.Read never fails.
func NewEpoch() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return int64(binary.NativeEndian.Uint64(b[:])) //nolint:gosec // any bits will do
}

// CommitID marks one commit, so that it can be told from another one on the same revision.
type CommitID [16]byte

// NewCommitID returns a random ID. rand.Read never fails.
func NewCommitID() CommitID {
	var id CommitID
	_, _ = rand.Read(id[:])
	return id
}

// Sent is a commit on its way to a database.
type Sent struct {
	Context string
	Base    storage.Revision
	ID      CommitID
	// Send sends the commit, the same each time, and tells whether the database has applied it. When it has not, the
	// context was not at Base. Errors wrap a sentinel of storage: ErrOutcomeUnknown when the commit may still happen,
	// or has happened.
	Send func(ctx context.Context) (head storage.Head, applied bool, err error)
	// Recent reads the head and the IDs of the last commits, the newest first.
	Recent func(ctx context.Context) (head storage.Head, ids []byte, err error)
}

// Pauses between attempts to find out what became of a commit.
const (
	firstPause   = 10 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// Settle sends a commit and finds out what became of it, as long as ctx lasts. Where the first answer is lost, the same
// commit is sent again: of the two at most one can be applied, for both want the context at Base, and the second is
// refused or applied only once the first is decided. Refused, it looks for its ID among the last commits.
func (s Sent) Settle(ctx context.Context) (storage.Head, error) {
	head, applied, err := s.Send(ctx)
	if err == nil && !applied {
		return storage.Head{}, s.conflict()
	}
	if !errors.Is(err, storage.ErrOutcomeUnknown) {
		return head, err
	}
	lost := err
	for pause := firstPause; Wait(ctx, pause); pause = min(2*pause, longestPause) {
		head, applied, err := s.Send(ctx)
		if err == nil && applied {
			return head, nil
		}
		if err == nil {
			if head, ids, err := s.Recent(ctx); err == nil {
				return s.lookUp(head, ids)
			}
		}
	}
	return storage.Head{}, lost
}

// lookUp tells whether the commit that followed Base is this one, from the head and the IDs of the last commits.
func (s Sent) lookUp(head storage.Head, ids []byte) (storage.Head, error) {
	const size = len(CommitID{})
	if head.Revision <= s.Base {
		return storage.Head{}, s.conflict()
	}
	since := head.Revision - s.Base - 1
	if since >= storage.Revision(len(ids)/size) {
		return storage.Head{}, fmt.Errorf("commit to context %s: %d commits have followed: %w", s.Context, since, storage.ErrOutcomeUnknown)
	}
	at := int(since) * size //nolint:gosec // less than the length
	if !bytes.Equal(ids[at:at+size], s.ID[:]) {
		return storage.Head{}, s.conflict()
	}
	// What has followed is taken off again, as far as a head tells.
	head.Revision = s.Base + 1
	head.Removal = min(head.Removal, head.Revision)
	return head, nil
}

func (s Sent) conflict() error {
	return fmt.Errorf("commit to context %s, decided on revision %d: %w", s.Context, s.Base, storage.ErrConflict)
}

// Wait waits for a while. It returns false when ctx ends first.
func Wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reachTime bounds how long a server that is away is waited for at the start: until one that starts beside is up.
const reachTime = 30 * time.Second

// Reach calls try until it reaches the server, as long as ctx lasts, but no longer than half a minute.
func Reach(ctx context.Context, try func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	var err error
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if err = try(ctx); err == nil || !Wait(ctx, pause) {
			return err
		}
	}
}
