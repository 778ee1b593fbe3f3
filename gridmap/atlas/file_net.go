package atlas

import (
	"errors"
	"fmt"

	"cloudgrid/gridmap"
)

// readNet is a network on its way from the file.
type readNet struct {
	filed filedNet
	net   *Net
	leaf  *layer
}

// read reads what the network says of itself.
func (x *readNet) read(s *sections, i int) error {
	p := &x.filed
	if err := s.part(s.netSection(i), p); err != nil {
		return err
	}
	count := len(p.IDs)
	if len(p.Parents) != count || len(p.Ranks) != count {
		return fmt.Errorf("%w: bad network", ErrFile)
	}
	n := &Net{Network: p.Network, Levels: p.Levels, Grids: make([]Grid, count), leafOf: p.LeafOf, layers: make([]lazyLayer, len(p.Levels))}
	for i := range n.Grids {
		n.Grids[i] = Grid{ID: p.IDs[i], parentID: p.Parents[i], Level: p.Ranks[i], Attrs: p.Attrs[i]}
		if p.Ranks[i] < 0 {
			return fmt.Errorf("%w: bad level", ErrFile)
		}
	}
	if err := errors.Join(
		p.Codes.split(count, func(i int, s string) { n.Grids[i].Code = s }),
		p.Names.split(count, func(i int, s string) { n.Grids[i].Name = s }),
		p.Types.split(count, func(i int, s string) { n.Grids[i].Type = gridmap.GridType(s) }),
	); err != nil {
		return err
	}
	if err := n.plantTree(); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	for _, i := range p.Foreign {
		if i < 0 || int(i) >= count {
			return fmt.Errorf("%w: bad grid", ErrFile)
		}
		n.Grids[i].Foreign = true
	}
	for i := range n.Grids {
		if n.Grids[i].ID != p.IDs[i] {
			return fmt.Errorf("%w: grids out of order", ErrFile)
		}
	}
	x.net = n
	return nil
}

// join links the network with its ground and with the people.
func (x *readNet) join(a *Atlas, grounds []*ground) error {
	p, n := &x.filed, x.net
	if p.Ground < 0 || p.Ground >= len(grounds) {
		return fmt.Errorf("%w: bad network", ErrFile)
	}
	n.ground = grounds[p.Ground]
	for i, posts := range p.Posts {
		if i < 0 || i >= len(n.Grids) {
			return fmt.Errorf("%w: bad post", ErrFile)
		}
		if len(posts) > 0 {
			n.Grids[i].Posts = a.unfiled(posts)
		}
	}
	n.leaf = x.leaf
	if n.leaf == nil {
		n.leaf = &layer{topo: n.ground.topo}
	}
	n.leaf.grid, n.leaf.areaM2, n.leaf.box = p.LeafGrid, p.AreaM2, p.Box
	faces := n.leaf.topo.NumFaces()
	if len(p.LeafOf) != len(n.ground.atoms) || len(p.LeafGrid) != faces || len(p.AreaM2) != faces || len(p.Box) != faces {
		return fmt.Errorf("%w: bad leaves", ErrFile)
	}
	for _, list := range [][]int32{p.LeafOf, p.LeafGrid} {
		for _, g := range list {
			if g < 0 || int(g) >= len(n.Grids) {
				return fmt.Errorf("%w: bad grid", ErrFile)
			}
		}
	}
	n.sumUp(a)
	return nil
}
