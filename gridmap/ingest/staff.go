package ingest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"time"

	"cloudgrid/gridmap"
)

// seat is what a post is found again by: the same seat filled by another person
// is a handover, not a second post.
type seat struct {
	grid gridmap.GridID
	role string
	rank int
}

// crew is the staff that the store holds, and the file adds to.
type crew struct {
	persons map[string]gridmap.Person // by key
	posts   map[seat]gridmap.Post     // valid when the file begins
	roles   []gridmap.Role
	taken   map[seat]int // by the row that took it
}

// planStaff works out persons and their posts at grids.
func (p *Plan) planStaff(ctx context.Context, s gridmap.Store) error {
	c := &crew{persons: map[string]gridmap.Person{}, posts: map[seat]gridmap.Post{}, taken: map[seat]int{}}
	if s != nil {
		if err := s.View(ctx, func(r gridmap.Reader) error { return c.read(ctx, r, p.ex.at) }); err != nil {
			return err
		}
	}
	accepted := 0
	for _, r := range p.b.rows {
		if p.putStaff(c, r) {
			accepted++
		}
	}
	p.b.rd.rep.Accepted = accepted
	return nil
}

func (c *crew) read(ctx context.Context, r gridmap.Reader, at time.Time) error {
	var err error
	if c.roles, err = r.Roles(ctx); err != nil {
		return err
	}
	for person, err := range r.Persons(ctx, gridmap.Query{}) {
		if err != nil {
			return err
		}
		c.persons[personKey(person)] = person
	}
	for post, err := range r.Posts(ctx, gridmap.Query{At: at}) {
		if err != nil {
			return err
		}
		c.posts[seat{post.Grid, post.Role, post.Rank}] = post
	}
	return nil
}

// personKey is the staff number, or without one the name and phone.
func personKey(p gridmap.Person) string {
	if p.Code != "" {
		return "code:" + p.Code
	}
	return "who:" + p.Name + "|" + p.Phone
}

func (p *Plan) putStaff(c *crew, r row) bool {
	rd := p.b.rd
	grid, ok := p.ex.gridOf[r.fields["grid"]]
	if _, valid := p.ex.grids[grid]; !ok || !valid {
		rd.reject(KindNoParent, r.n, r.code, nil, "网格 %q 不存在", r.fields["grid"])
		return false
	}
	if r.fields["name"] == "" {
		rd.reject(KindNoCode, r.n, r.code, nil, "没有姓名")
		return false
	}
	post, problem := p.postOf(c, r)
	if problem != "" {
		rd.reject(KindBadValue, r.n, r.code, nil, "%s", problem)
		return false
	}
	post.Grid = grid
	if begins := p.ex.grids[grid].ValidFrom; post.ValidFrom.Before(begins) { // nobody can be posted where nothing is yet
		post.ValidFrom = begins
	}
	at := seat{grid, post.Role, post.Rank}
	if first, taken := c.taken[at]; taken {
		if r.fields["rank"] != "" {
			rd.reject(KindSameCode, r.n, r.code, nil, "网格 %s 的 %s 第 %d 顺位与第 %d 行重复", r.fields["grid"], post.Role, post.Rank, first)
			return false
		}
		for ; taken; _, taken = c.taken[at] { // unsaid: in the order of the file
			at.rank++
		}
		post.Rank = at.rank
	}
	c.taken[at] = r.n
	changedPerson := p.putPerson(c, r, &post)
	p.putPost(c, at, post, changedPerson)
	return true
}

// putPerson finds or makes the person of a row and tells whether anything is
// new about them.
func (p *Plan) putPerson(c *crew, r row, post *gridmap.Post) bool {
	f := r.fields
	who := gridmap.Person{
		Code: r.code, Name: f["name"], Phone: f["phone"], OfficePhone: f["office_phone"], Attrs: r.attrs,
		Span: gridmap.Span{ValidFrom: p.b.rd.o.ValidFrom},
	}
	if post.ValidFrom.Before(who.ValidFrom) {
		who.ValidFrom = post.ValidFrom
	}
	key := personKey(who)
	old, known := c.persons[key]
	if who.ID = old.ID; !known {
		who.ID = gridmap.PersonID(p.writes.newID())
	}
	post.Person = who.ID
	same := known && !who.ValidFrom.Before(old.ValidFrom) && old.Name == who.Name && old.Phone == who.Phone && old.OfficePhone == who.OfficePhone && maps.Equal(old.Attrs, who.Attrs)
	if same {
		return false
	}
	c.persons[key] = who
	p.replaces(old.Span)
	if known && p.writes.replacePerson(who) { // a second row of the same person
		return true
	}
	p.writes.persons = append(p.writes.persons, who)
	return true
}

func (w *writes) replacePerson(who gridmap.Person) bool {
	for i := range w.persons {
		if w.persons[i].ID == who.ID {
			w.persons[i] = who
			return true
		}
	}
	return false
}

func (p *Plan) putPost(c *crew, at seat, post gridmap.Post, changedPerson bool) {
	rep := p.b.rd.rep
	old, there := c.posts[at]
	if post.ID = old.ID; !there {
		post.ID = gridmap.PostID(p.writes.newID())
	}
	switch {
	case !there:
		rep.Created++
	case old.Person == post.Person && old.Employment == post.Employment && post.ValidTo.Equal(old.ValidTo):
		if changedPerson {
			rep.Updated++
		} else {
			rep.Unchanged++
		}
		return
	default:
		rep.Updated++
		p.replaces(old.Span)
	}
	p.writes.posts = append(p.writes.posts, post)
}

// postOf reads role, rank, employment and dates; problem says what is wrong.
func (p *Plan) postOf(c *crew, r row) (post gridmap.Post, problem string) {
	f := r.fields
	post.Role = p.role(c, cmp.Or(f["role"], "网格员"))
	post.Rank = 1
	if text := f["rank"]; text != "" {
		if post.Rank = rankOf(text); post.Rank < 1 {
			return post, fmt.Sprintf("顺位 %q 读不懂，应为 1、2 或 A、B", text)
		}
	}
	switch f["employment"] {
	case "":
	case "专职", "全职", string(gridmap.FullTime):
		post.Employment = gridmap.FullTime
	case "兼职", string(gridmap.PartTime):
		post.Employment = gridmap.PartTime
	default:
		return post, fmt.Sprintf("用工方式 %q 读不懂，应为 专职 或 兼职", f["employment"])
	}
	post.ValidFrom = p.b.rd.o.ValidFrom
	for _, d := range []struct {
		text string
		to   *time.Time
	}{{f["from"], &post.ValidFrom}, {f["to"], &post.ValidTo}} {
		if d.text == "" {
			continue
		}
		t, err := parseDate(d.text)
		if err != nil {
			return post, fmt.Sprintf("日期 %q 读不懂，应如 2026-11-01", d.text)
		}
		*d.to = t
	}
	if !post.ValidTo.IsZero() && !post.ValidFrom.Before(post.ValidTo) {
		return post, "离岗日期不晚于上岗日期"
	}
	return post, ""
}

// role finds a role by code or name; an unknown one is new, and said.
func (p *Plan) role(c *crew, name string) string {
	for _, r := range c.roles {
		if r.Code == name || r.Name == name {
			return r.Code
		}
	}
	r := gridmap.Role{Code: name, Name: name, Order: len(c.roles) + 1}
	c.roles = append(c.roles, r)
	p.writes.roles = append(p.writes.roles, r)
	p.b.rd.rep.Notes = append(p.b.rd.rep.Notes, "新建角色 "+name)
	return r.Code
}
