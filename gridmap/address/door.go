package address

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
			} else if lb.end > bpos && lb.kind == strongLabel { // the table knows the door only
				k.cost += costFinerText
				end = lb.end
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
