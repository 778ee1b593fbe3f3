package main

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web"
	"cloudgrid/web/auth"
)

// routeRow is a line of testdata/routes.txt: a route, and who may use it.
type routeRow struct {
	method, path string
	may          []bool // by column
	part         []bool // by column: only what is of the own part
}

// routeTable reads the expectations. The first line names the columns; those of
// a field worker of a part are told by the others.
func routeTable(t *testing.T) (columns []string, rows []routeRow) {
	t.Helper()
	text, err := os.ReadFile("testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "#"):
		case columns == nil:
			columns = fields[2:]
		case len(fields) != 2+len(columns):
			t.Fatalf("%q has not %d columns", line, 2+len(columns))
		default:
			row := routeRow{method: fields[0], path: fields[1]}
			for _, f := range fields[2:] {
				row.may, row.part = append(row.may, f != "no"), append(row.part, f == "part")
				if f != "yes" && f != "no" && f != "part" {
					t.Fatalf("%q: %q is no answer", line, f)
				}
			}
			rows = append(rows, row)
		}
	}
	for _, at := range []string{"@own", "@other"} {
		columns = append(columns, rights.Field+at)
		field, planner := slices.Index(columns, rights.Field), slices.Index(columns, rights.Planner+at)
		for i := range rows {
			r := &rows[i]
			r.may, r.part = append(r.may, r.may[field] && r.may[planner]), append(r.part, r.may[field] && r.part[planner])
		}
	}
	return columns, rows
}

// routeBodies are what the routes want that look at the part of the map only
// once they understand what they are sent.
func routeBodies(o *office) map[string]string {
	step := `{"rev":0,"note":"测试","force":true}`
	bodies := map[string]string{
		"POST /v1/plans":                          fmt.Sprintf(`{"name":"方案","scope":[%d]}`, o.own),
		"POST /v1/plans/revert":                   `{"edition":1,"name":"恢复"}`,
		"PATCH /v1/plans/:id":                     `{"note":"改"}`,
		"POST /v1/plans/:id/ops":                  `{"base_rev":0,"crs":"wgs84","ops":[{"id":"5b0c4f0e-0000-4000-8000-000000000001","kind":"comment","text":"测试"}]}`,
		"POST /v1/plans/:id/undo":                 `{"id":"5b0c4f0e-0000-4000-8000-000000000002","base_rev":0}`,
		"POST /v1/plans/:id/redo":                 `{"id":"5b0c4f0e-0000-4000-8000-000000000003","base_rev":0}`,
		"POST /v1/plans/:id/rebase":               `{"base_rev":0}`,
		"POST /v1/plans/:id/comments":             `{"text":"测试"}`,
		"POST /v1/plans/:id/comments/:cid/settle": `{}`,
		"POST /v1/plans/:id/proposals":            `{"task":"balance"}`,
		"POST /v1/feedback/:id/settle":            fmt.Sprintf(`{"how":"alias","place":%d,"alias":"老地方"}`, o.ownPlace),
		"POST /v1/receipts/:id/feedback":          `{"kind":"wrong_grid"}`,
		"POST /v1/signs":                          fmt.Sprintf(`{"signs":[{"place":%d}]}`, o.ownPlace),
		"POST /v1/resolve":                        `[]`,
		"POST /v1/records":                        fmt.Sprintf(`{"records":[{"kind":"mode","grid":%d,"body":{"mode":"normal"}}]}`, o.own),
	}
	for _, action := range planSteps() {
		bodies["POST /v1/plans/:id/"+action] = step
	}
	return bodies
}

// TestEveryRouteAnswersEveryRoleAsTheTableSays asks each route as each role: as
// a person over everything, over the part of the map that the request is about
// and over another, and as a program.
func TestEveryRouteAnswersEveryRoleAsTheTableSays(t *testing.T) {
	s, _ := demoStore(t)
	if err := update(t, s, func(gridmap.Writer) error { return nil }); err != nil { // a second edition, to go back from
		t.Fatal(err)
	}
	o := officeOver(t, s, access{perMinute: -1})
	columns, rows := routeTable(t)
	own := func(role string) gridmap.Grant { return gridmap.Grant{Role: role, Network: o.network, Grid: o.own} }
	other := func(role string) gridmap.Grant {
		return gridmap.Grant{Role: role, Network: o.network, Grid: o.other}
	}
	all := func(role string) gridmap.Grant { return gridmap.Grant{Role: role} }
	who := map[string]*visitor{
		"public": o.stranger(), "app": o.program(all(rights.App)), "field": o.in("field", all(rights.Field)), "field@own": o.in("field-own", own(rights.Field)), "field@other": o.in("field-other", other(rights.Field)),
		"planner": o.in("planner", all(rights.Planner)), "planner@own": o.in("planner-own", own(rights.Planner)), "planner@other": o.in("planner-other", other(rights.Planner)),
		"approver": o.in("approver", all(rights.Approver)), "approver@own": o.in("approver-own", own(rights.Approver)), "approver@other": o.in("approver-other", other(rights.Approver)),
		"admin": o.in("admin", all(rights.Admin)), "admin-key": o.program(all(rights.Admin)),
	}
	bodies := routeBodies(o)
	draft := o.planOver(who["planner"], o.own)
	for _, row := range rows {
		plan := draft
		if step := strings.TrimPrefix(row.path, "/v1/plans/:id/"); row.method == http.MethodPost && slices.Contains(planSteps(), step) {
			plan = o.submitted(who["planner"], step)
		}
		for i, column := range columns {
			v := who[column]
			if v == nil {
				t.Fatalf("no column %q", column)
			}
			path := row.path
			if strings.HasPrefix(path, "/v1/plans/:id") {
				path = strings.Replace(path, ":id", fmt.Sprint(plan), 1)
			}
			if path == "/tiles/plans/:file" {
				path = fmt.Sprintf("/tiles/plans/%d.json", plan)
			}
			if strings.HasPrefix(path, "/tiles/plans/:id") {
				path = strings.Replace(path, ":id", fmt.Sprint(plan), 1)
			}
			if strings.HasSuffix(path, "/replay") {
				path += "?from=0&to=0"
			}
			if strings.HasSuffix(path, "/vertices") {
				path += "?bbox=120,24,121,25&crs=wgs84"
			}
			if strings.HasSuffix(path, "/arc") || strings.HasSuffix(path, "/here") {
				path += "?at=120.68,24.14&crs=wgs84"
			}
			switch name := row.method + " " + row.path; name {
			case "POST /v1/feedback/:id/settle", "POST /planner/feedback/:id":
				path = strings.Replace(path, ":id", fmt.Sprint(o.reported()), 1)
			case "DELETE /v1/records/:id":
				path = fmt.Sprintf("/v1/records/%d", o.liaison())
			case "POST /v1/visits":
				bodies[name] = fmt.Sprintf(`{"liaison":%d}`, o.liaison())
			}
			status := v.try(row.method, fill(path), bodies[row.method+" "+row.path])
			if refused := status == http.StatusUnauthorized || status == http.StatusForbidden; refused == row.may[i] {
				t.Errorf("%s %s as %s: %d, the table says %v", row.method, row.path, column, status, row.may[i])
			}
			if status >= 500 && status != http.StatusServiceUnavailable {
				t.Errorf("%s %s as %s: %d", row.method, row.path, column, status)
			}
		}
	}
}

// planSteps are the steps of a plan; a right is looked at before the state.
func planSteps() []string {
	return []string{"submit", "return", "approve", "announce", "prolong", "publish", "abandon"}
}

// submitted is a plan over the own part, handed in for what is done to such.
func (o *office) submitted(by *visitor, step string) int64 {
	o.t.Helper()
	id := o.planOver(by, o.own)
	if step == "submit" || step == "abandon" {
		return id
	}
	if status, body := by.postJSON(fmt.Sprintf("/v1/plans/%d/submit", id), `{"rev":0,"note":"测试","force":true}`); status != http.StatusOK {
		o.t.Fatalf("not handed in: %d %s", status, body)
	}
	return id
}

// liaison is a new record about the own part.
func (o *office) liaison() int64 {
	o.t.Helper()
	if o.keeps == nil {
		o.keeps = o.in("keeper", gridmap.Grant{Role: rights.Planner})
	}
	status, id := keepRecord(o.t, o.keeps, fmt.Sprintf(`{"kind":"liaison","grid":%d,"person":%d,"body":{"title":"包联"}}`, o.own, o.somebody()))
	if status != http.StatusCreated {
		o.t.Fatalf("no record: %d", status)
	}
	if err := o.srv.keeper.Refresh(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return id
}

// somebody is a person of the map.
func (o *office) somebody() gridmap.PersonID {
	o.t.Helper()
	m := o.srv.keeper.Current()
	for i := range m.Main().Grids {
		for _, p := range m.Main().Grids[i].Posts {
			if p.Person != atlas.Vacant {
				return m.Person(p.Person).ID
			}
		}
	}
	o.t.Fatal("nobody has a post")
	return 0
}

// reported is new feedback on an answer that named the own part.
func (o *office) reported() int64 {
	o.t.Helper()
	keep, ok := o.store.(gridmap.Receipts)
	if !ok {
		o.t.Fatalf("%T keeps no receipts", o.store)
	}
	ctx := o.t.Context()
	r := gridmap.Receipt{ID: "routes", At: time.Now(), Question: "address=x", Answer: fmt.Sprintf(`{"chain":[{"id":%d}]}`, o.own)}
	if err := keep.PutReceipt(ctx, r); err != nil && gridmap.CodeOf(err) != gridmap.Conflict {
		o.t.Fatal(err)
	}
	id, err := keep.PutFeedback(ctx, gridmap.Feedback{Receipt: r.ID, At: time.Now(), Kind: gridmap.WrongGrid})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// try sends what a route wants and returns the status.
func (v *visitor) try(method, path, body string) int {
	v.o.t.Helper()
	kind := "application/json"
	if strings.HasPrefix(path, "/sign-") || strings.HasPrefix(path, "/account") || strings.HasPrefix(path, "/admin") || strings.HasPrefix(path, "/setup") || strings.HasPrefix(path, "/planner") {
		kind = "application/x-www-form-urlencoded"
		if method == http.MethodPost {
			body = "how=dismissed&csrf=" + v.anyCSRF()
		}
	}
	if method == http.MethodGet {
		kind = ""
	} else if body == "" {
		body = "{}"
	}
	status, _, _ := v.send(method, path, kind, body, "Origin", v.o.base)
	return status
}

// anyCSRF is the token of one's session or, for those without one, that of the
// sign-in form: so that a refusal is about rights.
func (v *visitor) anyCSRF() string {
	v.o.t.Helper()
	if v.token != "" {
		s, err := v.o.kept.Session(v.o.t.Context(), rights.HashSecret(v.token))
		if err != nil {
			v.o.t.Fatal(err)
		}
		return s.CSRF
	}
	return v.csrf("/sign-in")
}

// fill puts something into what is left of a route's parameters.
func fill(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case p == "*":
			parts[i] = "nothing.txt"
		case strings.HasPrefix(p, ":"):
			parts[i] = "1"
		}
	}
	return strings.Join(parts, "/")
}

// TestEveryRouteHasARuleAndALineInTheTable fails when somebody adds a route and
// does not decide who may use it.
func TestEveryRouteHasARuleAndALineInTheTable(t *testing.T) {
	o := openOffice(t, access{})
	unruled, unrouted := auth.Without(o.srv.routes, append(web.Rules(), auth.OwnRules()...))
	for _, r := range unruled {
		t.Errorf("%s has no rule: add one to web/rules.go and a line to testdata/routes.txt", r)
	}
	for _, r := range unrouted {
		t.Errorf("web/rules.go has a rule for %s, which is no route", r)
	}
	_, rows := routeTable(t)
	var have []string
	for _, row := range rows {
		have = append(have, row.method+" "+row.path)
	}
	for _, r := range o.srv.routes {
		if name := r.Method + " " + r.Path; !slices.Contains(have, name) && r.Method != "echo_route_not_found" {
			t.Errorf("%s has no line in testdata/routes.txt", name)
		}
	}
	slices.Sort(have)
	if twice := slices.Compact(slices.Clone(have)); len(twice) != len(have) {
		t.Error("a route is in testdata/routes.txt twice")
	}
	for _, name := range have {
		if !slices.ContainsFunc(o.srv.routes, func(r *routeOf) bool { return r.Method+" "+r.Path == name }) {
			t.Errorf("testdata/routes.txt has %s, which is no route", name)
		}
	}
}
