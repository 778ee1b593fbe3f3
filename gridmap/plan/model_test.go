package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// snapshot is everything that a board says, to compare boards by.
type snapshot struct {
	Grids   []GridState
	Atoms   AtomTable
	Shapes  []spatial.MultiPolygon
	Lineage []Descent
	Diff    Diff
}

// picture puts what a board says in an order that does not depend on how it
// came about: atoms and grids by id.
func picture(b *Board) snapshot {
	s := snapshot{Grids: b.Grids(), Lineage: b.Lineage(), Diff: b.Diff()}
	for i := range s.Grids {
		if len(s.Grids[i].Attrs) == 0 {
			s.Grids[i].Attrs = nil
		}
	}
	slices.SortFunc(s.Grids, func(x, y GridState) int { return int(x.ID - y.ID) })
	_, atoms, _ := b.Ground()
	slices.Sort(atoms)
	s.Atoms = b.AtomsBy(atoms...)
	for _, id := range atoms {
		f, _ := b.face(id)
		s.Shapes = append(s.Shapes, b.topo.FacePolygon(topology.FaceID(f)))
	}
	return s
}

// difference says where two pictures differ.
func difference(a, b snapshot) string {
	for i := range min(len(a.Grids), len(b.Grids)) {
		if !reflect.DeepEqual(a.Grids[i], b.Grids[i]) {
			return fmt.Sprintf("\n%+v\n%+v", a.Grids[i], b.Grids[i])
		}
	}
	for i := range min(len(a.Shapes), len(b.Shapes)) {
		if !reflect.DeepEqual(a.Shapes[i], b.Shapes[i]) {
			return fmt.Sprintf("atom %d\n%v\n%v", a.Atoms.ID[i], a.Shapes[i], b.Shapes[i])
		}
	}
	if !reflect.DeepEqual(a.Atoms, b.Atoms) {
		return fmt.Sprintf("\n%+v\n%+v", a.Atoms, b.Atoms)
	}
	if !reflect.DeepEqual(a.Lineage, b.Lineage) {
		return fmt.Sprintf("\n%+v\n%+v", a.Lineage, b.Lineage)
	}
	return fmt.Sprintf("\n%+v\n%+v", a.Diff, b.Diff)
}

// checkBoard compares everything that a board keeps up to date with what comes
// out when it is reckoned anew.
func checkBoard(t interface {
	Fatalf(string, ...any)
}, b *Board,
) {
	if ps := topology.Check(b.topo); len(ps) > 0 {
		t.Fatalf("broken ground: %+v", ps[0])
	}
	if n := b.topo.NumFaces(); n != int(b.owner.len()) {
		t.Fatalf("%d faces, %d owners", n, b.owner.len())
	}
	type figures struct {
		atoms           int
		counts          []int64
		area, perimeter int64
		faces           []int32
	}
	want := make([]figures, b.grids.len())
	for i := range want {
		want[i].counts = make([]int64, len(b.base.keys))
	}
	for f := range b.owner.len() {
		a := b.atom(f)
		shape := b.topo.FacePolygon(topology.FaceID(f))
		if got := areaCM2(shape); got != a.areaCM2 {
			t.Fatalf("atom %d: area %d, is %d", a.id, a.areaCM2, got)
		}
		if shape.Box() != a.box {
			t.Fatalf("atom %d: box %v, is %v", a.id, a.box, shape.Box())
		}
		if back, ok := b.face(a.id); !ok || back != f {
			t.Fatalf("atom %d of face %d is found at %d", a.id, f, back)
		}
		o := b.owner.at(f)
		want[o].faces = append(want[o].faces, f)
		for g := o; g != none; g = b.grids.at(g).parent {
			want[g].atoms++
			want[g].area += a.areaCM2
			for k, c := range a.counts {
				if c < 0 {
					t.Fatalf("atom %d counts %d", a.id, c)
				}
				want[g].counts[k] += c
			}
		}
	}
	above := func(f topology.FaceID) map[int32]bool {
		set := map[int32]bool{}
		if f >= 0 {
			b.chain(b.owner.at(int32(f)), func(i int32, _ *grid) bool { set[i] = true; return true })
		}
		return set
	}
	for id := range topology.ArcID(b.topo.NumArcs()) {
		arc := b.topo.Arc(id)
		if len(arc.Points) == 0 {
			continue
		}
		l, r := above(arc.Left), above(arc.Right)
		for g := range l {
			if !r[g] {
				want[g].perimeter += lengthMM(arc.Points)
			}
		}
		for g := range r {
			if !l[g] {
				want[g].perimeter += lengthMM(arc.Points)
			}
		}
	}
	for i := range b.grids.len() {
		g := b.grids.at(i)
		got := figures{g.atoms, g.counts, g.areaCM2, g.perimeterMM, g.faces}
		if len(got.faces) == 0 {
			got.faces = nil
		}
		if !reflect.DeepEqual(got, want[i]) {
			t.Fatalf("grid %d %s: keeps %+v, is %+v", g.id, g.code, got, want[i])
		}
		if g.retired && (g.atoms > 0 || len(g.children) > 0) {
			t.Fatalf("retired grid %d is not empty", g.id)
		}
		var children []int32
		for c := range b.grids.len() {
			if n := b.grids.at(c); n.parent == i && !n.retired {
				children = append(children, c)
			}
		}
		if !slices.Equal(children, g.children) {
			t.Fatalf("grid %d: children %v, are %v", g.id, g.children, children)
		}
	}
}

// naive is the model: which grid each atom is in, by plain maps.
type naive struct {
	owner map[gridmap.AtomID]gridmap.GridID
}

func naiveOf(b *Board) naive {
	_, atoms, owner := b.Ground()
	m := naive{map[gridmap.AtomID]gridmap.GridID{}}
	for f, id := range atoms {
		m.owner[id] = owner[f]
	}
	return m
}

// expect is the model after an operation as it was logged; false where the
// model does not know.
func (m naive) expect(op gridmap.PlanOp, body json.RawMessage) (naive, bool) {
	out := naive{maps.Clone(m.owner)}
	give := func(to gridmap.GridID, atoms ...gridmap.AtomID) {
		for _, a := range atoms {
			out.owner[a] = to
		}
	}
	all := func(from, to gridmap.GridID) {
		for a, g := range out.owner {
			if g == from {
				out.owner[a] = to
			}
		}
	}
	var b struct {
		Atoms  []gridmap.AtomID
		To     gridmap.GridID
		Into   gridmap.GridID
		Grid   gridmap.GridID
		Grids  []gridmap.GridID
		Moved  []gridmap.AtomID
		Splits []cutSplit
		Moves  []proposedMove
		New    []proposedGrid `json:"new_grids"`
	}
	_ = json.Unmarshal(body, &b)
	made := gridmap.GridID(NewID(op.Rev, 0))
	switch op.Kind {
	case ReassignAtoms:
		give(b.To, b.Atoms...)
	case CreateGrid:
		give(made, b.Atoms...)
	case Merge:
		for _, g := range b.Grids {
			all(g, b.Into)
		}
	case RetireGrid:
		all(b.Grid, b.To)
	case Cut:
		if len(b.Splits) > 0 {
			return out, false
		}
		give(made, b.Moved...)
	case ApplyProposal:
		for _, mv := range b.Moves {
			to := mv.To
			for i, n := range b.New {
				if n.ID == to {
					to = gridmap.GridID(NewID(op.Rev, i))
				}
			}
			give(to, mv.Atoms...)
		}
	case SplitAtom:
		return out, false
	}
	return out, true
}

// random draws an operation that may or may not be allowed.
func random(t *rapid.T, b *Board, rev int64) gridmap.PlanOp {
	_, atoms, _ := b.Ground()
	states := b.Grids()
	var leaves, communities []gridmap.GridID
	for _, g := range states {
		switch {
		case g.Level == 2:
			leaves = append(leaves, g.ID)
		case g.Level == 1:
			communities = append(communities, g.ID)
		}
	}
	leaf := func(label string) gridmap.GridID { return rapid.SampledFrom(leaves).Draw(t, label) }
	some := func(most int) []gridmap.AtomID {
		first := rapid.IntRange(0, len(atoms)-1).Draw(t, "atom")
		n := rapid.IntRange(1, most).Draw(t, "atoms")
		return atoms[first:min(len(atoms), first+n)]
	}
	kind := rapid.SampledFrom(append(Kinds(), ReassignAtoms, ReassignAtoms, MoveVertex, MoveNode, Cut)).Draw(t, "kind")
	switch kind {
	case ReassignAtoms:
		return do(rev, kind, `{"atoms":%s,"to":%d}`, ids(some(5)), leaf("to"))
	case Cut:
		box := b.boxOf(b.gridIndex(leaf("cut")))
		g := leaf("grid")
		if gb := b.boxOf(b.gridIndex(g)); !gb.Empty() {
			box = gb
		}
		p := func(label string) string {
			x := rapid.Float64Range(0, 1).Draw(t, label+" x")
			y := rapid.Float64Range(0, 1).Draw(t, label+" y")
			return pointText(spatial.Point{
				X: box.Min.X + int32(x*float64(box.Max.X-box.Min.X)), Y: box.Min.Y + int32(y*float64(box.Max.Y-box.Min.Y)),
			})
		}
		return do(rev, kind, `{"grid":%d,"line":[%s,%s],"mode":%q}`, g, p("from"), p("to"), rapid.SampledFrom([]string{ByAtoms, ByGround}).Draw(t, "mode"))
	case Merge:
		return do(rev, kind, `{"into":%d,"grids":[%d]}`, leaf("into"), leaf("other"))
	case CreateGrid:
		return do(rev, kind, `{"parent":%d,"code":"","name":"","atoms":%s}`, rapid.SampledFrom(communities).Draw(t, "parent"), ids(some(4)))
	case RetireGrid:
		return do(rev, kind, `{"grid":%d,"to":%d}`, leaf("grid"), leaf("to"))
	case MoveVertex, MoveNode, DeleteVertex, InsertVertex, ReshapeArc:
		return randomBorder(t, b, rev, kind)
	case SplitAtom:
		id := rapid.SampledFrom(atoms).Draw(t, "atom")
		f, _ := b.face(id)
		box := b.atom(f).box
		x := rapid.Int32Range(box.Min.X, box.Max.X).Draw(t, "x")
		return do(rev, kind, `{"atom":%d,"line":[%s,%s]}`, id, pointText(spatial.Point{X: x, Y: box.Min.Y - 10}), pointText(spatial.Point{X: x + 3, Y: box.Max.Y + 10}))
	case SetAttrs:
		return do(rev, kind, `{"grid":%d,"name":%q,"capacity":%d}`, leaf("grid"), fmt.Sprint("名", rev), rapid.IntRange(0, 3).Draw(t, "capacity"))
	case SetLock:
		if rapid.Bool().Draw(t, "pin") {
			return do(rev, kind, `{"atoms":%s,"locked":%v}`, ids(some(2)), rapid.IntRange(0, 3).Draw(t, "locked") == 0)
		}
		return do(rev, kind, `{"grids":[%d],"locked":%v}`, leaf("grid"), rapid.IntRange(0, 3).Draw(t, "locked") == 0)
	}
	return do(rev, kind, `{"proposal":"p","new_grids":[{"id":-1,"parent":%d}],"moves":[{"to":-1,"atoms":%s},{"to":%d,"atoms":%s}]}`,
		rapid.SampledFrom(communities).Draw(t, "parent"), ids(some(9)), leaf("to"), ids(some(2)))
}

func randomBorder(t *rapid.T, b *Board, rev int64, kind string) gridmap.PlanOp {
	var arc topology.Arc
	for len(arc.Points) == 0 {
		arc = b.topo.Arc(topology.ArcID(rapid.IntRange(0, b.topo.NumArcs()-1).Draw(t, "arc")))
	}
	i := rapid.IntRange(0, len(arc.Points)-1).Draw(t, "vertex")
	if kind == MoveNode {
		i = 0
	}
	at := arc.Points[i]
	to := spatial.Point{X: at.X + rapid.Int32Range(-9000, 9000).Draw(t, "dx"), Y: at.Y + rapid.Int32Range(-9000, 9000).Draw(t, "dy")}
	switch kind {
	case DeleteVertex:
		return do(rev, kind, `{"at":%s}`, pointText(at))
	case InsertVertex:
		return do(rev, kind, `{"edge":[%s,%s],"at":%s}`, pointText(arc.Points[max(i, 1)-1]), pointText(arc.Points[max(i, 1)]), pointText(to))
	case ReshapeArc:
		pts := slices.Clone(arc.Points)
		pts[i] = to
		old, _ := json.Marshal(asLine(arc.Points))
		now, _ := json.Marshal(asLine(pts))
		return do(rev, kind, `{"old":%s,"points":%s}`, old, now)
	}
	return do(rev, kind, `{"at":%s,"to":%s}`, pointText(at), pointText(to))
}

func TestABoardKeepsWhatReckoningAnewWouldFind(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	start := w.board(t)
	ground := measureAll(start)
	done := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		b := start
		for rev := int64(1); rev <= 8; rev++ {
			op := random(t, b, rev)
			was := naiveOf(b)
			c, fx, err := Apply(b, op)
			if err != nil {
				if gridmap.CodeOf(err) == gridmap.Internal {
					t.Fatalf("%s %s: %v", op.Kind, op.Body, err)
				}
				continue
			}
			done[op.Kind]++
			checkBoard(t, c)
			if want, known := was.expect(op, fx.Body); known && !maps.Equal(want.owner, naiveOf(c).owner) {
				t.Fatalf("%s %s: owners differ from the model", op.Kind, fx.Body)
			}
			if n := measureAll(c); n-ground > 1e4 || ground-n > 1e4 { // the outer border may move
				if !hasKey(fx.Footprint.Writes, Key{GroundKey, 0}) && !b.outlineMoved() {
					t.Fatalf("%s %s: the ground changed from %d to %d cm²", op.Kind, op.Body, ground, n)
				}
			}
			again, fx2, err := Apply(b, op)
			if err != nil || !reflect.DeepEqual(fx, fx2) || !reflect.DeepEqual(picture(c), picture(again)) {
				t.Fatalf("%s %s: done twice it is not the same: %v", op.Kind, op.Body, err)
			}
			op.Body = fx.Body
			if filled, fx3, err := Apply(b, op); err != nil || !reflect.DeepEqual(picture(c), picture(filled)) || string(fx3.Body) != string(fx.Body) {
				t.Fatalf("%s: as logged it is not the same: %v\n%s\n%s", op.Kind, err, fx.Body, bodyOf(fx3))
			}
			b = c
		}
	})
	for _, kind := range Kinds() {
		if done[kind] == 0 {
			t.Errorf("%s was never done", kind)
		}
	}
	t.Log(done)
}

func bodyOf(fx *Effects) string {
	if fx == nil {
		return ""
	}
	return string(fx.Body)
}

func hasKey(keys []Key, k Key) bool { return slices.Contains(keys, k) }

// outlineMoved tells whether the ground as a whole is not what it was.
func (b *Board) outlineMoved() bool {
	one := func(t *topology.Topology) spatial.MultiPolygon {
		return t.Dissolve(make([]int32, t.NumFaces()), 1).FacePolygon(0)
	}
	return measure.AreaM2(one(b.topo)) != measure.AreaM2(one(b.base.topo))
}

func measureAll(b *Board) (cm2 int64) {
	for f := range b.owner.len() {
		cm2 += b.atom(f).areaCM2
	}
	return cm2
}

func TestOperationsThatDoNotClashCanBeDoneInEitherOrder(t *testing.T) {
	w := newWorld(100, 3, 2, 9)
	start := w.board(t)
	both := 0
	rapid.Check(t, func(t *rapid.T) {
		b := start
		for rev := int64(1); rev <= 3; rev++ { // not always from the beginning
			if c, _, err := Apply(b, random(t, b, rev)); err == nil {
				b = c
			}
		}
		for range 8 {
			if eitherOrder(t, b, random(t, b, 4), random(t, b, 5)) {
				both++
			}
		}
	})
	if both < 10 {
		t.Errorf("only %d pairs were tried", both)
	}
	t.Log(both, "pairs")
}

// eitherOrder does two operations in both orders and compares; false where they
// are not both allowed, or clash.
func eitherOrder(t *rapid.T, b *Board, one, two gridmap.PlanOp) bool {
	_, fx1, err1 := Apply(b, one)
	_, fx2, err2 := Apply(b, two)
	if err1 != nil || err2 != nil || len(fx1.Footprint.Clashes(fx2.Footprint)) > 0 {
		return false
	}
	one.Body, two.Body = fx1.Body, fx2.Body
	picked := [2]snapshot{}
	for k, order := range [2][2]gridmap.PlanOp{{one, two}, {two, one}} {
		c := b
		for _, op := range order {
			var err error
			if c, _, err = Apply(c, op); err != nil {
				t.Fatalf("%s %s and %s %s do not clash, yet: %v", one.Kind, one.Body, two.Kind, two.Body, err)
			}
		}
		picked[k] = picture(c)
	}
	if !reflect.DeepEqual(picked[0], picked[1]) {
		t.Fatalf("%s %s and %s %s do not clash, yet their order matters: %s", one.Kind, one.Body, two.Kind, two.Body, difference(picked[0], picked[1]))
	}
	return true
}
