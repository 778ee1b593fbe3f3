package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// Line is a straight line to be noded. Of, not negative, names what it is a
// part of.
type Line struct {
	A, B spatial.Point
	Of   int32
}

// Piece is a line after noding, A less than B. Of, ascending and read-only,
// names those of which an odd number of lines run along it.
type Piece struct {
	A, B spatial.Point
	Of   []int32
}

// NodeLines splits lines until they meet at end points only, by the snap
// rounding of Build: a line that passes within half a lattice step of an end
// of another is bent through it. Two lines of the same Of that run along each
// other cancel, so that crossing a piece changes sides of what it is a part
// of; lines without length vanish. The result does not depend on the order of
// the lines. It is false when rounding did not settle, which no real data does:
// pieces may then cross.
func NodeLines(lines []Line) ([]Piece, bool) {
	lines = slices.Clone(lines)
	for i, l := range lines {
		if l.B.Less(l.A) {
			lines[i].A, lines[i].B = l.B, l.A
		}
	}
	slices.SortFunc(lines, compareLines)
	g := &graph{verts: newVertices(len(lines) + 16)}
	g.addLines(lines)
	g.node()
	pieces := make([]Piece, len(g.edges))
	for i, e := range g.edges {
		a, b := g.endpoints(uint32(i))
		if b.Less(a) {
			a, b = b, a
		}
		pieces[i] = Piece{a, b, g.sets.members(e.rings, nil)}
	}
	slices.SortFunc(pieces, func(a, b Piece) int {
		return cmp.Or(comparePoints(a.A, b.A), comparePoints(a.B, b.B))
	})
	return pieces, !g.warped
}

func compareLines(a, b Line) int {
	return cmp.Or(comparePoints(a.A, b.A), comparePoints(a.B, b.B), cmp.Compare(a.Of, b.Of))
}

// addLines makes the edges of lines that are sorted.
func (g *graph) addLines(lines []Line) {
	var file []use
	for i := 0; i < len(lines); {
		a, b := lines[i].A, lines[i].B
		for file = file[:0]; i < len(lines) && lines[i].A == a && lines[i].B == b; i++ {
			file = append(file, use{ring: lines[i].Of})
		}
		if a == b {
			continue
		}
		u, v := g.verts.number(a), g.verts.number(b)
		for k := range file {
			file[k].v = max(u, v)
		}
		g.mergeUses(min(u, v), file)
	}
}
