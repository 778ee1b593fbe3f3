package plan

import "slices"

const (
	pageBits = 8
	pageSize = 1 << pageBits
	pageMask = pageSize - 1
)

// pages is a slice that is cheap to change a little: a copy shares all pages
// but those that were written to since. A value is immutable once its editing
// is over.
type pages[T any] struct {
	list []*[pageSize]T
	n    int
	mine map[int]bool // pages that this value may write to; nil when it is immutable
}

func newPages[T any](values []T) pages[T] {
	p := pages[T]{n: len(values)}
	for part := range slices.Chunk(values, pageSize) {
		page := new([pageSize]T)
		copy(page[:], part)
		p.list = append(p.list, page)
	}
	return p
}

func (p *pages[T]) len() int32     { return int32(p.n) }
func (p *pages[T]) at(i int32) T   { return p.list[i>>pageBits][i&pageMask] }
func (p *pages[T]) seal() pages[T] { return pages[T]{list: p.list, n: p.n} }

// set writes value i, which may be one past the last.
func (p *pages[T]) set(i int32, v T) {
	if p.mine == nil {
		p.mine, p.list = map[int]bool{}, slices.Clone(p.list)
	}
	k := int(i >> pageBits)
	switch {
	case k == len(p.list):
		p.list, p.mine[k] = append(p.list, new([pageSize]T)), true
	case !p.mine[k]:
		page := *p.list[k]
		p.list[k], p.mine[k] = &page, true
	}
	p.list[k][i&pageMask] = v
	p.n = max(p.n, int(i)+1)
}
