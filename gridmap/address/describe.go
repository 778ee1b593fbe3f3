package address

import (
	"fmt"
	"strconv"
	"strings"
)

// textOf writes the address of a row as the table has it.
func (x *Index) textOf(r *row) string {
	var b strings.Builder
	b.WriteString(x.areaText(r.area))
	if r.street >= 0 {
		b.WriteString(x.streetText(r.street))
	}
	b.WriteString(x.shownDoor(r))
	if r.place >= 0 {
		b.WriteString(x.names.at(r.place).shown())
	}
	b.WriteString(x.shownBuilding(r))
	if r.unit != 0 {
		if codeIsNumber(r.unit) {
			b.WriteString(strconv.Itoa(int(r.unit&(codeNumber-1))) + "单元")
		} else {
			b.WriteString(x.label(r.unit))
		}
	}
	return b.String()
}

func (x *Index) areaText(i int32) string {
	if i < 0 {
		return ""
	}
	a := x.areas.at(i)
	return x.areaText(a.parent) + x.names.at(a.name).shown()
}

var sectionDigits = [...]string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// streetText writes road, section and lanes.
func (x *Index) streetText(i int32) string {
	s := x.streets.at(i)
	t := x.names.at(s.road).shown()
	if n := int(s.section); n > 0 && n < len(sectionDigits) {
		t += sectionDigits[n] + "段"
	} else if n > 0 {
		t += strconv.Itoa(n) + "段"
	}
	if s.lane != 0 {
		t += x.label(s.lane)
	}
	return t
}

// describe fills components, unexplained text, reasons and messages of an
// answer that has a candidate.
func (q *query) describe(a *Answer, c *cand, text string) {
	r := q.x.rows.at(c.row)
	q.components(a, c, text)
	a.Unexplained = q.unexplained(&c.used, text)
	if c.typo > 0 {
		a.Reasons = append(a.Reasons, "名称按近似更正")
	}
	if c.number > 0 {
		a.Reasons = append(a.Reasons, "号码有其他读法")
	}
	if c.left > 0 {
		a.Reasons = append(a.Reasons, "有未能解释的文字")
	}
	if c.conflict > 0 {
		a.Reasons = append(a.Reasons, "文字与地址库矛盾")
	}
	if c.support > 0 {
		a.Reasons = append(a.Reasons, "行政区划相符")
	}
	if c.joint {
		a.Reasons = append(a.Reasons, "道路与小区相符")
	}
	full := q.x.textOf(r)
	switch a.Status {
	case StatusOK:
		switch {
		case a.Level == LevelCompound && a.ID == 0:
			a.Message = fmt.Sprintf("找到%s，但没有说是哪一栋", q.x.placeText(r))
			a.MessageEn = "the compound was found, but the text does not say which building"
		default:
			a.Message, a.MessageEn = full, "found"
		}
	case StatusRelative:
		rel := q.relation(c)
		a.Message = fmt.Sprintf("在%s%s：只能定位到这个参照点，不能确定是哪一栋", full, string(q.c.r[rel.i:rel.j]))
		a.MessageEn = "beside the place named; the building itself is not claimed"
	case StatusConflict:
		a.Message = fmt.Sprintf("文字与地址库矛盾：地址库中是%s", full)
		a.MessageEn = "the text contradicts the table: the nearest entry lies elsewhere"
	case StatusAmbiguous:
		a.Message = fmt.Sprintf("有多处可能，例如%s；请补充区、街道或小区", full)
		a.MessageEn = "several places fit, or none surely enough; add district, town or compound"
	case StatusNone:
		a.Message = fmt.Sprintf("没有找到：最接近的是%s，但文字与它不符", full)
		a.MessageEn = "not found: the nearest entry does not agree with the text"
	}
}

// placeText writes the compound of a row, or its door.
func (x *Index) placeText(r *row) string {
	if r.place >= 0 {
		return x.areaText(x.above(r.area)) + x.names.at(r.place).shown()
	}
	s := ""
	if r.street >= 0 {
		s = x.streetText(r.street)
	}
	return x.areaText(x.above(r.area)) + s + x.shownDoor(r)
}

// above leaves out the grid.
func (x *Index) above(i int32) int32 {
	for i >= 0 && x.areas.at(i).level > AreaCommunity {
		i = x.areas.at(i).parent
	}
	return i
}

func (q *query) components(a *Answer, c *cand, text string) {
	add := func(role Role, s span, name string, typo bool) {
		if s.j > s.i {
			lo, hi := q.c.bytes(s.i, s.j)
			a.Components = append(a.Components, Component{role, lo, hi, text[lo:hi], name, typo})
		}
	}
	for _, m := range q.ments {
		if q.x.names.at(m.name).kind&kindArea != 0 && c.used.any(m.i, m.j) && !q.overlaps(c, m) && !m.inner && !m.void {
			add(RoleArea, span{i: m.i, j: m.j}, q.x.names.at(m.name).shown(), false)
		}
	}
	if c.road.j > c.road.i {
		n := q.x.names.at(int32(c.road.v))
		add(RoleRoad, c.road, n.shown(), !q.same(n.text, c.road.i, c.road.j))
	}
	add(RoleNumber, c.door, "", false)
	if c.place.j > c.place.i {
		n := q.x.names.at(int32(c.place.v))
		add(RoleCompound, c.place, n.shown(), !q.same(n.text, c.place.i, c.place.j))
	}
	add(RoleBuilding, c.bld, "", false)
	add(RoleTail, c.tail, "", false)
	add(RoleRelation, q.relation(c), "", false)
}

// overlaps says that a mention is part of the anchor of a candidate.
func (q *query) overlaps(c *cand, m mention) bool {
	for _, s := range [...]span{c.road, c.door, c.place, c.bld, c.tail} {
		if m.i < s.j && s.i < m.j {
			return true
		}
	}
	return false
}

// bytes returns the byte span of the runes [i, j) in the original text.
func (c *cleaned) bytes(i, j int) (lo, hi int) {
	if i >= j {
		return int(c.off[i]), int(c.off[i])
	}
	return int(c.off[i]), int(c.end[j-1])
}

// unexplained lists the pieces of the text that nothing accounts for.
func (q *query) unexplained(used *mask, text string) []Span {
	var out []Span
	for i := 0; i < len(q.c.r); {
		if used.has(i) || q.noise.has(i) {
			i++
			continue
		}
		j := i + 1
		for j < len(q.c.r) && !used.has(j) && !q.noise.has(j) && q.c.sep[j] == 0 {
			j++
		}
		if q.openRunes(i, j) > 0 {
			lo, hi := q.c.bytes(i, j)
			out = append(out, Span{lo, hi, text[lo:hi]})
		}
		i = j
	}
	return out
}
