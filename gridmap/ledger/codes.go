package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// claims are the codes that a batch wants, by scope, with who wants them.
type claims map[CodeScope]map[string][]int64

func (c claims) add(s CodeScope, code string, id int64) {
	if c[s] == nil {
		c[s] = make(map[string][]int64)
	}
	if !slices.Contains(c[s][code], id) {
		c[s][code] = append(c[s][code], id)
	}
}

// claim gives the codes to their claimants for ever, or is Conflict where a
// code is another's. thing is the planner's word for the kind.
func (w *Writer) claim(ctx context.Context, c claims, thing string) error {
	for scope, wanted := range c {
		codes := make([]string, 0, len(wanted))
		for code := range wanted {
			codes = append(codes, code)
		}
		slices.Sort(codes) // the same order for the same batch
		owners, err := w.tables.Rest.Owners(ctx, scope, codes)
		if err != nil {
			return err
		}
		var fresh []string
		var ids []int64
		for _, code := range codes {
			owner, taken := owners[code]
			if !taken {
				owner = wanted[code][0]
				fresh, ids = append(fresh, code), append(ids, owner)
			}
			for _, id := range wanted[code] {
				if id != owner {
					return w.taken(ctx, scope, thing, code, owner, id)
				}
			}
		}
		if err := w.tables.Rest.Own(ctx, scope, fresh, ids); err != nil {
			return err
		}
	}
	return nil
}

// taken says whose the code is.
func (w *Writer) taken(ctx context.Context, s CodeScope, thing, code string, owner, id int64) error {
	who := fmt.Sprint(owner)
	if name := w.nameOf(ctx, s.Kind, owner); name != "" {
		who += "「" + name + "」"
	}
	return gridmap.Errorf(gridmap.Conflict, "编码 %s 已属于%s %s, 不能再给%s %d, 用过的编码永不再用 (code %s belongs to %s %d)",
		code, thing, who, thing, id, code, s.Kind, owner)
}

// nameOf is for a message: it is silent about what it cannot find.
func (w *Writer) nameOf(ctx context.Context, kind string, id int64) string {
	switch kind {
	case "grid":
		return nameIn(ctx, w.tables.Grids, id, func(g gridmap.Grid) string { return g.Name })
	case "atom":
		return nameIn(ctx, w.tables.Atoms, id, func(a gridmap.Atom) string { return a.Name })
	case "place":
		return nameIn(ctx, w.tables.Places, id, func(p gridmap.Place) string { return p.Address.String() + p.Name })
	case "person":
		return nameIn(ctx, w.tables.Persons, id, func(p gridmap.Person) string { return p.Name })
	}
	return ""
}

func nameIn[T any](ctx context.Context, t Table[T], id int64, name func(T) string) string {
	rows, err := t.Believed(ctx, []int64{id}, time.Time{}, false)
	if err != nil || len(rows) == 0 {
		return ""
	}
	return name(rows[len(rows)-1].Value)
}
