package ingest

import (
	"slices"

	"cloudgrid/spatial"
)

// Latitude and longitude that stand the wrong way round often still are
// positions on the globe, such as 41, -71 for -71, 41. They show by the rest of
// the file: far from it as they stand, among it when turned. Both distances are
// in degrees along each axis; a county spans one or two.
const (
	farFromFile   = 10
	amongTheFile  = 2
	leastForFiles = 5 // rows needed to speak of "the rest of the file"
)

// findSwapped rejects, or with FixSwapped turns round, rows that belong among
// the others only when their coordinates are turned.
func (rd *reader) findSwapped(rows []row) []row {
	mid, ok := middle(rows)
	if !ok || !rd.crs.Geographic() {
		return rows
	}
	return slices.DeleteFunc(rows, func(r row) bool {
		p, ok := r.somewhere()
		if !ok || near(p, mid, farFromFile) || !near(spatial.Point{X: p.Y, Y: p.X}, mid, amongTheFile) {
			return false
		}
		lon, lat := p.LonLat()
		at := &LonLat{lat, lon}
		if rd.o.FixSwapped && r.turn() {
			rd.rep.add(Finding{Kind: KindSwapped, Severity: Warning, Rows: []int{r.n}, Codes: codes(r.code), At: at, Message: "经纬度颠倒，已按 --fix-swapped 调过来"})
			return false
		}
		rd.reject(KindSwapped, r.n, r.code, at, "经纬度颠倒：%.6f, %.6f 远离其他行，调过来就在其中；改正文件，或用 --fix-swapped", lon, lat)
		return true
	})
}

// middle is the median position of the rows, axis by axis.
func middle(rows []row) (spatial.Point, bool) {
	var xs, ys []int32
	for i := range rows {
		if p, ok := rows[i].somewhere(); ok {
			xs, ys = append(xs, p.X), append(ys, p.Y)
		}
	}
	if len(xs) < leastForFiles {
		return spatial.Point{}, false
	}
	slices.Sort(xs)
	slices.Sort(ys)
	return spatial.Point{X: xs[len(xs)/2], Y: ys[len(ys)/2]}, true
}

func near(p, q spatial.Point, degrees float64) bool {
	d := int64(degrees * spatial.Scale)
	dx, dy := int64(p.X)-int64(q.X), int64(p.Y)-int64(q.Y)
	return dx <= d && dx >= -d && dy <= d && dy >= -d
}

// somewhere is a position of the row.
func (r *row) somewhere() (spatial.Point, bool) {
	switch {
	case r.hasPoint:
		return r.point, true
	case len(r.shape) > 0:
		return r.shape[0][0][0], true
	}
	return spatial.Point{}, false
}

// turn changes longitude and latitude in place; false when that leaves the
// globe.
func (r *row) turn() bool {
	ok := true
	flip := func(p *spatial.Point) {
		p.X, p.Y = p.Y, p.X
		ok = ok && p.Y <= spatial.MaxY && p.Y >= -spatial.MaxY
	}
	if r.hasPoint {
		flip(&r.point)
	}
	for _, poly := range r.shape {
		for _, ring := range poly {
			for i := range ring {
				flip(&ring[i])
			}
		}
	}
	return ok
}
