package office

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/described"
)

const (
	mediaCSV  = "text/csv"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Describe writes the routes into the document.
func (s *Service) Describe(doc *huma.OpenAPI) {
	at := "as of this time: RFC 3339 or a date"
	described.Gives[recordsAnswer](described.Get(doc, "/v1/records", "list-records", "Records of duty and publication: absences, rosters, matters, units, policies …").
		Query("kind", "only of this kind").Number("grid", "only about this grid").Query("at", at), http.StatusOK, "the records")
	described.Gives[keptAnswer](described.Takes[recordsBody](described.Add(doc, http.MethodPost, "/v1/records", "put-records", "Keep records, all or none; with an id, a new version of that record")),
		http.StatusCreated, "their ids")
	described.Add(doc, http.MethodDelete, "/v1/records/{id}", "end-record", "End a record now: what it said was true until then").GivesMedia(http.StatusNoContent, "ended")
	described.Takes[visitBody](described.Add(doc, http.MethodPost, "/v1/visits", "visit", "Tell of a visit of a liaison (包联)")).GivesMedia(http.StatusCreated, "written down")
	described.Gives[overdueAnswer](described.Get(doc, "/v1/liaisons/overdue", "overdue-liaisons", "Liaisons that were not visited in time").
		Query("month", "1: those without a visit this calendar month"), http.StatusOK, "the liaisons")
	described.Gives[shortfallsAnswer](described.Get(doc, "/v1/teams/shortfalls", "team-shortfalls", "Grids that lack people by a team rule").
		Query("network", "code of a network; the main one when absent"), http.StatusOK, "the grids")
	described.Get(doc, "/v1/rolls/{file}", "roll", "A roll (台账) as NAME.csv or NAME.xlsx").
		Query("network", "code of a network; the main one when absent").Query("at", at).Query("since", "only what changed since then").
		GivesMedia(http.StatusOK, "a file", mediaCSV, mediaXLSX)
	described.Gives[CrosswalkItem](described.Get(doc, "/v1/crosswalk", "crosswalk", "Two networks side by side: what they share, where they cross, what to merge").
		Query("a", "code of a network").Query("b", "code of another").Query("a_level", "code of a level of a").Query("b_level", "code of a level of b").
		Query("weight", "count by which shares are taken; households when absent").Query("at", at), http.StatusOK, "the comparison")
	described.Gives[ReachItem](described.Get(doc, "/v1/reach", "reach", "Places too far from a station").
		Query("kind", "kind of place that is a station").Number("minutes", "walk in minutes, 15 when absent").Query("at", at), http.StatusOK, "the places")
}
