package address

// Costs of reading the numbers behind a road.
const (
	costNoSection    = 0.3 // the text leaves the section away
	costExtraSection = 2.0 // the text names a section that the table has not
	costDropped      = 1.4 // a joined number read as room, not as sub-number
	costRoomAsSub    = 1.2 // a number of three digits or more read as sub-number
	costUnitSplit    = 1.5 // 29-1-903 read as 29之1, room 903; 29-1-4-901 read as 29
	costFloorLabel   = 0.8 // 5楼 read as building 5 without a compound named
	costBareLabel    = 0.3
	costOtherPlace   = 3.0 // the text names another compound than the row's
	costOtherNumber  = 3.0
	costOtherRoad    = 3.0
	costInner        = 3.0 // a name inside a longer name
	costOtherUnit    = 1.6 // another shop or floor than the row's, in words
	costDoorOnRoad   = 5.0
	costOtherType    = 1.6 // 怡东大厦 for 怡东苑
)

// evalStreet collects the rows that a road mention and the numbers behind it
// fit.
func (q *query) evalStreet(m *mention, road int32) {
	st := q.c.readStreetTail(m.j)
	base := m.cost
	if m.inner {
		base += costInner
	}
	found := false
	best := roadMiss{m: *m, street: -1, tail: st, cost: tooFar}
	for _, id := range q.x.names.at(road).roads {
		s := q.x.streets.at(id)
		c := base
		switch {
		case st.section == int(s.section):
		case st.section == 0:
			c += costNoSection
		case s.section == 0:
			c += costExtraSection
		default:
			continue
		}
		if s.lane == st.lane {
			if c < best.cost {
				best.street, best.cost = id, c
			}
			found = q.evalDoors(m, id, &st, c) || found
		}
		if st.laneNum.n > 0 && st.door.n == 0 && s.lane == st.laneUp {
			ch := &st.laneNum
			sub := laneDoor(q.c.r[st.pathEnd-1], ch.sub(ch.n))
			if rows := q.x.numberRange(s.rows, uint32(ch.val[0]), sub, false); len(rows) > 0 {
				found = true
				q.evalDoor(m, rows, st.pathEnd, c)
			}
		}
	}
	if !found {
		if best.street < 0 {
			best.cost = base
		}
		best.m.name = road
		best.used.add(m.i, st.pathEnd)
		q.chargeMiss(&best.used, &best.cost, st.pathEnd, &st)
		q.roads = append(q.roads, best)
	}
}

// evalDoors tries every way of reading the door number on one street.
func (q *query) evalDoors(m *mention, id int32, st *streetTail, cost float32) bool {
	s := q.x.streets.at(id)
	if st.door.n == 0 { // a building named by its road alone
		rows := q.x.numberRange(s.rows, 0, 0, false)
		if len(rows) > 0 && st.pathEnd < len(q.c.r) {
			q.evalDoor(m, rows, st.pathEnd, cost)
		}
		return len(rows) > 0 && st.pathEnd < len(q.c.r)
	}
	found := false
	for n := st.door.mandatory(); n <= st.door.n; n++ {
		rows := q.x.numberRange(s.rows, uint32(st.door.val[0]), st.door.sub(n), false)
		if len(rows) > 0 {
			found = true
			q.evalDoor(m, rows, st.door.end[n-1], cost+chainCost(&st.door, n))
		}
	}
	if !found && st.door.n == 1 {
		found = q.evalRanges(m, s.rows, st, cost)
	}
	return found
}

// evalRanges finds a door inside a plate that covers several numbers
// (166至168號).
func (q *query) evalRanges(m *mention, rows []int32, st *streetTail, cost float32) bool {
	v := uint32(st.door.val[0])
	found := false
	for back := uint32(0); back <= maxSpan && back < v; back += 2 {
		for _, i := range q.x.numberRange(rows, v-back, 0, true) {
			if r := q.x.rows.at(i); r.flags&rowRange != 0 && r.sub&(codeNumber-1) >= v {
				found = true
				q.evalDoor(m, []int32{i}, st.door.end[0], cost+costBareLabel)
			}
		}
	}
	return found
}

// chainCost says how unlikely it is that the first n elements are the door
// number and the others unit and room.
func chainCost(ch *chain, n int) float32 {
	var cost float32
	for i := 1; i < n; i++ {
		if !ch.must[i] && ch.val[i] >= 100 {
			cost += costRoomAsSub
		}
	}
	rest := ch.n - n
	last := ch.val[ch.n-1]
	switch {
	case rest > 0 && last >= 100:
		if rest == 1 && n > 1 && !ch.must[n-1] && ch.val[n-1] < 10 || rest > 2 {
			cost += costUnitSplit
		}
	case rest > 0:
		cost += costDropped
	}
	return cost
}

// evalDoor matches the rows of one door with what follows the number.
func (q *query) evalDoor(m *mention, rows []int32, after int, cost float32) {
	named := q.namedAt(rows)
	for lo := 0; lo < len(rows); {
		place := q.x.rows.at(rows[lo]).place
		hi := lo + 1
		for hi < len(rows) && q.x.rows.at(rows[hi]).place == place {
			hi++
		}
		if !named || q.placeNamed(place) {
			q.evalDoorPlace(m, rows[lo:hi], place, after, cost)
		}
		lo = hi
	}
}

// namedAt says that a busy door has a compound whose full name is in the text;
// then the others there need no look.
func (q *query) namedAt(rows []int32) bool {
	if len(rows) < 32 {
		return false
	}
	last := int32(-2)
	for _, i := range rows {
		if p := q.x.rows.at(i).place; p != last {
			last = p
			if q.placeNamed(p) {
				return true
			}
		}
	}
	return false
}

func (q *query) placeNamed(place int32) bool {
	for k := range q.ments {
		if m := &q.ments[k]; m.name == place && !m.short && !m.inner {
			return true
		}
	}
	return false
}

// evalDoorPlace matches the rows of one compound at one door.
func (q *query) evalDoorPlace(m *mention, rows []int32, place int32, after int, cost float32) {
	c := cand{cost: cost, typo: m.cost, number: cost - m.cost, road: span{m.i, m.j, int(m.name)}, door: span{i: m.j, j: after}}
	c.used.add(m.i, after)
	bpos := after
	if place >= 0 {
		if pm, ok := q.alignPlace(place, after, &c.used); ok {
			c.place = span{pm.i, pm.j, int(place)}
			c.used.add(pm.i, pm.j)
			c.cost += pm.cost
			c.typo += pm.cost
			c.joint = true
			if pm.i >= after || q.c.readBuilding(pm.j).end > pm.j {
				bpos = q.skipType(pm.j, &pm, &c)
			}
		} else if q.otherPlace(after, &c.used) {
			c.cost += costOtherPlace
			c.conflict += costOtherPlace
		}
	}
	q.evalBuildings(rows, &c, bpos)
}

// evalBuildings matches building, unit and tail at bpos with each row.
func (q *query) evalBuildings(rows []int32, c *cand, bpos int) bool {
	lb := q.c.readBuilding(bpos)
	yard := bpos > 0 && q.c.r[bpos-1] == '院'
	floor := lb.kind == floorLabel && !c.joint && c.place.j == 0 && !yard
	if lb.end == bpos && q.allOpen(rows) {
		k := *c
		k.row, k.more, k.level = rows[0], rows, LevelCompound
		r := q.x.rows.at(k.row)
		q.matchTail(&k, r, bpos)
		q.finish(&k, r)
		return true
	}
	found := false
	for _, i := range rows {
		r := q.x.rows.at(i)
		k := *c
		k.row = i
		end := bpos
		switch {
		case r.bld == 0 && c.several && !c.numbered && r.num != 0:
			k.level = LevelCompound // one of several doors, and the text does not say which
		case r.bld == 0:
			k.level = LevelBuilding
			if yard && lb.end > bpos && lb.kind != bareLabel { // 32号院2楼 is rather a building of the yard
				k.cost += costFloorLabel
			}
		case lb.end > bpos && lb.code == r.bld:
			k.level, end = LevelBuilding, lb.end
			if floor {
				k.cost += costFloorLabel
			} else if lb.kind == bareLabel {
				k.cost += costBareLabel
			}
		case lb.end > bpos && !floor:
			continue
		case !codeIsNumber(r.bld):
			k.level = LevelCompound
			if e := q.c.has(bpos, q.x.label(r.bld)); e > bpos {
				k.level, end = LevelBuilding, e
			}
		default:
			k.level = LevelCompound
		}
		found = true
		if end > bpos {
			k.bld = span{i: bpos, j: end}
			k.used.add(bpos, end)
		}
		q.matchTail(&k, r, end)
		q.finish(&k, r)
	}
	return found
}

// allOpen says that no row can be told from the others by a text without a
// building: all have numbered buildings, no unit, and one community.
func (q *query) allOpen(rows []int32) bool {
	if len(rows) < 2 || len(q.grids) > 0 {
		return false
	}
	f := q.x.rows.at(rows[0])
	area, town := f.area, q.x.above(f.area)
	for _, i := range rows {
		r := q.x.rows.at(i)
		if r.bld == 0 || !codeIsNumber(r.bld) || r.unit != 0 || r.area != area && q.x.above(r.area) != town {
			return false
		}
	}
	return true
}

// matchTail reads the tail behind a building and compares the unit.
func (q *query) matchTail(k *cand, r *row, at int) {
	tl := q.c.readTail(at)
	if tl.end > at {
		k.tail = span{i: at, j: tl.end}
		k.used.add(at, tl.end)
	}
	if r.unit == 0 || k.level != LevelBuilding {
		return
	}
	if codeIsNumber(r.unit) {
		if tl.unit == r.unit {
			k.level = LevelUnit
			k.cost -= 0.01
		} else if tl.unit != 0 {
			k.cost += costOtherNumber
			k.conflict += costOtherNumber
		}
		return
	}
	if e := q.c.has(at, q.x.label(r.unit)); e > at && e >= tl.end {
		k.used.add(at, e)
		k.level = LevelUnit
		k.cost -= 0.01
	} else if tl.end > at {
		k.cost += costOtherUnit
	}
}

// alignPlace finds where the text names a compound: by an exact mention
// anywhere, or by a mistyped name right behind the door number.
func (q *query) alignPlace(place int32, after int, used *mask) (mention, bool) {
	best, ok := mention{cost: tooFar}, false
	for _, m := range q.ments {
		if used.any(m.i, m.j) {
			continue
		}
		cost := m.cost
		if m.name != place {
			n := q.x.names.at(m.name)
			if n.kind&kindAlias == 0 || m.short || !containsID(n.src, place) {
				continue
			}
			cost += costAlias
		}
		if !ok || cost < best.cost {
			m.cost = cost
			best, ok = m, true
		}
	}
	if ok {
		return best, true
	}
	return q.alignTyped(q.x.names.at(place).text, int(q.x.names.at(place).short), after, used)
}

func containsID(list []int32, id int32) bool {
	for _, v := range list {
		if v == id {
			return true
		}
	}
	return false
}

// alignTyped compares a name with the text that begins at i, one edit apart at
// most.
func (q *query) alignTyped(name string, short, i int, used *mask) (mention, bool) {
	if i >= len(q.c.r) || !isHan(q.c.r[i]) || used.has(i) {
		return mention{}, false
	}
	q.runes = appendRunes(q.runes[:0], name)
	best, ok := mention{cost: costOther}, false
	try := func(want []rune, extra float32) {
		for n := len(want) - 1; n <= len(want)+1; n++ {
			j := i + n
			if n < 2 || j > len(q.c.r) || used.any(i, j) {
				continue
			}
			if c := editCost(q.c.r[i:j], want, q.t) + extra; c < best.cost || c == best.cost && j > best.j {
				best, ok = mention{i: i, j: j, cost: c}, c < costOther+0.01
			}
		}
	}
	try(q.runes, 0)
	if short >= 2 {
		try(q.runes[:short], costShortForm)
	}
	return best, ok
}

func appendRunes(b []rune, s string) []rune {
	for _, r := range s {
		b = append(b, r)
	}
	return b
}

// otherPlace says that right behind the door number the text names a compound
// (of at least three runes) that the row does not belong to.
func (q *query) otherPlace(after int, used *mask) bool {
	for k := range q.ments {
		m := &q.ments[k]
		if m.i >= after && m.i <= after+1 && m.len() >= 3 && !m.short && !m.inner &&
			q.x.names.at(m.name).kind&(kindPlace|kindAlias) != 0 && !used.any(m.i, m.j) {
			return true
		}
	}
	return false
}
