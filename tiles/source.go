package tiles

import (
	"fmt"

	"cloudgrid/spatial"
)

// Source is what a pyramid is made of: values only. Slices are kept, not
// copied, and must not change afterwards.
type Source struct {
	Geometry *Geometry
	Levels   []Level // from the top of the tree down; one network
	Atoms    *Level  // what the faces are themselves; nil for no atoms layer
	MaxZoom  uint8   // deepest zoom offered; 0 means DefaultMaxZoom
}

// DefaultMaxZoom shows 15 cm to a unit; clients draw deeper zooms from it.
const DefaultMaxZoom = 16

// Level is one rung: a set of features, each a union of faces. The slices but
// Of are indexed by feature; nil ones are left out of the tiles.
type Level struct {
	Of      []int32  // per face: its feature, or -1 for none
	IDs     []uint64 // unique within the level
	Codes   []string
	Names   []string
	Types   []string
	Colours []uint8 // 0…5, neighbours differ
	Columns []Column

	MinZoom   uint8 // shown from this zoom on
	LabelZoom uint8 // named and labelled from this zoom on
}

// Column is one more attribute; exactly one of its slices is set.
type Column struct {
	Name    string
	Ints    []int64
	Floats  []float64
	Strings []string
}

func (c *Column) len() int { return len(c.Ints) + len(c.Floats) + len(c.Strings) }

// check tells what is inconsistent in a level over so many faces.
func (l *Level) check(name string, faces int) error {
	if len(l.Of) != faces {
		return fmt.Errorf("%s: %d faces are assigned, the geometry has %d", name, len(l.Of), faces)
	}
	n := len(l.IDs)
	for _, of := range l.Of {
		if of < -1 || int(of) >= n {
			return fmt.Errorf("%s: a face is assigned to feature %d of %d", name, of, n)
		}
	}
	for _, s := range [...]struct {
		what string
		n    int
	}{{"codes", len(l.Codes)}, {"names", len(l.Names)}, {"types", len(l.Types)}, {"colours", len(l.Colours)}} {
		if s.n != 0 && s.n != n {
			return fmt.Errorf("%s: %d %s for %d features", name, s.n, s.what, n)
		}
	}
	for i := range l.Columns {
		if c := &l.Columns[i]; c.len() != n {
			return fmt.Errorf("%s: column %q has %d values for %d features", name, c.Name, c.len(), n)
		}
	}
	return nil
}

// Set names which layers a tile holds.
type Set string

// The layers, each also a set of its own. Any of them may be joined by "+", in
// this order: "grids+borders+labels". SetMap holds the first four.
const (
	SetGrids     Set = "grids"      // one polygon per feature of every level
	SetAtoms     Set = "atoms"      // one polygon per face
	SetBorders   Set = "borders"    // every border once, with the highest level that it separates
	SetLabels    Set = "labels"     // one point per named feature
	SetAtomEdges Set = "atom_edges" // one feature per two neighbouring atoms: the lines between them
	SetMap       Set = "map"
)

type layers struct{ grids, atoms, borders, labels, atomEdges bool }

// layers reads the set; false for a name that is none.
func (s Set) layers() (l layers, ok bool) {
	switch s {
	case SetMap:
		return layers{grids: true, atoms: true, borders: true, labels: true}, true
	case "":
		return l, false
	default:
	}
	for rest := string(s); rest != ""; {
		name := rest
		rest = ""
		for i := range name {
			if name[i] == '+' {
				name, rest = name[:i], name[i+1:]
				break
			}
		}
		switch Set(name) {
		case SetGrids:
			l.grids = true
		case SetAtoms:
			l.atoms = true
		case SetBorders:
			l.borders = true
		case SetLabels:
			l.labels = true
		case SetAtomEdges:
			l.atomEdges = true
		default:
			return l, false
		}
	}
	return l, true
}

// Known tells whether tiles of the set can be asked for.
func (s Set) Known() bool {
	_, ok := s.layers()
	return ok
}

// Bounds returns the edges of the coverage in degrees, for TileJSON; zero when
// nothing is covered.
func boundsOf(b spatial.Box) [4]float64 {
	if b.Empty() {
		return [4]float64{}
	}
	w, s := b.Min.LonLat()
	e, n := b.Max.LonLat()
	return [4]float64{w, s, e, n}
}
