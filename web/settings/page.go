package settings

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/problem"
)

// pageData is what the page shows. Sizes has a row for each level, and one for
// each type that has a size of its own.
type pageData struct {
	Office
	CSRF, Fault, Done string
	Sizes             []sizeRow
	Lines, Tasks      string // one to a line
}

// sizeRow is a size with the names that people know.
type sizeRow struct {
	Size
	Shown string
}

const (
	blankRoles = 3 // rows for new ones
	mostRows   = 500
)

func (s *Service) page(c echo.Context) error {
	o, err := s.now(c.Request().Context())
	if err != nil {
		return problem.Write(c, err)
	}
	return s.show(c, http.StatusOK, pageData{Office: o})
}

// show fills in what the page needs beside what was said.
func (s *Service) show(c echo.Context, status int, d pageData) error {
	ctx := c.Request().Context()
	err := s.Store.View(ctx, func(r gridmap.Reader) error {
		n, err := namesOf(ctx, r)
		if err != nil {
			return err
		}
		for _, l := range n.levels {
			network := n.networks[l.Network]
			of := func(z Size) bool { return z.Network == network.Code && z.Level == l.Code }
			if !slices.ContainsFunc(d.Office.Sizes, of) {
				d.Sizes = append(d.Sizes, sizeRow{Size{Network: network.Code, Level: l.Code}, network.Name + " · " + l.Name})
			}
			for _, z := range d.Office.Sizes {
				if of(z) {
					shown := network.Name + " · " + l.Name
					if z.Type != "" {
						shown += " · " + gridmap.GridType(z.Type).Name()
					}
					d.Sizes = append(d.Sizes, sizeRow{z, shown})
				}
			}
		}
		return nil
	})
	if err != nil {
		return problem.Write(c, err)
	}
	for range blankRoles {
		d.Roles = append(d.Roles, Role{Order: len(d.Roles) + 1})
	}
	for _, l := range d.Hotlines {
		d.Lines += l.Name + " " + l.Number + "\n"
	}
	d.Tasks = strings.Join(d.Duties, "\n")
	d.CSRF = s.Token(c)
	var b strings.Builder
	if err := sheet.Execute(&b, d); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.HTML(status, b.String())
}

func (s *Service) save(c echo.Context) error {
	if !s.FromForm(c) {
		return problem.Write(c, gridmap.Errorf(gridmap.Forbidden, "页面已过期，请返回刷新后重试 (the form is stale or not ours; reload the page)"))
	}
	ctx := c.Request().Context()
	was, err := s.now(ctx)
	if err != nil {
		return problem.Write(c, err)
	}
	o, err := fromForm(c, was)
	if err == nil {
		var now Office
		if now, err = s.write(ctx, o); err == nil {
			return s.show(c, http.StatusOK, pageData{Office: now, Done: "已保存。Saved."})
		}
	}
	return s.show(c, problem.Of(err).Status, pageData{Office: o, Fault: problem.Of(err).Detail})
}

// fromForm reads what the page sends; what the page does not show stays.
func fromForm(c echo.Context, was Office) (o Office, err error) {
	o = was
	o.Version = c.FormValue("version")
	for name, to := range map[string]*string{
		"title": &o.Title, "source_line": &o.SourceLine, "map_review_no": &o.MapReviewNo, "data_date": &o.DataDate,
		"hotline": &o.Hotline, "sign_base": &o.SignBase, "report_url": &o.ReportURL,
	} {
		*to = strings.TrimSpace(c.FormValue(name))
	}
	o.PublishPhones = c.FormValue("publish_phones") != ""
	o.Hotlines, o.Duties, o.Roles, o.Sizes = []gridmap.Line{}, lines(c.FormValue("duties")), []Role{}, []Size{}
	for _, l := range lines(c.FormValue("hotlines")) {
		i := strings.LastIndexAny(l, " \t　")
		if i < 0 {
			return o, gridmap.Errorf(gridmap.Invalid, "电话「%s」应写成“名称 号码” (want a name, a blank and a number)", l)
		}
		o.Hotlines = append(o.Hotlines, gridmap.Line{Name: strings.TrimSpace(l[:i]), Number: strings.TrimSpace(l[i:])})
	}
	form, err := c.FormParams()
	if err != nil {
		return o, gridmap.Errorf(gridmap.Invalid, "表单无法读取 (bad form): %w", err)
	}
	column := func(name string) func(i int) string {
		return func(i int) string {
			if i < len(form[name]) {
				return strings.TrimSpace(form[name][i])
			}
			return ""
		}
	}
	codes, roles, orders := column("role_code"), column("role_name"), column("role_order")
	for i := range min(len(form["role_code"]), mostRows) {
		if codes(i) == "" && roles(i) == "" {
			continue
		}
		order, err := strconv.Atoi(orders(i))
		if err != nil {
			return o, gridmap.Errorf(gridmap.Invalid, "岗位「%s」的次序 %q 应为整数 (the order is no whole number)", roles(i), orders(i))
		}
		o.Roles = append(o.Roles, Role{codes(i), roles(i), order})
	}
	networks, levels, types, units := column("size_network"), column("size_level"), column("size_type"), column("size_unit")
	for i := range min(len(form["size_level"]), mostRows) {
		z := Size{Network: networks(i), Level: levels(i), Type: types(i), Unit: units(i)}
		for _, old := range was.Sizes {
			if old.Network == z.Network && old.Level == z.Level && old.Type == z.Type {
				z.PerStaff, z.Weights = old.PerStaff, old.Weights
			}
		}
		said := false
		for name, to := range map[string]*float64{"size_min": &z.Min, "size_target": &z.Target, "size_max": &z.Max} {
			text := column(name)(i)
			if text == "" {
				continue
			}
			said = true
			if *to, err = strconv.ParseFloat(text, 64); err != nil {
				return o, gridmap.Errorf(gridmap.Invalid, "规模标准 %s %q 不是数 (not a number)", z.Level, text)
			}
		}
		if said || z.Unit != "" {
			o.Sizes = append(o.Sizes, z)
		}
	}
	return o, nil
}

// lines are those of a text that say something.
func lines(text string) []string {
	out := []string{}
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

var sheet = template.Must(template.New("settings").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/pages.css">
<title>本图设置 · 云格</title><main><h1>本图设置 <small lang="en">Settings of this map</small></h1>
<p><a href="/">返回地图</a> · <a href="/admin">账号与密钥</a></p>
{{with .Fault}}<p role="alert">{{.}}</p>{{end}}{{with .Done}}<p role="status">{{.}}</p>{{end}}
<form method="post" action="/admin/settings"><input type="hidden" name="csrf" value="{{.CSRF}}"><input type="hidden" name="version" value="{{.Version}}">
<label>名称 <small lang="en">Title</small><br><input name="title" maxlength="200" value="{{.Title}}" placeholder="某某街道网格图"></label>
<label>数据来源（每个公开页面都注明） <small lang="en">Source of the data</small><br><input name="source_line" maxlength="500" value="{{.SourceLine}}"></label>
<label>审图号 <small lang="en">Map review number</small><br><input name="map_review_no" maxlength="200" value="{{.MapReviewNo}}" placeholder="如 沪S(2026)001号"></label>
<label>数据日期 <small lang="en">Date of the data</small><br><input name="data_date" type="date" value="{{.DataDate}}"></label>
<h2>联系 <small lang="en">Contact</small></h2>
<label>总能接通的热线（空着为 12345） <small lang="en">Hotline</small><br><input name="hotline" maxlength="32" value="{{.Hotline}}"></label>
<label>公示牌上的其他电话，每行一个：名称 号码（空着为 110、119、120）<br><textarea name="hotlines" rows="3">{{.Lines}}</textarea></label>
<label>公示牌上的网格员职责，每行一条（空着用通行的六条）<br><textarea name="duties" rows="4">{{.Tasks}}</textarea></label>
<label><input type="checkbox" name="publish_phones" value="1"{{if .PublishPhones}} checked{{end}}> 向公众显示网格员的完整电话（不勾选则隐去中间四位）</label>
<h2>公示牌 <small lang="en">Signs</small></h2>
<label>二维码网址的开头，印后不能再改 <small lang="en">Sign base</small><br><input name="sign_base" type="url" maxlength="500" value="{{.SignBase}}" placeholder="https://wg.example.gov.cn/q/"></label>
<label>“我要反映”的网址，可含 {code}、{place}、{grid} <small lang="en">Report URL</small><br><input name="report_url" maxlength="500" value="{{.ReportURL}}"></label>
<h2>岗位 <small lang="en">Roles of grid staff</small></h2>
<table><thead><tr><th>编码 code<th>名称 name<th>次序 order</tr></thead><tbody>
{{range .Roles}}<tr><td><input name="role_code" maxlength="64" value="{{.Code}}" aria-label="岗位编码" placeholder="lead"><td><input name="role_name" maxlength="64" value="{{.Name}}" aria-label="岗位名称" placeholder="网格长"><td><input name="role_order" inputmode="numeric" value="{{.Order}}" aria-label="岗位次序"></tr>
{{end}}</tbody></table>
<h2>网格规模标准 <small lang="en">How big a grid should be</small></h2>
<p><small>填写后，超出上限的网格标为“超载”，不足下限的标为“偏小”。计量项是导入时的数量列，如 households（户数）、persons（人数）。</small></p>
<table><thead><tr><th>层级<th>计量项 unit<th>下限<th>目标<th>上限</tr></thead><tbody>
{{range .Sizes}}<tr><td>{{.Shown}}<input type="hidden" name="size_network" value="{{.Network}}"><input type="hidden" name="size_level" value="{{.Level}}"><input type="hidden" name="size_type" value="{{.Type}}">
<td><input name="size_unit" maxlength="64" value="{{.Unit}}" aria-label="{{.Shown}} 计量项" placeholder="households"><td><input name="size_min" inputmode="decimal" value="{{with .Min}}{{.}}{{end}}" aria-label="{{.Shown}} 下限"><td><input name="size_target" inputmode="decimal" value="{{with .Target}}{{.}}{{end}}" aria-label="{{.Shown}} 目标"><td><input name="size_max" inputmode="decimal" value="{{with .Max}}{{.}}{{end}}" aria-label="{{.Shown}} 上限"></tr>
{{else}}<tr><td colspan="5">还没有地图，先<a href="/#/import">导入</a>。No map yet: import one first.</tr>{{end}}</tbody></table>
<p><button>保存</button></p></form></main></html>
`))
