package relational

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"schemaside/storage"
)

// answer is what a database says to a commit that is sent.
type answer struct {
	applied bool
	err     error
}

var (
	lost    = answer{err: fmt.Errorf("cut: %w", storage.ErrOutcomeUnknown)}
	away    = answer{err: fmt.Errorf("no route: %w", storage.ErrUnavailable)}
	applied = answer{applied: true}
	refused = answer{}
)

func TestSettle(t *testing.T) {
	t.Parallel()
	own, other := NewCommitID(), NewCommitID()
	ring := func(ids ...CommitID) []byte {
		var all []byte
		for _, id := range ids {
			all = append(all, id[:]...)
		}
		return all
	}
	for _, c := range []struct {
		name    string
		answers []answer // the last one is given for ever
		at      storage.Revision
		ids     []byte
		want    error
	}{
		{"applied", []answer{applied}, 5, nil, nil},
		{"refused", []answer{refused}, 9, ring(own), storage.ErrConflict},
		{"surely not sent", []answer{away}, 4, nil, storage.ErrUnavailable},
		{"in conflict by the server's word", []answer{{err: storage.ErrConflict}}, 4, nil, storage.ErrConflict},
		{"lost, applied the second time", []answer{lost, away, applied}, 5, nil, nil},
		{"lost, but done", []answer{lost, refused}, 5, ring(own, other), nil},
		{"lost, but done, and others followed", []answer{lost, away, refused}, 7, ring(other, other, own), nil},
		{"lost to another", []answer{lost, refused}, 5, ring(other, own), storage.ErrConflict},
		{"lost to another, and others followed", []answer{lost, lost, refused}, 6, ring(own, other), storage.ErrConflict},
		{"lost, and too many followed", []answer{lost, refused}, 7, ring(other, other), storage.ErrOutcomeUnknown},
		{"lost for ever", []answer{lost}, 4, nil, storage.ErrOutcomeUnknown},
		{"lost, then away", []answer{lost, away}, 4, nil, storage.ErrOutcomeUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				sent := 0
				head, err := Sent{
					Context: ".a", Base: 4, ID: own,
					Send: func(context.Context) (storage.Head, bool, error) {
						a := c.answers[min(sent, len(c.answers)-1)]
						sent++
						return storage.Head{Revision: 5}, a.applied, a.err
					},
					Recent: func(context.Context) (storage.Head, []byte, error) {
						return storage.Head{Revision: c.at, Removal: c.at}, c.ids, nil
					},
				}.Settle(ctx)
				if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if err == nil && (head.Revision != 5 || head.Removal > 5) {
					t.Errorf("head %+v, want revision 5", head)
				}
			})
		})
	}
}
