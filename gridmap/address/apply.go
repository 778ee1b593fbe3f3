package address

import (
	"cmp"
	"maps"
	"slices"
)

// Apply returns the snapshot after the changes; x stays as it is and both
// share what did not change. A change costs time in proportion to the rows of
// its road and compound, and a small share of the number of names; now and
// then, when one row in 32 is new, Apply files everything afresh.
// Deleting an unknown ID does nothing.
func (x *Index) Apply(changes []Change) *Index {
	if len(changes) == 0 {
		return x
	}
	next := *x
	b := newBuilder(&next)
	b.labels = maps.Clone(x.labelsNew)
	if b.labels == nil {
		b.labels = map[uint32]string{}
	}
	next.newIDs = maps.Clone(x.newIDs)
	if next.newIDs == nil {
		next.newIDs = map[int64]int32{}
	}
	for i := range changes {
		c := &changes[i]
		id := c.Entry.ID
		if old, ok := next.rowOf(id); ok {
			b.unfile(old)
			next.newIDs[id] = -1
			next.live--
		}
		if c.Delete || id == 0 {
			continue
		}
		next.newIDs[id] = b.file(&c.Entry)
		next.live++
	}
	next.names, next.streets, next.areas, next.rows = b.names.pages, b.streets.pages, b.areas.pages, b.rows.pages
	next.labelsNew = b.labels
	if next.tooNew() {
		return next.rebuilt()
	}
	if next.names.len() > x.names.len() {
		next.fileNewNames()
	}
	return &next
}

// file adds a row and puts it into the lists of its street and compound.
func (b *builder) file(e *Entry) int32 {
	i := b.rows.add(b.rowFor(e))
	b.x.rows = b.rows.pages // byNumber and byBuilding read through the index
	r := b.rows.at(i)
	if r.street >= 0 {
		s := b.streets.set(r.street)
		s.rows = inserted(s.rows, i, b.x.byNumber)
		b.x.areas = b.areas.pages
		s.wide = b.x.spansDistricts(s.rows)
		b.names.set(s.road).count++
	}
	if r.place >= 0 {
		n := b.names.set(r.place)
		n.rows = inserted(n.rows, i, b.x.byBuilding)
		n.count++
	}
	return i
}

// unfile takes a row out of every list; its slot stays, marked.
func (b *builder) unfile(i int32) {
	r := b.rows.set(i)
	r.flags |= rowGone
	b.x.rows = b.rows.pages
	if r.street >= 0 {
		s := b.streets.set(r.street)
		s.rows = without(s.rows, i)
		b.names.set(s.road).count--
	}
	if r.place >= 0 {
		n := b.names.set(r.place)
		n.rows = without(n.rows, i)
		n.count--
	}
}

// inserted returns a copy of a sorted list with one more row.
func inserted(rows []int32, i int32, order func(a, b int32) int) []int32 {
	at, _ := slices.BinarySearchFunc(rows, i, order)
	out := make([]int32, 0, len(rows)+1)
	out = append(out, rows[:at]...)
	out = append(out, i)
	return append(out, rows[at:]...)
}

func without(rows []int32, i int32) []int32 {
	at := slices.Index(rows, i)
	if at < 0 {
		return rows
	}
	out := make([]int32, 0, len(rows)-1)
	out = append(out, rows[:at]...)
	return append(out, rows[at+1:]...)
}

// fileNewNames builds the small tables over all names added since the last
// full filing.
func (x *Index) fileNewNames() {
	t := chars()
	x.lexNew, x.fuzzyNew = prefixTree{}, fuzzyTable{}
	var keys []fuzzyKey
	e := x.names.edit()
	for id := x.newNames; id < int32(x.names.len()); id++ {
		keys = x.fileName(&e, &x.lexNew, id, keys, t)
	}
	x.names = e.pages
	if len(keys) > 0 {
		x.fuzzyNew.build(keys)
	}
}

// tooNew says that the small tables are no longer small.
func (x *Index) tooNew() bool {
	added := x.rows.len() - int(x.newRows)
	return added > 1024+int(x.newRows)/32 || len(x.newIDs) > 1024+int(x.newRows)/32 || x.names.len()-int(x.newNames) > 256+int(x.newNames)/64
}

// rebuilt files all names and rows afresh, and drops the slots of deleted rows
// from the lists by ID.
func (x *Index) rebuilt() *Index {
	x.indexNames()
	x.byID = x.byID[:0:0]
	for i := range int32(x.rows.len()) {
		if x.rows.at(i).flags&rowGone == 0 {
			x.byID = append(x.byID, i)
		}
	}
	slices.SortFunc(x.byID, func(a, b int32) int { return cmp.Compare(x.rows.at(a).id, x.rows.at(b).id) })
	x.newRows, x.newIDs = int32(x.rows.len()), nil
	labels := maps.Clone(x.labels)
	maps.Copy(labels, x.labelsNew)
	x.labels, x.labelsNew = labels, nil
	x.order = newSuggestOrder(x)
	return x
}
