package address

// sameCost is the distance of costs within which two candidates fit equally
// well.
const sameCost = 0.25

// decide turns the ranked candidates into an answer.
func (q *query) decide(text string, o MatchOptions) Answer {
	if o.Threshold == 0 {
		o.Threshold = DefaultThreshold
	}
	if o.Alternatives == 0 {
		o.Alternatives = 5
	}
	if len(q.cands) == 0 || q.missIsBetter() {
		return q.refuse(text, o)
	}
	if k := q.cleanConflict(); k > 0 {
		q.cands = q.cands[k:]
	}
	q.preferBuilding()
	best := q.cands[0]
	group := q.group()
	margin := float32(tooFar)
	if len(group) < len(q.cands) {
		margin = q.cands[len(group)].cost - best.cost
	}
	if margin > areaDecides && q.areaDecides(&best, group) {
		margin = areaDecides
	}
	a := Answer{Level: best.level, Status: StatusOK}
	r := q.x.rows.at(best.row)
	one := len(group) == 1
	switch {
	case best.level == LevelCompound && q.sameDoor(group):
		a.Confidence = confidence(&best, margin)
		a.GridKey = q.sharedGrid(group)
	case one && best.level != LevelCompound:
		a.ID = r.id
		a.Confidence = confidence(&best, margin)
		a.GridKey, a.Point, a.HasPoint = r.grid, r.pt, r.flags&rowPoint != 0
		if r.place >= 0 && r.bld == 0 && r.num == 0 {
			a.Level = LevelCompound
		}
	case q.sameBuilding(group): // rows of its units
		a.Level = LevelBuilding
		a.Confidence = confidence(&best, margin)
		a.GridKey = q.sharedGrid(group)
		a.Point, a.HasPoint = r.pt, r.flags&rowPoint != 0
	default:
		a.Status = StatusAmbiguous
		a.Confidence = confidence(&best, 0) / float64(max(1, len(group)-1))
		a.GridKey = q.sharedGrid(group)
	}
	if best.conflict > 0 {
		a.Status = StatusConflict
		if best.left >= costPlaceLike || best.conflict > costWrongArea+costOtherPlace {
			a.Status, a.ID, a.Level = StatusNone, 0, LevelNone
			a.Point, a.HasPoint, a.GridKey = q.x.rows.at(best.row).pt, false, 0
		}
	} else if rel := q.relation(&best); rel.j > 0 && a.Status == StatusOK {
		a.Status = StatusRelative
	} else if a.Status == StatusOK && a.Confidence < o.Threshold {
		a.Status = StatusAmbiguous
		a.ID = 0
	}
	q.describe(&a, &best, text)
	a.Alternatives = q.alternatives(o.Alternatives, &a)
	return a
}

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

// missIsBetter says that a road or compound without the door explains the text
// clearly better than any row does.
func (q *query) missIsBetter() bool {
	best := q.cands[0].cost
	return len(q.roads) > 0 && q.roads[0].cost+1 < best ||
		len(q.short) > 0 && q.short[0].cost+1 < best && q.short[0].bld.code != 0
}

// sameDoor says that all candidates are buildings of one compound or door.
func (q *query) sameDoor(g []cand) bool {
	f := q.x.rows.at(g[0].row)
	for _, c := range g[1:] {
		r := q.x.rows.at(c.row)
		if r.place != f.place || r.place < 0 && (r.street != f.street || r.num != f.num || r.sub != f.sub) || !q.sameTown(r, f) {
			return false
		}
	}
	return true
}

// sameBuilding says that all candidates are units of one building.
func (q *query) sameBuilding(g []cand) bool {
	f := q.x.rows.at(g[0].row)
	for _, c := range g[1:] {
		r := q.x.rows.at(c.row)
		if r.place != f.place || r.street != f.street || r.num != f.num || r.sub != f.sub || r.bld != f.bld || !q.sameTown(r, f) || r.unit == f.unit {
			return false
		}
	}
	return true
}

// sameTown compares the areas of two rows above the grid.
func (q *query) sameTown(a, b *row) bool {
	up := func(i int32) int32 {
		for i >= 0 && q.x.areas.at(i).level > AreaCommunity {
			i = q.x.areas.at(i).parent
		}
		return i
	}
	return up(a.area) == up(b.area)
}

// sharedGrid is the grid of all candidates, 0 when they have several.
func (q *query) sharedGrid(g []cand) int64 {
	key := q.x.rows.at(g[0].row).grid
	for k := range g {
		if q.x.rows.at(g[k].row).grid != key {
			return 0
		}
		for _, i := range g[k].more {
			if q.x.rows.at(i).grid != key {
				return 0
			}
		}
	}
	return key
}

// relation returns the relation behind the anchor of a candidate.
func (q *query) relation(c *cand) span {
	last := max(c.road.j, c.door.j, c.place.j, c.bld.j)
	for _, s := range q.rels {
		if s.i >= last && !c.used.any(s.i, s.j) {
			return s
		}
	}
	return span{}
}

func (q *query) alternatives(n int, a *Answer) []Candidate {
	out := make([]Candidate, 0, n)
	limit := q.cands[0].cost + 6
	for k := range q.cands {
		c := &q.cands[k]
		if c.cost > limit {
			break
		}
		p := a.Confidence
		if k > 0 || a.ID == 0 {
			p = confidence(c, 0) / 2
		}
		rows := c.more
		if rows == nil {
			rows = []int32{c.row}
		}
		for _, i := range rows {
			if len(out) == n {
				return out
			}
			r := q.x.rows.at(i)
			out = append(out, Candidate{ID: r.id, Confidence: p, GridKey: r.grid, Text: q.x.textOf(r), Point: r.pt, HasPoint: r.flags&rowPoint != 0})
		}
	}
	return out
}
