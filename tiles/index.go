package tiles

import (
	"slices"

	"cloudgrid/spatial"
)

// boxIndex is a packed, immutable R-tree: items in the order of the Z-curve
// through their centres, sixteen to a node. Twenty-one bytes an item.
type boxIndex struct {
	items  []int32
	levels [][]spatial.Box // levels[0] are the items' boxes
}

const indexFan = 16

func newBoxIndex(items []int32, box func(item int32) spatial.Box) *boxIndex {
	type keyed struct {
		key  uint64
		item int32
	}
	order := make([]keyed, len(items))
	for i, it := range items {
		b := box(it)
		order[i] = keyed{morton(mid(b.Min.X, b.Max.X), mid(b.Min.Y, b.Max.Y)), it}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		switch {
		case a.key != b.key && a.key < b.key, a.key == b.key && a.item < b.item:
			return -1
		}
		return 1
	})
	x := &boxIndex{items: make([]int32, len(order))}
	level := make([]spatial.Box, len(order))
	for i, k := range order {
		x.items[i], level[i] = k.item, box(k.item)
	}
	x.levels = append(x.levels, level)
	for len(level) > 1 {
		up := make([]spatial.Box, 0, (len(level)+indexFan-1)/indexFan)
		for node := range slices.Chunk(level, indexFan) {
			b := spatial.EmptyBox()
			for _, c := range node {
				b = b.Union(c)
			}
			up = append(up, b)
		}
		x.levels = append(x.levels, up)
		level = up
	}
	return x
}

// search calls do with every item whose box touches b.
func (x *boxIndex) search(b spatial.Box, do func(item int32)) {
	if top := len(x.levels) - 1; len(x.items) > 0 && x.levels[top][0].Intersects(b) {
		x.node(top, 0, b, do)
	}
}

func (x *boxIndex) node(level, i int, b spatial.Box, do func(item int32)) {
	if level == 0 {
		do(x.items[i])
		return
	}
	below := x.levels[level-1]
	for c := i * indexFan; c < min((i+1)*indexFan, len(below)); c++ {
		k := &below[c]
		if k.Min.X > b.Max.X || b.Min.X > k.Max.X || k.Min.Y > b.Max.Y || b.Min.Y > k.Max.Y {
			continue
		}
		if level == 1 {
			do(x.items[c])
		} else {
			x.node(level-1, c, b, do)
		}
	}
}

func mid(a, b int32) uint32 { return uint32((int64(a)+int64(b))/2) ^ 1<<31 }

// morton interleaves the bits of x and y.
func morton(x, y uint32) uint64 { return spreadBits(x) | spreadBits(y)<<1 }

func spreadBits(v uint32) uint64 {
	x := uint64(v)
	for _, s := range [...]struct {
		by   uint
		mask uint64
	}{{16, 0x0000ffff0000ffff}, {8, 0x00ff00ff00ff00ff}, {4, 0x0f0f0f0f0f0f0f0f}, {2, 0x3333333333333333}, {1, 0x5555555555555555}} {
		x = (x | x<<s.by) & s.mask
	}
	return x
}
