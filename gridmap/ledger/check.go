package ledger

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

func checkGrid(g *gridmap.Grid) error {
	trimSpan(&g.Span)
	if err := g.Check(); err != nil {
		return err
	}
	if err := checkShape("网格 "+g.Code, g.Shape); err != nil {
		return err
	}
	return checkText("网格 "+g.Code, g.Attrs, g.Code, g.Name)
}

func checkAtom(a *gridmap.Atom) error {
	trimSpan(&a.Span)
	if err := a.Check(); err != nil {
		return err
	}
	if err := checkShape("单元 "+a.Code, a.Shape); err != nil {
		return err
	}
	if err := checkText("单元 "+a.Code, nil, slices.Collect(maps.Keys(a.Counts))...); err != nil {
		return err
	}
	return checkText("单元 "+a.Code, a.Attrs, a.Code, a.Name, a.Kind)
}

func checkPlace(p *gridmap.Place) error {
	trimSpan(&p.Span)
	p.Aliases = slices.Clone(p.Aliases) // the caller's stay as they are
	for i := range p.Aliases {
		a := &p.Aliases[i]
		a.From, a.To = Trim(a.From), Trim(a.To)
		if err := checkText("地址「"+p.Name+"」", nil, a.Name, a.Kind); err != nil {
			return err
		}
	}
	if !p.HasPoint {
		p.Point = spatial.Point{}
	} else if !onGlobe(p.Point) {
		return gridmap.Errorf(gridmap.Invalid, "地址「%s%s」的坐标 %s 不在地球上 (position is not on the globe)", p.Address, p.Name, p.Point)
	}
	if math.IsNaN(p.AccuracyM) || math.IsInf(p.AccuracyM, 0) {
		return gridmap.Errorf(gridmap.Invalid, "地址「%s%s」的精度 %v 不是数 (accuracy is no number)", p.Address, p.Name, p.AccuracyM)
	}
	if err := p.Check(); err != nil {
		return err
	}
	a := p.Address
	return checkText("地址「"+p.Name+"」", p.Attrs, p.Code, p.Kind, p.Name, p.Source, p.Status,
		a.Province, a.City, a.District, a.Town, a.Community, a.Road, a.Section, a.Lane, a.Alley,
		a.SubAlley, a.Number, a.Compound, a.Building, a.Unit)
}

func checkPerson(p *gridmap.Person) error {
	trimSpan(&p.Span)
	if err := p.Check(); err != nil {
		return err
	}
	return checkText("人员「"+p.Name+"」", p.Attrs, p.Code, p.Name, p.Phone, p.OfficePhone)
}

func checkPost(p *gridmap.Post) error {
	trimSpan(&p.Span)
	if err := p.Check(); err != nil {
		return err
	}
	return checkText("岗位", nil, p.Role)
}

func checkRecord(r *gridmap.Record) error {
	trimSpan(&r.Span)
	if err := r.Check(); err != nil {
		return err
	}
	whose := "记录 " + string(r.Kind) + " " + r.Key
	if err := checkJSON(whose, r.Body); err != nil {
		return err
	}
	return checkText(whose, nil, string(r.Kind), r.Key)
}

// checkShape refuses what is no multipolygon at all. Whether the rings cross
// is the topology's to say.
func checkShape(whose string, m spatial.MultiPolygon) error {
	for i, poly := range m {
		if len(poly) == 0 {
			return gridmap.Errorf(gridmap.Invalid, "%s 的第 %d 块没有边界 (polygon %d has no ring)", whose, i+1, i+1)
		}
		for j, ring := range poly {
			if len(ring) < 3 {
				e := gridmap.Errorf(gridmap.Invalid, "%s 的第 %d 块第 %d 环不足 3 点 (ring with fewer than 3 points)", whose, i+1, j+1)
				if len(ring) > 0 {
					e.At = &ring[0]
				}
				return e
			}
			if k := slices.IndexFunc(ring, func(p spatial.Point) bool { return !onGlobe(p) }); k >= 0 {
				return gridmap.Errorf(gridmap.Invalid, "%s 的顶点 %s 不在地球上 (vertex is not on the globe)", whose, ring[k])
			}
			if ring[0] == ring[len(ring)-1] {
				return gridmap.Errorf(gridmap.Invalid, "%s 的第 %d 块第 %d 环重复了首点 (ring repeats its first point)", whose, i+1, j+1)
			}
		}
	}
	return nil
}

func onGlobe(p spatial.Point) bool {
	return p.X >= -spatial.MaxX && p.X <= spatial.MaxX && p.Y >= -spatial.MaxY && p.Y <= spatial.MaxY
}

// checkText refuses text that one of the stores could not give back as it is.
func checkText(whose string, attrs map[string]string, texts ...string) error {
	for k, v := range attrs {
		if badText(k) || badText(v) {
			return gridmap.Errorf(gridmap.Invalid, "%s 的属性 %q 不是合法文字 (attribute is not valid UTF-8 text)", whose, k)
		}
	}
	if i := slices.IndexFunc(texts, badText); i >= 0 {
		return gridmap.Errorf(gridmap.Invalid, "%s 含非法文字 %q (not valid UTF-8 text)", whose, texts[i])
	}
	return nil
}

func badText(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }

// checkYears refuses times that would not sort as text.
func checkYears(s gridmap.Span) error {
	for _, t := range []time.Time{s.ValidFrom, s.ValidTo} {
		if y := t.Year(); y < 1 || y > 9999 {
			return gridmap.Errorf(gridmap.Invalid, "有效期的年份 %d 无效 (year is not 1–9999)", y)
		}
	}
	return nil
}
