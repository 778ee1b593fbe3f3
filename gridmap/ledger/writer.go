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
}

// NewWriter returns the Writer of the change set seq.
func NewWriter(t Tables, seq gridmap.Seq) *Writer { return &Writer{tables: t, seq: seq} }

// assert checks, numbers and writes values in batches; refs complains about
// what a batch names and does not exist, and claims its codes.
func assert[T any](ctx context.Context, w *Writer, k kind[T], t Table[T], values []T, refs func(context.Context, []T) error) error {
	for part := range slices.Chunk(slices.Clone(values), batch) {
		ids, top := make([]int64, 0, len(part)), int64(0)
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
			ids, top = append(ids, id), max(top, id)
		}
		if err := refs(ctx, part); err != nil {
			return err
		}
		if err := w.tables.Rest.KeepIDs(ctx, top); err != nil {
			return err
		}
		believed, err := t.Believed(ctx, distinct(ids), true)
		if err != nil {
			return err
		}
		h := newHistory(k, w.seq, believed)
		for _, v := range part {
			h.put(v)
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
		believed, err := t.Believed(ctx, part, true)
		if err != nil {
			return err
		}
		h := newHistory(k, w.seq, believed)
		found := make(map[int64]bool, len(part))
		for _, r := range believed {
			id := k.identity(&r.Value)
			found[id[0]] = true
			h.end(id, at)
		}
		for _, id := range part {
			if name != "" && !found[id] {
				return gridmap.Errorf(gridmap.NotFound, "没有%s %d, 无法终止 (nothing to end)", name, id)
			}
		}
		if err := t.Write(ctx, h.change()); err != nil {
			return err
		}
	}
	return nil
}

// PutGrids implements gridmap.Writer. Upper grids go first, whatever the order.
func (w *Writer) PutGrids(ctx context.Context, grids ...gridmap.Grid) error {
	grids = slices.Clone(grids)
	slices.SortStableFunc(grids, func(a, b gridmap.Grid) int { return cmp.Compare(a.Level, b.Level) })
	return assert(ctx, w, gridKind(), w.tables.Grids, grids, w.checkGridRefs)
}

// PutAtoms implements gridmap.Writer.
func (w *Writer) PutAtoms(ctx context.Context, atoms ...gridmap.Atom) error {
	return assert(ctx, w, atomKind(), w.tables.Atoms, atoms, w.checkAtomRefs)
}

// PutMemberships implements gridmap.Writer.
func (w *Writer) PutMemberships(ctx context.Context, members ...gridmap.Membership) error {
	return assert(ctx, w, memberKind(), w.tables.Members, members, w.checkMemberRefs)
}

// PutPlaces implements gridmap.Writer.
func (w *Writer) PutPlaces(ctx context.Context, places ...gridmap.Place) error {
	here := make(map[int64]bool, len(places))
	for _, p := range places {
		here[int64(p.ID)] = true
	}
	return assert(ctx, w, placeKind(), w.tables.Places, places, func(ctx context.Context, part []gridmap.Place) error {
		return w.checkPlaceRefs(ctx, part, here)
	})
}

// PutPersons implements gridmap.Writer.
func (w *Writer) PutPersons(ctx context.Context, persons ...gridmap.Person) error {
	return assert(ctx, w, personKind(), w.tables.Persons, persons, w.checkPersonRefs)
}

// PutPosts implements gridmap.Writer.
func (w *Writer) PutPosts(ctx context.Context, posts ...gridmap.Post) error {
	return assert(ctx, w, postKind(), w.tables.Posts, posts, w.checkPostRefs)
}

// PutRecords implements gridmap.Writer.
func (w *Writer) PutRecords(ctx context.Context, records ...gridmap.Record) error {
	return assert(ctx, w, recordKind(), w.tables.Records, records, w.checkRecordRefs)
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
