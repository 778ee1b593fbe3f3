package duty

import (
	"fmt"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/publish"
)

// Kind says why somebody is on the list.
type Kind string

// The kinds, in the order in which they are tried within a grid.
const (
	OnShift    Kind = "shift"      // 值班
	Primary    Kind = "primary"    // 主责
	Substitute Kind = "substitute" // 代班, B 岗
	Leader     Kind = "upper"      // of a grid above
	Line       Kind = "line"       // the duty line of a grid, station or department
	Hotline    Kind = "hotline"    // 热线: always there, always last
)

// Contact is somebody to call. At least one of Phone and Office can be called
// by the office itself; what a stranger may see of them is for Shown.
type Contact struct {
	Kind   Kind
	Grid   int32 // whose it is, in Net.Grids; atlas.None for a department or hotline
	Person gridmap.Person
	Role   gridmap.Role
	Post   publish.Post
	Name   string // of a line: 二七街道值班室
	Phone  string
	Office string
	Why    string // 张三请假，李四代班; "" when there is nothing to explain
}

// Shown returns the contact's name and numbers as a stranger may see them.
func (b *Book) Shown(c Contact) (name, phone, office string) {
	if c.Person.ID == 0 {
		return c.Name, c.Phone, c.Office
	}
	phone, office = b.policy.PhoneOf(c.Person, c.Post)
	return b.policy.NameOf(c.Person, c.Post), phone, office
}

// Question is whose contacts are wanted.
type Question struct {
	At     time.Time
	Grid   int32 // the deepest grid that is responsible; atlas.None: only the hotline answers
	Matter string
}

// Answer is whom to call.
type Answer struct {
	Contacts []Contact // at least one; the last is a line that always answers
	Skipped  []string  // who would have come first and cannot be reached, and why
	Mode     Mode
	Because  string // of the mode
	Matter   Entry[Matter]
	Listed   bool // the matter is on the list
	Admitted bool // it may go to grid staff; true when no matter was named
}

// Whom answers a question from a snapshot. A matter that is not admitted, or not
// on the list at all, goes to its department, the street's line and the hotline,
// never to grid staff.
func (b *Book) Whom(a *atlas.Atlas, n *atlas.Net, q Question) Answer {
	s := search{b: b, a: a, n: n, at: q.At.In(gridmap.CivilZone()), seen: map[gridmap.PersonID]bool{}}
	s.ans.Admitted = true
	var indices []int32
	if q.Grid != atlas.None {
		indices = n.Chain(nil, q.Grid)
	}
	for _, i := range indices {
		s.chain = append(s.chain, n.Grids[i].ID)
	}
	s.ans.Mode, s.ans.Because = b.ModeAt(s.chain)
	if q.Matter != "" {
		s.ans.Matter, s.ans.Listed = b.Matter(q.Matter)
		s.ans.Admitted = s.ans.Listed && s.ans.Matter.Body.Admitted
	}
	if s.ans.Admitted {
		s.staff(indices)
	} else {
		s.department()
	}
	s.lines(indices)
	s.add(Contact{Kind: Hotline, Grid: atlas.None, Name: b.hotline + " 热线", Office: b.hotline})
	return s.ans
}

// search gathers the contacts of one answer.
type search struct {
	b     *Book
	a     *atlas.Atlas
	n     *atlas.Net
	at    time.Time
	chain []gridmap.GridID // from the top down
	seen  map[gridmap.PersonID]bool
	ans   Answer
}

func (s *search) add(c Contact) {
	if c.Person.ID != 0 {
		if s.seen[c.Person.ID] {
			return
		}
		c.Phone, c.Office = c.Person.Phone, c.Person.OfficePhone
		if c.Phone == "" && c.Office == "" {
			s.skip("%s「%s」没有联系电话", c.Role.Name, s.b.policy.NameOf(c.Person, c.Post))
			return
		}
		s.seen[c.Person.ID] = true
	}
	s.ans.Contacts = append(s.ans.Contacts, c)
}

func (s *search) skip(format string, args ...any) {
	s.ans.Skipped = append(s.ans.Skipped, fmt.Sprintf(format, args...))
}

// staff adds shifts, then posts, from the deepest grid up. In an emergency the
// shifts of that mode come first, whatever their level. A matter that names
// roles goes to their holders first: a building head does not come before the
// grid worker whose matter it is.
func (s *search) staff(indices []int32) {
	if s.ans.Mode == Emergency {
		for k := len(indices) - 1; k >= 0; k-- {
			s.shifts(indices, k, Emergency)
		}
	}
	wanted := s.ans.Matter.Body.Roles
	for i := range len(wanted) + 1 { // the last time, whoever else there is
		for k := len(indices) - 1; k >= 0; k-- {
			if i == 0 && s.ans.Mode != Emergency {
				s.shifts(indices, k, Normal)
			}
			s.posts(indices, k, func(p atlas.Post) bool {
				if i < len(wanted) {
					return p.Role.Code == wanted[i]
				}
				return !slices.Contains(wanted, p.Role.Code)
			})
		}
	}
}

// posts adds those holders of posts at one grid that are asked for.
func (s *search) posts(indices []int32, k int, asked func(atlas.Post) bool) {
	for _, p := range s.n.Grids[indices[k]].Posts {
		if asked(p) {
			s.post(indices, k, p)
		}
	}
}

func (s *search) shifts(indices []int32, k int, mode Mode) {
	for _, e := range s.b.shifts[s.chain[k]] {
		shift := e.Body
		if (shift.Mode == Emergency) != (mode == Emergency) || !shift.Covers(s.at) {
			continue
		}
		name := shift.Role
		if name == "" {
			name = shift.Name
		}
		for _, id := range shift.Persons {
			c := Contact{Kind: OnShift, Grid: indices[k], Role: gridmap.Role{Code: "shift", Name: name}, Why: shift.Name, Post: s.held(id, k)}
			s.person(id, c, s.chain[:k+1])
		}
		if shift.Phone != "" {
			s.add(Contact{Kind: OnShift, Grid: indices[k], Name: name, Office: shift.Phone, Why: shift.Name})
		}
	}
}

// held is the post by which policies speak of somebody on a shift at the k-th
// grid of the chain: one held along the chain, else one held elsewhere, else
// the shift itself.
func (s *search) held(id gridmap.PersonID, k int) publish.Post {
	best := publish.Post{Role: "shift", Chain: s.chain[:k+1]}
	for i := range s.n.Grids {
		g := &s.n.Grids[i]
		for _, p := range g.Posts {
			if p.Person == atlas.Vacant || s.a.Person(p.Person).ID != id {
				continue
			}
			best.Role, best.Employment = p.Role.Code, p.Employment
			if at := slices.Index(s.chain, g.ID); at >= 0 {
				best.Chain = s.chain[:max(at, k)+1]
				return best
			}
			best.Chain = nil
			for _, up := range s.n.Chain(nil, int32(i)) { //nolint:gosec // an index of a net's grids, which fits
				best.Chain = append(best.Chain, s.n.Grids[up].ID)
			}
		}
	}
	return best
}

func (s *search) post(indices []int32, k int, p atlas.Post) {
	c := Contact{Kind: Primary, Grid: indices[k], Role: p.Role}
	switch {
	case k < len(indices)-1:
		c.Kind = Leader
	case p.Rank > 1:
		c.Kind = Substitute
	}
	c.Post = publish.Post{Role: p.Role.Code, Employment: p.Employment, Chain: s.chain[:k+1]}
	if p.Person == atlas.Vacant {
		s.skip("%s空缺", p.Role.Name)
		return
	}
	s.person(s.a.Person(p.Person).ID, c, s.chain[:k+1])
}

// person adds somebody or, when away, who stands in.
func (s *search) person(id gridmap.PersonID, c Contact, chain []gridmap.GridID) {
	var why string
	for range 8 { // a substitute may be away too, and name the first one again
		who, known := s.a.PersonOf(id)
		if !known {
			s.skip("%s已不在岗", c.Role.Name)
			return
		}
		absence, away := s.b.away(id, chain)
		if !away {
			c.Person = who
			if why != "" {
				c.Kind, c.Why = Substitute, fmt.Sprintf("%s，%s代班", why, s.b.policy.NameOf(who, c.Post))
			}
			s.add(c)
			return
		}
		// What explains an answer leaves with it: names as the policy has them,
		// and nothing of anybody's health.
		if absence.Reason == Sick {
			absence.Reason = Leave
		}
		why = s.b.policy.NameOf(who, c.Post) + absence.Reason.Word()
		if absence.Substitute == 0 || absence.Substitute == id {
			break
		}
		id = absence.Substitute
	}
	s.skip("%s%s，无人代班", c.Role.Name, why)
}

// department adds the unit that a matter belongs to.
func (s *search) department() {
	u, ok := s.b.units[s.ans.Matter.Body.Department]
	if !ok {
		return
	}
	if u.Body.Phone == "" {
		s.skip("%s没有联系电话", u.Body.Name)
		return
	}
	s.add(Contact{Kind: Line, Grid: atlas.None, Name: u.Body.Name, Office: u.Body.Phone, Why: "该事项未列入网格准入清单，由主管部门办理"})
}

// dutyPhone is the attribute of a grid that holds its duty line.
const dutyPhone = "duty_phone"

// lines adds the stations and duty lines from the deepest grid up.
func (s *search) lines(indices []int32) {
	for k := len(indices) - 1; k >= 0; k-- {
		g := &s.n.Grids[indices[k]]
		for _, u := range s.b.UnitsOver(g.ID) {
			if u.Body.Tree == "station" && u.Body.Phone != "" {
				s.add(Contact{Kind: Line, Grid: indices[k], Name: u.Body.Name, Office: u.Body.Phone})
			}
		}
		if phone := g.Attrs[dutyPhone]; phone != "" {
			s.add(Contact{Kind: Line, Grid: indices[k], Name: g.Name + "值班室", Office: phone})
		}
	}
}
