package demodata

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/rebalance"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// bundStreet is a street office: the land around an anchor, as far as the
// water. Names and extents are made up for the demo.
type bundStreet struct {
	code, name, district string
	anchor               spatial.Point
}

var bundStreets = []bundStreet{
	{"310101901", "外滩街道（示例）", "黄浦区", spatial.Point{X: 1214855000, Y: 312385000}},
	{"310101902", "老城厢街道（示例）", "黄浦区", spatial.Point{X: 1214880000, Y: 312290000}},
	{"310109901", "北外滩街道（示例）", "虹口区", spatial.Point{X: 1214860000, Y: 312485000}},
	{"310115901", "陆家嘴街道（示例）", "浦东新区", spatial.Point{X: 1214952604, Y: 312419463}},
}

const (
	bundOldTown     = 1    // of bundStreets: what lies south of yananLu on the west bank
	communityTarget = 2400 // households of a community
	gridMin         = 300
	gridTarget      = 400
	gridMax         = 500
)

// yananLu is 延安东路 across the west bank, from west to east.
var yananLu = []spatial.Point{
	{X: 1214800000, Y: 312329000},
	{X: 1214828000, Y: 312330000},
	{X: 1214840000, Y: 312334500},
	{X: 1214858000, Y: 312346500},
	{X: 1214875000, Y: 312352000},
	{X: 1215000000, Y: 312352000},
}

// southOf tells whether a point lies south of a line that runs from west to east.
func southOf(line []spatial.Point, p spatial.Point) bool {
	for i := range len(line) - 1 {
		if p.X >= line[i].X && p.X < line[i+1].X {
			return spatial.Orient(line[i], line[i+1], p) < 0
		}
	}
	return false
}

// bundTree is the made-up division of the ground.
type bundTree struct {
	*bundGround
	grids []district.Grid // parents before children
	owner []int32         // by face
}

// divideBund makes streets, communities and grids: streets are what water
// divides, communities and grids are first plans of the engine.
func divideBund(ctx context.Context, g *bundGround) (*bundTree, error) {
	t := &bundTree{bundGround: g, owner: make([]int32, len(g.atoms))}
	for _, s := range bundStreets {
		t.grids = append(t.grids, district.Grid{Level: 0, Parent: district.None, Code: s.code, Name: s.name})
	}
	t.giveToStreets()
	if err := t.plan(ctx, 1, communityTarget, 0.12); err != nil {
		return nil, err
	}
	t.nameCommunities()
	if err := t.plan(ctx, 2, gridTarget, 0.15); err != nil {
		return nil, err
	}
	t.nameGrids()
	t.addRiver()
	t.handOver()
	return t, nil
}

// giveToStreets gives each piece of land that water cuts off to the street with
// the nearest anchor; small pieces are water.
func (t *bundTree) giveToStreets() {
	piece := t.pieces()
	area := map[int32]float64{}
	for f, p := range piece {
		area[p] += t.atoms[f].AreaM2
	}
	for f := range t.atoms {
		t.owner[f] = district.None
		if a := &t.atoms[f]; !a.Water && area[piece[f]] < 2*pondM2 {
			a.Water, a.Households, a.Persons, a.Shops = true, 0, 0, 0
		}
	}
	nearest := map[int32]int32{}
	for f, p := range piece {
		best, least := int32(0), 0.0
		for s := range bundStreets {
			if d := measure.NearM(bundStreets[s].anchor, t.atoms[f].At); s == 0 || d < least {
				best, least = int32(s), d
			}
		}
		if known, seen := nearest[p]; !seen || least < t.anchorM(known, p, piece) {
			nearest[p] = best
		}
	}
	for f, p := range piece {
		if t.atoms[f].Water {
			continue
		}
		t.owner[f] = nearest[p]
		if nearest[p] <= bundOldTown {
			t.owner[f] = 0
			if southOf(yananLu, t.atoms[f].At) {
				t.owner[f] = bundOldTown
			}
		}
	}
}

// anchorM is how near a piece of land comes to the anchor of a street.
func (t *bundTree) anchorM(street, p int32, piece []int32) float64 {
	least := -1.0
	for f, q := range piece {
		if q != p {
			continue
		}
		if d := measure.NearM(bundStreets[street].anchor, t.atoms[f].At); least < 0 || d < least {
			least = d
		}
	}
	return least
}

// pieces numbers the land that hangs together without crossing water.
func (t *bundTree) pieces() []int32 {
	piece := make([]int32, len(t.atoms))
	for f := range piece {
		piece[f] = int32(f)
	}
	var find func(int32) int32
	find = func(f int32) int32 {
		if piece[f] != f {
			piece[f] = find(piece[f])
		}
		return piece[f]
	}
	for f := range t.atoms {
		for _, n := range t.topo.Neighbours(topology.FaceID(f)) {
			if n != topology.Outside && t.atoms[f].Water == t.atoms[n].Water {
				a, b := find(int32(f)), find(int32(n))
				piece[max(a, b)] = min(a, b)
			}
		}
	}
	for f := range piece {
		piece[f] = find(int32(f))
	}
	return piece
}

// asMap is the division so far, with room for one more level.
func (t *bundTree) asMap(levels int) *district.Map {
	m := &district.Map{
		Ground: t.topo, Owner: t.owner, CountKeys: []string{"households"}, Grids: t.grids, Levels: levels, Marks: t.marks,
	}
	for f, a := range t.atoms {
		m.Atoms = append(m.Atoms, district.Atom{Code: atomCode(f), Name: a.Name})
		m.Counts = append(m.Counts, []int64{a.Households})
	}
	return m
}

// plan cuts all grids of the level above into grids of the given size, along
// main roads where that is no longer.
func (t *bundTree) plan(ctx context.Context, level int, target, tolerance float64) error {
	var within []int32
	for i, g := range t.grids {
		if g.Level == level-1 {
			within = append(within, int32(i))
		}
	}
	x, err := district.New(t.asMap(level+1), district.Options{Within: within, Profile: gridmap.SizingProfile{Target: target}})
	if err != nil {
		return err
	}
	goal := x.DefaultGoal()
	goal.Tolerance = tolerance
	r, err := rebalance.Solve(ctx, &x.Problem, goal, rebalance.Options{
		Seed: 1, Weights: rebalance.Weights{BorderPerM: 0.2, Arterial: 0.2},
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err // half a search gives another demo
	}
	t.adopt(x, r, level)
	return nil
}

// adopt takes over a first plan. Its grids are numbered from west to east and
// from north to south within their parent, in bands of a quarter of a kilometre.
func (t *bundTree) adopt(x *district.Area, r *rebalance.Result, level int) {
	type fresh struct {
		parent      int32
		x, y, faces float64
	}
	made := make([]fresh, len(r.NewGrids))
	for i, g := range r.NewGrids {
		made[i].parent = x.ParentOf(g)
	}
	moves := x.Moves(r.Plan)
	for _, k := range moves {
		n := &made[k.New-1]
		at := t.atoms[k.Face].At
		n.x, n.y, n.faces = n.x+float64(at.X), n.y+float64(at.Y), n.faces+1
	}
	order := make([]int, len(made))
	for i := range order {
		order[i] = i
	}
	band := func(n fresh) float64 { return -float64(int(n.y / n.faces / 22000)) }
	slices.SortFunc(order, func(i, j int) int {
		a, b := made[i], made[j]
		return cmp.Or(cmp.Compare(a.parent, b.parent), cmp.Compare(band(a), band(b)), cmp.Compare(a.x/a.faces, b.x/b.faces), cmp.Compare(i, j))
	})
	index, number := make([]int32, len(made)), map[int32]int{}
	for _, i := range order {
		parent := made[i].parent
		number[parent]++
		index[i] = int32(len(t.grids))
		width := 4 - level // 6+3 digits a street, 3 more a community, 2 more a grid
		t.grids = append(t.grids, district.Grid{
			Level: level, Parent: parent, Code: fmt.Sprintf("%s%0*d", t.grids[parent].Code, width, number[parent]),
		})
	}
	for _, k := range moves {
		t.owner[k.Face] = index[k.New-1]
	}
}

// nameCommunities calls each community after the road that runs longest through
// it and that no other is called after.
func (t *bundTree) nameCommunities() {
	length := make([]map[string]float64, len(t.grids))
	for i := range length {
		length[i] = map[string]float64{}
	}
	for _, r := range t.src.roads {
		for _, l := range r.Lines {
			for k := range max(len(l)-1, 0) {
				if f := t.faceAt(between(l[k], l[k+1])); r.Name != "" && f >= 0 && t.owner[f] != district.None {
					length[t.owner[f]][r.Name] += measure.NearM(l[k], l[k+1])
				}
			}
		}
	}
	taken := map[string]bool{}
	for i := range t.grids {
		g := &t.grids[i]
		if g.Level != 1 {
			continue
		}
		best := ""
		for name, m := range length[i] {
			if !taken[name] && (best == "" || m > length[i][best] || m == length[i][best] && name < best) {
				best = name
			}
		}
		taken[best] = true
		g.Name = best + "社区"
	}
}

// between is the middle of two points.
func between(a, b spatial.Point) spatial.Point {
	return spatial.Point{X: int32((int64(a.X) + int64(b.X)) / 2), Y: int32((int64(a.Y) + int64(b.Y)) / 2)}
}

func (t *bundTree) nameGrids() {
	for i := range t.grids {
		if g := &t.grids[i]; g.Level == 2 {
			number := g.Code[len(g.Code)-2:]
			if number[0] == '0' {
				number = number[1:]
			}
			g.Name = fmt.Sprintf("%s第%s网格", strings.TrimSuffix(t.grids[g.Parent].Name, "社区"), number)
		}
	}
}

// addRiver gives the water to a waterborne grid of the first street.
func (t *bundTree) addRiver() {
	community := int32(len(t.grids))
	t.grids = append(t.grids,
		district.Grid{Level: 1, Parent: 0, Code: t.grids[0].Code + "900", Name: "黄浦江水域"},
		district.Grid{Level: 2, Parent: community, Code: t.grids[0].Code + "90001", Name: "黄浦江水上网格", Type: gridmap.Waterborne},
	)
	for f := range t.atoms {
		if t.owner[f] == district.None {
			t.owner[f] = community + 1
		}
	}
}

// handOver lets people move into compounds that were empty when the grids were
// drawn, so that some grids are too large now.
func (t *bundTree) handOver() {
	const every, households = 7, 190
	n := 0
	for i, g := range t.grids {
		if g.Level != 2 || g.Type == gridmap.Waterborne {
			continue
		}
		n++
		if n%every != 3 {
			continue
		}
		best := int32(-1) // the largest atom with few households
		for f, o := range t.owner {
			if a := &t.atoms[f]; o == int32(i) && a.Households < 80 && (best < 0 || a.AreaM2 > t.atoms[best].AreaM2) {
				best = int32(f)
			}
		}
		if best < 0 {
			continue
		}
		a := &t.atoms[best]
		a.HandedOver = true
		a.Households += households + int64(n%3)*25
		a.Persons += (households + int64(n%3)*25) * 5 / 2
	}
}

func atomCode(face int) string { return fmt.Sprintf("SHWT%05d", face+1) }
