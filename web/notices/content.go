package notices

import (
	"cmp"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
)

// Bounds of what one page says.
const (
	mostRows   = 400 // of the table
	mostPlaces = 60  // named in a row
)

// smallest is the number of households under which a count could tell of one;
// larger ones are told in tens, so that no difference of two tells either.
const smallest = 10

// About is a count of households as strangers may see it: in tens; -1 where
// there are some, but too few to tell.
type About int64

func about(n int64) About {
	switch {
	case n == 0:
		return 0
	case n < smallest:
		return -1
	}
	return About((n + 5) / 10 * 10)
}

// content is what an announced plan says to everybody.
type content struct {
	Grids  []gridRow
	Rows   []transfer
	Cut    int // rows left out
	Places int // atoms that change hands
	About  About
	Moved  bool // some atom changes hands
}

// gridRow is a grid that changes.
type gridRow struct {
	ID            gridmap.GridID
	Name, Code    string
	Was           string // its name before, where that differs
	How           string
	Before, After About
	New, Retired  bool
}

// transfer is the household groups that go from one grid to another.
type transfer struct {
	From, To   plan.GridRef
	Places     []string
	More       int // that have no name, or no room
	Households About
}

// tell says what a board changes.
func tell(b *plan.Board) content {
	var c content
	d := b.Diff()
	for _, g := range d.Grids {
		if now, ok := b.Grid(g.ID); ok && now.Leaf {
			c.Grids = append(c.Grids, rowOf(g))
		}
	}
	c.Places, c.About, c.Moved = d.AtomsMoved, about(d.HouseholdsMoved), d.AtomsMoved > 0
	c.Rows = transfers(b, d.Moved)
	if len(c.Rows) > mostRows {
		c.Cut, c.Rows = len(c.Rows)-mostRows, c.Rows[:mostRows]
	}
	return c
}

func rowOf(g plan.GridDiff) gridRow {
	r := gridRow{ID: g.ID, Name: g.Name, Code: g.Code, Before: about(g.HouseholdsBefore), After: about(g.Households), New: g.Status == "new", Retired: g.Status == "retired"}
	if r.Retired {
		r.Name, r.Code = g.NameBefore, g.CodeBefore
	}
	switch {
	case r.New:
		r.How = "新设"
	case r.Retired:
		r.How = "撤销"
	default:
		r.How = strings.Join(changes(g), "、")
	}
	if !r.New && !r.Retired && g.NameBefore != g.Name {
		r.Was = g.NameBefore
	}
	return r
}

func changes(g plan.GridDiff) (words []string) {
	if g.Regrouped {
		words = append(words, "范围调整")
	}
	if g.Reshaped && !g.Regrouped {
		words = append(words, "边界调整")
	}
	if g.NameBefore != g.Name {
		words = append(words, "更名")
	}
	if g.CodeBefore != g.Code {
		words = append(words, "编码变更")
	}
	if len(words) == 0 {
		words = append(words, "登记信息变更")
	}
	return words
}

// transfers groups what moves by the grids that it leaves and comes to, the
// largest group first.
func transfers(b *plan.Board, moved []plan.Move) []transfer {
	type way struct{ from, to gridmap.GridID }
	at := map[way]int{}
	var out []transfer
	var counts []int64
	for _, m := range moved {
		w := way{m.From, m.To}
		i, ok := at[w]
		if !ok {
			i = len(out)
			at[w] = i
			out, counts = append(out, transfer{From: refOf(b, m.From), To: refOf(b, m.To)}), append(counts, 0)
		}
		counts[i] += m.Households
		t := &out[i]
		if name := placeOf(b, m.Atom); name != "" && len(t.Places) < mostPlaces {
			t.Places = append(t.Places, name)
		} else {
			t.More++
		}
	}
	for i := range out {
		out[i].Households = about(counts[i])
		slices.Sort(out[i].Places)
	}
	slices.SortStableFunc(out, func(x, y transfer) int {
		return cmp.Or(cmp.Compare(x.From.Code, y.From.Code), cmp.Compare(x.To.Code, y.To.Code))
	})
	return out
}

// refOf names a grid as it is in the draft or, retired, as it was.
func refOf(b *plan.Board, id gridmap.GridID) plan.GridRef {
	g, ok := b.Grid(id)
	if !ok {
		return plan.GridRef{}
	}
	return plan.GridRef{ID: g.ID, Code: g.Code, Name: g.Name}
}

// placeOf is what people call an atom: its name, or that of what stands in it;
// "" where it has none, since a code tells a resident nothing.
func placeOf(b *plan.Board, id gridmap.AtomID) string {
	t := b.AtomsBy(id)
	if len(t.ID) == 0 {
		return ""
	}
	if t.Name[0] != "" {
		return t.Name[0]
	}
	if d, ok := b.AtomDetail(id); ok {
		for _, p := range d.Places {
			if p.Parent == 0 && p.Kind != "sign" && p.Kind != "device" {
				return cmp.Or(p.Name, p.Address.String())
			}
		}
	}
	return ""
}
