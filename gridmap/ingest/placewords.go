package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// placeKinds are the kinds of places, with the words under which offices have
// them.
var placeKinds = map[string][]string{
	"door":     {"门牌", "門牌", "门牌号", "门址"},
	"compound": {"小区", "小區", "院落", "大院", "大厦", "园区", "村庄"},
	"building": {"楼栋", "楼宇", "楼", "栋", "幢", "建筑", "建筑物"},
	"shop":     {"店铺", "商铺", "门店", "商户", "门面"},
	"device":   {"设备", "部件", "杆件"},
	"sign":     {"标牌", "公示牌", "牌子"},
}

// kindOf reads the kind of a place, or tells it by the deepest part of its
// address. A word that is not known is kept as it stands, and told.
func (p *Plan) kindOf(r row, pl gridmap.Place) string {
	word := r.fields["kind"]
	if word == "" {
		return kindByAddress(pl)
	}
	for kind, words := range placeKinds {
		if strings.EqualFold(word, kind) || slices.Contains(words, word) {
			return kind
		}
	}
	p.oddTypes[word] = append(p.oddTypes[word], r.n)
	return word
}

func kindByAddress(pl gridmap.Place) string {
	a := pl.Address
	switch {
	case a.Building != "":
		return "building"
	case a.Compound != "", a.Number == "" && pl.Name != "":
		return "compound"
	}
	return "door"
}

// sayOddKinds tells, once for each, the words that are no kind of place.
func (p *Plan) sayOddKinds() {
	for _, t := range sortedKeys(p.oddTypes) {
		rows := p.oddTypes[t]
		p.b.rd.rep.add(Finding{
			Kind: KindBadValue, Severity: Note, Rows: rows[:min(len(rows), 20)],
			Message: fmt.Sprintf("种类 %q 不是 门牌、小区、楼栋、店铺、设备、标牌 之一，%d 行照写", t, len(rows)),
		})
	}
}

// statusWord reads the status of a place; an unknown word stays.
func statusWord(s string) string {
	switch s {
	case "在用", "正常", "启用", "有效", "使用中":
		return "in_use"
	case "规划", "规划中", "在建", "拟建":
		return "planned"
	case "拆除", "已拆除", "注销", "已注销", "灭失":
		return "demolished"
	}
	return s
}

// aliasesOf reads the other names of a place: alias, short and former names,
// each cell holding one or several. Dates belong to the former names, one for
// all or as many as there are names.
func aliasesOf(f map[string]string, name string) ([]gridmap.Alias, error) {
	var out []gridmap.Alias
	add := func(a gridmap.Alias) {
		if a.Name != name && !slices.ContainsFunc(out, func(o gridmap.Alias) bool { return o.Name == a.Name && o.Kind == a.Kind }) {
			out = append(out, a)
		}
	}
	for _, kind := range []string{"alias", "short"} {
		for _, n := range splitNames(f[kind]) {
			add(gridmap.Alias{Name: n, Kind: kind})
		}
	}
	former := splitNames(f["former"])
	from, err := periods(f["former_from"], len(former))
	if err != nil {
		return nil, err
	}
	to, err := periods(f["former_to"], len(former))
	if err != nil {
		return nil, err
	}
	for i, n := range former {
		a := gridmap.Alias{Name: n, Kind: "former", From: from[i], To: to[i]}
		if !a.To.IsZero() && !a.From.Before(a.To) {
			return nil, fmt.Errorf("曾用名「%s」的停用日期不晚于启用日期", n)
		}
		add(a)
	}
	return out, nil
}

// splitNames splits a cell with several names.
func splitNames(s string) []string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、;；,，|｜\n", r) })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return codes(parts...)
}

// periods reads the dates for n names; no date is the zero time.
func periods(s string, n int) ([]time.Time, error) {
	parts := splitNames(s)
	if len(parts) > 1 && len(parts) != n {
		return nil, fmt.Errorf("曾用名有 %d 个，日期却有 %d 个：%s", n, len(parts), s)
	}
	out := make([]time.Time, n)
	for i := range out {
		if len(parts) == 0 {
			break
		}
		text := parts[min(i, len(parts)-1)]
		t, err := parsePeriod(text)
		if err != nil {
			return nil, fmt.Errorf("曾用名的日期 %q 读不懂，应如 1998 或 1998-05-01", text)
		}
		out[i] = t
	}
	return out, nil
}

// parsePeriod reads a day, or a month or year as its first day.
func parsePeriod(s string) (time.Time, error) {
	for _, layout := range []string{"2006", "2006年", "2006-1", "2006/1", "2006.1", "2006年1月"} {
		if t, err := time.ParseInLocation(layout, s, gridmap.CivilZone()); err == nil {
			return t.UTC(), nil
		}
	}
	return parseDate(s)
}
