package address

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Options of Build. The zero value is right for most tables.
type Options struct {
	NoFuzzy bool // names must match exactly (saves memory)
}

// Build indexes a table. It fails on an ID of 0 and on two entries with one
// ID, and says which; rows with no name at all are kept out of reach but
// counted.
func Build(entries iter.Seq[Entry], o Options) (*Index, error) {
	b := newBuilder(&Index{scratch: &sync.Pool{}, opts: o})
	for e := range entries {
		if e.ID == 0 {
			return nil, fmt.Errorf("address: entry %q has no ID", strings.Join([]string{e.Road, e.Number, e.Compound, e.Building}, ""))
		}
		b.rows.add(b.rowFor(&e))
	}
	x := b.finish()
	for i := 1; i < len(x.byID); i++ {
		if a := x.rows.at(x.byID[i]); a.id == x.rows.at(x.byID[i-1]).id {
			return nil, fmt.Errorf("address: two entries with ID %d", a.id)
		}
	}
	return x, nil
}

// builder interns names, areas and streets while rows are added.
type builder struct {
	x       *Index
	t       *charTables
	c       cleaned
	names   pagesEdit[name]
	streets pagesEdit[street]
	areas   pagesEdit[area]
	rows    pagesEdit[row]
	labels  map[uint32]string

	rawName   map[string]int32 // folded text -> name
	rawArea   map[areaKey]int32
	rawStreet map[[5]string]int32
	rawPlace  map[string]int32
	rawDoor   map[string]doorKey
	byStreet  map[streetID]int32
}

func newBuilder(x *Index) *builder {
	return &builder{
		x: x, t: chars(),
		names: x.names.edit(), streets: x.streets.edit(), areas: x.areas.edit(), rows: x.rows.edit(),
		labels: map[uint32]string{}, rawName: map[string]int32{}, rawArea: map[areaKey]int32{},
		rawStreet: map[[5]string]int32{}, rawPlace: map[string]int32{}, rawDoor: map[string]doorKey{}, byStreet: map[streetID]int32{},
	}
}

// finish sorts the rows under their streets and compounds and builds the
// lookup tables.
func (b *builder) finish() *Index {
	x := b.x
	x.names, x.streets, x.areas, x.rows = b.names.pages, b.streets.pages, b.areas.pages, b.rows.pages
	x.labels, x.live = b.labels, x.rows.n
	b.fileRows()
	x.indexNames()
	x.byID = make([]int32, x.rows.n)
	for i := range x.byID {
		x.byID[i] = int32(i)
	}
	slices.SortFunc(x.byID, func(a, c int32) int { return cmp.Compare(x.rows.at(a).id, x.rows.at(c).id) })
	x.newRows = int32(x.rows.n)
	x.order = newSuggestOrder(x)
	return x
}

// fileRows fills the row lists of streets and compounds from one allocation
// each.
func (b *builder) fileRows() {
	x := b.x
	onStreet := make([]int32, x.streets.n+1)
	inPlace := make([]int32, x.names.n+1)
	for i := range int32(x.rows.n) {
		r := x.rows.at(i)
		if r.street >= 0 {
			onStreet[r.street+1]++
			b.names.set(x.streets.at(r.street).road).count++
		}
		if r.place >= 0 {
			inPlace[r.place+1]++
			b.names.set(r.place).count++
		}
	}
	streetRows, placeRows := prefixSums(onStreet), prefixSums(inPlace)
	for i := range int32(x.rows.n) {
		r := x.rows.at(i)
		if r.street >= 0 {
			streetRows[onStreet[r.street]] = i
			onStreet[r.street]++
		}
		if r.place >= 0 {
			placeRows[inPlace[r.place]] = i
			inPlace[r.place]++
		}
	}
	lo := int32(0)
	for i := range int32(x.streets.n) {
		rows := streetRows[lo:onStreet[i]:onStreet[i]]
		lo = onStreet[i]
		slices.SortFunc(rows, x.byNumber)
		s := b.streets.set(i)
		s.rows, s.wide = rows, x.spansDistricts(rows)
	}
	lo = 0
	for i := range int32(x.names.n) {
		if rows := placeRows[lo:inPlace[i]:inPlace[i]]; len(rows) > 0 {
			slices.SortFunc(rows, x.byBuilding)
			b.names.set(i).rows = rows
		}
		lo = inPlace[i]
	}
	for i := range int32(x.names.n) {
		n := b.names.set(i)
		n.areas, n.roads = tight(n.areas), tight(n.roads)
	}
}

// tight drops the spare room of a list that has grown.
func tight(list []int32) []int32 {
	if cap(list) == len(list) {
		return list
	}
	return append(make([]int32, 0, len(list)), list...)
}

// prefixSums turns counts (at i+1) into starts (at i) and returns room for all.
func prefixSums(count []int32) []int32 {
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	return make([]int32, count[len(count)-1])
}

// indexNames files every name in fresh lookup tables.
func (x *Index) indexNames() {
	t := chars()
	x.lex, x.lexNew, x.fuzzyNew = prefixTree{}, prefixTree{}, fuzzyTable{}
	x.newNames = int32(x.names.n)
	var keys []fuzzyKey
	e := x.names.edit()
	for id := range int32(x.names.n) {
		keys = x.fileName(&e, &x.lex, id, keys, t)
	}
	x.names = e.pages
	x.fuzzy.build(slices.Clip(keys))
}

// fileName puts one name into the tables.
func (x *Index) fileName(e *pagesEdit[name], lex *prefixTree, id int32, keys []fuzzyKey, t *charTables) []fuzzyKey {
	n := e.set(id)
	r := []rune(n.text)
	if len(r) == 0 {
		return keys
	}
	short := 0
	switch {
	case n.kind&kindPlace != 0:
		short = shortRunes(r, placeTypes)
	case n.kind&kindArea != 0:
		short = shortRunes(r, areaTypes)
	}
	n.short = uint8(min(short, 255))
	n.next = lex.insert(r, id, short)
	x.maxName = max(x.maxName, len(r))
	if x.opts.NoFuzzy || n.kind&(kindRoad|kindPlace|kindAlias) == 0 || len(r) < 2 || len(r) > 24 {
		return keys
	}
	add := func(h uint32) { keys = append(keys, fuzzyKey{h, id}) }
	fuzzyHashes(r, t, add)
	if n.short >= 2 && n.kind&kindPlace != 0 {
		fuzzyHashes(r[:n.short], t, add)
	}
	return keys
}
