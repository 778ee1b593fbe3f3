package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
)

// create makes a grid, with atoms that it takes from others.
func (e *edit) create(body *createBody) error {
	faces, err := e.faces(body.Atoms)
	if err != nil {
		return err
	}
	slices.Sort(body.Atoms)
	i, err := e.newGrid(body)
	if err != nil {
		return err
	}
	return e.take(faces, i)
}

// newGrid makes an empty grid and fills in what body leaves open.
func (e *edit) newGrid(body *createBody) (int32, error) {
	parent, level, err := e.placeFor(body.Parent)
	if err != nil {
		return none, err
	}
	if !body.Type.Valid() {
		return none, gridmap.Errorf(gridmap.Invalid, "网格类型 %q 未知 (unknown type)", body.Type)
	}
	if body.Code == "" {
		if body.Code, err = e.b.nextCode(parent, level); err != nil {
			return none, err
		}
	}
	if err := e.claimCode(body.Code, 0); err != nil {
		return none, err
	}
	if body.Name = strings.TrimSpace(body.Name); body.Name == "" {
		body.Name = e.b.nextName(parent, body.Code)
	}
	if err := cmp.Or(checkText("网格名称", body.Name, maxNameRunes), checkAttrs(body.Attrs)); err != nil {
		return none, err
	}
	id, err := e.newID()
	if err != nil {
		return none, err
	}
	e.fp.write(GridKey, id)
	e.fp.write(AttrsKey, id)
	return e.addGrid(&grid{
		id: gridmap.GridID(id), level: level, parent: parent, code: body.Code, name: body.Name,
		typ: body.Type, attrs: maps.Clone(body.Attrs), fresh: true,
	}), nil
}

// placeFor finds the grid below which a new one goes, and its level: that of
// the grids already there, else the next.
func (e *edit) placeFor(id gridmap.GridID) (parent int32, level int, err error) {
	if id == 0 {
		if e.b.inScope(none) || slices.ContainsFunc(e.b.base.grids, func(g *grid) bool { return g.level == 0 && e.b.base.scope[g.id] }) {
			return none, 0, nil
		}
		return none, 0, gridmap.Errorf(gridmap.Forbidden, "顶层网格不在本方案的范围内 (out of the plan's scope)")
	}
	if parent, err = e.living(id); err != nil {
		return none, 0, err
	}
	g := e.b.grids.at(parent)
	inScope := e.b.inScope(parent)
	level = g.level + 1
	for i, c := range g.children {
		inScope = inScope || e.b.inScope(c)
		if l := e.b.grids.at(c).level; i == 0 || l < level {
			level = l
		}
	}
	switch {
	case !inScope:
		return none, 0, e.locate(gridmap.Errorf(gridmap.Forbidden, "网格 %s 不在本方案的范围内 (out of the plan's scope)", g.title()), parent)
	case len(g.faces) > 0:
		return none, 0, e.locate(gridmap.Errorf(gridmap.Conflict, "网格 %s 自己有单元，不能在其下新建网格 (the parent owns atoms itself)", g.title()), parent)
	case level >= len(e.b.base.net.Levels):
		return none, 0, e.locate(gridmap.Errorf(gridmap.Invalid, "网格 %s 已是最末一级，其下不能再建网格 (no level below)", g.title()), parent)
	}
	return parent, level, e.open(parent)
}

// retire takes a grid out of use. Its atoms, if it has any, go to another.
func (e *edit) retire(body *retireBody) error {
	i, err := e.childless(body.Grid)
	if err != nil {
		return err
	}
	g := e.b.grids.at(i)
	switch {
	case body.To == body.Grid:
		return gridmap.Errorf(gridmap.Invalid, "网格 %s 不能把单元交给自己 (a grid cannot take over from itself)", g.title())
	case len(g.faces) > 0 && body.To == 0:
		return e.locate(gridmap.Errorf(gridmap.Conflict, "网格 %s 还有 %d 个单元，先调走或指定接收的网格 (the grid still has atoms)", g.title(), len(g.faces)), i)
	}
	if body.To != 0 {
		if err := e.absorb(i, body.To); err != nil {
			return err
		}
	}
	e.retireGrid(i)
	return nil
}

func (e *edit) retireGrid(i int32) {
	g := e.b.grids.at(i)
	e.fp.write(GridKey, int64(g.id))
	e.fp.code(g.code)
	e.drop(i)
}

// absorb gives all atoms of a grid to another.
func (e *edit) absorb(i int32, into gridmap.GridID) error {
	to, err := e.leaf(into)
	if err != nil {
		return err
	}
	faces := slices.Clone(e.b.grids.at(i).faces)
	for _, f := range faces {
		if _, err := e.free(e.b.atom(f).id); err != nil {
			return err
		}
	}
	return e.take(faces, to)
}

// merge makes one grid of several. The one with most households keeps its
// identity (then the larger, then the lower id), unless Keep says that Into
// does.
func (e *edit) merge(body *mergeBody) error {
	all := []gridmap.GridID{}
	for _, id := range append([]gridmap.GridID{body.Into}, body.Grids...) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if len(all) < 2 {
		return gridmap.Errorf(gridmap.Invalid, "合并至少要两个不同的网格 (nothing to merge)")
	}
	index := make([]int32, len(all))
	for k, id := range all {
		i, err := e.leaf(id)
		if err != nil {
			return err
		}
		index[k] = i
	}
	if !body.Keep {
		slices.SortFunc(index, func(a, b int32) int { return e.b.compareHeirs(a, b) })
	}
	body.Into, body.Keep, body.Grids = e.b.grids.at(index[0]).id, true, nil
	for _, i := range index[1:] {
		body.Grids = append(body.Grids, e.b.grids.at(i).id)
		if err := e.absorb(i, body.Into); err != nil {
			return err
		}
		e.retireGrid(i)
	}
	slices.Sort(body.Grids)
	return nil
}

// compareHeirs puts the grid that is to keep its identity first: that with
// most households, then the larger, then an old one, then the lower id.
func (b *Board) compareHeirs(i, j int32) int {
	x, y := b.grids.at(i), b.grids.at(j)
	return cmp.Or(
		cmp.Compare(b.householdsOf(&y.sums), b.householdsOf(&x.sums)),
		cmp.Compare(y.areaCM2, x.areaCM2),
		cmp.Compare(btoi(x.fresh), btoi(y.fresh)),
		cmp.Compare(abs(x.id), abs(y.id)),
	)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func abs(id gridmap.GridID) gridmap.GridID { return max(id, -id) }

// setAttrs changes what a grid is called and is.
func (e *edit) setAttrs(body *attrsBody) error {
	i, err := e.changeable(body.Grid)
	if err != nil {
		return err
	}
	e.fp.write(AttrsKey, int64(body.Grid))
	g := e.grid(i)
	if body.Code != nil && *body.Code != g.code {
		if g.fresh { // a code that was never published is free again
			e.fp.code(g.code)
		}
		if err := e.claimCode(*body.Code, g.id); err != nil {
			return err
		}
		g.code = *body.Code
	}
	if body.Name != nil {
		if g.name = strings.TrimSpace(*body.Name); g.name == "" {
			return gridmap.Errorf(gridmap.Invalid, "网格 %s 的名称不能为空 (grid without a name)", g.code)
		}
		if err := checkText("网格名称", g.name, maxNameRunes); err != nil {
			return err
		}
	}
	if body.Type != nil {
		if !body.Type.Valid() {
			return gridmap.Errorf(gridmap.Invalid, "网格类型 %q 未知 (unknown type)", *body.Type)
		}
		g.typ = *body.Type
	}
	return e.setMap(g, body)
}

func (e *edit) setMap(g *grid, body *attrsBody) error {
	attrs := maps.Clone(g.attrs)
	if attrs == nil {
		attrs = map[string]string{}
	}
	for k, v := range body.Attrs {
		if attrs[k] = v; v == "" {
			delete(attrs, k)
		}
	}
	if body.Capacity != nil {
		if *body.Capacity < 0 {
			return gridmap.Errorf(gridmap.Invalid, "网格 %s 的人员配备 %d 为负数 (negative capacity)", g.title(), *body.Capacity)
		}
		if attrs[capacityAttr] = strconv.Itoa(*body.Capacity); *body.Capacity == 0 {
			delete(attrs, capacityAttr)
		}
	}
	g.attrs = attrs
	return checkAttrs(attrs)
}
