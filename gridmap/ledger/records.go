package ledger

import (
	"context"

	"cloudgrid/gridmap"
)

// recordCode begins the kind of a code that is the key of a record: keys are
// unique within the kind of the record.
const recordCode = "record:"

// recordRefs are what a batch of records is about.
type recordRefs struct {
	grids   known[gridmap.Grid]
	persons known[gridmap.Person]
	places  known[gridmap.Place]

	homeOfGrid, homeOfPlace homes
}

// home is where a record lies: with the grid or the place that it is about. One
// about a person alone concerns every county that the person works in.
func (refs recordRefs) home(r gridmap.Record) gridmap.County {
	if r.Grid != 0 {
		return refs.homeOfGrid[int64(r.Grid)]
	}
	return refs.homeOfPlace[int64(r.Place)]
}

func (w *Writer) checkRecordRefs(ctx context.Context, records []gridmap.Record) ([]gridmap.County, error) {
	refs, err := w.lookUpRecordRefs(ctx, records)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(records))
	for i, r := range records {
		ids[i] = int64(r.ID)
	}
	found, _, err := lookUp(ctx, w.tables.Records, recordKind(), ids, earliest(recordKind(), records))
	if err != nil {
		return nil, err
	}
	claims := make(claims)
	places := make([]gridmap.County, len(records))
	for i, r := range records {
		places[i] = refs.home(r)
		for _, o := range found[int64(r.ID)] {
			if o.Kind != r.Kind {
				return nil, gridmap.Errorf(gridmap.Invalid, "记录 %d 的类别是 %s, 不能改成 %s (a record keeps its kind)", r.ID, o.Kind, r.Kind)
			}
		}
		found[int64(r.ID)] = append(found[int64(r.ID)], r)
		if err := refs.check(r); err != nil {
			return nil, err
		}
		if r.Key != "" {
			claims.add(CodeScope{Kind: recordCode + string(r.Kind)}, r.Key, int64(r.ID))
		}
	}
	return places, w.claim(ctx, claims, "记录")
}

func (w *Writer) lookUpRecordRefs(ctx context.Context, records []gridmap.Record) (refs recordRefs, err error) {
	var grids, persons, places []int64
	for _, r := range records {
		grids, persons, places = append(grids, int64(r.Grid)), append(persons, int64(r.Person)), append(places, int64(r.Place))
	}
	from := earliest(recordKind(), records)
	if refs.grids, refs.homeOfGrid, err = lookUp(ctx, w.tables.Grids, gridKind(), grids, from); err != nil {
		return refs, err
	}
	if refs.persons, _, err = lookUp(ctx, w.tables.Persons, personKind(), persons, from); err != nil {
		return refs, err
	}
	refs.places, refs.homeOfPlace, err = lookUp(ctx, w.tables.Places, placeKind(), places, from)
	return refs, err
}

func (refs recordRefs) check(r gridmap.Record) error {
	switch {
	case r.Grid != 0 && len(refs.grids[int64(r.Grid)]) == 0:
		return gridmap.Errorf(gridmap.Invalid, "记录 %s %q 的网格 %d 不存在 (no such grid)", r.Kind, r.Key, r.Grid)
	case r.Person != 0 && len(refs.persons[int64(r.Person)]) == 0:
		return gridmap.Errorf(gridmap.Invalid, "记录 %s %q 的人员 %d 不存在 (no such person)", r.Kind, r.Key, r.Person)
	case r.Place != 0 && len(refs.places[int64(r.Place)]) == 0:
		return gridmap.Errorf(gridmap.Invalid, "记录 %s %q 的地址 %d 不存在 (no such place)", r.Kind, r.Key, r.Place)
	}
	return nil
}
