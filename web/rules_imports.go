package web

import (
	"net/http"

	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// importRules are those of the import wizard. Whoever may edit the whole map may
// have a file checked against it; to accept one is the admins', since what is
// imported becomes an edition without a second pair of eyes. Everybody sees the
// own import only.
func importRules() []auth.Rule {
	const all, one = "/v1/imports", "/v1/imports/:id"
	rule := func(method, path string, a rights.Action) auth.Rule {
		return auth.Rule{Method: method, Path: path, Action: a, Whole: true}
	}
	upload := rule(http.MethodPost, all, rights.Edit)
	upload.Form, upload.Stream, upload.MaxBytes, upload.Cost, upload.Personal = true, true, -1, 20, "import_upload" // the handler bounds it
	check := rule(http.MethodPost, one+"/check", rights.Edit)
	check.Cost, check.Personal = 20, "import_check"
	accept := rule(http.MethodPost, one+"/accept", rights.Import)
	accept.Cost, accept.Personal = 20, "import_accept"
	events := rule(http.MethodGet, one+"/events", rights.Edit)
	events.Lasting = true
	rules := []auth.Rule{upload, check, accept, events}
	for _, r := range [][2]string{
		{http.MethodGet, all},
		{http.MethodGet, one},
		{http.MethodDelete, one},
		{http.MethodDelete, one + "/check"},
		{http.MethodPost, one + "/look"},
		{http.MethodPost, one + "/sketch"},
		{http.MethodGet, one + "/report"},
		{http.MethodGet, one + "/report.csv"},
		{http.MethodGet, one + "/findings.geojson"},
		{http.MethodGet, one + "/outlines.geojson"},
	} {
		rules = append(rules, rule(r[0], r[1], rights.Edit))
	}
	return rules
}
