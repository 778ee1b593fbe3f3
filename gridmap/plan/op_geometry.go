package plan

import (
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// Bodies of the operations on borders. All are complete as they are sent.
type (
	moveBody struct {
		At lonLat `json:"at"`
		To lonLat `json:"to"`
	}
	insertBody struct {
		Edge line   `json:"edge"`
		At   lonLat `json:"at"`
	}
	deleteBody struct {
		At lonLat `json:"at"`
	}
	reshapeBody struct {
		Old    line `json:"old"`
		Points line `json:"points"`
	}
)

// redraw takes over a ground with moved borders, if those beside them may move.
func (e *edit) redraw(topo *topology.Topology, c topology.Change, err error) error {
	if err != nil {
		return e.refused(err)
	}
	changed, err := e.lay(topo, c, none)
	if err != nil {
		return err
	}
	return e.mayMove(changed)
}

func (e *edit) moveVertex(body *moveBody) error {
	id, i, err := e.vertexAt(spatial.Point(body.At))
	if err != nil {
		return err
	}
	return e.redraw(e.b.topo.MoveVertex(id, i, spatial.Point(body.To)))
}

func (e *edit) moveNode(body *moveBody) error {
	return e.redraw(e.b.topo.MoveNode(spatial.Point(body.At), spatial.Point(body.To)))
}

func (e *edit) deleteVertex(body *deleteBody) error {
	id, i, err := e.vertexAt(spatial.Point(body.At))
	if err != nil {
		return err
	}
	return e.redraw(e.b.topo.DeleteVertex(id, i))
}

func (e *edit) insertVertex(body *insertBody) error {
	edge := body.Edge.points()
	if len(edge) != 2 {
		return gridmap.Errorf(gridmap.Invalid, "线段要有两个不同的端点 (an edge has two ends)")
	}
	for _, id := range e.b.topo.ArcsIn(boxAt(edge[0])) {
		pts := e.b.topo.Arc(id).Points
		for i := 1; i < len(pts); i++ {
			if pts[i-1] == edge[0] && pts[i] == edge[1] || pts[i-1] == edge[1] && pts[i] == edge[0] {
				return e.redraw(e.b.topo.InsertVertex(id, i-1, spatial.Point(body.At)))
			}
		}
	}
	return notHere(edge[0], "此处没有这一段边界，可能已被改动 (no such edge)")
}

func (e *edit) reshapeArc(body *reshapeBody) error {
	old, points := body.Old.points(), body.Points.points()
	if len(old) < 2 || len(points) < 2 {
		return gridmap.Errorf(gridmap.Invalid, "边界至少要两个点 (a border has two points or more)")
	}
	for _, id := range e.b.topo.ArcsIn(boxAt(old[0])) {
		pts := e.b.topo.Arc(id).Points
		if runsAlong(pts, old) {
			return e.redraw(e.b.topo.ReshapeArc(id, points))
		}
		back := slices.Clone(pts)
		slices.Reverse(back)
		if runsAlong(back, old) {
			points = slices.Clone(points)
			slices.Reverse(points)
			return e.redraw(e.b.topo.ReshapeArc(id, points))
		}
	}
	return notHere(old[0], "此处没有这条边界，可能已被改动 (no such border)")
}

// runsAlong tells whether a line begins and ends as old does and passes all its
// points in order.
func runsAlong(pts, old []spatial.Point) bool {
	if pts[0] != old[0] || pts[len(pts)-1] != old[len(old)-1] || len(old) > len(pts) {
		return false
	}
	k := 1
	for _, p := range pts[1 : len(pts)-1] {
		if k < len(old)-1 && p == old[k] {
			k++
		}
	}
	return k == len(old)-1
}

// vertexAt finds the vertex at a point that is not an end of its arc.
func (e *edit) vertexAt(p spatial.Point) (topology.ArcID, int, error) {
	for _, id := range e.b.topo.ArcsIn(boxAt(p)) {
		pts := e.b.topo.Arc(id).Points
		if i := slices.Index(pts, p); i > 0 && i < len(pts)-1 {
			return id, i, nil
		} else if i >= 0 {
			return 0, 0, notHere(p, "此处是几条边界的交点，用移动交点 (a node, not a vertex)")
		}
	}
	return 0, 0, notHere(p, "此处没有边界的折点，可能已被改动 (no vertex here)")
}

func notHere(at spatial.Point, text string) error {
	err := gridmap.Errorf(gridmap.Conflict, "%s", text)
	err.At = &at
	return err
}

func boxAt(p spatial.Point) spatial.Box { return spatial.Box{Min: p, Max: p} }
