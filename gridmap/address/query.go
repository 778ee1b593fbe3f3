package address

// query is the working memory of one Match, reused between calls.
type query struct {
	x   *Index
	t   *charTables
	rel *wordTree

	c     cleaned
	ments []mention // exact, longest first
	near  []mention // fuzzy
	grids []span
	rels  []span
	noise mask // persons and phones: no evidence either way

	cands []cand
	roads []roadMiss // roads found without the door
	short []shortMiss
	seen  map[int32]int32 // row -> cand
	names []fuzzyHit
	runes []rune
	runs  []leftRun
}

// cand is a row that explains the text, with what it leaves open.
type cand struct {
	row      int32
	more     []int32 // when the text leaves the building open: all rows of that compound and door, row included
	cost     float32 // of everything; smaller is better
	typo     float32 // of names
	left     float32 // of unexplained text
	number   float32 // of reading the numbers
	conflict float32 // of contradictions
	area     float32 // of the contradictions, those with areas
	support  int8    // area mentions that agree
	deep     bool    // one of them is a district or lower
	level    Level
	used     mask
	road     span // v: name
	door     span
	place    span
	bld      span
	tail     span
	joint    bool // street and compound both named
	several  bool // the compound has several rows
	numbered bool // the text names the door number of the compound
	weak     bool // an area in conflict is a town or lower
}

// roadMiss is a road that was found while its door was not.
type roadMiss struct {
	m      mention
	street int32
	tail   streetTail
	used   mask
	cost   float32
}

// shortMiss is a compound that was found while its building was not.
type shortMiss struct {
	m    mention
	used mask
	bld  label
	cost float32
}

func (q *query) reset(x *Index) {
	q.x, q.t = x, chars()
	q.rel = relations()
	q.ments, q.near, q.grids, q.rels = q.ments[:0], q.near[:0], q.grids[:0], q.rels[:0]
	q.cands, q.roads, q.short = q.cands[:0], q.roads[:0], q.short[:0]
	q.noise, q.runs = mask{}, q.runs[:0]
	for k := range q.cands[:cap(q.cands)] { // let go of the snapshot before
		q.cands[:cap(q.cands)][k].more = nil
	}
	if q.seen == nil {
		q.seen = map[int32]int32{}
	}
	clear(q.seen)
}

// keep adds a candidate, or replaces the same row's when the new reading is
// better.
func (q *query) keep(c *cand) {
	if k, ok := q.seen[c.row]; ok {
		if c.rank() < q.cands[k].rank() {
			q.cands[k] = *c
		}
		return
	}
	if len(q.cands) >= maxCands {
		return
	}
	q.seen[c.row] = int32(len(q.cands))
	q.cands = append(q.cands, *c)
}

// rank is the cost, with a charge for leaving the building open, so that of
// two readings of one row the one that names the building is kept.
func (c *cand) rank() float32 {
	if c.level == LevelCompound {
		return c.cost + costOther
	}
	return c.cost
}

// maxCands bounds the rows looked at for one text: a compound has at most a
// few hundred buildings.
const maxCands = 1024
