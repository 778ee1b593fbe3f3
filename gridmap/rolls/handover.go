package rolls

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Handover is 《工作移交清单》 between two snapshots of one network: for each person
// with a post at a leaf grid, every grid that they gain or lose, and every stretch
// of households that comes to them or leaves them because the grids changed.
func Handover(before, now Source) Table {
	t := Table{Title: "工作移交清单", Key: 4}
	t.Header = []string{"姓名", "工号", "事项", "网格", "单元数", "户数", "移交对象"}
	posts := postsOf(before)
	for _, h := range postsOf(now) {
		if i := slices.IndexFunc(posts, func(p held) bool { return p.person.ID == h.person.ID && p.grid == h.grid && p.role == h.role }); i >= 0 {
			posts = slices.Delete(posts, i, i+1)
			continue
		}
		t.Rows = append(t.Rows, []string{h.person.Name, h.person.Code, "新任" + h.role, h.name, "", "", ""})
	}
	for _, p := range posts {
		t.Rows = append(t.Rows, []string{p.person.Name, p.person.Code, "卸任" + p.role, p.name, "", "", ""})
	}
	t.Rows = append(t.Rows, stretches(before, now)...)
	slices.SortStableFunc(t.Rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[1], b[1]), slices.Compare(a, b)) })
	return t
}

type held struct {
	person     gridmap.Person
	grid       gridmap.GridID
	name, role string
}

func postsOf(s Source) []held {
	var out []held
	for i := range s.Net.Grids {
		for _, p := range s.Net.Grids[i].Posts {
			if p.Person != atlas.Vacant && s.within(s.Net.Grids[i].ID) {
				out = append(out, held{s.Atlas.Person(p.Person), s.Net.Grids[i].ID, s.Net.Grids[i].Name, p.Role.Name})
			}
		}
	}
	return out
}

// move is ground that went from one grid to another.
type move struct{ from, to gridmap.GridID }

// stretches lists what each person of a leaf grid hands over to, or takes from,
// the people of another.
func stretches(before, now Source) [][]string {
	owners, homes := ownersOf(before), map[move][2]int64{}
	for id, to := range ownersOf(now) {
		from, known := owners[id]
		if !known || from.grid == to.grid {
			continue
		}
		m := move{from.grid, to.grid}
		sum := homes[m]
		homes[m] = [2]int64{sum[0] + 1, sum[1] + to.households}
	}
	var rows [][]string
	for m, sum := range homes {
		givers, takers := peopleAt(before, m.from), peopleAt(now, m.to)
		for _, g := range shown(before, m.from, givers) {
			rows = append(rows, []string{g.Name, g.Code, "移出", nameOf(before, m.from) + " → " + nameOf(now, m.to), strconv.FormatInt(sum[0], 10), strconv.FormatInt(sum[1], 10), namesOf(takers)})
		}
		for _, g := range shown(now, m.to, takers) {
			rows = append(rows, []string{g.Name, g.Code, "接收", nameOf(before, m.from) + " → " + nameOf(now, m.to), strconv.FormatInt(sum[0], 10), strconv.FormatInt(sum[1], 10), namesOf(givers)})
		}
	}
	return rows
}

// shown are the people of a grid that the roll is about. Those whom they hand
// over to are named beside them wherever they are.
func shown(s Source, id gridmap.GridID, people []gridmap.Person) []gridmap.Person {
	if !s.within(id) {
		return nil
	}
	return people
}

type owned struct {
	grid       gridmap.GridID
	households int64
}

func ownersOf(s Source) map[gridmap.AtomID]owned {
	key := slices.Index(s.Atlas.CountKeys(), "households")
	_, atoms, owner := s.Net.Ground()
	out := make(map[gridmap.AtomID]owned, len(atoms))
	for f, i := range atoms {
		if i == atlas.None || owner[f] == atlas.None {
			continue
		}
		o := owned{grid: s.Net.Grids[owner[f]].ID}
		if key >= 0 {
			o.households = s.Atlas.AtomCounts(i)[key]
		}
		out[s.Atlas.Atom(i).ID] = o
	}
	return out
}

func peopleAt(s Source, id gridmap.GridID) []gridmap.Person {
	i := s.Net.Index(id)
	if i == atlas.None {
		return nil
	}
	var out []gridmap.Person
	for _, p := range s.Net.Grids[i].Posts {
		if p.Person == atlas.Vacant {
			continue
		}
		who := s.Atlas.Person(p.Person)
		if !slices.ContainsFunc(out, func(x gridmap.Person) bool { return x.ID == who.ID }) {
			out = append(out, who)
		}
	}
	return out
}

func nameOf(s Source, id gridmap.GridID) string {
	if i := s.Net.Index(id); i != atlas.None {
		return s.Net.Grids[i].Name
	}
	return "网格 " + strconv.FormatInt(int64(id), 10)
}

func namesOf(people []gridmap.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	return strings.Join(names, "、")
}

// Orphans is the list of posts whose grid is no more (悬空岗位): each must be
// given to another grid or ended.
func Orphans(s Source) Table {
	t := Table{Title: "悬空岗位", Key: 2, Header: []string{"岗位编号", "原网格编号", "角色", "姓名", "工号"}}
	for id, posts := range s.Atlas.Stray() {
		if !s.within(id) {
			continue
		}
		for _, p := range posts {
			who := s.Atlas.Person(p.Person)
			t.Rows = append(t.Rows, []string{strconv.FormatInt(int64(p.ID), 10), strconv.FormatInt(int64(id), 10), p.Role.Name, who.Name, who.Code})
		}
	}
	sortRows(t.Rows)
	return t
}
