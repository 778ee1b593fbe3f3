package locate

import (
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// run is a stretch of a line: the segments from point first to point last.
type run struct {
	line        uint32 // index of the line
	first, last uint32 // indices of points, first < last
}

// stretch is a run without its end, which is where the line leaves the tile: an
// index keeps one for each arc of a tile.
type stretch struct{ line, first uint32 }

// points returns the stretch of a line that touches the closed square.
func (s stretch) points(line []spatial.Point, cell spatial.Box) []spatial.Point {
	last := s.first + 1
	for int(last+1) < len(line) && meets(cell, line[last], line[last+1]) {
		last++
	}
	return line[s.first : last+1]
}

// meets tells whether the closed square and the segment share a point.
func meets(b spatial.Box, p, q spatial.Point) bool {
	return b.Intersects(spatial.EmptyBox().Extend(p).Extend(q)) && touches(b, p, q)
}

// firsts keeps where the runs begin.
func firsts(runs []run) []stretch {
	if len(runs) == 0 {
		return nil
	}
	out := make([]stretch, len(runs))
	for i, r := range runs {
		out[i] = stretch{r.line, r.first}
	}
	return out
}

// frame is a grid of side × height cells, each 1<<shift steps wide, from a
// south-west corner. Cells are closed squares: neighbours share their edges.
type frame struct {
	sw            spatial.Point
	shift         uint32
	width, height int64
}

// box returns the closed square of a cell.
func (f frame) box(i, j int64) spatial.Box {
	x, y := int64(f.sw.X)+i<<f.shift, int64(f.sw.Y)+j<<f.shift
	return spatial.Box{
		Min: spatial.Point{X: int32(x), Y: int32(y)},
		Max: spatial.Point{X: int32(x + 1<<f.shift), Y: int32(y + 1<<f.shift)},
	}
}

// span returns the cells of one axis that the closed range lo…hi, counted from
// the grid's edge, touches: none if last < first. It tells whether the range
// fits one cell, within the grid or without.
func (f frame) span(lo, hi, n int64) (first, last int64, single bool) {
	first, last = (lo-1)>>f.shift, hi>>f.shift
	return max(first, 0), min(last, n-1), first == last
}

// scatter appends the segments of a line to the lists of the cells that they
// touch, joining consecutive ones into runs.
func (f frame) scatter(lists [][]run, line uint32, pts []spatial.Point, first uint32) {
	for k := 1; k < len(pts); k++ {
		f.eachCell(pts[k-1], pts[k], func(c int64) {
			at := first + uint32(k) - 1
			l := lists[c]
			if n := len(l); n > 0 && l[n-1].line == line && l[n-1].last == at {
				l[n-1].last++
				return
			}
			lists[c] = append(l, run{line, at, at + 1})
		})
	}
}

// eachCell calls visit with the index of every cell whose closed square the
// segment touches, and of no other: a cell with a single piece relies on it.
func (f frame) eachCell(a, b spatial.Point, visit func(c int64)) {
	ax, ay := int64(a.X)-int64(f.sw.X), int64(a.Y)-int64(f.sw.Y)
	bx, by := int64(b.X)-int64(f.sw.X), int64(b.Y)-int64(f.sw.Y)
	i0, i1, oneColumn := f.span(min(ax, bx), max(ax, bx), f.width)
	j0, j1, oneRow := f.span(min(ay, by), max(ay, by), f.height)
	exact := !oneColumn && !oneRow && ay != by
	for j := j0; j <= j1; j++ {
		from, to := i0, i1
		if exact && i1-i0 > 3 {
			from, to = f.rowSpan(ax, ay, bx, by, j, i0, i1)
		}
		for i := from; i <= to; i++ {
			if !exact || touches(f.box(i, j), a, b) {
				visit(j*f.width + i)
			}
		}
	}
}

// rowSpan narrows i0…i1 to the cells of row j that a long segment may touch,
// with a cell to spare on both sides for the rounding.
func (f frame) rowSpan(ax, ay, bx, by, j, i0, i1 int64) (from, to int64) {
	slope := float64(bx-ax) / float64(by-ay)
	at := func(y int64) float64 { return float64(ax) + float64(y-ay)*slope }
	lo := max(min(ay, by), j<<f.shift)
	hi := min(max(ay, by), (j+1)<<f.shift)
	x1, x2 := at(lo), at(hi)
	from = int64(math.Floor(min(x1, x2)))>>f.shift - 1
	to = int64(math.Ceil(max(x1, x2)))>>f.shift + 1
	return max(from, i0), min(to, i1)
}

// touches tells whether the segment, whose own box touches the square, touches
// the square: its corners are not all strictly on one side.
func touches(b spatial.Box, p, q spatial.Point) bool {
	s := spatial.Orient(p, q, b.Min)
	return s == 0 || spatial.Orient(p, q, b.Max) != s ||
		spatial.Orient(p, q, spatial.Point{X: b.Min.X, Y: b.Max.Y}) != s ||
		spatial.Orient(p, q, spatial.Point{X: b.Max.X, Y: b.Min.Y}) != s
}

// piece is a stretch of border within a cell, on the way into its slab.
type piece struct {
	left, right topology.FaceID
	open        uint32
	pts         []spatial.Point
}

// pieceIn cuts a piece out of a border line for a cell.
func pieceIn(left, right topology.FaceID, pts []spatial.Point, cell spatial.Box) piece {
	p := piece{left: left, right: right, pts: pts}
	if eastOf(cell, pts[0]) {
		p.open |= startOpen
	}
	if eastOf(cell, pts[len(pts)-1]) {
		p.open |= endOpen
	}
	return p
}

func eastOf(cell spatial.Box, p spatial.Point) bool {
	return p.X > cell.Max.X && p.Y >= cell.Min.Y && p.Y <= cell.Max.Y
}

// crossings is the sum that wideFace adds to a cell's base, for a point of the
// closed cell.
func crossings(ps []piece, at spatial.Point) topology.FaceID {
	px, py := int64(at.X), int64(at.Y)
	var sum uint32
	for _, p := range ps {
		a := p.pts[0]
		above := a.Y > at.Y
		var n uint32
		if p.open&startOpen != 0 && !above {
			n--
		}
		for _, b := range p.pts[1:] {
			if bAbove := b.Y > at.Y; bAbove != above {
				n += crossing(bAbove, (int64(b.X)-int64(a.X))*(py-int64(a.Y)), (int64(b.Y)-int64(a.Y))*(px-int64(a.X)))
				above = bAbove
			}
			a = b
		}
		if p.open&endOpen != 0 && !above {
			n++
		}
		sum += n * uint32(p.left-p.right)
	}
	return topology.FaceID(int32(sum))
}
