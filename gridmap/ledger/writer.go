package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// batch is how many values are looked up and written at once: enough to hide
// the round trip to a database, few enough to hold in memory with their shapes.
const batch = 5000

// maxID is the largest id that every reader of JSON keeps exactly, less what
// vector tiles add to tell the things of a draft from those of the map.
const maxID = 1<<52 - 1

// Writer is the part of gridmap.Writer that is rules. A store embeds it.
type Writer struct {
	tables Tables
	seq    gridmap.Seq
	fresh  int64 // no id from here on was stored before this change set

	last map[any]int64 // by kind, the largest id that this change set asserted

	counties map[gridmap.County]bool // that grids lie in; nil until asked for
	recut    bool                    // what lies below some grid belongs to another county now
}

// NewWriter returns the Writer of the change set seq; fresh is the next id that
// the store would give.
func NewWriter(t Tables, seq gridmap.Seq, fresh int64) *Writer {
	return &Writer{tables: t, seq: seq, fresh: fresh, last: map[any]int64{}}
}

// assert checks, numbers and writes values in batches; refs complains about
// what a batch names and does not exist, claims its codes, and says where each
// value lies.
func assert[T any](ctx context.Context, w *Writer, k kind[T], t Table[T], values []T, refs func(context.Context, []T) ([]gridmap.County, error)) error {
	for part := range slices.Chunk(slices.Clone(values), batch) {
		ids, least, top := make([]int64, 0, len(part)), int64(maxID), int64(0)
		for i := range part {
			if err := k.check(&part[i]); err != nil {
				return err
			}
			if err := checkYears(*k.span(&part[i])); err != nil {
				return err
			}
			id := k.identity(&part[i])[0]
			if id > maxID {
				return gridmap.Errorf(gridmap.Invalid, "编号 %d 超过 %d，其他程序无法准确读写 (id too large)", id, maxID)
			}
			ids, least, top = append(ids, id), min(least, id), max(top, id)
		}
		places, err := refs(ctx, part)
		if err != nil {
			return err
		}
		if err := w.tables.Rest.KeepIDs(ctx, top); err != nil {
			return err
		}
		var believed []Row[T]
		if last := w.last[any((*T)(nil))]; least < w.fresh || least <= last { // others cannot be stored
			if believed, err = t.Believed(ctx, distinct(ids), earliest(k, part), true); err != nil {
				return err
			}
		}
		w.last[any((*T)(nil))] = max(w.last[any((*T)(nil))], top)
		h := newHistory(k, w.seq, believed)
		for i, v := range part {
			h.put(v, places[i])
		}
		if err := t.Write(ctx, h.change()); err != nil {
			return err
		}
	}
	return nil
}

// end ends things. When they have a name, one that was never believed is
// NotFound.
func end[T any](ctx context.Context, w *Writer, k kind[T], t Table[T], at time.Time, ids []int64, name string) error {
	at = Trim(at)
	for part := range slices.Chunk(distinct(ids), batch) {
		believed, err := t.Believed(ctx, part, at, true)
		if err != nil {
			return err
		}
		h := newHistory(k, w.seq, believed)
		for i := range believed {
			h.end(k.identity(&believed[i].Value), at)
		}
		if name != "" {
			if err := everBelieved(ctx, k, t, believed, part, name); err != nil {
				return err
			}
		}
		if err := t.Write(ctx, h.change()); err != nil {
			return err
		}
	}
	return nil
}

// everBelieved complains about the first of the ids, beside those of the rows, of
// which nothing is believed; what ended already may end again.
func everBelieved[T any](ctx context.Context, k kind[T], t Table[T], rows []Row[T], ids []int64, name string) error {
	ids = without(k, ids, rows)
	ended, err := t.Believed(ctx, ids, time.Time{}, false)
	if err != nil {
		return err
	}
	if never := without(k, ids, ended); len(never) > 0 {
		return gridmap.Errorf(gridmap.NotFound, "没有%s %d, 无法终止 (nothing to end)", name, never[0])
	}
	return nil
}

// PutGrids implements gridmap.Writer. Upper grids go first, whatever the order.
func (w *Writer) PutGrids(ctx context.Context, grids ...gridmap.Grid) error {
	grids = slices.Clone(grids)
	slices.SortStableFunc(grids, func(a, b gridmap.Grid) int { return cmp.Compare(a.Level, b.Level) })
	if err := assert(ctx, w, gridKind(), w.tables.Grids, grids, w.checkGridRefs); err != nil || !w.recut {
		return err
	}
	w.recut = false
	return w.tables.Rest.Settle(ctx)
}

// PutAtoms implements gridmap.Writer.
func (w *Writer) PutAtoms(ctx context.Context, atoms ...gridmap.Atom) error {
	return assert(ctx, w, atomKind(), w.tables.Atoms, atoms, w.checkAtomRefs)
}

// PutMemberships implements gridmap.Writer.
func (w *Writer) PutMemberships(ctx context.Context, members ...gridmap.Membership) error {
	if err := assert(ctx, w, memberKind(), w.tables.Members, members, w.checkMemberRefs); err != nil {
		return err
	}
	return inParts(members, func(m gridmap.Membership) int64 { return int64(m.Atom) }, func(ids []int64) error {
		return w.tables.Rest.SettleAtoms(ctx, ids)
	})
}

// PutPlaces implements gridmap.Writer.
func (w *Writer) PutPlaces(ctx context.Context, places ...gridmap.Place) error {
	here := make(map[int64]bool, len(places))
	for _, p := range places {
		here[int64(p.ID)] = true
	}
	return assert(ctx, w, placeKind(), w.tables.Places, places, func(ctx context.Context, part []gridmap.Place) ([]gridmap.County, error) {
		return w.checkPlaceRefs(ctx, part, here)
	})
}

// PutPersons implements gridmap.Writer.
func (w *Writer) PutPersons(ctx context.Context, persons ...gridmap.Person) error {
	return assert(ctx, w, personKind(), w.tables.Persons, persons, w.checkPersonRefs)
}

// PutPosts implements gridmap.Writer.
func (w *Writer) PutPosts(ctx context.Context, posts ...gridmap.Post) error {
	if err := assert(ctx, w, postKind(), w.tables.Posts, posts, w.checkPostRefs); err != nil {
		return err
	}
	return inParts(posts, func(p gridmap.Post) int64 { return int64(p.Person) }, func(ids []int64) error {
		return w.tables.Rest.SettlePersons(ctx, ids)
	})
}

// PutRecords implements gridmap.Writer.
func (w *Writer) PutRecords(ctx context.Context, records ...gridmap.Record) error {
	if err := assert(ctx, w, recordKind(), w.tables.Records, records, w.checkRecordRefs); err != nil {
		return err
	}
	return inParts(records, func(r gridmap.Record) int64 { return int64(r.Person) }, func(ids []int64) error {
		return w.tables.Rest.SettlePersons(ctx, ids)
	})
}

// EndGrids implements gridmap.Writer. It is Conflict while a child grid that
// does not end with it, or a membership, is believed at or after the time.
func (w *Writer) EndGrids(ctx context.Context, at time.Time, ids ...gridmap.GridID) error {
	at = Trim(at)
	child, err := w.tables.Rest.ChildAfter(ctx, int64s(ids), at)
	if err != nil {
		return err
	}
	if child != nil {
		return gridmap.Errorf(gridmap.Conflict, "网格 %d 之下还有网格 %s「%s」, 不能终止 (grid still has a child)", child.Parent, child.Code, child.Name)
	}
	member, err := w.tables.Rest.MemberAfter(ctx, int64s(ids), at)
	if err != nil {
		return err
	}
	if member != nil {
		return gridmap.Errorf(gridmap.Conflict, "网格 %d 仍有单元 %d, 不能终止 (grid still has an atom)", member.Grid, member.Atom)
	}
	return end(ctx, w, gridKind(), w.tables.Grids, at, int64s(ids), "网格")
}

// EndAtoms implements gridmap.Writer; memberships of the atoms end with them.
func (w *Writer) EndAtoms(ctx context.Context, at time.Time, ids ...gridmap.AtomID) error {
	if err := end(ctx, w, memberKind(), w.tables.Members, at, int64s(ids), ""); err != nil {
		return err
	}
	return end(ctx, w, atomKind(), w.tables.Atoms, at, int64s(ids), "单元")
}

// EndPlaces implements gridmap.Writer.
func (w *Writer) EndPlaces(ctx context.Context, at time.Time, ids ...gridmap.PlaceID) error {
	return end(ctx, w, placeKind(), w.tables.Places, at, int64s(ids), "地址")
}

// EndPersons implements gridmap.Writer.
func (w *Writer) EndPersons(ctx context.Context, at time.Time, ids ...gridmap.PersonID) error {
	return end(ctx, w, personKind(), w.tables.Persons, at, int64s(ids), "人员")
}

// EndPosts implements gridmap.Writer.
func (w *Writer) EndPosts(ctx context.Context, at time.Time, ids ...gridmap.PostID) error {
	return end(ctx, w, postKind(), w.tables.Posts, at, int64s(ids), "岗位")
}

// EndRecords implements gridmap.Writer.
func (w *Writer) EndRecords(ctx context.Context, at time.Time, ids ...gridmap.RecordID) error {
	return end(ctx, w, recordKind(), w.tables.Records, at, int64s(ids), "记录")
}

// inParts hands on the distinct ids of values, in batches; 0 is none.
func inParts[T any](values []T, id func(T) int64, do func([]int64) error) error {
	ids := make([]int64, len(values))
	for i, v := range values {
		ids[i] = id(v)
	}
	for part := range slices.Chunk(without0(distinct(ids)), batch) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

func int64s[ID ~int64](ids []ID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

// distinct returns the ids without repeats, sorted, so that a lookup walks
// its index in order.
func distinct(ids []int64) []int64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}
