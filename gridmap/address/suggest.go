package address

import (
	"cmp"
	"slices"
	"strings"

	"cloudgrid/spatial"
)

// Suggestion is one line under a search box.
type Suggestion struct {
	Text     string // what to put into the box
	Context  string // the areas it lies in
	Kind     Role   // area, road, number, compound or building
	ID       int64  // the entry, when it is one; otherwise 0
	GridKey  int64  // its grid, when it is one entry
	Point    spatial.Point
	HasPoint bool
}

// Suggest completes what was typed so far: by characters, by full pinyin or by
// first letters; after a road or compound, by its numbers. At most n
// suggestions come back, the most useful first; the same text on the same
// snapshot gives the same list.
func (x *Index) Suggest(text string, n int) []Suggestion {
	if n <= 0 {
		return nil
	}
	q, _ := x.scratch.Get().(*query)
	if q == nil {
		q = &query{}
	}
	q.reset(x)
	q.c.clean(text, q.t)
	s := suggester{q: q, n: n, area: -1, seen: map[string]bool{}}
	s.run()
	q.x = nil
	x.scratch.Put(q)
	return s.out
}

type suggester struct {
	q    *query
	n    int
	area int32 // name of the area typed before, -1 = none
	out  []Suggestion
	seen map[string]bool
}

func (s *suggester) run() {
	q := s.q
	if len(q.c.r) == 0 {
		return
	}
	q.findMentions()
	from := s.leadingAreas()
	if s.numbers(from) {
		return
	}
	rest := string(q.c.r[from:])
	if rest == "" {
		return
	}
	hits := s.prefixed(rest)
	for _, id := range hits {
		s.addName(id)
		if len(s.out) >= s.n {
			return
		}
	}
}

// leadingAreas passes areas typed before the rest, unless nothing would remain.
func (s *suggester) leadingAreas() int {
	at := 0
	for {
		end := at
		for _, m := range s.q.ments {
			if m.i == at && m.j > end && m.j < len(s.q.c.r) && !m.short && s.q.x.names.at(m.name).kind&kindArea != 0 {
				end, s.area = m.j, m.name
			}
		}
		if end == at {
			return at
		}
		at = end
	}
}

// prefixed returns the names that begin with the typed text or letters, best
// first.
func (s *suggester) prefixed(typed string) []int32 {
	x, t := s.q.x, s.q.t
	if x.order == nil {
		return nil
	}
	var hits []int32
	take := func(order []int32, prefix string, key func(id int32) string) {
		at, _ := slices.BinarySearchFunc(order, prefix, func(id int32, p string) int { return strings.Compare(key(id), p) })
		for k := at; k < len(order) && k-at < maxScanned && strings.HasPrefix(key(order[k]), prefix); k++ {
			hits = append(hits, order[k])
		}
		for id := x.newNames; id < int32(x.names.len()); id++ {
			if x.names.at(id).kind&^kindGrid != 0 && strings.HasPrefix(key(id), prefix) {
				hits = append(hits, id)
			}
		}
	}
	take(x.order.byText, typed, func(id int32) string { return x.names.at(id).text })
	if lower := strings.ToLower(typed); isLatin(lower) {
		take(x.order.bySound, lower, func(id int32) string { return t.letters(x.names.at(id).text, false) })
		take(x.order.byInitial, lower, func(id int32) string { return t.letters(x.names.at(id).text, true) })
	}
	slices.SortStableFunc(hits, func(a, b int32) int {
		p, r := x.names.at(a), x.names.at(b)
		exact := func(n *name) int {
			if n.text == typed {
				return 0
			}
			return 1
		}
		return cmp.Or(exact(p)-exact(r), cmp.Compare(x.weight(b), x.weight(a)), cmp.Compare(len(p.text), len(r.text)), cmp.Compare(a, b))
	})
	return slices.Compact(hits)
}

func isLatin(s string) bool {
	for _, r := range s {
		if r >= 0x80 {
			return false
		}
	}
	return s != ""
}

// weight ranks a name: by the rows it leads to.
func (x *Index) weight(id int32) int32 {
	n := x.names.at(id)
	w := n.count
	for _, src := range n.src {
		w += x.names.at(src).count
	}
	if n.kind&kindArea != 0 {
		w += 4
	}
	return w
}

// addName adds what a name stands for.
func (s *suggester) addName(id int32) {
	x := s.q.x
	n := x.names.at(id)
	for _, src := range n.src {
		s.addName(src)
	}
	if n.kind&kindArea != 0 {
		for _, a := range n.areas[:min(len(n.areas), 3)] {
			s.add(Suggestion{Text: n.shown(), Context: x.areaText(x.areas.at(a).parent), Kind: RoleArea})
		}
	}
	if n.kind&kindRoad != 0 && n.count > 0 {
		s.addRows(RoleRoad, n.shown(), s.roadRows(n), AreaDistrict)
	}
	if n.kind&kindPlace != 0 {
		s.addRows(RoleCompound, n.shown(), n.rows, AreaCommunity)
	}
}

func (s *suggester) roadRows(n *name) []int32 {
	var rows []int32
	for _, id := range n.roads {
		rows = append(rows, s.q.x.streets.at(id).rows...)
		if len(rows) > maxScanned {
			break
		}
	}
	return rows
}

// addRows adds one suggestion for each area, at a level, that the rows lie in.
func (s *suggester) addRows(kind Role, text string, rows []int32, level AreaLevel) {
	x := s.q.x
	last := int32(-2)
	for k, i := range rows[:min(len(rows), maxScanned)] {
		r := x.rows.at(i)
		a := r.area
		for a >= 0 && x.areas.at(a).level > level {
			a = x.areas.at(a).parent
		}
		if a == last {
			continue
		}
		last = a
		if s.area >= 0 {
			if ok, _ := x.areaAgrees(x.names.at(s.area), r); !ok {
				continue
			}
		}
		g := Suggestion{Text: text, Context: x.areaText(a), Kind: kind}
		if len(rows) == 1 {
			g.ID, g.GridKey = r.id, r.grid
		}
		if k == 0 || len(rows) == 1 {
			g.Point, g.HasPoint = r.pt, r.flags&rowPoint != 0
		}
		s.add(g)
	}
}

func (s *suggester) add(g Suggestion) {
	key := g.Text + "|" + g.Context
	if len(s.out) < s.n && !s.seen[key] {
		s.seen[key] = true
		s.out = append(s.out, g)
	}
}
