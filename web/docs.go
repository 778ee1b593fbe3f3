package web

import (
	"html/template"
	"net/http"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// docsTemplate is a plain page: no script, no other host.
var docsTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>接口文档 API · CloudGrid</title>
<h1>CloudGrid 接口文档</h1>
<p>机器可读 machine readable: <a href="/openapi.json">/openapi.json</a></p>
{{range .}}<section><h2><code>{{.Method}} {{.Path}}</code></h2><p>{{.Summary}}</p>
{{with .Parameters}}<ul>{{range .}}<li><code>{{.Name}}</code>{{if .Required}} <strong>必填</strong>{{end}} {{.Description}}</li>{{end}}</ul>{{end}}
</section>{{end}}</html>
`))

// docsPage lists the operations of the OpenAPI document for people.
func docsPage(doc *huma.OpenAPI) echo.HandlerFunc {
	return func(c echo.Context) error {
		var ops []*huma.Operation
		for _, item := range doc.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if op != nil {
					ops = append(ops, op)
				}
			}
		}
		sort.Slice(ops, func(i, j int) bool { return ops[i].Path+ops[i].Method < ops[j].Path+ops[j].Method })
		var b strings.Builder
		if err := docsTemplate.Execute(&b, ops); err != nil {
			return err
		}
		return c.HTML(http.StatusOK, b.String())
	}
}
