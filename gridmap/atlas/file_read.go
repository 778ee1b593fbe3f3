package atlas

import (
	"errors"
	"fmt"
	"io"
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
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return decode(f, info.Size())
}

// decode reads the sections side by side, and then joins what they say.
func decode(r io.ReaderAt, size int64) (*Atlas, error) {
	s, err := openSections(r, size)
	if err != nil {
		return nil, err
	}
	var a *Atlas
	grounds := make([]*ground, s.grounds)
	nets := make([]readNet, s.nets)
	var all together
	for i := range grounds {
		all.do(func() (err error) { grounds[i], err = s.ground(i); return err })
	}
	for i := range nets {
		all.do(func() (err error) { nets[i].leaf, err = s.leaf(i); return err })
		all.do(func() error { return nets[i].read(s, i) })
	}
	all.do(func() error {
		var p filed
		if err := s.part(0, &p); err != nil {
			return err
		}
		a, err = p.atlas()
		return err
	})
	if err := all.wait(); err != nil {
		return nil, err
	}
	for _, g := range grounds {
		if n := len(g.atoms); n > 0 && int(g.atoms[n-1]) >= len(a.atoms) {
			return nil, fmt.Errorf("%w: bad atom", ErrFile)
		}
	}
	for i := range nets {
		if err := nets[i].join(a, grounds); err != nil {
			return nil, err
		}
		a.nets = append(a.nets, nets[i].net)
	}
	a.shareIndices()
	return a, nil
}

// together runs steps side by side and keeps their errors.
type together struct {
	group sync.WaitGroup
	mu    sync.Mutex
	err   error
}

func (t *together) do(step func() error) {
	t.group.Go(func() {
		if err := step(); err != nil {
			t.mu.Lock()
			t.err = errors.Join(t.err, err)
			t.mu.Unlock()
		}
	})
}

func (t *together) wait() error {
	t.group.Wait()
	return t.err
}

func (p *filed) atlas() (*Atlas, error) {
	a := &Atlas{
		head: p.Head, settings: p.Settings, at: p.At.UTC(), since: p.Since.UTC(), until: p.Until.UTC(), edition: p.Edition,
		roles: p.Roles, persons: p.Persons, places: p.Places, records: p.Records, heirs: p.Heirs, countKeys: p.CountKeys, counts: p.Counts,
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
	if len(a.heirs) == 0 {
		a.heirs = nil
	}
	for _, i := range p.ForeignAtoms {
		if i < 0 || int(i) >= n {
			return nil, fmt.Errorf("%w: bad atom", ErrFile)
		}
		a.atoms[i].Foreign = true
	}
	a.scope = p.Scope
	if len(p.Abroad) > 0 {
		a.abroad = newAbroad(p.Abroad)
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

// ground reads a ground.
func (s *sections) ground(i int) (*ground, error) {
	var p filedGround
	if err := s.part(groundSection(i), &p); err != nil {
		return nil, err
	}
	g := &ground{atoms: p.Atoms, problems: p.Problems}
	var err error
	if g.topo, g.index, err = s.coverage(groundSection(i) + 1); err != nil {
		return nil, err
	}
	if g.topo.NumFaces() != len(g.atoms) {
		return nil, fmt.Errorf("%w: %d faces of %d atoms", ErrFile, g.topo.NumFaces(), len(g.atoms))
	}
	last := int32(-1)
	for _, a := range g.atoms {
		if a <= last {
			return nil, fmt.Errorf("%w: bad atom", ErrFile)
		}
		last = a
	}
	for _, x := range g.problems {
		for _, f := range x.Faces {
			if f < 0 || int(f) >= len(g.atoms) {
				return nil, fmt.Errorf("%w: bad face", ErrFile)
			}
		}
	}
	return g, nil
}

// coverage reads a topology and its index from two sections.
func (s *sections) coverage(i int) (topo *topology.Topology, index *locate.Index, err error) {
	if err = s.read(i, func(r io.Reader) error { topo, err = topology.Read(r); return err }); err != nil {
		return nil, nil, err
	}
	err = s.read(i+1, func(r io.Reader) error { index, err = locate.Read(r, topo); return err })
	return topo, index, err
}

// leaf reads the coverage of a network's leaves; nil where it is the ground's.
func (s *sections) leaf(i int) (*layer, error) {
	at := s.netSection(i) + 1
	if s.spans[at].size == 0 {
		return nil, nil
	}
	topo, index, err := s.coverage(at)
	return &layer{topo: topo, index: index}, err
}
