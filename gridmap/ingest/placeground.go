package ingest

import (
	"fmt"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// Points this near to the border of their community are no more than noted: a
// position by phone is 7 to 13 m off, and offices draw borders differently.
const nearBorderM = 20.0

// farOutsideM is how far the distance to the stated community is measured.
const farOutsideM = 5000.0

// findOutside tells which points lie outside the community that their address
// states, as far as the store has grids of that name.
func (p *Plan) findOutside(places []placed) {
	stated := map[string]bool{}
	for i := range places {
		if c := places[i].place.Address.Community; c != "" && places[i].place.HasPoint {
			stated[address.Normalize(c)] = true
		}
	}
	ground := p.ex.named(stated)
	if len(ground) == 0 {
		return
	}
	for i := range places {
		pl := &places[i].place
		if !pl.HasPoint || pl.Address.Community == "" {
			continue
		}
		if where, outside := outsideOf(ground, address.Normalize(pl.Address.Community), pl.Point); outside {
			p.tellOutside(places[i], where)
		}
	}
}

// whereabouts of a point outside its community.
type whereabouts struct {
	distanceM float64 // to the community; over farOutsideM when it is farther
	in        string  // the grid that has the point, as far as the file names it
}

func (p *Plan) tellOutside(it placed, where whereabouts) {
	f := Finding{
		Kind: KindOutsideCommunity, Severity: Warning, Rows: []int{it.row.n}, Codes: codes(it.row.code), At: lonLat(it.place.Point),
		Message: fmt.Sprintf("「%s」的坐标在所写的 %s 之外 %.1f m", placeText(it.place), it.place.Address.Community, where.distanceM),
	}
	if where.distanceM > farOutsideM {
		f.Message = fmt.Sprintf("「%s」的坐标在所写的 %s 之外 %.0f km 以上", placeText(it.place), it.place.Address.Community, farOutsideM/1000)
	}
	if where.in != "" {
		f.Message += "，落在 " + where.in
	}
	if where.distanceM <= nearBorderM {
		f.Severity = Note
	}
	p.b.rd.rep.add(f)
}

// level of named ground: grids of one level do not overlap, those of several
// may.
type namedLevel struct {
	ix   *locate.Index
	grid []gridmap.Grid               // by face
	of   map[string][]topology.FaceID // by name, as names are compared
}

// named indexes the ground of the grids of the given names, level by level.
func (ex *existing) named(names map[string]bool) []namedLevel {
	byLevel := map[int][]gridmap.Grid{}
	for _, l := range ex.levels {
		for _, g := range ex.atLevel(l.Rank) {
			if names[address.Normalize(g.Name)] {
				byLevel[l.Rank] = append(byLevel[l.Rank], g)
			}
		}
	}
	var out []namedLevel
	for _, l := range ex.levels {
		grids := byLevel[l.Rank]
		if len(grids) == 0 {
			continue
		}
		t, _ := topology.Build(ex.shapes(grids))
		n := namedLevel{ix: locate.New(t), grid: grids, of: map[string][]topology.FaceID{}}
		for i, g := range grids {
			name := address.Normalize(g.Name)
			n.of[name] = append(n.of[name], topology.FaceID(i))
		}
		out = append(out, n)
	}
	return out
}

// outsideOf tells whether grids of the name exist and none of them holds the
// point.
func outsideOf(ground []namedLevel, name string, at spatial.Point) (where whereabouts, outside bool) {
	where.distanceM = 2 * farOutsideM
	for _, l := range ground {
		faces := l.of[name]
		in := l.ix.Locate(at)
		if slices.Contains(faces, in) {
			return where, false
		}
		if len(faces) == 0 {
			continue
		}
		outside = true
		if in >= 0 {
			where.in = l.grid[in].Name
		}
		for _, n := range l.ix.Near(nil, at, farOutsideM) {
			if slices.Contains(faces, n.Face) {
				where.distanceM = min(where.distanceM, n.DistanceM)
			}
		}
	}
	return where, outside
}
