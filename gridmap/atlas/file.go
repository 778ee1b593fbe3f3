package atlas

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// A snapshot file holds one Atlas, so that a large map is answered from soon
// after a start: what takes longest, building the coverage from polygons and
// its indices, is done. It is private to one version of the program and written
// anew by any other. Its sections (see sections.go) are one filed; of each ground
// a filedGround, its topology and index; of each network a filedNet, and the
// topology and index of its leaves, empty where these are the ground's own. Every
// number that is used as an index is checked when it is read.

// ErrFile is returned for a snapshot file that cannot be used: damaged, of
// another version, or not one.
var ErrFile = errors.New("快照文件不可用 (unusable snapshot file)")

// texts are many strings in one.
type texts struct {
	All  string
	Ends []uint32
}

// textsOf joins n strings.
func textsOf(n int, at func(i int) string) texts {
	var t texts
	var all bytes.Buffer
	for i := range n {
		all.WriteString(at(i))
		t.Ends = append(t.Ends, uint32(all.Len()))
	}
	t.All = all.String()
	return t
}

// split calls do with every string; an error says that the ends are not
// ascending or not n.
func (t *texts) split(n int, do func(i int, s string)) error {
	if len(t.Ends) != n {
		return fmt.Errorf("%w: %d texts for %d things", ErrFile, len(t.Ends), n)
	}
	from := uint32(0)
	for i, end := range t.Ends {
		if end < from || int(end) > len(t.All) {
			return fmt.Errorf("%w: bad text", ErrFile)
		}
		do(i, t.All[from:end])
		from = end
	}
	return nil
}

// The parts of a file, in their order: one filed, then its grounds, then its
// networks.
type filed struct {
	Head             gridmap.Head
	Settings         gridmap.Settings
	At, Since, Until time.Time
	Edition          gridmap.Edition
	Scope            gridmap.Scope
	Abroad           []outline
	Roles            map[string]gridmap.Role
	Persons          []gridmap.Person
	Places           []gridmap.Place
	Records          map[gridmap.RecordKind][]gridmap.Record
	Heirs            estates
	AtomIDs          []gridmap.AtomID
	ForeignAtoms     []int32
	Codes, Names     texts
	Kinds            texts
	CountKeys        []string
	Counts           []int64
	Stray            map[gridmap.GridID][]filedPost
}

type filedGround struct {
	Atoms    []int32
	Problems []topology.Problem
}

type filedNet struct {
	Network gridmap.Network
	Levels  []gridmap.Level
	Ground  int

	IDs, Parents        []gridmap.GridID
	Ranks               []int
	Codes, Names, Types texts
	Attrs               map[int]map[string]string
	Posts               map[int][]filedPost
	Foreign             []int32

	LeafOf   []int32
	LeafGrid []int32
	AreaM2   []float64
	Box      []spatial.Box
}

type filedPost struct {
	ID         gridmap.PostID
	Role       string
	Person     gridmap.PersonID
	Rank       int
	Employment gridmap.Employment
}

// WriteFile keeps the snapshot in a file, for its owner alone, since it holds
// what the map says of persons. The file is whole or not there.
func (a *Atlas) WriteFile(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("快照文件写入失败 (writing the snapshot file): %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err := a.writeSections(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

func (a *Atlas) writeSections(f *os.File) error {
	w, err := newSectionWriter(f)
	if err != nil {
		return err
	}
	var grounds []*ground
	index := map[*ground]int{}
	for _, n := range a.nets {
		if _, known := index[n.ground]; !known {
			index[n.ground] = len(grounds)
			grounds = append(grounds, n.ground)
		}
	}
	if err := w.part(a.filed()); err != nil {
		return err
	}
	for _, g := range grounds {
		if err := errors.Join(w.part(&filedGround{g.atoms, g.problems}), w.encoding(g.topo), w.encoding(g.index)); err != nil {
			return err
		}
	}
	for _, n := range a.nets {
		var topo, at io.WriterTo // nil: the ground's own
		if n.leaf.topo != n.ground.topo {
			topo, at = n.leaf.topo, n.leaf.index
		}
		if err := errors.Join(w.part(n.filed(index[n.ground])), w.encoding(topo), w.encoding(at)); err != nil {
			return err
		}
	}
	return w.finish(len(grounds), len(a.nets))
}

// numSections is how many sections there must be, in their order.
func (s *sections) numSections() int { return 1 + 3*s.grounds + 3*s.nets }

func groundSection(i int) int { return 1 + 3*i }

func (s *sections) netSection(i int) int { return 1 + 3*s.grounds + 3*i }

func (a *Atlas) filed() *filed {
	n := len(a.atoms)
	p := &filed{
		Head: a.head, Settings: a.settings, At: a.at, Since: a.since, Until: a.until, Edition: a.edition, Scope: a.scope,
		Roles: a.roles, Persons: a.persons, Places: a.places, Records: a.records, Heirs: a.heirs, AtomIDs: make([]gridmap.AtomID, n),
		Codes:     textsOf(n, func(i int) string { return a.atoms[i].Code }),
		Names:     textsOf(n, func(i int) string { return a.atoms[i].Name }),
		Kinds:     textsOf(n, func(i int) string { return a.atoms[i].Kind }),
		CountKeys: a.countKeys, Counts: a.counts, Stray: map[gridmap.GridID][]filedPost{},
	}
	if a.abroad != nil {
		p.Abroad = a.abroad.outlines
	}
	for i := range a.atoms {
		p.AtomIDs[i] = a.atoms[i].ID
		if a.atoms[i].Foreign {
			p.ForeignAtoms = append(p.ForeignAtoms, int32(i))
		}
	}
	for id, posts := range a.stray {
		p.Stray[id] = filedPosts(posts)
	}
	return p
}

func filedPosts(posts []Post) []filedPost {
	list := make([]filedPost, len(posts))
	for i, p := range posts {
		list[i] = filedPost{p.ID, p.Role.Code, p.person, p.Rank, p.Employment}
	}
	return list
}

func (n *Net) filed(ground int) *filedNet {
	count := len(n.Grids)
	p := &filedNet{
		Network: n.Network, Levels: n.Levels, Ground: ground,
		IDs: make([]gridmap.GridID, count), Parents: make([]gridmap.GridID, count), Ranks: make([]int, count),
		Codes: textsOf(count, func(i int) string { return n.Grids[i].Code }),
		Names: textsOf(count, func(i int) string { return n.Grids[i].Name }),
		Types: textsOf(count, func(i int) string { return string(n.Grids[i].Type) }),
		Attrs: map[int]map[string]string{}, Posts: map[int][]filedPost{},
		LeafOf: n.leafOf, LeafGrid: n.leaf.grid, AreaM2: n.leaf.areaM2, Box: n.leaf.box,
	}
	for i := range n.Grids {
		g := &n.Grids[i]
		p.IDs[i], p.Parents[i], p.Ranks[i] = g.ID, g.parentID, g.Level
		if len(g.Attrs) > 0 {
			p.Attrs[i] = g.Attrs
		}
		if g.Foreign {
			p.Foreign = append(p.Foreign, int32(i))
		}
		if len(g.Posts) > 0 {
			p.Posts[i] = filedPosts(g.Posts)
		}
	}
	return p
}
