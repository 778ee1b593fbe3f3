package signs

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/described"
)

// Describe writes the routes of the desk into the document. Those of residents
// are pages, for people.
func (s *Service) Describe(doc *huma.OpenAPI) {
	described.Gives[listAnswer](described.Get(doc, "/v1/signs", "list-signs", "Signboards (公示牌): where each hangs, its grid, its scans"), http.StatusOK, "the signs")
	described.Gives[addedAnswer](described.Takes[addBody](described.Add(doc, http.MethodPost, "/v1/signs", "add-signs", "Register signs, each at a place or at a point")), http.StatusCreated, "their codes")
	described.Gives[signItem](described.Takes[changeBody](described.Add(doc, http.MethodPatch, "/v1/signs/{code}", "change-sign", "Change what is known of a sign")), http.StatusOK, "the sign")
	described.Gives[staleAnswer](described.Get(doc, "/v1/signs/stale", "stale-signs", "Signs that show what is no longer so, and why"), http.StatusOK, "the signs")
	described.Takes[printBody](described.Add(doc, http.MethodPost, "/v1/signs/print", "print-signs", "Sheets to print, and a list for the printers")).GivesMedia(http.StatusOK, "a ZIP of SVG sheets and a CSV", "application/zip")
	described.Add(doc, http.MethodPut, "/v1/signs/{code}/photo", "sign-photo", "Keep a photo of a sign as it hangs there").
		TakesMedia("image/jpeg", "image/png").GivesMedia(http.StatusNoContent, "kept")
}
