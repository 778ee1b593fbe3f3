package tiles

import (
	"slices"
	"sync/atomic"
)

// inherit fills in what q's source leads to, sharing with an earlier pyramid
// what comes out the same.
func (q *Pyramid) inherit(p *Pyramid) {
	var beside [][2]int32 // the faces between which arcs are not what they were
	if p.src.Geometry != q.src.Geometry {
		_, beside = changedArcs(p.src.Geometry, q.src.Geometry)
	}
	levels := len(q.src.Levels)
	q.members, q.labels = make([]*members, levels), make([][]atomic.Uint64, levels)
	for i := range q.src.Levels {
		now := &q.src.Levels[i]
		if i >= len(p.src.Levels) {
			q.members[i], q.labels[i] = newMembers(now), make([]atomic.Uint64, len(now.IDs))
			continue
		}
		old := &p.src.Levels[i]
		if q.members[i] = p.members[i]; !sameSlice(old.Of, now.Of) || len(old.IDs) != len(now.IDs) {
			q.members[i] = newMembers(now)
		}
		if q.members[i] == p.members[i] && len(beside) == 0 && sameSlice(old.IDs, now.IDs) {
			q.labels[i] = p.labels[i]
			continue
		}
		q.labels[i] = make([]atomic.Uint64, len(now.IDs))
		q.inheritLabels(p, i, beside)
	}
	q.inheritViews(p)
}

// inheritLabels takes over the label points of the features of a level that
// have the same ground, with the same outline.
func (q *Pyramid) inheritLabels(p *Pyramid, level int, beside [][2]int32) {
	before, after := bordering(&p.src.Levels[level], beside), bordering(&q.src.Levels[level], beside)
	was, is := p.src.Levels[level].IDs, q.src.Levels[level].IDs
	m, n := q.members[level], p.members[level]
	j := 0 // where p has the feature: in the same order, with gaps
	for i, id := range is {
		if j < len(was) && was[j] != id {
			if k := slices.Index(was[j:min(j+inheritAhead, len(was))], id); k >= 0 {
				j += k
			} else {
				continue // new, or elsewhere
			}
		}
		if j >= len(was) {
			break
		}
		v := p.labels[level][j].Load()
		if v != 0 && !before[int32(j)] && !after[int32(i)] && (m == n || slices.Equal(m.of(int32(i)), n.of(int32(j)))) {
			q.labels[level][i].Store(v)
		}
		j++
	}
}

// inheritAhead bounds how many features that are no more are skipped at a time
// in looking for one.
const inheritAhead = 64

// inheritViews shares what zooms show of the faces where all levels have the
// ground that they had, at the same zooms.
func (q *Pyramid) inheritViews(p *Pyramid) {
	now, old := q.layered(), p.layered()
	same := slices.EqualFunc(now, old, func(a, b *Level) bool {
		return a.MinZoom == b.MinZoom && len(a.IDs) == len(b.IDs) && sameSlice(a.Of, b.Of)
	})
	if same {
		q.views = p.views
		return
	}
	for _, l := range now {
		q.views[l.MinZoom] = new(view)
	}
}

// layered lists the levels, and the atoms as the last.
func (q *Pyramid) layered() []*Level {
	ls := q.levels()
	if q.src.Atoms != nil {
		ls = append(ls, q.src.Atoms)
	}
	return ls
}

// sameSlice compares first where two slices are, then what they hold.
func sameSlice[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b)
}
