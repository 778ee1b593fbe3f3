package atlas

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// Load reads the snapshot valid at the given time, as the system believed right
// after change set known (0: now).
func Load(ctx context.Context, r gridmap.Reader, at time.Time, known gridmap.Seq) (*Atlas, error) {
	return LoadScope(ctx, r, at, known, nil)
}

// LoadScope is Load of some counties, and of what is needed to answer for them
// as a snapshot of everything would.
func LoadScope(ctx context.Context, r gridmap.Reader, at time.Time, known gridmap.Seq, scope gridmap.Scope) (*Atlas, error) {
	l := &loader{ctx: ctx, r: r, q: gridmap.Query{From: at, Known: known, Scope: scope}, a: &Atlas{at: at.UTC(), scope: scope, lookups: &lookups{}}}
	defer l.grounds.under.Wait() // also after an error
	for _, step := range []func() error{l.frame, l.lookBack, l.readMembers, l.readRim, l.readAtoms, l.breakGround, l.readGrids, l.readRimGrids, l.readStaff, l.readPlaces, l.readRecords, l.build} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.a, nil
}

// loader gathers the rows of one snapshot; it lives for one Load.
type loader struct {
	ctx context.Context
	r   gridmap.Reader
	q   gridmap.Query
	a   *Atlas

	levels  []gridmap.Level
	grounds groundworks
	rim     rim
	grids   map[gridmap.NetworkID][]Grid
	posts   map[gridmap.GridID][]Post
	members map[gridmap.NetworkID][]gridmap.Membership
}

func (l *loader) frame() (err error) {
	if l.a.head, err = l.r.Head(l.ctx); err != nil {
		return err
	}
	if l.a.settings, err = l.r.Settings(l.ctx); err != nil {
		return err
	}
	editions, err := l.r.Editions(l.ctx)
	if err != nil {
		return err
	}
	for _, e := range editions {
		if (l.q.Known == 0 || e.Seq <= l.q.Known) && !e.EffectiveAt.After(l.a.at) && e.Number > l.a.edition.Number {
			l.a.edition = e
		}
	}
	roles, err := l.r.Roles(l.ctx)
	if err != nil {
		return err
	}
	l.a.roles = make(map[string]gridmap.Role, len(roles))
	for _, r := range roles {
		l.a.roles[r.Code] = r
	}
	if l.a.profiles, err = l.r.Profiles(l.ctx); err != nil {
		return err
	}
	l.levels, err = l.r.Levels(l.ctx)
	return err
}

// lookBack asks when the last of what is over ended: those versions, of which a map
// that is kept for years has many, are not read.
func (l *loader) lookBack() (err error) {
	l.a.since, err = l.r.LastEnd(l.ctx, l.q)
	return err
}

// valid keeps the rows valid at the snapshot's time and remembers when the next
// change before and after it is.
func valid[T any](l *loader, rows iter.Seq2[T, error], span func(*T) gridmap.Span, keep func(T) error) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		s := span(&row)
		for _, t := range [2]time.Time{s.ValidFrom, s.ValidTo} {
			switch {
			case t.IsZero():
			case t.After(l.a.at):
				if l.a.until.IsZero() || t.Before(l.a.until) {
					l.a.until = t
				}
			case t.After(l.a.since):
				l.a.since = t
			}
		}
		if !s.ValidAt(l.a.at) {
			continue
		}
		if err := keep(row); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) readAtoms() error {
	l.a.atomIndex = map[gridmap.AtomID]int32{}
	keys := map[string]bool{}
	var counts []map[string]int64
	err := valid(l, byAtom(l.r.Atoms(l.ctx, l.q), l.rim.atoms), func(a *gridmap.Atom) gridmap.Span { return a.Span }, func(a gridmap.Atom) error {
		l.a.atomIndex[a.ID] = int32(len(l.a.atoms))
		l.a.atoms = append(l.a.atoms, Atom{ID: a.ID, Code: a.Code, Name: a.Name, Kind: a.Kind, Foreign: l.isRim(a.ID)})
		l.grounds.shapes = append(l.grounds.shapes, a.Shape)
		counts = append(counts, a.Counts)
		for k := range a.Counts {
			keys[k] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k := range keys {
		l.a.countKeys = append(l.a.countKeys, k)
	}
	slices.Sort(l.a.countKeys)
	l.a.counts = make([]int64, 0, len(counts)*len(l.a.countKeys))
	for _, c := range counts {
		for _, k := range l.a.countKeys {
			l.a.counts = append(l.a.counts, c[k])
		}
	}
	return nil
}

// breakGround begins with the grounds, which takes longest, while the rest is
// read.
func (l *loader) breakGround() error {
	for _, members := range l.members {
		var atoms []int32
		for _, m := range members {
			if atom, known := l.a.atomIndex[m.Atom]; known {
				atoms = append(atoms, atom)
			}
		}
		slices.Sort(atoms)
		l.grounds.begin(atoms)
	}
	return nil
}

func (l *loader) readGrids() error {
	l.grids = map[gridmap.NetworkID][]Grid{}
	return valid(l, l.r.Grids(l.ctx, l.q), func(g *gridmap.Grid) gridmap.Span { return g.Span }, func(g gridmap.Grid) error {
		row := gridOf(&g)
		if row.Foreign = foreign(l.q.Scope, &g); row.Foreign {
			l.noteAbroad(&g)
		}
		l.grids[g.Network] = append(l.grids[g.Network], row)
		return nil
	})
}

// gridOf is a grid as its row says, without what its place in the tree adds.
func gridOf(g *gridmap.Grid) Grid {
	return Grid{ID: g.ID, Level: g.Level, parentID: g.Parent, Code: g.Code, Name: g.Name, Type: g.Type, Attrs: g.Attrs}
}

func (l *loader) readMembers() error {
	l.members = map[gridmap.NetworkID][]gridmap.Membership{}
	return valid(l, l.r.Memberships(l.ctx, l.q), func(m *gridmap.Membership) gridmap.Span { return m.Span }, func(m gridmap.Membership) error {
		l.members[m.Network] = append(l.members[m.Network], m)
		return nil
	})
}

func (l *loader) readStaff() error {
	err := valid(l, l.r.Persons(l.ctx, l.q), func(p *gridmap.Person) gridmap.Span { return p.Span }, func(p gridmap.Person) error {
		l.a.persons = append(l.a.persons, p)
		return nil
	})
	if err != nil {
		return err
	}
	l.posts = map[gridmap.GridID][]Post{}
	err = valid(l, l.r.Posts(l.ctx, l.q), func(p *gridmap.Post) gridmap.Span { return p.Span }, func(p gridmap.Post) error {
		l.posts[p.Grid] = append(l.posts[p.Grid], l.a.post(&p))
		return nil
	})
	for _, posts := range l.posts {
		slices.SortStableFunc(posts, comparePosts)
	}
	return err
}

func (l *loader) readPlaces() error {
	return valid(l, l.r.Places(l.ctx, l.q), func(p *gridmap.Place) gridmap.Span { return p.Span }, func(p gridmap.Place) error {
		l.a.places = append(l.a.places, p)
		return nil
	})
}

func (l *loader) build() error {
	l.ashore()
	if len(l.rim.outlines) > 0 {
		l.a.abroad = newAbroad(l.rim.outlines)
	}
	networks, err := l.networks()
	if err != nil {
		return err
	}
	for _, n := range networks {
		net, err := l.buildNet(n)
		if err != nil {
			return err
		}
		l.a.nets = append(l.a.nets, net)
	}
	l.grounds.under.Wait()
	l.a.shareIndices()
	l.a.stray = map[gridmap.GridID][]Post{}
	for id, posts := range l.posts {
		if n, _ := l.a.find(id); n == nil {
			l.a.stray[id] = posts
		}
	}
	return nil
}

// networks lists the networks, the main one first.
func (l *loader) networks() ([]gridmap.Network, error) {
	networks, err := l.r.Networks(l.ctx)
	slices.SortStableFunc(networks, func(x, y gridmap.Network) int {
		switch {
		case x.Main != y.Main && x.Main:
			return -1
		case x.Main != y.Main:
			return 1
		}
		return strings.Compare(x.Code, y.Code)
	})
	return networks, err
}

// levelsOf lists the levels of a network.
func (l *loader) levelsOf(id gridmap.NetworkID) (list []gridmap.Level) {
	for _, lv := range l.levels {
		if lv.Network == id {
			list = append(list, lv)
		}
	}
	return list
}
