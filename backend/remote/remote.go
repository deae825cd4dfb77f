// Package remote fetches texts by URL, for schemas that refer to them, from the places that were allowed and from no other.
//
// It knows HTTP as a client. It must not know what a text means.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// timeout is the time for one text, its redirects included.
	timeout = 2 * time.Second
	// maxBytes is the size of one text.
	maxBytes = 1 << 20
	// maxURL is the length of a URL.
	maxURL = 2048
	// maxRedirects is how often a server may point elsewhere.
	maxRedirects = 3
	// maxAtOnce is how many texts are fetched at the same time.
	maxAtOnce = 8
	// A text is kept for some minutes, a failure for some seconds, and so many bytes of texts and their URLs altogether.
	keepText    = 5 * time.Minute
	keepFailure = 10 * time.Second
	maxKept     = 16 << 20
	// keptBytes is what keeping a text takes beside it.
	keptBytes = 256
)

var (
	errNotAllowed = errors.New("not a URL that may be fetched")
	errStatus     = errors.New("the server answers with status")
	errNoAnswer   = errors.New("no answer")
	errTooLarge   = fmt.Errorf("more than %d bytes", maxBytes)
	errRedirects  = fmt.Errorf("more than %d redirects", maxRedirects)
)

// Fetcher fetches texts and keeps them for a while. It is safe for concurrent use.
type Fetcher struct {
	places []place
	// named asks the hosts of places, public all others, if they are allowed.
	named, public *http.Client
	flights       singleflight.Group
	slots         chan struct{}
	now           func() time.Time
	failed        func(address string, err error)

	mu    sync.Mutex
	kept  map[string]kept
	bytes int
}

// kept is what a fetch came to.
type kept struct {
	text  string
	err   error
	until time.Time
}

// New returns a fetcher for places: a host, which is asked by https; the beginning of a URL, where it ends at a slash; or *
// for https, at its usual port, to every host with an address of the internet. failed is told why a text can't be had, which
// callers may not know in full. An error tells which place is none.
func New(places []string, failed func(address string, err error)) (*Fetcher, error) {
	f := &Fetcher{
		named: newClient(checkNamed), slots: make(chan struct{}, maxAtOnce),
		now: time.Now, failed: failed, kept: map[string]kept{},
	}
	for i, text := range places {
		if text == anywhere {
			f.public = newClient(checkPublic)
			continue
		}
		p, err := newPlace(text)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %q: %w", i, text, err)
		}
		f.places = append(f.places, p)
	}
	return f, nil
}

// newClient returns a client that connects only to addresses that check lets pass, and leaves redirects to its caller.
func newClient(check func(address string) error) *http.Client {
	dialer := &net.Dialer{
		Timeout: timeout,
		// Addresses are looked at when a connection is made: no name can mean another one in between.
		Control: func(_, address string, _ syscall.RawConn) error { return check(address) },
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    timeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns:           maxAtOnce,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close lets go of connections.
func (f *Fetcher) Close() {
	f.named.CloseIdleConnections()
	if f.public != nil {
		f.public.CloseIdleConnections()
	}
}

// Fetch returns the text at a URL. It is a schema.Fetch.
func (f *Fetcher) Fetch(ctx context.Context, address string) (string, error) {
	if _, _, err := f.client(address); err != nil {
		return "", err
	}
	if k, ok := f.recall(address); ok {
		return k.text, k.err
	}
	// Whoever waits no longer doesn't end it for others.
	flight := f.flights.DoChan(address, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		text, err := f.fetch(ctx, address)
		if err != nil {
			f.failed(address, err)
			err = told(err)
		}
		f.keep(address, text, err)
		return text, err
	})
	select {
	case result := <-flight:
		text, _ := result.Val.(string)
		return text, result.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// told is what callers are told: not which names and addresses there are around the registry.
func told(err error) error {
	for _, known := range []error{errNotAllowed, errStatus, errTooLarge, errRedirects} {
		if errors.Is(err, known) {
			return err
		}
	}
	return errNoAnswer
}

// fetch asks the server, and those that it points to.
func (f *Fetcher) fetch(ctx context.Context, address string) (string, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	for range maxRedirects + 1 {
		text, next, err := f.ask(ctx, address)
		if err != nil || next == "" {
			return text, err
		}
		address = next
	}
	return "", errRedirects
}

// ask asks one server; next is where it points to instead of answering.
func (f *Fetcher) ask(ctx context.Context, address string) (text, next string, err error) {
	client, u, err := f.client(address)
	if err != nil {
		return "", "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return "", "", err
	}
	request.Header.Set("Accept", "application/schema+json, application/json, */*;q=0.1")
	request.Header.Set("User-Agent", "schemaside")
	response, err := client.Do(request)
	if err != nil {
		return "", "", err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		text, err = read(response.Body)
		return text, "", err
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		location, err := response.Location()
		if err != nil {
			return "", "", err
		}
		return "", location.String(), nil
	default:
		return "", "", fmt.Errorf("%w %d", errStatus, response.StatusCode)
	}
}

func read(body io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxBytes+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxBytes {
		return "", errTooLarge
	}
	return string(text), nil
}

// client is who may ask for a URL.
func (f *Fetcher) client(address string) (*http.Client, *url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || !plain(u) || len(address) > maxURL {
		return nil, nil, errNotAllowed
	}
	u.Fragment, u.RawFragment = "", ""
	for _, p := range f.places {
		if p.has(u) {
			return f.named, u, nil
		}
	}
	if f.public != nil && u.Scheme == "https" && portOf(u) == "443" {
		return f.public, u, nil
	}
	return nil, nil, errNotAllowed
}

func (f *Fetcher) recall(address string) (kept, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k, ok := f.kept[address]
	return k, ok && f.now().Before(k.until)
}

// keep notes what a fetch came to. When there is too much, all else is forgotten: that it is fetched again does no harm.
func (f *Fetcher) keep(address, text string, err error) {
	k := kept{text: text, err: err, until: f.now().Add(keepText)}
	if err != nil {
		k.until = f.now().Add(keepFailure)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if old, ok := f.kept[address]; ok {
		f.bytes -= sizeOf(address, old)
	}
	if f.bytes += sizeOf(address, k); f.bytes > maxKept {
		clear(f.kept)
		f.bytes = sizeOf(address, k)
	}
	f.kept[address] = k
}

func sizeOf(address string, k kept) int { return len(address) + len(k.text) + keptBytes }
