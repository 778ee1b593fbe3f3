package ogc

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"cloudgrid/web/ogc/cql2"
)

// pageData is what a page shows.
type pageData struct {
	Title, Text string
	Links       []link
	List        []string
	Header      []string
	Rows        [][]string
}

// Link is a link as the template reads it.
type htmlLink struct{ Href, Title string }

const pageText = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{.Title}}</title><link rel="stylesheet" href="/pages.css"><main><h1>{{.Title}}</h1>{{if .Text}}<p>{{.Text}}</p>{{end}}
{{if .Header}}<table><thead><tr>{{range .Header}}<th scope="col">{{.}}</th>{{end}}</tr></thead><tbody>{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>{{end}}
{{if .List}}<ul>{{range .List}}<li>{{.}}</li>{{end}}</ul>{{end}}<ul>{{range .Shown}}<li><a href="{{.Href}}">{{.Title}}</a></li>{{end}}</ul></main></html>`

func (s *Service) page(c echo.Context, d pageData) error {
	t, err := template.New("ogc").Parse(pageText)
	if err != nil {
		return err
	}
	var shown []htmlLink
	for _, l := range d.Links {
		shown = append(shown, htmlLink{l.href, l.title + "（" + l.rel + "）"})
	}
	var b bytes.Buffer
	if err := t.Execute(&b, struct {
		pageData
		Shown []htmlLink
	}{d, shown}); err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}

func (s *Service) itemsPage(c echo.Context, col *collection, page []feature, matched int, links []link) error {
	d := pageData{Title: col.title, Text: "共 " + strconv.Itoa(matched) + " 个要素", Links: links, Header: []string{"id"}}
	for _, p := range col.properties {
		d.Header = append(d.Header, p.title)
	}
	for _, f := range page {
		row := []string{strconv.FormatInt(f.id, 10)}
		for _, p := range col.properties {
			v := f.value(p.name)
			switch {
			case !v.Known:
				row = append(row, "")
			case p.typ == cql2.Number:
				row = append(row, strconv.FormatFloat(v.Number, 'f', -1, 64))
			default:
				row = append(row, v.Text)
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return s.page(c, d)
}
