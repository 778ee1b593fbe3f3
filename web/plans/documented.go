package plans

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/described"
	"cloudgrid/web/sse"
)

// describe writes the routes that plain handlers serve into the document.
func describe(doc *huma.OpenAPI) {
	described.Gives[boardItem](described.Get(doc, "/v1/plans/{id}/board", "plan-board", "A whole draft: its grids, its atoms by column, what undo and redo would do").
		Number("rev", "as it was at this revision; the newest when absent"),
		http.StatusOK, "the draft; docs/plans.md says what its members mean")
	described.Get(doc, "/v1/plans/{id}/events", "plan-events", "What happens to a plan, as server-sent events: op, plan, comment, presence").
		Number("since", "the revision that you have; Last-Event-ID says the same").
		Query("actor", "who you are, on a server that trusts its own machine").
		GivesMedia(http.StatusOK, "a stream", sse.MediaType)
	described.Get(doc, "/v1/plans/{id}/proposals/{pid}/events", "proposal-events", "How a proposal gets on, as server-sent events: progress, candidate, done").
		GivesMedia(http.StatusOK, "a stream", sse.MediaType)
	for path, what := range map[string]string{"opinions": "What the public said about a plan", "contacts": "What the public said about a plan, with how to reach them (personal data)"} {
		described.Get(doc, "/v1/plans/{id}/"+path+"/{file}", "plan-"+path+"-file", what+": opinions.csv or opinions.xlsx").
			GivesMedia(http.StatusOK, "a table", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	const photo = "/v1/plans/{id}/comments/{cid}/photo"
	described.Gives[planCommentItem](described.Add(doc, http.MethodPut, photo, "put-comment-photo", "Keep the photo of one's own remark: it is drawn anew, without what a camera wrote into it").
		TakesMedia("image/jpeg", "image/png"), http.StatusOK, "the remark with the address of its photo")
	described.Get(doc, photo, "comment-photo", "The photo of a remark").GivesMedia(http.StatusOK, "a photo", "image/jpeg")
}
