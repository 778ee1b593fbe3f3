package atlas

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/topology"
)

// ReadFile reads a snapshot that WriteFile kept. It is of the state of the
// store at that time: see Head. The error wraps ErrFile, or says that there is
// no file (fs.ErrNotExist).
func ReadFile(path string) (*Atlas, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return decode(b)
}

func decode(b []byte) (*Atlas, error) {
	const head = len(fileMagic) + sha256.Size
	if len(b) < head || [8]byte(b[:8]) != fileMagic {
		return nil, fmt.Errorf("%w: not one, or of another version", ErrFile)
	}
	if sha256.Sum256(b[head:]) != [sha256.Size]byte(b[8:head]) {
		return nil, fmt.Errorf("%w: damaged, the checksum does not match", ErrFile)
	}
	return decodeParts(b[head:])
}

func decodeParts(b []byte) (*Atlas, error) {
	var p filed
	if err := nextPart(&b, &p); err != nil {
		return nil, err
	}
	a, err := p.atlas()
	if err != nil {
		return nil, err
	}
	var grounds []*ground
	for range p.NumGrounds {
		var part filedGround
		if err := nextPart(&b, &part); err != nil {
			return nil, err
		}
		g, err := part.ground(len(a.atoms))
		if err != nil {
			return nil, err
		}
		grounds = append(grounds, g)
	}
	for range p.NumNets {
		var part filedNet
		if err := nextPart(&b, &part); err != nil {
			return nil, err
		}
		n, err := part.net(a, grounds)
		if err != nil {
			return nil, err
		}
		a.nets = append(a.nets, n)
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrFile, len(b))
	}
	indexAll(a, grounds)
	return a, nil
}

func nextPart(b *[]byte, part any) error {
	if len(*b) < 8 {
		return fmt.Errorf("%w: too short", ErrFile)
	}
	size := binary.LittleEndian.Uint64(*b)
	if size > uint64(len(*b)-8) {
		return fmt.Errorf("%w: too short", ErrFile)
	}
	body := (*b)[8 : 8+size]
	*b = (*b)[8+size:]
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(part); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	return nil
}

func (p *filed) atlas() (*Atlas, error) {
	a := &Atlas{
		head: p.Head, settings: p.Settings, at: p.At.UTC(), since: p.Since.UTC(), until: p.Until.UTC(), edition: p.Edition,
		roles: p.Roles, persons: p.Persons, places: p.Places, records: p.Records, countKeys: p.CountKeys, counts: p.Counts,
		atoms: make([]Atom, len(p.AtomIDs)), atomIndex: make(map[gridmap.AtomID]int32, len(p.AtomIDs)),
		stray: make(map[gridmap.GridID][]Post, len(p.Stray)), lookups: &lookups{},
	}
	a.head.At, a.edition.EffectiveAt, a.edition.PublishedAt = a.head.At.UTC(), a.edition.EffectiveAt.UTC(), a.edition.PublishedAt.UTC()
	n := len(a.atoms)
	if len(p.Counts) != n*len(p.CountKeys) {
		return nil, fmt.Errorf("%w: %d counts of %d atoms", ErrFile, len(p.Counts), n)
	}
	for i, id := range p.AtomIDs {
		a.atoms[i].ID, a.atomIndex[id] = id, int32(i)
	}
	if a.roles == nil {
		a.roles = map[string]gridmap.Role{}
	}
	if len(a.records) == 0 {
		a.records = nil
	}
	for id, posts := range p.Stray {
		a.stray[id] = a.unfiled(posts)
	}
	return a, errors.Join(
		p.Codes.split(n, func(i int, s string) { a.atoms[i].Code = s }),
		p.Names.split(n, func(i int, s string) { a.atoms[i].Name = s }),
		p.Kinds.split(n, func(i int, s string) { a.atoms[i].Kind = s }),
	)
}

func (a *Atlas) unfiled(posts []filedPost) []Post {
	list := make([]Post, len(posts))
	for i, p := range posts {
		list[i] = a.linked(Post{ID: p.ID, Role: gridmap.Role{Code: p.Role}, Rank: p.Rank, Employment: p.Employment, person: p.Person})
	}
	return list
}

func (p *filedGround) ground(atoms int) (*ground, error) {
	topo, err := topology.Read(bytes.NewReader(p.Topo))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if topo.NumFaces() != len(p.Atoms) {
		return nil, fmt.Errorf("%w: %d faces of %d atoms", ErrFile, topo.NumFaces(), len(p.Atoms))
	}
	last := int32(-1)
	for _, a := range p.Atoms {
		if a <= last || int(a) >= atoms {
			return nil, fmt.Errorf("%w: bad atom", ErrFile)
		}
		last = a
	}
	for _, x := range p.Problems {
		for _, f := range x.Faces {
			if f < 0 || int(f) >= len(p.Atoms) {
				return nil, fmt.Errorf("%w: bad face", ErrFile)
			}
		}
	}
	return &ground{atoms: p.Atoms, topo: topo, problems: p.Problems}, nil
}

func (p *filedNet) net(a *Atlas, grounds []*ground) (*Net, error) {
	count := len(p.IDs)
	if p.Ground < 0 || p.Ground >= len(grounds) || len(p.Parents) != count || len(p.Ranks) != count {
		return nil, fmt.Errorf("%w: bad network", ErrFile)
	}
	n := &Net{Network: p.Network, Levels: p.Levels, Grids: make([]Grid, count), ground: grounds[p.Ground], leafOf: p.LeafOf}
	for i := range n.Grids {
		n.Grids[i] = Grid{ID: p.IDs[i], parentID: p.Parents[i], Level: p.Ranks[i], Attrs: p.Attrs[i]}
		if p.Ranks[i] < 0 {
			return nil, fmt.Errorf("%w: bad level", ErrFile)
		}
		if posts := p.Posts[i]; len(posts) > 0 {
			n.Grids[i].Posts = a.unfiled(posts)
		}
	}
	if err := errors.Join(
		p.Codes.split(count, func(i int, s string) { n.Grids[i].Code = s }),
		p.Names.split(count, func(i int, s string) { n.Grids[i].Name = s }),
		p.Types.split(count, func(i int, s string) { n.Grids[i].Type = gridmap.GridType(s) }),
	); err != nil {
		return nil, err
	}
	if err := n.plantTree(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	n.layers = make([]lazyLayer, len(n.Levels))
	if err := p.leaf(n); err != nil {
		return nil, err
	}
	n.sumUp(a)
	return n, nil
}

// leaf takes up the layer of the leaves.
func (p *filedNet) leaf(n *Net) error {
	topo := n.ground.topo
	if len(p.LeafTopo) > 0 {
		var err error
		if topo, err = topology.Read(bytes.NewReader(p.LeafTopo)); err != nil {
			return fmt.Errorf("%w: %w", ErrFile, err)
		}
	}
	faces := topo.NumFaces()
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
	n.leaf = &layer{grid: p.LeafGrid, topo: topo, areaM2: p.AreaM2, box: p.Box}
	return nil
}

// indexAll builds the indices, which are not kept: they are as large as all the
// rest.
func indexAll(a *Atlas, grounds []*ground) {
	var each sync.WaitGroup
	for _, g := range grounds {
		each.Go(func() { g.index = locate.New(g.topo) })
	}
	for _, n := range a.nets {
		if n.leaf.topo != n.ground.topo {
			each.Go(func() { n.leaf.index = locate.New(n.leaf.topo) })
		}
	}
	each.Wait()
	a.shareIndices()
}
