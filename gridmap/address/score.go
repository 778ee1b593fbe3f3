package address

// Costs of evidence against a candidate.
const (
	costWrongArea   = 6.0 // a province, city or district that the row is not in
	costWrongTown   = 4.0
	costWrongGrid   = 2.5
	costForeign     = 6.0 // a city that the table does not know, named in the text
	costAreaLike    = 5.0 // 某某区, 某某街道 that the table does not know
	costBeforeRune  = 0.9 // unexplained, before the anchor
	costBeforeMany  = 2.1 // each of several: rather an unknown name than a slip
	costAfterRune   = 0.3 // unexplained, attached behind
	costRemarkRune  = 0.08
	costPlaceLike   = 1.6 // an unexplained text behind that ends like a compound
	costSecondLabel = 3.5
	leftWithTypo    = 2.5 // a mistyped name must account for its surroundings
	costDigits      = 0.8 // an unexplained number
	maxAfter        = 1.5
	maxRemark       = 0.6
)

// finish adds the evidence of areas and of unexplained text to a candidate and
// keeps it.
func (q *query) finish(k *cand, r *row) {
	q.addAreas(k, r)
	q.addLeft(k, r)
	q.keep(k)
}

// addAreas compares the administrative areas that the text names with those of
// the row.
func (q *query) addAreas(k *cand, r *row) {
	used := k.used
	for i := range q.ments {
		m := &q.ments[i]
		n := q.x.names.at(m.name)
		if n.kind&kindArea == 0 || m.void || used.any(m.i, m.j) || m.inner && !q.innerFree(m, &k.used) {
			continue
		}
		agree, level := q.x.areaAgrees(n, r)
		if !agree && m.short && level >= AreaTown {
			continue
		}
		if !agree && q.betterReading(i, r, &used) {
			continue
		}
		used.add(m.i, m.j)
		if agree {
			k.used.add(m.i, m.j)
			k.support++
			k.deep = k.deep || level >= AreaDistrict
			continue
		}
		k.used.add(m.i, m.j)
		c := float32(costWrongArea)
		if level >= AreaTown {
			c = costWrongTown
			k.weak = true
		}
		k.cost += c
		k.conflict += c
		k.area += c
	}
	for _, g := range q.grids {
		if k.used.any(g.i, g.j) {
			continue
		}
		k.used.add(g.i, g.j)
		if r.area >= 0 {
			if a := q.x.areas.at(r.area); a.num != 0 && int(a.num) != g.v {
				k.cost += costWrongGrid
				k.conflict += costWrongGrid
			} else if a.num != 0 {
				k.support++
				k.deep = true
			}
		}
	}
}

// innerFree says that the longer mention around m is itself no part of this
// reading, because it overlaps what the candidate uses.
func (q *query) innerFree(m *mention, used *mask) bool {
	for i := range q.ments {
		o := &q.ments[i]
		if o.len() <= m.len() {
			return true
		}
		if !o.short && !o.void && o.i <= m.i && m.j <= o.j && !used.any(o.i, o.j) {
			return false
		}
	}
	return true
}

// betterReading says that another area mention over the same text agrees with
// the row (中区 inside 市中区).
func (q *query) betterReading(i int, r *row, used *mask) bool {
	m := &q.ments[i]
	for k := range q.ments {
		o := &q.ments[k]
		if k == i || o.j <= m.i || m.j <= o.i || o.len() < m.len() {
			continue
		}
		if n := q.x.names.at(o.name); n.kind&kindArea != 0 && !used.any(o.i, o.j) {
			if ok, _ := q.x.areaAgrees(n, r); ok {
				return true
			}
		}
	}
	return false
}

// areaAgrees says whether a row lies in one of the areas of a name, or may lie
// in one because its own levels end above it. level is the highest of them.
func (x *Index) areaAgrees(n *name, r *row) (bool, AreaLevel) {
	level := AreaGrid
	for a := r.area; a >= 0; {
		node := x.areas.at(a)
		if x.names.at(node.name) == n {
			return true, node.level
		}
		a = node.parent
	}
	for k, id := range n.areas {
		a := x.areas.at(id)
		level = min(level, a.level)
		if k < 64 && r.area >= 0 && x.inArea(id, r.area) {
			return true, a.level
		}
	}
	if r.area < 0 {
		return true, level
	}
	return false, level
}
