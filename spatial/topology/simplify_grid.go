package topology

import (
	"math"

	"cloudgrid/spatial"
)

// pointGrid finds points in a box: they are sorted into about as many cells as
// there are points. Points outside its box are left out.
type pointGrid struct {
	box            spatial.Box
	cols, rows     int32
	perCol, perRow float64 // lattice steps to a cell
	start, items   []int32
	cursor         []int32
}

func (g *pointGrid) fill(box spatial.Box, pts []spatial.Point) {
	g.box = box
	w, h := float64(box.Max.X)-float64(box.Min.X)+1, float64(box.Max.Y)-float64(box.Min.Y)+1
	side := math.Sqrt(w * h / float64(max(len(pts)/2, 1)))
	g.cols, g.rows = int32(min(w/side+1, 2048)), int32(min(h/side+1, 2048))
	g.perCol, g.perRow = w/float64(g.cols), h/float64(g.rows)
	n := int(g.cols * g.rows)
	g.start = append(g.start[:0], make([]int32, n+1)...)
	total := 0
	for _, p := range pts {
		if box.Contains(p) {
			g.start[g.cell(p)]++
			total++
		}
	}
	sum := int32(0)
	for i, c := range g.start {
		g.start[i] = sum
		sum += c
	}
	g.cursor = append(g.cursor[:0], g.start...)
	if cap(g.items) < total {
		g.items = make([]int32, total*2)
	}
	g.items = g.items[:total]
	for i, p := range pts {
		if box.Contains(p) {
			c := g.cell(p)
			g.items[g.cursor[c]] = int32(i)
			g.cursor[c]++
		}
	}
}

func (g *pointGrid) col(x int32) int32 {
	return min(int32((float64(x)-float64(g.box.Min.X))/g.perCol), g.cols-1)
}

func (g *pointGrid) row(y int32) int32 {
	return min(int32((float64(y)-float64(g.box.Min.Y))/g.perRow), g.rows-1)
}

func (g *pointGrid) cell(p spatial.Point) int32 { return g.row(p.Y)*g.cols + g.col(p.X) }

// any tells whether is holds for a point in a cell that the box touches; the
// box must lie in the grid's.
func (g *pointGrid) any(b spatial.Box, is func(i int32) bool) bool {
	c0, c1 := g.col(b.Min.X), g.col(b.Max.X)
	for r := g.row(b.Min.Y); r <= g.row(b.Max.Y); r++ {
		for _, i := range g.items[g.start[r*g.cols+c0]:g.start[r*g.cols+c1+1]] {
			if is(i) {
				return true
			}
		}
	}
	return false
}
