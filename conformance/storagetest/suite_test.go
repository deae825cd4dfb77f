package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"schemaside/storage"
	"schemaside/storage/memory"
)

// recorder stands in for a *testing.T and keeps what a case complains about.
type recorder struct {
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Context() context.Context { return r.ctx }

// complaints runs one case against stores that open makes.
func complaints(t *testing.T, c testCase, open func() storage.Store) []string {
	t.Helper()
	r := &recorder{ctx: t.Context()}
	var done sync.WaitGroup
	done.Go(func() { c.run(newEnv(r, open(), open)) })
	done.Wait()
	return r.complaints
}

// caught runs the cases named against a broken store: each must complain. Without names any case will do.
func caught(t *testing.T, broken func(storage.Store) storage.Store, names ...string) {
	t.Helper()
	found, ran := false, 0
	for _, c := range cases() {
		if len(names) != 0 && !slices.Contains(names, c.name) {
			continue
		}
		ran++
		got := complaints(t, c, func() storage.Store { return broken(memory.New()) })
		found = found || len(got) != 0
		if len(names) != 0 && len(got) == 0 {
			t.Errorf("%q doesn't see the fault", c.name)
		}
	}
	if !found {
		t.Error("no case sees the fault")
	}
	if len(names) != 0 && ran != len(names) {
		t.Errorf("%d of the cases %q exist", ran, names)
	}
}

func TestCases(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range cases() {
		if seen[c.name] {
			t.Errorf("two cases are called %q", c.name)
		}
		seen[c.name] = true
		if got := complaints(t, c, func() storage.Store { return memory.New() }); len(got) != 0 {
			t.Errorf("%q against a sound store: %s", c.name, strings.Join(got, "\n"))
		}
	}
}

// TestSuiteSeesFaults proves that the cases can fail: each row is a store that breaks one sentence.
func TestSuiteSeesFaults(t *testing.T) {
	t.Parallel()
	type wrap = func(storage.Store) storage.Store
	for _, test := range []struct {
		name   string
		broken wrap
		cases  []string
	}{
		{"commits whatever the base", func(s storage.Store) storage.Store { return noCompare{s} }, []string{
			"a commit on another revision is a conflict and changes nothing", "a conflict in a new context creates nothing",
			"of parallel commits on one revision one succeeds", "an empty commit is a commit like any other",
		}},
		{"applies a part of a commit in conflict", func(s storage.Store) storage.Store { return halfOnConflict{s} }, []string{
			"a commit on another revision is a conflict and changes nothing", "a conflict in a new context creates nothing",
		}},
		{"commits in two steps", func(s storage.Store) storage.Store { return newTwoSteps(s) }, []string{"a reader never sees half a commit"}},
		{"tells an old head", func(s storage.Store) storage.Store { return &staleHead{Store: s} }, []string{
			"a read returns the head that it was read under", "a reader never sees half a commit",
		}},
		{"tells no head with not found", func(s storage.Store) storage.Store { return headless{s} }, []string{"not found comes with the head"}},
		{"lists subjects in no order", func(s storage.Store) storage.Store { return shuffled{s} }, []string{
			"subjects are listed in bytewise order and tell whether they live", "a scan of subjects is continued over many pages", "names compare bytewise",
		}},
		{"starts each page anew", func(s storage.Store) storage.Store { return noAfter{s} }, []string{
			"a scan of subjects obeys prefix, after and limit", "a scan of subjects is continued over many pages",
		}},
		{"compares names in lower case", func(s storage.Store) storage.Store { return folded{s, strings.ToLower} }, []string{"names compare bytewise"}},
		{"drops trailing blanks of names", func(s storage.Store) storage.Store {
			return folded{s, func(name string) string { return strings.TrimRight(name, " ") }}
		}, []string{"names compare bytewise"}},
		{"keeps borrowed strings", func(s storage.Store) storage.Store { return &borrower{Store: s, texts: map[int32]string{}} }, []string{
			"names, texts and slices handed in are only borrowed",
		}},
		{"hands out its own slices", func(s storage.Store) storage.Store { return &lending{Store: s} }, []string{"slices handed out are the caller's"}},
		{"creates a context on reading", func(s storage.Store) storage.Store { return creating{s} }, []string{"reading creates nothing"}},
		{"mixes two contexts", func(s storage.Store) storage.Store { return mixing{s} }, []string{"contexts are apart"}},
		{"works on when cancelled", func(s storage.Store) storage.Store { return tireless{s} }, []string{
			"a call whose context was cancelled fails and changes nothing", "a call whose deadline passed fails and changes nothing",
		}},
		{"works on when closed", func(s storage.Store) storage.Store { return &slowlyClosed{Store: s} }, []string{
			"a closed store fails every call", "closing while calls are under way fails them and no more",
		}},
		{"takes a closed store for an empty one", func(s storage.Store) storage.Store { return &emptied{Store: s} }, []string{
			"closing while calls are under way fails them and no more",
		}},
		{"commits when its caller was told that it didn't", func(s storage.Store) storage.Store { return afterthought{s} }, []string{
			"a deadline that passes under way leaves a commit whole or undone",
		}},
		{"ends a scan early", func(s storage.Store) storage.Store { return fewer{s} }, []string{"a scan is continued over very many rows"}},
		{"has the epoch of all", func(s storage.Store) storage.Store { return oneEpoch{s} }, []string{"the epoch is another for another store"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			caught(t, test.broken, test.cases...)
		})
	}
}

// TestReplicaCases runs the cases about two stores against one store under two names, which is sound, and against two stores
// that know nothing of each other.
func TestReplicaCases(t *testing.T) {
	t.Parallel()
	for _, c := range replicaCases() {
		with := func(one, other storage.Store) []string {
			return complaints(t, testCase{c.name, func(e *env) { c.run(e, other) }}, func() storage.Store { return one })
		}
		one := memory.New()
		if got := with(one, one); len(got) != 0 {
			t.Errorf("%q against a sound store: %s", c.name, strings.Join(got, "\n"))
		}
		if got := with(one, memory.New()); len(got) == 0 {
			t.Errorf("%q doesn't see two stores that are apart", c.name)
		}
		if got := with(one, noCompare{one}); len(got) == 0 && c.name == "a commit of one is a conflict for the other" {
			t.Errorf("%q doesn't see a store that overwrites", c.name)
		}
	}
}

// TestSuiteSeesLostChanges proves that no kind of change can be forgotten unseen.
func TestSuiteSeesLostChanges(t *testing.T) {
	t.Parallel()
	for _, lost := range []storage.Change{
		storage.PutSchema{}, storage.DeleteSchema{}, storage.PutFingerprint{}, storage.DeleteFingerprint{}, storage.PutVersion{}, storage.DeleteVersion{},
		storage.PutBackReference{}, storage.DeleteBackReference{}, storage.PutSettings{}, storage.RaiseNextID{}, storage.SetKnown{}, storage.Removal{},
	} {
		t.Run(fmt.Sprintf("%T", lost), func(t *testing.T) {
			t.Parallel()
			caught(t, func(s storage.Store) storage.Store { return forgetful{s, reflect.TypeOf(lost)} })
		})
	}
}

type noCompare struct{ storage.Store }

func (s noCompare) Commit(ctx context.Context, c string, _ storage.Revision, changes ...storage.Change) (storage.Head, error) {
	for {
		head, err := s.Head(ctx, c)
		if err != nil {
			return storage.Head{}, err
		}
		if head, err = s.Store.Commit(ctx, c, head.Revision, changes...); err == nil {
			return head, nil
		}
	}
}

type halfOnConflict struct{ storage.Store }

func (s halfOnConflict) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, c, base, changes...)
	if err != nil {
		if at, err := s.Head(ctx, c); err == nil {
			_, _ = s.Store.Commit(ctx, c, at.Revision, changes[:len(changes)/2]...)
		}
	}
	return head, err
}

// twoSteps makes two commits of one and hides it in the heads, but not in the rows. Between the two it waits until
// somebody has read.
type twoSteps struct {
	storage.Store

	reads chan struct{}
}

func newTwoSteps(s storage.Store) twoSteps { return twoSteps{s, make(chan struct{})} }

func (s twoSteps) hide(head storage.Head) storage.Head {
	head.Revision, head.Removal = head.Revision/2, (head.Removal+1)/2
	return head
}

func (s twoSteps) Head(ctx context.Context, c string) (storage.Head, error) {
	head, err := s.Store.Head(ctx, c)
	return s.hide(head), err
}

func (s twoSteps) Versions(ctx context.Context, c, subject string) ([]storage.Version, storage.Head, error) {
	rows, head, err := s.Store.Versions(ctx, c, subject)
	select {
	case <-s.reads:
	default:
	}
	return rows, s.hide(head), err
}

func (s twoSteps) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	half := len(changes) / 2
	if _, err := s.Store.Commit(ctx, c, 2*base, changes[:half]...); err != nil {
		return storage.Head{}, err
	}
	for range 2 {
		select {
		case s.reads <- struct{}{}:
		case <-ctx.Done():
		}
	}
	head, err := s.Store.Commit(ctx, c, 2*base+1, changes[half:]...)
	return s.hide(head), err
}

// staleHead reads rows with the head of the read before.
type staleHead struct {
	storage.Store

	mu   sync.Mutex
	last storage.Head
}

func (s *staleHead) Versions(ctx context.Context, c, subject string) ([]storage.Version, storage.Head, error) {
	rows, head, err := s.Store.Versions(ctx, c, subject)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, head = head, s.last
	return rows, head, err
}

type headless struct{ storage.Store }

func (s headless) Schema(ctx context.Context, c string, id int32) (storage.Schema, storage.Head, error) {
	row, head, err := s.Store.Schema(ctx, c, id)
	if err != nil {
		head = storage.Head{}
	}
	return row, head, err
}

type shuffled struct{ storage.Store }

func (s shuffled) Subjects(ctx context.Context, c string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	rows, head, err := s.Store.Subjects(ctx, c, scan)
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows, head, err
}

type noAfter struct{ storage.Store }

func (s noAfter) Subjects(ctx context.Context, c string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	scan.After = ""
	return s.Store.Subjects(ctx, c, scan)
}

// folded takes different names of subjects for one.
type folded struct {
	storage.Store

	fold func(string) string
}

func (s folded) Versions(ctx context.Context, c, subject string) ([]storage.Version, storage.Head, error) {
	return s.Store.Versions(ctx, c, s.fold(subject))
}

func (s folded) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	changes = slices.Clone(changes)
	for i, change := range changes {
		if put, ok := change.(storage.PutVersion); ok {
			put.Version.Subject = s.fold(put.Version.Subject)
			changes[i] = put
		}
	}
	return s.Store.Commit(ctx, c, base, changes...)
}

// borrower keeps the texts of schemas as they were handed in.
type borrower struct {
	storage.Store

	mu    sync.Mutex
	texts map[int32]string
}

func (s *borrower) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, change := range changes {
		if put, ok := change.(storage.PutSchema); ok {
			s.texts[put.Schema.ID] = put.Schema.Text
		}
	}
	return s.Store.Commit(ctx, c, base, changes...)
}

func (s *borrower) Schema(ctx context.Context, c string, id int32) (storage.Schema, storage.Head, error) {
	row, head, err := s.Store.Schema(ctx, c, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	row.Text = s.texts[id]
	return row, head, err
}

// lending hands out one slice of versions again and again.
type lending struct {
	storage.Store

	mu   sync.Mutex
	rows []storage.Version
}

func (s *lending) VersionsOfID(ctx context.Context, c string, id int32) ([]storage.Version, storage.Head, error) {
	rows, head, err := s.Store.VersionsOfID(ctx, c, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) != len(rows) {
		s.rows = rows
	}
	return s.rows, head, err
}

type creating struct{ storage.Store }

func (s creating) Subjects(ctx context.Context, c string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	_, _ = s.Commit(ctx, c, 0)
	return s.Store.Subjects(ctx, c, scan)
}

// mixing keeps the settings of all contexts in one.
type mixing struct{ storage.Store }

func (s mixing) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, c, base, changes...)
	if at, headErr := s.Head(ctx, "."); err == nil && headErr == nil {
		_, _ = s.Store.Commit(ctx, ".", at.Revision, changes...)
	}
	return head, err
}

func (s mixing) Settings(ctx context.Context, _, subject string) (storage.Settings, storage.Head, error) {
	return s.Store.Settings(ctx, ".", subject)
}

func (s mixing) ScanSettings(ctx context.Context, _ string, scan storage.Scan) ([]storage.Settings, storage.Head, error) {
	return s.Store.ScanSettings(ctx, ".", scan)
}

// tireless forgets that its caller is gone.
type tireless struct{ storage.Store }

func (s tireless) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	return s.Store.Commit(context.WithoutCancel(ctx), c, base, changes...)
}

// slowlyClosed goes on for a while after it was closed.
type slowlyClosed struct {
	storage.Store

	closed atomic.Bool
	calls  atomic.Int32
}

func (s *slowlyClosed) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *slowlyClosed) Schema(ctx context.Context, c string, id int32) (storage.Schema, storage.Head, error) {
	if s.closed.Load() && s.calls.Add(1) > 100 {
		return storage.Schema{}, storage.Head{}, storage.ErrUnavailable
	}
	return s.Store.Schema(ctx, c, id)
}

// emptied has nothing any more once it is closed.
type emptied struct {
	storage.Store

	closed atomic.Bool
}

func (s *emptied) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *emptied) Schema(ctx context.Context, c string, id int32) (storage.Schema, storage.Head, error) {
	if s.closed.Load() {
		return storage.Schema{}, storage.Head{}, storage.ErrNotFound
	}
	return s.Store.Schema(ctx, c, id)
}

// afterthought commits what it has just refused for want of time.
type afterthought struct{ storage.Store }

func (s afterthought) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, c, base, changes...)
	if errors.Is(err, storage.ErrUnavailable) {
		_, _ = s.Store.Commit(context.WithoutCancel(ctx), c, base, changes...)
	}
	return head, err
}

// fewer takes a page for the last one.
type fewer struct{ storage.Store }

func (s fewer) Subjects(ctx context.Context, c string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	rows, head, err := s.Store.Subjects(ctx, c, scan)
	if scan.After != "" && len(rows) > 1 {
		rows = rows[:len(rows)-1]
	}
	return rows, head, err
}

type oneEpoch struct{ storage.Store }

func (s oneEpoch) Head(ctx context.Context, c string) (storage.Head, error) {
	head, err := s.Store.Head(ctx, c)
	head.Epoch = 1
	return head, err
}

// forgetful loses changes of one type.
type forgetful struct {
	storage.Store

	lost reflect.Type
}

func (s forgetful) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	kept := slices.DeleteFunc(slices.Clone(changes), func(change storage.Change) bool { return reflect.TypeOf(change) == s.lost })
	return s.Store.Commit(ctx, c, base, kept...)
}
