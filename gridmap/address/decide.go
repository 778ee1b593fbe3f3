package address

// decide turns the ranked candidates into an answer.
func (q *query) decide(text string, o MatchOptions) Answer {
	if o.Threshold == 0 {
		o.Threshold = DefaultThreshold
	}
	if o.Alternatives == 0 {
		o.Alternatives = 5
	}
	if len(q.cands) == 0 || q.missIsBetter() {
		return q.refuse(text)
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
		// Which of them is open; that it is one of them must not be.
		if confidence(&best, margin) >= o.Threshold {
			a.GridKey = q.sharedGrid(group)
		}
	}
	if q.elsewhere(&best) {
		a.Confidence *= roadElsewhere
		a.Reasons = append(a.Reasons, "同名道路不止一处，文字没有说区")
	}
	if best.conflict > 0 {
		a.Status = StatusConflict
		a.GridKey = 0
		if best.left >= costPlaceLike || best.conflict > costWrongArea+costOtherPlace {
			a.Status, a.ID, a.Level = StatusNone, 0, LevelNone
			a.Point, a.HasPoint, a.GridKey = q.x.rows.at(best.row).pt, false, 0
		}
	} else if rel := q.relation(&best); rel.j > 0 && a.Status == StatusOK {
		a.Status = StatusRelative
		a.GridKey = 0 // beside the anchor may be across a border
	} else if a.Status == StatusOK && a.Confidence < o.Threshold {
		a.Status = StatusAmbiguous
		a.ID, a.GridKey = 0, 0 // it may be another place, in another grid
	}
	q.describe(&a, &best, text)
	a.Alternatives = q.alternatives(o.Alternatives, &a)
	return a
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
