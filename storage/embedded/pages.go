package embedded

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt trusts its pages: on a damaged one it may read outside of the file, or in a circle. So a check first walks over the
// pages by itself. Layout, in the machine's own byte order: a page begins with a header of ID, flags, count and overflow;
// count elements follow, then what they point at, counted from the element's own place.

const (
	headerSize  = 16
	elementSize = 16
	bucketSize  = 16

	branchFlag   = 0x01
	leafFlag     = 0x02
	freelistFlag = 0x10
	bucketFlag   = 0x01 // of an element of a leaf

	noFreelist = ^uint64(0)
)

// walker visits each page that the file uses, once.
type walker struct {
	file     io.ReaderAt
	pageSize uint64
	report   *Report
	// pages is the number of pages in use; seen are those that were visited, waiting those that were found.
	pages   uint64
	seen    map[uint64]bool
	waiting []uint64
}

// walkPages reports pages that are no pages, reach out of themselves or of the file, or are used twice. The error tells
// that the file can't be read.
func walkPages(file io.ReaderAt, pageSize int, report *Report) error {
	w := walker{file: file, pageSize: uint64(pageSize), report: report, seen: map[uint64]bool{0: true, 1: true}} //nolint:gosec // bbolt's, from 512 on
	freelist, err := w.meta()
	if err != nil {
		return err
	}
	if freelist != noFreelist {
		page, err := w.read(freelist)
		if err != nil {
			return err
		}
		w.freelist(page)
	}
	for len(w.waiting) > 0 {
		id := w.waiting[len(w.waiting)-1]
		w.waiting = w.waiting[:len(w.waiting)-1]
		page, err := w.read(id)
		if err != nil {
			return err
		}
		if page.body != nil {
			w.tree(page)
		}
	}
	return nil
}

// page is a page with its header read. body is nil when the header made no sense.
type page struct {
	id    uint64
	flags uint16
	count int
	body  []byte
}

func (w *walker) fault(id uint64, format string, args ...any) {
	w.report.fault("page %d %s", id, fmt.Sprintf(format, args...))
}

// meta finds the newer of the two pages that tell where the rest is.
func (w *walker) meta() (freelist uint64, err error) {
	newest := []byte(nil)
	for id := range int64(2) {
		b := make([]byte, headerSize+64)
		if _, err := w.file.ReadAt(b, id*int64(w.pageSize)); err != nil { //nolint:gosec // a page's size
			return 0, err
		}
		m := b[headerSize:]
		sum := fnv.New64a()
		_, _ = sum.Write(m[:56])
		if sum.Sum64() != binary.NativeEndian.Uint64(m[56:]) {
			w.fault(uint64(id), "has a wrong checksum")
		} else if newest == nil || binary.NativeEndian.Uint64(m[48:]) > binary.NativeEndian.Uint64(newest[48:]) {
			newest = m
		}
	}
	if newest == nil {
		return noFreelist, nil
	}
	w.pages = binary.NativeEndian.Uint64(newest[40:])
	w.waiting = append(w.waiting, binary.NativeEndian.Uint64(newest[16:]))
	return binary.NativeEndian.Uint64(newest[32:]), nil
}

// read reads a page with those that continue it.
func (w *walker) read(id uint64) (page, error) {
	p := page{id: id}
	if !w.visit(id) {
		return p, nil
	}
	header := make([]byte, headerSize)
	if _, err := w.file.ReadAt(header, int64(id*w.pageSize)); err != nil { //nolint:gosec // below the file's size
		return p, err
	}
	p.flags, p.count = binary.NativeEndian.Uint16(header[8:]), int(binary.NativeEndian.Uint16(header[10:]))
	if own := binary.NativeEndian.Uint64(header); own != id {
		w.fault(id, "calls itself %d", own)
		return p, nil
	}
	more := uint64(binary.NativeEndian.Uint32(header[12:]))
	for next := range more {
		if !w.visit(id + next + 1) {
			return p, nil
		}
	}
	p.body = make([]byte, (more+1)*w.pageSize)
	_, err := w.file.ReadAt(p.body, int64(id*w.pageSize)) //nolint:gosec // below the file's size
	return p, err
}

func (w *walker) visit(id uint64) bool {
	if id >= w.pages || w.seen[id] {
		w.fault(id, "is used twice, or lies outside of the file")
		return false
	}
	w.seen[id] = true
	return true
}

// freelist looks at the list of free pages, whose length may stand in its first element.
func (w *walker) freelist(p page) {
	if p.body == nil {
		return
	}
	ids := p.body[headerSize:]
	count := uint64(p.count) //nolint:gosec // 16 bits
	if count == 0xffff {
		count, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if p.flags != freelistFlag || count > uint64(len(ids)/8) {
		w.fault(p.id, "is no list of free pages")
	}
}

// tree looks at a page of a bucket's tree, and finds those below.
func (w *walker) tree(p page) {
	switch p.flags {
	case branchFlag:
		for i := range p.count {
			e, ok := element(p.body, i)
			if !ok || !reaches(p.body, i, number(e), number(e[4:])) {
				w.fault(p.id, "is damaged at element %d", i)
				return
			}
			w.waiting = append(w.waiting, binary.NativeEndian.Uint64(e[8:]))
		}
	case leafFlag:
		w.leaf(p)
	default:
		w.fault(p.id, "is neither branch nor leaf")
	}
}

// leaf looks at a leaf, or at a bucket that is kept inside of its parent's leaf.
func (w *walker) leaf(p page) {
	for i := range p.count {
		e, ok := element(p.body, i)
		if !ok || !reaches(p.body, i, number(e[4:]), number(e[8:])+number(e[12:])) {
			w.fault(p.id, "is damaged at element %d", i)
			return
		}
		if number(e)&bucketFlag == 0 {
			continue
		}
		start := headerSize + uint64(i)*elementSize + number(e[4:]) + number(e[8:])
		bucket := p.body[start : start+number(e[12:])]
		switch {
		case len(bucket) < bucketSize:
			w.fault(p.id, "is damaged at bucket %d", i)
		case binary.NativeEndian.Uint64(bucket) != 0:
			w.waiting = append(w.waiting, binary.NativeEndian.Uint64(bucket))
		case len(bucket) < bucketSize+headerSize || binary.NativeEndian.Uint16(bucket[bucketSize+8:]) != leafFlag:
			w.fault(p.id, "is damaged at bucket %d", i)
		default:
			inside := bucket[bucketSize:]
			w.leaf(page{id: p.id, count: int(binary.NativeEndian.Uint16(inside[10:])), body: inside})
		}
	}
}

func element(body []byte, i int) ([]byte, bool) {
	start := headerSize + i*elementSize
	if start+elementSize > len(body) {
		return nil, false
	}
	return body[start : start+elementSize], true
}

// reaches tells whether what an element points at lies in its page.
func reaches(body []byte, i int, at, size uint64) bool {
	return headerSize+uint64(i)*elementSize+at+size <= uint64(len(body)) //nolint:gosec // counted from 0
}

func number(b []byte) uint64 { return uint64(binary.NativeEndian.Uint32(b)) }
