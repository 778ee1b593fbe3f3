package topology

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial"
)

// wiggly returns n×n faces of about 32 vertices each, as villages have: the
// borders of hexagons with three bends between corners.
func wiggly(n int) []spatial.MultiPolygon {
	faces := hexagons(n, 30_000)
	for _, m := range faces {
		r := m[0][0]
		fine := make(spatial.Ring, 0, 4*len(r))
		for i, a := range r {
			b := r[(i+1)%len(r)]
			fine = append(fine, a)
			lo, hi, back := a, b, b.Less(a)
			if back {
				lo, hi = b, a
			}
			for k := int32(1); k < 4; k++ {
				j := k
				if back {
					j = 4 - k
				}
				h := hashPoint(spatial.Point{X: lo.X + j, Y: lo.Y - hi.X})
				fine = append(fine, spatial.Point{
					X: lo.X + (hi.X-lo.X)/4*j + int32(h%1500), Y: lo.Y + (hi.Y-lo.Y)/4*j + int32(h>>32%1500),
				})
			}
		}
		m[0][0] = fine
	}
	return faces
}

var benchSizes = []struct {
	name string
	n    int
}{{"8k", 90}, {"200k", 447}, {"1M", 1000}}

// BenchmarkBuild makes the topology; its rival only pairs the edges of
// neighbours in a Go map, which finds no crossing, overlap, gap or enclave.
func BenchmarkBuild(b *testing.B) {
	for _, size := range benchSizes {
		faces := wiggly(size.n)
		b.Run("grids="+size.name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			var t *Topology
			for b.Loop() {
				t, _ = Build(faces)
			}
			b.ReportMetric(float64(bytesOf(t))/float64(32*len(faces)), "B/vertex")
		})
		b.Run("grids="+size.name+"/rival=edge-map", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pairEdges(faces)
			}
		})
	}
}

// bytesOf is what a topology holds in memory, without its index.
func bytesOf(t *Topology) int {
	n := 0
	for _, b := range t.arcBlocks {
		n += 8*cap(b.pts) + 4*(cap(b.left)+cap(b.right)+cap(b.off)) + 104
	}
	for _, b := range t.faceBlocks {
		n += 4*(cap(b.arcs)+cap(b.off)) + 56
	}
	return n
}

func pairEdges(faces []spatial.MultiPolygon) map[[2]spatial.Point][2]int32 {
	pairs := map[[2]spatial.Point][2]int32{}
	for f, m := range faces {
		for _, poly := range m {
			for _, r := range poly {
				for i, p := range r {
					q := r[(i+1)%len(r)]
					key, side := [2]spatial.Point{p, q}, 0
					if q.Less(p) {
						key, side = [2]spatial.Point{q, p}, 1
					}
					e := pairs[key]
					e[side] = int32(f + 1)
					pairs[key] = e
				}
			}
		}
	}
	return pairs
}

// BenchmarkEdit moves, splits and merges in a coverage; its rival builds the
// coverage anew.
func BenchmarkEdit(b *testing.B) {
	for _, size := range benchSizes {
		topo, _ := Build(wiggly(size.n))
		topo.ArcsIn(spatial.Box{}) // make the index
		rng := rand.New(rand.NewPCG(1, 1))
		b.Run("grids="+size.name+"/move", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				id := ArcID(rng.IntN(topo.NumArcs()))
				pts := topo.Arc(id).Points
				if len(pts) < 3 {
					continue
				}
				to := pts[1]
				to.X += 10
				_, _, _ = topo.MoveVertex(id, 1, to)
			}
		})
		b.Run("grids="+size.name+"/merge", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f := FaceID(rng.IntN(topo.NumFaces()))
				if _, _, err := topo.MergeFaces(f, topo.Neighbours(f)[len(topo.Neighbours(f))-1]); err != nil {
					b.Fatal(err)
				}
			}
		})
		if size.n > 100 {
			continue
		}
		faces := polygons(topo)
		b.Run("grids="+size.name+"/rival=build", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Build(faces)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, size := range benchSizes {
		topo, _ := Build(wiggly(size.n))
		var buf bytes.Buffer
		if _, err := topo.WriteTo(&buf); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("grids=%s", size.name), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(buf.Len()))
			for b.Loop() {
				if _, err := Read(bytes.NewReader(buf.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRedissolve moves 100 faces between groups of 20; its rival
// dissolves anew.
func BenchmarkRedissolve(b *testing.B) {
	for _, size := range benchSizes[:2] {
		topo, _ := Build(wiggly(size.n))
		before := make([]int32, topo.NumFaces())
		for f := range before {
			before[f] = int32(f / 20)
		}
		n := len(before)/20 + 1
		after := append([]int32(nil), before...)
		var faces []FaceID
		for k := range 100 {
			f := k * len(after) / 101
			after[f] = before[max(0, f-20)]
			faces = append(faces, FaceID(f))
		}
		up := topo.Dissolve(before, n)
		up.ArcsIn(spatial.Box{}) // make the index
		b.Run("grids="+size.name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				topo.Redissolve(up, before, after, n, faces)
			}
		})
		b.Run("grids="+size.name+"/rival=dissolve", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				topo.Dissolve(after, n)
			}
		})
	}
}
