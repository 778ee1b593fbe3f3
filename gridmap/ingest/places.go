package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"cloudgrid/gridmap"
)

// placed is a row and the place that it becomes.
type placed struct {
	row   row
	place gridmap.Place
}

// planPlaces works out standard addresses. A place is found again by its code,
// or without one by its address and name.
func (p *Plan) planPlaces(ctx context.Context, s gridmap.Store) error {
	known, err := readPlaces(ctx, s)
	if err != nil {
		return err
	}
	places := p.dropTwice(p.readRows())
	p.lintPlaces(places)
	rep := p.b.rd.rep
	all := make([]gridmap.Place, len(places))
	for i, it := range places {
		all[i] = it.place
		if old, there := known[placeKey(it.place)]; there {
			all[i].ID = old.ID
		} else {
			all[i].ID = gridmap.PlaceID(p.writes.newID())
		}
	}
	linkParents(all, known)
	for _, pl := range all {
		old, there := known[placeKey(pl)]
		switch {
		case !there:
			rep.Created++
		case old.ValidAt(p.b.rd.o.ValidFrom) && samePlace(old, pl):
			rep.Unchanged++
			continue
		default:
			rep.Updated++
			p.replaces(old.Span)
		}
		p.writes.places = append(p.writes.places, pl)
	}
	outerFirst(p.writes.places)
	rep.Accepted = len(places)
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

// readRows reads the rows as places and tells what they have in common.
func (p *Plan) readRows() []placed {
	var places []placed
	var split []int
	for _, r := range p.b.rows {
		pl, ok := p.placeOf(r)
		if !ok {
			continue
		}
		if pl.Address.Number != r.fields["number"] && r.fields["number"] != "" {
			split = append(split, r.n)
		}
		places = append(places, placed{r, pl})
	}
	p.saySplit(split)
	p.sayOddKinds()
	return places
}

// placeOf reads a row as a place; false when the row was rejected.
func (p *Plan) placeOf(r row) (gridmap.Place, bool) {
	f, rd := r.fields, p.b.rd
	pl := gridmap.Place{
		Code: r.code, Name: r.name, Address: columnAddress(f),
		Point: r.point, HasPoint: r.hasPoint, Source: f["source"], Status: statusWord(f["status"]), Attrs: r.attrs,
		Span: gridmap.Span{ValidFrom: rd.o.ValidFrom},
	}
	if pl.Source == "" {
		pl.Source = rd.rep.File
	}
	var err error
	if pl.Aliases, err = aliasesOf(f, pl.Name); err == nil {
		pl.AccuracyM, err = accuracyOf(f["accuracy_m"])
	}
	if err != nil {
		rd.reject(KindBadValue, r.n, r.code, rowAt(r), "%v", err)
		return pl, false
	}
	splitNumber(&pl.Address)
	p.takeWhole(&pl, r, f["address"])
	if pl.Name == "" && pl.Address == (gridmap.Address{}) {
		rd.reject(KindNoCode, r.n, r.code, rowAt(r), "既没有名称也没有地址")
		return pl, false
	}
	pl.Kind = p.kindOf(r, pl)
	return pl, true
}

// accuracyOf reads metres; 0 is unknown.
func accuracyOf(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	m, err := strconv.ParseFloat(text, 64)
	if err != nil || !(m >= 0 && m <= 1e6) {
		return 0, fmt.Errorf("精度 %q 不是米数", text)
	}
	return m, nil
}

func samePlace(a, b gridmap.Place) bool {
	sameAlias := func(a, b gridmap.Alias) bool {
		return a.Name == b.Name && a.Kind == b.Kind && a.From.Equal(b.From) && a.To.Equal(b.To)
	}
	return a.Code == b.Code && a.Kind == b.Kind && a.Name == b.Name && a.Address == b.Address &&
		a.Point == b.Point && a.HasPoint == b.HasPoint && a.AccuracyM == b.AccuracyM && a.Parent == b.Parent && a.Source == b.Source &&
		a.Status == b.Status && slices.EqualFunc(a.Aliases, b.Aliases, sameAlias) && maps.Equal(a.Attrs, b.Attrs)
}
