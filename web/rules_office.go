package web

import (
	"net/http"

	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// officeRules are those of records, visits, teams and rolls. What grid a record
// is about is checked by the handler.
func officeRules() []auth.Rule {
	roll := get("/v1/rolls/:file", rights.ReadPeople)
	roll.Personal, roll.Cost = "read_roll", 20
	records := post("/v1/records", rights.Keep)
	records.MaxBytes = 8 << 20
	kept, overdue := get("/v1/records", rights.Look), get("/v1/liaisons/overdue", rights.Look)
	kept.Personal, overdue.Personal = "read_records", "read_visits" // who is away, who visits whom
	sheet := post("/admin/settings", rights.Manage)
	sheet.Form, sheet.MaxBytes = true, 256<<10
	changes := get("/v1/changes", rights.Follow)
	changes.Lasting = true
	return []auth.Rule{
		changes,
		kept, records,
		{Method: http.MethodDelete, Path: "/v1/records/:id", Action: rights.Keep},
		post("/v1/visits", rights.Visit), overdue, get("/v1/teams/shortfalls", rights.Look), roll,
		get("/v1/crosswalk", rights.Look), get("/v1/reach", rights.Look),
		get("/v1/settings", rights.Manage),
		{Method: http.MethodPut, Path: "/v1/settings", Action: rights.Manage},
		get("/admin/settings", rights.Manage), sheet,
	}
}

// insideRules are those of what shows the server's inside.
func insideRules() []auth.Rule {
	all := []auth.Rule{get("/metrics", rights.Operate)}
	for _, name := range []string{"goroutine", "heap", "allocs", "block", "mutex", "profile"} {
		all = append(all, get("/debug/pprof/"+name, rights.Operate))
	}
	return all
}

// ogcRules are those of the published map by the standards of the OGC.
func ogcRules() []auth.Rule {
	items := get("/ogc/collections/:collection/items", rights.Read)
	items.Cost = 5
	return []auth.Rule{
		get("/ogc", rights.Read), get("/ogc/api", rights.Read), get("/ogc/conformance", rights.Read), get("/ogc/collections", rights.Read), get("/ogc/collections/:collection", rights.Read),
		get("/ogc/collections/:collection/queryables", rights.Read), items, get("/ogc/collections/:collection/items/:feature", rights.Read),
		get("/ogc/tiles", rights.Read), get("/ogc/tiles/WebMercatorQuad", rights.Read), get("/ogc/tiles/WebMercatorQuad/:tileMatrix/:tileRow/:tileCol", rights.Read),
		get("/ogc/tileMatrixSets", rights.Read), get("/ogc/tileMatrixSets/WebMercatorQuad", rights.Read),
	}
}
