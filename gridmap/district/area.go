package district

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Options choose the part of the map and say what it is judged by. Within
// alone is needed.
type Options struct {
	// Within are the grids whose ground is in question, indices in Map.Grids:
	// a street, a community, or some of the lowest grids.
	Within []int32
	// Households names the count that "moved" is measured in; "" is
	// "households", or the profile's unit where atoms have no such count.
	Households string
	// Profile says what a grid weighs and how much it should. The zero value
	// weighs by households and sets no bounds.
	Profile gridmap.SizingProfile
	// Staff is how many full-time staff a grid has, for profiles per staff
	// member; 0 is 1.
	Staff int
	// Loose also takes ground that a community with grids holds itself, to be
	// given to one of them. Ground of a community without any is always taken.
	Loose bool

	LockedGrids []int32   // indices in Map.Grids; they keep what they have
	LockedAtoms []int32   // faces that stay where they are
	Pins        [][]int32 // faces that stay together, such as the parts of a gated compound
}

// Area is a part of the map as a question.
type Area struct {
	Problem     rebalance.Problem
	Faces       []int32 // by atom of the problem: its face in the map
	Grids       []int32 // by grid of the problem: its index in the map
	Communities []int32 // by community of the problem: its index in the map, or None for a network without levels above its grids
	// Scale is how many units of load of the problem make one of the profile:
	// loads are whole numbers there. 1 unless a weight is a fraction.
	Scale int

	m   *Map
	opt Options
}

var _ rebalance.Namer = (*Area)(nil)

// New asks about the ground below opt.Within. Grids of the lowest level keep
// to the community above them; 专属 and 水上 grids are never touched.
func New(m *Map, opt Options) (*Area, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	x := &Area{m: m, opt: opt}
	if err := x.pick(); err != nil {
		return nil, err
	}
	if err := x.weigh(); err != nil {
		return nil, err
	}
	x.locate()
	x.join()
	if err := x.hold(); err != nil {
		return nil, err
	}
	if err := x.Problem.Check(); err != nil {
		return nil, &gridmap.Error{Code: gridmap.Invalid, Message: "该范围无法调整：" + err.Error(), Err: err}
	}
	return x, nil
}

// pick numbers the faces, grids and communities in question.
func (x *Area) pick() error {
	m := x.m
	chosen := make([]bool, len(m.Grids))
	for _, g := range x.opt.Within {
		if g < 0 || int(g) >= len(m.Grids) {
			return gridmap.Errorf(gridmap.NotFound, "没有第 %d 号网格 (no such grid)", g)
		}
		chosen[g] = true
	}
	parent := make([]bool, len(m.Grids))
	for i, g := range m.Grids {
		if g.Parent != None {
			chosen[i] = chosen[i] || chosen[g.Parent]
			parent[g.Parent] = true
		}
	}
	gridAt, communityAt := map[int32]int32{}, map[int32]int32{}
	for i, g := range m.Grids { // also those without ground, which the engine leaves so
		if chosen[i] && g.Level == m.Levels-1 {
			gridAt[int32(i)] = int32(len(x.Grids))
			x.Grids = append(x.Grids, int32(i))
			x.Problem.Grids = append(x.Problem.Grids, rebalance.Grid{
				Community: x.community(communityAt, g.Parent),
				Dedicated: g.Type == gridmap.Dedicated || g.Type == gridmap.Waterborne,
			})
		}
	}
	for f, g := range m.Owner {
		if g == None || !chosen[g] || len(m.Ground.FaceArcs(topology.FaceID(f))) == 0 {
			continue
		}
		grid, low := gridAt[g]
		switch {
		case low:
			x.add(int32(f), x.Problem.Grids[grid].Community, grid)
		case !parent[g] || x.opt.Loose:
			x.add(int32(f), x.community(communityAt, g), rebalance.Unassigned)
		}
	}
	if len(x.Faces) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "所选范围没有可调整的单元 (no atoms in the chosen part)")
	}
	return nil
}

func (x *Area) add(face, community, grid int32) {
	x.Faces = append(x.Faces, face)
	x.Problem.Atoms = append(x.Problem.Atoms, rebalance.Atom{Community: community})
	x.Problem.Initial = append(x.Problem.Initial, grid)
}

func (x *Area) community(at map[int32]int32, grid int32) int32 {
	c, ok := at[grid]
	if !ok {
		c = int32(len(x.Communities))
		at[grid] = c
		x.Communities = append(x.Communities, grid)
	}
	return c
}

// locate puts a point inside each atom, in metres east and north of the
// middle of the area.
func (x *Area) locate() {
	box := spatial.EmptyBox()
	for _, f := range x.Faces {
		box = box.Union(x.m.Ground.FaceBox(topology.FaceID(f)))
	}
	frame := measure.FrameAt(centre(box))
	for i, f := range x.Faces {
		p := Inside(x.m.Ground.FacePolygon(topology.FaceID(f)))
		x.Problem.Atoms[i].XM, x.Problem.Atoms[i].YM = frame.XY(p)
	}
}

// join finds who touches whom, and along what.
func (x *Area) join() {
	at := make(map[int32]int32, len(x.Faces))
	for i, f := range x.Faces {
		at[f] = int32(i)
	}
	shared := map[[2]int32]float64{}
	seen := map[topology.ArcID]bool{}
	for _, f := range x.Faces {
		for _, id := range x.m.Ground.FaceArcs(topology.FaceID(f)) {
			if seen[id] {
				continue
			}
			seen[id] = true
			arc := x.m.Ground.Arc(id)
			a, okA := at[int32(arc.Left)]
			b, okB := at[int32(arc.Right)]
			if okA && okB {
				shared[[2]int32{min(a, b), max(a, b)}] += lengthM(arc.Points)
			}
		}
	}
	kinds := x.m.kinds()
	for pair, length := range shared {
		fa, fb := x.Faces[pair[0]], x.Faces[pair[1]]
		k := kinds[[2]int32{min(fa, fb), max(fa, fb)}]
		x.Problem.Edges = append(x.Problem.Edges, rebalance.Edge{
			A: pair[0], B: pair[1], LengthM: float32(length), Arterial: k.Arterial, Barrier: k.Barrier,
		})
	}
	slices.SortFunc(x.Problem.Edges, func(a, b rebalance.Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
}

func (m *Map) kinds() map[[2]int32]Mark {
	kinds := make(map[[2]int32]Mark, len(m.Marks))
	for _, k := range m.Marks {
		pair := [2]int32{min(k.A, k.B), max(k.A, k.B)}
		was := kinds[pair]
		kinds[pair] = Mark{Barrier: was.Barrier || k.Barrier, Arterial: was.Arterial || k.Arterial}
	}
	return kinds
}

func lengthM(points []spatial.Point) (total float64) {
	for i := range len(points) - 1 {
		total += measure.NearM(points[i], points[i+1])
	}
	return total
}

// hold enters locks and pins; what they name outside the area does not matter.
func (x *Area) hold() error {
	atomAt, gridAt := map[int32]int32{}, map[int32]int32{}
	for i, f := range x.Faces {
		atomAt[f] = int32(i)
	}
	for i, g := range x.Grids {
		gridAt[g] = int32(i)
	}
	for _, g := range x.opt.LockedGrids {
		if i, ok := gridAt[g]; ok {
			x.Problem.Grids[i].Locked = true
		}
	}
	for _, f := range x.opt.LockedAtoms {
		if i, ok := atomAt[f]; ok {
			x.Problem.Atoms[i].Locked = true
		}
	}
	for p, faces := range x.opt.Pins {
		for _, f := range faces {
			i, ok := atomAt[f]
			if !ok {
				continue
			}
			if was := x.Problem.Atoms[i].Pin; was != 0 && was != int32(p+1) {
				return gridmap.Errorf(gridmap.Invalid, "单元 %s 属于两个整体 (atom pinned twice)", x.m.Atoms[f].Code)
			}
			x.Problem.Atoms[i].Pin = int32(p + 1)
		}
	}
	return nil
}
