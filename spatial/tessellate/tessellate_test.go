package tessellate

import (
	"bytes"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// metre is about a metre in lattice steps of latitude.
const metre = 90

// origin keeps the tests where the project is used.
var origin = spatial.Point{X: 1_214_800_000, Y: 312_300_000}

func at(x, y int32) spatial.Point { return spatial.Point{X: origin.X + x*metre, Y: origin.Y + y*metre} }

func rect(x0, y0, x1, y1 int32) spatial.MultiPolygon {
	return spatial.MultiPolygon{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)}}}
}

func house(x0, y0, x1, y1 int32) Footprint { return Footprint{Shape: rect(x0, y0, x1, y1)} }

// tile tessellates and checks what must hold of every tiling.
func tile(t rapid.TB, in Input, opt Options) *Result {
	t.Helper()
	r, err := Tessellate(in, opt)
	if err != nil {
		t.Fatal(err)
	}
	if ps := topology.Check(r.Topology); len(ps) > 0 {
		t.Fatalf("not sound: %+v", ps[0])
	}
	if r.Topology.NumFaces() != len(r.Atoms) {
		t.Fatalf("%d faces, %d atoms", r.Topology.NumFaces(), len(r.Atoms))
	}
	sum := new(big.Int)
	for f := range r.Atoms {
		a := area2(r.Topology.FacePolygon(topology.FaceID(f)))
		if a.Sign() <= 0 {
			t.Fatalf("atom %d has no ground", f)
		}
		sum.Add(sum, a)
	}
	if want := area2(in.Within); sum.Cmp(want) != 0 {
		t.Fatalf("atoms have %v, the outline has %v", sum, want)
	}
	return r
}

func area2(m spatial.MultiPolygon) *big.Int {
	sum := new(big.Int)
	for _, p := range m {
		for _, r := range p {
			hi, lo := r.Area2()
			sum.Add(sum, new(big.Int).Add(new(big.Int).Lsh(big.NewInt(hi), 64), new(big.Int).SetUint64(lo)))
		}
	}
	return sum
}

// atomOf returns the atom that a building is in; it must be in just one.
func atomOf(t rapid.TB, r *Result, b int32) int {
	t.Helper()
	found := -1
	for i, a := range r.Atoms {
		if slices.Contains(a.Buildings, b) {
			if found >= 0 {
				t.Fatalf("building %d is in atoms %d and %d", b, found, i)
			}
			found = i
		}
	}
	return found
}

// cutThrough tells whether a border passes the inside of the box, further in
// than the one step that rounding can move a wall.
func cutThrough(r *Result, b spatial.Box) bool {
	b.Min.X, b.Min.Y, b.Max.X, b.Max.Y = b.Min.X+1, b.Min.Y+1, b.Max.X-1, b.Max.Y-1
	for _, a := range r.Topology.ArcsIn(b) {
		pts := r.Topology.Arc(a).Points
		for i := 1; i < len(pts); i++ {
			if p, q := pts[i-1], pts[i]; b.Contains(p) || b.Contains(q) ||
				spatial.SegmentsCross(p, q, b.Min, b.Max) ||
				spatial.SegmentsCross(p, q, spatial.Point{X: b.Min.X, Y: b.Max.Y}, spatial.Point{X: b.Max.X, Y: b.Min.Y}) {
				return true
			}
		}
	}
	return false
}

func count(r *Result, k Kind) (n int) {
	for _, a := range r.Atoms {
		if a.Kind == k {
			n++
		}
	}
	return n
}

func notes(r *Result, k NoteKind) (n int) {
	for _, x := range r.Notes {
		if x.Kind == k {
			n++
		}
	}
	return n
}

func TestGroundWithoutABuildingIsOneAtom(t *testing.T) {
	r := tile(t, Input{Within: rect(0, 0, 100, 100)}, Options{})
	if len(r.Atoms) != 1 || r.Atoms[0].Kind != Ground {
		t.Errorf("%+v", r.Atoms)
	}
}

func TestOneBuildingHasAllTheGround(t *testing.T) {
	r := tile(t, Input{Within: rect(0, 0, 100, 100), Buildings: []Footprint{house(20, 20, 30, 40)}}, Options{})
	if len(r.Atoms) != 1 || !slices.Equal(r.Atoms[0].Buildings, []int32{0}) {
		t.Errorf("%+v", r.Atoms)
	}
}

func TestTheBorderRunsMidwayBetweenTwoBuildings(t *testing.T) {
	r := tile(t, Input{Within: rect(0, 0, 100, 40), Buildings: []Footprint{house(10, 0, 40, 40), house(60, 0, 90, 40)}}, Options{})
	if len(r.Atoms) != 2 {
		t.Fatalf("%d atoms", len(r.Atoms))
	}
	for _, b := range r.Topology.Adjacency(func(_, _ spatial.Point) float64 { return 1 }, false) {
		for _, a := range b.Arcs {
			for _, p := range r.Topology.Arc(a).Points {
				if d := p.X - at(50, 0).X; d < -3*metre || d > 3*metre { // a third of the sampling, near the outline
					t.Errorf("the border passes %d steps from the middle", d)
				}
			}
		}
	}
}

func TestTheBorderFollowsABarrierAndNotTheMiddle(t *testing.T) {
	in := Input{
		Within: rect(0, 0, 100, 40), Buildings: []Footprint{house(10, 5, 30, 35), house(70, 5, 90, 35)},
		Barriers: [][]spatial.Point{{at(40, -10), at(40, 60)}},
	}
	r := tile(t, in, Options{})
	left := r.Topology.FacePolygon(topology.FaceID(atomOf(t, r, 0)))
	if want := area2(rect(0, 0, 40, 40)); area2(left).Cmp(want) != 0 {
		t.Errorf("left of the barrier: %v, want %v", area2(left), want)
	}
}

func TestABuildingAcrossABarrierStaysWhole(t *testing.T) {
	in := Input{
		Within: rect(0, 0, 100, 100), Buildings: []Footprint{house(40, 40, 60, 60), house(5, 5, 10, 10), house(80, 80, 90, 90)},
		Barriers: [][]spatial.Point{{at(50, -5), at(50, 105)}, {at(-5, 45), at(105, 55)}},
	}
	r := tile(t, in, Options{})
	if cutThrough(r, in.Buildings[0].box()) {
		t.Error("it is cut")
	}
	if len(r.Atoms) < 3 {
		t.Errorf("%d atoms", len(r.Atoms))
	}
}

func TestADanglingBarrierKeepsItsSidesApart(t *testing.T) {
	in := Input{
		Within: rect(0, 0, 100, 100), Buildings: []Footprint{house(10, 10, 20, 90), house(70, 10, 80, 90)},
		Barriers: [][]spatial.Point{{at(30, 0), at(30, 60)}},
	}
	r := tile(t, in, Options{})
	if len(r.Atoms) != 2 {
		t.Errorf("%d atoms", len(r.Atoms))
	}
	if spike := []spatial.Point{at(30, 30), at(31, 31)}; r.Topology.FaceBox(topology.FaceID(atomOf(t, r, 1))).Min.X > spike[0].X {
		t.Error("the right one does not reach the barrier")
	}
}

func TestBuildingsThatTouchOrOverlapAreOneAtom(t *testing.T) {
	for name, other := range map[string]Footprint{
		"overlap": house(15, 15, 40, 40), "wall": house(30, 10, 50, 30), "corner": house(30, 30, 40, 40),
		"inside": house(12, 12, 20, 20), "same": house(10, 10, 30, 30), "point": {Point: at(20, 20)},
	} {
		r := tile(t, Input{Within: rect(0, 0, 100, 100), Buildings: []Footprint{house(10, 10, 30, 30), other, house(80, 80, 90, 90)}}, Options{})
		if len(r.Atoms) != 2 || atomOf(t, r, 0) != atomOf(t, r, 1) || notes(r, BuildingsJoined) != 1 {
			t.Errorf("%s: %+v, %+v", name, r.Atoms, r.Notes)
		}
	}
}

func TestPointsShareTheGroundAndEqualPointsAreOne(t *testing.T) {
	in := Input{Within: rect(0, 0, 100, 100), Buildings: []Footprint{{Point: at(20, 50)}, {Point: at(80, 50)}, {Point: at(20, 50)}, {Point: at(100, 100)}}}
	r := tile(t, in, Options{})
	if len(r.Atoms) != 3 || atomOf(t, r, 0) != atomOf(t, r, 2) || atomOf(t, r, 1) < 0 || atomOf(t, r, 3) < 0 {
		t.Errorf("%+v", r.Atoms)
	}
}

func TestWhatLiesOutsideIsLeftOutAndSaid(t *testing.T) {
	in := Input{
		Within:    rect(0, 0, 100, 100),
		Buildings: []Footprint{house(90, 40, 120, 60), house(110, 80, 120, 90), {Point: at(-5, 5)}, house(100, 10, 110, 20), {Point: spatial.Point{X: 5, Y: 5}}},
	}
	r := tile(t, in, Options{})
	if len(r.Atoms) != 1 || !slices.Equal(r.Atoms[0].Buildings, []int32{0}) {
		t.Errorf("%+v", r.Atoms)
	}
	if notes(r, BuildingOnOutline) != 1 || notes(r, BuildingOutside) != 4 {
		t.Errorf("%+v", r.Notes)
	}
}

func TestACompoundStaysWholeUnlessAsked(t *testing.T) {
	in := Input{
		Within:    rect(0, 0, 200, 100),
		Buildings: []Footprint{house(20, 20, 30, 30), house(60, 60, 70, 70), house(150, 20, 160, 30), house(95, 40, 110, 50)},
		Barriers:  [][]spatial.Point{{at(50, -10), at(50, 110)}},
		Compounds: []spatial.MultiPolygon{rect(0, 0, 100, 100)},
	}
	r := tile(t, in, Options{})
	c := atomOf(t, r, 0)
	if r.Atoms[c].Kind != Compound || !slices.Equal(r.Atoms[c].Buildings, []int32{0, 1}) || !slices.Equal(r.Atoms[c].Compounds, []int32{0}) {
		t.Errorf("%+v", r.Atoms)
	}
	if notes(r, CompoundCut) != 1 || cutThrough(r, in.Buildings[3].box()) {
		t.Errorf("the building in the wall: %+v", r.Notes)
	}
	if r = tile(t, in, Options{SplitCompounds: true}); atomOf(t, r, 0) == atomOf(t, r, 1) {
		t.Error("it was not split")
	}
}

func TestASliverGoesToTheNeighbourWithTheLongestBorder(t *testing.T) {
	in := Input{
		Within: rect(0, 0, 100, 100), Buildings: []Footprint{house(10, 10, 30, 30), house(10, 70, 30, 90), house(70, 10, 90, 90)},
		Barriers: [][]spatial.Point{{at(50, 0), at(50, 100)}, {at(53, 0), at(53, 100)}},
	}
	r := tile(t, in, Options{})
	if len(r.Atoms) != 3 || r.Absorbed != 1 {
		t.Fatalf("%d atoms, %d absorbed", len(r.Atoms), r.Absorbed)
	}
	right := area2(r.Topology.FacePolygon(topology.FaceID(atomOf(t, r, 2))))
	if want := area2(rect(50, 0, 100, 100)); right.Cmp(want) != 0 {
		t.Errorf("the right one has %v, want %v", right, want)
	}
	if r := tile(t, in, Options{MinGroundM2: -1, MinWidthM: -1}); len(r.Atoms) != 4 || count(r, Ground) != 1 {
		t.Errorf("kept: %+v", r.Atoms)
	}
}

func TestABorderMayTurnWhereBarriersCrossAtASample(t *testing.T) {
	in := Input{
		Within: rect(0, 0, 100, 80), Buildings: []Footprint{house(10, 10, 60, 30), house(60, 60, 80, 70)},
		Barriers: [][]spatial.Point{{at(30, 0), at(30, 80)}, {at(10, 40), at(100, 40)}},
	}
	r := tile(t, in, Options{})
	corner := area2(r.Topology.FacePolygon(topology.FaceID(atomOf(t, r, 1))))
	if want := area2(rect(30, 40, 100, 80)); corner.Cmp(want) != 0 {
		t.Errorf("beyond the crossing: %v, want %v", corner, want)
	}
}

func TestRingsThatTouchFallApartAtThePoint(t *testing.T) {
	var hs []half
	for _, m := range []spatial.MultiPolygon{rect(0, 0, 1, 1), rect(1, 1, 2, 2)} {
		for i, p := range m[0][0] {
			hs = append(hs, half{0, p, m[0][0][(i+1)%4]})
		}
	}
	slices.SortFunc(hs, compareHalves)
	if rs := rings(hs); len(rs) != 2 || len(rs[0]) != 4 || len(rs[1]) != 4 {
		t.Errorf("%v", rs)
	}
}

func TestTheWayOnIsTheFirstClockwiseFromTheWayBack(t *testing.T) {
	o, south := at(0, 0), at(0, -3)
	order := []spatial.Point{at(-2, -2), at(-2, 0), at(-2, 2), at(0, 2), at(2, 2), at(2, 0), at(2, -2), at(0, -2)}
	for i, p := range order {
		for j, q := range order {
			if got := clockwise(o, south, p, q); i != j && got != (i < j) {
				t.Errorf("%d before %d: %v", i, j, got)
			}
		}
	}
}

func TestTheCircleTestIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pl := plane{rapid.Int64Range(1, 64).Draw(t, "east"), 64}
		span := rapid.SampledFrom([]int32{3, 40, 1 << 24}).Draw(t, "span")
		draw := func() spatial.Point {
			x := rapid.Int32Range(-span, span)
			return spatial.Point{X: x.Draw(t, "x"), Y: x.Draw(t, "y")}
		}
		a, b, c, d := draw(), draw(), draw(), draw()
		if rapid.Bool().Draw(t, "rectangle") { // all four on one circle
			b, d = spatial.Point{X: c.X, Y: a.Y}, spatial.Point{X: a.X, Y: c.Y}
		}
		if spatial.Orient(a, b, c) < 0 {
			b, c = c, b
		}
		row := func(p spatial.Point) (x, y, l *big.Int) {
			x, y = big.NewInt(int64(p.X)-int64(d.X)), big.NewInt(int64(p.Y)-int64(d.Y))
			l = new(big.Int).Mul(big.NewInt(pl.east), new(big.Int).Mul(x, x))
			return x, y, l.Add(l, new(big.Int).Mul(big.NewInt(pl.north), new(big.Int).Mul(y, y)))
		}
		det := new(big.Int)
		for _, k := range [3][3]spatial.Point{{a, b, c}, {b, c, a}, {c, a, b}} {
			_, _, l := row(k[0])
			px, py, _ := row(k[1])
			qx, qy, _ := row(k[2])
			px.Mul(px, qy)
			det.Add(det, l.Mul(l, px.Sub(px, py.Mul(py, qx))))
		}
		if got := pl.inCircle(a, b, c, d); got != (det.Sign() > 0) {
			t.Fatalf("%v %v %v %v: %v, determinant %v", a, b, c, d, got, det)
		}
	})
}

func TestAnOutlineWithAHoleLeavesTheHoleOut(t *testing.T) {
	within := spatial.MultiPolygon{{rect(0, 0, 100, 100)[0][0], {at(40, 40), at(40, 60), at(60, 60), at(60, 40)}}}
	r := tile(t, Input{Within: within, Buildings: []Footprint{house(10, 10, 20, 20), house(70, 70, 80, 80), house(45, 45, 55, 55)}}, Options{})
	if len(r.Atoms) != 2 || atomOf(t, r, 2) >= 0 {
		t.Errorf("%+v", r.Atoms)
	}
	if r = tile(t, Input{Within: within, Buildings: []Footprint{house(10, 10, 20, 20)}}, Options{}); len(r.Atoms) != 1 {
		t.Errorf("%+v", r.Atoms)
	}
}

func TestAnOutlineWithoutGroundIsRefused(t *testing.T) {
	for _, m := range []spatial.MultiPolygon{nil, {}, {{}}, {{{}}}, {{{at(0, 0)}}}, {{{at(0, 0), at(5, 5)}}}} {
		if _, err := Tessellate(Input{Within: m, Buildings: []Footprint{house(0, 0, 1, 1)}}, Options{}); !errors.Is(err, ErrNoGround) {
			t.Errorf("%v: %v", m, err)
		}
	}
	far := spatial.MultiPolygon{{{{X: 0, Y: 0}, {X: spatial.MaxX, Y: 0}, {X: 0, Y: spatial.MaxY}}}}
	if _, err := Tessellate(Input{Within: far}, Options{}); err == nil {
		t.Error("a quarter of the globe was accepted")
	}
}

// drawInput draws houses, points, barriers and compounds, many across each
// other and the outline.
func drawInput(t *rapid.T) Input {
	x := rapid.Int32Range(-10, 130)
	size := rapid.Int32Range(1, 30)
	in := Input{Within: rect(0, 0, 120, 120)}
	for range rapid.IntRange(0, 14).Draw(t, "houses") {
		x0, y0 := x.Draw(t, "x"), x.Draw(t, "y")
		in.Buildings = append(in.Buildings, house(x0, y0, x0+size.Draw(t, "w"), y0+size.Draw(t, "h")))
	}
	for range rapid.IntRange(0, 4).Draw(t, "points") {
		in.Buildings = append(in.Buildings, Footprint{Point: at(x.Draw(t, "x"), x.Draw(t, "y"))})
	}
	for range rapid.IntRange(0, 5).Draw(t, "barriers") {
		var line []spatial.Point
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			p := at(x.Draw(t, "x"), x.Draw(t, "y"))
			line = append(line, spatial.Point{X: p.X + x.Draw(t, "dx"), Y: p.Y + x.Draw(t, "dy")})
		}
		in.Barriers = append(in.Barriers, line)
	}
	for range rapid.IntRange(0, 2).Draw(t, "compounds") {
		x0, y0 := x.Draw(t, "x"), x.Draw(t, "y")
		in.Compounds = append(in.Compounds, rect(x0, y0, x0+2*size.Draw(t, "w"), y0+2*size.Draw(t, "h")))
	}
	return in
}

func TestEveryBuildingStaysWholeInExactlyOneAtom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		r := tile(t, in, Options{SplitCompounds: rapid.Bool().Draw(t, "split")})
		outside := map[int32]bool{}
		for _, n := range r.Notes {
			if n.Kind == BuildingOutside {
				outside[n.Item] = true
			}
		}
		for i, b := range in.Buildings {
			if a := atomOf(t, r, int32(i)); (a < 0) != outside[int32(i)] {
				t.Fatalf("building %d is in atom %d, outside: %v", i, a, outside[int32(i)])
			}
			box := b.box()
			box.Min.X, box.Min.Y = max(box.Min.X, at(0, 0).X), max(box.Min.Y, at(0, 0).Y)
			box.Max.X, box.Max.Y = min(box.Max.X, at(120, 120).X), min(box.Max.Y, at(120, 120).Y)
			if b.Shape != nil && !outside[int32(i)] && cutThrough(r, box) {
				t.Fatalf("building %d is cut", i)
			}
		}
	})
}

func TestAnObliqueOutlineIsCoveredToWithinRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		slant := func(p spatial.Point) spatial.Point {
			x, y := int64(p.X-origin.X), int64(p.Y-origin.Y)
			return spatial.Point{X: origin.X + int32((x*97-y*31)/100), Y: origin.Y + int32((x*29+y*89)/100)}
		}
		each := func(m spatial.MultiPolygon) {
			for i := range m[0][0] {
				m[0][0][i] = slant(m[0][0][i])
			}
		}
		each(in.Within)
		for i := range in.Buildings {
			if b := &in.Buildings[i]; b.Shape != nil {
				each(b.Shape)
			} else {
				b.Point = slant(b.Point)
			}
		}
		for _, l := range in.Barriers {
			for i := range l {
				l[i] = slant(l[i])
			}
		}
		for _, c := range in.Compounds {
			each(c)
		}
		r, err := Tessellate(in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if ps := append(topology.Check(r.Topology), topology.Inspect(r.Topology)...); slices.ContainsFunc(ps, func(p topology.Problem) bool {
			return p.Kind == topology.Broken || p.Kind == topology.Gap || p.Kind == topology.Hole
		}) {
			t.Fatalf("%+v", ps)
		}
		all := new(big.Int)
		for f := range r.Atoms {
			all.Add(all, area2(r.Topology.FacePolygon(topology.FaceID(f))))
		}
		// A border bends the outline by at most half a step where it meets it:
		// twice the area changes by less than the outline's length.
		if all.Sub(all, area2(in.Within)); all.CmpAbs(big.NewInt(4*130*metre)) > 0 {
			t.Fatalf("twice the area is off by %v", all)
		}
	})
}

func TestTheOrderOfTheInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		want := tile(t, in, Options{})
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		order := rng.Perm(len(in.Buildings))
		mixed := in
		mixed.Buildings = nil
		for _, i := range order {
			mixed.Buildings = append(mixed.Buildings, in.Buildings[i])
		}
		mixed.Barriers = slices.Clone(in.Barriers)
		rng.Shuffle(len(mixed.Barriers), func(i, j int) {
			mixed.Barriers[i], mixed.Barriers[j] = mixed.Barriers[j], mixed.Barriers[i]
		})
		got := tile(t, mixed, Options{})
		if !bytes.Equal(encoded(t, want), encoded(t, got)) {
			t.Fatal("another tiling")
		}
		for i := range got.Atoms {
			back := []int32{}
			for _, b := range got.Atoms[i].Buildings {
				back = append(back, int32(order[b]))
			}
			slices.Sort(back)
			if !slices.Equal(back, want.Atoms[i].Buildings) && len(back) > 0 {
				t.Fatalf("atom %d holds %v, then %v", i, want.Atoms[i].Buildings, back)
			}
		}
	})
}

func encoded(t rapid.TB, r *Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := r.Topology.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
