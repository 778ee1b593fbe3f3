package locate

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"
)

// rival is what one would write first: an R-tree over the polygons' boxes and a
// ring test on each hit.
type rival struct {
	tree  rtree.RTreeG[int32]
	polys []orb.MultiPolygon
}

func newRival(faces []spatial.MultiPolygon) *rival {
	r := &rival{polys: make([]orb.MultiPolygon, len(faces))}
	for i, m := range faces {
		for _, p := range m {
			var q orb.Polygon
			for _, ring := range p {
				q = append(q, orbRing(ring))
			}
			r.polys[i] = append(r.polys[i], q)
		}
		b := r.polys[i].Bound()
		r.tree.Insert(b.Min, b.Max, int32(i))
	}
	return r
}

func orbRing(r spatial.Ring) orb.Ring {
	out := make(orb.Ring, 0, len(r)+1)
	for _, p := range r {
		out = append(out, orbPoint(p))
	}
	return append(out, out[0])
}

func orbPoint(p spatial.Point) orb.Point {
	lon, lat := p.LonLat()
	return orb.Point{lon, lat}
}

func (r *rival) locate(p spatial.Point) topology.FaceID {
	q, found := orbPoint(p), topology.Outside
	r.tree.Search(q, q, func(_, _ [2]float64, i int32) bool {
		if planar.MultiPolygonContains(r.polys[i], q) {
			found = topology.FaceID(i)
			return false
		}
		return true
	})
	return found
}

// someWithin returns random points of the coverage's box.
func someWithin(faces []spatial.MultiPolygon, n int) []spatial.Point {
	box := spatial.EmptyBox()
	for _, f := range faces {
		box = box.Union(f.Box())
	}
	rng := rand.New(rand.NewPCG(1, 2))
	ps := make([]spatial.Point, n)
	for i := range ps {
		ps[i] = spatial.Point{X: box.Min.X + rng.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + rng.Int32N(box.Max.Y-box.Min.Y)}
	}
	return ps
}

// inBelts sorts points into belts of 5 km and along each belt.
func inBelts(ps []spatial.Point) []spatial.Point {
	out := slices.Clone(ps)
	slices.SortFunc(out, func(a, b spatial.Point) int {
		return cmp.Or(cmp.Compare(a.Y>>19, b.Y>>19), cmp.Compare(a.X, b.X))
	})
	return out
}

var sizes = []struct {
	name  string
	grids int
}{{"8k", 8_000}, {"200k", 200_000}, {"1M", 1_000_000}}

// BenchmarkLocate puts the index beside the rival. The 1M case needs 6 GB and
// half a minute to set up; -short leaves it out.
func BenchmarkLocate(b *testing.B) {
	for _, size := range sizes {
		if testing.Short() && size.grids > 200_000 {
			continue
		}
		faces := synth.Coverage(size.grids, 1)
		topo, _ := topology.Build(faces)
		ix := New(topo)
		const n = 1 << 20
		random := someWithin(faces, n)
		sorted := inBelts(random)
		out := make([]topology.FaceID, n)
		name := "grids=" + size.name
		b.Run(name+"/random", func(b *testing.B) {
			b.ReportAllocs()
			b.ReportMetric(float64(ix.MemoryBytes())/float64(synth.PointsPerFace*size.grids), "index-B/vertex")
			for i := range b.N {
				ix.Locate(random[i%n])
			}
		})
		for _, batch := range []struct {
			name   string
			points []spatial.Point
		}{{"batch=random", random}, {"batch=sorted", sorted}} {
			b.Run(name+"/"+batch.name, func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; i < b.N; i += 1 << 12 {
					at, k := i%n, min(1<<12, b.N-i)
					ix.LocateAll(batch.points[at:at+k], out[:k])
				}
			})
		}
		r := newRival(faces)
		b.Run(name+"/rival=rtree+rings", func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				r.locate(random[i%n])
			}
		})
	}
}

func BenchmarkAccuracy(b *testing.B) {
	faces := synth.Coverage(8000, 1)
	topo, _ := topology.Build(faces)
	ix := New(topo)
	const n = 1 << 16
	ps := someWithin(faces, n)
	b.Run("grids=8k/nearest-border", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			ix.NearestBorder(ps[i%n])
		}
	})
	near, shares := make([]Neighbour, 0, 64), make([]Share, 0, 64)
	b.Run("grids=8k/near=15m", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			near = ix.Near(near[:0], ps[i%n], 15)
		}
	})
	b.Run("grids=8k/shares=15m", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			shares = ix.CircleShares(shares[:0], ps[i%n], 15)
		}
	})
}

// BenchmarkUpdate relabels 100 faces among 200,000.
func BenchmarkUpdate(b *testing.B) {
	faces := synth.Coverage(200_000, 1)
	topo, _ := topology.Build(faces)
	ix := New(topo)
	now := arcsCoverage{faces: topo.NumFaces() + 100, arcs: make([]topology.Arc, topo.NumArcs())}
	fresh := func(f topology.FaceID) topology.FaceID {
		if f >= 0 && f%2000 == 0 {
			return topology.FaceID(topo.NumFaces()) + f/2000
		}
		return f
	}
	for i := range now.arcs {
		a := topo.Arc(topology.ArcID(i))
		a.Left, a.Right = fresh(a.Left), fresh(a.Right)
		now.arcs[i] = a
	}
	b.ReportAllocs()
	for b.Loop() {
		ix.update(now)
	}
}
