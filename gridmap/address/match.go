package address

import (
	"cmp"
	"slices"
	"sync"
)

// MatchOptions of one question. The zero value is what callers want.
type MatchOptions struct {
	// Threshold is the least confidence of an answer that names a building:
	// below it the status is ambiguous and the place is only a candidate.
	// 0 means DefaultThreshold, negative means none.
	Threshold float64
	// Alternatives is how many candidates to return; 0 means 5.
	Alternatives int
}

// relations is the tree of words that say "beside".
var relations = sync.OnceValue(func() *wordTree { return newWordTree(relationList) })

// Match finds the place that a text means. It never fails: what it cannot
// answer it refuses, with what was understood and what is missing. The same
// text on the same snapshot gives the same answer.
func (x *Index) Match(text string, o MatchOptions) Answer {
	q, _ := x.scratch.Get().(*query)
	if q == nil {
		q = &query{}
	}
	q.reset(x)
	q.c.clean(text, q.t)
	a := q.answer(text, o)
	q.x = nil
	x.scratch.Put(q)
	return a
}

func (q *query) answer(text string, o MatchOptions) Answer {
	if len(q.c.r) == 0 {
		return Answer{Level: LevelNone, Status: StatusNone, Message: "没有收到地址", MessageEn: "no address given"}
	}
	q.search()
	return q.decide(text, o)
}

// search fills the candidates: exact names first, mistyped ones only when the
// exact reading leaves text open.
func (q *query) search() {
	q.findMentions()
	q.findSpans()
	for k := range q.ments {
		q.evalMention(&q.ments[k])
	}
	q.rank()
	if covered, open := q.coverage(); open {
		q.findNear(&covered)
		for k := range q.near {
			q.evalMention(&q.near[k])
		}
		q.rank()
	}
}

// evalMention follows a mention to the roads and compounds it names.
func (q *query) evalMention(m *mention) {
	n := q.x.names.at(m.name)
	q.evalAs(m, m.name, n)
	if n.kind&kindAlias == 0 || m.short {
		return
	}
	for _, id := range n.src {
		a := *m
		a.cost += costAlias
		q.evalAs(&a, id, q.x.names.at(id))
	}
}

func (q *query) evalAs(m *mention, id int32, n *name) {
	if n.count == 0 { // its rows were deleted
		return
	}
	if n.kind&kindRoad != 0 && !m.short {
		q.evalStreet(m, id)
	}
	if n.kind&kindPlace != 0 {
		q.evalPlace(m, id)
	}
}

// sortCands orders the candidates from one on, best first; equal ones by ID,
// so that answers do not depend on the order of the table.
func (q *query) sortCands(from int) {
	slices.SortFunc(q.cands[from:], func(a, b cand) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(q.x.rows.at(a.row).id, q.x.rows.at(b.row).id))
	})
}

func (q *query) rank() {
	q.sortCands(0)
	clear(q.seen)
	for k := range q.cands {
		q.seen[q.cands[k].row] = int32(k)
	}
	slices.SortStableFunc(q.roads, func(a, b roadMiss) int { return cmp.Compare(a.cost, b.cost) })
	slices.SortStableFunc(q.short, func(a, b shortMiss) int { return cmp.Compare(a.cost, b.cost) })
}

// chargeMiss adds unexplained text to the cost of a road or compound without
// its door.
func (q *query) chargeMiss(used *mask, cost *float32, end int, st *streetTail) {
	k := cand{used: *used, road: span{j: end}}
	if st != nil && st.door.n > 0 {
		k.used.add(end, st.door.end[st.door.n-1])
		k.road.j = st.door.end[st.door.n-1]
	}
	r := row{area: -1, place: -1}
	q.addAreas(&k, &r)
	tl := q.c.readTail(k.road.j)
	k.used.add(k.road.j, tl.end)
	q.addLeft(&k, &r)
	*used = k.used
	*cost += k.left
}

// coverage returns what the best reading explains, and whether it leaves
// something open that a mistyped name could explain.
func (q *query) coverage() (mask, bool) {
	var m mask
	switch {
	case q.cleanConflict() >= 0:
		return m, false
	case len(q.cands) > 0 && q.cands[0].conflict == 0:
		if b := &q.cands[0]; b.left < costBeforeRune && (b.left == 0 || b.level != LevelCompound) {
			return m, false
		}
		m = q.cands[0].used
	case len(q.cands) > 0:
		if q.cands[0].left == 0 {
			return m, false
		}
		m = q.cands[0].used
	case len(q.roads) > 0:
		m = q.roads[0].used
	case len(q.short) > 0:
		m = q.short[0].used
	default:
		m = q.areaCover()
	}
	for i, r := range q.c.r {
		if isHan(r) && !m.has(i) && !q.noise.has(i) {
			return m, true
		}
	}
	return m, false
}

// areaCover is what areas alone explain.
func (q *query) areaCover() mask {
	var k cand
	q.addAreas(&k, &row{area: -1, place: -1})
	return k.used
}
