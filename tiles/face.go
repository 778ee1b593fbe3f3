package tiles

import "cloudgrid/spatial"

// faceAtCentre finds the face at the centre of a tile, or outside: the nearest
// arc to the west, as drawn at that zoom, has it on one of its sides. It is
// asked for tiles that no border touches.
func (g *Geometry) faceAtCentre(t Tile, maxZoom uint8) int32 {
	pl := newPlacer(t)
	need := needAt(t.Z, maxZoom)
	box := t.Box()
	mid := int64(ExtentAt(t.Z)) << fineBits / 2
	c := finePoint{mid, mid}
	face, nearest := int32(outside), int64(0)
	found := false
	west := spatial.Box{Min: spatial.Point{X: -spatial.MaxX, Y: box.Min.Y}, Max: box.Max}
	g.search(west, func(i int32) {
		a := g.arc(i)
		last := len(a.pts) - 1
		p := pl.place(a.pts[0])
		for k := 1; k <= last; k++ {
			if a.rank[k] < need && k != last {
				continue
			}
			q := pl.place(a.pts[k])
			if p.y > c.y != (q.y > c.y) && min(p.x, q.x) < c.x {
				x := p.x + int64(float64(c.y-p.y)/float64(q.y-p.y)*float64(q.x-p.x))
				if x <= c.x && (!found || x > nearest) {
					found, nearest = true, x
					face = a.left // of a line that runs down, y downward: its east is on its left
					if q.y < p.y {
						face = a.right
					}
				}
			}
			p = q
		}
	})
	return face
}
