package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

// shehong is modelled on a city of Sichuan: 22 communities with 208 grids, among
// them 蟠龙 with 12 grids, 19 compounds and 18,000 people under a ladder of grid,
// compound and building; 30 units with 67 matters; on site in 10 minutes, an
// answer in 30. Three nets lie over the ground and do not agree. Made up beyond
// that: 4 buildings to a compound, 4 blocks to each other grid, the cut of the
// other two nets.
func shehong(k *kit) {
	const communities, grids, panlongGrids, compounds, buildings, perGrid = 22, 208, 12, 19, 4, 4
	k.about("遂宁射洪市网格", "22 个社区、208 个网格；蟠龙社区 12 个网格、19 个小区、1.8 万人；30 个单位 67 项准入事项；10 分钟到场、30 分钟反馈")
	k.rolesOf("building_head", "楼栋长", "grid_worker", "网格员", "compound_head", "小区长", "grid_head", "网格长", "community_head", "社区书记")
	n := k.net("main", "综治网格", "community", "社区", "grid", "网格", "compound", "小区", "building", "楼栋")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 1, Unit: "households", Min: 300, Target: 500, Max: 900})
	inPanlong := compounds * buildings
	blocks := inPanlong + (grids-panlongGrids)*perGrid
	area := groundFor(blocks, 105.36, 30.86, 120, 6)
	persons := append(spread(18000, inPanlong, 61), spread(int64(grids-panlongGrids)*1100, blocks-inPanlong, 62)...)
	panlong := k.grid(n, 0, 0, "SH-01", "蟠龙社区（示例）", "duty_phone", line(900))
	k.post(panlong, "community_head", k.hireAt("社区书记"), 1, gridmap.FullTime)
	var own []gridmap.GridID
	for i := range panlongGrids {
		g := k.grid(n, panlong, 1, fmt.Sprintf("SH-01-%02d", i+1), "蟠龙第"+numeral(i+1)+"网格")
		own = append(own, g)
		k.post(g, "grid_worker", k.hire("网格员"), 1, gridmap.FullTime)
		k.post(g, "grid_head", k.hire("网格长"), 1, gridmap.FullTime)
	}
	add := func(cell int, g gridmap.GridID, kind, name string) gridmap.Atom {
		a := k.block(area, cell, kind, fmt.Sprintf("SH-B%04d", cell+1), name, map[string]int64{"persons": persons[cell], "households": persons[cell] * 10 / 27})
		k.member(a.ID, n, g)
		return a
	}
	for c := range compounds {
		name := compound(c)
		if c == 6 {
			name = "城北二小区"
		}
		up := k.grid(n, own[c*panlongGrids/compounds], 2, fmt.Sprintf("SH-01-C%02d", c+1), name)
		k.post(up, "compound_head", k.hire("小区长"), 1, gridmap.PartTime)
		for b := range buildings {
			cell, house := c*buildings+b, fmt.Sprintf("%d号楼", b+1)
			g := k.grid(n, up, 3, fmt.Sprintf("SH-01-C%02d-%d", c+1, b+1), name+house)
			k.post(g, "building_head", k.hire("楼栋长"), 1, gridmap.PartTime)
			a := add(cell, g, "building", name+house)
			if b == 0 {
				k.place(area, cell, a.ID, "compound", name, gridmap.Address{City: "射洪市", Compound: name})
			}
			k.place(area, cell, a.ID, "building", name+house, gridmap.Address{City: "射洪市", Compound: name, Building: house})
		}
	}
	cell := inPanlong
	for c := 1; c < communities; c++ {
		up := k.grid(n, 0, 0, fmt.Sprintf("SH-%02d", c+1), "虚构"+fancy(c)+"社区", "duty_phone", line(900+c))
		k.post(up, "community_head", k.hireAt("社区书记"), 1, gridmap.FullTime)
		from, to := share(grids-panlongGrids, communities-1, c-1), share(grids-panlongGrids, communities-1, c)
		for i := range to - from {
			g := k.grid(n, up, 1, fmt.Sprintf("SH-%02d-%02d", c+1, i+1), fmt.Sprintf("虚构%s第%s网格", fancy(c), numeral(i+1)))
			k.post(g, "grid_worker", k.hire("网格员"), 1, gridmap.FullTime)
			k.post(g, "grid_head", k.hire("网格长"), 1, gridmap.FullTime)
			for range perGrid {
				name := compound(100 + cell)
				a := add(cell, g, "compound", name)
				k.place(area, cell, a.ID, "compound", name, gridmap.Address{City: "射洪市", Compound: name})
				cell++
			}
		}
	}
	k.otherNet("party", "党建网格", "branch", "网格党总支", 150, 2)
	k.otherNet("urban", "城管网格", "patrol", "巡查片", 60, 5)
	k.shehongMatters()
}

// otherNet lays another net of so many grids over all blocks, cut where the main
// net is not: shift blocks later.
func (k *kit) otherNet(code, name, level, levelName string, grids, shift int) {
	n := k.net(code, name, "top", "全域", level, levelName)
	top := k.grid(n, 0, 0, code+"-0", name+"（全域）", "duty_phone", line(970+shift))
	role := "grid_worker"
	ids := make([]gridmap.GridID, grids)
	for i := range ids {
		ids[i] = k.grid(n, top, 1, fmt.Sprintf("%s-%03d", code, i+1), fmt.Sprintf("%s%s%03d", fancy(i), levelName, i+1))
		k.post(ids[i], role, k.hire(name+"员"), 1, gridmap.FullTime)
	}
	for i := range k.atoms {
		k.member(k.atoms[i].ID, n, ids[min((i+shift)*grids/len(k.atoms), grids-1)])
	}
}

// shehongMatters are 67 matters of 30 units.
func (k *kit) shehongMatters() {
	const units, matters = 30, 67
	for i := range units {
		k.department(fmt.Sprintf("dept-%02d", i+1), "示例单位"+numeral(i+1), 600+i)
	}
	sla := duty.SLA{Class: "马上办", OnSiteMin: 10, ReplyMin: 30}
	for i := range matters {
		m := duty.Matter{
			Name: "示例事项" + numeral(i+1), Department: fmt.Sprintf("dept-%02d", i%units+1), Admitted: true, Roles: []string{"grid_worker"}, SLA: sla,
		}
		if i == 0 {
			m.Name, m.Aliases = "小区遛狗未牵绳", []string{"遛狗不牵绳", "犬只未牵绳"}
		}
		k.record(gridmap.MatterRecord, fmt.Sprintf("SH-M%02d", i+1), gridmap.Record{}, m)
	}
}
