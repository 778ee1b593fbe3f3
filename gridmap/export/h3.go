//go:build cgo

package export

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uber/h3-go/v4"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// reach bounds how far the cells below a cell lie from its centre, in its own
// circumradius R. A child's centre is at most √3/√7 R away and its radius is
// R/√7, so the sum over all resolutions below is (√3/√7)/(1-1/√7) R = 1.052 R;
// the rest allows for the projection's distortion within a cell.
const reach = 1.15

// Cells makes the offline table of the grids that own ground, between two H3
// resolutions: coarse cells where they lie wholly in one grid, finest ones
// along the borders. Cells wholly outside are left out. Ordered by cell.
func Cells(n *atlas.Net, coarsest, finest int) ([]Cell, error) {
	if coarsest < 0 || finest < coarsest || finest > 15 {
		return nil, fmt.Errorf("resolutions %d to %d: want 0 ≤ coarsest ≤ finest ≤ 15", coarsest, finest)
	}
	c := &celler{net: n, finest: finest}
	start, err := covering(n.Bounds(), coarsest)
	if err != nil {
		return nil, err
	}
	for _, cell := range start {
		if err := c.divide(cell, coarsest); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(c.cells, func(a, b Cell) int { return cmp.Compare(a.H3, b.H3) })
	return c.cells, nil
}

type celler struct {
	net    *atlas.Net
	finest int
	cells  []Cell
}

// covering returns cells of a resolution around every point of a box.
func covering(box spatial.Box, resolution int) ([]h3.Cell, error) {
	if box.Empty() {
		return nil, nil
	}
	edge, err := h3.HexagonEdgeLengthAvgM(resolution)
	if err != nil {
		return nil, err
	}
	seen := map[h3.Cell]bool{}
	var list []h3.Cell
	step := int32(max(1, min(edge*0.5/measure.DistanceM(spatial.Point{}, spatial.Point{Y: 1e6})*1e6, 1e9)))
	for y := int64(box.Min.Y); ; y += int64(step) {
		y = min(y, int64(box.Max.Y))
		for x := int64(box.Min.X); ; x += int64(step) {
			x = min(x, int64(box.Max.X))
			lon, lat := spatial.Point{X: int32(x), Y: int32(y)}.LonLat()
			at, err := h3.LatLngToCell(h3.NewLatLng(lat, lon), resolution)
			if err != nil {
				return nil, err
			}
			if !seen[at] {
				disk, err := at.GridDisk(1)
				if err != nil {
					return nil, err
				}
				for _, cell := range disk {
					if !seen[cell] {
						seen[cell] = true
						list = append(list, cell)
					}
				}
				seen[at] = true
			}
			if x == int64(box.Max.X) {
				break
			}
		}
		if y == int64(box.Max.Y) {
			return list, nil
		}
	}
}

// divide writes the cell, or what it divides into.
func (c *celler) divide(cell h3.Cell, resolution int) error {
	centre, radiusM, err := circle(cell)
	if err != nil {
		return err
	}
	grids := c.net.Within(centre, radiusM*reach)
	row := Cell{H3: uint64(cell), Resolution: int32(resolution)}
	switch {
	case len(grids) == 0 || len(grids) == 1 && grids[0] == atlas.None:
		return nil
	case len(grids) == 1:
		g := &c.net.Grids[grids[0]]
		row.Grid, row.Code = int64(g.ID), g.Code
	case resolution == c.finest:
		row.Candidates = codes(c.net, grids)
	default:
		children, err := cell.Children(resolution + 1)
		if err != nil {
			return err
		}
		for _, child := range children {
			if err := c.divide(child, resolution+1); err != nil {
				return err
			}
		}
		return nil
	}
	c.cells = append(c.cells, row)
	return nil
}

// circle is the centre of a cell and the distance to its farthest corner.
func circle(cell h3.Cell) (spatial.Point, float64, error) {
	at, err := cell.LatLng()
	if err != nil {
		return spatial.Point{}, 0, err
	}
	centre, err := spatial.FromLonLat(at.Lng, at.Lat)
	if err != nil {
		return centre, 0, err
	}
	corners, err := cell.Boundary()
	if err != nil {
		return centre, 0, err
	}
	radiusM := 0.0
	for _, v := range corners {
		p, err := spatial.FromLonLat(v.Lng, v.Lat)
		if err != nil {
			return centre, 0, err
		}
		radiusM = max(radiusM, measure.DistanceM(centre, p))
	}
	return centre, radiusM, nil
}
