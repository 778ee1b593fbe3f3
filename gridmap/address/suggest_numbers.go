package address

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// numbers completes a door number behind a road, or a building behind a
// compound: 中山路1 gives 1号, 10号, 11号 ….
func (s *suggester) numbers(from int) bool {
	q := s.q
	for k := range q.ments {
		m := &q.ments[k]
		if m.i != from || m.j >= len(q.c.r) {
			continue
		}
		ids := append([]int32{m.name}, q.x.names.at(m.name).src...)
		for _, id := range ids {
			n := q.x.names.at(id)
			if n.kind&kindRoad != 0 && !m.short && s.doors(m, n) || n.kind&kindPlace != 0 && s.buildings(m, n) {
				return true
			}
		}
	}
	return false
}

type numbered struct {
	row int32
	num uint32
	txt string
}

func (s *suggester) doors(m *mention, n *name) bool {
	st := s.q.c.readStreetTail(m.j)
	typed, ok := s.typedNumber(st.pathEnd)
	if !ok {
		return false
	}
	var hits []numbered
	for _, id := range n.roads {
		street := s.q.x.streets.at(id)
		if st.lane != street.lane || st.section != 0 && st.section != int(street.section) {
			continue
		}
		for _, i := range street.rows {
			r := s.q.x.rows.at(i)
			if strings.HasPrefix(strconv.Itoa(int(r.num)), typed) && r.num > 0 {
				hits = append(hits, numbered{i, r.num, s.q.x.streetText(id) + s.q.x.shownDoor(r)})
			}
		}
	}
	return s.addNumbers(hits, RoleNumber)
}

func (s *suggester) buildings(m *mention, n *name) bool {
	typed, ok := s.typedNumber(m.j)
	if !ok {
		return false
	}
	var hits []numbered
	for _, i := range n.rows {
		r := s.q.x.rows.at(i)
		if r.bld == 0 || !codeIsNumber(r.bld) {
			continue
		}
		if v := r.bld & (codeNumber - 1); strings.HasPrefix(strconv.Itoa(int(v)), typed) {
			hits = append(hits, numbered{i, v, n.shown() + s.q.x.shownBuilding(r)})
		}
	}
	return s.addNumbers(hits, RoleBuilding)
}

// typedNumber returns the digits at the end of the text.
func (s *suggester) typedNumber(at int) (string, bool) {
	v, end := s.q.c.number(at)
	if end == at || end < len(s.q.c.r) && s.q.c.r[end] != '号' {
		return "", false
	}
	return strconv.Itoa(v), true
}

func (s *suggester) addNumbers(hits []numbered, kind Role) bool {
	x := s.q.x
	slices.SortStableFunc(hits, func(a, b numbered) int { return cmp.Compare(a.num, b.num) })
	for _, h := range hits {
		r := x.rows.at(h.row)
		if s.area >= 0 {
			if ok, _ := x.areaAgrees(x.names.at(s.area), r); !ok {
				continue
			}
		}
		s.add(Suggestion{Text: h.txt, Context: x.areaText(x.above(r.area)), Kind: kind, ID: r.id, GridKey: r.grid, Point: r.pt, HasPoint: r.flags&rowPoint != 0})
	}
	return len(s.out) > 0
}
