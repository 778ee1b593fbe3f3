package rolls

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/load"
	"cloudgrid/gridmap/publish"
)

// Source is what rolls are made of. Inside says that they stay in the office:
// phones are written in full, and no publication policy applies. Within, where
// given, picks the grids that rolls are about; 0 is what lies in none.
type Source struct {
	Atlas  *atlas.Atlas
	Net    *atlas.Net
	Book   *duty.Book
	Inside bool
	Within func(gridmap.GridID) bool
}

func (s Source) within(id gridmap.GridID) bool { return s.Within == nil || s.Within(id) }

// at is the id of a grid of the network; 0 for none.
func (s Source) at(i int32) gridmap.GridID {
	if i == atlas.None {
		return 0
	}
	return s.Net.Grids[i].ID
}

func number(n int) string { return strconv.Itoa(n) }

// uppers are the names of the levels above the leaves, and of the grids above
// one, padded to them.
func (s Source) uppers() []string {
	var names []string
	for _, l := range s.Net.Levels[:max(len(s.Net.Levels)-1, 0)] {
		names = append(names, l.Name)
	}
	return names
}

func (s Source) upper(i int32) []string {
	names := make([]string, len(s.uppers()))
	for i = s.Net.Grids[i].Parent; i != atlas.None; i = s.Net.Grids[i].Parent {
		if g := &s.Net.Grids[i]; g.Level < len(names) {
			names[g.Level] = g.Name
		}
	}
	return names
}

func (s Source) leaves() []int32 {
	var out []int32
	for i := range s.Net.Grids {
		if len(s.Net.Grids[i].Children) == 0 && s.within(s.Net.Grids[i].ID) {
			out = append(out, int32(i))
		}
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(s.Net.Grids[a].Code, s.Net.Grids[b].Code) })
	return out
}

// person returns the name and numbers of the holder of a post as they may be
// written.
func (s Source) person(i int32, p atlas.Post) (name, phone, office string) {
	who := s.Atlas.Person(p.Person)
	if s.Inside {
		return who.Name, who.Phone, who.OfficePhone
	}
	var chain []gridmap.GridID
	for _, up := range s.Net.Chain(nil, i) {
		chain = append(chain, s.Net.Grids[up].ID)
	}
	post := publish.Post{Role: p.Role.Code, Employment: p.Employment, Chain: chain}
	phone, office = s.Book.Policy().PhoneOf(who, post)
	return s.Book.Policy().NameOf(who, post), phone, office
}

func count(a *atlas.Atlas, g *atlas.Grid, key string) string {
	for k, have := range a.CountKeys() {
		if have == key {
			return strconv.FormatInt(g.Counts[k], 10)
		}
	}
	return ""
}

// Responsibility is 《网格化管理责任分工台账》: one row for each post at a leaf grid or at
// one above it that has posts of its own; a grid without posts has one row that
// says so.
func Responsibility(s Source) Table {
	t := Table{Title: "网格化管理责任分工台账", Key: len(s.uppers()) + 2}
	t.Header = append(s.uppers(), "网格编码", "网格名称", "类型", "户数", "人口", "角色", "姓名", "顺位", "用工", "联系电话", "办公电话", "备注")
	for _, i := range s.leaves() {
		g := &s.Net.Grids[i]
		head := append(s.upper(i), g.Code, g.Name, g.Type.Name(), count(s.Atlas, g, "households"), count(s.Atlas, g, "persons"))
		if len(g.Posts) == 0 {
			t.Rows = append(t.Rows, append(slices.Clone(head), "", "", "", "", "", "", "未配备人员"))
		}
		for _, p := range g.Posts {
			t.Rows = append(t.Rows, append(slices.Clone(head), s.post(i, p)...))
		}
	}
	return t
}

// post writes role, name, rank, employment, numbers and remark.
func (s Source) post(i int32, p atlas.Post) []string {
	rank := "主责"
	if p.Rank > 1 {
		rank = "第 " + number(p.Rank) + " 顺位"
	}
	if p.Person == atlas.Vacant {
		return []string{p.Role.Name, "", rank, employment(p.Employment), "", "", "空缺"}
	}
	name, phone, office := s.person(i, p)
	return []string{p.Role.Name, name, rank, employment(p.Employment), phone, office, ""}
}

func employment(e gridmap.Employment) string {
	switch e {
	case gridmap.FullTime:
		return "专职"
	case gridmap.PartTime:
		return "兼职"
	}
	return ""
}

// first is who is first responsible at a grid, or above it where nobody is
// there, and a number that can be called: theirs or, where that is not to be
// published, that of the next above.
func (s Source) first(i int32) (name, role, phone string) {
	for at := i; at != atlas.None; at = s.Net.Grids[at].Parent {
		for _, p := range s.Net.Grids[at].Posts {
			if p.Person == atlas.Vacant {
				continue
			}
			who, mobile, office := s.person(at, p)
			if name == "" {
				name, role = who, p.Role.Name
			}
			if mobile == "" || strings.Contains(mobile, "*") {
				mobile = office
			}
			if mobile != "" {
				return name, role, mobile
			}
		}
	}
	return name, role, ""
}

// Shopfronts is 《街巷门面责任分工台账》: one row for each shop, with the grid of this
// network (商业网格, where there is one) and that of the main network.
func Shopfronts(s Source) Table {
	t := Table{Title: "街巷门面责任分工台账", Key: 3}
	t.Header = []string{"街巷", "门牌", "店名", "责任网格编码", "责任网格", "责任人", "角色", "联系电话", "所在居民网格", "备注"}
	for k := range s.Atlas.Places() {
		p := &s.Atlas.Places()[k]
		if p.Kind != "shop" {
			continue
		}
		i := s.Net.OfPlace(s.Atlas, p)
		if !s.within(s.at(i)) {
			continue
		}
		row := []string{p.Address.Road + p.Address.Lane, p.Address.Number, p.Name}
		if i == atlas.None {
			row = append(row, "", "", "", "", "", s.resident(p), "未划入网格")
		} else {
			name, role, phone := s.first(i)
			row = append(row, s.Net.Grids[i].Code, s.Net.Grids[i].Name, name, role, phone, s.resident(p), "")
		}
		t.Rows = append(t.Rows, row)
	}
	sortRows(t.Rows)
	return t
}

// resident is the grid of the main network that a place lies in.
func (s Source) resident(p *gridmap.Place) string {
	main := s.Atlas.Main()
	if i := main.OfPlace(s.Atlas, p); i != atlas.None {
		return main.Grids[i].Name
	}
	return ""
}

// Cards is one contact card (联系卡) for each place of the kinds named, doors and
// compounds when none are.
func Cards(s Source, kinds ...string) Table {
	if len(kinds) == 0 {
		kinds = []string{"door", "compound", "building"}
	}
	t := Table{Title: "网格联系卡", Key: 2}
	t.Header = []string{"地址", "名称", "网格编码", "网格", "网格员", "角色", "联系电话", "热线"}
	hotline := s.Atlas.Settings().PublicHotline()
	for k := range s.Atlas.Places() {
		p := &s.Atlas.Places()[k]
		if !slices.Contains(kinds, p.Kind) {
			continue
		}
		i := s.Net.OfPlace(s.Atlas, p)
		if !s.within(s.at(i)) {
			continue
		}
		row := []string{p.Address.String(), p.Name}
		if i == atlas.None {
			row = append(row, "", "未划入网格", "", "", "", hotline)
		} else {
			name, role, phone := s.first(i)
			row = append(row, s.Net.Grids[i].Code, s.Net.Grids[i].Name, name, role, phone, hotline)
		}
		t.Rows = append(t.Rows, row)
	}
	sortRows(t.Rows)
	return t
}

func sortRows(rows [][]string) {
	slices.SortStableFunc(rows, func(a, b []string) int { return slices.Compare(a, b) })
}

// Registration is 《网格划分登记表》: one row for each leaf grid.
func Registration(s Source) Table {
	t := Table{Title: "网格划分登记表", Key: len(s.uppers()) + 1}
	t.Header = append(s.uppers(), "网格编码", "网格名称", "类型", "面积（平方米）", "单元数", "户数", "人口", "商户", "负荷", "规模判定", "网格长", "网格员")
	judged := map[int32]load.Row{}
	for _, r := range load.OfNet(s.Atlas, s.Net, -1, nil) {
		judged[r.Index] = r
	}
	for _, i := range s.leaves() {
		g := &s.Net.Grids[i]
		var leaders, workers []string
		for at := i; at != atlas.None; at = s.Net.Grids[at].Parent {
			for _, p := range s.Net.Grids[at].Posts {
				if p.Person == atlas.Vacant {
					continue
				}
				name, _, _ := s.person(at, p)
				switch {
				case strings.Contains(p.Role.Name, "网格长") && !slices.Contains(leaders, name):
					leaders = append(leaders, name)
				case strings.Contains(p.Role.Name, "网格员") && at == i && !slices.Contains(workers, name):
					workers = append(workers, name)
				}
			}
		}
		r := judged[i]
		t.Rows = append(t.Rows, append(s.upper(i), g.Code, g.Name, g.Type.Name(), strconv.FormatFloat(g.AreaM2, 'f', 0, 64), number(g.Atoms),
			count(s.Atlas, g, "households"), count(s.Atlas, g, "persons"), count(s.Atlas, g, "shops"),
			strconv.FormatFloat(r.Load, 'f', -1, 64), verdict(r.Status), strings.Join(leaders, "、"), strings.Join(workers, "、")))
	}
	return t
}

func verdict(s load.Status) string {
	switch s {
	case load.Over:
		return "超载"
	case load.Under:
		return "偏小"
	case load.OK:
		return "适中"
	case load.Empty:
		return "空"
	case load.Unjudged:
	}
	return "—"
}

// Names are the rolls that Named makes.
func Names() []string {
	return []string{"responsibility", "shopfronts", "cards", "registration", "orphans"}
}

// Named makes a roll by its name.
func Named(name string, s Source) (Table, error) {
	switch name {
	case "responsibility":
		return Responsibility(s), nil
	case "shopfronts":
		return Shopfronts(s), nil
	case "cards":
		return Cards(s), nil
	case "registration":
		return Registration(s), nil
	case "orphans":
		return Orphans(s), nil
	}
	return Table{}, gridmap.Errorf(gridmap.NotFound, "没有台账 %q；现有：%s、handover (no such roll)", name, strings.Join(Names(), "、"))
}
