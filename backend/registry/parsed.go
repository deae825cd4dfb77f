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
type parsedKey [sha256.Size]byte

// parsedCache keeps the parsed form of texts that were read lately, so that a check against the newest version doesn't
// read it again. Refused texts are not kept.
type parsedCache struct {
	// limits hold for every text.
	limits schema.Limits

	mu    sync.Mutex
	byKey map[parsedKey]*list.Element
	// recent holds parsedEntry values, the one used last in front.
	recent *list.List
	bytes  int
}

type parsedEntry struct {
	key    parsedKey
	schema schema.Schema
	bytes  int
}

func newParsedCache(limits schema.Limits) *parsedCache {
	return &parsedCache{limits: limits, byKey: map[parsedKey]*list.Element{}, recent: list.New()}
}

// parse reads a text, or finds that it was read before.
func (c *parsedCache) parse(l schema.Language, text string, o schema.ParseOptions) (schema.Schema, error) {
	key, size := keyOf(l, text, o)
	if s := c.get(key); s != nil {
		return s, nil
	}
	o.Limits = c.limits
	s, err := l.Parse(text, o)
	if err == nil {
		c.put(parsedEntry{key: key, schema: s, bytes: weight(s, size)})
	}
	return s, err
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
	if o.Strict {
		h.Write([]byte{1})
	}
	h.Sum(key[:0])
	return key, size
}

func (c *parsedCache) get(key parsedKey) schema.Schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(parsedEntry).schema //nolint:forcetypeassert // recent holds nothing else
}

func (c *parsedCache) put(entry parsedEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[entry.key]; ok || entry.bytes > parsedBytes/4 {
		return
	}
	c.byKey[entry.key] = c.recent.PushFront(entry)
	for c.bytes += entry.bytes; c.bytes > parsedBytes; {
		oldest := c.recent.Remove(c.recent.Back()).(parsedEntry) //nolint:forcetypeassert // recent holds nothing else
		delete(c.byKey, oldest.key)
		c.bytes -= oldest.bytes
	}
}
