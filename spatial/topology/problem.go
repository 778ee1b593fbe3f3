package topology

import (
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// Kind says what is wrong at a place.
type Kind uint8

// The kinds of problems. Overlap to Hairline are found in what was drawn
// and already decided in the topology; Gap to NoGround are there to be seen in
// the topology itself; Hole and Disconnected are often meant.
const (
	Overlap      Kind = iota + 1 // ground that several polygons claim, or two parts of one
	Duplicate                    // a face drawn on the same ground as another
	Contained                    // Faces[0] is drawn wholly within Faces[1]
	SelfCrossing                 // a ring that crosses itself
	SelfTouch                    // a ring that comes back to a point it has passed
	Spike                        // a ring that runs to a place and back the same way
	InvalidRing                  // a ring with fewer than three distinct points
	UnclosedRing                 // a ring whose ends differ (only a reader of files can see it)
	Hairline                     // an overlap or gap under HairlineM wide: the work of rounding
	Gap                          // enclosed ground between several faces that none claims
	Hole                         // enclosed ground within one face that none claims
	Disconnected                 // a face in Parts parts
	Sliver                       // a part of a face under SliverWidthM wide
	NoGround                     // a face without ground
	Broken                       // the topology breaks an invariant (Check)
)

var kindNames = [...]string{
	"", "overlap", "duplicate", "contained", "self-crossing", "self-touch", "spike",
	"invalid-ring", "unclosed-ring", "hairline", "gap", "hole", "disconnected", "sliver", "no-ground", "broken",
}

// String returns the kind's name as used in reports and JSON.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// SliverWidthM is the mean width, twice the area by the perimeter, under which
// ground is a sliver: half a metre holds no building and no address.
const SliverWidthM = 0.5

// HairlineM is the mean width under which an overlap or a gap says nothing but
// that two drawings of one border were rounded differently: two lattice steps
// in latitude. Build gives such gaps to a neighbour.
const HairlineM = 0.02

// Problem is one finding with its place.
type Problem struct {
	Kind    Kind
	Faces   []FaceID      // concerned; ascending but for Contained
	At      spatial.Point // to zoom to; within the ground where the lattice has a point there
	Box     spatial.Box
	AreaM2  float64              // of the ground in question
	LengthM float64              // of its outline, or of a spike
	Parts   int                  // of a Disconnected face
	Region  spatial.MultiPolygon // the ground; nil where there is none, or it is the whole face (Disconnected)
	Detail  string               // of Broken: what exactly
}

// WidthM returns the mean width of the ground in question in metres.
func (p Problem) WidthM() float64 {
	if p.LengthM == 0 {
		return 0
	}
	return 2 * p.AreaM2 / p.LengthM
}

// regionProblem returns a problem about some ground.
func regionProblem(kind Kind, faces []FaceID, region spatial.MultiPolygon) Problem {
	return Problem{
		Kind: kind, Faces: faces, Box: region.Box(), AreaM2: measure.AreaM2(region),
		At: pointWithin(region), LengthM: outlineM(region), Region: region,
	}
}

func outlineM(m spatial.MultiPolygon) float64 {
	sum := 0.0
	for _, poly := range m {
		for _, r := range poly {
			for i, p := range r {
				sum += measure.NearM(p, r[(i+1)%len(r)])
			}
		}
	}
	return sum
}

// pointWithin returns a lattice point inside the region, as far from the
// border as half its widest stretch on the middle parallel allows; a point of
// the border if no lattice point there is inside.
func pointWithin(m spatial.MultiPolygon) spatial.Point {
	if len(m) == 0 || len(m[0]) == 0 || len(m[0][0]) == 0 {
		return spatial.Point{}
	}
	best, bestWidth := m[0][0][0], int64(-1)
	for _, poly := range m {
		box := poly[0].Box()
		for _, quarter := range [...]int64{2, 1, 3} {
			y := int32((int64(box.Min.Y)*(4-quarter) + int64(box.Max.Y)*quarter) / 4)
			xs := crossings(poly, y)
			for i := 0; i+1 < len(xs); i += 2 {
				if w := int64(xs[i+1]) - int64(xs[i]); w > bestWidth {
					p := spatial.Point{X: int32((int64(xs[i]) + int64(xs[i+1])) / 2), Y: y}
					if inPolygon(poly, p) {
						best, bestWidth = p, w
					}
				}
			}
		}
	}
	return best
}

// crossings returns where the parallel y passes the polygon's rings, sorted.
func crossings(poly spatial.Polygon, y int32) []int32 {
	var xs []int32
	for _, r := range poly {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a.Y > y) != (b.Y > y) {
				t := (float64(y) - float64(a.Y)) / (float64(b.Y) - float64(a.Y))
				xs = append(xs, int32(float64(a.X)+t*(float64(b.X)-float64(a.X))))
			}
		}
	}
	slices.Sort(xs)
	return xs
}

// inPolygon tells whether p is strictly inside.
func inPolygon(poly spatial.Polygon, p spatial.Point) bool {
	for i, r := range poly {
		if s := r.Side(p); i == 0 && s <= 0 || i > 0 && s >= 0 {
			return false
		}
	}
	return true
}

// sortProblems orders problems by kind, faces and place.
func sortProblems(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		if c := slices.Compare(a.Faces, b.Faces); c != 0 {
			return c
		}
		return comparePoints(a.At, b.At)
	})
}
