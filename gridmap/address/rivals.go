package address

// sameCost is the distance of costs within which two candidates fit equally
// well.
const sameCost = 0.25

// cleanConflict returns the candidate whose names and numbers fit to the
// letter while the area named in the text is another one, when no candidate
// without such a conflict fits as cleanly; -1 when there is none. Such a text
// contradicts itself, and a mistyped reading must not hide that.
func (q *query) cleanConflict() int {
	for k := range q.cands {
		c := &q.cands[k]
		if c.left >= costBeforeRune || c.cost-c.area >= costSameSound {
			continue
		}
		if c.area == 0 {
			return -1
		}
		if c.typo <= costAlias {
			return k
		}
	}
	return -1
}

// areaDecides is the margin left when only the district tells two compounds
// apart that share a shortened name: people who use the short name are not
// always right about the district.
const areaDecides = 0.1

func (q *query) areaDecides(best *cand, group []cand) bool {
	if best.typo == 0 || best.joint || best.place.j == 0 {
		return false
	}
	place := q.x.rows.at(best.row).place
	for k := len(group); k < len(q.cands) && q.cands[k].cost < best.cost+2*costWrongArea; k++ {
		c := &q.cands[k]
		if c.level == best.level && c.area > 0 && c.cost-c.area <= best.cost+sameCost && q.x.rows.at(c.row).place != place {
			return true
		}
	}
	return false
}

// elsewhere says that the road of a candidate runs, or has a namesake, in
// another district as well, and that the text does not say which is meant: the
// number may be one that the other has and the table has not.
func (q *query) elsewhere(c *cand) bool {
	r := q.x.rows.at(c.row)
	if r.street < 0 || c.deep || c.place.j > 0 {
		return false
	}
	s := q.x.streets.at(r.street)
	if s.wide && q.numberFitsElsewhere(s.rows, r) {
		return true
	}
	if s.section == 0 || q.c.readStreetTail(c.road.j).section != 0 {
		return false
	}
	for _, id := range q.x.names.at(s.road).roads { // a namesake without sections
		if o := q.x.streets.at(id); o.section == 0 && o.lane == s.lane && q.numberFitsElsewhere(o.rows, r) {
			return true
		}
	}
	return false
}

// numberFitsElsewhere says that the number of a row lies between the lowest and
// the highest that another district has on the road.
func (q *query) numberFitsElsewhere(rows []int32, r *row) bool {
	var below [8]int32
	n, own := 0, q.x.district(r.area)
	for _, i := range rows[:min(len(rows), maxScanned)] {
		o := q.x.rows.at(i)
		d := q.x.district(o.area)
		if d == own {
			continue
		}
		if o.num < r.num && n < len(below) && !containsID(below[:n], d) {
			below[n] = d
			n++
		}
		if o.num > r.num && containsID(below[:n], d) {
			return true
		}
	}
	return false
}

// group is the run of candidates that fit as well as the best one.
func (q *query) group() []cand {
	n := 1
	for n < len(q.cands) && q.cands[n].cost < q.cands[0].cost+sameCost {
		n++
	}
	return q.cands[:n]
}

// preferBuilding lets a reading that names the building win over readings
// that leave it open in the same compound or door, when it explains nearly as
// much; those vaguer readings are no rivals and are dropped.
func (q *query) preferBuilding() {
	at := 0
	if f := &q.cands[0]; f.level == LevelCompound {
		for k := 1; k < len(q.cands) && q.cands[k].cost < f.cost+costOther; k++ {
			if q.cands[k].level != LevelCompound && q.sameCompound(k, 0) {
				at = k
				break
			}
		}
		if at == 0 {
			return
		}
	}
	best := q.cands[at]
	q.cands[0], q.cands[at] = best, q.cands[0]
	n := 1
	for k := 1; k < len(q.cands); k++ {
		if q.cands[k].level == LevelCompound && q.sameCompound(k, 0) {
			continue
		}
		if n != k {
			q.cands[n] = q.cands[k]
		}
		n++
	}
	q.cands = q.cands[:n]
	q.sortCands(1)
}

// sameCompound says that two candidates share the compound, or the door when
// they have none.
func (q *query) sameCompound(a, b int) bool {
	r, o := q.x.rows.at(q.cands[a].row), q.x.rows.at(q.cands[b].row)
	return r.place >= 0 && r.place == o.place || r.place < 0 && o.place < 0 && r.street >= 0 && r.street == o.street && r.num == o.num
}
