package ledger

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// Where rows lie (ARCHITECTURE.md, "Counties"): a grid in the county that its
// parent lies in or, where that is 0, the county that the parent's code names;
// what belongs to a grid lies with it; what says of no county lies in 0.

// newest returns the version of a grid with the latest validity.
func newest(versions []gridmap.Grid) (g gridmap.Grid) {
	for i, v := range versions {
		if i == 0 || !v.ValidFrom.Before(g.ValidFrom) {
			g = v
		}
	}
	return g
}

// below is the county that the children of a grid lie in.
func below(versions []gridmap.Grid, home gridmap.County) gridmap.County {
	if home != 0 || len(versions) == 0 {
		return home
	}
	return gridmap.CountyOf(newest(versions).Code)
}

// inner is where the children of each grid lie.
func inner(found known[gridmap.Grid], home homes) homes {
	in := make(homes, len(found))
	for id, versions := range found {
		in[id] = below(versions, home[id])
	}
	return in
}

// placeGrids says where grids lie. Those of the batch are in found already,
// upper ones first. All versions of a grid lie where its newest does; home and
// before are what was stored.
func (w *Writer) placeGrids(grids []gridmap.Grid, found known[gridmap.Grid], home, before homes) []gridmap.County {
	places := make([]gridmap.County, len(grids))
	for i, g := range grids {
		id := int64(g.ID)
		parent := int64(newest(found[id]).Parent)
		var c gridmap.County
		if parent != 0 {
			c = below(found[parent], home[parent])
		}
		was, stored := home[id]
		_, old := before[id]
		w.recut = w.recut || old && (stored && was != c || before[id] != below(found[id], c))
		home[id], places[i] = c, c
		if w.counties != nil {
			w.counties[c] = true
		}
	}
	return places
}

// guess is the county that a code begins with, where grids lie in that county:
// six digits can also be a date.
func (w *Writer) guess(ctx context.Context, code string) (gridmap.County, error) {
	c := gridmap.CountyOf(code)
	if c == 0 {
		return 0, nil
	}
	if w.counties == nil {
		list, err := w.tables.Rest.Counties(ctx)
		if err != nil {
			return 0, err
		}
		w.counties = make(map[gridmap.County]bool, len(list))
		for _, known := range list {
			w.counties[known] = true
		}
	}
	if !w.counties[c] {
		return 0, nil
	}
	return c, nil
}

// placeOf says where a place lies: with its atom, with its parent, or where its
// code says.
func (w *Writer) placeOf(ctx context.Context, p gridmap.Place, atoms, parents homes) (gridmap.County, error) {
	if c := atoms[int64(p.Atom)]; c != 0 {
		return c, nil
	}
	if c := parents[int64(p.Parent)]; c != 0 {
		return c, nil
	}
	return w.guess(ctx, p.Code)
}

// stored says where those of the atoms lie that are stored.
func (w *Writer) stored(ctx context.Context, ids []int64, from time.Time) (homes, error) {
	rows, err := believedOf(ctx, w, w.tables.Atoms, atomKind(), ids, from)
	home := make(homes, len(rows))
	for _, r := range rows {
		home[int64(r.Value.ID)] = r.County
	}
	return home, err
}

// believedOf is lastOf those of the ids that may be stored.
func believedOf[T any](ctx context.Context, w *Writer, t Table[T], k kind[T], ids []int64, from time.Time) ([]Row[T], error) {
	var old []int64
	last := w.last[any((*T)(nil))]
	for _, id := range ids {
		if id < w.fresh || id <= last {
			old = append(old, id)
		}
	}
	if len(old) == 0 {
		return nil, nil
	}
	return lastOf(ctx, t, k, distinct(old), from)
}
