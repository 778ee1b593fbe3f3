package address

import (
	"slices"
	"strings"
)

type areaKey struct {
	parent int32
	level  AreaLevel
	text   string
}

type streetID struct {
	road, section int32
	lane          uint32
}

// nameFor returns the name with a folded text, making it when it is new.
func (b *builder) nameFor(folded, shown string, kind uint8) int32 {
	id, ok := b.rawName[folded]
	if !ok {
		if id, ok = b.x.nameID(folded); !ok {
			n := name{text: strings.Clone(folded)}
			if shown != folded {
				n.disp = strings.Clone(shown)
			}
			id = b.names.add(n)
			folded = n.text
		}
		b.rawName[folded] = id
	}
	if n := b.names.at(id); n.kind&kind != kind {
		b.names.set(id).kind |= kind
	}
	return id
}

// nameID looks a folded text up among the names of the index.
func (x *Index) nameID(folded string) (int32, bool) {
	h := hashEnd(hashRunes(folded))
	for _, t := range []*prefixTree{&x.lex, &x.lexNew} {
		if s := t.find(h); s != nil && s.full > 0 && x.names.at(s.full-1).text == folded {
			return s.full - 1, true
		}
	}
	return 0, false
}

func hashRunes(s string) uint64 {
	h := hashSeed
	for _, r := range s {
		h = hashRune(h, r)
	}
	return h
}

func (b *builder) rowFor(e *Entry) row {
	r := row{id: e.ID, grid: e.GridKey, pt: e.Point, area: b.areaFor(e), street: -1, place: -1}
	if e.HasPoint {
		r.flags |= rowPoint
	}
	if e.Road != "" || e.Lane != "" || e.Alley != "" {
		r.street = b.streetFor([5]string{e.Road, e.Section, e.Lane, e.Alley, e.SubAlley})
	}
	d, ok := b.rawDoor[e.Number]
	if !ok {
		d = canonDoor(e.Number, &b.c, b.t)
		b.rawDoor[e.Number] = d
		if d.sub != 0 && !codeIsNumber(d.sub) {
			b.addLabel(d.sub^d.num<<3, d.subTxt)
		}
	}
	r.num, r.sub = d.num, d.sub
	if d.spans {
		r.flags |= rowRange
	}
	b.placeFor(e, &r)
	return r
}

func (b *builder) addLabel(code uint32, text string) {
	if _, ok := b.labels[code]; !ok && b.x.labels[code] == "" {
		b.labels[code] = strings.Clone(text)
	}
}

func (b *builder) areaFor(e *Entry) int32 {
	at := int32(-1)
	for level, text := range [...]string{e.Province, e.City, e.District, e.Town, e.Community, e.Grid} {
		if text == "" {
			continue
		}
		k := areaKey{at, AreaProvince + AreaLevel(level), text}
		id, ok := b.rawArea[k]
		if !ok {
			id = b.newArea(k)
			k.text = strings.Clone(text)
			b.rawArea[k] = id
		}
		at = id
	}
	return at
}

func (b *builder) newArea(k areaKey) int32 {
	b.c.clean(k.text, b.t)
	kind, num := kindArea, int32(0)
	if k.level == AreaGrid {
		if v, end := b.c.gridNumber(0); end == len(b.c.r) && end > 0 {
			kind, num = kindGrid, int32(v)
		}
	}
	n := b.nameFor(string(b.c.r), k.text, kind)
	for _, id := range b.names.at(n).areas {
		if a := b.areas.at(id); a.parent == k.parent && a.level == k.level {
			return id
		}
		if kind == kindGrid && b.x.rows.len() == 0 {
			break // numbered grids are many; rawArea already said that this one is new
		}
	}
	id := b.areas.add(area{name: n, parent: k.parent, level: k.level, num: num})
	b.names.set(n).areas = b.grown(b.names.at(n).areas, id)
	return id
}

// grown appends to a list: in place while a first index is built, to a copy
// when older snapshots may read the list.
func (b *builder) grown(list []int32, id int32) []int32 {
	if b.x.rows.len() > 0 {
		list = slices.Clip(list)
	}
	return append(list, id)
}

func (b *builder) streetFor(f [5]string) int32 {
	if id, ok := b.rawStreet[f]; ok {
		return id
	}
	k := canonStreet(f, &b.c, b.t)
	if k.road == "" {
		return -1
	}
	if k.lane != 0 {
		b.addLabel(k.lane, k.laneTxt)
	}
	road := b.nameFor(k.road, k.shown, kindRoad)
	if k.also != "" {
		b.alias(k.also, k.also, road)
	}
	b.numeralAlias(road)
	id := b.streetID(streetID{road, int32(k.section), k.lane})
	for i := range f {
		f[i] = strings.Clone(f[i])
	}
	b.rawStreet[f] = id
	return id
}

func (b *builder) streetID(k streetID) int32 {
	if id, ok := b.byStreet[k]; ok {
		return id
	}
	for _, id := range b.names.at(k.road).roads {
		if s := b.streets.at(id); s.section == k.section && s.lane == k.lane {
			b.byStreet[k] = id
			return id
		}
	}
	id := b.streets.add(street{road: k.road, section: k.section, lane: k.lane})
	n := b.names.set(k.road)
	n.roads = b.grown(n.roads, id)
	b.byStreet[k] = id
	return id
}

func (b *builder) placeFor(e *Entry, r *row) {
	code, word, named := canonBuilding(e.Building, &b.c, b.t)
	compound := e.Compound
	if compound == "" && named != "" {
		compound, code = e.Building, 0
	}
	if compound == "" && r.street < 0 && len(e.Aliases) > 0 {
		compound = e.Aliases[0]
	}
	r.bld = code
	r.flags |= word << bldShift
	if code != 0 && !codeIsNumber(code) {
		b.addLabel(code, e.Building)
	}
	if u := canonUnit(e.Unit, &b.c, b.t); u != 0 {
		r.unit = u
		if !codeIsNumber(u) {
			b.addLabel(u, Normalize(e.Unit))
		}
	}
	if compound != "" {
		id, ok := b.rawPlace[compound]
		if !ok {
			b.c.clean(compound, b.t)
			if len(b.c.r) > 0 {
				id = b.nameFor(string(b.c.r), compound, kindPlace)
				b.numeralAlias(id)
			} else {
				id = -1
			}
			b.rawPlace[strings.Clone(compound)] = id
		}
		r.place = id
		if r.place >= 0 {
			for _, a := range e.Aliases {
				b.alias(Normalize(a), a, r.place)
			}
		}
	}
}

// numeralAlias lets a name with Arabic numbers be found by Chinese ones.
func (b *builder) numeralAlias(id int32) {
	if s := withChineseNumerals(b.names.at(id).text); s != "" {
		b.alias(s, s, id)
	}
}

// alias makes folded another name of a name.
func (b *builder) alias(folded, shown string, of int32) {
	if folded == "" || folded == b.names.at(of).text {
		return
	}
	id := b.nameFor(folded, shown, kindAlias)
	if !slices.Contains(b.names.at(id).src, of) {
		n := b.names.set(id)
		n.src = append(slices.Clip(n.src), of)
	}
}
