package ingest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
)

// addressParts is the number of components of an address.
const addressParts = 14

// partFields are the fields of the components, from large to small; the first
// areaParts of them are areas.
var partFields = [addressParts]string{
	"province", "city", "district", "town", "community",
	"road", "section", "lane", "alley", "sub_alley", "number", "compound", "building", "unit",
}

const areaParts = 5

// partNames are the components for people.
var partNames = [addressParts]string{"省", "市", "区县", "街道", "社区", "道路", "段", "巷", "弄", "支弄", "门牌", "小区", "楼栋", "单元"}

// maxAddressRunes is the longest text that is read as an address: the longest
// of ten tables of addresses has 60.
const maxAddressRunes = 200

// partsOf points to the components of an address, in the order of partFields.
func partsOf(a *gridmap.Address) [addressParts]*string {
	return [addressParts]*string{
		&a.Province, &a.City, &a.District, &a.Town, &a.Community,
		&a.Road, &a.Section, &a.Lane, &a.Alley, &a.SubAlley, &a.Number, &a.Compound, &a.Building, &a.Unit,
	}
}

// columnAddress is what the columns of the components say.
func columnAddress(f map[string]string) gridmap.Address {
	var a gridmap.Address
	for i, part := range partsOf(&a) {
		*part = f[partFields[i]]
	}
	return a
}

func parsedAddress(e address.Entry) gridmap.Address {
	return gridmap.Address{
		Province: e.Province, City: e.City, District: e.District, Town: e.Town, Community: e.Community,
		Road: e.Road, Section: e.Section, Lane: e.Lane, Alley: e.Alley, SubAlley: e.SubAlley, Number: e.Number,
		Compound: e.Compound, Building: e.Building, Unit: e.Unit,
	}
}

// takeWhole takes an address in one piece: its components fill in what the
// columns leave open. What was not understood, or is not what the columns say,
// is told. A text without any component is a name. A telephone number is not
// taken, nor a name beside it.
func (p *Plan) takeWhole(pl *gridmap.Place, r row, whole string) {
	if whole == "" {
		return
	}
	text, phone := dropPhones(whole)
	if phone != "" {
		p.warn(KindPhone, r, "地址「%s」里有像电话号码的数字，「%s」没有导入", shorten(whole), shorten(phone))
	}
	if text == "" {
		return
	}
	var e address.Entry
	rest := ""
	if utf8.RuneCountInString(text) <= maxAddressRunes {
		e, rest = address.ParseEntry(text)
	}
	unit, odd := readUnit(e.Unit)
	if phone != "" {
		e.Unit = unit
	}
	parsed := parsedAddress(e)
	if parsed == (gridmap.Address{}) {
		p.wholeIsName(pl, r, text)
		return
	}
	if e.Grid != "" { // 016鄰: no component of a place, yet part of what was written
		pl.Attrs = withAttr(pl.Attrs, "grid", e.Grid)
	}
	if other := fillIn(&pl.Address, parsed); other != "" {
		p.warn(KindAddressConflict, r, "地址「%s」与各列不同，以列为准：%s", shorten(whole), other)
	}
	switch {
	case odd != "" && phone == "":
		p.warn(KindUnexplained, r, "地址「%s」末尾的「%s」没有读懂，照写在单元里", shorten(whole), odd)
	case odd+rest != "":
		p.warn(KindUnexplained, r, "地址「%s」中的「%s」没有读懂，没有导入", shorten(whole), odd+rest)
	}
}

func (p *Plan) wholeIsName(pl *gridmap.Place, r row, whole string) {
	p.warn(KindUnexplained, r, "地址「%s」读不出省市、道路、门牌或小区，当作名称", shorten(whole))
	if pl.Name == "" {
		pl.Name = whole
	} else if whole != pl.Name {
		pl.Aliases = append(pl.Aliases, gridmap.Alias{Name: whole, Kind: "alias"})
	}
}

func (p *Plan) warn(kind string, r row, format string, args ...any) {
	p.b.rd.rep.add(Finding{
		Kind: kind, Severity: Warning, Rows: []int{r.n}, Codes: codes(r.code), Message: fmt.Sprintf(format, args...), At: rowAt(r),
	})
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// withAttr adds an attribute, unless a column has that name.
func withAttr(attrs map[string]string, key, value string) map[string]string {
	if _, taken := attrs[key]; taken {
		return attrs
	}
	if attrs == nil {
		attrs = map[string]string{}
	}
	attrs[key] = value
	return attrs
}

// fillIn adds the parsed components that a has not. It returns, for people,
// those that a has otherwise.
func fillIn(a *gridmap.Address, parsed gridmap.Address) (otherwise string) {
	to, from := partsOf(a), partsOf(&parsed)
	var cols, got [addressParts]string // as names are compared
	for i := range to {
		cols[i], got[i] = address.Normalize(*to[i]), address.Normalize(*from[i])
	}
	var other []string
	for i := range to {
		switch {
		case got[i] == "" || stated(&cols, &got, i):
		case cols[i] == "":
			*to[i] = *from[i]
		case !strings.Contains(cols[i], got[i]) && !strings.Contains(got[i], cols[i]):
			other = append(other, fmt.Sprintf("%s「%s」，列为「%s」", partNames[i], *from[i], *to[i]))
		}
	}
	return strings.Join(other, "；")
}

// splitNumber parts a door number from what else stands in its column: a
// compound, floor or room (１５號六樓之３, 第二市場１之８號). Otherwise the door
// would not be found. It touches nothing unless each piece has an empty place
// to go to and none is lost.
func splitNumber(a *gridmap.Address) {
	const road, section = "某路", "一段" // a number is read behind a road
	if utf8.RuneCountInString(a.Number) > maxAddressRunes {
		return
	}
	e, rest := address.ParseEntry(road + section + a.Number)
	if rest != "" || e.Road != road || e.Section != section || e.Number == "" && e.Compound == "" || e.Number == a.Number {
		return
	}
	if e.Compound != "" && a.Compound != "" || e.Building != "" && a.Building != "" || e.Unit != "" && a.Unit != "" {
		return
	}
	if address.Normalize(e.Number+e.Compound+e.Building+e.Unit) != address.Normalize(a.Number) &&
		address.Normalize(e.Compound+e.Number+e.Building+e.Unit) != address.Normalize(a.Number) {
		return
	}
	a.Number = e.Number
	a.Compound += e.Compound
	a.Building += e.Building
	a.Unit += e.Unit
}

// saySplit tells, once, how many number columns held more than a number.
func (p *Plan) saySplit(rows []int) {
	if len(rows) == 0 {
		return
	}
	p.b.rd.rep.add(Finding{
		Kind: KindNumberSplit, Severity: Note, Rows: rows[:min(len(rows), 20)],
		Message: fmt.Sprintf("%d 行的门牌列还带着小区、楼层或室号，已拆开", len(rows)),
	})
}

// stated tells whether a column says the parsed component i already: an area
// under another level (中區 as town or as district), or at the end of a larger
// component (人民南路四段 in the column of roads).
func stated(cols, got *[addressParts]string, i int) bool {
	for j := range cols {
		switch {
		case cols[j] == "":
		case cols[j] == got[i] && (i == j || i < areaParts && j < areaParts):
			return true
		case j < i && i >= areaParts && strings.HasPrefix(cols[j], strings.Join(got[j:i+1], "")) && got[j] != "":
			return true
		}
	}
	return false
}
