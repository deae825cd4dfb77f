package jsonschema

import (
	"context"
	"errors"
	"fmt"
	"time"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// Bounds of what one text draws in by URL.
const (
	maxRemotes     = 20
	maxRemoteBytes = 4 << 20
	maxRemoteTime  = 2 * time.Second
)

// errFetch tells that the answer may be another one later: a text at a URL could not be had, or wasn't good.
var errFetch = errors.New("fetching a schema")

// remote gets the texts that one text refers to by URL. The zero value refuses all.
type remote struct {
	ctx   context.Context
	fetch schema.Fetch
	// standIns is set when nothing may be fetched, and any URL taken for good; stoodIn tells that one was.
	standIns, stoodIn bool
	fetches, bytes    int
}

// newRemote begins with the time that all fetches of one text may take; done ends it.
func newRemote(fetch schema.Fetch, standIns bool) (far *remote, done context.CancelFunc) {
	far = &remote{fetch: fetch, standIns: standIns}
	if fetch == nil || standIns {
		return far, func() {}
	}
	far.ctx, done = context.WithTimeout(context.Background(), maxRemoteTime)
	return far, done
}

// get fetches the text at a URL. Errors: errRemote, errFetch, errReference for one too many.
func (r *remote) get(url string, limits schema.Limits) (*jsontree.Value, error) {
	if r.fetch == nil {
		return nil, errRemote
	}
	if r.fetches++; r.fetches > maxRemotes {
		return nil, fmt.Errorf("%w: more than %d by URL", errReference, maxRemotes)
	}
	text, err := r.fetch(r.ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errFetch, url, err)
	}
	if r.bytes += len(text); r.bytes > maxRemoteBytes {
		return nil, fmt.Errorf("%w: more than %d bytes by URL", errFetch, maxRemoteBytes)
	}
	root, err := readTree(text, limits)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errFetch, url, err)
	}
	switch root.Kind {
	case jsontree.Object, jsontree.True, jsontree.False:
		return root, nil
	default:
		return nil, fmt.Errorf("%w: %s: %w: %s", errFetch, url, errSchema, nameOf(root.Kind))
	}
}

// distant is what a fragment means in the text at a URL that no reference has.
func (t *targets) distant(d dialect, url, fragment string) (place, error) {
	if t.far.standIns && t.far.fetch != nil {
		t.far.stoodIn = true
		return place{}, nil
	}
	at, known := t.byURI[url]
	if !known {
		root, err := t.far.get(url, t.limits)
		if err != nil {
			return place{}, err
		}
		at = place{root, scope{&document{root: root, base: url}, url}}
		t.name(url, at)
		t.index(d, root, at.scope)
		if t.overspent != nil {
			return place{}, t.overspent
		}
	}
	if fragment == "" || fragment[0] == '/' {
		return t.pointer(at, fragment)
	}
	// An anchor, or an id that is only a fragment: named by the URL, or by the text's own id.
	for _, base := range []string{url, t.baseInside(at.value, url)} {
		if p, ok := t.byURI[base+"#"+fragment]; ok {
			return p, nil
		}
	}
	return place{}, errReference
}
