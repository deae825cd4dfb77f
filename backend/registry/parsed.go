package registry

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"schemaside/backend/schema"
)

const (
	// parsedBytes bounds the memory of the parsed forms that are kept, by an estimate that is rather too high.
	parsedBytes = 128 << 20
	// bytesPerByte is the memory that a byte of text takes at most once it is parsed; mostly it takes a third of that.
	bytesPerByte = 40
	// entryBytes is what keeping a parsed form takes beside it.
	entryBytes = 1 << 10
)

// parsedKey stands for a language, a text, all that it refers to, and how it was read.
type parsedKey struct {
	sum [sha256.Size]byte
	// strict is schema.ParseOptions.Strict; normalized is set for the normalised form.
	strict, normalized bool
}

// parsedCache keeps the parsed form of texts that were read lately, so that a check against the newest version doesn't
// read it again. Refused texts are not kept.
type parsedCache struct {
	// limits and fetch hold for every text.
	limits schema.Limits
	fetch  schema.Fetch

	mu    sync.Mutex
	byKey map[parsedKey]*list.Element
	// recent holds parsedEntry values, the one used last in front.
	recent *list.List
	bytes  int
}

type parsedEntry struct {
	key    parsedKey
	schema schema.Schema
	// size is that of the texts, bytes the memory of the parsed form.
	size, bytes int
}

func newParsedCache(limits schema.Limits, fetch schema.Fetch) *parsedCache {
	return &parsedCache{limits: limits, fetch: fetch, byKey: map[parsedKey]*list.Element{}, recent: list.New()}
}

// parse reads a text, or finds that it was read before.
func (c *parsedCache) parse(l schema.Language, text string, o schema.ParseOptions) (parsedEntry, error) {
	key, size := keyOf(l, text, o)
	if e, ok := c.get(key); ok {
		return e, nil
	}
	o.Limits, o.Fetch = c.limits, c.fetch
	s, err := l.Parse(text, o)
	if err != nil {
		return parsedEntry{}, err
	}
	return c.put(key, s, size), nil
}

// parseWidely reads a text by the rules of stored texts. One that was read as a new text is the same by these rules, but
// for its normalised form.
func (c *parsedCache) parseWidely(l schema.Language, text string, references []schema.Reference) (parsedEntry, error) {
	o := schema.ParseOptions{References: references, Strict: true}
	key, _ := keyOf(l, text, o)
	if e, ok := c.get(key); ok {
		return e, nil
	}
	o.Strict = false
	return c.parse(l, text, o)
}

// normalized is the normalised form of what was parsed.
func (c *parsedCache) normalized(e parsedEntry) (schema.Schema, error) {
	key := e.key
	key.normalized = true
	if n, ok := c.get(key); ok {
		return n.schema, nil
	}
	s, err := e.schema.Normalized()
	if err != nil {
		return nil, err
	}
	return c.put(key, s, e.size).schema, nil
}

// weight estimates the memory of a parsed form whose texts have a size together.
func weight(s schema.Schema, size int) int {
	w := entryBytes + bytesPerByte*size
	if heavy, ok := s.(schema.Weighted); ok {
		w += heavy.Weight()
	}
	return w
}

func keyOf(l schema.Language, text string, o schema.ParseOptions) (key parsedKey, size int) {
	h := sha256.New()
	write := func(s string) {
		size += len(s)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	write(l.Name())
	write(text)
	for _, ref := range o.References {
		write(ref.Name)
		write(ref.Text)
	}
	key.strict = o.Strict
	h.Sum(key.sum[:0])
	return key, size
}

func (c *parsedCache) get(key parsedKey) (parsedEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return parsedEntry{}, false
	}
	c.recent.MoveToFront(e)
	entry := e.Value.(parsedEntry) //nolint:forcetypeassert // recent holds nothing else
	if now := weight(entry.schema, entry.size); now != entry.bytes {
		c.bytes += now - entry.bytes
		entry.bytes = now
		e.Value = entry
		c.shrink()
	}
	return entry, true
}

// put keeps a parsed form, unless it is too large, and returns it.
func (c *parsedCache) put(key parsedKey, s schema.Schema, size int) parsedEntry {
	entry := parsedEntry{key: key, schema: s, size: size, bytes: weight(s, size)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[entry.key]; ok || entry.bytes > parsedBytes/4 {
		return entry
	}
	c.byKey[entry.key] = c.recent.PushFront(entry)
	c.bytes += entry.bytes
	c.shrink()
	return entry
}

// shrink forgets what was not used for the longest time, until the rest is small enough.
func (c *parsedCache) shrink() {
	for c.bytes > parsedBytes {
		oldest := c.recent.Remove(c.recent.Back()).(parsedEntry) //nolint:forcetypeassert // recent holds nothing else
		delete(c.byKey, oldest.key)
		c.bytes -= oldest.bytes
	}
}
