package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// boxTree is an immutable packed R-tree over numbered boxes, filled in the
// order of the Z-curve through their centres.
type boxTree struct {
	items  []uint32
	levels [][]spatial.Box // levels[0] are the items' boxes in tree order
}

const fanout = 16

func newBoxTree(n int, boxOf func(i int) spatial.Box) *boxTree {
	type keyed struct {
		key  uint64
		item uint32
	}
	order := make([]keyed, n)
	for i := range n {
		b := boxOf(i)
		order[i] = keyed{zKey(spatial.Point{
			X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2),
			Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2),
		}), uint32(i)}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Compare(a.item, b.item)
	})
	t := &boxTree{items: make([]uint32, n)}
	level := make([]spatial.Box, n)
	for i, k := range order {
		t.items[i] = k.item
		level[i] = boxOf(int(k.item))
	}
	t.levels = append(t.levels, level)
	for len(level) > 1 {
		up := make([]spatial.Box, (len(level)+fanout-1)/fanout)
		for i := range up {
			up[i] = level[i*fanout]
			for _, b := range level[i*fanout+1 : min((i+1)*fanout, len(level))] {
				up[i] = spatial.Box{
					Min: spatial.Point{X: min(up[i].Min.X, b.Min.X), Y: min(up[i].Min.Y, b.Min.Y)},
					Max: spatial.Point{X: max(up[i].Max.X, b.Max.X), Y: max(up[i].Max.Y, b.Max.Y)},
				}
			}
		}
		t.levels = append(t.levels, up)
		level = up
	}
	return t
}

// visit calls do for every item whose box, and all boxes above it, are wanted
// at the moment they are looked at. Boxes farther north come first.
func (t *boxTree) visit(want func(spatial.Box) bool, do func(item uint32)) {
	if n := len(t.levels); len(t.items) > 0 && want(t.levels[n-1][0]) {
		t.visitNode(n-1, 0, want, do)
	}
}

// visitNode visits a node that was wanted.
func (t *boxTree) visitNode(level, i int, want func(spatial.Box) bool, do func(item uint32)) {
	if level == 0 {
		do(t.items[i])
		return
	}
	below := t.levels[level-1]
	var order [fanout]int
	n := 0
	for c := i * fanout; c < min((i+1)*fanout, len(below)); c++ {
		if !want(below[c]) {
			continue
		}
		j := n
		for ; j > 0 && below[order[j-1]].Max.Y < below[c].Max.Y; j-- {
			order[j] = order[j-1]
		}
		order[j] = c
		n++
	}
	for k, c := range order[:n] {
		if k == 0 || want(below[c]) { // what was found since may have changed it
			t.visitNode(level-1, c, want, do)
		}
	}
}

// zKey interleaves the coordinates' bits (Morton order): points with near keys
// are near.
func zKey(p spatial.Point) uint64 {
	return spread(uint32(p.X)^1<<31) | spread(uint32(p.Y)^1<<31)<<1
}

func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}
