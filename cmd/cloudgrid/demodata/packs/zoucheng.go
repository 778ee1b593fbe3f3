package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/publish"
)

// zoucheng is modelled on a city of Shandong: 48 urban communities, 737 grids, 540
// community workers, 310 branches each over several grids, 3,266 enterprises and
// shops looked after by 86 cadres, 60 part-time couriers, answers within 2 hours,
// 2 days or 7 days. Made up beyond that: 3 blocks to a grid, every branch over
// three grids.
func zoucheng(k *kit) {
	const communities, grids, workers, couriers, perGrid = 48, 737, 540, 60, 3
	k.about("邹城城区网格", "48 个城市社区、737 个网格、310 个网格（小区）党支部、3,266 家企业商户、86 名干部、小事 2 小时费时事 2 天复杂事 7 天")
	k.rolesOf("grid_worker", "网格员", "courier", "兼职网格员（快递外卖）", "community_head", "社区书记")
	n := k.net("main", "城市网格", "community", "社区", "grid", "网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 1, Unit: "households", Min: 150, Target: 300, Max: 500})
	area := groundFor(grids*perGrid, 116.95, 35.38, 130, 3)
	households := spread(grids*280, grids*perGrid, 31)
	tops, all := make([]gridmap.GridID, communities), make([]gridmap.GridID, grids)
	for i := range tops {
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("ZC-%02d", i+1), "虚构"+fancy(i)+"社区", "duty_phone", line(900+i))
		k.post(tops[i], "community_head", k.hireAt("社区书记"), 1, gridmap.FullTime)
	}
	staff := make([]gridmap.PersonID, workers)
	for i := range staff {
		staff[i] = k.hire("社区工作者")
	}
	for i := range all {
		c := i * communities / grids
		nth := i - firstOf(c, grids, communities) + 1
		all[i] = k.grid(n, tops[c], 1, fmt.Sprintf("ZC-%03d", i+1), fmt.Sprintf("虚构%s社区第%s网格", fancy(c), numeral(nth)))
		k.post(all[i], "grid_worker", staff[i*workers/grids], 1, gridmap.FullTime)
		for b := range perGrid {
			cell := i*perGrid + b
			a := k.block(area, cell, "compound", fmt.Sprintf("ZC-A%04d", cell+1), compound(cell), map[string]int64{"households": households[cell], "persons": households[cell] * 28 / 10})
			k.member(a.ID, n, all[i])
			k.place(area, cell, a.ID, "compound", compound(cell), gridmap.Address{City: "邹城市", Compound: compound(cell)})
		}
	}
	for i := range couriers {
		k.post(all[i*grids/couriers], "courier", k.hire("骑手"), 2, gridmap.PartTime)
	}
	k.record(gridmap.PolicyRecord, "", gridmap.Record{}, publish.Rule{Field: publish.Phone, Employment: gridmap.PartTime, Show: publish.Hidden, Basis: "示例：兼职人员电话不公开"})
	k.branches(tops, all)
	k.enterprises(area, all, perGrid)
	k.zouchengMatters()
}

// branches adds 310 branches, each over three grids that follow one another, so
// that many grids have two; and the committees above them.
func (k *kit) branches(tops, grids []gridmap.GridID) {
	const branches, span = 310, 3
	for i, g := range tops {
		key := fmt.Sprintf("committee-%02d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "party", Name: "虚构" + fancy(i) + "社区党委", Phone: line(600 + i)})
		k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: g}, duty.Link{Unit: key})
	}
	for i := range branches {
		first := i * (len(grids) - span) / (branches - 1)
		key := fmt.Sprintf("branch-%03d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{
			Tree: "party", Name: fmt.Sprintf("示例%s党支部", fancy(i)), Parent: fmt.Sprintf("committee-%02d", first*len(tops)/len(grids)+1),
		})
		for j := range span {
			k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: grids[first+j]}, duty.Link{Unit: key})
		}
	}
}

// enterprises adds 3,266 enterprises and shops and the 86 cadres who look after
// them.
func (k *kit) enterprises(area ground, grids []gridmap.GridID, perGrid int) {
	const enterprises, cadres = 3266, 86
	who := make([]gridmap.PersonID, cadres)
	for i := range who {
		who[i] = k.hireAt("包保干部")
	}
	blocks := len(grids) * perGrid
	shops := make([]int64, blocks)
	for i := range enterprises {
		cell := i * blocks / enterprises
		shops[cell]++
		kind, name := "shop", fmt.Sprintf("虚构%s商店", fancy(i))
		if i >= 1024 {
			name = fmt.Sprintf("虚构%s%s店", fancy(i), []string{"", "面馆", "书", "药"}[i/1024])
		}
		if i%4 == 0 {
			kind, name = "enterprise", fmt.Sprintf("示例%s%s公司", fancy(i/4), []string{"机械", "食品", "纺织", "建材"}[i%16/4])
		}
		id := k.place(area, cell, k.atoms[cell].ID, kind, name, gridmap.Address{City: "邹城市", Road: street(i / 40), Number: fmt.Sprintf("%d号", i%40*2+1)})
		k.record(gridmap.LiaisonRecord, "", gridmap.Record{Place: id, Person: who[i*cadres/enterprises]}, duty.Liaison{Title: "包保干部", EveryDays: 30})
	}
	for cell, n := range shops {
		k.atoms[cell].Counts["shops"] = n
	}
}

// zouchengMatters are nine admitted matters in three classes of promise.
func (k *kit) zouchengMatters() {
	k.department("dept-01", "城市管理局", 700)
	for i, c := range []struct {
		class string
		min   int
	}{{"小事", 2 * 60}, {"费时事", 2 * 24 * 60}, {"复杂事", 7 * 24 * 60}} {
		for j := range 3 {
			k.record(gridmap.MatterRecord, fmt.Sprintf("ZC-M%d%d", i+1, j+1), gridmap.Record{}, duty.Matter{
				Name: fmt.Sprintf("%s示例事项%s", c.class, numeral(j+1)), Class: c.class, Department: "dept-01", Admitted: true,
				Roles: []string{"grid_worker"}, SLA: duty.SLA{Class: c.class, ReplyMin: c.min},
			})
		}
	}
}
