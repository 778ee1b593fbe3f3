package plans

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/problem"
)

// describe writes the routes that plain handlers serve into the document.
func describe(doc *huma.OpenAPI) {
	number, text := &huma.Schema{Type: huma.TypeInteger}, &huma.Schema{Type: huma.TypeString}
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: number}
	answers := func(about, media string) map[string]*huma.Response {
		return map[string]*huma.Response{
			"200":     {Description: about, Content: map[string]*huma.MediaType{media: {}}},
			"default": {Description: "why not", Content: map[string]*huma.MediaType{problem.MediaType: {}}},
		}
	}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/v1/plans/{id}/board", OperationID: "plan-board",
		Summary: "A whole draft: its grids, its atoms by column, what undo and redo would do", Parameters: []*huma.Param{id, {Name: "rev", In: "query", Schema: number, Description: "as it was at this revision; the newest when absent"}},
		Responses: answers("the draft; see docs/plans.md for its members", "application/json"),
	})
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/v1/plans/{id}/events", OperationID: "plan-events",
		Summary: "What happens to a plan, as server-sent events: op, plan, comment, presence", Parameters: []*huma.Param{
			id,
			{Name: "since", In: "query", Schema: number, Description: "the revision that you have; Last-Event-ID says the same"},
			{Name: "actor", In: "query", Schema: text, Description: "who you are, on a server that trusts its own machine"},
		},
		Responses: answers("a stream", "text/event-stream"),
	})
}
