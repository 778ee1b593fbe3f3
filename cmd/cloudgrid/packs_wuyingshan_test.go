package main

import (
	"fmt"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestWuyingshanHasThreeGridsInEveryChainAndMissesNoBuilding(t *testing.T) {
	p := openPack(t, "wuyingshan")
	p.wantGrids("main", 5, 42, 260)
	if got := p.total("main", "persons"); got != 47000 {
		t.Errorf("%d people", got)
	}
	people, posts := p.staff("main", "", "")
	if people != 780 || posts != 780+5+42 {
		t.Errorf("%d people in %d posts", people, posts)
	}
	patterns := map[string]map[string]int{}
	n := p.atlas().Main()
	for i := range n.Grids {
		if g := &n.Grids[i]; g.Level == 2 {
			pattern := n.Grids[g.Parent].Attrs["pattern"]
			if patterns[pattern] == nil {
				patterns[pattern] = map[string]int{}
			}
			for _, x := range g.Posts {
				patterns[pattern][x.Role.Code]++
			}
		}
	}
	if g, o := patterns["gated"], patterns["open"]; g["property"] == 0 || g["party_member"] != 0 || o["party_member"] == 0 || o["property"] != 0 {
		t.Errorf("staff by pattern: %v", patterns)
	}
	p.wantWhole("main", 3)
	p.wantCheck(exitOK, `"problems":[]`)

	stray := p.placesOf("building")[7].Atom
	if err := update(t, p.s, func(w gridmap.Writer) error { return forget(t, w, stray) }); err != nil {
		t.Fatal(err)
	}
	p.wantCheck(exitWanted, "WYS-B0008")
}

// forget takes an atom out of its grid and puts it back without one: it is
// known, and nobody's.
func forget(t *testing.T, w gridmap.Writer, id gridmap.AtomID) error {
	for a, err := range w.Atoms(t.Context(), gridmap.Query{At: time.Now()}) {
		if err != nil {
			return err
		}
		if a.ID != id {
			continue
		}
		if err := w.EndAtoms(t.Context(), time.Now(), id); err != nil {
			return err
		}
		next, err := w.NewIDs(t.Context(), 1)
		if err != nil {
			return err
		}
		a.ID, a.Span, a.Code = gridmap.AtomID(next), gridmap.Span{ValidFrom: time.Now()}, a.Code+"-stray"
		return w.PutAtoms(t.Context(), a)
	}
	return fmt.Errorf("no atom %d", id)
}
