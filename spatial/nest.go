package spatial

import "cmp"

// Nest makes polygons of exterior rings and holes that do not cross: every hole
// goes to the smallest exterior around it, to the only one unasked. A hole that
// is in none is left out. Exteriors and the holes of each keep their order.
func Nest(outer, holes []Ring) MultiPolygon {
	var m MultiPolygon
	for _, r := range outer {
		m = append(m, Polygon{r})
	}
	around := func(Ring) int { return 0 }
	if len(outer) > 1 {
		around = smallestAround(outer)
	}
	for _, h := range holes {
		if len(outer) == 0 {
			break
		}
		if i := around(h); i >= 0 {
			m[i] = append(m[i], h)
		}
	}
	return m
}

// smallestAround returns what finds the smallest of several exteriors that a
// hole lies in, -1 for none.
func smallestAround(outer []Ring) func(hole Ring) int {
	boxes := make([]Box, len(outer))
	for i, r := range outer {
		boxes[i] = r.Box()
	}
	return func(hole Ring) int {
		best, box := -1, hole.Box()
		for i, r := range outer {
			if !boxes[i].Contains(box.Min) || !boxes[i].Contains(box.Max) || !r.Encloses(hole) {
				continue
			}
			if best < 0 || smaller(r, outer[best]) {
				best = i
			}
		}
		return best
	}
}

// smaller compares the areas of rings that run counter-clockwise.
func smaller(a, b Ring) bool {
	ah, al := a.Area2()
	bh, bl := b.Area2()
	return cmp.Or(cmp.Compare(ah, bh), cmp.Compare(al, bl)) < 0
}
