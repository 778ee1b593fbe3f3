package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

// pages are routes for people and for the page itself, which no document for
// programs lists.
func pages(path string) bool {
	for _, prefix := range []string{"/*", "/assets/", "/docs", "/openapi", "/q", "/pages.css", "/sign-", "/account", "/admin", "/setup/", "/planner/", "/notices", "/metrics", "/debug/", "/ogc/api", "/ogc/tileMatrixSets", "/ogc/tiles/WebMercatorQuad"} {
		if path == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func TestEveryRouteForProgramsIsInTheDocument(t *testing.T) {
	s, _ := demoStore(t)
	url, srv := boot(t, s)
	c := contractOf(t, url)
	known := c.operations()
	for _, r := range srv.routes {
		if r.Method == "echo_route_not_found" || pages(r.Path) {
			continue
		}
		path := strings.NewReplacer("/tiles/plans/:file", "/tiles/plans/{id}.json", "/tiles/layers/:file", "/tiles/layers/{name}.json", "/tiles/:file", "/tiles/{set}.json", ":y", ":y.mvt").Replace(r.Path)
		parts := strings.Split(path, "/")
		for i, part := range parts {
			if name, ok := strings.CutPrefix(part, ":"); ok {
				name, suffix, _ := strings.Cut(name, ".")
				parts[i] = "{" + name + "}"
				if suffix != "" {
					parts[i] += "." + suffix
				}
			}
		}
		if op := r.Method + " " + strings.Join(parts, "/"); !slices.Contains(known, op) {
			t.Errorf("%s is not in /openapi.json", op)
		}
	}
}

// watched are operations that have tests of their own, in which answersWatch
// holds the answers against the document.
var watched = regexp.MustCompile(`/v1/imports|/v1/notices|/photo$|/contacts$|/(?:contacts|opinions)/\{file\}$|/prolong$|/here$`)

// TestEveryAnswerIsAsTheDocumentSays does everything once, most of it wrongly
// as well, and holds each answer against its schema, which knows no member that
// it does not name. At the end no operation may be left that did not succeed.
func TestEveryAnswerIsAsTheDocumentSays(t *testing.T) {
	s, _ := bundStore(t)
	person := readyForSigns(t, s)
	url, _ := boot(t, s)
	c := contractOf(t, url)
	get := func(path string) map[string]any { t.Helper(); return c.want(t, http.StatusOK, "GET", path, nil) }
	bad := func(path string, status int) { t.Helper(); c.want(t, status, "GET", path, nil) }

	readTheMap(t, c, get, bad)
	readByTheStandard(t, c)
	keepTheOffice(t, c, person, get, bad)
	drawPlans(t, c, get, bad)

	for _, op := range c.operations() {
		succeeded := false
		for _, status := range []string{"200", "201", "202", "204"} {
			succeeded = succeeded || c.done[op+" "+status]
		}
		if !succeeded && !watched.MatchString(op) {
			t.Errorf("no request of this test succeeds at %s", op)
		}
	}
}

const bundPoint = "lon=121.482836&lat=31.244918&crs=wgs84"

func readTheMap(t *testing.T, c *contract, get func(string) map[string]any, bad func(string, int)) {
	get("/healthz")
	get("/readyz")
	get("/v1/meta")
	get("/v1/me")
	get("/v1/grids?limit=500")
	get("/v1/grids?level=grid&q=路")
	bad("/v1/grids?level=nowhere", http.StatusNotFound)
	get("/v1/grids/19")
	bad("/v1/grids/99999999", http.StatusNotFound)
	get("/v1/grids/19/geojson")
	get("/v1/grids.geojson?level=grid")
	get("/v1/grids.geojson?subtree=9&atoms=1")
	bad("/v1/grids.geojson?subtree=x", http.StatusNotFound)
	get("/v1/suggest?q=" + url.QueryEscape("中山东一路"))
	get("/v1/load?level=grid")
	for _, q := range []string{
		bundPoint, bundPoint + "&accuracy=500", bundPoint + "&duty=1&network=*", bundPoint + "&level=street", bundPoint + "&out_crs=gcj02&matter=" + url.QueryEscape("占道"),
		"lon=0&lat=0&crs=wgs84&duty=1", "address=" + url.QueryEscape("中山东一路15号") + "&duty=1", "address=" + url.QueryEscape("没有这个地方") + "&" + bundPoint,
		bundPoint + "&known_at=2099-01-01",
	} {
		get("/v1/resolve?" + q)
	}
	bad("/v1/resolve?lon=121&lat=31", http.StatusBadRequest)
	receipt := get("/v1/resolve?" + bundPoint + "&receipt=1")["receipt"]
	get("/v1/receipts/" + fmt.Sprint(receipt))
	bad("/v1/receipts/none", http.StatusNotFound)
	feedback := c.want(t, http.StatusCreated, "POST", fmt.Sprintf("/v1/receipts/%v/feedback", receipt), `{"kind":"wrong_grid","text":"门牌在马路对面"}`)
	get("/v1/feedback?all=true")
	c.want(t, http.StatusOK, "POST", fmt.Sprintf("/v1/feedback/%v/settle", feedback["id"]), `{"how":"dismissed"}`)
	rows := `[{"id":1,"lon":121.482836,"lat":31.244918},{"id":"二","lon":0,"lat":0},{"id":3,"lon":"x"},{"id":4,"address":"中山东一路15号"}]`
	c.want(t, http.StatusOK, "POST", "/v1/resolve?crs=wgs84&duty=1", rows)
	c.want(t, http.StatusOK, "POST", "/v1/resolve?crs=wgs84&fields=ids", rows)
	c.want(t, http.StatusBadRequest, "POST", "/v1/resolve?crs=wgs84", `{`)
	for _, set := range []string{"grids", "atoms", "atom_edges"} {
		get("/tiles/" + set + ".json")
	}
	get("/tiles/grids/" + tileAt(121.482836, 31.244918, 15) + ".mvt")
	c.want(t, http.StatusNoContent, "GET", "/tiles/grids/5/0/0.mvt", nil)
	bad("/tiles/grids/99/0/0.mvt", http.StatusNotFound)
	get("/v1/layers")
	get("/v1/layers/buildings/features?bbox=121.48,31.24,121.49,31.25")
	get("/v1/heat?measure=households&bbox=121.48,31.24,121.49,31.25")
	bad("/v1/heat?measure=none", http.StatusBadRequest)
	get("/tiles/layers/buildings.json")
	get("/tiles/layers/buildings/" + tileAt(121.482836, 31.244918, 15) + ".mvt")
	get("/v1/changes")
	bad("/v1/changes?since=x", http.StatusBadRequest)
	c.want(t, http.StatusOK, "GET", "/v1/changes", nil, "Accept", "text/event-stream")
}

func readByTheStandard(t *testing.T, c *contract) {
	for _, path := range []string{
		"", "/conformance", "/collections", "/collections/grids", "/collections/grids/queryables", "/collections/grids/items?limit=2", "/collections/grids/items/19",
		"/collections/grids/items?filter=" + url.QueryEscape("level_name = '网格'"), "/tiles", "/tiles/WebMercatorQuad/" + flipped(t, 15),
	} {
		c.want(t, http.StatusOK, "GET", "/ogc"+path, nil)
	}
	c.want(t, http.StatusOK, "GET", "/ogc/collections/grids/items?limit=1", nil, "Accept", "text/html")
	c.want(t, http.StatusNotFound, "GET", "/ogc/collections/none", nil)
	c.want(t, http.StatusBadRequest, "GET", "/ogc/collections/grids/items?filter=%27", nil)
}

// flipped is "z/row/column", the order of the OGC, of the tile at the Bund.
func flipped(t *testing.T, z uint8) string {
	t.Helper()
	parts := strings.Split(tileAt(121.482836, 31.244918, z), "/")
	return parts[0] + "/" + parts[2] + "/" + parts[1]
}

func keepTheOffice(t *testing.T, c *contract, person gridmap.PersonID, get func(string) map[string]any, bad func(string, int)) {
	place := anyPlace(t, c)
	kept := c.want(t, http.StatusCreated, "POST", "/v1/records", `{"records":[{"kind":"mode","grid":19,"body":{"mode":"emergency"}}],"note":"演练"}`)
	get("/v1/records")
	get("/v1/records?kind=mode&grid=19")
	bad("/v1/records?kind=none", http.StatusBadRequest)
	c.want(t, http.StatusBadRequest, "POST", "/v1/records", `{"records":[]}`)
	c.want(t, http.StatusNoContent, "DELETE", fmt.Sprintf("/v1/records/%v", kept["ids"].([]any)[0]), nil)
	c.want(t, http.StatusNotFound, "DELETE", "/v1/records/999999999", nil)
	liaison := c.want(t, http.StatusCreated, "POST", "/v1/records", fmt.Sprintf(`{"records":[{"kind":"liaison","person":%d,"grid":19,"body":{"title":"包联干部","every_days":1}}]}`, person))
	c.want(t, http.StatusCreated, "POST", "/v1/visits", fmt.Sprintf(`{"liaison":%v,"note":"走访"}`, liaison["ids"].([]any)[0]))
	c.want(t, http.StatusNotFound, "POST", "/v1/visits", `{"liaison":1}`)
	get("/v1/liaisons/overdue?month=1")
	get("/v1/liaisons/overdue")
	get("/v1/teams/shortfalls")
	get("/v1/rolls/responsibility.csv")
	get("/v1/rolls/responsibility.xlsx")
	bad("/v1/rolls/none.csv", http.StatusNotFound)
	get("/v1/crosswalk?a=main&b=main&a_level=grid&b_level=community")
	bad("/v1/crosswalk?a=main&b=none", http.StatusNotFound)
	set := get("/v1/settings")
	set["title"] = "另一个名称"
	c.want(t, http.StatusOK, "PUT", "/v1/settings", set)
	c.want(t, http.StatusConflict, "PUT", "/v1/settings", set)
	get("/v1/reach?minutes=5")
	bad("/v1/reach?minutes=x", http.StatusBadRequest)

	signs := c.want(t, http.StatusCreated, "POST", "/v1/signs", fmt.Sprintf(`{"signs":[{"place":%v}]}`, place))
	code := signs["signs"].([]any)[0].(map[string]any)["code"]
	c.want(t, http.StatusOK, "PATCH", fmt.Sprintf("/v1/signs/%v", code), `{"mounting":"墙面"}`)
	get("/v1/signs")
	get("/v1/signs/stale")
	c.want(t, http.StatusNotFound, "PATCH", "/v1/signs/NONE", `{"mounting":"墙面"}`)
	c.want(t, http.StatusOK, "POST", "/v1/signs/print", fmt.Sprintf(`{"codes":[%q],"sheet":"a4"}`, code))
	c.want(t, http.StatusBadRequest, "POST", "/v1/signs/print", `{"sheet":"none"}`)
	c.want(t, http.StatusNoContent, "PUT", fmt.Sprintf("/v1/signs/%v/photo", code), phonePhoto(t, 200))
	_, shown, _ := fetch(t, fmt.Sprintf("%s/q/%v/photo", c.url, code))
	for _, left := range []string{"GPS", "PhoneMaker", "Exif"} {
		if len(shown) == 0 || strings.Contains(string(shown), left) {
			t.Errorf("the public photo of a sign has %d bytes and %q in it", len(shown), left)
		}
	}
	c.want(t, http.StatusBadRequest, "PUT", fmt.Sprintf("/v1/signs/%v/photo", code), "text")
}

func drawPlans(t *testing.T, c *contract, get func(string) map[string]any, bad func(string, int)) {
	made := c.want(t, http.StatusCreated, "POST", "/v1/plans", `{"name":"文档核对"}`)
	plan := fmt.Sprintf("/v1/plans/%v", made["id"])
	c.want(t, http.StatusBadRequest, "POST", "/v1/plans", `{"name":""}`)
	board := get(plan + "/board")
	atom := board["atoms"].(map[string]any)["id"].([]any)[0]
	owner := board["atoms"].(map[string]any)["owner"].([]any)[0]
	to := neighbourOf(board, owner)
	op := func(id string, rev int, body string) string {
		return fmt.Sprintf(`{"base_rev":%d,"crs":"wgs84","ops":[{"id":%q,%s}]}`, rev, id, body)
	}
	c.want(t, http.StatusOK, "POST", plan+"/ops", op("eins", 0, fmt.Sprintf(`"kind":"reassign_atoms","atoms":[%v],"to":%v`, atom, to)))
	c.want(t, http.StatusConflict, "POST", plan+"/ops", op("zwei", 0, fmt.Sprintf(`"kind":"reassign_atoms","atoms":[%v],"to":%v`, atom, owner)), "X-CloudGrid-Actor", "another")
	c.want(t, http.StatusBadRequest, "POST", plan+"/ops", op("drei", 1, `"kind":"dance"`))
	c.want(t, http.StatusOK, "POST", plan+"/undo", `{"id":"u","base_rev":1}`)
	c.want(t, http.StatusOK, "POST", plan+"/redo", `{"id":"r","base_rev":2}`)
	get("/v1/plans")
	get(plan)
	bad("/v1/plans/999999", http.StatusNotFound)
	get(fmt.Sprintf("%s/atoms/%v", plan, atom))
	get(plan + "/ops")
	get(plan + "/replay?from=0&to=1")
	get(plan + "/vertices?bbox=121.48,31.24,121.485,31.245&crs=wgs84")
	get(plan + "/problems")
	get(plan + "/diff")
	get(plan + "/history")
	get(plan + "/events?since=0")
	c.want(t, http.StatusOK, "PATCH", plan, `{"note":"核对"}`)
	get(borderOf(t, c, plan))
	comment := c.want(t, http.StatusCreated, "POST", plan+"/comments", `{"text":"此处有围墙","point":[121.482836,31.244918],"crs":"wgs84"}`)
	get(plan + "/comments")
	c.want(t, http.StatusOK, "POST", fmt.Sprintf("%s/comments/%v/settle", plan, comment["id"]), `{}`)
	get("/tiles/plans/" + fmt.Sprint(made["id"]) + ".json")
	get("/tiles/plans/" + fmt.Sprint(made["id"]) + "/" + tileAt(121.482836, 31.244918, 15) + ".mvt")
	c.want(t, http.StatusOK, "POST", plan+"/rebase", `{"base_rev":3}`)
	proposals(t, c, get, plan, owner)

	step := func(plan, action string, rev int) {
		t.Helper()
		c.want(t, http.StatusOK, "POST", plan+"/"+action, fmt.Sprintf(`{"rev":%d,"note":"按程序办理","force":true}`, rev))
	}
	step(plan, "submit", 3)
	step(plan, "return", 3)
	step(plan, "submit", 3)
	step(plan, "approve", 3)
	step(plan, "announce", 3)
	step(plan, "publish", 3)
	c.want(t, http.StatusConflict, "POST", plan+"/publish", `{"rev":3}`)
	back := c.want(t, http.StatusCreated, "POST", "/v1/plans/revert", `{"edition":1,"name":"恢复"}`)
	step(fmt.Sprintf("/v1/plans/%v", back["id"]), "abandon", whole(t, back["rev"]))
}

func proposals(t *testing.T, c *contract, get func(string) map[string]any, plan string, grid any) {
	asked := c.want(t, http.StatusAccepted, "POST", plan+"/proposals", fmt.Sprintf(`{"task":"relieve","grid":%v,"seed":1}`, grid))
	one := fmt.Sprintf("%s/proposals/%v", plan, asked["id"])
	until(t, "the engine", func() bool { state := get(one)["state"]; return state != "running" && state != "waiting" })
	get(plan + "/proposals")
	get(one + "/events")
	c.want(t, http.StatusBadRequest, "POST", plan+"/proposals", `{"task":"dream"}`)
	c.want(t, http.StatusNoContent, "DELETE", one, nil)
}

// neighbourOf is another leaf under the parent of a grid.
func neighbourOf(board map[string]any, owner any) any {
	var parent any
	for _, g := range board["grids"].([]any) {
		if g := g.(map[string]any); g["id"] == owner {
			parent = g["parent"]
		}
	}
	for _, g := range board["grids"].([]any) {
		if g := g.(map[string]any); g["parent"] == parent && g["id"] != owner {
			return g["id"]
		}
	}
	return nil
}

// borderOf asks for the border nearest to an atom.
func borderOf(t *testing.T, c *contract, plan string) string {
	t.Helper()
	answer := c.want(t, http.StatusOK, "GET", "/v1/resolve?"+bundPoint, nil)
	at := answer["nearest_border"].(map[string]any)["point"].(map[string]any)
	return fmt.Sprintf("%s/arc?at=%v,%v&crs=wgs84&tolerance_m=50", plan, at["lon"], at["lat"])
}

func anyPlace(t *testing.T, c *contract) any {
	t.Helper()
	answer := c.want(t, http.StatusOK, "GET", "/v1/resolve?address="+url.QueryEscape("中山东一路15号"), nil)
	return answer["match"].(map[string]any)["alternatives"].([]any)[0].(map[string]any)["place"]
}

// readyForSigns sets the address that QR codes begin with, and names a person.
func readyForSigns(t *testing.T, s gridmap.Store) (person gridmap.PersonID) {
	t.Helper()
	err := update(t, s, func(w gridmap.Writer) error {
		for p, err := range w.Persons(t.Context(), gridmap.Query{}) {
			if err != nil {
				return err
			}
			person = p.ID
		}
		set, err := w.Settings(t.Context())
		if err != nil {
			return err
		}
		set.SignBase = "https://grid.example/q/"
		return w.PutSettings(t.Context(), set)
	})
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func whole(t *testing.T, v any) int {
	t.Helper()
	n, err := v.(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}
