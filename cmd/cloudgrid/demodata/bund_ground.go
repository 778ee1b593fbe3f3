package demodata

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"cloudgrid/gridmap/district"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/tessellate"
	"cloudgrid/spatial/topology"
)

// bundAtom is an atom of the tiling with what is made up for it.
type bundAtom struct {
	tessellate.Atom
	Name                       string
	Water                      bool
	At                         spatial.Point // within it
	AreaM2                     float64
	Households, Persons, Shops int64
	Events                     int64 // reported within a year
	HandedOver                 bool  // a compound that people have just moved into
}

// bundGround is the tiled ground.
type bundGround struct {
	src   *bundSource
	topo  *topology.Topology
	shape []spatial.MultiPolygon // by atom
	atoms []bundAtom
	lines []district.Line
	marks []district.Mark
}

// tileBund divides the ground between buildings, along streets and banks.
func tileBund(src *bundSource) (*bundGround, error) {
	g := &bundGround{src: src}
	in := tessellate.Input{Within: bundOutline()}
	for _, b := range src.buildings {
		in.Buildings = append(in.Buildings, tessellate.Footprint{Shape: b.Ground})
	}
	for _, r := range src.roads {
		for _, l := range r.Lines {
			g.lines = append(g.lines, district.Line{Points: l, Arterial: r.Kind == "major_road"})
			in.Barriers = append(in.Barriers, l)
		}
	}
	banks := rings(src.water)
	for _, u := range src.landuse {
		if u.Kind == "residential" || u.Kind == "park" {
			in.Barriers = append(in.Barriers, rings(u.Ground)...)
		}
	}
	for _, l := range banks {
		g.lines = append(g.lines, district.Line{Points: l, Barrier: true})
	}
	in.Barriers = append(in.Barriers, banks...)
	r, err := tessellate.Tessellate(in, tessellate.Options{MinGroundM2: 1500, MinWidthM: 14})
	if err != nil {
		return nil, err
	}
	g.topo = r.Topology
	g.marks = district.MarksAlong(g.topo, g.lines, 0)
	for f, a := range r.Atoms {
		shape := g.topo.FacePolygon(topology.FaceID(f))
		at := bundAtom{Atom: a, At: district.Inside(shape), AreaM2: measure.AreaM2(shape)}
		at.Water = a.Kind == tessellate.Ground && src.water.Holds(at.At)
		g.atoms, g.shape = append(g.atoms, at), append(g.shape, shape)
	}
	g.people()
	return g, nil
}

// rings are the outlines of ground as closed lines.
func rings(m spatial.MultiPolygon) [][]spatial.Point {
	var out [][]spatial.Point
	for _, p := range m {
		for _, r := range p {
			out = append(out, append(slices.Clone([]spatial.Point(r)), r[0]))
		}
	}
	return out
}

var dwelling = regexp.MustCompile(`公寓|小区|住宅|花园|[村里弄]$`)

// people makes up households, persons and shops: from the footprint, the
// height and the kind of each building, varied by its number. Nothing of it was
// counted.
func (g *bundGround) people() {
	shops := g.shopsByAtom()
	for i := range g.atoms {
		a := &g.atoms[i]
		if a.Water {
			continue
		}
		for _, b := range a.Buildings {
			hh, front := g.src.live(&g.src.buildings[b])
			a.Households += hh
			a.Shops += front
			if n := g.src.buildings[b].Name; n != "" && !strings.Contains(a.Name, n) {
				a.Name = strings.TrimPrefix(a.Name+"、"+n, "、")
			}
		}
		if a.Kind == tessellate.Ground && g.src.use(a.At) == "residential" {
			a.Households = min(int64(a.AreaM2*0.011), 180)
		}
		a.Households = min(a.Households, 260)
		a.Shops += shops[i]
		a.Persons = int64(math.Round(float64(a.Households)*(2.2+0.6*share(int64(i)+7)))) + a.Shops*2
		// About one call in eleven people a year, more by shops, and here and there many.
		a.Events = int64(float64(a.Persons)*0.09*(0.3+1.4*share(int64(i)+19)) + float64(a.Shops)*0.8*share(int64(i)+23))
	}
}

// live guesses how many households live in a building and how many shops face
// the street from it.
func (s *bundSource) live(b *bundFeature) (households, shops int64) {
	area := measure.AreaM2(b.Ground)
	floors := b.HeightM / 3.2
	switch {
	case b.HeightM > 0:
	case area < 120:
		floors = 3
	default:
		floors = 6
	}
	floors = min(max(floors, 1), 30)
	use, living := s.use(middle(b.Ground)), 0.0
	switch {
	case use == "residential", dwelling.MatchString(b.Name), b.Detail == "apartments", b.Detail == "residential", b.Detail == "house":
		living = 0.85
	case b.Name != "", area < 35, b.HeightM > 45, area > 3000, use == "park", use == "commercial", use == "retail", use == "school", use == "hospital":
	default:
		living = 0.6
	}
	vary := 0.75 + 0.5*share(b.OSM)
	households = min(int64(area*floors*living*0.75/62*vary), 240)
	if living < 0.8 && area >= 60 {
		shops = min(int64(area/350*vary), 12)
	}
	return households, shops
}

// use is the kind of the landuse around a point.
func (s *bundSource) use(p spatial.Point) string {
	for _, u := range s.landuse {
		if u.Ground.Holds(p) {
			return u.Kind
		}
	}
	return ""
}

// share is a number in [0, 1) that depends on n alone (the finaliser of
// splitmix64).
func share(n int64) float64 {
	x := uint64(n) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}

var shopKinds = map[string]bool{
	"restaurant": true, "cafe": true, "fast_food": true, "bank": true, "convenience": true, "supermarket": true, "clothes": true,
	"jewelry": true, "shop": true, "ice_cream": true, "bar": true, "pub": true, "pharmacy": true, "bakery": true, "gift": true, "mall": true,
}

// shopsByAtom counts the mapped shops of each atom.
func (g *bundGround) shopsByAtom() []int64 {
	out := make([]int64, len(g.atoms))
	for _, p := range g.src.pois {
		if f := g.faceAt(p.At); shopKinds[p.Kind] && f >= 0 {
			out[f]++
		}
	}
	return out
}

// faceAt finds the atom at a point; -1 where there is none.
func (g *bundGround) faceAt(p spatial.Point) int32 {
	for f := range g.atoms {
		if id := topology.FaceID(f); g.topo.FaceBox(id).Contains(p) && g.shape[f].Holds(p) {
			return int32(f)
		}
	}
	return -1
}
