package load

import (
	"math"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Row is one grid of a report.
type Row struct {
	Measure
	Index     int32 // in Net.Grids
	Community int32 // its parent, in Net.Grids; atlas.None at the top
	Mean      float64
	Deviation float64 // from Mean, as a share of it
	Uneven    bool
	People    int // full-time staff at the grid
}

// OfNet measures every grid of a network at a level; a negative level is that
// of the leaves, whatever theirs is. before, which may be nil, is the last
// verdict on each grid, for the hysteresis.
func OfNet(a *atlas.Atlas, n *atlas.Net, level int, before map[gridmap.GridID]Status) []Row {
	rules := NewRules(a.Profiles(), a.Settings().Sizing)
	var rows []Row
	var loads []float64
	var group []int32
	for i := range n.Grids {
		g := &n.Grids[i]
		if g.Foreign || level >= 0 && g.Level != level || level < 0 && len(g.Children) > 0 {
			continue
		}
		people := FullTime(a, g.Posts)
		m := rules.Judge(Grid{
			Network: n.Network.ID, Level: g.Level, Type: g.Type, Staff: people,
			Count: counter(a.CountKeys(), g.Counts),
		}, before[g.ID])
		rows = append(rows, Row{Measure: m, Index: int32(i), Community: g.Parent, People: people})
		loads, group = append(loads, m.Load), append(group, g.Parent)
	}
	deviations, means := Deviations(loads, group)
	for i := range rows {
		rows[i].Deviation, rows[i].Mean = deviations[i], means[group[i]]
		rows[i].Uneven = rules.Uneven(deviations[i])
	}
	return rows
}

// counter looks a count up by its key.
func counter(keys []string, counts []int64) func(string) int64 {
	return func(key string) int64 {
		for i, k := range keys {
			if k == key {
				return counts[i]
			}
		}
		return 0
	}
}

// FullTime counts the different people who hold a post there and do it full
// time, or whose employment is not known.
func FullTime(a *atlas.Atlas, posts []atlas.Post) int {
	seen := map[gridmap.PersonID]bool{}
	for _, p := range posts {
		if p.Person != atlas.Vacant && p.Employment != gridmap.PartTime {
			seen[a.Person(p.Person).ID] = true
		}
	}
	return len(seen)
}

// StateOf gathers from a network what triggers are found from. The load of an
// atom is by the profile of its leaf grid.
func StateOf(a *atlas.Atlas, n *atlas.Net, rows []Row) State {
	s := State{Atoms: map[gridmap.AtomID]AtomState{}, Grids: map[gridmap.GridID]Measure{}, Communities: map[gridmap.GridID]float64{}}
	for _, r := range rows {
		s.Grids[n.Grids[r.Index].ID] = r.Measure
		if r.Community != atlas.None {
			s.Communities[n.Grids[r.Community].ID] = n.Grids[r.Community].AreaM2
		}
	}
	rules := NewRules(a.Profiles(), a.Settings().Sizing)
	ground, atoms, owner := n.Ground()
	faces := make(map[gridmap.AtomID]topology.FaceID, len(atoms))
	for f, i := range atoms {
		if owner[f] == atlas.None || i == atlas.None {
			continue
		}
		g := &n.Grids[owner[f]]
		p, _ := rules.Profile(n.Network.ID, g.Level, g.Type)
		id := a.Atom(i).ID
		faces[id] = topology.FaceID(f)
		state := AtomState{Grid: g.ID, Load: Of(p, counter(a.CountKeys(), a.AtomCounts(i)))}
		if g.Parent != atlas.None {
			state.Community = n.Grids[g.Parent].ID
		}
		s.Atoms[id] = state
	}
	s.AreaM2 = func(id gridmap.AtomID) float64 {
		f, known := faces[id]
		if !known {
			return 0
		}
		return math.Abs(measure.AreaM2(ground.FacePolygon(f)))
	}
	return s
}
