package notices

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/picture"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// outline is the border of a grid that changes, now or as proposed.
type outline struct {
	Grid  gridmap.GridID
	Code  string
	Name  string
	State string // "now", "proposed"
	Shape spatial.MultiPolygon
}

// drawn is what a board looks like before and after.
type drawn struct {
	parts    []part
	outlines []outline
}

// part is the pictures of grids that lie together, as SVG.
type part struct{ before, after []byte }

// mostParts bounds how many pictures one notice has.
const mostParts = 12

// draw draws the grids that change, those that touch together; both times at
// one scale and in one colour.
func draw(title string, b *plan.Board, rows []gridRow) drawn {
	at := map[gridmap.GridID]int32{}
	grids := make([]picture.Grid, len(rows))
	colours := make([]int, len(rows))
	for i, r := range rows {
		at[r.ID] = int32(i)
		grids[i] = picture.Grid{Label: r.Name, New: r.New}
		if g, ok := b.Grid(r.ID); ok {
			colours[i] = int(g.Colour) % 6
			grids[i].Community = int32(g.Parent)
		}
	}
	was, is := pictureOf(before(b), at, grids), pictureOf(proposed(b), at, grids)
	was.Title, is.Title = title+"（现状）", title+"（拟调整后）"
	d := drawn{outlines: append(outlines(was, rows, "now"), outlines(is, rows, "proposed")...)}
	together := clusters(len(rows), was, is)
	for _, p := range together[:min(len(together), mostParts)] {
		one, two := only(was, p), only(is, p)
		box := one.Box().Union(two.Box())
		d.parts = append(d.parts, part{picture.Alone(one, false, box, colours), picture.Alone(two, true, box, colours)})
	}
	return d
}

// clusters returns, by grid, in which part it is, and which parts there are:
// grids that touch in one of the pictures are together.
func clusters(n int, pictures ...picture.Plan) (parts []map[int32]bool) {
	root := make([]int32, n)
	for i := range root {
		root[i] = int32(i)
	}
	find := func(i int32) int32 {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	join := func(i, j int32) {
		if i != picture.None && j != picture.None {
			a, b := find(i), find(j)
			root[max(a, b)] = min(a, b)
		}
	}
	for _, p := range pictures {
		for _, f := range p.Faces {
			join(f.Before, f.After)
		}
		for id := range p.Ground.NumArcs() {
			if a := p.Ground.Arc(topology.ArcID(id)); a.Left != topology.Outside && a.Right != topology.Outside {
				join(p.Faces[a.Left].After, p.Faces[a.Right].After)
			}
		}
	}
	at := map[int32]int{}
	for i := range int32(n) {
		r := find(i)
		if _, ok := at[r]; !ok {
			at[r] = len(parts)
			parts = append(parts, map[int32]bool{})
		}
		parts[at[r]][i] = true
	}
	return parts
}

// only returns the picture of some of the grids; the others lie beside them.
func only(p picture.Plan, wanted map[int32]bool) picture.Plan {
	faces := p.Faces
	p.Faces = make([]picture.Face, len(faces))
	for f, face := range faces {
		if !wanted[face.Before] {
			face.Before = picture.None
		}
		if face.After != picture.None && !wanted[face.After] {
			face.Beside, face.After = int32(len(p.Grids))+face.After, picture.None
		}
		p.Faces[f] = face
	}
	return p
}

// state is the ground at one time: of each face, who has it then and who had it
// before.
type state struct {
	ground  *topology.Topology
	was, is []gridmap.GridID
	kinds   []string
}

func proposed(b *plan.Board) state {
	ground, _, _ := b.Ground()
	t := b.Atoms()
	return state{ground: ground, was: t.Base, is: t.Owner, kinds: t.Kind}
}

func before(b *plan.Board) state {
	a, net := b.Base()
	ground, atoms, owner := net.Ground()
	s := state{ground: ground, was: make([]gridmap.GridID, len(owner)), kinds: make([]string, len(owner))}
	for f, i := range owner {
		if i != atlas.None {
			s.was[f] = net.Grids[i].ID
		}
		s.kinds[f] = a.Atom(atoms[f]).Kind
	}
	s.is = s.was
	return s
}

func pictureOf(s state, at map[gridmap.GridID]int32, grids []picture.Grid) picture.Plan {
	p := picture.Plan{Ground: s.ground, Grids: grids, Faces: make([]picture.Face, len(s.is))}
	index := func(id gridmap.GridID) int32 {
		if i, ok := at[id]; ok {
			return i
		}
		return picture.None
	}
	// Numbers of ground beside: first those of the grids themselves, for only.
	beside := map[gridmap.GridID]int32{}
	for f := range p.Faces {
		face := picture.Face{Before: index(s.was[f]), After: index(s.is[f]), Beside: picture.None, Water: s.kinds[f] == "water"}
		if id := s.is[f]; id != 0 && face.After == picture.None {
			if _, ok := beside[id]; !ok {
				beside[id] = int32(2*len(grids) + len(beside))
			}
			face.Beside = beside[id]
		}
		p.Faces[f] = face
	}
	return p
}

func outlines(p picture.Plan, rows []gridRow, state string) (out []outline) {
	owner := make([]int32, len(p.Faces))
	for f, face := range p.Faces {
		owner[f] = face.After
	}
	ground := p.Ground.Dissolve(owner, len(rows))
	for i, r := range rows {
		if shape := ground.FacePolygon(topology.FaceID(i)); shape != nil {
			out = append(out, outline{r.ID, r.Code, r.Name, state, shape})
		}
	}
	return out
}
