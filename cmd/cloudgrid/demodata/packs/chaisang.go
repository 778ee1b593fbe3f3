package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

// chaisang is modelled on a community of Jiujiang: 5 grids, three nets (片区, 组织,
// 服务) over one ground, 6 stations within a 15-minute walk of most doors. Made up
// beyond that: 200 compounds, 4 organisation grids, one service grid for each
// station.
func chaisang(k *kit) {
	const grids, blocks, stations = 5, 200, 6
	k.about("九江柴桑公园社区网格", "5 个网格，组织、片区、服务三网，6 个服务站点，15 分钟服务圈")
	k.rolesOf("grid_worker", "网格员", "community_head", "社区书记")
	n := k.net("main", "片区网格", "community", "社区", "grid", "片区网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 1, Unit: "households", Min: 300, Target: 500, Max: 900})
	area := groundFor(blocks, 115.90, 29.60, 220, 7)
	households := spread(grids*500, blocks, 71)
	top := k.grid(n, 0, 0, "CS-0", "公园社区（示例）", "duty_phone", line(900))
	k.post(top, "community_head", k.hireAt("社区书记"), 1, gridmap.FullTime)
	ids := make([]gridmap.GridID, grids)
	for i := range ids {
		ids[i] = k.grid(n, top, 1, fmt.Sprintf("CS-%d", i+1), "虚构"+fancy(i)+"片区网格")
		k.post(ids[i], "grid_worker", k.hire("网格员"), 1, gridmap.FullTime)
	}
	for cell := range blocks {
		a := k.block(area, cell, "compound", fmt.Sprintf("CS-A%03d", cell+1), compound(cell), map[string]int64{"households": households[cell], "persons": households[cell] * 3})
		k.member(a.ID, n, ids[cell*grids/blocks])
		k.place(area, cell, a.ID, "compound", compound(cell), gridmap.Address{City: "九江市", Compound: compound(cell)})
	}
	k.otherNet("party", "组织网格", "branch", "党支部", 4, 7)
	k.otherNet("service", "服务网格", "station", "服务站", stations, 0)
	service := k.grids[len(k.grids)-stations:]
	for i := range stations {
		cell := (2*i + 1) * blocks / (2 * stations)
		name := "示例" + fancy(i) + "服务站"
		k.place(area, cell, k.atoms[cell].ID, "station", name, gridmap.Address{City: "九江市", Compound: name})
		key := fmt.Sprintf("station-%d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "station", Name: name, Phone: line(650 + i)})
		k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: service[i].ID}, duty.Link{Unit: key})
	}
}
