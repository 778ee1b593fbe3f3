package plan

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

func TestAtomsGoToTheGridTheyAreGivenTo(t *testing.T) {
	w := newWorld(100, 5, 1, 1)
	b := w.board(t)
	moved := b.AtomsOf(w.leaves[0])[:3]
	c, fx := must(t, b, do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(moved), w.leaves[1]))
	for _, id := range moved {
		if g, _ := c.Owner(id); g != w.leaves[1] {
			t.Errorf("atom %d is in grid %d", id, g)
		}
		if g, _ := b.Owner(id); g != w.leaves[0] {
			t.Errorf("the board before changed: atom %d is in grid %d", id, g)
		}
	}
	if len(fx.Atoms) != 3 || len(fx.Grids) != 4 || fx.Box.Empty() { // two grids and their communities
		t.Errorf("effects: %+v", fx)
	}
}

func TestANewGridIsNamedAndNumberedAsThoseBesideIt(t *testing.T) {
	w := newWorld(100, 5, 2, 1)
	b := w.board(t)
	moved := b.AtomsOf(w.leaves[0])[:5]
	b, _ = must(t, b, do(1, CreateGrid, `{"parent":%d,"code":"","name":"","type":"general","atoms":%s}`, w.communities[0], ids(moved)))
	g, ok := b.Grid(gridmap.GridID(NewID(1, 0)))
	if !ok || g.Atoms != 5 || !g.New || g.Code != "0100105" || g.Name != "第5网格" || g.Parent != w.communities[0] || g.Level != 2 {
		t.Errorf("made %+v", g)
	}
}

func TestAPartOfAGridWithANameOfItsOwnIsNamedAfterIt(t *testing.T) {
	w := newWorld(36, 3, 2, 1)
	for i := range w.grids {
		if w.grids[i].Level == 2 {
			w.grids[i].Name = []string{"忠明里", "东势里", "立人里", "公园里", "中华里"}[i%5]
		}
	}
	b := w.board(t)
	for i, g := range w.leaves[:2] {
		s, _ := b.Grid(g)
		rev := int64(i + 1)
		b, _ = must(t, b, do(rev, Cut, `{"grid":%d,"line":[%s,%s]}`, g, pointText(s.Label), pointText(spatial.Point{X: s.Label.X + 9, Y: s.Label.Y + 999})))
		if made, _ := b.Grid(gridmap.GridID(NewID(rev, 0))); made.Name != s.Name+"（2）" {
			t.Errorf("a part of %s is called %s", s.Name, made.Name)
		}
	}
}

func TestOfMergedGridsThatWithMostHouseholdsKeepsItsIdentity(t *testing.T) {
	w := newWorld(100, 5, 2, 1)
	b := w.board(t)
	small := gridmap.GridID(NewID(1, 0))
	b, _ = must(t, b, do(1, CreateGrid, `{"parent":%d,"atoms":%s}`, w.communities[0], ids(b.AtomsOf(w.leaves[0])[:5])))
	c, fx := must(t, b, do(2, Merge, `{"into":%d,"grids":[%d]}`, small, w.leaves[1]))
	if !slices.Equal(fx.Removed, []gridmap.GridID{small}) || len(c.AtomsOf(w.leaves[1])) != 30 {
		t.Errorf("by households: %+v", fx)
	}
	c, fx = must(t, b, do(2, Merge, `{"into":%d,"grids":[%d],"keep":true}`, small, w.leaves[1]))
	if !slices.Equal(fx.Removed, []gridmap.GridID{w.leaves[1]}) || len(c.AtomsOf(small)) != 30 {
		t.Errorf("as told: %+v", fx)
	}
}

func TestTheSideOfACutWithMoreHouseholdsStaysTheGrid(t *testing.T) {
	for _, mode := range []string{ByAtoms, ByGround} {
		w := newWorld(25, 5, 1, 1)
		b := w.board(t)
		box := b.boxOf(b.gridIndex(w.leaves[0]))
		for _, share := range []float64{0.3, 0.7} { // a line from south to north, either way round
			x := box.Min.X + int32(share*float64(box.Max.X-box.Min.X))
			from, to := spatial.Point{X: x, Y: box.Min.Y - 50}, spatial.Point{X: x + 5, Y: box.Max.Y + 50}
			for _, line := range [2][2]spatial.Point{{from, to}, {to, from}} {
				c, fx := must(t, b, do(1, Cut, `{"grid":%d,"line":[%s,%s],"mode":%q}`, w.leaves[0], pointText(line[0]), pointText(line[1]), mode))
				kept, _ := c.Grid(w.leaves[0])
				made, _ := c.Grid(gridmap.GridID(NewID(1, 0)))
				if kept.Households < made.Households || made.Households == 0 {
					t.Errorf("%s at %g: %d households stay, %d leave", mode, share, kept.Households, made.Households)
				}
				if (share < 0.5) != (made.Label.X < kept.Label.X) {
					t.Errorf("%s at %g: the wrong side left", mode, share)
				}
				if split := len(fx.NewAtoms) > 0; split != (mode == ByGround) {
					t.Errorf("%s: %d new atoms", mode, len(fx.NewAtoms))
				}
				whole, _ := b.Grid(w.leaves[0])
				if kept.Households+made.Households != whole.Households {
					t.Errorf("%s: households were lost", mode)
				}
				checkBoard(t, c)
			}
		}
	}
}

func TestACutThroughTheGroundSparesBuildingsAndWhatIsPinned(t *testing.T) {
	w := newWorld(25, 5, 1, 1)
	for i := range w.atoms {
		if i%5 == 2 {
			w.atoms[i].Kind = []string{"building", "compound", "shopfront", "plot", "building"}[i/5]
		}
	}
	b := w.board(t)
	b, _ = must(t, b, do(1, SetLock, `{"atoms":[%d],"locked":true}`, w.atomIDs[17])) // else a plot
	box := b.boxOf(b.gridIndex(w.leaves[0]))
	x := b.point(12).X
	line := [2]spatial.Point{{X: x, Y: box.Min.Y}, {X: x, Y: box.Max.Y}}
	_, _, err := Apply(b, do(2, Cut, `{"grid":%d,"line":[%s,%s],"mode":"ground"}`, w.leaves[0], pointText(line[0]), pointText(line[1])))
	if gridmap.CodeOf(err) != gridmap.Forbidden { // the pinned one would have to go to the new grid
		t.Fatalf("a pinned atom went along: %v", err)
	}
	b, _ = must(t, b, do(2, SetLock, `{"atoms":[%d],"locked":false}`, w.atomIDs[17]))
	_, fx := must(t, b, do(3, Cut, `{"grid":%d,"line":[%s,%s],"mode":"ground"}`, w.leaves[0], pointText(line[0]), pointText(line[1])))
	if len(fx.NewAtoms) != 1 {
		t.Errorf("%d atoms were split, want the plot only: %s", len(fx.NewAtoms), fx.Body)
	}
}

func TestCountsOfASplitAtomAddUp(t *testing.T) {
	w := newWorld(25, 5, 1, 1)
	b := w.board(t)
	id := w.atomIDs[7]
	f, _ := b.face(id)
	at := b.point(f)
	line := pointText(spatial.Point{X: at.X, Y: at.Y - 100_000}) + "," + pointText(spatial.Point{X: at.X + 3, Y: at.Y + 100_000})
	n := b.households(f)
	c, fx := must(t, b, do(1, SplitAtom, `{"atom":%d,"line":[%s],"counts":{"households":[%d,%d]}}`, id, line, n-2, 2))
	if got := c.AtomsBy(id, fx.NewAtoms[0]); got.Households[0] != n-2 || got.Households[1] != 2 || got.Owner[1] != w.leaves[0] || got.Base[1] != w.leaves[0] {
		t.Errorf("as given: %+v", got)
	}
	if code := c.AtomsBy(fx.NewAtoms...).Code[0]; code != "B000008-2" {
		t.Errorf("the piece is called %s", code)
	}
	for _, counts := range []string{`{"households":[1,2,3]}`, `{"households":[-1,2]}`, `{"households":[1000000,2]}`, `{"cats":[1,2]}`, `{"households":[1]}`} {
		if _, _, err := Apply(b, do(1, SplitAtom, `{"atom":%d,"line":[%s],"counts":%s}`, id, line, counts)); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("counts %s: %v", counts, err)
		}
	}
}

func TestSharesAreWholeAndAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<50).Draw(t, "n")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1<<45), 1, 9).Draw(t, "weights")
		sum, total := int64(0), 0.0
		parts := apportion(n, weights)
		for _, w := range weights {
			total += float64(w)
		}
		for i, p := range parts {
			sum += p
			if exact := float64(n) * float64(weights[i]) / total; total > 0 && (float64(p) < exact-1-1e-3*exact || float64(p) > exact+1+1e-3*exact) {
				t.Fatalf("part %d is %d, its share %g", i, p, exact)
			}
		}
		if sum != n {
			t.Fatalf("%v add up to %d, not %d", parts, sum, n)
		}
	})
	if got := apportion(10, []int64{1, 1, 1}); !slices.Equal(got, []int64{4, 3, 3}) {
		t.Errorf("ten by three: %v", got)
	}
}

func TestTheNewGridOfAProposalSwapsWithTheOneItTakesMostFrom(t *testing.T) {
	w := newWorld(100, 5, 2, 1)
	b := w.board(t)
	atoms := b.AtomsOf(w.leaves[0])
	c, fx := must(t, b, do(1, ApplyProposal, `{"proposal":"p1","candidate":0,"new_grids":[{"id":-1,"parent":%d}],"moves":[{"to":-1,"atoms":%s}]}`, w.communities[0], ids(atoms[:20])))
	made := gridmap.GridID(NewID(1, 0))
	if len(c.AtomsOf(w.leaves[0])) != 20 || len(c.AtomsOf(made)) != 5 || len(fx.Atoms) != 5 {
		t.Errorf("the grid keeps %d atoms, the new one has %d: %s", len(c.AtomsOf(w.leaves[0])), len(c.AtomsOf(made)), fx.Body)
	}
	if l := c.Lineage(); len(l) != 2 || l[0].To != w.leaves[0] || l[0].Share < 0.5 || l[0].Share+l[1].Share != 1 {
		t.Errorf("lineage: %+v", l)
	}
	c, _ = must(t, b, do(1, ApplyProposal, `{"moves":[{"to":%d,"atoms":%s}],"retire":[%d]}`, w.leaves[1], ids(atoms), w.leaves[0]))
	if g, _ := c.Grid(w.leaves[0]); !g.Retired {
		t.Error("the emptied grid is still there")
	}
}

func TestWhatIsNotAllowedIsSaidWithItsPlace(t *testing.T) {
	w := newWorld(144, 3, 2, 1)
	open := w.board(t)
	scoped := w.board(t, w.communities[0])
	one := w.board(t, w.leaves[0], w.leaves[1])
	inside, outside := w.leaves[0], open.Grids()[len(open.Grids())-1].ID
	atoms := open.AtomsOf(inside)
	locked, _ := must(t, open, do(1, SetLock, `{"grids":[%d],"locked":true}`, inside))
	pinned, _ := must(t, open, do(1, SetLock, `{"atoms":[%d],"locked":true}`, atoms[0]))
	parent, _ := must(t, open, do(1, SetLock, `{"grids":[%d],"locked":true}`, w.communities[0]))
	retired, _ := must(t, open, do(1, Merge, `{"into":%d,"grids":[%d],"keep":true}`, w.leaves[1], inside))
	vertex, node := border(open, inside)
	emptied := open
	for i, g := range open.Grids() {
		if g.Parent == w.communities[3] {
			emptied, _ = must(t, emptied, do(int64(100+i), RetireGrid, `{"grid":%d,"to":%d}`, g.ID, inside))
		}
	}
	for _, c := range []struct {
		name string
		b    *Board
		op   gridmap.PlanOp
		code gridmap.Code
		say  string
		at   bool
	}{
		{"no atoms", open, do(2, ReassignAtoms, `{"atoms":[],"to":%d}`, inside), gridmap.Invalid, "没有选中", false},
		{"an unknown atom", open, do(2, ReassignAtoms, `{"atoms":[999999],"to":%d}`, inside), gridmap.NotFound, "999999", false},
		{"an atom twice", open, do(2, ReassignAtoms, `{"atoms":[%d,%d],"to":%d}`, atoms[0], atoms[0], outside), gridmap.Invalid, "两次", false},
		{"an unknown grid", open, do(2, ReassignAtoms, `{"atoms":[%d],"to":999999}`, atoms[0]), gridmap.NotFound, "999999", false},
		{"not a leaf", open, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], w.communities[1]), gridmap.Invalid, "之下还有网格", true},
		{"a community that was emptied", emptied, do(9, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(emptied.AtomsOf(inside)[:1]), w.communities[3]), gridmap.Invalid, "不是末级", false},
		{"a name with a line break", open, do(2, SetAttrs, `{"grid":%d,"name":"一\n二"}`, inside), gridmap.Invalid, "控制字符", false},
		{"a code too long", open, do(2, SetAttrs, `{"grid":%d,"code":%q}`, inside, strings.Repeat("9", 65)), gridmap.Invalid, "64", false},
		{"retired", retired, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], inside), gridmap.Conflict, "已撤销", false},
		{"out of scope", scoped, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], outside), gridmap.Forbidden, "范围", true},
		{"from out of scope", scoped, do(2, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(scoped.AtomsOf(outside)[:1]), inside), gridmap.Forbidden, "范围", true},
		{"locked", locked, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], w.leaves[1]), gridmap.Forbidden, "已由 张三 锁定（第 1 步）", true},
		{"below a locked one", parent, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], w.leaves[1]), gridmap.Forbidden, "锁定", true},
		{"pinned", pinned, do(2, ReassignAtoms, `{"atoms":[%d],"to":%d}`, atoms[0], w.leaves[1]), gridmap.Forbidden, "固定", true},
		{"a grid with a pinned atom goes", pinned, do(2, RetireGrid, `{"grid":%d,"to":%d}`, inside, w.leaves[1]), gridmap.Forbidden, "固定", true},
		{"retire with atoms left", open, do(2, RetireGrid, `{"grid":%d}`, inside), gridmap.Conflict, "还有 9 个单元", true},
		{"retire into itself", open, do(2, RetireGrid, `{"grid":%d,"to":%d}`, inside, inside), gridmap.Invalid, "自己", false},
		{"merge with itself", open, do(2, Merge, `{"into":%d,"grids":[%d]}`, inside, inside), gridmap.Invalid, "至少", false},
		{"a code that is taken", open, do(2, CreateGrid, `{"parent":%d,"code":"0100102"}`, w.communities[0]), gridmap.Conflict, "0100102", false},
		{"a code that was taken once", open.With(Rules{Taken: func(c string) gridmap.GridID { return 77 }}), do(2, CreateGrid, `{"parent":%d,"code":"0100177"}`, w.communities[0]), gridmap.Conflict, "77", false},
		{"a retired grid's code", retired, do(2, CreateGrid, `{"parent":%d,"code":"0100101"}`, w.communities[0]), gridmap.Conflict, "永不再用", false},
		{"a code with blanks", open, do(2, SetAttrs, `{"grid":%d,"code":" 7"}`, inside), gridmap.Invalid, "空格", false},
		{"no name", open, do(2, SetAttrs, `{"grid":%d,"name":" "}`, inside), gridmap.Invalid, "名称", false},
		{"an unknown type", open, do(2, SetAttrs, `{"grid":%d,"type":"round"}`, inside), gridmap.Invalid, "round", false},
		{"no level below", open, do(2, CreateGrid, `{"parent":%d}`, inside), gridmap.Conflict, "自己有单元", true},
		{"a grid beside the scope", one, do(2, CreateGrid, `{"parent":%d}`, w.communities[1]), gridmap.Forbidden, "范围", true},
		{"a grid at the top of a scoped plan", scoped, do(2, CreateGrid, `{"parent":0}`), gridmap.Forbidden, "范围", false},
		{"a line beside the grid", open, do(2, Cut, `{"grid":%d,"line":[[104,20],[104,30]]}`, inside), gridmap.Invalid, "没有把网格", true},
		{"a point for a line", open, do(2, Cut, `{"grid":%d,"line":[[105,25],[105,25]]}`, inside), gridmap.Invalid, "不同的点", false},
		{"an unknown mode", open, do(2, Cut, `{"grid":%d,"line":[[105,25],[106,25]],"mode":"deep"}`, inside), gridmap.Invalid, "ground", false},
		{"no vertex there", open, do(2, MoveVertex, `{"at":[105.5,25.5],"to":[105.5,25.6]}`), gridmap.Conflict, "没有边界的折点", true},
		{"a node, not a vertex", open, do(2, MoveVertex, `{"at":%s,"to":%s}`, pointText(node), pointText(vertex)), gridmap.Conflict, "交点", true},
		{"a border that would cross others", open, do(2, MoveVertex, `{"at":%s,"to":[105.1,25.1]}`, pointText(vertex)), gridmap.Invalid, "边界", true},
		{"the border of a locked grid", locked, do(2, MoveVertex, `{"at":%s,"to":%s}`, pointText(vertex), pointText(spatial.Point{X: vertex.X + 10, Y: vertex.Y})), gridmap.Forbidden, "锁定", true},
		{"a border that is not there", open, do(2, ReshapeArc, `{"old":[[105,25],[105.1,25]],"points":[[105,25],[105.1,25]]}`), gridmap.Conflict, "没有这条边界", true},
		{"an edge that is not there", open, do(2, InsertVertex, `{"edge":[[105,25],[105.1,25]],"at":[105.05,25]}`), gridmap.Conflict, "没有这一段", true},
		{"a split that does not divide", open, do(2, SplitAtom, `{"atom":%d,"line":[[104,20],[104,30]]}`, atoms[0]), gridmap.Invalid, "没有把单元", true},
		{"a pinned atom split", pinned, do(2, SplitAtom, `{"atom":%d,"line":[[104,20],[106,30]]}`, atoms[0]), gridmap.Forbidden, "固定", true},
		{"an empty proposal", open, do(2, ApplyProposal, `{}`), gridmap.Invalid, "没有任何变动", false},
		{"a proposal that moves an atom twice", open, do(2, ApplyProposal, `{"moves":[{"to":%d,"atoms":[%d]},{"to":%d,"atoms":[%d]}]}`, inside, atoms[0], w.leaves[1], atoms[0]), gridmap.Invalid, "两次", true},
		{"a proposal that closes a grid in use", open, do(2, ApplyProposal, `{"retire":[%d]}`, inside), gridmap.Conflict, "不能撤销", true},
		{"two new grids of one id", open, do(2, ApplyProposal, `{"new_grids":[%s]}`, strings.TrimSuffix(strings.Repeat(`{"id":-1,"parent":0},`, 2), ",")), gridmap.Invalid, "不重复", false},
		{"no revision", open, do(0, SetAttrs, `{"grid":%d}`, inside), gridmap.Invalid, "序号", false},
		{"an unknown operation", open, do(2, "paint", `{}`), gridmap.Invalid, "paint", false},
		{"a misspelt member", open, do(2, ReassignAtoms, `{"atom":[1],"to":%d}`, inside), gridmap.Invalid, "atom", false},
		{"no object", open, do(2, ReassignAtoms, `[1]`), gridmap.Invalid, "JSON", false},
		{"negative capacity", open, do(2, SetAttrs, `{"grid":%d,"capacity":-1}`, inside), gridmap.Invalid, "负数", false},
		{"a point off the globe", open, do(2, MoveNode, `{"at":[200,0],"to":[0,0]}`), gridmap.Invalid, "200", false},
	} {
		_, _, err := Apply(c.b, c.op)
		var e *gridmap.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if e.Code != c.code || !strings.Contains(e.Message, c.say) || c.at != (e.At != nil) {
			t.Errorf("%s: %s %v (place %v), want %s %q, place %v", c.name, e.Code, e, e.At != nil, c.code, c.say, c.at)
		}
	}
}

// border finds a vertex and a node on a border of a grid with another.
func border(b *Board, id gridmap.GridID) (vertex, node spatial.Point) {
	i := b.gridIndex(id)
	for k := range topology.ArcID(b.topo.NumArcs()) {
		arc := b.topo.Arc(k)
		if len(arc.Points) > 2 && arc.Left >= 0 && arc.Right >= 0 && b.holds(i, arc.Left) != b.holds(i, arc.Right) {
			return arc.Points[1], arc.Points[0]
		}
	}
	return vertex, node
}

func TestAPlanOfTwoCommunitiesMayMoveAtomsBetweenThem(t *testing.T) {
	w := newWorld(144, 3, 2, 1)
	b := w.board(t, w.communities[0], w.communities[1])
	from := b.AtomsOf(w.communities[0])[:1]
	to := w.leaves[slices.IndexFunc(w.leaves, func(g gridmap.GridID) bool {
		s, _ := b.Grid(g)
		return s.Parent == w.communities[1]
	})]
	_, _ = must(t, b, do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(from), to))
	leaf, _ := b.Owner(from[0])
	leaves := w.board(t, leaf, to)
	if _, _, err := Apply(leaves, do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(from), to)); gridmap.CodeOf(err) != gridmap.Forbidden || !strings.Contains(err.Error(), "跨越") {
		t.Errorf("two grids of two communities in scope, not the communities: %v", err)
	}
}

func TestWhatIsTakenBackLeavesNoTrace(t *testing.T) {
	w := newWorld(100, 3, 2, 7)
	start := w.board(t)
	rapid.Check(t, func(t *rapid.T) {
		b := start
		for rev := int64(1); rev <= 2; rev++ {
			if c, _, err := Apply(b, random(t, b, rev)); err == nil {
				b = c
			}
		}
		op := random(t, b, 3)
		c, fx, err := Apply(b, op)
		if err != nil {
			return
		}
		back := inverse(b, op, fx)
		for k, in := range back {
			in.Rev = int64(4 + k)
			if c, _, err = Apply(c, in); err != nil {
				t.Fatalf("%s %s cannot be taken back by %s %s: %v", op.Kind, fx.Body, in.Kind, in.Body, err)
			}
		}
		if got, want := picture(c), picture(b); back != nil && difference2(got, want) != "" {
			t.Fatalf("%s %s and back: %s", op.Kind, fx.Body, difference2(got, want))
		}
	})
}

// inverse is what takes an operation back, where there is such; b is the board
// before it.
func inverse(b *Board, op gridmap.PlanOp, fx *Effects) (back []gridmap.PlanOp) {
	var body struct {
		Atoms []gridmap.AtomID
		Grid  gridmap.GridID
		At    *lonLat
		To    json.RawMessage
		Old   line
		Pts   line `json:"points"`
	}
	_ = json.Unmarshal(fx.Body, &body)
	switch op.Kind {
	case ReassignAtoms:
		for _, id := range body.Atoms {
			owner, _ := b.Owner(id)
			back = append(back, do(0, ReassignAtoms, `{"atoms":[%d],"to":%d}`, id, owner))
		}
	case MoveVertex, MoveNode:
		at, _ := json.Marshal(body.At)
		back = append(back, do(0, op.Kind, `{"at":%s,"to":%s}`, body.To, at))
	case ReshapeArc:
		old, _ := json.Marshal(body.Old)
		now, _ := json.Marshal(body.Pts)
		back = append(back, do(0, op.Kind, `{"old":%s,"points":%s}`, now, old))
	case InsertVertex:
		at, _ := json.Marshal(body.At)
		back = append(back, do(0, DeleteVertex, `{"at":%s}`, at))
	case SetAttrs:
		g, _ := b.Grid(body.Grid)
		back = append(back, do(0, SetAttrs, `{"grid":%d,"name":%q,"capacity":%d}`, g.ID, g.Name, g.Capacity))
	}
	return back
}

// difference2 is difference, "" where there is none.
func difference2(a, b snapshot) string {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) == string(y) {
		return ""
	}
	return difference(a, b)
}
