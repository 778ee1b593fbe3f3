package sign

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// metresPerDegree of a meridian, as a mean: a sketch is no map to measure on.
const metresPerDegree = 111_195.0

func cosDeg(lat float64) float64 { return math.Cos(lat * math.Pi / 180) }

// xy is a point of a sketch in its own units.
type xy = [2]int32

// metres turns a place into metres east and north of an origin; good for a
// neighbourhood.
func metres(origin, p spatial.Point) (east, north float64) {
	lon0, lat0 := origin.LonLat()
	lon, lat := p.LonLat()
	return (lon - lon0) * metresPerDegree * cosDeg(lat0), (lat - lat0) * metresPerDegree
}

// Size of a sketch in its own units.
const (
	SketchWidth  = 680
	SketchHeight = 520
)

// Sketch is the plan of a grid (网格平面示意图): lines in units from the upper left
// corner, y down.
type Sketch struct {
	Own     [][]xy  `json:"own"`     // rings of the grid
	Borders [][]xy  `json:"borders"` // lines between other grids
	Labels  []Label `json:"labels"`  // of neighbours
	Here    xy      `json:"here"`
	ScaleM  int     `json:"scale_m"`  // what the scale bar stands for
	ScaleW  int32   `json:"scale_px"` // its length in units
}

// Label is a name on the sketch.
type Label struct {
	At   xy     `json:"at"`
	Text string `json:"text"`
}

// frame turns places into units of a sketch.
type frame struct {
	origin     spatial.Point
	perM       float64 // units per metre
	east, nrth float64 // metres at the upper left corner
}

func (f frame) place(p spatial.Point) (x, y float64) {
	e, n := metres(f.origin, p)
	return (e - f.east) * f.perM, (f.nrth - n) * f.perM
}

// margin around the grid, as a share of the sketch.
const margin = 0.12

// frameOf fits the grid, and the sign when it stands near it, into the sketch.
func frameOf(box spatial.Box, here spatial.Point) frame {
	box = box.Extend(here)
	f := frame{origin: box.Min, perM: 1}
	w, h := metres(box.Min, box.Max)
	w, h = max(w, 40), max(h, 40) // a single building is no speck
	f.perM = min(SketchWidth*(1-2*margin)/w, SketchHeight*(1-2*margin)/h)
	f.east = w/2 - SketchWidth/2/f.perM
	f.nrth = h/2 + SketchHeight/2/f.perM
	return f
}

// sketch draws a leaf grid and what surrounds it.
func sketch(n *atlas.Net, grid int32, here spatial.Point) Sketch {
	f := frameOf(n.Grids[grid].Box, here)
	t, grids := n.Layer(-1)
	own := topology.Outside
	for face, g := range grids {
		if g == grid {
			own = topology.FaceID(face)
		}
	}
	s := Sketch{Own: [][]xy{}, Borders: [][]xy{}, Labels: []Label{}}
	for _, polygon := range t.FacePolygon(own) {
		for _, ring := range polygon {
			if line := f.thin(ring); len(line) > 3 {
				s.Own = append(s.Own, line)
			}
		}
	}
	view := f.box()
	for _, id := range t.ArcsIn(view) {
		arc := t.Arc(id)
		if arc.Left == own || arc.Right == own || len(arc.Points) < 2 {
			continue
		}
		s.Borders = append(s.Borders, clip(f.line(arc.Points))...)
	}
	x, y := f.place(here)
	s.Here = round(x, y)
	s.label(n, grid, f)
	s.scale(f)
	return s
}

// at is the place of a point of the sketch.
func (f frame) at(x, y float64) spatial.Point {
	lon, lat := f.origin.LonLat()
	e, n := f.east+x/f.perM, f.nrth-y/f.perM
	p, err := spatial.FromLonLat(lon+e/(metresPerDegree*cosDeg(lat)), lat+n/metresPerDegree)
	if err != nil { // off the earth
		return f.origin
	}
	return p
}

// box is the ground that the sketch shows.
func (f frame) box() spatial.Box {
	return spatial.EmptyBox().Extend(f.at(0, SketchHeight)).Extend(f.at(SketchWidth, 0))
}

func (f frame) line(points []spatial.Point) [][2]float64 {
	out := make([][2]float64, len(points))
	for i, p := range points {
		out[i][0], out[i][1] = f.place(p)
	}
	return simplify(out, 0.8)
}

func (f frame) thin(ring []spatial.Point) []xy {
	var out []xy
	for _, p := range f.line(ring) {
		if q := round(p[0], p[1]); len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}

func round(x, y float64) xy { return xy{int32(math.Round(x)), int32(math.Round(y))} }

// labelStep is how far apart the points are at which a label may stand.
const labelStep = 20

// label names the neighbours, each near the middle of what can be seen of it,
// where it covers no other label and, if there is such a place, no border.
func (s *Sketch) label(n *atlas.Net, grid int32, f frame) {
	places, owner := map[int32][]xy{}, map[xy]int32{}
	for y := int32(labelStep); y < SketchHeight; y += labelStep {
		for x := int32(0); x <= SketchWidth; x += labelStep {
			g := n.Resolve(atlas.Ask{Point: f.at(float64(x), float64(y)), Level: -1}).Grid
			owner[xy{x, y}] = g
			if g != atlas.None && g != grid && y > labelStep {
				places[g] = append(places[g], xy{x, y})
			}
		}
	}
	for _, g := range slices.Sorted(maps.Keys(places)) {
		if len(places[g]) < 4 {
			continue
		}
		text := short(n.Grids[g].Name, n.Grids[grid].Name)
		central(places[g])
		within := func(at xy) bool {
			for dx := int32(0); dx <= labelWidth(text)/2; dx += labelStep {
				for _, x := range [2]int32{at[0] - dx, at[0] + dx} {
					if owner[xy{x, at[1]}] != g || owner[xy{x, at[1] - labelStep}] != g {
						return false
					}
				}
			}
			return true
		}
		free := func(at xy) bool { return !s.crowded(at, labelWidth(text)) }
		at := slices.IndexFunc(places[g], func(at xy) bool { return free(at) && within(at) })
		if at < 0 {
			at = slices.IndexFunc(places[g], free)
		}
		if at >= 0 {
			s.Labels = append(s.Labels, Label{places[g][at], text})
		}
	}
}

// Size of a label's text, and the width that it is shortened to.
const (
	labelSize = 20
	labelMost = 190
)

// labelWidth is about how wide a label is.
func labelWidth(text string) int32 {
	wide := int32(0)
	for _, r := range fit(text, labelSize, labelMost) {
		if wide += labelSize; r < 0x2e80 {
			wide -= labelSize * 2 / 5
		}
	}
	return wide
}

// short leaves out what a neighbour's name shares with the grid's own: 第3网格 for
// 阳光社区第3网格.
func short(name, own string) string {
	shared := 0
	ownRunes := []rune(own)
	runes := []rune(name)
	for shared < len(runes)-1 && shared < len(ownRunes) && runes[shared] == ownRunes[shared] {
		shared++
	}
	if shared > 0 && runes[shared-1] == '第' {
		shared--
	}
	if shared < 2 {
		return name
	}
	return string(runes[shared:])
}

// crowded tells whether a label there would run out of the sketch or into
// another label, 您在这里, the arrow to the north or the scale.
func (s *Sketch) crowded(at xy, wide int32) bool {
	half := wide / 2
	if at[0] < half+4 || at[0] > SketchWidth-half-4 {
		return true
	}
	for _, l := range s.Labels {
		if abs(l.At[0]-at[0]) < half+labelWidth(l.Text)/2+10 && abs(l.At[1]-at[1]) < 24 {
			return true
		}
	}
	const here, corner = 120, 90
	return abs(s.Here[0]-at[0]) < here+half && abs(s.Here[1]-at[1]) < 30 ||
		at[0] > SketchWidth-corner-half && at[1] < corner ||
		at[0] < SketchWidth/3+corner+half && at[1] > SketchHeight-corner/2
}

// central sorts points by how near they are to their mean, the nearest first.
func central(points []xy) {
	var sum [2]int64
	for _, p := range points {
		sum[0], sum[1] = sum[0]+int64(p[0]), sum[1]+int64(p[1])
	}
	mean := xy{int32(sum[0] / int64(len(points))), int32(sum[1] / int64(len(points)))}
	far := func(p xy) int64 {
		dx, dy := int64(p[0]-mean[0]), int64(p[1]-mean[1])
		return dx*dx + dy*dy
	}
	slices.SortStableFunc(points, func(p, q xy) int { return cmp.Compare(far(p), far(q)) })
}

func abs(v int32) int32 { return max(v, -v) }

// scale chooses a bar of a round length, about a quarter of the width.
func (s *Sketch) scale(f frame) {
	want := SketchWidth / 4 / f.perM
	s.ScaleM = 1
	for _, step := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000} {
		if float64(step) <= want {
			s.ScaleM = step
		}
	}
	s.ScaleW = int32(math.Round(float64(s.ScaleM) * f.perM))
}

// simplify leaves out points that lie within tolerance of the line without
// them (Douglas and Peucker 1973); for drawing only.
func simplify(line [][2]float64, tolerance float64) [][2]float64 {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	type span struct{ a, b int }
	for todo := []span{{0, len(line) - 1}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far, at := tolerance, -1
		for i := s.a + 1; i < s.b; i++ {
			if d := offset(line[i], line[s.a], line[s.b]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, span{s.a, at}, span{at, s.b})
		}
	}
	var out [][2]float64
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// offset is how far p lies from the line a–b; from a when they are one point.
func offset(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	l := math.Hypot(dx, dy)
	if l == 0 {
		return math.Hypot(p[0]-a[0], p[1]-a[1])
	}
	u := min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/(l*l), 0), 1)
	return math.Hypot(p[0]-a[0]-u*dx, p[1]-a[1]-u*dy)
}

// clip returns the parts of a line within the sketch (Liang and Barsky 1984,
// edge by edge).
func clip(line [][2]float64) [][]xy {
	var parts [][]xy
	var part []xy
	flush := func() {
		if len(part) > 1 {
			parts = append(parts, part)
		}
		part = nil
	}
	for i := 1; i < len(line); i++ {
		a, b, ok := clipEdge(line[i-1], line[i])
		if !ok {
			flush()
			continue
		}
		p, q := round(a[0], a[1]), round(b[0], b[1])
		if len(part) > 0 && part[len(part)-1] != p {
			flush()
		}
		if len(part) == 0 {
			part = append(part, p)
		}
		if q != p {
			part = append(part, q)
		}
	}
	flush()
	return parts
}

func clipEdge(a, b [2]float64) (p, q [2]float64, ok bool) {
	from, to := 0.0, 1.0
	d := [2]float64{b[0] - a[0], b[1] - a[1]}
	for axis, size := range [2]float64{SketchWidth, SketchHeight} {
		for _, side := range [2][2]float64{{-d[axis], a[axis]}, {d[axis], size - a[axis]}} {
			switch {
			case side[0] == 0 && side[1] < 0:
				return a, b, false
			case side[0] < 0:
				from = max(from, side[1]/side[0])
			case side[0] > 0:
				to = min(to, side[1]/side[0])
			}
		}
	}
	if from > to {
		return a, b, false
	}
	at := func(u float64) [2]float64 { return [2]float64{a[0] + u*d[0], a[1] + u*d[1]} }
	return at(from), at(to), true
}

// Path writes lines as the d attribute of an SVG path; rings are closed.
func Path(lines [][]xy, closed bool) string {
	var b strings.Builder
	for _, line := range lines {
		for i, p := range line {
			switch {
			case i == 0:
				b.WriteString("M" + strconv.Itoa(int(p[0])) + " " + strconv.Itoa(int(p[1])))
			default:
				b.WriteString("l" + strconv.Itoa(int(p[0]-line[i-1][0])) + " " + strconv.Itoa(int(p[1]-line[i-1][1])))
			}
		}
		if closed {
			b.WriteByte('z')
		}
	}
	return b.String()
}
