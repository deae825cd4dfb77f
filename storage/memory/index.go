package memory

import (
	"bytes"
	"cmp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tidwall/btree"

	"schemaside/storage"
)

// index answers the questions over all contexts. Like a context, it is an immutable value that is replaced, so that
// its readers wait for nobody.
type index struct {
	// replacing is held while the entries are replaced, never by a reader.
	replacing sync.Mutex
	state     atomic.Pointer[entries]
}

// entries may name a context that has just lost what is asked for, never miss one that has it.
type entries struct {
	known        *btree.Set[string]
	subjects     *btree.BTreeG[subjectIn]
	fingerprints *btree.BTreeG[fingerprintIn]
}

type subjectIn struct{ subject, context string }

type fingerprintIn struct {
	fingerprint storage.Fingerprint
	context     string
}

// defaultContext is listed whether or not anything was ever written to it.
const defaultContext = "."

func newEntries() *entries {
	e := &entries{
		known: new(btree.Set[string]),
		subjects: newTree(func(a, b subjectIn) int {
			return cmp.Or(strings.Compare(a.subject, b.subject), strings.Compare(a.context, b.context))
		}),
		fingerprints: newTree(func(a, b fingerprintIn) int {
			return cmp.Or(bytes.Compare(a.fingerprint[:], b.fingerprint[:]), strings.Compare(a.context, b.context))
		}),
	}
	e.known.Insert(defaultContext)
	return e
}

func (e *entries) contextsOfSubject(subject string) []string {
	same := func(entry subjectIn) bool { return entry.subject == subject }
	var names []string
	for _, entry := range run(e.subjects, subjectIn{subject: subject}, same) {
		names = append(names, entry.context)
	}
	return names
}

func (e *entries) contextsOfFingerprint(fingerprint storage.Fingerprint) []string {
	same := func(entry fingerprintIn) bool { return entry.fingerprint == fingerprint }
	var names []string
	for _, entry := range run(e.fingerprints, fingerprintIn{fingerprint: fingerprint}, same) {
		names = append(names, entry.context)
	}
	return names
}

// movement is a context on its way from one snapshot to the next.
type movement struct {
	context   string
	old, next *snapshot
	touched   touched
}

// difference returns what the snapshot to has and from has not.
func (m movement) difference(from, to *snapshot) (known bool, subjects []string, fingerprints []storage.Fingerprint) {
	for _, subject := range m.touched.subjects {
		_, before := from.subjects.Get(subject)
		if row, after := to.subjects.Get(subject); after && !before {
			subjects = append(subjects, row.versions[0].Subject)
		}
	}
	for _, fingerprint := range m.touched.fingerprints {
		_, before := from.fingerprints.Get(fingerprintID{fingerprint: fingerprint})
		if _, after := to.fingerprints.Get(fingerprintID{fingerprint: fingerprint}); after && !before {
			fingerprints = append(fingerprints, fingerprint)
		}
	}
	return to.head.Known && !from.head.Known, subjects, fingerprints
}

// enter adds what the next snapshot has and the old one had not.
func (x *index) enter(m movement) {
	known, subjects, fingerprints := m.difference(m.old, m.next)
	if !known && len(subjects) == 0 && len(fingerprints) == 0 {
		return
	}
	x.replace(func(e *entries) {
		if known {
			e.known.Insert(m.context)
		}
		for _, subject := range subjects {
			e.subjects.Set(subjectIn{subject: subject, context: m.context})
		}
		for _, fingerprint := range fingerprints {
			e.fingerprints.Set(fingerprintIn{fingerprint: fingerprint, context: m.context})
		}
	})
}

// strike removes what the old snapshot had and the next one has not.
func (x *index) strike(m movement) {
	unknown, subjects, fingerprints := m.difference(m.next, m.old)
	if !unknown && len(subjects) == 0 && len(fingerprints) == 0 {
		return
	}
	x.replace(func(e *entries) {
		if unknown && m.context != defaultContext {
			e.known.Delete(m.context)
		}
		for _, subject := range subjects {
			e.subjects.Delete(subjectIn{subject: subject, context: m.context})
		}
		for _, fingerprint := range fingerprints {
			e.fingerprints.Delete(fingerprintIn{fingerprint: fingerprint, context: m.context})
		}
	})
}

func (x *index) replace(edit func(e *entries)) {
	x.replacing.Lock()
	defer x.replacing.Unlock()
	old := x.state.Load()
	next := &entries{known: old.known.Copy(), subjects: old.subjects.Copy(), fingerprints: old.fingerprints.Copy()}
	edit(next)
	x.state.Store(next)
}

func (x *index) clear() {
	x.replacing.Lock()
	defer x.replacing.Unlock()
	x.state.Store(newEntries())
}
