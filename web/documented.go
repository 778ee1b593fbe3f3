package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/described"
)

const mediaTile = "application/vnd.mapbox-vector-tile"

// describe writes the routes of health and of tiles into the document.
func describe(doc *huma.OpenAPI) {
	described.Get(doc, "/healthz", "healthz", "The process answers").GivesMedia(http.StatusOK, "ok", "text/plain")
	ready := described.Get(doc, "/readyz", "readyz", "What this server answers from, and each thing that is wrong")
	described.Gives[readiness](described.Gives[readiness](ready, http.StatusOK, "there is a map to answer from"), http.StatusServiceUnavailable, "there is none")

	described.Get(doc, "/tiles/{set}/{z}/{x}/{y}.mvt", "tile", "A vector tile (MVT 2.1) of the published map; set is grids, atoms or atom_edges").
		Query("network", "code of a network; the main one when absent").
		GivesMedia(http.StatusOK, "the tile", mediaTile).GivesMedia(http.StatusNoContent, "there is nothing in it")
	described.Get(doc, "/tiles/{set}.json", "tilejson", "TileJSON 3.0 of a set").
		Query("network", "code of a network; the main one when absent").GivesMedia(http.StatusOK, "TileJSON", "application/json")
	described.Get(doc, "/tiles/layers/{name}/{z}/{x}/{y}.mvt", "layer-tile", "A vector tile of a reference layer").
		GivesMedia(http.StatusOK, "the tile", mediaTile).GivesMedia(http.StatusNoContent, "there is nothing in it")
	described.Get(doc, "/tiles/layers/{name}.json", "layer-tilejson", "TileJSON 3.0 of a reference layer").GivesMedia(http.StatusOK, "TileJSON", "application/json")
	described.Get(doc, "/tiles/plans/{id}/{z}/{x}/{y}.mvt", "plan-tile", "A vector tile of a draft, in the layers of the published map").
		Number("rev", "only makes the address new").
		GivesMedia(http.StatusOK, "the tile", mediaTile).GivesMedia(http.StatusNoContent, "there is nothing in it")
	described.Get(doc, "/tiles/plans/{id}.json", "plan-tilejson", "TileJSON 3.0 of a draft").GivesMedia(http.StatusOK, "TileJSON", "application/json")
}
