package ogc

import (
	"math"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
)

// concealed says of which atoms a count is not told in public, by kind of count:
// the small ones and, as the totals of grids are told, as many others beside
// them that no total less what is told gives one away. It holds for the grids of
// every network together, since all of them have the same atoms.
func concealed(a *atlas.Atlas) [][]bool {
	all := make([][]bool, len(a.CountKeys()))
	var groups [][]int32 // atoms of a leaf grid
	for _, n := range a.Nets() {
		_, atoms, owner := n.Ground()
		of := make([][]int32, len(n.Grids))
		for f, i := range atoms {
			if i != atlas.None && owner[f] != atlas.None {
				of[owner[f]] = append(of[owner[f]], i)
			}
		}
		groups = append(groups, of...)
	}
	for k := range all {
		count := func(i int32) int64 { return a.AtomCounts(i)[k] }
		hidden := make([]bool, a.NumAtoms())
		for i := range hidden {
			hidden[i] = export.TellPublic(count(int32(i))) == nil
		}
		for again := true; again; { // what is hidden for one network counts in the others
			again = false
			for _, group := range groups {
				for given(group, hidden, count) {
					i := leastTold(group, hidden, count)
					if i == atlas.None {
						break
					}
					hidden[i], again = true, true
				}
			}
		}
		all[k] = hidden
	}
	return all
}

// given tells whether the total of a grid gives a hidden count away: when it is
// of one atom, or of several that are all as small, or as large, as a hidden
// count can be.
func given(group []int32, hidden []bool, count func(int32) int64) bool {
	n, small, sum, total := int64(0), int64(0), int64(0), int64(0)
	for _, i := range group {
		c := count(i)
		total += c
		if !hidden[i] {
			continue
		}
		n++
		sum += c
		if export.TellPublic(c) == nil {
			small++
		}
	}
	switch {
	case small == 0 || export.TellPublic(total) == nil:
		return false
	case n == 1:
		return true
	}
	return sum == n || small == n && sum == n*largestHidden()
}

// largestHidden is the largest count that is not told.
func largestHidden() (n int64) {
	for export.TellPublic(n+1) == nil {
		n++
	}
	return n
}

// leastTold is the atom of a grid with the smallest count that is told, nobody
// last; None when all are hidden.
func leastTold(group []int32, hidden []bool, count func(int32) int64) int32 {
	least, most := atlas.None, int64(math.MaxInt64)
	for _, i := range group {
		c := count(i)
		if c == 0 {
			c = math.MaxInt64 - 1
		}
		if !hidden[i] && c < most {
			least, most = i, c
		}
	}
	return least
}
