package ingest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/spatial"
)

// lintKinds are the findings of address.Lint as kinds of this report.
var lintKinds = map[string]string{
	"compound_is_area": KindCompoundIsArea, "compound_is_road": KindCompoundIsRoad, "compound_is_address": KindCompoundIsAddress,
	"bad_number": KindBadNumber, "duplicate": KindSameAddress, "alias_elsewhere": KindAliasElsewhere, "empty": KindUnmatchable,
}

// rowNumber is how address.Lint speaks of rows: by their order among those it
// was given.
var rowNumber = regexp.MustCompile(`第 (\d+) 行`)

// lintPlaces tells which places are probably wrong though each could be taken.
func (p *Plan) lintPlaces(places []placed) {
	p.b.rd.o.Progress("核对地址", 0, 0)
	found := address.Lint(func(yield func(address.Entry) bool) {
		for i := range places {
			if !yield(placeEntry(&places[i].place)) {
				return
			}
		}
	}, address.LintOptions{})
	for _, f := range found {
		kind, known := lintKinds[f.Code]
		if !known { // no_point is told once for all
			continue
		}
		it := &places[f.Row-1]
		number := it.place.Address.Number
		if kind == KindUnmatchable && number != "" {
			p.warn(KindNoRoad, it.row, "门牌「%s」没有道路，也没有小区，按地址找不到它", number)
			continue
		}
		p.warn(kind, it.row, "「%s」%s", shorten(placeText(it.place)), fileRows(f.Message, places))
	}
	p.sayNoPoint(places)
	p.findMirrored(places)
	p.findOutside(places)
}

// fileRows puts the row numbers of the file for those of the lint, and leaves
// out the row that the finding is about.
func fileRows(message string, places []placed) string {
	if _, rest, ok := strings.Cut(message, "："); ok {
		message = rest
	}
	return rowNumber.ReplaceAllStringFunc(message, func(s string) string {
		n, err := strconv.Atoi(rowNumber.FindStringSubmatch(s)[1])
		if err != nil || n < 1 || n > len(places) {
			return s
		}
		return fmt.Sprintf("第 %d 行", places[n-1].row.n)
	})
}

// placeEntry is a place as the address index will know it.
func placeEntry(p *gridmap.Place) address.Entry {
	a := p.Address
	e := address.Entry{
		Province: a.Province, City: a.City, District: a.District, Town: a.Town, Community: a.Community,
		Road: a.Road, Section: a.Section, Lane: a.Lane, Alley: a.Alley, SubAlley: a.SubAlley, Number: a.Number,
		Compound: a.Compound, Building: a.Building, Unit: a.Unit, Point: p.Point, HasPoint: p.HasPoint,
	}
	if e.Compound == "" {
		e.Compound = p.Name
	}
	for _, alias := range p.Aliases {
		e.Aliases = append(e.Aliases, alias.Name)
	}
	return e
}

func (p *Plan) sayNoPoint(places []placed) {
	var rows []int
	for i := range places {
		if !places[i].place.HasPoint {
			rows = append(rows, places[i].row.n)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.b.rd.rep.add(Finding{
		Kind: KindNoPoint, Severity: Note, Rows: rows[:min(len(rows), 20)],
		Message: fmt.Sprintf("%d 行没有坐标，按地址能找到，但不知道在哪个网格", len(rows)),
	})
}

// findMirrored tells of points that stand on the wrong side of the equator or
// of Greenwich: far from the file as they are, among it with a sign changed.
func (p *Plan) findMirrored(places []placed) {
	mid, ok := middle(p.b.rows)
	if !ok || !p.b.rd.crs.Geographic() {
		return
	}
	for i := range places {
		at := places[i].place.Point
		if !places[i].place.HasPoint || near(at, mid, farFromFile) {
			continue
		}
		for _, m := range []spatial.Point{{X: -at.X, Y: at.Y}, {X: at.X, Y: -at.Y}, {X: -at.X, Y: -at.Y}} {
			if near(m, mid, amongTheFile) {
				p.warn(KindMirrored, places[i].row, "坐标的正负号反了：%s 远离其他行，%s 就在其中", degrees(at), degrees(m))
				break
			}
		}
	}
}
