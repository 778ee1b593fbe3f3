package imports

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/problem"
	"cloudgrid/web/sse"
)

// describe writes the routes that plain handlers serve into the document.
func describe(doc *huma.OpenAPI) {
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	answers := func(status, about, media string) map[string]*huma.Response {
		return map[string]*huma.Response{
			status:    {Description: about, Content: map[string]*huma.MediaType{media: {}}},
			"default": {Description: "why not", Content: map[string]*huma.MediaType{problem.MediaType: {}}},
		}
	}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/v1/imports", OperationID: "begin-import",
		Summary:     "Send a file to import, or the several of a Shapefile; the answer says what is in it",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {}}},
		Responses:   answers("201", "the import with `survey` and `kinds`; see docs/import.md", "application/json"),
	})
	for _, r := range []struct{ path, id, summary, media string }{
		{"/events", "import-events", "How far an import is, as server-sent events: import", sse.MediaType},
		{"/report.csv", "import-table", "All findings of the check as a table", "text/csv"},
		{"/findings.geojson", "import-findings", "The findings that have a place", geoJSONType},
		{"/outlines.geojson", "import-outlines", "The accepted rows as they would stand on the map", geoJSONType},
	} {
		doc.AddOperation(&huma.Operation{
			Method: http.MethodGet, Path: "/v1/imports/{id}" + r.path, OperationID: r.id, Summary: r.summary,
			Parameters: []*huma.Param{id}, Responses: answers("200", r.summary, r.media),
		})
	}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/v1/imports/{id}/sketch", OperationID: "sketch-import",
		Summary: "The first rows as they would lie on the map if the frame were `crs` of the choice", Parameters: []*huma.Param{id},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}}},
		Responses:   answers("200", "the rows, degrees in WGS84", geoJSONType),
	})
}
