package topology

import (
	"cmp"
	"maps"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/disjoint"
)

// SplitFace cuts a face along a line, which may overshoot the face's border or
// be a ring within it. The largest piece keeps the face; every other piece
// becomes a new face (Change.NewFaces, largest first). Parts of the face that
// the line does not cut stay with it.
func (t *Topology) SplitFace(f FaceID, line []spatial.Point) (*Topology, Change, error) {
	if f < 0 || int(f) >= t.faces || len(line) < 2 {
		return nil, Change{}, refuse(NoSuchThing, spatial.Point{}, -1, f)
	}
	l := t.takeApart([]FaceID{f}, [][]spatial.Point{line})
	groups := l.cutGroups()
	faceOf := slices.Clone(l.base)
	next := FaceID(t.faces)
	for _, root := range slices.Sorted(maps.Keys(groups)) {
		pieces := groups[root]
		for _, c := range pieces[1:] {
			faceOf[c] = next
			next++
		}
	}
	if int(next) == t.faces {
		return nil, Change{}, refuse(NotDividing, line[0], -1, f)
	}
	return l.put(faceOf, int(next), nil)
}

// cutGroups returns the cells of the face, grouped by the part that they were
// before the cut, the largest first.
func (l *local) cutGroups() map[int32][]int32 {
	parts := disjoint.New(l.p.cells)
	area := make([]wide, l.p.cells)
	for i := range l.p.lines {
		a, b := l.p.cell[2*i], l.p.cell[2*i+1]
		share := shoelace(l.p.points(i))
		area[a], area[b] = area[a].add(share), area[b].sub(share)
		if _, isArc := l.arcOf(i); !isArc && l.base[a] != elsewhere && l.base[a] == l.base[b] {
			parts.Join(a, b)
		}
	}
	groups := map[int32][]int32{}
	for c, f := range l.base {
		if f != elsewhere {
			root := parts.Find(int32(c))
			groups[root] = append(groups[root], int32(c))
		}
	}
	for _, cells := range groups {
		slices.SortFunc(cells, func(a, b int32) int {
			if c := area[b].cmp(area[a]); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		})
	}
	return groups
}
