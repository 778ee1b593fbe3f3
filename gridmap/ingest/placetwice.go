package ingest

import (
	"fmt"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// samePointM is how far apart two positions of one address may lie and still be
// the same: exports of one survey differ by their rounding, a door is as wide.
const samePointM = 5.0

// dropTwice keeps the first row of each place and tells of the others. A row
// that says the same again adds its aliases, and its point where the first has
// none; one that puts the same address elsewhere is left out, because a place
// stands at one point and the file does not say which is right.
func (p *Plan) dropTwice(in []placed) []placed {
	first := make(map[string]int, len(in))
	out := make([]placed, 0, len(in))
	for _, it := range in {
		key := placeKey(it.place)
		i, twice := first[key]
		if !twice {
			first[key] = len(out)
			out = append(out, it)
			continue
		}
		p.tellTwice(&out[i], it)
	}
	return out
}

func (p *Plan) tellTwice(one *placed, again placed) {
	rd := p.b.rd
	a, b := &one.place, again.place
	if a.Address != b.Address || a.Name != b.Name {
		rd.reject(KindSameCode, again.row.n, b.Code, rowAt(again.row), "编码 %s 与第 %d 行重复，地址却不同：「%s」、「%s」", b.Code, one.row.n, placeText(*a), placeText(b))
		return
	}
	rd.rep.Merged++
	text := fmt.Sprintf("第 %d 行与第 %d 行是同一个地址「%s」", again.row.n, one.row.n, placeText(*a))
	kind := KindTwice
	switch {
	case !b.HasPoint:
		text += "，只取一次"
	case !a.HasPoint:
		a.Point, a.HasPoint, a.AccuracyM = b.Point, true, b.AccuracyM
		text += "，前者没有坐标，用后者的"
	default:
		distanceM := measure.DistanceM(a.Point, b.Point)
		if distanceM <= samePointM {
			text += "，位置也相同，只取一次"
			break
		}
		kind = KindTwoPositions
		text += fmt.Sprintf("，位置却相距 %.0f m：取 %s（第 %d 行），不取 %s", distanceM, degrees(a.Point), one.row.n, degrees(b.Point))
	}
	if kind == KindTwice {
		for _, alias := range b.Aliases {
			if !slices.ContainsFunc(a.Aliases, func(o gridmap.Alias) bool { return o.Name == alias.Name }) {
				a.Aliases = append(a.Aliases, alias)
			}
		}
	}
	rd.rep.add(Finding{
		Kind: kind, Severity: Warning, Rows: []int{one.row.n, again.row.n}, Codes: codes(a.Code), Message: text, At: rowAt(again.row),
	})
}

func placeText(p gridmap.Place) string { return p.Address.String() + p.Name }

func degrees(p spatial.Point) string {
	lon, lat := p.LonLat()
	return fmt.Sprintf("%.7f,%.7f", lon, lat)
}
