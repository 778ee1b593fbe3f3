package address

const (
	pageBits = 8
	pageSize = 1 << pageBits
)

// pages is a vector that a new snapshot can share with the one before: only
// the pages written to are copied.
type pages[T any] struct {
	page []*[pageSize]T
	n    int
}

func (p *pages[T]) len() int { return p.n }

// at returns the element for reading; the caller must not write through it.
func (p *pages[T]) at(i int32) *T { return &p.page[i>>pageBits][i&(pageSize-1)] }

// pagesEdit writes to a private copy of a pages.
type pagesEdit[T any] struct {
	pages[T]
	owned []bool
}

// edit returns an editor whose writes p does not see.
func (p *pages[T]) edit() pagesEdit[T] {
	e := pagesEdit[T]{owned: make([]bool, len(p.page))}
	e.page = append(make([]*[pageSize]T, 0, len(p.page)+1), p.page...)
	e.n = p.n
	return e
}

// set returns the element for writing.
func (e *pagesEdit[T]) set(i int32) *T {
	k := i >> pageBits
	if !e.owned[k] {
		c := *e.page[k]
		e.page[k], e.owned[k] = &c, true
	}
	return &e.page[k][i&(pageSize-1)]
}

// add appends an element and returns its index.
func (e *pagesEdit[T]) add(v T) int32 {
	if e.n == len(e.page)*pageSize {
		e.page = append(e.page, new([pageSize]T))
		e.owned = append(e.owned, true)
	}
	i := int32(e.n)
	e.n++
	*e.set(i) = v
	return i
}
