package locate

import (
	"cmp"
	"math"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Share is the part of a circle's area that a face covers, 0 to 1.
type Share struct {
	Face  topology.FaceID // may be Outside
	Share float64
}

// CircleShares appends to dst which part of the circle of radiusM metres around
// p each face covers, Outside too, largest first and equal ones by id. The
// parts sum to 1; each is right within 0.001 for radii up to 5 km (the circle is
// drawn in the tangent plane at p), and parts under 1e-9 are left out. A radius
// that is not positive gives the face at p. With room in dst it does not
// allocate until the circle is crossed more than 32 times.
//
// The area of a face within the circle is half the integral of x dy - y dx
// around it: along the borders inside the circle, each cut to the cell it is
// read from so that no piece counts twice, and along the circle itself, whose
// arcs between borders are each asked for their face.
func (ix *Index) CircleShares(dst []Share, p spatial.Point, radiusM float64) []Share {
	from := len(dst)
	if !(radiusM > 0) || math.IsInf(radiusM, 1) {
		return append(dst, Share{ix.Locate(p), 1})
	}
	f := measure.FrameAt(p)
	var room [32]float64
	angles := room[:0]
	ix.eachBorderCell(around(f, radiusM), func(c cellRef) {
		box := c.box()
		c.each(func(g segment) {
			t0, t1, ok := clip(g.a, g.b, box)
			if !ok {
				return
			}
			chord := chordOf(f, g.a, g.b, radiusM)
			for _, t := range chord {
				if t >= t0 && t <= t1 {
					angles = append(angles, angleAt(f, g, t))
				}
			}
			if t0, t1 = max(t0, chord[0]), min(t1, chord[1]); t0 < t1 {
				half := sweep(f, g, t0, t1)
				dst = addShare(dst, from, g.left, half)
				dst = addShare(dst, from, g.right, -half)
			}
		})
	})
	dst = ix.rimShares(dst, from, f, radiusM, angles)
	return tidyShares(dst, from, math.Pi*radiusM*radiusM)
}

// rimShares adds the arcs of the circle between the angles.
func (ix *Index) rimShares(dst []Share, from int, f measure.Frame, radiusM float64, angles []float64) []Share {
	if len(angles) == 0 {
		angles = append(angles, 0)
	}
	slices.Sort(angles)
	for i, a := range angles {
		b := angles[0] + 2*math.Pi
		if i+1 < len(angles) {
			b = angles[i+1]
		}
		if b-a < 1e-12 {
			continue
		}
		sin, cos := math.Sincos((a + b) / 2)
		face := ix.Locate(f.At(radiusM*cos, radiusM*sin))
		dst = addShare(dst, from, face, radiusM*radiusM*(b-a)/2)
	}
	return dst
}

// clip returns which part t0…t1 of the segment lies in a cell. A segment along
// an edge belongs to the cell north or east of it only.
func clip(a, b spatial.Point, cell spatial.Box) (t0, t1 float64, ok bool) {
	t0, t1 = 0, 1
	for axis := range 2 {
		v, w, lo, hi := a.X, b.X, cell.Min.X, cell.Max.X
		if axis == 1 {
			v, w, lo, hi = a.Y, b.Y, cell.Min.Y, cell.Max.Y
		}
		if v == w {
			if v < lo || v >= hi {
				return 0, 0, false
			}
			continue
		}
		d := float64(int64(w) - int64(v))
		in, out := float64(int64(lo)-int64(v))/d, float64(int64(hi)-int64(v))/d
		if in > out {
			in, out = out, in
		}
		t0, t1 = max(t0, in), min(t1, out)
	}
	return t0, t1, t0 <= t1
}

// chordOf returns where the line through a and b is inside the circle: from
// chord[0] to chord[1], with NaN for nowhere.
func chordOf(f measure.Frame, a, b spatial.Point, radiusM float64) (chord [2]float64) {
	ax, ay := f.XY(a)
	bx, by := f.XY(b)
	dx, dy := bx-ax, by-ay
	len2, along, cross := dx*dx+dy*dy, ax*dx+ay*dy, ax*dy-ay*dx
	root := math.Sqrt(radiusM*radiusM*len2 - cross*cross) // NaN outside
	return [2]float64{(-along - root) / len2, (-along + root) / len2}
}

func angleAt(f measure.Frame, g segment, t float64) float64 {
	ax, ay := f.XY(g.a)
	bx, by := f.XY(g.b)
	return math.Atan2(ay+t*(by-ay), ax+t*(bx-ax))
}

// sweep is the area between the origin and the part t0…t1 of a segment.
func sweep(f measure.Frame, g segment, t0, t1 float64) float64 {
	ax, ay := f.XY(g.a)
	bx, by := f.XY(g.b)
	return (ax*by - ay*bx) * (t1 - t0) / 2
}

func addShare(dst []Share, from int, face topology.FaceID, area float64) []Share {
	for i := range dst[from:] {
		if dst[from+i].Face == face {
			dst[from+i].Share += area
			return dst
		}
	}
	return append(dst, Share{face, area})
}

// tidyShares turns areas into parts of the whole.
func tidyShares(dst []Share, from int, wholeM2 float64) []Share {
	kept, sum := dst[:from], 0.0
	for _, s := range dst[from:] {
		if s.Share > 1e-9*wholeM2 {
			kept = append(kept, s)
			sum += s.Share
		}
	}
	for i := range kept[from:] {
		kept[from+i].Share /= sum
	}
	slices.SortFunc(kept[from:], func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Face, b.Face))
	})
	return kept
}
