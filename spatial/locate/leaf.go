package locate

import (
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// leaf writes a cell's pieces in the shortest form that fits.
func (b *builder) leaf(ps []piece, base topology.FaceID, box spatial.Box) uint32 {
	at := len(b.words)
	half := (box.Max.X - box.Min.X) / 2
	mid := spatial.Point{X: box.Min.X + half, Y: box.Min.Y + half}
	if len(ps) == 1 {
		if e, ok := b.one(ps[0], base, mid); ok {
			return e
		}
		b.words = b.words[:at]
	}
	if !b.many(ps, base, formNarrow, b.narrowPoint(mid)) {
		b.words = b.words[:at]
		b.many(ps, base, wideForm(ps, box), func(p spatial.Point) bool {
			b.words = append(b.words, uint32(p.X), uint32(p.Y))
			return true
		})
	}
	return uint32(at)<<tagBits | tagMany
}

// wideForm tells whether every point is within maxWide of the whole cell.
func wideForm(ps []piece, box spatial.Box) uint32 {
	for _, p := range ps {
		for _, q := range p.pts {
			all := box.Extend(q)
			if int64(all.Max.X)-int64(all.Min.X) > maxWide || int64(all.Max.Y)-int64(all.Min.Y) > maxWide {
				return formHuge
			}
		}
	}
	return formWide
}

// narrowPoint writes a point in cell coordinates and tells whether it fits.
func (b *builder) narrowPoint(mid spatial.Point) func(spatial.Point) bool {
	return func(p spatial.Point) bool {
		w, ok := packNarrow(int64(p.X)-int64(mid.X), int64(p.Y)-int64(mid.Y))
		b.words = append(b.words, w)
		return ok
	}
}

// one writes a cell with a single piece, unless something about it is too big.
func (b *builder) one(p piece, base topology.FaceID, mid spatial.Point) (entry uint32, ok bool) {
	at, n, step := len(b.words), len(p.pts), int(p.left-p.right)
	if step == 0 || int(base-p.right)%step != 0 { // no coverage: see New
		return 0, false
	}
	turns := int(base-p.right)/step + turnsZero
	if at > maxOneOff || n > maxOnePts || turns < 0 || turns > maxOneTurns {
		return 0, false
	}
	b.words = append(b.words, uint32(p.left), uint32(p.right))
	write := b.narrowPoint(mid)
	for _, q := range p.pts {
		if !write(q) {
			return 0, false
		}
	}
	return uint32(at)<<oneOffsetAt | uint32(n)<<onePointsAt | uint32(turns)<<oneTurnsAt | p.open<<oneOpenAt | tagOne, true
}

func (b *builder) many(ps []piece, base topology.FaceID, form uint32, write func(spatial.Point) bool) bool {
	b.words = append(b.words, uint32(base), uint32(len(ps))<<formBits|form)
	for _, p := range ps {
		b.words = append(b.words, uint32(p.left), uint32(p.right), uint32(len(p.pts))<<openBits|p.open)
		for _, q := range p.pts {
			if !write(q) {
				return false
			}
		}
	}
	return true
}
