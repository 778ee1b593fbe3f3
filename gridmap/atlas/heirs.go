package atlas

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"cloudgrid/gridmap"
)

// Heir is a grid that took over a share of one that ended, from 0 to 1.
type Heir struct {
	Grid  gridmap.GridID
	Share float64
}

// Heirs returns the grids that took over one that a plan ended, the largest share
// first; none where the map knows of none. They may have ended since.
func (a *Atlas) Heirs(id gridmap.GridID) []Heir { return a.heirs[id].Heirs }

// Successors returns the grids of the snapshot that the ground of one that ended
// came to, also by way of others that ended since; the nearest first, then the
// largest share. None for one that is there.
func (a *Atlas) Successors(id gridmap.GridID) (list []gridmap.GridID) {
	seen, open := map[gridmap.GridID]bool{id: true}, []gridmap.GridID{id}
	for len(open) > 0 {
		if n, _ := a.find(open[0]); n != nil {
			list, open = append(list, open[0]), open[1:]
			continue
		}
		heirs := a.Heirs(open[0])
		open = open[1:]
		for _, h := range heirs {
			if !seen[h.Grid] {
				seen[h.Grid] = true
				open = append(open, h.Grid)
			}
		}
	}
	if len(list) == 1 && list[0] == id {
		return nil
	}
	return list
}

// estate is what became of a grid in the edition that ended it.
type estate struct {
	Edition int64
	Heirs   []Heir
}

// estates are the ends of grids. Every publishing leaves records of lineage, most
// of them of grids that live on: a snapshot that kept those would grow with
// history, and so would each of the drafts that hold one.
type estates map[gridmap.GridID]estate

// departures finds, among records of lineage, those of grids that ended: those of
// which nothing stayed their own. What cannot be read counts for nothing.
type departures map[departure]*estate

type departure struct {
	from    gridmap.GridID
	edition int64
}

func (d departures) add(r gridmap.Record) {
	var body gridmap.LineageBody
	if json.Unmarshal(r.Body, &body) != nil {
		return
	}
	key := departure{r.Grid, body.Edition}
	known, ok := d[key]
	switch {
	case body.To == r.Grid:
		d[key] = nil
	case ok && known == nil: // it lives on
	case !ok:
		known = &estate{Edition: body.Edition}
		d[key] = known
		fallthrough
	default:
		if body.To != 0 {
			known.Heirs = append(known.Heirs, Heir{body.To, body.Share})
		}
	}
}

// over returns the estates with these newer ones.
func (d departures) over(old estates) estates {
	fresh := estates{}
	for key, e := range d {
		if e == nil || len(e.Heirs) == 0 {
			continue
		}
		if had, ok := fresh[key.from]; ok && had.Edition > e.Edition {
			continue
		}
		slices.SortFunc(e.Heirs, func(x, y Heir) int {
			return cmp.Or(cmp.Compare(y.Share, x.Share), cmp.Compare(x.Grid, y.Grid))
		})
		fresh[key.from] = *e
	}
	if len(fresh) == 0 {
		return old
	}
	all := maps.Clone(old)
	if all == nil {
		all = estates{}
	}
	for id, e := range fresh {
		if had, ok := all[id]; !ok || had.Edition < e.Edition {
			all[id] = e
		}
	}
	return all
}
