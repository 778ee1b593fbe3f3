package packs

import (
	"fmt"

	"cloudgrid/gridmap"
)

// jining is modelled on a zone of Jining: 1,964 residential grids with 2,699
// staff, 118 shop grids over 5,297 shops with 275 staff, five nets merged into
// one, a chat group for each of the 2,082 grids, 154 people to a grid. Made up
// beyond that: 5 streets, 36 communities, 3 blocks to a grid; a shop grid lies
// over three blocks of two residential ones.
func jining(k *kit) {
	const streets, communities, grids, staff, perGrid = 5, 36, 1964, 2699, 3
	k.about("济宁高新区居民网格与商业网格", "1,964 个网格、2,699 名网格员，5,297 家门店、118 个商业网格、275 名网格员，五网合一，2,082 个网格群")
	k.rolesOf("grid_worker", "网格员", "shop_worker", "商业网格员", "community_head", "社区书记")
	n := k.net("main", "居民网格", "street", "街道", "community", "社区", "grid", "网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 2, Unit: "persons", Min: 50, Target: 154, Max: 300})
	area := groundFor(grids*perGrid, 116.60, 35.38, 100, 4)
	persons := spread(grids*154, grids*perGrid, 41)
	tops, mids := make([]gridmap.GridID, streets), make([]gridmap.GridID, communities)
	for i := range tops {
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("JN-%d", i+1), "虚构"+fancy(i)+"街道", "duty_phone", line(900+i))
	}
	for i := range mids {
		mids[i] = k.grid(n, tops[i*streets/communities], 1, fmt.Sprintf("JN-%02d", 10+i), "虚构"+fancy(40+i)+"社区", "duty_phone", line(920+i))
		k.post(mids[i], "community_head", k.hireAt("社区书记"), 1, gridmap.FullTime)
	}
	for i := range grids {
		c := i * communities / grids
		nth := i - firstOf(c, grids, communities) + 1
		g := k.grid(n, mids[c], 2, fmt.Sprintf("JN-%04d", i+1), fmt.Sprintf("虚构%s社区第%s网格", fancy(40+c), numeral(nth)),
			"nets", "党建、创城、综治、疫情防控、社区服务", "chat_group", fmt.Sprintf("示例群-%04d", i+1))
		for rank := range share(staff, grids, i+1) - share(staff, grids, i) {
			k.post(g, "grid_worker", k.hire("网格员"), rank+1, gridmap.FullTime)
		}
		for b := range perGrid {
			cell := i*perGrid + b
			name := fmt.Sprintf("%s%d号楼", compound(i), b+1)
			a := k.block(area, cell, "building", fmt.Sprintf("JN-B%04d", cell+1), name, map[string]int64{"persons": persons[cell], "households": persons[cell] * 10 / 27, "shops": 0})
			k.member(a.ID, n, g)
			k.place(area, cell, a.ID, "building", name, gridmap.Address{City: "济宁市", Compound: compound(i), Building: fmt.Sprintf("%d号楼", b+1)})
		}
	}
	k.shopNet(area, grids*perGrid, grids)
}

// shopNet lays the shop grids over the ground, each over three blocks that belong
// to two residential grids.
func (k *kit) shopNet(area ground, blocks, groups int) {
	const streets, grids, shops, staff, perGrid = 5, 118, 5297, 275, 3
	n := k.net("trade", "商业网格", "quarter", "商圈", "grid", "商业网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 1, Type: gridmap.Commercial, Unit: "shops", Min: 30, Target: 45, Max: 60})
	tops := make([]gridmap.GridID, streets)
	for i := range tops {
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("JS-%d", i+1), "虚构"+fancy(i)+"商圈", "duty_phone", line(960+i))
	}
	next := 0
	for i := range grids {
		g := k.grid(n, tops[i*streets/grids], 1, fmt.Sprintf("JS-%03d", i+1), street(i)+"商业网格", "chat_group", fmt.Sprintf("示例群-%04d", groups+i+1))
		k.grids[len(k.grids)-1].Type = gridmap.Commercial
		for rank := range share(staff, grids, i+1) - share(staff, grids, i) {
			k.post(g, "shop_worker", k.hire("商业网格员"), rank+1, gridmap.FullTime)
		}
		first := i*blocks/grids/perGrid*perGrid + 1 // one off: astride two residential grids
		for b := range perGrid {
			k.member(k.atoms[first+b].ID, n, g)
		}
		for j := range share(shops, grids, i+1) - share(shops, grids, i) {
			cell := first + j%perGrid
			k.atoms[cell].Counts["shops"]++
			next++
			k.place(area, cell, k.atoms[cell].ID, "shop", fmt.Sprintf("虚构%s%s", fancy(next%1024), []string{"商店", "面馆", "药房", "书店", "茶社", "理发店"}[next/1024]),
				gridmap.Address{City: "济宁市", Road: street(i), Number: fmt.Sprintf("%d号", 2*j+1)})
		}
	}
}
