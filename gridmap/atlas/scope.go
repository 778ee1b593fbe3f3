package atlas

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// A snapshot of a scope holds the ground of its counties, what stands above
// counties, and a rim of foreign ground: the atoms of other counties within some
// 100 m of its own (gridmap.FringeDeg), with their grids. The rim makes borders and answers near
// them the same as in a snapshot of everything: a point on a county's border
// belongs to the same one grid in both. Nothing else is known of foreign
// grids, and nobody is told that they answer for something.

// Scope is what the snapshot holds; empty is everything.
func (a *Atlas) Scope() gridmap.Scope { return a.scope }

// Foreign tells whether a grid is another county's than the snapshot's; never
// in a snapshot of everything.
func (n *Net) Foreign(i int32) bool { return i != None && n.Grids[i].Foreign }

// Here is Elsewhere, naming the county where it is known, when the answer to a
// question about a point is not this snapshot's to give: the point is on
// foreign ground, or on none that a snapshot of a scope knows.
func (a *Atlas) Here(n *Net, p spatial.Point, ans *Answer) error {
	if a.scope.Whole() {
		return nil
	}
	leaf := None
	if ans.Atom != None {
		if f, ok := n.ground.faceOf(ans.Atom); ok {
			leaf = n.leafOf[f]
		}
	}
	if leaf != None && !n.Foreign(leaf) && !a.atoms[ans.Atom].Foreign {
		return nil
	}
	whose := a.abroad.at(p)
	if leaf != None {
		whose = n.countyName(leaf)
	}
	return a.elsewhere(whose, &p)
}

// ForeignAtom tells whether an atom is of another county's ground.
func (a *Atlas) ForeignAtom(id gridmap.AtomID) bool {
	i, known := a.atomIndex[id]
	return known && a.atoms[i].Foreign
}

// Partial tells whether a snapshot of a scope may hold only part of a grid's
// ground: of a foreign one, and of one that lies in no county.
func (a *Atlas) Partial(n *Net, i int32) bool {
	if a.scope.Whole() || i == None {
		return false
	}
	for up := i; up != None; up = n.Grids[up].Parent {
		if gridmap.CountyOf(n.Grids[up].Code) != 0 {
			return n.Grids[i].Foreign
		}
	}
	return true
}

// HereGrid is Elsewhere for a foreign grid.
func (a *Atlas) HereGrid(n *Net, i int32) error {
	if !n.Foreign(i) {
		return nil
	}
	return a.elsewhere(n.countyName(i), nil)
}

func (a *Atlas) elsewhere(whose string, p *spatial.Point) error {
	e := gridmap.Errorf(gridmap.Elsewhere, "不在本服务器的范围内：本服务器只服务 %s (out of this server's scope, %s)", a.scope, a.scope)
	if whose != "" {
		e = gridmap.Errorf(gridmap.Elsewhere, "不在本服务器的范围内：属于%s，本服务器只服务 %s，请改问服务该区县的服务器 (out of this server's scope, %s: ask the server of that county)", whose, a.scope, a.scope)
	}
	e.At = p
	return e
}

// countyName names the county of a foreign grid by the topmost grid above it
// whose code names one.
func (n *Net) countyName(i int32) string {
	for _, up := range n.Chain(nil, i) {
		if gridmap.CountyOf(n.Grids[up].Code) != 0 {
			return n.Grids[up].Name + "（" + strconv.Itoa(int(gridmap.CountyOf(n.Grids[up].Code))) + "）"
		}
	}
	return ""
}

// outline is another county, or a town of it, as it is drawn.
type outline struct {
	Name  string
	Shape spatial.MultiPolygon
}

// abroad finds the county of a point outside the scope, where outlines are kept.
type abroad struct {
	outlines []outline
	index    *locate.Index
}

func newAbroad(outlines []outline) *abroad {
	x := &abroad{outlines: outlines}
	if len(outlines) == 0 {
		return x
	}
	shapes := make([]spatial.MultiPolygon, len(outlines))
	for i, o := range outlines {
		shapes[i] = o.Shape
	}
	topo, _ := topology.Build(shapes)
	x.index = locate.New(topo)
	return x
}

// at names the county; "" where it is not known.
func (x *abroad) at(p spatial.Point) string {
	if x == nil || x.index == nil {
		return ""
	}
	f := x.index.Locate(p)
	if f == topology.Outside {
		return ""
	}
	return x.outlines[f].Name
}

// rim is what a load knows of the ground around its scope.
type rim struct {
	atoms    []gridmap.Atom // by id
	outlines []outline
}

// readRim reads the atoms next to the scope, their grids' names, and the
// memberships between them.
func (l *loader) readRim() error {
	if l.q.Scope.Whole() {
		return nil
	}
	q := l.q
	q.Fringe, q.From = true, time.Time{} // LastEnd knows of the scope only
	ids := []int64{}
	err := valid(l, l.r.Atoms(l.ctx, q), func(a *gridmap.Atom) gridmap.Span { return a.Span }, func(a gridmap.Atom) error {
		l.rim.atoms, ids = append(l.rim.atoms, a), append(ids, int64(a.ID))
		return nil
	})
	if err != nil {
		return err
	}
	// Atoms in several counties are read by all, their memberships are not.
	q = gridmap.Query{Known: l.q.Known, Scope: gridmap.Scope{{}}}
	err = valid(l, l.r.Atoms(l.ctx, q), func(a *gridmap.Atom) gridmap.Span { return a.Span }, func(a gridmap.Atom) error {
		ids = append(ids, int64(a.ID))
		return nil
	})
	if err != nil {
		return err
	}
	known := map[gridmap.NetworkID]map[gridmap.AtomID]bool{}
	for n, members := range l.members {
		known[n] = map[gridmap.AtomID]bool{}
		for _, m := range members {
			known[n][m.Atom] = true
		}
	}
	q = gridmap.Query{Known: l.q.Known, IDs: ids}
	return valid(l, l.r.Memberships(l.ctx, q), func(m *gridmap.Membership) gridmap.Span { return m.Span }, func(m gridmap.Membership) error {
		if !known[m.Network][m.Atom] {
			l.members[m.Network] = append(l.members[m.Network], m)
		}
		return nil
	})
}

// readRimGrids reads the grids of the rim, and those above them.
func (l *loader) readRimGrids() error {
	if l.q.Scope.Whole() {
		return nil
	}
	there := map[gridmap.GridID]bool{}
	var missing []int64
	want := func(id gridmap.GridID) {
		if id != 0 && !there[id] {
			there[id] = true
			missing = append(missing, int64(id))
		}
	}
	for _, grids := range l.grids {
		for _, g := range grids {
			there[g.ID] = true
		}
	}
	for _, grids := range l.grids { // one that is to move to this county has its parent in another until then
		for _, g := range grids {
			want(g.parentID)
		}
	}
	for _, members := range l.members {
		for _, m := range members {
			if _, on := l.a.atomIndex[m.Atom]; on {
				want(m.Grid)
			}
		}
	}
	for len(missing) > 0 {
		q := gridmap.Query{Known: l.q.Known, IDs: missing}
		missing = nil
		err := valid(l, l.r.Grids(l.ctx, q), func(g *gridmap.Grid) gridmap.Span { return g.Span }, func(g gridmap.Grid) error {
			row := gridOf(&g)
			row.Foreign = true
			l.grids[g.Network] = append(l.grids[g.Network], row)
			want(g.Parent)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// foreign tells whether a grid that the scope reads is the top of another county.
func foreign(s gridmap.Scope, g *gridmap.Grid) bool {
	c := gridmap.CountyOf(g.Code)
	return c != 0 && !s.Holds(c)
}

// noteAbroad keeps the outline of the top of another county.
func (l *loader) noteAbroad(g *gridmap.Grid) {
	if len(g.Shape) > 0 {
		l.rim.outlines = append(l.rim.outlines, outline{g.Name + "（" + strconv.Itoa(int(gridmap.CountyOf(g.Code))) + "）", g.Shape})
	}
}

// ashore leaves out the memberships that a scope reads only one end of.
func (l *loader) ashore() {
	if l.q.Scope.Whole() {
		return
	}
	for n, members := range l.members {
		there := map[gridmap.GridID]bool{}
		for _, g := range l.grids[n] {
			there[g.ID] = true
		}
		l.members[n] = slices.DeleteFunc(members, func(m gridmap.Membership) bool {
			_, on := l.a.atomIndex[m.Atom]
			return !on || !there[m.Grid]
		})
	}
}

// isRim tells whether an atom is of the rim.
func (l *loader) isRim(id gridmap.AtomID) bool {
	_, found := slices.BinarySearchFunc(l.rim.atoms, id, func(a gridmap.Atom, id gridmap.AtomID) int { return cmp.Compare(a.ID, id) })
	return found
}

// byAtom merges two sequences in the order of id.
func byAtom(rows iter.Seq2[gridmap.Atom, error], more []gridmap.Atom) iter.Seq2[gridmap.Atom, error] {
	if len(more) == 0 {
		return rows
	}
	return func(yield func(gridmap.Atom, error) bool) {
		for a, err := range rows {
			for err == nil && len(more) > 0 && more[0].ID < a.ID {
				if !yield(more[0], nil) {
					return
				}
				more = more[1:]
			}
			if !yield(a, err) {
				return
			}
		}
		for _, a := range more {
			if !yield(a, nil) {
				return
			}
		}
	}
}

// sameRim is errReload where the ground around the scope, or where things lie,
// changed since the old snapshot.
func (f *refresher) sameRim() error {
	if f.q.Scope.Whole() {
		return nil
	}
	if f.a.head.Settled > f.old.head.Seq {
		return errReload
	}
	q := gridmap.Query{Since: f.old.head.Seq, All: true, Scope: f.q.Scope, Fringe: true}
	for _, err := range f.r.Atoms(f.ctx, q) {
		return errors.Join(err, errReload)
	}
	return nil
}
