package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/gridmap/rebalance"
	"cloudgrid/spatial/topology"
)

// proposal is a plan for an area and what it does to each grid.
type proposal struct {
	*areaQuestion
	result *rebalance.Result
	moves  []district.Move
	rows   []gridRow // by grid of the plan: those of the area, then new ones
}

// gridRow is what a plan does to one grid.
type gridRow struct {
	Grid             string   `json:"grid"` // its code; 新1 for a new grid
	Name             string   `json:"name"`
	Community        string   `json:"community"`
	New              bool     `json:"new,omitempty"`
	Closed           bool     `json:"closed,omitempty"`
	Locked           bool     `json:"locked,omitempty"`
	LoadBefore       float64  `json:"load_before"`
	LoadAfter        float64  `json:"load_after"`
	Deviation        *float64 `json:"deviation"` // from the mean of its community; null for 专属 and 水上 grids, which are not judged
	HouseholdsBefore int64    `json:"households_before"`
	HouseholdsAfter  int64    `json:"households_after"`
	GainedHouseholds int64    `json:"gained_households"`
	LostHouseholds   int64    `json:"lost_households"`
	Verdict          string   `json:"verdict"` // "", "over", "under": against the bounds of the goal or else the tolerance

	atoms int
	was   string // verdict before
}

func (q *areaQuestion) proposal(r *rebalance.Result) *proposal {
	p := &proposal{areaQuestion: q, result: r, moves: q.Moves(r.Plan)}
	grids := slices.Concat(q.Problem.Grids, r.NewGrids)
	p.rows = make([]gridRow, len(grids))
	for i, g := range grids {
		row := &p.rows[i]
		row.Community = q.CommunityName(g.Community)
		row.Locked = g.Locked || g.Dedicated
		if grid, fresh := q.MapGrid(int32(i)); fresh > 0 {
			row.Grid, row.Name, row.New = fmt.Sprintf("新%d", fresh), fmt.Sprintf("新设网格%d", fresh), true
		} else {
			row.Grid, row.Name = q.m.Grids[grid].Code, q.m.Grids[grid].Name
		}
	}
	for i, a := range q.Problem.Atoms {
		was, is, load, hh := q.Problem.Initial[i], r.Plan[i], q.Load(int64(a.Load)), int64(a.Households)
		if was >= 0 {
			p.rows[was].LoadBefore += load
			p.rows[was].HouseholdsBefore += hh
		}
		if is >= 0 {
			p.rows[is].LoadAfter += load
			p.rows[is].HouseholdsAfter += hh
			p.rows[is].atoms++
		}
		if was != is && was >= 0 && is >= 0 {
			p.rows[was].LostHouseholds += hh
			p.rows[is].GainedHouseholds += hh
		}
	}
	p.judge(grids)
	return p
}

// judge fills in deviations and verdicts.
func (p *proposal) judge(grids []rebalance.Grid) {
	type sum struct {
		load    float64
		was, is int
	}
	sums := map[int32]*sum{}
	for i, g := range grids {
		s := sums[g.Community]
		if s == nil {
			s = &sum{}
			sums[g.Community] = s
		}
		row := &p.rows[i]
		row.Closed = !row.New && row.atoms == 0
		if g.Dedicated {
			continue
		}
		s.load += row.LoadAfter
		s.is += btoi(row.atoms > 0)
		s.was += btoi(!row.New)
	}
	for i, g := range grids {
		row, s := &p.rows[i], sums[g.Community]
		if g.Dedicated || s.load == 0 {
			continue
		}
		if row.atoms > 0 {
			d := row.LoadAfter/(s.load/float64(s.is)) - 1
			row.Deviation = &d
			row.Verdict = p.verdict(row.LoadAfter, s.load/float64(s.is))
		}
		if !row.New && s.was > 0 {
			row.was = p.verdict(row.LoadBefore, s.load/float64(s.was))
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// verdict judges a load against the profile's bounds or, without any and when
// balancing, against the mean.
func (p *proposal) verdict(load, mean float64) string {
	least, most := p.profile.Min, p.profile.Max
	if most == 0 || p.goal.Task == rebalance.Balance || p.goal.Task == rebalance.MostBalanced {
		t := cmp.Or(p.goal.Tolerance, rebalance.DefaultTolerance)
		least, most = math.Floor(mean*(1-t)), math.Ceil(mean*(1+t))
	}
	switch {
	case load > most:
		return "over"
	case load < least:
		return "under"
	}
	return ""
}

// areaReport is what `rebalance --area --json` prints.
type areaReport struct {
	rebalanceReport
	Area        []string  `json:"area"`
	Unit        string    `json:"unit"` // what loads are in
	OverBefore  int       `json:"over_before"`
	OverAfter   int       `json:"over_after"`
	UnderBefore int       `json:"under_before"`
	UnderAfter  int       `json:"under_after"`
	MovedAtoms  int       `json:"moved_atoms"`
	Rows        []gridRow `json:"rows"`
}

func newAreaReport(q *areaQuestion, f rebalanceFlags, p *proposal, took time.Duration) *areaReport {
	rep := &areaReport{Area: f.area, Unit: q.unit(), MovedAtoms: len(p.moves), Rows: p.rows}
	rep.rebalanceReport = *reportOf(&q.Problem, q, p.result)
	rep.Case, rep.Task, rep.Seed, rep.Seconds = strings.Join(q.names, "、"), taskName(q.goal.Task), f.seed, took.Seconds()
	for _, r := range p.rows {
		rep.OverBefore += btoi(r.was == "over")
		rep.UnderBefore += btoi(r.was == "under")
		rep.OverAfter += btoi(r.Verdict == "over")
		rep.UnderAfter += btoi(r.Verdict == "under")
	}
	return rep
}

func taskName(t rebalance.Task) string {
	for name, task := range areaTasks {
		if task == t {
			return name
		}
	}
	return strconv.Itoa(int(t))
}

// unit says what loads are counted in.
func (q *areaQuestion) unit() string {
	switch {
	case len(q.profile.Weights) > 0:
		return "负荷"
	case q.profile.Unit == "persons":
		return "人"
	case q.profile.Unit == "shops":
		return "店"
	case q.profile.Unit == "" || q.profile.Unit == "households":
		return "户"
	}
	return q.profile.Unit
}

// tell prints the table and the sums.
func (r *areaReport) tell(c *console) error {
	c.sayf("%s", tableLine("网格", "名称", r.Unit+"（前）", r.Unit+"（后）", "偏差", "调入户", "调出户", ""))
	for _, row := range r.Rows {
		deviation := "-"
		if row.Deviation != nil {
			deviation = fmt.Sprintf("%+.1f%%", 100**row.Deviation)
		}
		c.sayf("%s", tableLine(row.Grid, row.Name, number(row.LoadBefore), number(row.LoadAfter), deviation,
			number(float64(row.GainedHouseholds)), number(float64(row.LostHouseholds)), row.remark()))
	}
	c.sayf("超载 %d → %d 个，不足 %d → %d 个；调整单元 %d 个（只是建议，底图未改 nothing is changed）", r.OverBefore, r.OverAfter, r.UnderBefore, r.UnderAfter, r.MovedAtoms)
	for i, k := range r.Candidates {
		c.sayf("方案 %d：调整 %d 户（%.2f %%），最大偏差 %.1f %%，边界 %.0f 米，差距 %s",
			i+1, k.MovedHouseholds, 100*k.MovedShare, 100*k.WorstDeviation, k.BorderM, gapText(k))
	}
	r.summary(c)
	if err := c.printJSON(r); err != nil {
		return err
	}
	if !r.Feasible {
		return errWanting
	}
	return nil
}

func (r *gridRow) remark() string {
	var notes []string
	for _, n := range []struct {
		is   bool
		text string
	}{
		{r.New, "新设"},
		{r.Closed, "撤销"},
		{r.Locked, "不动"},
		{r.was == "over", "原超载"},
		{r.was == "under", "原不足"},
		{r.Verdict == "over", "▲超载"},
		{r.Verdict == "under", "▼不足"},
	} {
		if n.is {
			notes = append(notes, n.text)
		}
	}
	return strings.Join(notes, " ")
}

// number writes a load: whole where it is.
func number(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// tableLine pads cells to columns on a terminal, where a Han character is two
// wide.
func tableLine(cells ...string) string {
	widths := []int{16, 26, 9, 9, 9, 8, 8, 0}
	var b strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", max(widths[i]-wide(cell), 0))
		if i < 2 || i == len(cells)-1 {
			b.WriteString(cell + pad + " ")
		} else {
			b.WriteString(pad + cell + " ")
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func wide(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x2e80 && r != '▲' && r != '▼' {
			n++
		}
	}
	return n
}

// movedAtom is one line of the plan that --out writes.
type movedAtom struct {
	Atom string `json:"atom"`
	From string `json:"from,omitempty"`
	To   string `json:"to"` // a code, or 新1 for a new grid
}

func (p *proposal) moveList() []movedAtom {
	list := make([]movedAtom, 0, len(p.moves))
	for _, m := range p.moves {
		k := movedAtom{Atom: p.m.Atoms[m.Face].Code, To: "新" + strconv.Itoa(m.New)}
		if m.To != district.None {
			k.To = p.m.Grids[m.To].Code
		}
		if m.From != district.None {
			k.From = p.m.Grids[m.From].Code
		}
		list = append(list, k)
	}
	return list
}

// after says, by face of the ground, which grid of the plan holds it then; None
// outside the area.
func (p *proposal) after() []int32 {
	out := make([]int32, len(p.m.Atoms))
	for f := range out {
		out[f] = district.None
	}
	for i, f := range p.Faces {
		out[f] = p.result.Plan[i]
	}
	return out
}

// geoJSON writes the grids as the plan has them ("layer":"grid") and the atoms
// that change hands ("layer":"moved").
func (p *proposal) geoJSON() []byte {
	b := []byte(`{"type":"FeatureCollection","features":[`)
	ground := p.m.Ground.Dissolve(p.after(), len(p.rows))
	n := 0
	begin := func(layer string) {
		b = append(jsontext.Comma(b, n), "\n"...)
		b = jsontext.Key(b, `{"type":"Feature","properties":{"layer":`, layer)
		n++
	}
	for i, r := range p.rows {
		shape := ground.FacePolygon(topology.FaceID(i))
		if shape == nil {
			continue
		}
		begin("grid")
		b = jsontext.Key(b, `,"code":`, r.Grid)
		b = jsontext.Key(b, `,"name":`, r.Name)
		b = jsontext.Key(b, `,"community":`, r.Community)
		b = fmt.Appendf(b, `,"new":%t,"load_before":%s,"load_after":%s,"households_before":%d,"households_after":%d,"verdict":%q`,
			r.New, number(r.LoadBefore), number(r.LoadAfter), r.HouseholdsBefore, r.HouseholdsAfter, r.Verdict)
		b = append(appendShape(append(b, `},"geometry":`...), shape), '}')
	}
	for i, k := range p.moveList() {
		begin("moved")
		b = jsontext.Key(b, `,"atom":`, k.Atom)
		b = jsontext.Key(b, `,"from":`, k.From)
		b = jsontext.Key(b, `,"to":`, k.To)
		b = append(appendShape(append(b, `},"geometry":`...), p.m.Ground.FacePolygon(topology.FaceID(p.moves[i].Face))), '}')
	}
	return append(b, "\n]}\n"...)
}
