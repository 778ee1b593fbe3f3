package api

import (
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/problem"
)

// feedbackPath is the planners' list of what people said was wrong.
const feedbackPath = "/planner/feedback"

// feedbackTemplate is a plain page without script: it works in any browser of
// an office.
var feedbackTemplate = template.Must(template.New("feedback").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>回答有误的反馈 · 云格</title>
<main>
<h1>回答有误的反馈</h1>
<p><a href="/">返回地图</a></p>
{{if .Done}}<p role="status">{{.Done}}</p>{{end}}
{{if not .Items}}<p>没有未处理的反馈。</p>{{end}}
{{range .Items}}<article>
<h2>第 {{.ID}} 号：{{.KindName}}</h2>
<dl>
<dt>原来的问题</dt><dd>{{.Asked}}</dd>
{{if .Text}}<dt>反馈原话</dt><dd>{{.Text}}</dd>{{end}}
<dt>时间</dt><dd>{{.At}}</dd>
</dl>
<form method="post" action="{{$.Path}}/{{.ID}}">
<p><label>别名 <input name="alias" value="{{.Alias}}" maxlength="100"></label></p>
<p><label>地址编号 <input name="place" value="{{if .Place}}{{.Place}}{{end}}" inputmode="numeric"></label> {{.PlaceText}}</p>
<p><button name="how" value="alias">设为该地址的别名</button> <button name="how" value="dismissed">不采纳</button></p>
</form>
</article>{{end}}
</main></html>
`))

type feedbackRow struct {
	feedbackItem
	KindName, Asked, PlaceText string
}

var kindNames = map[string]string{
	string(gridmap.WrongPlace): "地址认错或没找到", string(gridmap.WrongGrid): "网格不对", string(gridmap.OtherFault): "其他",
}

// feedbackPage lists open feedback; each line becomes an alias by one press.
func (s *Service) feedbackPage(c echo.Context) error {
	out, err := s.listFeedback(c.Request().Context(), &feedbackListInput{Limit: 100})
	if err != nil {
		return problem.Write(c, err)
	}
	page := struct {
		Path, Done string
		Items      []feedbackRow
	}{Path: feedbackPath}
	if c.QueryParam("done") != "" {
		page.Done = "已处理第 " + c.QueryParam("done") + " 号。"
	}
	for _, item := range out.Body.Feedback {
		row := feedbackRow{feedbackItem: item, KindName: kindNames[item.Kind], Asked: asked(item.Question)}
		if p := s.maps.Current().Place(gridmap.PlaceID(item.Place)); item.Place != 0 && p != nil {
			row.PlaceText = p.Name + " " + p.Address.String()
		}
		page.Items = append(page.Items, row)
	}
	var b strings.Builder
	if err := feedbackTemplate.Execute(&b, page); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.HTML(http.StatusOK, b.String())
}

// asked shows a kept question as a person would have put it.
func asked(query string) string {
	values, err := parseQuery(query)
	if err != nil {
		return query
	}
	if a := values.Get("address"); a != "" {
		return a
	}
	return query
}

// settleForm closes one line of the page.
func (s *Service) settleForm(c echo.Context) error {
	in := &settleInput{}
	var err error
	if in.ID, err = strconv.ParseInt(c.Param("id"), 10, 64); err != nil {
		return echo.ErrNotFound
	}
	in.Body.How, in.Body.Alias = c.FormValue("how"), c.FormValue("alias")
	if text := strings.TrimSpace(c.FormValue("place")); text != "" {
		if in.Body.Place, err = strconv.ParseInt(text, 10, 64); err != nil {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "地址编号 %q 不是数字 (not a number)", text))
		}
	}
	if in.Body.How != "alias" && in.Body.How != "dismissed" {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "how=%q 应为 alias 或 dismissed", in.Body.How))
	}
	if _, err := s.settle(c.Request().Context(), in); err != nil && !errors.Is(err, errAliasThere) {
		return problem.Write(c, err)
	}
	return c.Redirect(http.StatusSeeOther, feedbackPath+"?done="+strconv.FormatInt(in.ID, 10))
}
