// Package district turns a part of the map into a question for package
// rebalance, and its answer back into grids: the atoms below a community, a
// street or some chosen grids, what they weigh, and who touches whom. It is
// pure: it reads values, those of a snapshot or of a draft that exists nowhere
// else, and changes nothing.
package district

import (
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// None is the index of no grid.
const None int32 = -1

// Map is one network's ground and the grids that divide it.
type Map struct {
	Ground    *topology.Topology // face i is Atoms[i]
	Atoms     []Atom
	Owner     []int32   // by face: the grid that holds it, an index in Grids, or None
	CountKeys []string  // what is counted: "households", "persons" …
	Counts    [][]int64 // by face, in the order of CountKeys
	Grids     []Grid    // of all levels; parents before children
	Levels    int       // how many levels the network has
	Marks     []Mark    // what is known of the borders between atoms; may be empty
}

// Atom is what a face is.
type Atom struct {
	ID         gridmap.AtomID
	Code, Name string
}

// Grid is a node of the network's tree.
type Grid struct {
	ID         gridmap.GridID // 0 for a grid that a draft has just made
	Level      int
	Parent     int32 // index, or None
	Code, Name string
	Type       gridmap.GridType
}

// Mark says what kind of line two neighbouring atoms share.
type Mark struct {
	A, B     int32 // faces, in either order
	Barrier  bool  // trunk road, rail, water: no way across on foot
	Arterial bool  // a main road: a good place for a border
}

// OfAtlas reads a network of a snapshot. It shares the snapshot's values.
func OfAtlas(n *atlas.Net, a *atlas.Atlas) Map {
	topo, atoms, owner := n.Ground()
	m := Map{Ground: topo, Owner: owner, CountKeys: a.CountKeys(), Levels: len(n.Levels)}
	for _, i := range atoms {
		at := a.Atom(i)
		m.Atoms = append(m.Atoms, Atom{ID: at.ID, Code: at.Code, Name: at.Name})
		m.Counts = append(m.Counts, a.AtomCounts(i))
	}
	for i := range n.Grids {
		g := &n.Grids[i]
		m.Grids = append(m.Grids, Grid{ID: g.ID, Level: g.Level, Parent: g.Parent, Code: g.Code, Name: g.Name, Type: g.Type})
	}
	return m
}

// Find returns the grid with a code or, where no code is so, with an id.
func (m *Map) Find(text string) (int32, error) {
	text = strings.TrimSpace(text)
	for i, g := range m.Grids {
		if g.Code == text {
			return int32(i), nil
		}
	}
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id != 0 {
		for i, g := range m.Grids {
			if g.ID == gridmap.GridID(id) {
				return int32(i), nil
			}
		}
	}
	return None, gridmap.Errorf(gridmap.NotFound, "没有编码或编号为 %q 的网格 (no grid with this code or id)", text)
}

// check complains about values that do not fit together.
func (m *Map) check() error {
	n := len(m.Atoms)
	if m.Ground == nil || m.Ground.NumFaces() != n || len(m.Owner) != n || len(m.Counts) != n {
		return gridmap.Errorf(gridmap.Internal, "底图与单元数目不符 (%d atoms, %d owners, %d counts do not fit the ground)", n, len(m.Owner), len(m.Counts))
	}
	for i, g := range m.Grids {
		if g.Parent >= int32(i) || g.Parent < None {
			return gridmap.Errorf(gridmap.Internal, "网格 %s 排在其上级之前 (grid before its parent)", g.Code)
		}
	}
	for f, g := range m.Owner {
		if g < None || int(g) >= len(m.Grids) || len(m.Counts[f]) < len(m.CountKeys) {
			return gridmap.Errorf(gridmap.Internal, "单元 %s 的归属或计数不完整 (atom with a bad owner or counts)", m.Atoms[f].Code)
		}
	}
	for _, k := range m.Marks {
		if min(k.A, k.B) < 0 || int(max(k.A, k.B)) >= n {
			return gridmap.Errorf(gridmap.Internal, "边界标注指向不存在的单元 (a mark names no atom)")
		}
	}
	return nil
}

// keyIndex finds a count key.
func (m *Map) keyIndex(key string) (int, error) {
	for i, k := range m.CountKeys {
		if k == key {
			return i, nil
		}
	}
	return 0, gridmap.Errorf(gridmap.Invalid, "单元没有计数 %q，现有：%s (no such count)", key, strings.Join(m.CountKeys, ", "))
}

// centre is the middle of a box.
func centre(b spatial.Box) spatial.Point {
	return spatial.Point{
		X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2),
		Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2),
	}
}
