package tiles

import "slices"

// Colours gives every feature a number 0…5 such that neighbours differ.
// neighbours[i] lists the features that share a border with i. keep, when not
// nil, holds earlier numbers (any above 5 means none): they stay wherever no
// two neighbours have the same, so that a published change recolours little.
//
// Features are numbered in smallest-last order: each, when its turn comes, has
// at most five numbered neighbours if the map is planar, so six always suffice.
// Features in several pieces can make it otherwise; then a feature may share
// its colour with as few neighbours as possible. The result depends only on the
// arguments.
func Colours(neighbours [][]int32, keep []uint8) []uint8 {
	const none = 255
	out := make([]uint8, len(neighbours))
	for i := range out {
		out[i] = none
		if i < len(keep) && keep[i] < 6 {
			out[i] = keep[i]
		}
	}
	for i, ns := range neighbours { // of two equals the later one gives way
		for _, j := range ns {
			if int(j) < i && out[i] != none && out[j] == out[i] {
				out[i] = none
			}
		}
	}
	for _, i := range smallestLast(neighbours) {
		if out[i] != none {
			continue
		}
		var used [6]int
		for _, j := range neighbours[i] {
			if c := out[j]; c != none && j != i {
				used[c]++
			}
		}
		best := 0
		for c := range used {
			if used[c] < used[best] {
				best = c
			}
		}
		out[i] = uint8(best)
	}
	return out
}

// smallestLast orders the features so that each has few neighbours among those
// before it: the one with fewest neighbours goes last, and so on among the rest.
func smallestLast(neighbours [][]int32) []int32 {
	n := len(neighbours)
	degree := make([]int, n)
	most := 0
	for i, ns := range neighbours {
		degree[i] = len(ns)
		most = max(most, len(ns))
	}
	buckets := make([][]int32, most+1)
	for i := n - 1; i >= 0; i-- { // ascending from the end of each bucket
		buckets[degree[i]] = append(buckets[degree[i]], int32(i))
	}
	done := make([]bool, n)
	order := make([]int32, 0, n)
	for d := 0; d <= most; {
		b := buckets[d]
		if len(b) == 0 {
			d++
			continue
		}
		i := b[len(b)-1]
		buckets[d] = b[:len(b)-1]
		if done[i] || degree[i] != d {
			continue
		}
		done[i] = true
		order = append(order, i)
		for _, j := range neighbours[i] {
			if !done[j] && degree[j] > 0 {
				degree[j]--
				buckets[degree[j]] = append(buckets[degree[j]], j)
				d = min(d, degree[j])
			}
		}
	}
	slices.Reverse(order)
	return order
}

// Neighbours lists, for a level over a geometry, which features share a border
// line, ascending: the argument of Colours.
func (g *Geometry) Neighbours(of []int32, features int) [][]int32 {
	out := make([][]int32, features)
	for i := range int32(g.topo.NumArcs()) {
		a := g.arc(i)
		if a.left < 0 || a.right < 0 {
			continue
		}
		l, r := of[a.left], of[a.right]
		if l != r && l >= 0 && r >= 0 {
			out[l], out[r] = append(out[l], r), append(out[r], l)
		}
	}
	for i := range out {
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out
}
