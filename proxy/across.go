package proxy

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"runtime/debug"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/cache"
	"schemaside/resolver"
	"schemaside/storage"
)

// A list of the subjects of several contexts depends on several heads, so it is not kept. It is put together from the list
// of each context, which is kept like any answer, and sent while it is made: however long it is, no more of it is in memory
// than the lists of a few contexts.

const (
	// largePage is where a page of a list is no longer read by itself.
	largePage = 1000
	// contextsAhead is how many contexts are asked for before it is their turn.
	contextsAhead = 16
	// streamedFrom is the size above which a list is sent while it is made.
	streamedFrom = 64 << 10
	listChunk    = 16 << 10
)

// What stands first in the keys of lists that are kept as plain names. Keys of answers begin with a view.
const (
	keyContexts byte = 0xfe
	keySubjects byte = 0xff
)

// errOldList tells that a part of a list could not be confirmed.
var errOldList = errors.New("a list over several contexts is not put together from old parts")

// acrossContexts tells whether the subjects of several contexts are listed, and more than a small page of them.
func (q *question) acrossContexts() bool {
	several := q.listing.AllContexts || q.listing.ContextPrefix != ""
	return several && (q.page.Limit < 0 || q.page.Offset+q.page.Limit > largePage)
}

// answerAcross lists the subjects of several contexts.
func (c *call) answerAcross() error {
	a := &across{p: c.p, q: c.question.clone(), start: c.start, noCache: c.noCache()}
	contexts, err := a.contexts()
	if err != nil {
		return err
	}
	log := c.p.o.Log
	next, stop := iter.Pull2(a.subjects(contexts))
	body := &listBody{
		view: a.q.view, page: a.q.page, next: next, stop: stop,
		broken: func(err error) { log.Error().Err(err).Msg("a list broke off") },
	}
	size := streamedFrom
	if !c.ctx.Request.Header.IsHTTP11() {
		// There, only the length tells that a body is whole.
		size = 0
	}
	if err := body.fill(size); err != nil {
		stop()
		return err
	}
	if body.ended {
		c.write(fasthttp.StatusOK, body.rendered)
		return nil
	}
	if c.packs(body.rendered) {
		c.ctx.Response.Header.SetContentEncoding("gzip")
		body.zip = gzip.NewWriter(&body.zipped)
		if err := body.squeeze(); err != nil {
			stop()
			return err
		}
	}
	c.writePlain(fasthttp.StatusOK, nil)
	c.ctx.Response.SetBodyStream(body, -1)
	return nil
}

// across reads the parts of one list.
type across struct {
	p       *Proxy
	q       *question
	start   time.Time
	noCache bool
	// waiting are contexts that are not asked for yet, asked those that are, in order.
	waiting []string
	asked   []chan part
}

// part is the list of a context.
type part struct {
	names []byte
	err   error
}

// contexts are those that the list covers, in the order of its names.
func (a *across) contexts() ([]string, error) {
	key := appendText([]byte{keyContexts}, a.q.listing.ContextPrefix)
	names, err := a.names(resolver.DefaultContext, key, func(ctx context.Context) ([]string, backend.Basis, error) {
		return a.p.o.Registry.Contexts(ctx, backend.Contexts{Prefix: a.q.listing.ContextPrefix, Page: backend.Page{Limit: -1}})
	})
	if err != nil {
		return nil, err
	}
	var contexts []string
	for len(names) > 0 {
		var name string
		name, names = cutText(names)
		contexts = append(contexts, name)
	}
	return wire.ContextsInOrder(contexts), nil
}

// subjects yields the subjects of contexts, which are in order.
func (a *across) subjects(contexts []string) iter.Seq2[wire.Name, error] {
	a.waiting = contexts
	return wire.InOrder(contexts, func(string) wire.NextSubject {
		for len(a.waiting) > 0 && len(a.asked) < contextsAhead {
			a.asked = append(a.asked, a.ask(a.waiting[0]))
			a.waiting = a.waiting[1:]
		}
		got := <-a.asked[0]
		a.asked = a.asked[1:]
		return func() (subject string, more bool, err error) {
			if more = len(got.names) > 0; more {
				subject, got.names = cutText(got.names)
			}
			return subject, more, got.err
		}
	})
}

// ask asks for the subjects of a context.
func (a *across) ask(registryCtx string) chan part {
	key := binary.AppendUvarint([]byte{keySubjects}, uint64(a.q.flags))
	key = appendText(appendText(key, registryCtx), a.q.listing.SubjectPrefix)
	answer := make(chan part, 1)
	if c := a.p.o.Cache; c != nil && !a.noCache {
		ready := c.Key(key)
		if hit := c.Get(&ready, a.start); hit != nil {
			answer <- part{names: hit.Body}
			return answer
		}
	}
	go func() {
		names, err := a.names(registryCtx, key, func(ctx context.Context) ([]string, backend.Basis, error) {
			p := a.q.subjects()
			p.AllContexts, p.ContextPrefix, p.Context, p.Page = false, "", registryCtx, backend.Page{Limit: -1}
			found, basis, err := a.p.o.Registry.Subjects(ctx, p)
			subjects := make([]string, len(found))
			for i, n := range found {
				subjects[i] = n.Subject
			}
			return subjects, basis, err
		})
		answer <- part{names: names, err: err}
	}()
	return answer
}

// names returns a list of names as it is kept: see appendTexts.
func (a *across) names(registryCtx string, key []byte, read func(ctx context.Context) ([]string, backend.Basis, error)) ([]byte, error) {
	fill := func(ctx context.Context) (f cache.Filled, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = &panicked{value: v, stack: debug.Stack()}
			}
		}()
		names, basis, err := read(ctx)
		return cache.Filled{
			Answer: cache.Answer{Status: fasthttp.StatusOK, Body: appendTexts(names)},
			Stamps: basis.Stamps, Volatile: basis.Volatile,
		}, err
	}
	if a.p.o.Cache == nil {
		f, err := fill(context.Background())
		return f.Answer.Body, err
	}
	served, err := a.p.o.Cache.Do(context.Background(), cache.Request{Context: registryCtx, Key: key, NoCache: a.noCache, Now: a.start}, fill)
	switch {
	case err != nil:
		return nil, err
	case served.Stale:
		return nil, wire.Unavailable(errors.Join(storage.ErrUnavailable, errOldList))
	}
	return served.Answer.Body, nil
}

// appendTexts writes texts one after the other, each with its length before it.
func appendTexts(all []string) []byte {
	size := 0
	for _, s := range all {
		size += len(s) + binary.MaxVarintLen16
	}
	b := make([]byte, 0, size)
	for _, s := range all {
		b = appendText(b, s)
	}
	return b
}

// cutText cuts the first text off what appendTexts wrote. What is kept never changes, so the text isn't copied.
func cutText(b []byte) (text string, rest []byte) {
	length, n := binary.Uvarint(b)
	end := n + int(length) //nolint:gosec // appendText wrote it
	return borrow(b[n:end]), b[end:]
}

// listBody is a list of names as the body of an answer. It is made as it is read.
type listBody struct {
	view   resolver.View
	page   backend.Page
	next   func() (wire.Name, error, bool)
	stop   func()
	broken func(err error)

	begun, ended bool
	listed       int
	rendered     []byte
	space        []byte
	// zip is nil unless the list goes out packed; it writes to zipped.
	zip    *gzip.Writer
	zipped bytes.Buffer
}

// fill renders so many bytes, or a little more, or the rest of the list; all of it for 0.
func (b *listBody) fill(size int) error {
	b.space = b.space[:0]
	if !b.begun {
		b.begun, b.space = true, append(b.space, '[')
	}
	for !b.ended && (size == 0 || len(b.space) < size) {
		n, err, more := b.next()
		switch {
		case err != nil:
			return err
		case !more || b.listed == b.page.Limit:
			b.ended, b.space = true, append(b.space, ']')
		case b.page.Offset > 0:
			b.page.Offset--
		default:
			if b.listed > 0 {
				b.space = append(b.space, ',')
			}
			b.listed++
			b.space = appendString(b.space, b.view.Subject(n.Context, n.Subject))
		}
	}
	b.rendered = b.space
	if b.ended {
		b.stop()
	}
	return nil
}

// squeeze packs what is rendered, where that is wanted. It may leave nothing for now.
func (b *listBody) squeeze() error {
	if b.zip == nil {
		return nil
	}
	b.zipped.Reset()
	_, err := b.zip.Write(b.rendered)
	if err == nil && b.ended {
		err = b.zip.Close()
	}
	b.rendered = b.zipped.Bytes()
	return err
}

// Read implements io.Reader. Its error breaks the answer off, so that nobody takes it for a whole one.
func (b *listBody) Read(p []byte) (int, error) {
	for len(b.rendered) == 0 {
		if b.ended {
			return 0, io.EOF
		}
		err := b.fill(listChunk)
		if err == nil {
			err = b.squeeze()
		}
		if err != nil {
			b.broken(err)
			return 0, err
		}
	}
	n := copy(p, b.rendered)
	b.rendered = b.rendered[n:]
	return n, nil
}

// Close implements io.Closer.
func (b *listBody) Close() error {
	b.stop()
	return nil
}
