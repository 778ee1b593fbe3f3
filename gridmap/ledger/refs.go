package ledger

import (
	"context"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// known are the versions that a batch may refer to, by id.
type known[T any] map[int64][]T

// homes are the counties that things lie in, by id.
type homes map[int64]gridmap.County

// lookUp returns what is believed of the ids after from, without shapes, and
// where it lies; all that ever was of those that ended before.
func lookUp[T any](ctx context.Context, t Table[T], k kind[T], ids []int64, from time.Time) (known[T], homes, error) {
	rows, err := lastOf(ctx, t, k, without0(distinct(ids)), from)
	if err != nil {
		return nil, nil, err
	}
	found, home := make(known[T], len(rows)), make(homes, len(rows))
	for _, r := range rows {
		id := k.identity(&r.Value)[0]
		found[id], home[id] = append(found[id], r.Value), r.County
	}
	return found, home, nil
}

// lastOf reads the believed versions of the ids after from, without shapes; all
// versions of those that have none. A thing that changes every day has thousands
// of earlier ones.
func lastOf[T any](ctx context.Context, t Table[T], k kind[T], ids []int64, from time.Time) ([]Row[T], error) {
	rows, err := t.Believed(ctx, ids, from, false)
	if err != nil || from.IsZero() {
		return rows, err
	}
	ended, err := t.Believed(ctx, without(k, ids, rows), time.Time{}, false)
	return append(rows, ended...), err
}

// without returns the ids that no row is of.
func without[T any](k kind[T], ids []int64, rows []Row[T]) (rest []int64) {
	there := make(map[int64]bool, len(rows))
	for i := range rows {
		there[k.identity(&rows[i].Value)[0]] = true
	}
	for _, id := range ids {
		if !there[id] {
			rest = append(rest, id)
		}
	}
	return rest
}

// earliest is when the first of the values begins to be valid; zero is since
// ever.
func earliest[T any](k kind[T], values []T) (from time.Time) {
	for i := range values {
		begin := k.span(&values[i]).ValidFrom
		if begin.IsZero() {
			return begin
		}
		if i == 0 || begin.Before(from) {
			from = begin
		}
	}
	return from
}

// gap returns the first moment of want at which none of the versions is valid.
func gap[T any](k kind[T], versions []T, want gridmap.Span) (at time.Time, missing bool) {
	spans := make([]gridmap.Span, len(versions))
	for i := range versions {
		spans[i] = *k.span(&versions[i])
	}
	slices.SortFunc(spans, func(a, b gridmap.Span) int { return a.ValidFrom.Compare(b.ValidFrom) })
	at = want.ValidFrom
	for _, s := range spans {
		if at.Before(s.ValidFrom) {
			return at, want.ValidTo.IsZero() || at.Before(want.ValidTo)
		}
		if s.ValidTo.IsZero() {
			return at, false
		}
		if at.Before(s.ValidTo) {
			at = s.ValidTo
		}
	}
	return at, want.ValidTo.IsZero() || at.Before(want.ValidTo)
}

func (w *Writer) checkGridRefs(ctx context.Context, grids []gridmap.Grid) ([]gridmap.County, error) {
	levels, err := w.levels(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, 2*len(grids))
	for _, g := range grids {
		if !levels[levelKey{g.Network, g.Level}] {
			return nil, gridmap.Errorf(gridmap.Invalid, "网格 %s: 网 %d 没有第 %d 层级 (the network has no such level)", g.Code, g.Network, g.Level)
		}
		ids = append(ids, int64(g.ID), int64(g.Parent))
	}
	found, home, err := lookUp(ctx, w.tables.Grids, gridKind(), ids, earliest(gridKind(), grids))
	if err != nil {
		return nil, err
	}
	before := inner(found, home)
	for _, g := range grids {
		if i := slices.IndexFunc(found[int64(g.ID)], func(o gridmap.Grid) bool { return o.Network != g.Network }); i >= 0 {
			return nil, gridmap.Errorf(gridmap.Invalid, "网格 %s (%d) 属于网 %d, 不能改到网 %d (a grid stays in its network)",
				g.Code, g.ID, found[int64(g.ID)][i].Network, g.Network)
		}
		found[int64(g.ID)] = append(found[int64(g.ID)], g)
	}
	for _, g := range grids {
		if err := checkParent(g, found[int64(g.Parent)]); err != nil {
			return nil, err
		}
	}
	claims := make(claims)
	for _, g := range grids {
		claims.add(CodeScope{"grid", int64(g.Network)}, g.Code, int64(g.ID))
	}
	return w.placeGrids(grids, found, home, before), w.claim(ctx, claims, "网格")
}

func checkParent(g gridmap.Grid, parents []gridmap.Grid) error {
	if g.Parent == 0 {
		return nil
	}
	if len(parents) == 0 {
		return gridmap.Errorf(gridmap.Invalid, "网格 %s 的上级 %d 不存在 (no such parent)", g.Code, g.Parent)
	}
	for _, p := range parents {
		if p.Network != g.Network || p.Level >= g.Level {
			return gridmap.Errorf(gridmap.Invalid, "网格 %s (第 %d 层级) 的上级 %s 在网 %d 第 %d 层级 (the parent is of another network, or not above)",
				g.Code, g.Level, p.Code, p.Network, p.Level)
		}
	}
	if at, missing := gap(gridKind(), parents, g.Span); missing {
		return gridmap.Errorf(gridmap.Invalid, "网格 %s 的上级 %s 在 %s 并不存在 (the parent is not there all the time)", g.Code, parents[0].Code, day(at))
	}
	return nil
}

func (w *Writer) checkAtomRefs(ctx context.Context, atoms []gridmap.Atom) ([]gridmap.County, error) {
	claims, ids := make(claims), make([]int64, len(atoms))
	for i, a := range atoms {
		claims.add(CodeScope{Kind: "atom"}, a.Code, int64(a.ID))
		ids[i] = int64(a.ID)
	}
	home, err := w.stored(ctx, ids, earliest(atomKind(), atoms))
	if err != nil {
		return nil, err
	}
	places := make([]gridmap.County, len(atoms))
	for i, a := range atoms {
		c, there := home[int64(a.ID)]
		if !there {
			if c, err = w.guess(ctx, a.Code); err != nil {
				return nil, err
			}
		}
		places[i] = c
	}
	return places, w.claim(ctx, claims, "单元")
}

func (w *Writer) checkMemberRefs(ctx context.Context, members []gridmap.Membership) ([]gridmap.County, error) {
	var atomIDs, gridIDs []int64
	for _, m := range members {
		atomIDs, gridIDs = append(atomIDs, int64(m.Atom)), append(gridIDs, int64(m.Grid))
	}
	from := earliest(memberKind(), members)
	atoms, _, err := lookUp(ctx, w.tables.Atoms, atomKind(), atomIDs, from)
	if err != nil {
		return nil, err
	}
	grids, home, err := lookUp(ctx, w.tables.Grids, gridKind(), gridIDs, from)
	if err != nil {
		return nil, err
	}
	places := make([]gridmap.County, len(members))
	for i, m := range members {
		places[i] = home[int64(m.Grid)]
		if err := checkMember(m, atoms[int64(m.Atom)], grids[int64(m.Grid)]); err != nil {
			return nil, err
		}
	}
	return places, nil
}

func checkMember(m gridmap.Membership, atoms []gridmap.Atom, grids []gridmap.Grid) error {
	switch {
	case len(atoms) == 0:
		return gridmap.Errorf(gridmap.Invalid, "单元 %d 不存在 (no such atom)", m.Atom)
	case len(grids) == 0:
		return gridmap.Errorf(gridmap.Invalid, "单元 %s 的网格 %d 不存在 (no such grid)", atoms[0].Code, m.Grid)
	case grids[0].Network != m.Network:
		return gridmap.Errorf(gridmap.Invalid, "单元 %s: 网格 %s 不在网 %d 中 (the grid is of another network)", atoms[0].Code, grids[0].Code, m.Network)
	}
	if at, missing := gap(atomKind(), atoms, m.Span); missing {
		return gridmap.Errorf(gridmap.Invalid, "单元 %s 在 %s 并不存在, 不能归属网格 %s (the atom is not there all the time)", atoms[0].Code, day(at), grids[0].Code)
	}
	if at, missing := gap(gridKind(), grids, m.Span); missing {
		return gridmap.Errorf(gridmap.Invalid, "网格 %s 在 %s 并不存在, 单元 %s 不能归属它 (the grid is not there all the time)", grids[0].Code, day(at), atoms[0].Code)
	}
	return nil
}

func (w *Writer) checkPlaceRefs(ctx context.Context, places []gridmap.Place, here map[int64]bool) ([]gridmap.County, error) {
	var atomIDs, parentIDs []int64
	claims := make(claims)
	for _, p := range places {
		atomIDs, parentIDs = append(atomIDs, int64(p.Atom)), append(parentIDs, int64(p.Parent))
		if p.Code != "" {
			claims.add(CodeScope{Kind: "place"}, p.Code, int64(p.ID))
		}
	}
	from := earliest(placeKind(), places)
	atoms, homeOfAtom, err := lookUp(ctx, w.tables.Atoms, atomKind(), atomIDs, from)
	if err != nil {
		return nil, err
	}
	parents, homeOfParent, err := lookUp(ctx, w.tables.Places, placeKind(), parentIDs, from)
	if err != nil {
		return nil, err
	}
	at := make([]gridmap.County, len(places))
	for i, p := range places {
		if at[i], err = w.placeOf(ctx, p, homeOfAtom, homeOfParent); err != nil {
			return nil, err
		}
		switch {
		case p.Atom != 0 && len(atoms[int64(p.Atom)]) == 0:
			return nil, gridmap.Errorf(gridmap.Invalid, "地址「%s%s」的单元 %d 不存在 (no such atom)", p.Address, p.Name, p.Atom)
		case p.Parent != 0 && !here[int64(p.Parent)] && len(parents[int64(p.Parent)]) == 0:
			return nil, gridmap.Errorf(gridmap.Invalid, "地址「%s%s」的上级 %d 不存在 (no such parent place)", p.Address, p.Name, p.Parent)
		}
	}
	return at, w.claim(ctx, claims, "地址")
}

func (w *Writer) checkPersonRefs(ctx context.Context, persons []gridmap.Person) ([]gridmap.County, error) {
	claims, ids := make(claims), make([]int64, len(persons))
	for i, p := range persons {
		ids[i] = int64(p.ID)
		if p.Code != "" {
			claims.add(CodeScope{Kind: "person"}, p.Code, int64(p.ID))
		}
	}
	rows, err := believedOf(ctx, w, w.tables.Persons, personKind(), ids, earliest(personKind(), persons))
	if err != nil {
		return nil, err
	}
	home, places := make(homes, len(rows)), make([]gridmap.County, len(persons))
	for _, r := range rows {
		home[int64(r.Value.ID)] = r.County
	}
	for i, id := range ids {
		places[i] = home[id] // a new one lies in 0 until a post says where
	}
	return places, w.claim(ctx, claims, "人员")
}

func (w *Writer) checkPostRefs(ctx context.Context, posts []gridmap.Post) ([]gridmap.County, error) {
	var gridIDs, personIDs []int64
	for _, p := range posts {
		gridIDs, personIDs = append(gridIDs, int64(p.Grid)), append(personIDs, int64(p.Person))
	}
	from := earliest(postKind(), posts)
	grids, home, err := lookUp(ctx, w.tables.Grids, gridKind(), gridIDs, from)
	if err != nil {
		return nil, err
	}
	persons, _, err := lookUp(ctx, w.tables.Persons, personKind(), personIDs, from)
	if err != nil {
		return nil, err
	}
	roles, err := w.tables.Rest.Roles(ctx)
	if err != nil {
		return nil, err
	}
	places := make([]gridmap.County, len(posts))
	for i, p := range posts {
		places[i] = home[int64(p.Grid)]
		switch {
		case len(grids[int64(p.Grid)]) == 0:
			return nil, gridmap.Errorf(gridmap.Invalid, "岗位 %d 的网格 %d 不存在 (no such grid)", p.ID, p.Grid)
		case p.Person != 0 && len(persons[int64(p.Person)]) == 0:
			return nil, gridmap.Errorf(gridmap.Invalid, "岗位 %d 的人员 %d 不存在 (no such person)", p.ID, p.Person)
		case !slices.ContainsFunc(roles, func(r gridmap.Role) bool { return r.Code == p.Role }):
			return nil, gridmap.Errorf(gridmap.Invalid, "岗位 %d 的角色 %q 未定义 (no such role)", p.ID, p.Role)
		}
	}
	return places, nil
}

type levelKey struct {
	network gridmap.NetworkID
	rank    int
}

func (w *Writer) levels(ctx context.Context) (map[levelKey]bool, error) {
	levels, err := w.tables.Rest.Levels(ctx)
	set := make(map[levelKey]bool, len(levels))
	for _, l := range levels {
		set[levelKey{l.Network, l.Rank}] = true
	}
	return set, err
}

func without0(sorted []int64) []int64 {
	if len(sorted) > 0 && sorted[0] == 0 {
		return sorted[1:]
	}
	return sorted
}

// day writes a moment for a planner; the zero time is the beginning.
func day(t time.Time) string {
	if t.IsZero() {
		return "最初 (the beginning)"
	}
	return t.Format(time.RFC3339)
}
