package ingest

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
)

// place puts the shape on the lattice.
func (rd *reader) place(r *row, g orb.Geometry) bool {
	areal := rd.o.As == Grids || rd.o.As == Atoms
	if g == nil || emptyShape(g) {
		if rd.o.As == Grids && rd.gridType(r) != gridmap.Waterborne || rd.o.As == Atoms {
			rd.reject(KindNoGeometry, r.n, r.code, nil, "没有图形")
			return false
		}
		return true
	}
	p := placer{crs: rd.crs}
	mid := onePoint(g)
	switch judge(rd.crs, mid) {
	case inPlace:
	case swapped:
		at := rd.turned(mid)
		if !rd.o.FixSwapped {
			rd.reject(KindSwapped, r.n, r.code, at, "经纬度（或横纵坐标）颠倒：%.6f, %.6f；改正文件，或用 --fix-swapped 调过来", mid[0], mid[1])
			return false
		}
		rd.rep.add(Finding{Kind: KindSwapped, Severity: Warning, Rows: []int{r.n}, Codes: codes(r.code), At: at, Message: "经纬度颠倒，已按 --fix-swapped 调过来"})
		p.turn = true
	case farAway:
		rd.far = append(rd.far, r.n)
	case nowhere:
		rd.reject(KindOffGlobe, r.n, r.code, nil, "坐标 %.6f, %.6f 不在地球上；坐标系 %s 对吗？", mid[0], mid[1], rd.crs.Name())
		return false
	}
	var err error
	if areal {
		return rd.polygons(r, p, g)
	}
	if r.point, err = p.point(mid); err != nil {
		rd.reject(KindOffGlobe, r.n, r.code, nil, "坐标 %.6f, %.6f 换算不了：%v", mid[0], mid[1], err)
		return false
	}
	r.hasPoint = true
	return true
}

func emptyShape(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return len(g) == 0
	case orb.MultiPolygon:
		return len(g) == 0
	case orb.Collection:
		return len(g) == 0
	case orb.MultiPoint:
		return len(g) == 0
	}
	return false
}

func (rd *reader) turned(p orb.Point) *LonLat {
	pt, err := placer{crs: rd.crs, turn: true}.point(p)
	if err != nil {
		return nil
	}
	return lonLat(pt)
}

func (rd *reader) polygons(r *row, p placer, g orb.Geometry) bool {
	shape, flaws, err := p.polygons(g)
	switch {
	case errors.Is(err, errNotPolygon):
		rd.reject(KindWrongGeometry, r.n, r.code, nil, "图形是 %s，不是面", g.GeoJSONType())
		return false
	case err != nil:
		rd.reject(KindOffGlobe, r.n, r.code, nil, "有坐标换算不了：%v", err)
		return false
	case len(shape) == 0:
		rd.reject(KindInvalidRing, r.n, r.code, flawAt(flaws), "图形没有面积（少于三个不同的点）")
		return false
	}
	rd.tellFlaws(r, flaws)
	r.shape = shape
	return true
}

func (rd *reader) tellFlaws(r *row, flaws []ringFlaw) {
	for _, f := range flaws {
		severity, msg := Warning, "有一圈边界少于三个不同的点，已去掉"
		switch f.kind {
		case KindUnclosedRing:
			msg = "有一圈边界没有闭合，已闭合"
		case KindTinyRing:
			severity, msg = Note, "有一圈边界小于 1 厘米，已去掉"
		}
		rd.rep.add(Finding{Kind: f.kind, Severity: severity, Rows: []int{r.n}, Codes: codes(r.code), At: lonLat(f.at), Message: msg})
	}
}

func flawAt(flaws []ringFlaw) *LonLat {
	if len(flaws) == 0 {
		return nil
	}
	return lonLat(flaws[0].at)
}

func rowAt(r row) *LonLat {
	switch {
	case r.hasPoint:
		return lonLat(r.point)
	case len(r.shape) > 0:
		return lonLat(r.shape[0][0][0])
	}
	return nil
}

// sayFar tells, once, how many rows lie outside the area of the system.
func (rd *reader) sayFar() {
	if len(rd.far) == 0 {
		return
	}
	rd.rep.add(Finding{
		Kind: KindFarAway, Severity: Warning, Rows: rd.far[:min(len(rd.far), 20)],
		Message: fmt.Sprintf("%d 行在坐标系 %s 的适用范围之外；坐标系对吗？", len(rd.far), rd.crs.Name()),
	})
}
