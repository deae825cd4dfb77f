package copier

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// snapshot is what a registry shows of one context.
type snapshot struct {
	settings tier
	// subjects has the settings of each subject that is known, with or without versions.
	subjects map[string]tier
	versions map[versionKey]version
	// maxID is the highest ID that was ever given; 0 if it isn't known.
	maxID int
	// counter tells that an interrupted copy left its counterSubject behind.
	counter bool
	// hidden tells that the server doesn't let this context be seen.
	hidden bool
}

type versionKey struct {
	subject string
	number  int
}

func (v version) key() versionKey { return versionKey{v.subject, v.number} }

// sortedVersions returns the versions by subject and number.
func (s *snapshot) sortedVersions() []version {
	return slices.SortedFunc(maps.Values(s.versions), func(a, b version) int {
		return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.number, b.number))
	})
}

func (s *snapshot) subjectNames() []string { return slices.Sorted(maps.Keys(s.subjects)) }

// snapshot reads a context, and the settings of more subjects than those it lists: no list has subjects without versions.
func (r *remote) snapshot(ctx context.Context, registryCtx string, more []string, p *progress) (*snapshot, error) {
	s := &snapshot{subjects: map[string]tier{}, versions: map[versionKey]version{}}
	var err error
	s.settings, err = r.rootTier(ctx, registryCtx)
	if registryCtx == globalContext {
		s.hidden = refusedWith(err, 403, 404, 405, 422) || err == nil && s.settings.config == "" && s.settings.mode == ""
		if s.hidden {
			return s, nil
		}
	}
	if err != nil || registryCtx == globalContext {
		return s, err
	}
	names, err := r.subjects(ctx, registryCtx)
	if err != nil {
		return nil, err
	}
	aliases, err := r.aliases(ctx, registryCtx)
	if err != nil {
		return nil, err
	}
	wanted, err := r.readSubjects(ctx, s, registryCtx, names, append(aliases, more...), p)
	if err != nil {
		return nil, err
	}
	if err := r.readVersions(ctx, s, registryCtx, wanted, p); err != nil {
		return nil, err
	}
	for _, v := range s.versions {
		s.maxID, err = r.maxID(ctx, registryCtx, v.id)
		break // any ID will do
	}
	s.takeCounter()
	return s, err
}

// listedVersion is a version that is to be read.
type listedVersion struct {
	versionKey
	deleted bool
}

// readSubjects reads the settings of subjects, and lists their versions.
func (r *remote) readSubjects(ctx context.Context, s *snapshot, registryCtx string, names, more []string, p *progress) ([]listedVersion, error) {
	var (
		mu     sync.Mutex
		wanted []listedVersion
	)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.concurrency)
	all := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(names), more...))))
	p.expect("subjects", len(all))
	for _, subject := range all {
		g.Go(func() error {
			defer p.step()
			settings, err := r.subjectTier(ctx, registryCtx, subject)
			if err != nil {
				return err
			}
			var listed []listedVersion
			var shadowed []version
			if _, has := slices.BinarySearch(names, subject); has && aliasIn(settings.config) != "" {
				shadowed, err = r.shadowed(ctx, registryCtx, subject)
			} else if has {
				listed, err = r.list(ctx, registryCtx, subject)
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			s.subjects[subject] = settings
			wanted = append(wanted, listed...)
			for _, v := range shadowed {
				s.versions[v.key()] = v
			}
			return nil
		})
	}
	return wanted, g.Wait()
}

// subjectTier reads the settings of a subject. Those of the nameless one are the context's.
func (r *remote) subjectTier(ctx context.Context, registryCtx, subject string) (tier, error) {
	if subject == "" {
		return tier{}, nil
	}
	return r.tierOf(ctx, registryCtx, subject)
}

func (r *remote) list(ctx context.Context, registryCtx, subject string) ([]listedVersion, error) {
	all, live, err := r.numbers(ctx, qualified(registryCtx, subject))
	slices.Sort(live)
	out := make([]listedVersion, len(all))
	for i, n := range all {
		_, lives := slices.BinarySearch(live, n)
		out[i] = listedVersion{versionKey{subject, n}, !lives}
	}
	return out, err
}

func (r *remote) readVersions(ctx context.Context, s *snapshot, registryCtx string, wanted []listedVersion, p *progress) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.concurrency)
	p.expect("versions", len(wanted))
	for _, w := range wanted {
		g.Go(func() error {
			defer p.step()
			v, found, err := r.version(ctx, registryCtx, w.subject, w.number, w.deleted)
			if err != nil || !found {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			s.versions[v.key()] = v
			return nil
		})
	}
	return g.Wait()
}
