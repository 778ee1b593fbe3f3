package atlas

import (
	"slices"
	"sync"
	"sync/atomic"

	"cloudgrid/spatial"
	"cloudgrid/tiles"
)

// drawing makes a network's Drawing when it is first asked for, since a process
// that only answers needs none.
type drawing struct {
	once sync.Once
	made atomic.Pointer[Drawing]
	base atomic.Pointer[Drawing] // of a snapshot that this one was derived from, until made
}

// newest is the latest drawing there is to take over from; nil when none was
// ever made.
func (d *drawing) newest() *Drawing {
	if made := d.made.Load(); made != nil {
		return made
	}
	return d.base.Load()
}

// Drawing is a network, or a draft of it, as maps show it: what they need
// beyond answers. It is immutable and safe for any number of readers.
type Drawing struct {
	pyramid *tiles.Pyramid
	err     error
	levels  []tiles.Level
	first   []int32     // by level: its first grid; one more at the end
	near    [][][]int32 // by level, feature: those it shares a border line with, ascending; nil in a draft
	colours []uint8     // by grid
	atoms   []Atom      // what the atoms layer was made from
	ground  *ground
}

// Pyramid cuts the tiles.
func (d *Drawing) Pyramid() (*tiles.Pyramid, error) { return d.pyramid, d.err }

// Pyramid cuts the network's tiles. The first call makes it.
func (n *Net) Pyramid(a *Atlas) (*tiles.Pyramid, error) { return n.Drawing(a).Pyramid() }

// Colour is 0 to 5; grids of a level that share a border differ.
func (n *Net) Colour(a *Atlas, i int32) uint8 { return n.Drawing(a).colours[i] }

// Label is a point inside the ground of a grid, the same at every zoom; the
// zero point for a grid without ground.
func (n *Net) Label(a *Atlas, i int32) spatial.Point {
	d := n.Drawing(a)
	if d.err != nil {
		return spatial.Point{}
	}
	level := n.Grids[i].Level
	if level >= len(d.levels) {
		return spatial.Point{}
	}
	lon, lat, ok := d.pyramid.LabelPoint(level, i-d.first[level])
	if !ok {
		return spatial.Point{}
	}
	p, _ := spatial.FromLonLat(lon, lat) // a point of the coverage is on the globe
	return p
}

// Drawing returns the network as maps show it. The first call makes it.
func (n *Net) Drawing(a *Atlas) *Drawing {
	n.drawing.once.Do(func() {
		n.drawing.made.Store(n.draw(a, n.drawing.base.Load()))
		n.drawing.base.Store(nil)
	})
	return n.drawing.made.Load()
}

// draw draws the network, taking from an earlier drawing of the same ground, if
// there is one, what is still so.
func (n *Net) draw(a *Atlas, base *Drawing) *Drawing {
	if base == nil || base.ground != n.ground || len(base.levels) != len(n.Levels) {
		base = &Drawing{}
	}
	ranks := len(n.Levels)
	d := &Drawing{
		levels: make([]tiles.Level, ranks), near: make([][][]int32, ranks), first: n.firstOfLevels(),
		colours: make([]uint8, len(n.Grids)), atoms: a.atoms, ground: n.ground,
	}
	parent := n.parents()
	var each sync.WaitGroup
	each.Go(func() { n.ground.drawn() })
	for rank := range ranks {
		each.Go(func() {
			l := n.level(rank, d.first[rank], d.first[rank+1], parent)
			var was tiles.Level
			var near [][]int32
			if len(base.levels) > 0 {
				was, near = base.levels[rank], base.near[rank]
			}
			if slices.Equal(was.Of, l.Of) {
				l.Of = was.Of
			}
			d.near[rank] = n.paint(&l, &was, near)
			copy(d.colours[d.first[rank]:], l.Colours)
			d.levels[rank] = l
		})
	}
	each.Wait()
	src := tiles.Source{Geometry: n.ground.drawn(), Levels: d.levels, Atoms: d.atomLevel(a, n, base)}
	d.pyramid, d.err = base.pyramid.Next(src)
	return d
}
