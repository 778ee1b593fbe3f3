package tiles

import (
	"maps"
	"sync"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Beyond so many arcs out of the index it is built again.
const movedMost = 4096

// Update prepares a topology edited from g's own: only arcs that changed and
// those around them are prepared again, all else is shared. The result cuts the
// same tiles as NewGeometry(t). Differences are found by comparing arcs of
// equal ids, so an unrelated topology costs as much as a new geometry; for one
// edited from g's the time depends on the edits alone. A nil Geometry prepares
// everything.
func (g *Geometry) Update(t *topology.Topology) *Geometry {
	if g == nil {
		return NewGeometry(t)
	}
	changed := t.ChangedSince(g.topo)
	if len(changed) == 0 && t.NumArcs() == g.topo.NumArcs() {
		next := *g
		next.topo = t
		return &next
	}
	if len(changed) > movedMost/2 {
		return NewGeometry(t)
	}
	next := &Geometry{topo: t, index: g.index, moved: maps.Clone(g.moved)}
	if next.moved == nil {
		next.moved = map[int32]spatial.Box{}
	}
	var touched []spatial.Box
	again := map[int32]bool{}
	next.box = g.box
	shrunk := false
	for _, id := range changed {
		arc := int32(id)
		was, is := arcBox(g.topo, arc), arcBox(t, arc)
		touched = append(touched, was, is)
		next.moved[arc], again[arc] = is, true
		next.box = next.box.Union(is)
		shrunk = shrunk || !was.Empty() && (was.Min.X == g.box.Min.X || was.Min.Y == g.box.Min.Y || was.Max.X == g.box.Max.X || was.Max.Y == g.box.Max.Y)
	}
	switch {
	case len(next.moved) > movedMost:
		next.reindex()
	case shrunk:
		next.box = next.indexedBox()
	}
	for _, b := range touched { // the ranks of these depend on what changed
		if !b.Empty() {
			next.search(b, func(arc int32) { again[arc] = true })
		}
	}
	next.rebuild(g, again)
	return next
}

func arcBox(t *topology.Topology, arc int32) spatial.Box {
	if int(arc) >= t.NumArcs() {
		return spatial.EmptyBox()
	}
	return spatial.Ring(t.Arc(topology.ArcID(arc)).Points).Box()
}

func (g *Geometry) indexedBox() spatial.Box {
	box := spatial.EmptyBox()
	for i, arc := range g.index.items {
		if _, ok := g.moved[arc]; !ok {
			box = box.Union(g.index.levels[0][i])
		}
	}
	for _, b := range g.moved {
		box = box.Union(b)
	}
	return box
}

// rebuild fills g's blocks: anew where an arc is to be prepared again, else
// those of old.
func (g *Geometry) rebuild(old *Geometry, again map[int32]bool) {
	g.blocks = make([]*arcBlock, (g.topo.NumArcs()+blockSize-1)/blockSize)
	copy(g.blocks, old.blocks)
	todo := map[int]bool{}
	for arc := range again {
		todo[int(arc>>blockBits)] = true
	}
	for i := range g.blocks {
		if g.blocks[i] == nil {
			todo[i] = true
		}
	}
	var wg sync.WaitGroup
	for i := range todo {
		if i < len(g.blocks) {
			wg.Go(func() { g.blocks[i] = g.renewed(old, i, again) })
		}
	}
	wg.Wait()
}

// renewed makes one block, copying the arcs that are not to be prepared again.
func (g *Geometry) renewed(old *Geometry, block int, again map[int32]bool) *arcBlock {
	var p preparer
	b := &arcBlock{off: make([]uint32, 1, blockSize+1)}
	for i := block << blockBits; i < min((block+1)<<blockBits, g.topo.NumArcs()); i++ {
		if again[int32(i)] || i >= old.topo.NumArcs() {
			b.add(&p, g, topology.ArcID(i))
			continue
		}
		a := old.arc(int32(i))
		b.pts, b.rank = append(b.pts, a.pts...), append(b.rank, a.rank...)
		b.off = append(b.off, uint32(len(b.pts)))
		b.sides = append(b.sides, [2]int32{a.left, a.right})
	}
	return b
}
