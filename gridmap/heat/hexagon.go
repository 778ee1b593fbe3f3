package heat

import (
	"math"
	"strconv"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// hexagons tile an equal-area map of the globe: Lambert's cylinder, true at 30
// degrees north. So all have the same area on the ground, and are regular near
// that latitude, stretched by (cos 30°/cos φ)² away from it: at 40° by 1.28.
type hexagons struct {
	resolution int
	edgeM      float64
}

const trueAt = 30 * math.Pi / 180

// newHexagons have the mean area of H3 cells: H3 divides the globe into
// 2 + 120·7^resolution.
func newHexagons(resolution int) hexagons {
	globe := 4 * math.Pi * measure.MeanRadiusM * measure.MeanRadiusM
	area := globe / (2 + 120*math.Pow(7, float64(resolution)))
	return hexagons{resolution, math.Sqrt(area * 2 / (3 * math.Sqrt(3)))}
}

// Name implements Cells.
func (h hexagons) Name() string { return "hexagon" }

// At implements Cells. A point on a border belongs to one of the cells beside
// it, always the same.
func (h hexagons) At(p spatial.Point) uint64 {
	lon, lat := p.LonLat()
	x := measure.MeanRadiusM * lon * math.Pi / 180 * math.Cos(trueAt)
	y := measure.MeanRadiusM * math.Sin(lat*math.Pi/180) / math.Cos(trueAt)
	q := (math.Sqrt(3)/3*x - y/3) / h.edgeM
	r := 2.0 / 3 * y / h.edgeM
	s := -q - r
	rq, rr, rs := math.Round(q), math.Round(r), math.Round(s)
	switch dq, dr, ds := math.Abs(rq-q), math.Abs(rr-r), math.Abs(rs-s); { // q+r+s must stay 0
	case dq > dr && dq > ds:
		rq = -rr - rs
	case dr > ds:
		rr = -rq - rs
	}
	return pack(int64(rq), int64(rr))
}

// A cell is its two axial coordinates, 32 bits each.
func pack(q, r int64) uint64 { return uint64(uint32(int32(q)))<<32 | uint64(uint32(int32(r))) }

func unpack(cell uint64) (q, r float64) {
	return float64(int32(cell >> 32)), float64(int32(cell))
}

// ID implements Cells.
func (h hexagons) ID(cell uint64) string {
	q, r := unpack(cell)
	return "x" + strconv.Itoa(h.resolution) + "." + strconv.Itoa(int(q)) + "." + strconv.Itoa(int(r))
}

// Outline implements Cells.
func (h hexagons) Outline(cell uint64) [][2]float64 {
	q, r := unpack(cell)
	cx, cy := h.edgeM*math.Sqrt(3)*(q+r/2), h.edgeM*1.5*r
	out := make([][2]float64, 6)
	for i := range out {
		angle := (60*float64(i) + 30) * math.Pi / 180
		x, y := cx+h.edgeM*math.Cos(angle), cy+h.edgeM*math.Sin(angle)
		sin := max(-1, min(1, y*math.Cos(trueAt)/measure.MeanRadiusM))
		out[i] = [2]float64{x / (measure.MeanRadiusM * math.Cos(trueAt)) * 180 / math.Pi, math.Asin(sin) * 180 / math.Pi}
	}
	return out
}
