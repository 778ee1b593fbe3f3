//go:build cgo

package heat

import (
	"github.com/uber/h3-go/v4"

	"cloudgrid/spatial"
)

func newCells(resolution int) Cells { return h3Cells(resolution) }

// h3Cells are H3's, whose library is written in C.
type h3Cells int

// Name implements Cells.
func (h h3Cells) Name() string { return "h3" }

// At implements Cells; 0, which is no cell, never comes for a point on the
// globe.
func (h h3Cells) At(p spatial.Point) uint64 {
	lon, lat := p.LonLat()
	cell, err := h3.LatLngToCell(h3.NewLatLng(lat, lon), int(h))
	if err != nil {
		return 0
	}
	return uint64(cell)
}

// ID implements Cells.
func (h h3Cells) ID(cell uint64) string { return h3.Cell(cell).String() }

// Outline implements Cells.
func (h h3Cells) Outline(cell uint64) [][2]float64 {
	corners, err := h3.Cell(cell).Boundary()
	if err != nil {
		return nil
	}
	out := make([][2]float64, len(corners))
	for i, c := range corners {
		out[i] = [2]float64{c.Lng, c.Lat}
	}
	return out
}
