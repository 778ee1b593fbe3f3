package packs

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
)

// anning is modelled on a city near Kunming: 1,288 grids, 1,976 heads and workers,
// the ladder 网格指导员—网格工作站站长—网格长—网格员, lists of 52 own and 58 assisting
// duties, 2 certificates that stay and 45 that nobody may ask for. Grids that
// grew too big are to be cut again. Made up beyond that: 9 streets, 102
// stations, 2 blocks to a grid, one head for two grids, every 40th grid too big.
func anning(k *kit) {
	const streets, stations, grids, heads, perGrid = 9, 102, 1288, 1976 - 1288, 2
	k.about("昆明安宁市网格", "1,288 个网格、1,976 名网格长和网格员、网格指导员—网格工作站站长—网格长—网格员、履职 52 项、协助 58 项")
	k.rolesOf("grid_worker", "网格员", "grid_head", "网格长", "station_head", "网格工作站站长", "guide", "网格指导员")
	n := k.net("main", "综合网格", "street", "街道", "station", "网格工作站", "grid", "网格")
	k.profiles = append(k.profiles, gridmap.SizingProfile{Network: n, Level: 2, Unit: "households", Min: 100, Target: 200, Max: 300})
	area := groundFor(grids*perGrid, 102.45, 24.90, 150, 5)
	tops, mids, leaders := make([]gridmap.GridID, streets), make([]gridmap.GridID, stations), make([]gridmap.PersonID, heads)
	for i := range tops {
		tops[i] = k.grid(n, 0, 0, fmt.Sprintf("AN-%d", i+1), "虚构"+fancy(i)+"街道", "duty_phone", line(900+i))
		k.post(tops[i], "guide", k.hireAt("网格指导员"), 1, gridmap.FullTime)
		k.record(gridmap.RosterRecord, "", gridmap.Record{Grid: tops[i]}, duty.Shift{
			Name: "应急值守", Mode: duty.Emergency, Role: "应急值守", Phone: line(500 + i), Persons: []gridmap.PersonID{k.hireAt("应急队长")},
		})
		k.record(gridmap.RosterRecord, "", gridmap.Record{Grid: tops[i]}, duty.Shift{Name: "夜间值班", From: "18:00", To: "08:00", Phone: line(520 + i)})
	}
	for i := range mids {
		mids[i] = k.grid(n, tops[i*streets/stations], 1, fmt.Sprintf("AN-%03d", 100+i), "虚构"+fancy(40+i)+"网格工作站", "duty_phone", line(920+i))
		k.post(mids[i], "station_head", k.hireAt("网格工作站站长"), 1, gridmap.FullTime)
	}
	for i := range leaders {
		leaders[i] = k.hire("网格长")
	}
	households := spread(grids*200, grids*perGrid, 51)
	for i := range grids {
		s := i * stations / grids
		nth := i - firstOf(s, grids, stations) + 1
		g := k.grid(n, mids[s], 2, fmt.Sprintf("AN-%04d", i+1), fmt.Sprintf("虚构%s第%s网格", fancy(40+s), numeral(nth)))
		k.post(g, "grid_worker", k.hire("网格员"), 1, gridmap.FullTime)
		k.post(g, "grid_head", leaders[i*heads/grids], 1, gridmap.FullTime)
		for b := range perGrid {
			cell := i*perGrid + b
			count := households[cell]
			if i%40 == 20 {
				count += 140 // grown beyond the norm
			}
			a := k.block(area, cell, "compound", fmt.Sprintf("AN-A%04d", cell+1), compound(cell), map[string]int64{"households": count, "persons": count * 3})
			k.member(a.ID, n, g)
			k.place(area, cell, a.ID, "compound", compound(cell), gridmap.Address{City: "安宁市", Compound: compound(cell)})
		}
	}
	k.anningMatters()
}

// anningMatters are the four lists.
func (k *kit) anningMatters() {
	k.department("dept-01", "市委政法委", 700)
	for i, l := range []struct {
		class    string
		n        int
		admitted bool
	}{{"履职", 52, true}, {"协助", 58, true}, {"保留证明", 2, true}, {"不应出具", 45, false}} {
		for j := range l.n {
			k.record(gridmap.MatterRecord, fmt.Sprintf("AN-M%d%02d", i+1, j+1), gridmap.Record{}, duty.Matter{
				Name: l.class + "示例事项" + numeral(j+1), Class: l.class, Department: "dept-01", Admitted: l.admitted,
			})
		}
	}
}
