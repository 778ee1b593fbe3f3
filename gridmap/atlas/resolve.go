package atlas

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// Status says how sure an answer is.
type Status uint8

const (
	// Inside says that the point and its whole accuracy circle lie in one grid.
	Inside Status = iota
	// NearBorder says that the accuracy circle reaches into another grid, or out of the
	// jurisdiction.
	NearBorder
	// Outside says that no grid holds the point.
	Outside
)

func (s Status) String() string {
	return [...]string{"inside", "near_border", "outside"}[s]
}

// Ask is a question: which grid is responsible at Point?
type Ask struct {
	Point     spatial.Point
	AccuracyM float64 // radius of the circle in which the true position is; 0 is exact
	Level     int     // the deepest level wanted; -1 is the leaves
	Around    bool    // also find the nearest border or, outside, the nearest grid
}

// Candidate is a grid that the accuracy circle touches. Grid is None for the
// ground outside the jurisdiction.
type Candidate struct {
	Grid      int32
	DistanceM float64 // from the point; 0 for the grid that holds it
	Share     float64 // of the circle's area, to nine decimals: the same however the borders are stored
}

// Answer is what the snapshot says of a point. Grids are indices into Net.Grids.
type Answer struct {
	Status     Status
	Grid       int32       // that holds the point, at the level asked; None outside
	Atom       int32       // that holds the point; None where there is none
	Certain    int32       // the deepest grid that every candidate shares; None when there is none
	Candidates []Candidate // largest share first; empty for an exact point
	Border     Border      // with Ask.Around, inside
	Nearest    Candidate   // with Ask.Around, outside: the nearest grid, which is not responsible
}

// Border is the point of a grid's border nearest to where one stands.
type Border struct {
	Known     bool
	DistanceM float64
	At        spatial.Point
	Across    int32 // the grid on the other side; None is outside the jurisdiction
}

// Resolve answers for one point. Without an accuracy it does not allocate.
func (n *Net) Resolve(q Ask) Answer {
	ly := n.at(q.Level)
	a := Answer{Grid: None, Atom: None, Certain: None, Nearest: Candidate{Grid: None}}
	if f := ly.index.Locate(q.Point); f != topology.Outside {
		a.Grid = ly.grid[f]
		a.Certain = a.Grid
		a.Atom = n.atomAt(q.Point)
	}
	if q.AccuracyM > 0 {
		n.weigh(ly, q, &a)
	}
	if a.Grid == None {
		a.Status = Outside
	}
	switch {
	case !q.Around:
	case a.Grid == None:
		if near, ok := ly.index.NearestFace(q.Point); ok {
			a.Nearest = Candidate{Grid: ly.grid[near.Face], DistanceM: near.DistanceM}
		}
	default:
		if b, ok := ly.index.NearestBorder(q.Point); ok {
			a.Border = Border{Known: true, DistanceM: b.DistanceM, At: b.At, Across: ly.gridOf(b.Across)}
		}
	}
	return a
}

// weigh finds the candidates within the accuracy circle and the deepest grid
// they share.
func (n *Net) weigh(ly *layer, q Ask, a *Answer) {
	var room [8]locate.Share
	var close [8]locate.Neighbour
	near := ly.index.Near(close[:0], q.Point, q.AccuracyM)
	for _, s := range ly.index.CircleShares(room[:0], q.Point, q.AccuracyM) {
		c := Candidate{Grid: ly.gridOf(s.Face), Share: math.Round(s.Share*1e9) / 1e9}
		for _, f := range near {
			if f.Face == s.Face {
				c.DistanceM = f.DistanceM
			}
		}
		a.Candidates = append(a.Candidates, c)
	}
	if len(a.Candidates) < 2 || a.Grid == None {
		return
	}
	a.Status = NearBorder
	for _, c := range a.Candidates {
		a.Certain = n.common(a.Certain, c.Grid)
	}
}

// common returns the deepest grid that is, or is above, both.
func (n *Net) common(i, j int32) int32 {
	for i != j {
		if i == None || j == None {
			return None
		}
		if n.Grids[i].Level >= n.Grids[j].Level {
			i = n.Grids[i].Parent
		} else {
			j = n.Grids[j].Parent
		}
	}
	return i
}

func (n *Net) atomAt(p spatial.Point) int32 {
	f := n.ground.index.Locate(p)
	if f == topology.Outside {
		return None
	}
	return n.ground.atoms[f]
}

func (ly *layer) gridOf(f topology.FaceID) int32 {
	if f == topology.Outside {
		return None
	}
	return ly.grid[f]
}

// Within returns the grids that own ground within radiusM metres of p, and None
// where the ground outside the jurisdiction is as near: a circle drawn around
// p lies wholly in one grid exactly when that grid is all that comes back. The
// grid that holds p comes first, then by distance.
func (n *Net) Within(p spatial.Point, radiusM float64) []int32 {
	ly := n.leaf
	var room [8]locate.Neighbour
	var grids []int32
	for _, f := range ly.index.Near(room[:0], p, radiusM) {
		grids = append(grids, ly.grid[f.Face])
	}
	var parts [8]locate.Share
	for _, s := range ly.index.CircleShares(parts[:0], p, radiusM) {
		if s.Face == topology.Outside {
			grids = append(grids, None)
		}
	}
	return grids
}
