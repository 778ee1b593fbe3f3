package address

import (
	"fmt"
	"slices"
	"strings"
)

// refuse answers a text that no row fits: by interpolation, with the road, the
// compound or the area that was understood, or not at all.
func (q *query) refuse(text string) Answer {
	road, comp := q.bestRoad(), q.bestShort()
	switch {
	case road != nil && (comp == nil || road.cost <= comp.cost):
		return q.roadOnly(road, text)
	case comp != nil:
		return q.compoundOnly(comp, text)
	}
	return q.areaOnly(text)
}

// maxMissCost is how much unexplained text a road or compound without its door
// may leave before even that is not claimed.
const maxMissCost = 2.5

func (q *query) bestRoad() *roadMiss {
	if len(q.roads) > 0 && q.roads[0].cost < maxMissCost {
		return &q.roads[0]
	}
	return nil
}

func (q *query) bestShort() *shortMiss {
	if len(q.short) > 0 && q.short[0].cost < maxMissCost {
		return &q.short[0]
	}
	return nil
}

// roadOnly says that the road is known and the door is not.
func (q *query) roadOnly(m *roadMiss, text string) Answer {
	a := Answer{Level: LevelRoad, Status: StatusOK, Confidence: missConfidence(m.cost)}
	q.missComponents(&a, &m.m, RoleRoad, text)
	a.Unexplained = q.unexplained(&m.used, text)
	road := q.x.names.at(m.m.name).shown()
	if m.street < 0 {
		a.Message = fmt.Sprintf("找到%s，但没有文字所说的段或巷弄", road)
		a.MessageEn = "the road was found, but not the section or lane"
		return a
	}
	road = q.x.streetText(m.street)
	if m.tail.door.n == 0 {
		a.Message = fmt.Sprintf("找到%s，缺少门牌号", road)
		a.MessageEn = "the road was found; the door number is missing"
		return a
	}
	num := q.c.doorText(&m.tail.door)
	lo, hi, same := q.neighbours(m)
	near := make([]string, 0, len(same))
	for _, r := range same {
		near = append(near, q.x.shownDoor(r))
	}
	a.Message = fmt.Sprintf("找到%s，但没有 %s", road, num)
	a.MessageEn = fmt.Sprintf("the road was found, but it has no number %s", num)
	if len(near) > 0 {
		a.Message += "；相邻的有 " + strings.Join(slices.Compact(near), "、")
		a.MessageEn += "; its neighbours are listed"
	}
	if p, ok := interpolate(lo, hi, uint32(m.tail.door.val[0])); ok {
		a.Level, a.Point, a.HasPoint = LevelInterpolated, p, true
		if lo.grid == hi.grid {
			a.GridKey = lo.grid
		}
	}
	return a
}

// doorText writes the number of a chain as typed, with 号.
func (c *cleaned) doorText(ch *chain) string {
	var b strings.Builder
	for i := range ch.n {
		if i > 0 {
			b.WriteString("之")
		}
		fmt.Fprint(&b, ch.val[i])
	}
	return b.String() + " 号"
}

// compoundOnly says that the compound is known and the building is not.
func (q *query) compoundOnly(m *shortMiss, text string) Answer {
	a := Answer{Level: LevelCompound, Status: StatusOK, Confidence: missConfidence(m.cost)}
	q.missComponents(&a, &m.m, RoleCompound, text)
	a.Unexplained = q.unexplained(&m.used, text)
	rows := q.x.names.at(m.m.name).rows
	a.GridKey = q.x.rows.at(rows[0]).grid
	var have []string
	for _, i := range rows {
		r := q.x.rows.at(i)
		if r.grid != a.GridKey {
			a.GridKey = 0
		}
		if len(have) < 3 && r.bld != 0 {
			have = append(have, q.x.shownBuilding(r))
		}
	}
	lo, hi := q.c.bytes(m.m.j, max(m.m.j, m.bld.end))
	a.Message = fmt.Sprintf("找到%s，但没有 %s", q.x.names.at(m.m.name).shown(), strings.TrimSpace(text[lo:hi]))
	if len(have) > 0 {
		a.Message += "；有 " + strings.Join(slices.Compact(have), "、") + " 等"
	}
	a.MessageEn = "the compound was found, but not this building"
	return a
}

// areaOnly says which areas were understood.
func (q *query) areaOnly(text string) Answer {
	a := Answer{Level: LevelNone, Status: StatusNone, Message: "没有找到：文字中没有认识的道路、小区或行政区", MessageEn: "not found: no known road, compound or area in the text"}
	k := cand{row: -1}
	q.addAreas(&k, &row{area: -1, place: -1})
	if k.used == (mask{}) {
		a.Unexplained = q.unexplained(&k.used, text)
		return a
	}
	q.components(&a, &k, text)
	a.Unexplained = q.unexplained(&k.used, text)
	var names []string
	for _, c := range a.Components {
		if c.Role == RoleArea {
			names = append(names, c.Name)
		}
	}
	known := strings.Join(names, "")
	if known == "" {
		return a
	}
	if len(a.Unexplained) == 0 {
		a.Level, a.Status, a.Confidence = LevelArea, StatusOK, 0.9
		a.Message = fmt.Sprintf("只说到%s，缺少道路、小区和门牌号", known)
		a.MessageEn = "only an area was named; road, compound and number are missing"
		return a
	}
	a.Message = fmt.Sprintf("认识%s，但不认识“%s”", known, a.Unexplained[0].Text)
	a.MessageEn = "the area is known, the rest of the text is not"
	return a
}

func missConfidence(cost float32) float64 { return max(0.05, 0.95-0.35*float64(cost)) }

func (q *query) missComponents(a *Answer, m *mention, role Role, text string) {
	k := cand{}
	s := span{m.i, m.j, int(m.name)}
	if role == RoleRoad {
		k.road = s
	} else {
		k.place = s
	}
	k.used.add(m.i, m.j)
	q.addAreas(&k, &row{area: -1, place: -1})
	q.components(a, &k, text)
}
