package address

// addLeft charges for text that the candidate leaves unexplained.
func (q *query) addLeft(k *cand, r *row) {
	last := max(k.road.j, k.door.j, k.place.j, k.bld.j, k.tail.j)
	c := &q.c
	var after, remark float32
	for i := 0; i < len(c.r); {
		if k.used.has(i) || q.noise.has(i) {
			i++
			continue
		}
		j := i + 1
		for j < len(c.r) && !k.used.has(j) && !q.noise.has(j) && c.sep[j] == 0 {
			j++
		}
		if e := q.relationAt(i, last); e > 0 {
			i = e
			continue
		}
		switch run := q.run(i, j); {
		case run.open == 0 || q.besidePhone(i, j, run.open):
		case j <= last:
			k.left += run.before
		case run.named && r.place >= 0 && k.place.j == 0:
			after += costOtherPlace
		case c.sep[i] == ',' || c.sep[i] == ' ' || c.sep[i] == '(':
			remark += costRemarkRune*float32(run.open) + run.area
			if run.named {
				remark += costPlaceLike / 2
			}
		default:
			after += costAfterRune * float32(run.open)
			if run.named {
				after += costPlaceLike
			}
			if i == last && isNumeral(c.r[i]) { // 27号3栋: a second label
				after += costSecondLabel
			}
		}
		i = j
	}
	k.left += min(after, maxAfter+costOtherPlace)
	if k.typo >= costSameSound {
		k.left *= leftWithTypo
	}
	k.left += min(remark, maxRemark+costAreaLike)
	k.cost += k.left
}

// besidePhone says that a short text stands right beside a phone number: a
// person's name.
func (q *query) besidePhone(i, j, open int) bool {
	return open <= maxPersonName && (j < len(q.c.r) && q.noise.has(j) && isDigit(q.c.r[j]) || i > 0 && q.noise.has(i-1) && isDigit(q.c.r[i-1]))
}

const maxPersonName = 4

// leftRun is what an unexplained piece of text looks like; it does not depend
// on the candidate, so that it is worked out once.
type leftRun struct {
	i, j, open   int
	before, area float32
	named        bool // like a compound, or followed by a building
}

func (q *query) run(i, j int) *leftRun {
	for k := range q.runs {
		if q.runs[k].i == i && q.runs[k].j == j {
			return &q.runs[k]
		}
	}
	n := q.openRunes(i, j)
	run := leftRun{i: i, j: j, open: n}
	if n > 0 {
		run.area = q.areaLike(i, j)
		run.before = q.beforeCost(i, j, n)
		run.named = q.placeLike(i, j) || n >= 2 && q.c.allHan(i, j) && q.c.readBuilding(j).end > j
	}
	q.runs = append(q.runs, run)
	return &q.runs[len(q.runs)-1]
}

// relationAt returns the end of the relation at i behind the anchor, 0 when
// there is none.
func (q *query) relationAt(i, last int) int {
	for _, s := range q.rels {
		if s.i == i && s.i >= last {
			return s.j
		}
	}
	return 0
}

// openRunes counts the runes of [i, j) that are neither words around an
// address nor relations.
func (q *query) openRunes(i, j int) int {
	n, edge := 0, true
	for i < j {
		w := q.t.fillers.longest(q.c.r[i:j])
		if w > 1 || w == 1 && (edge || i+1 == j) {
			i += w
			edge = true
			continue
		}
		n++
		i++
		edge = false
	}
	return n
}

// beforeCost charges for an unexplained text before the end of the anchor.
func (q *query) beforeCost(i, j, n int) float32 {
	if c := q.areaLike(i, j); c > 0 {
		return c
	}
	digits := 0
	for _, r := range q.c.r[i:j] {
		if isDigit(r) {
			digits++
		}
	}
	if digits == j-i {
		return costDigits
	}
	if n == 1 {
		return costBeforeRune
	}
	return costBeforeMany * float32(min(n, 4))
}

// areaLike charges for a text that names an area or city that the row is not
// in: known cities, and whatever ends like an area.
func (q *query) areaLike(i, j int) float32 {
	r := q.c.r[i:j]
	for a := range min(len(r), 6) {
		if q.t.cities.longest(r[a:]) > 0 {
			return costForeign
		}
	}
	if len(r) >= 3 && len(r) <= 12 {
		switch r[len(r)-1] {
		case '市', '区', '县', '镇', '乡', '旗', '村':
			return costAreaLike
		case '道':
			if r[len(r)-2] == '街' {
				return costAreaLike
			}
		}
	}
	return 0
}

// placeLike says that an unexplained text ends or begins like a compound, a
// road or an area.
func (q *query) placeLike(i, j int) bool {
	r := q.c.r[i:j]
	if len(r) < 3 {
		return false
	}
	for n := len(r); n >= 3 && n > len(r)-8; n-- {
		if shortRunes(r[:n], placeTypes) > 0 {
			return true
		}
		switch r[n-1] {
		case '路', '街', '巷', '城', '庭', '府', '园', '阁', '轩', '楼', '厦', '场', '湾', '区', '村':
			return true
		}
		if n >= 4 && (r[n-2] == '中' && r[n-1] == '心' || r[n-2] == '国' && r[n-1] == '际') {
			return true
		}
	}
	return false
}
