// Package plan is how the map is redrawn: a plan is a log of small operations
// over a state of the map. A Board is what the map would be with them; Apply
// adds one. What a plan would do can be validated, compared with its base and
// written to a store. All of that is pure; the log itself, its undo and the
// service over a store are built on it.
package plan

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// none is the index of no grid.
const none int32 = -1

// Board is the state of a draft: one network's ground, which grid each atom
// belongs to, and the grids. It is immutable and safe for any number of
// readers; a board made by Apply shares with its predecessor what did not
// change.
//
// Atoms are the faces of the ground, in the same numbering; grids are numbered
// as in the snapshot, new ones behind. Outside they go by their identities:
// what a plan makes has negative ones (see NewID).
type Board struct {
	base     *base
	topo     *topology.Topology
	owner    pages[int32]             // by face: index of its grid, or none
	grids    pages[*grid]             // by index
	edited   map[int32]*atom          // atoms that differ from the base, or are new
	gridAt   map[gridmap.GridID]int32 // new grids only
	atomAt   map[gridmap.AtomID]int32 // new atoms only
	pins     map[int32]lock           // by face
	reshaped map[int32]bool           // faces of the base whose ground differs from it
	lazy     *lazy
}

// NewBoard returns the state of a network before anything is drafted. scope
// names the grids whose ground a plan may change, at any level; none is the
// whole network.
func NewBoard(a *atlas.Atlas, net *atlas.Net, scope []gridmap.GridID) (*Board, error) {
	bs, err := newBase(a, net, scope)
	if err != nil {
		return nil, err
	}
	b := &Board{base: bs, topo: bs.topo, lazy: &lazy{}}
	b.owner = newPages(bs.owner)
	b.grids = newPages(bs.grids)
	return b, nil
}

// With returns the board judged by other rules. It is the same draft.
func (b *Board) With(r Rules) *Board {
	c, bs := *b, *b.base
	bs.rules = r
	c.base, c.lazy = &bs, &lazy{}
	return &c
}

// Network is the network that the board is of.
func (b *Board) Network() gridmap.Network { return b.base.net.Network }

// Base is the snapshot that the draft is over.
func (b *Board) Base() (*atlas.Atlas, *atlas.Net) { return b.base.atlas, b.base.net }

// CountKeys names what atoms count, sorted.
func (b *Board) CountKeys() []string { return b.base.keys }

// Bounds is the box around the ground.
func (b *Board) Bounds() spatial.Box { return b.base.net.Bounds() }

// Ground returns the coverage of the atoms, the atom of each face and the grid
// that each belongs to; 0 is none.
func (b *Board) Ground() (t *topology.Topology, atoms []gridmap.AtomID, owner []gridmap.GridID) {
	atoms = make([]gridmap.AtomID, b.owner.len())
	owner = make([]gridmap.GridID, b.owner.len())
	for f := range b.owner.len() {
		atoms[f] = b.atom(f).id
		if g := b.owner.at(f); g != none {
			owner[f] = b.grids.at(g).id
		}
	}
	return b.topo, atoms, owner
}

// Owner returns the grid that an atom belongs to; false where there is no such
// atom, 0 where it belongs to none.
func (b *Board) Owner(id gridmap.AtomID) (gridmap.GridID, bool) {
	f, ok := b.face(id)
	if !ok {
		return 0, false
	}
	if g := b.owner.at(f); g != none {
		return b.grids.at(g).id, true
	}
	return 0, true
}

// AtomsOf returns the atoms of a grid, or of all grids below it, in the order
// of the ground.
func (b *Board) AtomsOf(id gridmap.GridID) []gridmap.AtomID {
	g := b.gridIndex(id)
	if g == none {
		return nil
	}
	faces := b.facesOf(g)
	out := make([]gridmap.AtomID, len(faces))
	for i, f := range faces {
		out[i] = b.atom(f).id
	}
	return out
}

// facesOf lists the faces of a grid and of all below it, ascending.
func (b *Board) facesOf(g int32) []int32 {
	n := b.grids.at(g)
	if len(n.children) == 0 {
		return n.faces
	}
	faces := slices.Clone(n.faces)
	for _, c := range n.children {
		faces = append(faces, b.facesOf(c)...)
	}
	slices.Sort(faces)
	return faces
}

// gridIndex finds a grid, retired ones too; none when there is none.
func (b *Board) gridIndex(id gridmap.GridID) int32 {
	if id < 0 {
		if i, ok := b.gridAt[id]; ok {
			return i
		}
		return none
	}
	return b.base.net.Index(id)
}

// face finds an atom.
func (b *Board) face(id gridmap.AtomID) (int32, bool) {
	if id < 0 {
		f, ok := b.atomAt[id]
		return f, ok
	}
	return slicesFind(b.base.faceOf, id)
}

type idFace struct {
	id   gridmap.AtomID
	face int32
}

func slicesFind(list []idFace, id gridmap.AtomID) (int32, bool) {
	i, ok := slices.BinarySearchFunc(list, id, func(e idFace, id gridmap.AtomID) int { return cmp.Compare(e.id, id) })
	if !ok {
		return none, false
	}
	return list[i].face, true
}

// atom returns what a face is.
func (b *Board) atom(f int32) *atom {
	if a, ok := b.edited[f]; ok {
		return a
	}
	return &b.base.atoms[f]
}

// chain calls fn with a grid and those above it, bottom up, until fn is false.
func (b *Board) chain(g int32, fn func(i int32, n *grid) bool) {
	for g != none {
		n := b.grids.at(g)
		if !fn(g, n) {
			return
		}
		g = n.parent
	}
}

// inScope tells whether the plan may change a grid.
func (b *Board) inScope(g int32) bool {
	if len(b.base.scope) == 0 {
		return true
	}
	in := false
	b.chain(g, func(_ int32, n *grid) bool {
		in = in || n.fresh || b.base.scope[n.id]
		return !in
	})
	return in
}
