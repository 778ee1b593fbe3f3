package ingest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"cloudgrid/gridmap"
)

// planPlaces works out standard addresses. A place is found again by its code,
// or without one by its address and name.
func (p *Plan) planPlaces(ctx context.Context, s gridmap.Store) error {
	known, err := readPlaces(ctx, s)
	if err != nil {
		return err
	}
	rd := p.b.rd
	first := map[string]int{}
	accepted := 0
	for _, r := range p.b.rows {
		pl, ok := p.placeOf(r)
		if !ok {
			continue
		}
		key := placeKey(pl)
		if n, twice := first[key]; twice {
			rd.reject(KindSameCode, r.n, r.code, rowAt(r), "地址「%s%s」与第 %d 行重复", pl.Address, pl.Name, n)
			continue
		}
		first[key] = r.n
		accepted++
		old, there := known[key]
		switch {
		case !there:
			pl.ID = gridmap.PlaceID(p.writes.newID())
			rd.rep.Created++
		case old.ValidAt(rd.o.ValidFrom) && samePlace(old, pl):
			rd.rep.Unchanged++
			continue
		default:
			pl.ID = old.ID
			rd.rep.Updated++
		}
		p.writes.places = append(p.writes.places, pl)
	}
	rd.rep.Accepted = accepted
	return nil
}

// readPlaces returns the newest version of each place by its key.
func readPlaces(ctx context.Context, s gridmap.Store) (map[string]gridmap.Place, error) {
	known := map[string]gridmap.Place{}
	if s == nil {
		return known, nil
	}
	return known, s.View(ctx, func(r gridmap.Reader) error {
		for pl, err := range r.Places(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			known[placeKey(pl)] = pl
		}
		return nil
	})
}

func placeKey(p gridmap.Place) string {
	if p.Code != "" {
		return "code:" + p.Code
	}
	return "at:" + p.Address.String() + "|" + p.Name
}

func (p *Plan) placeOf(r row) (gridmap.Place, bool) {
	f := r.fields
	pl := gridmap.Place{
		Code: r.code, Kind: cmp.Or(f["kind"], "door"), Name: r.name,
		Address: gridmap.Address{
			Province: f["province"], City: f["city"], District: f["district"], Town: f["town"], Community: f["community"],
			Road: f["road"], Section: f["section"], Lane: f["lane"], Alley: f["alley"], SubAlley: f["sub_alley"], Number: f["number"],
			Compound: f["compound"], Building: f["building"], Unit: f["unit"],
		},
		Point: r.point, HasPoint: r.hasPoint, Source: cmp.Or(f["source"], p.b.rd.rep.File), Status: f["status"], Attrs: r.attrs,
		Span: gridmap.Span{ValidFrom: p.b.rd.o.ValidFrom},
	}
	// An address in one piece is a name of the place: its own, or one more.
	if whole := f["address"]; whole != "" {
		if pl.Name == "" {
			pl.Name = whole
		} else {
			pl.Aliases = append(pl.Aliases, gridmap.Alias{Name: whole, Kind: "alias"})
		}
	}
	if a := f["alias"]; a != "" {
		pl.Aliases = append(pl.Aliases, gridmap.Alias{Name: a, Kind: "alias"})
	}
	if text := f["accuracy_m"]; text != "" {
		m, err := strconv.ParseFloat(text, 64)
		if err != nil || m < 0 || m > 1e6 {
			p.b.rd.reject(KindBadValue, r.n, r.code, rowAt(r), "精度 %q 不是米数", text)
			return pl, false
		}
		pl.AccuracyM = m
	}
	if pl.Name == "" && pl.Address == (gridmap.Address{}) {
		p.b.rd.reject(KindNoCode, r.n, r.code, rowAt(r), "既没有名称也没有地址")
		return pl, false
	}
	return pl, true
}

func samePlace(a, b gridmap.Place) bool {
	return a.Code == b.Code && a.Kind == b.Kind && a.Name == b.Name && a.Address == b.Address &&
		a.Point == b.Point && a.HasPoint == b.HasPoint && a.AccuracyM == b.AccuracyM && a.Source == b.Source &&
		a.Status == b.Status && slices.Equal(a.Aliases, b.Aliases) && maps.Equal(a.Attrs, b.Attrs)
}
