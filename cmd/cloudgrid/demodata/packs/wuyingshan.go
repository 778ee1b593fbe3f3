package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

// wuyingshan is modelled on a street of Jinan: 5 communities, 42 compounds, 260
// building grids, 47,000 people, 780 grid staff, 23 units in the area. Compounds
// are gated or open, and staffed otherwise. Made up beyond that: 2 buildings to a
// building grid, 18,000 households.
func wuyingshan(k *kit) {
	const communities, compounds, smalls, perSmall = 5, 42, 260, 2
	k.about("济南无影山街道三级网格", "5 个社区网格、42 个小区网格、260 个楼宇网格，4.7 万人，780 名网格力量")
	k.rolesOf("building_head", "楼栋长", "grid_worker", "网格员", "property", "物业管家", "party_member", "党员志愿者", "grid_head", "网格长", "community_head", "社区网格长")
	n := k.net("main", "三级网格", "community", "社区", "compound", "小区", "building", "楼宇")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 2, Unit: "households", Min: 30, Target: 70, Max: 150})
	area := groundFor(smalls*perSmall, 116.952, 36.681, 90, 1)
	persons, households := spread(47000, smalls*perSmall, 11), spread(18000, smalls*perSmall, 12)
	tops, mids := make([]gridmap.GridID, communities), make([]gridmap.GridID, compounds)
	for i := range tops {
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("WYS-%02d", i+1), "虚构第"+numeral(i+1)+"社区", "duty_phone", line(900+i))
	}
	for i := range mids {
		up, pattern := i*communities/compounds, "gated"
		if i%3 == 2 {
			pattern = "open"
		}
		mids[i] = k.grid(n, tops[up], 1, fmt.Sprintf("WYS-%02d-%02d", up+1, i+1), compound(i), "pattern", pattern)
	}
	headed := map[gridmap.GridID]bool{}
	for i := range smalls {
		m := i * compounds / smalls
		nth := i - firstOf(m, smalls, compounds) + 1
		g := k.grid(n, mids[m], 2, fmt.Sprintf("WYS-%03d", i+1), fmt.Sprintf("%s%s号楼宇网格", compound(m), numeral(nth)))
		for b := range perSmall {
			cell := i*perSmall + b
			a := k.block(area, cell, "building", fmt.Sprintf("WYS-B%04d", cell+1), fmt.Sprintf("%s%d号楼", compound(m), (nth-1)*perSmall+b+1),
				map[string]int64{"persons": persons[cell], "households": households[cell]})
			k.member(a.ID, n, g)
			k.place(area, cell, a.ID, "building", a.Name, gridmap.Address{
				City: "济南市", District: "天桥区", Compound: compound(m), Building: fmt.Sprintf("%d号楼", (nth-1)*perSmall+b+1),
			})
		}
		worker := k.staffBuilding(g, m%3 == 2)
		for _, up := range []struct {
			id   gridmap.GridID
			role string
		}{{mids[m], "grid_head"}, {tops[m*communities/compounds], "community_head"}} {
			if !headed[up.id] { // the first worker below leads, as a second post
				headed[up.id] = true
				k.post(up.id, up.role, worker, 1, gridmap.FullTime)
			}
		}
	}
	k.partyOf(tops, mids)
}

// firstOf is the first of total that falls to part i of parts by t*parts/total.
func firstOf(i, total, parts int) int { return (i*total + parts - 1) / parts }

// staffBuilding gives a building grid its three people, by the pattern of its
// compound, and returns the worker.
func (k *kit) staffBuilding(g gridmap.GridID, open bool) gridmap.PersonID {
	k.post(g, "building_head", k.hire("楼栋长"), 1, gridmap.PartTime)
	worker := k.hire("网格员")
	k.post(g, "grid_worker", worker, 1, gridmap.FullTime)
	if open {
		k.post(g, "party_member", k.hire("党员志愿者"), 1, gridmap.PartTime)
	} else {
		k.post(g, "property", k.hireAt("物业管家"), 1, gridmap.FullTime)
	}
	return worker
}

// partyOf adds the party's own tree and the 23 units in the area.
func (k *kit) partyOf(tops, mids []gridmap.GridID) {
	k.record(gridmap.UnitRecord, "party-street", gridmap.Record{}, duty.Unit{Tree: "party", Name: "虚构街道大工委", Phone: line(800)})
	for i, g := range tops {
		key := fmt.Sprintf("party-c%d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "party", Name: "虚构第" + numeral(i+1) + "社区大党委", Parent: "party-street", Phone: line(801 + i)})
		k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: g}, duty.Link{Unit: key})
	}
	for i, g := range mids {
		key := fmt.Sprintf("party-g%02d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "party", Name: compound(i) + "网格党支部", Parent: fmt.Sprintf("party-c%d", i*len(tops)/len(mids)+1)})
		k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: g}, duty.Link{Unit: key})
	}
	for i := range 23 {
		key := fmt.Sprintf("resident-%02d", i+1)
		k.record(gridmap.UnitRecord, key, gridmap.Record{}, duty.Unit{Tree: "resident", Name: "虚构驻区单位" + numeral(i+1), Phone: line(850 + i)})
		k.record(gridmap.LinkRecord, "", gridmap.Record{Grid: tops[i%len(tops)]}, duty.Link{Unit: key})
	}
}
