// Package tiles cuts a coverage into Mapbox Vector Tiles (version 2) from
// memory. A tile is made from the shared arcs, not from polygons: the arcs are
// rounded to the tile's grid together, by snap rounding, so that in the decoded
// tile neighbours share every vertex of their border, nothing overlaps, and no
// polygon is invalid, at any zoom.
//
// The package knows faces, levels and features; what they stand for is the
// caller's.
package tiles

import (
	"fmt"
	"math"

	"cloudgrid/spatial"
)

// Extent is the width and height of a tile in its own integer units, and Buffer
// how far geometry is drawn beyond each edge (8 pixels of a 512-pixel tile, so
// that wide lines and halos do not stop at the seam). Overviews, which hold the
// most features, have fewer units; both shrink alike (see ExtentAt).
const (
	Extent = 4096
	Buffer = 64
)

// ExtentAt returns the units across a tile of a zoom: 1024 to zoom 6, 2048 to
// zoom 8, then 4096. A unit is never more than half a pixel of a 512-pixel
// tile.
func ExtentAt(z uint8) int32 { return 1 << extentBits(z) }

func extentBits(z uint8) uint {
	switch {
	case z <= 6:
		return 10
	case z <= 8:
		return 11
	}
	return 12
}

// MaxZoom is the deepest zoom that the pyramid can cut: one unit is then under
// 4 cm on the ground.
const MaxZoom = 18

// Tile names a tile of the Web Mercator scheme: Y counts from the north (XYZ,
// not TMS).
type Tile struct {
	Z    uint8
	X, Y uint32
}

// Valid tells whether the tile exists: Z at most MaxZoom, X and Y under 2^Z.
func (t Tile) Valid() bool {
	return t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<t.Z
}

func (t Tile) String() string { return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y) }

// Children returns the four tiles of the next zoom that t divides into.
func (t Tile) Children() [4]Tile {
	z, x, y := t.Z+1, t.X*2, t.Y*2
	return [4]Tile{{z, x, y}, {z, x + 1, y}, {z, x, y + 1}, {z, x + 1, y + 1}}
}

// Bounds returns the tile's edges in WGS84 degrees, without the buffer.
func (t Tile) Bounds() (west, south, east, north float64) {
	n := float64(uint64(1) << t.Z)
	return float64(t.X)/n*360 - 180, mercatorLat(float64(t.Y+1) / n),
		float64(t.X+1)/n*360 - 180, mercatorLat(float64(t.Y) / n)
}

// Box returns the lattice box around the tile and its buffer.
func (t Tile) Box() spatial.Box {
	n := float64(uint64(1) << t.Z)
	const margin = float64(Buffer+4) / Extent // half a unit more, at any extent
	edge := func(deg float64, limit int32, up float64) int32 {
		v := math.Round(deg*spatial.Scale + up)
		return int32(max(-float64(limit), min(float64(limit), v)))
	}
	x0, x1 := (float64(t.X)-margin)/n, (float64(t.X)+1+margin)/n
	y0, y1 := (float64(t.Y)-margin)/n, (float64(t.Y)+1+margin)/n
	b := spatial.Box{
		Min: spatial.Point{X: edge(x0*360-180, spatial.MaxX, -2), Y: edge(mercatorLat(y1), spatial.MaxY, -2)},
		Max: spatial.Point{X: edge(x1*360-180, spatial.MaxX, 2), Y: edge(mercatorLat(y0), spatial.MaxY, 2)},
	}
	if t.Y == 0 { // what lies beyond the square's end is drawn on its edge
		b.Max.Y = spatial.MaxY
	}
	if t.Y == 1<<t.Z-1 {
		b.Min.Y = -spatial.MaxY
	}
	return b
}

// At returns the tile of a zoom that holds a position; a position on a seam
// belongs to the tile east or south of it.
func At(lon, lat float64, z uint8) Tile {
	n := float64(uint64(1) << z)
	clamp := func(v float64) uint32 { return uint32(max(0, min(n-1, math.Floor(v*n)))) }
	return Tile{z, clamp(lon/360 + 0.5), clamp(mercatorY(lat))}
}

// Range returns the tiles of a zoom that touch a box: columns x0…x1 and rows
// y0…y1, inclusive.
func Range(b spatial.Box, z uint8) (x0, y0, x1, y1 uint32) {
	west, south := b.Min.LonLat()
	east, north := b.Max.LonLat()
	nw, se := At(west, north, z), At(east, south, z)
	return nw.X, nw.Y, se.X, se.Y
}

// mercatorY maps a latitude to 0 at the north edge and 1 at the south edge of
// the Web Mercator square; latitudes beyond are clamped to the edge.
func mercatorY(lat float64) float64 {
	s := math.Sin(lat * math.Pi / 180)
	y := 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)
	return max(0, min(1, y))
}

func mercatorLat(y float64) float64 {
	return math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi
}

// worldPoint is a position on the Web Mercator square in 2^-32 of its side,
// from the north-west corner: 1 cm at the equator.
type worldPoint struct{ x, y uint32 }

func project(p spatial.Point) worldPoint {
	const half, whole = uint64(spatial.MaxX), 2 * uint64(spatial.MaxX)
	x := (uint64(int64(p.X)+int64(half))<<32 + half) / whole
	_, lat := p.LonLat()
	y := math.Round(mercatorY(lat) * (1 << 32))
	return worldPoint{uint32(min(x, math.MaxUint32)), uint32(min(y, math.MaxUint32))}
}
