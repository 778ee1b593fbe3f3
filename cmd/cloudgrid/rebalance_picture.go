package main

import (
	"fmt"
	"strings"

	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/picture"
	"cloudgrid/gridmap/rebalance"
)

// picture draws the plan before and after.
func (p *proposal) picture() []byte {
	m := p.result.Metrics
	pic := picture.Plan{
		Title:    "网格调整方案：" + strings.Join(p.names, "、"),
		Subtitle: p.subtitle(),
		Source:   p.atlas.Settings().SourceLine,
		Unit:     p.unit(),
		Ground:   p.m.Ground,
		Grids:    make([]picture.Grid, len(p.rows)),
		Faces:    make([]picture.Face, len(p.m.Atoms)),
	}
	over, overNow, under, underNow := 0, 0, 0, 0
	for i, r := range p.rows {
		pic.Grids[i] = picture.Grid{
			Label: p.label(int32(i)), Community: p.communityOf(int32(i)), Before: r.LoadBefore, After: r.LoadAfter,
			Was: verdicts[r.was], Is: verdicts[r.Verdict], New: r.New, Fixed: r.Deviation == nil,
		}
		over += btoi(r.was == "over")
		overNow += btoi(r.Verdict == "over")
		under += btoi(r.was == "under")
		underNow += btoi(r.Verdict == "under")
	}
	for f, owner := range p.m.Owner {
		pic.Faces[f] = picture.Face{Before: picture.None, After: picture.None, Beside: owner, Water: p.kinds[f] == "water"}
	}
	for i, f := range p.Faces {
		pic.Faces[f].Before, pic.Faces[f].After = p.Problem.Initial[i], p.result.Plan[i]
	}
	for _, k := range p.m.Marks {
		if k.Arterial {
			pic.Roads = append(pic.Roads, [2]int32{k.A, k.B})
		}
	}
	pic.Facts = []string{
		fmt.Sprintf("调整 %d 户（%.1f %%），%d 个单元", m.MovedHouseholds, 100*m.MovedShare, len(p.moves)),
		fmt.Sprintf("超载 %d → %d 个", over, overNow),
		fmt.Sprintf("不足 %d → %d 个", under, underNow),
		fmt.Sprintf("新设 %d 个，撤销 %d 个", m.Opened, m.Closed),
	}
	if p.result.Feasible {
		pic.Facts = append(pic.Facts, fmt.Sprintf("至少须调整 %d 户（下界）", p.result.LowerBound))
	}
	return picture.SVG(pic)
}

var verdicts = map[string]picture.Verdict{"over": picture.Over, "under": picture.Under}

// subtitle says what was asked.
func (p *proposal) subtitle() string {
	least, most := p.profile.Min, p.profile.Max
	var what string
	switch p.goal.Task {
	case rebalance.Balance:
		t := p.goal.Tolerance
		if t == 0 {
			t = rebalance.DefaultTolerance
		}
		what = fmt.Sprintf("均衡：各网格与社区平均相差不超过 %.0f %%", 100*t)
	case rebalance.Relieve:
		what = fmt.Sprintf("减负：每个网格 %s–%s %s", number(least), number(most), p.unit())
	case rebalance.FirstPlan:
		what = "首次划分"
	case rebalance.Split:
		what = "拆分网格"
	case rebalance.Dissolve:
		what = "撤销网格，划归相邻网格"
	case rebalance.MostBalanced:
		what = "最均衡"
	case rebalance.ShortestBorder:
		what = "边界最短"
	}
	if e := p.atlas.Edition(); e.Number > 0 {
		what += fmt.Sprintf("　依据第 %d 版", e.Number)
	}
	return what
}

// label is a grid's name without what it shares with its community's.
func (p *proposal) label(g int32) string {
	grid, fresh := p.MapGrid(g)
	if fresh > 0 {
		return fmt.Sprintf("新设%d", fresh)
	}
	node := p.m.Grids[grid]
	if node.Parent == district.None {
		return node.Name
	}
	name, above := []rune(node.Name), []rune(p.m.Grids[node.Parent].Name)
	same := 0
	for same < len(name)-1 && same < len(above) && name[same] == above[same] {
		same++
	}
	if rest := string(name[same:]); !strings.ContainsAny(rest[:1], "0123456789") || same == 0 {
		return rest
	}
	return node.Name // 12网格 of 甲12: half a number says nothing
}

func (p *proposal) communityOf(g int32) int32 {
	if int(g) < len(p.Problem.Grids) {
		return p.Problem.Grids[g].Community
	}
	return p.result.NewGrids[int(g)-len(p.Problem.Grids)].Community
}
