package address

// evalPlace collects the rows that a compound mention and the building behind
// it fit.
func (q *query) evalPlace(m *mention, place int32) {
	n := q.x.names.at(place)
	if len(n.rows) == 0 {
		return
	}
	base := cand{cost: m.cost, typo: m.cost, place: span{m.i, m.j, int(m.name)}}
	if m.inner {
		base.cost += costInner
	}
	base.used.add(m.i, m.j)
	if m.j < len(q.c.r) && q.c.sep[m.j] == 0 && q.isRoadWord(m.j) { // 望龙门路 is no compound 望龙门
		base.cost += costDoorOnRoad
		base.typo += costDoorOnRoad
	}
	at := q.skipType(m.j, m, &base)
	lb := q.c.readBuilding(at)
	if lb.kind == numberLabel && q.isRoadWord(m.j-1) { // 红旗渠路14号 is a door on a road, not building 14 of 红旗渠路小区
		base.cost += costDoorOnRoad
		base.typo += costDoorOnRoad
	}
	var found bool
	if lb.end > at {
		found = q.evalRows(q.x.buildingRange(n.rows, lb.code), m, &base, at)
		if !found {
			found = q.evalPlain(n.rows, m, &base, at, lb)
		}
	} else {
		found = q.evalRows(n.rows, m, &base, at)
	}
	if !found {
		miss := shortMiss{m: *m, used: base.used, bld: lb, cost: base.cost}
		miss.m.name = place
		miss.used.add(at, lb.end)
		q.chargeMiss(&miss.used, &miss.cost, max(m.j, lb.end), nil)
		q.short = append(q.short, miss)
	}
}

func (q *query) isRoadWord(i int) bool { return isRoadWord(q.c.r[i]) }

func (q *query) sameDoorRow(i int32, r *row) bool {
	o := q.x.rows.at(i)
	return o.street == r.street && o.num == r.num && o.sub == r.sub
}

// evalRows matches rows of a compound, door by door.
func (q *query) evalRows(rows []int32, m *mention, base *cand, at int) bool {
	if len(rows) > maxCands/2 {
		rows = rows[:maxCands/2]
	}
	found := false
	for lo := 0; lo < len(rows); {
		r := q.x.rows.at(rows[lo])
		hi := lo + 1
		for hi < len(rows) && q.sameDoorRow(rows[hi], r) {
			hi++
		}
		with := *base
		with.several = len(rows) > 1
		q.agreeStreet(&with, r, m)
		found = q.evalBuildings(rows[lo:hi], &with, at) || found
		lo = hi
	}
	return found
}

// evalPlain matches the rows of a compound that have no building. A label can
// be their door number (翡翠郡5号) or belong to the tail (翡翠郡-3-602).
func (q *query) evalPlain(all []int32, m *mention, base *cand, at int, lb label) bool {
	plain := q.x.buildingRange(all, 0)
	found := false
	if lb.kind != floorLabel && codeIsNumber(lb.code) {
		for _, i := range plain {
			r := q.x.rows.at(i)
			if r.num != lb.code&(codeNumber-1) || r.sub != 0 {
				continue
			}
			with := *base
			q.agreeStreet(&with, r, m)
			if with.door.j == 0 {
				with.bld = span{i: at, j: lb.end}
				with.used.add(at, lb.end)
				if lb.kind == bareLabel {
					with.cost += costBareLabel
				}
				found = q.evalBuildings([]int32{i}, &with, lb.end) || found
			}
		}
	}
	if !found {
		found = q.evalUnits(plain, m, base, at)
	}
	if lb.kind == bareLabel || lb.kind == floorLabel || lb.kind == strongLabel && len(plain) == len(all) && !found {
		found = q.evalRows(plain, m, base, at) || found
	}
	return found
}

// evalUnits matches the rows whose unit, a shop or office in words, stands
// right behind the compound (德田广场207号).
func (q *query) evalUnits(plain []int32, m *mention, base *cand, at int) bool {
	found := false
	for _, i := range plain[:min(len(plain), maxCands/2)] {
		r := q.x.rows.at(i)
		if r.unit == 0 || codeIsNumber(r.unit) || q.c.has(at, q.x.label(r.unit)) == at {
			continue
		}
		with := *base
		q.agreeStreet(&with, r, m)
		found = q.evalBuildings([]int32{i}, &with, at) || found
	}
	return found
}

// skipType passes what may stand between a compound's name and the building:
// the rest of its own type word, a doubled last rune, or a type word that the
// table writes otherwise or not at all (翡翠郡小区 for 翡翠郡).
func (q *query) skipType(j int, m *mention, c *cand) int {
	if j >= len(q.c.r) || q.c.sep[j] != 0 {
		return j
	}
	e, cost := j, float32(0)
	if m.short {
		own := q.x.names.at(m.name).text
		for _, x := range own[runePrefix(own, int(q.x.names.at(m.name).short)):] {
			if !q.c.is(e, x) {
				break
			}
			e++
		}
	}
	if e == j {
		for _, w := range placeTypes {
			if k := q.c.has(j, w); k >= j+2 {
				e, cost = k, costShortForm
				cut := m.short || q.x.names.at(m.name).kind&kindPlace == 0 // a short form or nickname
				if cut && w == "小区" {                                      // added to any name in speech
					cost = costAnyType
				} else if cut {
					cost = costOtherType
				}
				break
			}
		}
	}
	if e == j && q.c.r[j] == q.c.r[j-1] && isHan(q.c.r[j]) {
		e, cost = j+1, costDoubled
	}
	c.used.add(j, e)
	c.cost += cost
	c.typo += cost
	return e
}

// agreeStreet compares the street of a row found by its compound with what
// the text says of one.
func (q *query) agreeStreet(c *cand, r *row, m *mention) {
	if r.street < 0 {
		return
	}
	s := q.x.streets.at(r.street)
	other := -1
	for k := range q.ments {
		o := &q.ments[k]
		n := q.x.names.at(o.name)
		if c.used.any(o.i, o.j) || n.kind&(kindRoad|kindAlias) == 0 {
			continue
		}
		if o.name == s.road || containsID(n.src, s.road) {
			q.agreeDoor(c, r, s, o.i, o.j, 0)
			return
		}
		if n.kind&kindRoad != 0 && !o.inner && other < 0 {
			other = k
		}
	}
	if i, j, cost, ok := q.typedRoad(q.x.names.at(s.road).text, m.i, &c.used); ok {
		q.agreeDoor(c, r, s, i, j, cost)
		return
	}
	if other >= 0 {
		c.cost += costOtherRoad
		c.conflict += costOtherRoad
	}
}

// agreeDoor takes in the road at [i, j) and compares the numbers behind it.
func (q *query) agreeDoor(c *cand, r *row, s *street, i, j int, typo float32) {
	st := q.c.readStreetTail(j)
	end := st.pathEnd
	if end > c.place.i && i < c.place.i {
		end = j
		st.door.n, st.lanes, st.section = 0, 0, 0
	}
	c.road = span{i, j, int(s.road)}
	c.joint = true
	c.cost += typo
	c.typo += typo
	laneIsDoor := st.laneNum.n > 0 && st.laneUp == s.lane && st.door.n == 0 && uint32(st.laneNum.val[0]) == r.num &&
		r.sub == laneDoor(q.c.r[st.pathEnd-1], st.laneNum.sub(st.laneNum.n))
	if st.lanes > 0 && st.lane != s.lane && !laneIsDoor || st.section != 0 && s.section != 0 && st.section != int(s.section) {
		c.cost += costOtherNumber
		c.conflict += costOtherNumber
	}
	if st.door.n > 0 && r.num != 0 {
		ok, n := false, st.door.n
		for ; n >= st.door.mandatory(); n-- {
			if uint32(st.door.val[0]) == r.num && st.door.sub(n) == r.sub {
				ok = true
				break
			}
		}
		n = max(n, st.door.mandatory())
		if e := st.door.end[n-1]; e <= c.place.i || i > c.place.i {
			end = e
			if !ok {
				c.cost += costOtherNumber
				c.conflict += costOtherNumber
			}
		}
	}
	c.door = span{i: j, j: end}
	c.numbered = st.door.n > 0 || laneIsDoor
	c.used.add(i, end)
}

// typedRoad looks for a mistyped road name before a compound at end.
func (q *query) typedRoad(name string, end int, used *mask) (i, j int, cost float32, ok bool) {
	if end < 2 {
		return 0, 0, 0, false
	}
	q.runes = appendRunes(q.runes[:0], name)
	want := q.runes
	last := want[len(want)-1]
	for j = end; j >= 2; j-- {
		if q.c.r[j-1] != last {
			continue
		}
		best, bi := float32(costOther), -1
		for n := len(want) - 1; n <= len(want)+1; n++ {
			if i = j - n; i < 0 || n < 2 || used.any(i, j) {
				continue
			}
			if c := editCost(q.c.r[i:j], want, q.t); c < best {
				best, bi = c, i
			}
		}
		if bi >= 0 {
			return bi, j, best, true
		}
	}
	return 0, 0, 0, false
}
