package address

import (
	"slices"
	"sync"

	"cloudgrid/spatial"
)

// Index is an immutable snapshot of a reference table, ready to be asked. Its
// methods may be called by any number of goroutines.
type Index struct {
	names   pages[name]
	streets pages[street]
	areas   pages[area]
	rows    pages[row]

	lex, lexNew     prefixTree // names below newNames, and those added since
	fuzzy, fuzzyNew fuzzyTable
	newNames        int32 // first name that only lexNew knows

	labels, labelsNew map[uint32]string // code -> how it is written
	byID              []int32           // rows below newRows, by ID
	newRows           int32
	newIDs            map[int64]int32 // rows added since
	order             *suggestOrder   // names below newNames, sorted for Suggest

	live    int // rows that are not deleted
	maxName int // runes of the longest name
	scratch *sync.Pool
	opts    Options
}

// Kinds of a name; a text can be several at once.
const (
	kindArea uint8 = 1 << iota
	kindRoad
	kindPlace
	kindAlias // a nickname: src says of what
	kindGrid  // 第3网格, 18鄰: read by the grammar, not looked up
)

// name is one text of the gazetteer with what it stands for.
type name struct {
	text  string // folded
	disp  string // as written in the table; "" = text
	src   []int32
	areas []int32
	roads []int32 // streets on this road
	rows  []int32 // rows of this compound, by building and number
	next  int32   // next name with the same short form, +1
	count int32   // rows that name it, for ranking
	kind  uint8
	short uint8 // runes of the short form, 0 = none
}

func (n *name) shown() string {
	if n.disp != "" {
		return n.disp
	}
	return n.text
}

// area is a node of the administrative tree.
type area struct {
	name, parent int32 // parent -1 at the root
	num          int32 // number of a numbered grid, 0 = none
	level        AreaLevel
}

// street is a road with section and lanes: what door numbers count along.
type street struct {
	road    int32
	section int32
	lane    uint32
	wide    bool    // its rows lie in several districts
	rows    []int32 // by number, sub-number, compound, building
}

// row is one entry of the table, packed: 56 bytes.
type row struct {
	id, grid int64
	pt       spatial.Point
	area     int32 // deepest node, -1 = none
	street   int32 // -1 = none
	place    int32 // name of the compound, -1 = none
	num, sub uint32
	bld      uint32
	unit     uint32
	flags    uint32 // rowPoint, rowGone, building word << 8
}

const (
	rowPoint = 1 << iota
	rowGone
	rowRange // the plate covers the numbers from num to sub
	bldShift = 8
)

// Len returns how many entries the index holds.
func (x *Index) Len() int { return x.live }

func (x *Index) label(code uint32) string {
	if s, ok := x.labelsNew[code]; ok {
		return s
	}
	return x.labels[code]
}

// rowOf finds the row of an entry.
func (x *Index) rowOf(id int64) (int32, bool) {
	if i, ok := x.newIDs[id]; ok {
		return i, i >= 0
	}
	k, ok := slices.BinarySearchFunc(x.byID, id, func(i int32, id int64) int {
		switch v := x.rows.at(i).id; {
		case v < id:
			return -1
		case v > id:
			return 1
		}
		return 0
	})
	if !ok {
		return 0, false
	}
	i := x.byID[k]
	return i, x.rows.at(i).flags&rowGone == 0
}

// byNumber orders the rows of a street.
func (x *Index) byNumber(a, b int32) int {
	p, q := x.rows.at(a), x.rows.at(b)
	switch {
	case p.num != q.num:
		return cmp32(p.num, q.num)
	case p.sub != q.sub:
		return cmp32(p.sub, q.sub)
	case p.place != q.place:
		return int(p.place) - int(q.place)
	case p.bld != q.bld:
		return cmp32(p.bld, q.bld)
	}
	return int(a) - int(b)
}

// byBuilding orders the rows of a compound.
func (x *Index) byBuilding(a, b int32) int {
	p, q := x.rows.at(a), x.rows.at(b)
	switch {
	case p.bld != q.bld:
		return cmp32(p.bld, q.bld)
	case p.num != q.num:
		return cmp32(p.num, q.num)
	}
	return int(a) - int(b)
}

func cmp32(a, b uint32) int {
	if a < b {
		return -1
	}
	return 1
}

// numberRange returns the rows of a street with a number; with anySub all its
// sub-numbers.
func (x *Index) numberRange(rows []int32, num, sub uint32, anySub bool) []int32 {
	lo, _ := slices.BinarySearchFunc(rows, 0, func(i int32, _ int) int {
		r := x.rows.at(i)
		if r.num < num || r.num == num && !anySub && r.sub < sub {
			return -1
		}
		return 1
	})
	hi := lo
	for hi < len(rows) {
		r := x.rows.at(rows[hi])
		if r.num != num || !anySub && r.sub != sub {
			break
		}
		hi++
	}
	return rows[lo:hi]
}

// buildingRange returns the rows of a compound with a building code.
func (x *Index) buildingRange(rows []int32, bld uint32) []int32 {
	lo, _ := slices.BinarySearchFunc(rows, bld, func(i int32, b uint32) int {
		if x.rows.at(i).bld < b {
			return -1
		}
		return 1
	})
	hi := lo
	for hi < len(rows) && x.rows.at(rows[hi]).bld == bld {
		hi++
	}
	return rows[lo:hi]
}

// spansDistricts says that rows lie in more than one district.
func (x *Index) spansDistricts(rows []int32) bool {
	first, last := int32(-2), int32(-2)
	for _, i := range rows {
		a := x.rows.at(i).area
		if a == last {
			continue
		}
		last = a
		a = x.district(a)
		if first == -2 {
			first = a
		}
		if a != first {
			return true
		}
	}
	return false
}

// district returns the district that an area node lies in, or the node itself
// when it is none.
func (x *Index) district(a int32) int32 {
	for a >= 0 && x.areas.at(a).level > AreaDistrict {
		a = x.areas.at(a).parent
	}
	return a
}

// inArea says whether an area node is a or lies inside a.
func (x *Index) inArea(node, a int32) bool {
	for node >= 0 {
		if node == a {
			return true
		}
		node = x.areas.at(node).parent
	}
	return false
}
