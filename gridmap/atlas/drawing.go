package atlas

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// drawing is what maps need of a network beyond answers: colours, label points
// and the tile pyramid. It is made when first asked for, since a process that
// only answers needs none of it.
type drawing struct {
	once sync.Once
	made atomic.Pointer[drawn]
	base *drawn // of the snapshot that this one was derived from, until made
}

// drawn is a drawing once made.
type drawn struct {
	pyramid *tiles.Pyramid
	err     error
	levels  []tiles.Level
	near    [][][]int32 // by level, feature: those it shares a border line with, ascending
	feature []int32     // by grid: its feature in its level
	colours []uint8     // by grid
}

// Pyramid cuts the network's tiles. The first call makes it.
func (n *Net) Pyramid(a *Atlas) (*tiles.Pyramid, error) {
	d := n.draw(a)
	return d.pyramid, d.err
}

// Colour is 0 to 5; grids of a level that share a border differ.
func (n *Net) Colour(a *Atlas, i int32) uint8 { return n.draw(a).colours[i] }

// Label is a point inside the ground of a grid, the same at every zoom; the
// zero point for a grid without ground.
func (n *Net) Label(a *Atlas, i int32) spatial.Point {
	d := n.draw(a)
	if d.err != nil {
		return spatial.Point{}
	}
	lon, lat, ok := d.pyramid.LabelPoint(n.Grids[i].Level, d.feature[i])
	if !ok {
		return spatial.Point{}
	}
	p, _ := spatial.FromLonLat(lon, lat) // a point of the coverage is on the globe
	return p
}

func (n *Net) draw(a *Atlas) *drawn {
	n.drawing.once.Do(func() {
		n.drawing.made.Store(makeDrawn(a, n, n.drawing.base))
		n.drawing.base = nil
	})
	return n.drawing.made.Load()
}

// makeDrawn draws the network, taking from an earlier drawing of the same
// ground, if there is one, what is still so.
func makeDrawn(a *Atlas, n *Net, base *drawn) *drawn {
	d := &drawn{feature: make([]int32, len(n.Grids)), colours: make([]uint8, len(n.Grids))}
	d.levels, d.near = make([]tiles.Level, len(n.Levels)), make([][][]int32, len(n.Levels))
	var each sync.WaitGroup
	each.Go(func() { n.ground.drawn() })
	for rank := range n.Levels {
		each.Go(func() {
			l := d.level(n, rank)
			d.near[rank] = paint(n, &l, rank, base)
			d.levels[rank] = l
		})
	}
	each.Wait()
	for i := range n.Grids {
		if rank := n.Grids[i].Level; rank < len(d.levels) {
			d.colours[i] = d.levels[rank].Colours[d.feature[i]]
		}
	}
	src := tiles.Source{Geometry: n.ground.drawn(), Levels: d.levels, Atoms: atomLevel(a, n, d.colours)}
	d.pyramid, d.err = tiles.Build(src)
	return d
}

// level lists the grids of a rank as features.
func (d *drawn) level(n *Net, rank int) tiles.Level {
	var l tiles.Level
	var areas []float64
	count := 0
	for i := range n.Grids {
		if n.Grids[i].Level == rank {
			count++
		}
	}
	l.IDs, areas = make([]uint64, 0, count), make([]float64, 0, count)
	l.Codes, l.Names, l.Types = make([]string, 0, count), make([]string, 0, count), make([]string, 0, count)
	for i := range n.Grids {
		g := &n.Grids[i]
		if g.Level != rank {
			continue
		}
		d.feature[i] = int32(len(l.IDs))
		l.IDs = append(l.IDs, uint64(g.ID))
		l.Codes = append(l.Codes, g.Code)
		l.Names = append(l.Names, g.Name)
		l.Types = append(l.Types, string(g.Type))
		if g.AreaM2 > 0 {
			areas = append(areas, g.AreaM2)
		}
	}
	l.Of = make([]int32, len(n.leafOf))
	for f, leaf := range n.leafOf {
		l.Of[f] = -1
		if g := n.Ancestor(leaf, rank); g != None && n.Grids[g].Level == rank {
			l.Of[f] = d.feature[g]
		}
	}
	side := medianSideM(areas)
	l.MinZoom, l.LabelZoom = zoomFor(side, minShownPx), zoomFor(side, minLabelPx)
	if rank == 0 {
		l.MinZoom = 0
	}
	return l
}

// paint colours the features of a level and returns who borders on whom: taken
// from the base where no border moved.
func paint(n *Net, l *tiles.Level, rank int, base *drawn) (near [][]int32) {
	if base != nil && slices.Equal(base.levels[rank].IDs, l.IDs) && slices.Equal(base.levels[rank].Of, l.Of) {
		l.Colours = base.levels[rank].Colours
		return base.near[rank]
	}
	near = neighbours(n.ground.topo, l.Of, len(l.IDs))
	l.Colours = colours(near, l.IDs)
	return near
}

// neighbours lists, for each feature, those it shares a border line with,
// ascending.
func neighbours(t *topology.Topology, of []int32, features int) [][]int32 {
	count := make([]int32, features+1)
	pairs := make([][2]int32, 0, t.NumArcs())
	for id := range topology.ArcID(t.NumArcs()) {
		arc := t.Arc(id)
		if len(arc.Points) == 0 || arc.Left == topology.Outside || arc.Right == topology.Outside {
			continue
		}
		if a, b := of[arc.Left], of[arc.Right]; a != b && a >= 0 && b >= 0 {
			pairs = append(pairs, [2]int32{a, b})
			count[a]++
			count[b]++
		}
	}
	room := make([]int32, 2*len(pairs))
	list := make([][]int32, features)
	for f := range list {
		list[f], room = room[:0:count[f]], room[count[f]:]
	}
	for _, p := range pairs {
		list[p[0]], list[p[1]] = append(list[p[0]], p[1]), append(list[p[1]], p[0])
	}
	for f := range list {
		slices.Sort(list[f])
		list[f] = slices.Compact(list[f])
	}
	return list
}

func atomLevel(a *Atlas, n *Net, colours []uint8) *tiles.Level {
	atoms := len(n.ground.atoms)
	if atoms == 0 {
		return nil
	}
	l := &tiles.Level{Of: make([]int32, atoms), IDs: make([]uint64, atoms), Codes: make([]string, atoms), Colours: make([]uint8, atoms)}
	owner := make([]int64, atoms)
	for f, i := range n.ground.atoms {
		l.Of[f], l.IDs[f], l.Codes[f] = int32(f), uint64(a.atoms[i].ID), a.atoms[i].Code
		owner[f] = int64(n.Grids[n.leafOf[f]].ID)
		l.Colours[f] = colours[n.leafOf[f]]
	}
	l.Columns = []tiles.Column{{Name: "grid", Ints: owner}}
	l.MinZoom, l.LabelZoom = atomZoom, tiles.MaxZoom+1
	return l
}

const (
	minShownPx = 4  // a grid narrower than this on the screen is not drawn at its own level
	minLabelPx = 56 // room for a name of four characters
	atomZoom   = 13 // where single buildings come apart
	tilePx     = 512
)

// zoomFor returns the zoom at which a length on the ground fills so many
// pixels of a 512-pixel tile. At 30° latitude, the middle of the country: a
// level either shows or not over the whole map.
func zoomFor(lengthM, px float64) uint8 {
	if lengthM <= 0 {
		return 0
	}
	worldM := 2 * math.Pi * measure.MeanRadiusM * math.Cos(30*math.Pi/180)
	z := math.Ceil(math.Log2(px * worldM / (tilePx * lengthM)))
	return uint8(max(0, min(z, 16)))
}

func medianSideM(areas []float64) float64 {
	if len(areas) == 0 {
		return 0
	}
	slices.Sort(areas)
	return math.Sqrt(areas[len(areas)/2])
}
