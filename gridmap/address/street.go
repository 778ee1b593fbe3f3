package address

// Costs of reading the numbers behind a road.
const (
	costNoSection    = 0.3 // the text leaves the section away
	costExtraSection = 4.5 // the text names a section that the table has not
	costDropped      = 4.0 // a joined number read as room, not as sub-number
	costRoomAsSub    = 1.2 // a number of three digits or more read as sub-number
	costUnitSplit    = 1.5 // 29-1-903 read as 29之1, room 903; 29-1-4-901 read as 29
	costFloorLabel   = 0.8 // 5楼 read as building 5 without a compound named
	costBareLabel    = 0.3
	costOtherPlace   = 3.0 // the text names another compound than the row's
	costOtherNumber  = 3.0
	costOtherRoad    = 3.0
	costInner        = 3.0 // a name inside a longer name
	costFinerText    = 1.6 // a building where the table has none
	costOtherUnit    = 1.6 // another shop or floor than the row's, in words
	costDoorOnRoad   = 5.0
	costAnyType      = 2.6 // 怡东小区 for 怡东苑
	costOtherType    = 3.9 // 怡东大厦 for 怡东苑
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
