package duty

import (
	"sync"

	"cloudgrid/gridmap/atlas"
)

// Books keeps the book of the newest snapshot, so that all who answer from it
// read the records once. The zero Books is ready to use, by any number of
// goroutines; it must not be copied.
type Books struct {
	mu   sync.Mutex
	of   *atlas.Atlas
	book *Book
	bad  []error
}

// Of returns the book of snapshot a with the publication policies and settings of
// today's snapshot, and what of the records could not be used. Of another snapshot than
// today's it is made anew each time.
func (k *Books) Of(a, today *atlas.Atlas) (*Book, []error) {
	if a != today {
		return NewBook(RecordsUnder(a, today), today.Settings())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of != a {
		k.book, k.bad = NewBook(Records(a), a.Settings())
		k.of = a
	}
	return k.book, k.bad
}
