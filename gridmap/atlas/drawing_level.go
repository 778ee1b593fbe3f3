package atlas

import (
	"math"
	"slices"

	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// firstOfLevels returns where each level's grids begin, and after them the
// number of grids that are in a level.
func (n *Net) firstOfLevels() []int32 {
	first := make([]int32, len(n.Levels)+1)
	for rank := range first {
		i, _ := slices.BinarySearchFunc(n.Grids, rank, func(g Grid, rank int) int { return g.Level - rank })
		first[rank] = int32(i)
	}
	return first
}

// level lists the grids of a rank, which are those from one number to another,
// as features.
func (n *Net) level(rank int, from, to int32, parent []int32) tiles.Level {
	count := int(to - from)
	l := tiles.Level{
		IDs: make([]uint64, count), Codes: make([]string, count), Names: make([]string, count), Types: make([]string, count),
	}
	areas := make([]float64, 0, count)
	for k := range l.IDs {
		g := &n.Grids[int(from)+k]
		l.IDs[k], l.Codes[k], l.Names[k], l.Types[k] = uint64(g.ID), g.Code, g.Name, string(g.Type)
		if g.AreaM2 > 0 {
			areas = append(areas, g.AreaM2)
		}
	}
	l.Of = featuresOf(n.leafOf, featureAt(parent, from, to))
	side := math.Sqrt(median(areas))
	l.MinZoom, l.LabelZoom = zoomFor(side, minShownPx), zoomFor(side, minLabelPx)
	if rank == 0 {
		l.MinZoom = 0
	}
	return l
}

// parents returns the parent of each grid, side by side: walking the tree level
// by level would read every grid whole each time.
func (n *Net) parents() []int32 {
	up := make([]int32, len(n.Grids))
	for i := range n.Grids {
		up[i] = n.Grids[i].Parent
	}
	return up
}

// featureAt returns, by grid, the feature that it is or lies in of the rank
// whose grids are those from one number to another.
func featureAt(parent []int32, from, to int32) []int32 {
	at := make([]int32, len(parent))
	for i := range min(from, int32(len(at))) {
		at[i] = None
	}
	for i := from; i < to; i++ {
		at[i] = i - from
	}
	for i := to; i < int32(len(at)); i++ { // parents come before children
		if at[i] = None; parent[i] != None {
			at[i] = at[parent[i]]
		}
	}
	return at
}

// featuresOf returns the feature of each face, by that of its grid.
func featuresOf(owner, feature []int32) []int32 {
	of := make([]int32, len(owner))
	for f, g := range owner {
		of[f] = None
		if g != None {
			of[f] = feature[g]
		}
	}
	return of
}

// paint colours the features of a level and returns who borders on whom: taken
// from what was where no border moved.
func (n *Net) paint(l, was *tiles.Level, wasNear [][]int32) (near [][]int32) {
	if was.Colours != nil && slices.Equal(was.IDs, l.IDs) && slices.Equal(was.Of, l.Of) {
		l.Colours = was.Colours
		return wasNear
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

// atomLevel lists the atoms as features; nil where there are none.
func (d *Drawing) atomLevel(a *Atlas, n *Net, base *Drawing) *tiles.Level {
	atoms := len(n.ground.atoms)
	if atoms == 0 {
		return nil
	}
	l := &tiles.Level{}
	if len(base.atoms) > 0 && &base.atoms[0] == &a.atoms[0] {
		*l = *base.pyramid.Atoms()
	} else {
		l.Of, l.IDs, l.Codes = make([]int32, atoms), make([]uint64, atoms), make([]string, atoms)
		for f, i := range n.ground.atoms {
			l.Of[f], l.IDs[f], l.Codes[f] = int32(f), uint64(a.atoms[i].ID), a.atoms[i].Code
		}
	}
	l.Colours = make([]uint8, atoms)
	owner := make([]int64, atoms)
	for f, g := range n.leafOf {
		owner[f], l.Colours[f] = int64(n.Grids[g].ID), d.colours[g]
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

// median returns the middle value, the upper one of an even number; 0 of none.
// It orders values only as far as it must (Hoare 1961).
func median(values []float64) float64 {
	lo, hi, k := 0, len(values)-1, len(values)/2
	for lo < hi {
		pivot := values[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return values[k]
		}
	}
	if len(values) == 0 {
		return 0
	}
	return values[k]
}
