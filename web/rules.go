package web

import (
	"net/http"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// Rules is the table of routes: who may use each. A route that is not here is
// the admins' alone, and fails a test: so nobody forgets to decide. What part
// of the map a request is about is checked by the handlers, through Policy.
func Rules() []auth.Rule {
	var all []auth.Rule
	for _, part := range [][]auth.Rule{publicRules(), deskRules(), planRules(), noticeRules(), layerRules(), signRules(), officeRules(), importRules(), ogcRules(), insideRules()} {
		all = append(all, part...)
	}
	return all
}

func get(path string, a rights.Action) auth.Rule {
	return auth.Rule{Method: http.MethodGet, Path: path, Action: a}
}

func post(path string, a rights.Action) auth.Rule {
	return auth.Rule{Method: http.MethodPost, Path: path, Action: a}
}

// publicRules are those of the published map.
func publicRules() []auth.Rule {
	batch := post("/v1/resolve", rights.Read)
	batch.Cost, batch.MaxBytes, batch.Stream = 10, -1, true // an array is bounded by its handler, a stream by nothing
	report := post("/v1/receipts/:id/feedback", rights.Report)
	report.Cost = 20
	return []auth.Rule{
		get("/*", rights.Read), get("/assets/*", rights.Read),
		get("/healthz", rights.Read), get("/readyz", rights.Read),
		get("/docs", rights.Read), get("/openapi.json", rights.Read), get("/openapi.yaml", rights.Read),
		get("/openapi-3.0.json", rights.Read), get("/openapi-3.0.yaml", rights.Read),
		get("/tiles/:file", rights.Read), get("/tiles/:set/:z/:x/:y", rights.Read),
		get("/v1/meta", rights.Read), get("/v1/grids", rights.Read), get("/v1/grids/:id", rights.Read),
		get("/v1/grids.geojson", rights.Read), get("/v1/grids/:id/geojson", rights.Read),
		get("/v1/suggest", rights.Read), get("/v1/resolve", rights.Read), batch,
		get("/v1/receipts/:id", rights.Read), report, // whoever knows the id may
	}
}

// deskRules are those of feedback and load.
func deskRules() []auth.Rule {
	personal := func(r auth.Rule, what string) auth.Rule {
		r.Personal = what
		return r
	}
	form := post("/planner/feedback/:id", rights.Keep)
	form.Form = true
	return []auth.Rule{
		get("/v1/load", rights.Look),
		personal(get("/v1/feedback", rights.ReadPeople), "read_feedback"),
		personal(get("/planner/feedback", rights.ReadPeople), "read_feedback"),
		post("/v1/feedback/:id/settle", rights.Keep), form,
	}
}

// planRules are those of drafts; web/auth.PlanPolicy looks at each plan's scope
// besides, and at who submitted it.
func planRules() []auth.Rule {
	const plans, one = "/v1/plans", "/v1/plans/:id"
	large := func(r auth.Rule) auth.Rule {
		r.MaxBytes = 8 << 20
		return r
	}
	lasting := func(r auth.Rule) auth.Rule {
		r.Lasting = true
		return r
	}
	photo := auth.Rule{Method: http.MethodPut, Path: one + "/comments/:cid/photo", Action: rights.Remark, Cost: 20, MaxBytes: gridmap.MaxAttachmentBytes}
	contacts := get(one+"/contacts", rights.ReadPeople)
	contacts.Personal = "read_contacts"
	opinions, reachable := get(one+"/opinions/:file", rights.Look), get(one+"/contacts/:file", rights.ReadPeople)
	opinions.Personal, reachable.Personal = "read_opinions", "read_contacts" // what residents wrote, and how to reach them
	all := []auth.Rule{
		get(plans, rights.Look), post(plans, rights.Edit),
		{Method: http.MethodPost, Path: plans + "/revert", Action: rights.Edit, Whole: true},
		get(one, rights.Look),
		{Method: http.MethodPatch, Path: one, Action: rights.Edit},
		get(one+"/board", rights.Look), get(one+"/atoms/:atom", rights.Look), lasting(get(one+"/events", rights.Look)),
		get(one+"/ops", rights.Look), large(post(one+"/ops", rights.Edit)), post(one+"/undo", rights.Edit), post(one+"/redo", rights.Edit),
		get(one+"/problems", rights.Look), get(one+"/diff", rights.Look), get(one+"/replay", rights.Look), get(one+"/arc", rights.Look), get(one+"/vertices", rights.Look), large(post(one+"/rebase", rights.Edit)),
		post(one+"/submit", rights.Edit), post(one+"/abandon", rights.Edit),
		post(one+"/return", rights.Approve), post(one+"/approve", rights.Approve), post(one+"/announce", rights.Approve), post(one+"/prolong", rights.Approve), post(one+"/publish", rights.Publish),
		get(one+"/history", rights.Look), get(one+"/comments", rights.Look), post(one+"/comments", rights.Remark), post(one+"/comments/:cid/settle", rights.Remark),
		get(one+"/here", rights.Look), get(one+"/comments/:cid/photo", rights.Look), photo, contacts, opinions, reachable,
		get(one+"/proposals", rights.Look), post(one+"/proposals", rights.Edit), get(one+"/proposals/:pid", rights.Look),
		lasting(get(one+"/proposals/:pid/events", rights.Look)),
		{Method: http.MethodDelete, Path: one + "/proposals/:pid", Action: rights.Edit},
		get("/tiles/plans/:file", rights.Look), get("/tiles/plans/:id/:z/:x/:y", rights.Look),
	}
	return all
}

// noticeRules are those of plans that are shown to the public. That a plan is
// shown is the handlers' to see.
func noticeRules() []auth.Rule {
	opinion := post("/notices/:id/opinion", rights.Report)
	opinion.Form, opinion.Cost, opinion.MaxBytes = true, 20, 16<<10
	large := get("/v1/notices/:id", rights.Read)
	large.Cost = 5
	return []auth.Rule{
		get("/notices", rights.Read), get("/notices/:id", rights.Read), get("/notices/:id/before/:part", rights.Read), get("/notices/:id/after/:part", rights.Read),
		opinion, get("/v1/notices", rights.Read), large,
	}
}

// signRules are those of signboards: the residents' pages, and the desk that
// keeps the signs.
func signRules() []auth.Rule {
	letter := post("/q/:code/wrong", rights.Report)
	letter.Form, letter.Cost, letter.MaxBytes = true, 20, 8<<10
	large := func(r auth.Rule) auth.Rule {
		r.MaxBytes = 4 << 20
		return r
	}
	return []auth.Rule{
		get("/q", rights.Read), get("/q/", rights.Read), get("/q/:code", rights.Read), get("/q/:code/photo", rights.Read), letter,
		get("/v1/signs", rights.Look), get("/v1/signs/stale", rights.Look),
		large(post("/v1/signs", rights.Keep)), post("/v1/signs/print", rights.Keep),
		{Method: http.MethodPatch, Path: "/v1/signs/:code", Action: rights.Keep},
		large(auth.Rule{Method: http.MethodPut, Path: "/v1/signs/:code/photo", Action: rights.Visit}),
	}
}
