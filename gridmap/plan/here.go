package plan

import (
	"context"
	"slices"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// GridRef names a grid. The zero GridRef is ground that no grid has.
type GridRef struct {
	ID         gridmap.GridID
	Code, Name string
}

// Spot says which grid holds a place in one state of the map, and how far the
// border of that grid is. Of a place that no grid holds, the border is that of
// the nearest one.
type Spot struct {
	Grid      GridRef
	Upper     []string // names of the grids above it, from the top
	Known     bool     // there is a border at all
	DistanceM float64
	At        spatial.Point // the place of the border that is nearest
	Across    GridRef       // on the other side there
}

// Here is a place in the map that a plan is over, and in the map that it would
// make.
type Here struct{ Now, Proposed Spot }

// Here says where a place is, before and after a plan.
func (d *Desk) Here(ctx context.Context, actor string, id gridmap.PlanID, at spatial.Point) (Here, error) {
	v, err := d.View(ctx, actor, id)
	if err != nil {
		return Here{}, err
	}
	var index *locate.Index
	if dr := d.loaded(id); dr != nil {
		index = dr.walked.of(v.Board)
	} else { // put away meanwhile
		index = v.Board.locator()
	}
	return Here{Now: v.Board.wasAt(at), Proposed: v.Board.spot(index, at)}, nil
}

// walked finds places in the newest board that somebody has asked about.
type walked struct {
	mu    sync.Mutex
	board *Board
	index *locate.Index
}

func (w *walked) of(b *Board) *locate.Index {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.board != b {
		w.board, w.index = b, b.locator()
	}
	return w.index
}

// locator finds the grids of a draft's leaves; faces are their indices.
func (b *Board) locator() *locate.Index {
	owner := make([]int32, b.owner.len())
	for f := range owner {
		owner[f] = b.owner.at(int32(f))
	}
	return locate.New(b.topo.Dissolve(owner, int(b.grids.len())))
}

func (b *Board) spot(index *locate.Index, at spatial.Point) Spot {
	border, known := index.NearestBorder(at)
	s := Spot{Known: known, DistanceM: border.DistanceM, At: border.At, Across: b.ref(border.Across)}
	if border.Face == topology.Outside {
		return s
	}
	s.Grid = b.ref(border.Face)
	b.chain(b.grids.at(int32(border.Face)).parent, func(_ int32, g *grid) bool {
		s.Upper = append(s.Upper, g.name)
		return true
	})
	slices.Reverse(s.Upper)
	return s
}

func (b *Board) ref(f topology.FaceID) GridRef {
	if f == topology.Outside {
		return GridRef{}
	}
	g := b.grids.at(int32(f))
	return GridRef{ID: g.id, Code: g.code, Name: g.name}
}

// wasAt is the spot of a place in the map that the draft is over.
func (b *Board) wasAt(at spatial.Point) Spot {
	n := b.base.net
	ref := func(i int32) GridRef {
		if i == atlas.None {
			return GridRef{}
		}
		return GridRef{ID: n.Grids[i].ID, Code: n.Grids[i].Code, Name: n.Grids[i].Name}
	}
	a := n.Resolve(atlas.Ask{Point: at, Level: -1, Around: true})
	if a.Grid == atlas.None {
		near := a.Nearest
		return Spot{Known: near.Grid != atlas.None, DistanceM: near.DistanceM, At: at, Across: ref(near.Grid)}
	}
	s := Spot{Grid: ref(a.Grid), Known: a.Border.Known, DistanceM: a.Border.DistanceM, At: a.Border.At, Across: ref(a.Border.Across)}
	for _, i := range n.Chain(nil, a.Grid) {
		if i != a.Grid {
			s.Upper = append(s.Upper, n.Grids[i].Name)
		}
	}
	return s
}
