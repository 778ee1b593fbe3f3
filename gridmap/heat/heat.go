// Package heat sums what was counted at points by cells of about equal size,
// for maps of where much happens. It decides nothing: responsibility is the
// grids' alone.
package heat

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Spot is so many of something at a point.
type Spot struct {
	At    spatial.Point
	Count int64
}

// Cells is a division of the globe into cells of one resolution.
type Cells interface {
	// Name says which division it is: "h3" or "hexagon".
	Name() string
	// At returns the cell that holds a point.
	At(p spatial.Point) uint64
	// ID is a cell's name among those of all resolutions.
	ID(cell uint64) string
	// Outline returns the corners of a cell, counter-clockwise, in degrees.
	Outline(cell uint64) [][2]float64
}

// Resolutions that can be asked for: from whole districts (edges of 3.7 km) to
// blocks (29 m). A finer cell would be a single building.
const (
	Coarsest = 6
	Finest   = 11
)

// Cell is the sum of what lies in a cell.
type Cell struct {
	Cell  uint64
	Count int64
}

// Sum adds spots up by cell, ordered by cell; cells without anything are left
// out.
func Sum(cells Cells, spots []Spot) []Cell {
	sums := map[uint64]int64{}
	for _, s := range spots {
		if s.Count > 0 {
			sums[cells.At(s.At)] += s.Count
		}
	}
	out := make([]Cell, 0, len(sums))
	for c, n := range sums {
		out = append(out, Cell{c, n})
	}
	slices.SortFunc(out, func(a, b Cell) int { return cmp.Compare(a.Cell, b.Cell) })
	return out
}

// Hidden is what is not shown of a map.
type Hidden struct {
	Cells int   // how many have less than k
	Count int64 // their sum; 0 where that would tell of one of them, or is itself under k
}

// Hide takes out the cells that count less than k. What is left tells nothing
// of a single one of them, as long as no total is told beside it.
func Hide(all []Cell, k int64) (shown []Cell, hidden Hidden) {
	for _, c := range all {
		if c.Count >= k {
			shown = append(shown, c)
			continue
		}
		hidden.Cells++
		hidden.Count += c.Count
	}
	if hidden.Cells < 2 || hidden.Count < k {
		hidden.Count = 0
	}
	return shown, hidden
}

// Classes is how many shades a map of heat has.
const Classes = 6

// Breaks returns the least count of each class but the first: quantiles, each
// above the one before, so there may be fewer where counts are alike.
func Breaks(cells []Cell) []int64 {
	counts := make([]int64, len(cells))
	for i, c := range cells {
		counts[i] = c.Count
	}
	slices.Sort(counts)
	breaks := []int64{}
	for k := 1; k < Classes && len(counts) > 0; k++ {
		b := counts[k*len(counts)/Classes]
		if last := append([]int64{counts[0]}, breaks...); b > last[len(last)-1] {
			breaks = append(breaks, b)
		}
	}
	return breaks
}

// ClassOf returns the class of a count: 0 … len(breaks).
func ClassOf(n int64, breaks []int64) int {
	i, found := slices.BinarySearch(breaks, n)
	if found {
		i++
	}
	return i
}

// New returns the cells of a resolution: H3 where the program was built with a
// C compiler, otherwise hexagons of the same mean area.
func New(resolution int) (Cells, error) {
	if resolution < Coarsest || resolution > Finest {
		return nil, gridmap.Errorf(gridmap.Invalid, "res=%d 应为 %d 至 %d (want a resolution from %d to %d)", resolution, Coarsest, Finest, Coarsest, Finest)
	}
	return newCells(resolution), nil
}
