package ogc

import (
	"math"
	"slices"
	"strconv"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/web/auth"
	"cloudgrid/web/ogc/cql2"
)

// property is a column of a collection, with the schema type that people see.
type property struct {
	name, title string
	typ         cql2.Type
	whole       bool // a number without fraction
}

// collection is one set of features of a snapshot.
type collection struct {
	id, title, about string
	geometry         string // "MultiPolygon", "Point"
	properties       []property
	size             int
	bounds           spatial.Box
	row              func(i int) feature
	find             func(id int64) (int, bool)
}

func (c *collection) schema() map[string]cql2.Type {
	m := map[string]cql2.Type{"geometry": cql2.Geometry}
	for _, p := range c.properties {
		m[p.name] = p.typ
	}
	return m
}

// feature is one row; it is a cql2.Feature.
type feature struct {
	id     int64
	value  func(name string) cql2.Value
	box    spatial.Box
	ground func() spatial.MultiPolygon // nil for a point
	point  spatial.Point
	placed bool // has a geometry
}

// Property implements cql2.Feature.
func (f feature) Property(name string) cql2.Value { return f.value(name) }

// Meets implements cql2.Feature.
func (f feature) Meets(s cql2.Shape) bool {
	switch {
	case !f.placed:
		return false
	case f.ground == nil:
		return s.MeetsPoint(f.point)
	}
	return s.Box().Intersects(f.box) && s.MeetsGround(f.ground())
}

func textOf(s string) cql2.Value { return cql2.Value{Known: true, Type: cql2.Text, Text: s} }

func numberOf(v float64) cql2.Value { return cql2.Value{Known: true, Type: cql2.Number, Number: v} }

// view is a snapshot as collections. What is costly in it is made once for each
// snapshot; within is the asker's.
type view struct {
	atlas  *atlas.Atlas
	within *auth.Reach           // where small counts are told
	faces  map[*atlas.Net][]face // by grid
	hidden func() [][]bool       // by kind of count and atom
}

// of is the view of somebody.
func (v *view) of(within *auth.Reach) *view {
	own := *v
	own.within = within
	return &own
}

// face is where a grid's ground is.
type face struct {
	topo *topology.Topology
	id   topology.FaceID
}

func newView(a *atlas.Atlas) *view {
	return &view{atlas: a, within: &auth.Reach{}, faces: map[*atlas.Net][]face{}, hidden: sync.OnceValue(func() [][]bool { return concealed(a) })}
}

// collections lists what there is: the grids and atoms of each network, and the
// places.
func (v *view) collections() []*collection {
	var all []*collection
	for _, n := range v.atlas.Nets() {
		suffix := ""
		if !n.Network.Main {
			suffix = "_" + n.Network.Code
		}
		all = append(all, v.grids(n, "grids"+suffix), v.atoms(n, "atoms"+suffix))
	}
	return append(all, v.places())
}

func (v *view) collection(id string) *collection {
	for _, c := range v.collections() {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (v *view) countProperties() []property {
	var all []property
	for _, key := range v.atlas.CountKeys() {
		all = append(all, property{name: key, title: key, typ: cql2.Number, whole: true})
	}
	return all
}

// count is the value of a count of a grid, null where it may not be told.
func (v *view) count(grid gridmap.GridID, counts []int64, name string) cql2.Value {
	k := slices.Index(v.atlas.CountKeys(), name)
	if k < 0 || export.TellPublic(counts[k]) == nil && !v.within.Grid(grid) {
		return cql2.Value{}
	}
	return numberOf(float64(counts[k]))
}

// atomCount is the value of a count of an atom in a grid, null where it may not
// be told.
func (v *view) atomCount(grid gridmap.GridID, atom int32, name string) cql2.Value {
	k := slices.Index(v.atlas.CountKeys(), name)
	if k < 0 || v.hidden()[k][atom] && !v.within.Grid(grid) {
		return cql2.Value{}
	}
	return numberOf(float64(v.atlas.AtomCounts(atom)[k]))
}

func (v *view) grids(n *atlas.Net, id string) *collection {
	c := &collection{
		id: id, title: n.Network.Name + "：网格 grids", about: "网格，各层级，以 level 区分 (grids of every level)", geometry: "MultiPolygon", bounds: n.Bounds(),
		properties: append([]property{
			{name: "code", title: "编码"},
			{name: "name", title: "名称"},
			{name: "type", title: "类型"},
			{name: "level", title: "层级", typ: cql2.Number, whole: true},
			{name: "level_name", title: "层级名称"},
			{name: "parent", title: "上级编码"},
			{name: "atoms", title: "单元数", typ: cql2.Number, whole: true},
			{name: "area_m2", title: "面积 m²", typ: cql2.Number},
		}, v.countProperties()...),
		size: len(n.Grids),
	}
	c.row = func(i int) feature { return v.gridRow(n, int32(i)) }
	c.find = func(id int64) (int, bool) {
		i := n.Index(gridmap.GridID(id))
		return int(i), i != atlas.None
	}
	return v.own(c, func(i int) bool { return !n.Foreign(int32(i)) })
}

// own leaves out what is foreign to the server's scope.
func (v *view) own(c *collection, keep func(int) bool) *collection {
	if v.atlas.Scope().Whole() {
		return c
	}
	var rows []int
	at := map[int]int{}
	for i := range c.size {
		if keep(i) {
			at[i] = len(rows)
			rows = append(rows, i)
		}
	}
	row, find := c.row, c.find
	c.size = len(rows)
	c.row = func(i int) feature { return row(rows[i]) }
	c.find = func(id int64) (int, bool) {
		i, ok := find(id)
		k, mine := at[i]
		return k, ok && mine
	}
	return c
}

func (v *view) gridRow(n *atlas.Net, i int32) feature {
	g := &n.Grids[i]
	return feature{
		id: int64(g.ID), box: g.Box, placed: !g.Box.Empty(),
		ground: func() spatial.MultiPolygon {
			f := v.facesOf(n)[i]
			if f.topo == nil {
				return nil
			}
			return f.topo.FacePolygon(f.id)
		},
		value: func(name string) cql2.Value {
			switch name {
			case "code":
				return textOf(g.Code)
			case "name":
				return textOf(g.Name)
			case "type":
				return textOf(string(export.TypeOf(g.Type)))
			case "level":
				return numberOf(float64(g.Level))
			case "level_name":
				return textOf(export.LevelName(n, g.Level))
			case "parent":
				if g.Parent == atlas.None {
					return cql2.Value{}
				}
				return textOf(n.Grids[g.Parent].Code)
			case "atoms":
				return numberOf(float64(g.Atoms))
			case "area_m2":
				return numberOf(math.Round(g.AreaM2))
			}
			return v.count(g.ID, g.Counts, name)
		},
	}
}

// facesOf finds the ground of every grid of a network, at its own level.
func (v *view) facesOf(n *atlas.Net) []face {
	if f, ok := v.faces[n]; ok {
		return f
	}
	faces := make([]face, len(n.Grids))
	for level := range max(len(n.Levels), 1) {
		t, grids := n.Layer(level)
		for f, g := range grids {
			if g != atlas.None && n.Grids[g].Level == level {
				faces[g] = face{t, topology.FaceID(f)}
			}
		}
	}
	v.faces[n] = faces
	return faces
}

func (v *view) atoms(n *atlas.Net, id string) *collection {
	t, atoms, owner := n.Ground()
	c := &collection{
		id: id, title: n.Network.Name + "：基本单元 atoms", about: "不再分割的基本单元 (what is never split)", geometry: "MultiPolygon", bounds: n.Bounds(),
		properties: append([]property{{name: "code", title: "编码"}, {name: "name", title: "名称"}, {name: "kind", title: "类别"}, {name: "grid", title: "所属网格编码"}}, v.countProperties()...),
		size:       len(atoms),
	}
	c.row = func(i int) feature {
		if atoms[i] == atlas.None {
			return feature{value: func(string) cql2.Value { return cql2.Value{} }}
		}
		a, f := v.atlas.Atom(atoms[i]), topology.FaceID(i)
		return feature{
			id: int64(a.ID), box: t.FaceBox(f), placed: !t.FaceBox(f).Empty(),
			ground: func() spatial.MultiPolygon { return t.FacePolygon(f) },
			value: func(name string) cql2.Value {
				switch name {
				case "code":
					return textOf(a.Code)
				case "name":
					return textOf(a.Name)
				case "kind":
					return textOf(a.Kind)
				case "grid":
					if owner[i] == atlas.None {
						return cql2.Value{}
					}
					return textOf(n.Grids[owner[i]].Code)
				}
				grid := gridmap.GridID(0)
				if owner[i] != atlas.None {
					grid = n.Grids[owner[i]].ID
				}
				return v.atomCount(grid, atoms[i], name)
			},
		}
	}
	c.find = func(id int64) (int, bool) {
		for i, a := range atoms {
			if a != atlas.None && int64(v.atlas.Atom(a).ID) == id {
				return i, true
			}
		}
		return 0, false
	}
	return v.own(c, func(i int) bool { return atoms[i] == atlas.None || !v.atlas.Atom(atoms[i]).Foreign })
}

func (v *view) places() *collection {
	places := v.atlas.Places()
	main := v.atlas.Main()
	bounds := spatial.EmptyBox()
	for i := range places {
		if places[i].HasPoint {
			bounds = bounds.Extend(places[i].Point)
		}
	}
	c := &collection{
		id: "places", title: "标准地址 places", about: "有坐标的标准地址 (addressable things)", geometry: "Point", bounds: bounds,
		properties: []property{{name: "code", title: "编码"}, {name: "name", title: "名称"}, {name: "kind", title: "类别"}, {name: "address", title: "地址"}, {name: "grid", title: "所属网格编码"}},
		size:       len(places),
	}
	c.row = func(i int) feature {
		p := &places[i]
		return feature{
			id: int64(p.ID), point: p.Point, placed: p.HasPoint, box: spatial.EmptyBox().Extend(p.Point),
			value: func(name string) cql2.Value {
				switch name {
				case "code":
					return textOf(p.Code)
				case "name":
					return textOf(p.Name)
				case "kind":
					return textOf(p.Kind)
				case "address":
					return textOf(p.Address.String())
				}
				if g := main.OfPlace(v.atlas, p); g != atlas.None {
					return textOf(main.Grids[g].Code)
				}
				return cql2.Value{}
			},
		}
	}
	c.find = func(id int64) (int, bool) {
		for i := range places {
			if int64(places[i].ID) == id {
				return i, true
			}
		}
		return 0, false
	}
	return c
}

// valueOf reads a value given in a query parameter.
func (p property) valueOf(text string) (cql2.Value, bool) {
	if p.typ == cql2.Number {
		v, err := strconv.ParseFloat(text, 64)
		return numberOf(v), err == nil
	}
	return textOf(text), true
}
