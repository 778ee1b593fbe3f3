package plan

import (
	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Handle is what an editor can take hold of: a vertex within a border line, a
// node where lines meet, or an edge between two vertices.
type Handle struct {
	Kind                string           // "vertex", "node", "edge"
	At                  spatial.Point    // the vertex or node; of an edge, the nearest place on it
	Edge                [2]spatial.Point // of an edge: its ends, in the direction of Arc
	Arc                 []spatial.Point  // the line that it is on (one of them, at a node); read-only
	Left, Right         gridmap.AtomID   // beside Arc; 0 is outside
	LeftGrid, RightGrid gridmap.GridID
	DistanceM           float64
}

// Near returns the nearest thing to take hold of within a distance. A vertex or
// node in reach comes before an edge, however near that is: an edge is near
// every vertex of it.
func (b *Board) Near(p spatial.Point, toleranceM float64) (Handle, bool) {
	frame := measure.FrameAt(p)
	low, high := frame.At(-toleranceM, -toleranceM), frame.At(toleranceM, toleranceM)
	var vertex, edge Handle
	var hasVertex, hasEdge bool
	for _, id := range b.topo.ArcsIn(spatial.Box{Min: low, Max: high}) {
		pts := b.topo.Arc(id).Points
		for i, v := range pts {
			if d := measure.NearM(p, v); d <= toleranceM && (!hasVertex || d < vertex.DistanceM) {
				vertex, hasVertex = b.handle(id, "vertex", v, d), true
				if i == 0 || i == len(pts)-1 {
					vertex.Kind = "node"
				}
			}
			if i == 0 {
				continue
			}
			if d, at := measure.PointSegmentM(p, pts[i-1], v); d <= toleranceM && (!hasEdge || d < edge.DistanceM) {
				edge, hasEdge = b.handle(id, "edge", at, d), true
				edge.Edge = [2]spatial.Point{pts[i-1], v}
			}
		}
	}
	if hasVertex {
		return vertex, true
	}
	return edge, hasEdge
}

func (b *Board) handle(id topology.ArcID, kind string, at spatial.Point, distanceM float64) Handle {
	arc := b.topo.Arc(id)
	h := Handle{Kind: kind, At: at, Arc: arc.Points, DistanceM: distanceM}
	h.Left, h.LeftGrid = b.side(arc.Left)
	h.Right, h.RightGrid = b.side(arc.Right)
	return h
}

func (b *Board) side(f topology.FaceID) (gridmap.AtomID, gridmap.GridID) {
	if f < 0 {
		return 0, 0
	}
	id, _ := b.Owner(b.atom(int32(f)).id)
	return b.atom(int32(f)).id, id
}

// Vertices returns the points of the border lines in a box, each once, at most
// so many, and whether there are more: what an editor snaps to.
func (b *Board) Vertices(box spatial.Box, most int) (found []spatial.Point, more bool) {
	seen := map[spatial.Point]bool{}
	for _, id := range b.topo.ArcsIn(box) {
		for _, p := range b.topo.Arc(id).Points {
			if seen[p] || !box.Contains(p) {
				continue
			}
			if len(found) == most {
				return found, true
			}
			seen[p] = true
			found = append(found, p)
		}
	}
	return found, false
}
