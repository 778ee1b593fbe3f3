package rebalance

// setStart gives the area its first assignment: home where the grid's
// heaviest piece is, and the rest grown from there.
func (a *area) setStart() {
	n := a.n()
	a.start = make([]int32, n)
	for u := range a.start {
		a.start[u] = a.home[u]
	}
	a.dropFragments()
	a.fill()
}

// dropFragments leaves only the heaviest piece of each grid assigned; a
// piece with a frozen unit goes before all others.
func (a *area) dropFragments() {
	piece := make([]int32, a.n())
	for u := range piece {
		piece[u] = -1
	}
	type part struct {
		weight int64
		grid   int32
	}
	var parts []part
	var stack []int32
	for u := range piece {
		g := a.start[u]
		if g < 0 || piece[u] >= 0 {
			continue
		}
		id := int32(len(parts))
		parts = append(parts, part{grid: g})
		piece[u] = id
		stack = append(stack[:0], int32(u))
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			parts[id].weight += 1 + 1000*int64(a.load[v])
			if a.frozen[v] {
				parts[id].weight += 1 << 40
			}
			for _, w := range a.nbr[a.off[v]:a.off[v+1]] {
				if piece[w] < 0 && a.start[w] == g {
					piece[w] = id
					stack = append(stack, w)
				}
			}
		}
	}
	best := make([]int32, a.k())
	for g := range best {
		best[g] = -1
	}
	for id, p := range parts {
		if b := best[p.grid]; b < 0 || p.weight > parts[b].weight {
			best[p.grid] = int32(id)
		}
	}
	for u, id := range piece {
		if id >= 0 && best[parts[id].grid] != id && !a.frozen[u] {
			a.start[u] = -1
		}
	}
}

// fill grows the grids over the units that have none, the lightest first.
func (a *area) fill() {
	sum := make([]int64, a.k())
	open := 0
	for u, g := range a.start {
		if g >= 0 {
			sum[g] += int64(a.load[u])
		} else {
			open++
		}
	}
	for open > 0 {
		bu, bg := int32(-1), int32(-1)
		for u, g := range a.start {
			if g >= 0 {
				continue
			}
			for _, v := range a.nbr[a.off[u]:a.off[u+1]] {
				if h := a.start[v]; h >= 0 && (bg < 0 || sum[h] < sum[bg]) {
					bu, bg = int32(u), h
				}
			}
		}
		if bu < 0 {
			return
		}
		a.start[bu] = bg
		sum[bg] += int64(a.load[bu])
		open--
	}
}
