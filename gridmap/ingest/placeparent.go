package ingest

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
)

// inside names what a place can lie in: a compound, or a building of one, in a
// district. The road and number may be written at one and not at the other.
type inside struct{ city, district, compound, building string }

// containerOf is what a place is to those within it; false for a place that
// holds no other, such as a door or a unit.
func containerOf(p gridmap.Place) (inside, bool) {
	a := p.Address
	return inside{a.City, a.District, a.Compound, a.Building}, a.Compound != "" && a.Unit == ""
}

// parentOf is what a place lies in by its address; false when it names nothing
// larger than itself.
func parentOf(p gridmap.Place) (inside, bool) {
	a := p.Address
	up := inside{a.City, a.District, a.Compound, a.Building}
	switch {
	case a.Compound == "":
		return up, false
	case a.Unit != "":
		return up, true
	case a.Building != "":
		up.building = ""
		return up, true
	}
	return up, false
}

// linkParents joins units to buildings and buildings to compounds, where the
// file or the store has exactly one that fits and that is there for as long.
// A compound that only its buildings name has no row, and so no link.
func linkParents(places []gridmap.Place, known map[string]gridmap.Place) {
	var containers []gridmap.Place
	here := map[gridmap.PlaceID]bool{}
	for _, p := range places {
		here[p.ID] = true
		containers = append(containers, p)
	}
	for _, p := range known {
		if !here[p.ID] {
			containers = append(containers, p)
		}
	}
	at := map[inside]*gridmap.Place{}
	for i := range containers {
		key, ok := containerOf(containers[i])
		if !ok {
			continue
		}
		if _, twice := at[key]; twice {
			at[key] = nil // which one is open
			continue
		}
		at[key] = &containers[i]
	}
	for i := range places {
		p := &places[i]
		key, ok := parentOf(*p)
		if !ok {
			continue
		}
		if up := at[key]; up != nil && up.ID != p.ID && !up.ValidFrom.After(p.ValidFrom) && up.ValidTo.IsZero() {
			p.Parent = up.ID
		}
	}
}

// outerFirst orders places so that what others lie in is written before them.
func outerFirst(places []gridmap.Place) {
	depth := func(p gridmap.Place) int {
		switch {
		case p.Address.Unit != "":
			return 2
		case p.Address.Building != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(places, func(a, b gridmap.Place) int { return cmp.Compare(depth(a), depth(b)) })
}
