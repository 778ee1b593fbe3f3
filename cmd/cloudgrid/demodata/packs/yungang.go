package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/publish"
)

// yungang is modelled on a district of Datong: 27 towns and streets; 810 grids,
// 561 urban and 249 rural; 246 heads over them; 561 full-time and 249 part-time
// workers; 635 outside experts of five kinds; 43 matters of 11 departments; 1+2+N
// in town, 1+N in the villages. Made up beyond that: one community or village
// per head, 12 streets, 3 blocks to a grid, and which communities are short of
// police.
func yungang(k *kit) {
	const towns, streets, communities, urbanOnes, urban, rural, perGrid = 27, 12, 246, 150, 561, 249, 3
	k.about("大同云冈区网格", "27 个乡镇街道、810 个网格（城市 561、农村 249）、246 名网格长、635 名“五员”、43 项准入事项")
	k.rolesOf("grid_worker", "网格员", "grid_head", "网格长", "police", "民警", "aux_police", "辅警",
		"judge", "法官", "prosecutor", "检察官", "officer", "警官", "legal_worker", "法律工作者", "mediator", "调解员", "duty_line", "值班室")
	n := k.net("main", "综合网格", "town", "乡镇街道", "community", "社区（村）", "grid", "网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 2, Unit: "households", Min: 150, Target: 300, Max: 500})
	const grids = urban + rural
	area := groundFor(grids*perGrid, 113.05, 40.0, 300, 2)
	households := spread(grids*300, grids*perGrid, 21)
	tops := make([]gridmap.GridID, towns)
	for i := range tops {
		name, zone := "虚构"+fancy(i)+"街道", "urban"
		if i >= streets {
			name, zone = "虚构"+fancy(i)+"镇", "rural"
		}
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("YG-%02d", i+1), name, "area", zone, "duty_phone", line(900+i))
		k.post(tops[i], "duty_line", k.hireAt("值班室"), 1, gridmap.FullTime)
	}
	at := 0
	for c := range communities {
		town, size, zone := c*streets/urbanOnes, share(urban, urbanOnes, c+1)-share(urban, urbanOnes, c), "urban"
		if c >= urbanOnes {
			v := c - urbanOnes
			town, zone = streets+v*(towns-streets)/(communities-urbanOnes), "rural"
			size = share(rural, communities-urbanOnes, v+1) - share(rural, communities-urbanOnes, v)
		}
		name := "虚构" + fancy(100+c) + map[string]string{"urban": "社区", "rural": "村"}[zone]
		up := k.grid(n, tops[town], 1, fmt.Sprintf("YG-%03d", 100+c), name, "area", zone)
		k.policeOf(up, c, zone)
		head, cadre := k.hire("网格长"), k.hireAt("包联干部")
		k.record(gridmap.LiaisonRecord, "", gridmap.Record{Grid: up, Person: cadre}, duty.Liaison{Title: "包联干部", EveryDays: 30})
		for j := range size {
			g := k.grid(n, up, 2, fmt.Sprintf("YG-%03d-%02d", 100+c, j+1), name+"第"+numeral(j+1)+"网格", "area", zone)
			employment := gridmap.FullTime
			if zone == "rural" {
				employment = gridmap.PartTime
			}
			k.post(g, "grid_worker", k.hire("网格员"), 1, employment)
			k.post(g, "grid_head", head, 1, gridmap.FullTime) // one head, several grids
			for b := range perGrid {
				a := k.block(area, at, "block", fmt.Sprintf("YG-A%04d", at+1), "", map[string]int64{"households": households[at], "persons": households[at] * 27 / 10})
				k.member(a.ID, n, g)
				if b == 0 {
					k.place(area, at, a.ID, "compound", compound(at/perGrid), gridmap.Address{City: "大同市", District: "云冈区", Compound: compound(at / perGrid)})
				}
				at++
			}
		}
	}
	k.yungangExperts(tops)
	k.yungangRules()
	k.yungangMatters()
}

// policeOf posts the police of a community, 1+2 in town and 1 in a village. A
// few are short of one, as the report should find.
func (k *kit) policeOf(g gridmap.GridID, c int, zone string) {
	if !(zone == "rural" && c%31 == 7) {
		k.post(g, "police", k.hireAt("民警"), 1, gridmap.FullTime)
	}
	if zone == "rural" {
		return
	}
	k.post(g, "aux_police", k.hireAt("辅警"), 1, gridmap.FullTime)
	if c%37 != 5 {
		k.post(g, "aux_police", k.hireAt("辅警"), 2, gridmap.FullTime)
	}
}

// yungangExperts hangs the five kinds of experts on the towns.
func (k *kit) yungangExperts(tops []gridmap.GridID) {
	for _, e := range []struct {
		role, title string
		n           int
	}{{"judge", "法官", 15}, {"prosecutor", "检察官", 27}, {"officer", "警官", 149}, {"legal_worker", "法律工作者", 158}, {"mediator", "调解员", 286}} {
		for i := range e.n {
			k.post(tops[i%len(tops)], e.role, k.hire(e.title), i/len(tops)+1, gridmap.PartTime)
		}
	}
}

// yungangRules are the teams that grids must have and what may be published.
func (k *kit) yungangRules() {
	k.record(gridmap.TeamRecord, "", gridmap.Record{}, duty.Team{Name: "1+2+N", Where: map[string]string{"area": "urban"}, Needs: []duty.Need{
		{Role: "police", Above: true}, {Role: "aux_police", Min: 2, Above: true}, {Role: "grid_worker"},
	}})
	k.record(gridmap.TeamRecord, "", gridmap.Record{}, duty.Team{Name: "1+N", Where: map[string]string{"area": "rural"}, Needs: []duty.Need{
		{Role: "police", Above: true}, {Role: "grid_worker"},
	}})
	for _, p := range []publish.Rule{
		{Field: publish.Phone, Role: "judge", Show: publish.Hidden, Basis: "示例：联系法官由法院值班电话转接"},
		{Field: publish.Phone, Role: "prosecutor", Show: publish.Hidden, Basis: "示例：由检察院值班电话转接"},
		{Field: publish.Phone, Role: "officer", Show: publish.Hidden, Basis: "示例：由 110 转接"},
		{Field: publish.Phone, Role: "mediator", Show: publish.Masked, Basis: "示例：默认脱敏"},
		{Field: publish.Phone, Role: "legal_worker", Show: publish.Full, Basis: "示例：本人书面同意公开"},
	} {
		k.record(gridmap.PolicyRecord, "", gridmap.Record{}, p)
	}
}

// yungangMatters are the 43 admitted matters of 11 departments and, for
// comparison, three that are not admitted.
func (k *kit) yungangMatters() {
	for i, d := range []struct {
		name string
		n    int
	}{
		{"区委政法委", 8},
		{"区委统战部", 3},
		{"区信访局", 2},
		{"公安云冈分局", 4},
		{"区民政局", 10},
		{"区司法局", 4},
		{"区卫健局", 3},
		{"区应急局", 1},
		{"区消防大队", 1},
		{"区妇联", 1},
		{"区人社局", 6},
	} {
		key := fmt.Sprintf("dept-%02d", i+1)
		k.department(key, d.name, 700+i)
		for j := range d.n {
			k.record(gridmap.MatterRecord, fmt.Sprintf("YG-M%02d%02d", i+1, j+1), gridmap.Record{}, duty.Matter{
				Name: fmt.Sprintf("%s示例事项%s", d.name, numeral(j+1)), Department: key, Admitted: true, Roles: []string{"grid_worker"},
			})
		}
	}
	for i, name := range []string{"违法建设查处", "养老金发放", "消防行政处罚"} {
		k.record(gridmap.MatterRecord, fmt.Sprintf("YG-X%02d", i+1), gridmap.Record{}, duty.Matter{
			Name: name, Department: []string{"dept-04", "dept-11", "dept-09"}[i], Class: "未准入",
		})
	}
}

func (k *kit) department(key, name string, phone int) {
	k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "department", Name: name + "（示例）", Phone: line(phone)})
}
