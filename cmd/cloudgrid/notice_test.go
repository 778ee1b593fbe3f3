package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// hall is an office with a plan that moves two buildings, and those who take it
// further.
type hall struct {
	*office
	planner, approver, field, stranger *visitor
	plan                               int64
	from, to                           int64
	atoms                              []int64
}

const hallPlanName = "边界微调 <i>&\"2026"

func openHall(t *testing.T) *hall {
	t.Helper()
	s, _ := bundStore(t)
	o := officeOver(t, s, access{perMinute: -1})
	all := func(role string) gridmap.Grant { return gridmap.Grant{Role: role} }
	h := &hall{office: o, planner: o.in("编制", all(rights.Planner)), approver: o.in("审批", all(rights.Approver)), field: o.in("一线", all(rights.Field)), stranger: o.stranger()}
	name, err := json.Marshal(hallPlanName)
	if err != nil {
		t.Fatal(err)
	}
	status, body := h.planner.postJSON("/v1/plans", `{"name":`+string(name)+`}`)
	var p struct{ ID int64 }
	if err := json.Unmarshal([]byte(body), &p); err != nil || status != http.StatusCreated {
		t.Fatal(status, body)
	}
	h.plan = p.ID
	d := &drafter{t: t, base: o.base, plan: h.path("")}
	h.from, h.to, h.atoms = d.neighboursIn(h.read(h.planner, "/board"))
	h.want(http.StatusOK, h.planner, "/ops", fmt.Sprintf(`{"base_rev":0,"ops":[{"id":"a","kind":"reassign_atoms","atoms":[%d,%d],"to":%d}]}`, h.atoms[0], h.atoms[1], h.to))
	return h
}

func (h *hall) path(rest string) string { return fmt.Sprintf("/v1/plans/%d%s", h.plan, rest) }

func (h *hall) read(v *visitor, rest string) string {
	h.t.Helper()
	status, body, _ := v.get(h.path(rest))
	if status != http.StatusOK {
		h.t.Fatalf("%s: %d %s", rest, status, body)
	}
	return body
}

func (h *hall) want(status int, v *visitor, rest, body string) string {
	h.t.Helper()
	got, answer := v.postJSON(h.path(rest), body)
	if got != status {
		h.t.Fatalf("%s %s: %d %s, want %d", rest, body, got, answer, status)
	}
	return answer
}

// announce takes the plan to the public, with more members of the last step.
func (h *hall) announce(more string) {
	h.t.Helper()
	h.want(http.StatusOK, h.planner, "/submit", `{"rev":1,"force":true,"note":"试"}`)
	h.want(http.StatusOK, h.approver, "/approve", `{"rev":1}`)
	h.want(http.StatusOK, h.approver, "/announce", `{"rev":1`+more+`}`)
}

func (h *hall) notice(rest string) string { return fmt.Sprintf("/notices/%d%s", h.plan, rest) }

// say sends the form of the page.
func (h *hall) say(values url.Values) (int, string, http.Header) {
	h.t.Helper()
	return h.stranger.form(h.notice("/opinion"), values)
}

var requestIDs = regexp.MustCompile(`"instance":"[^"]*"`)

// publicFaces are the addresses at which a stranger could meet a plan.
func publicFaces(id any) []string {
	return []string{fmt.Sprintf("/notices/%v", id), fmt.Sprintf("/notices/%v/before/1", id), fmt.Sprintf("/notices/%v/after/1", id), fmt.Sprintf("/v1/notices/%v", id)}
}

func TestAPlanThatIsNotAnnouncedIsNotThereForStrangers(t *testing.T) {
	h := openHall(t)
	hidden := func(state string) {
		t.Helper()
		for i, path := range publicFaces(h.plan) {
			for _, never := range []any{99999, "x"} {
				status, body, _ := h.stranger.get(path)
				wantStatus, want, _ := h.stranger.get(publicFaces(never)[i])
				if status != http.StatusNotFound || status != wantStatus || requestIDs.ReplaceAllString(body, "") != requestIDs.ReplaceAllString(want, "") {
					t.Errorf("%s: %s is %d, that of %v %d:\n%s\n%s", state, path, status, never, wantStatus, body, want)
				}
			}
		}
		for _, path := range []string{"/notices", "/v1/notices"} {
			if status, body, _ := h.stranger.get(path); status != http.StatusOK || strings.Contains(body, "微调") {
				t.Errorf("%s: %s is %d and tells of the plan", state, path, status)
			}
		}
		if status, _, _ := h.say(url.Values{"text": {"早到的意见"}}); status != http.StatusNotFound {
			t.Errorf("%s: an opinion is %d", state, status)
		}
	}
	hidden("draft")
	if _, body, _ := h.stranger.get("/notices"); !strings.Contains(body, "目前没有正在公示") {
		t.Error("an empty list says nothing")
	}
	h.want(http.StatusOK, h.planner, "/submit", `{"rev":1,"force":true,"note":"试"}`)
	hidden("submitted")
	h.want(http.StatusOK, h.approver, "/approve", `{"rev":1}`)
	h.want(http.StatusBadRequest, h.approver, "/announce", `{"rev":1,"until":"2020-01-01"}`)
	h.want(http.StatusBadRequest, h.approver, "/announce", `{"rev":1,"until":"2999-01-01"}`)
	hidden("approved")
	h.want(http.StatusOK, h.approver, "/announce", `{"rev":1}`)
	for _, path := range publicFaces(h.plan) {
		if status, body, _ := h.stranger.get(path); status != http.StatusOK || strings.Contains(body, "<i>") && !strings.HasPrefix(path, "/v1") {
			t.Errorf("%s is %d, or its name is markup", path, status)
		}
	}
	h.want(http.StatusBadRequest, h.approver, "/publish", `{"rev":1}`) // the notice has not run out
	h.want(http.StatusOK, h.approver, "/return", `{"rev":1,"note":"再看"}`)
	hidden("returned")
	h.announce("")
	h.want(http.StatusOK, h.approver, "/publish", `{"rev":1,"note":"各方无异议，提前发布"}`)
	hidden("published")
}

func TestANoticeSaysWhatChangesAndNothingAboutHouseholds(t *testing.T) {
	h := openHall(t)
	h.announce(`,"until":"` + time.Now().AddDate(0, 0, 10).Format(time.DateOnly) + `","note":"受理：街道办 <b>"`)
	status, body, header := h.stranger.get(h.notice(""))
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(body, "<script") {
		t.Fatal(status, header)
	}
	for _, want := range []string{"网格划分调整对照表", "公示期", "（含当日）", "受理：街道办 &lt;b&gt;", "拟划入网格", "/after/1"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	var n struct {
		Open      bool
		Transfers []struct {
			From, To   struct{ ID int64 }
			Places     []string
			More       int
			Households *int64
		}
		Grids    []struct{ Before, After *int64 }
		Outlines struct {
			Features []struct {
				Properties struct {
					ID    int64
					State string
				}
				Geometry struct {
					Type        string
					Coordinates [][][][2]float64
				}
			}
		}
	}
	if _, body, _ = h.stranger.get(fmt.Sprintf("/v1/notices/%d", h.plan)); json.Unmarshal([]byte(body), &n) != nil {
		t.Fatal(body)
	}
	if len(n.Transfers) != 1 || n.Transfers[0].From.ID != h.from || n.Transfers[0].To.ID != h.to || len(n.Transfers[0].Places)+n.Transfers[0].More != 2 || !n.Open {
		t.Errorf("%+v", n)
	}
	if c := n.Transfers[0].Households; c != nil && *c%10 != 0 {
		t.Errorf("%d households are told to the unit", *c)
	}
	if len(n.Outlines.Features) != 4 || n.Outlines.Features[0].Properties.State != "now" || len(n.Outlines.Features[3].Geometry.Coordinates) == 0 {
		t.Errorf("%d outlines", len(n.Outlines.Features))
	}
	if strings.Contains(body, "编制") || strings.Contains(body, "created_by") {
		t.Error("the notice names who made the plan")
	}
	_, svg, _ := h.stranger.get(h.notice("/after/1"))
	wantPlainSVG(t, []byte(svg))
}

func TestWhatThePublicSaysReachesThePlannersAndStaysPrivate(t *testing.T) {
	h := openHall(t)
	h.announce("")
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>`
	say := url.Values{"key": {"k1"}, "text": {"不同意：" + evil}, "place": {"3 号院 <b>"}, "contact": {"王女士 13800001111"}, "grid": {fmt.Sprint(h.to)}}
	status, _, header := h.say(say)
	if status != http.StatusSeeOther || !strings.HasPrefix(header.Get("Location"), h.notice("?received=")) {
		t.Fatal(status, header)
	}
	_, _, again := h.say(say)
	if again.Get("Location") != header.Get("Location") {
		t.Errorf("sent twice: %s and %s", header.Get("Location"), again.Get("Location"))
	}
	if _, body, _ := h.stranger.get(header.Get("Location")); !strings.Contains(body, "已收到您的意见") || strings.Contains(body, "不同意") {
		t.Error("the page does not thank, or shows what others said")
	}
	for what, bad := range map[string]url.Values{
		"empty":    {"text": {" "}},
		"too long": {"text": {evil + strings.Repeat("长", 1001)}},
		"no grid":  {"text": {"某"}, "grid": {"99999999"}},
	} {
		status, body, _ := h.say(bad)
		if status != http.StatusUnprocessableEntity || strings.Contains(body, "<script") || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d", what, status)
		}
	}
	if status, _, header := h.say(url.Values{"text": {"第六次"}}); status != http.StatusTooManyRequests || header.Get("Retry-After") == "" {
		t.Errorf("the sixth within a minute is %d", status)
	}
	if status, _, _ := h.stranger.form(h.notice("/opinion"), say, "Origin", "https://evil.example"); status != http.StatusForbidden {
		t.Errorf("a form of another site is %d", status)
	}
	if status, _, _ := h.stranger.send(http.MethodPost, h.notice("/opinion"), "application/x-www-form-urlencoded", say.Encode()); status != http.StatusForbidden {
		t.Errorf("a form from nowhere is %d", status)
	}
	if status, _, _ := h.stranger.form(h.notice("/opinion"), url.Values{"text": {strings.Repeat("x", 20<<10)}}); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form too large is %d", status)
	}
	h.heard(evil)
	h.private()
}

// heard checks that the opinion is among the remarks, once, and can be settled.
func (h *hall) heard(evil string) {
	h.t.Helper()
	var list struct {
		Comments []struct {
			ID          int64
			Actor, Text string
			Public      bool
			Grid        int64
		}
	}
	body := h.read(h.field, "/comments")
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Comments) != 1 || strings.Contains(body, "13800001111") {
		h.t.Fatal(body)
	}
	c := list.Comments[0]
	if !c.Public || c.Actor != "public" || c.Grid != h.to || c.Text != "【地点】3 号院 <b>\n不同意："+evil {
		h.t.Errorf("%+v", c)
	}
	if body := h.read(h.approver, ""); !strings.Contains(body, `"opinions":{"total":1,"open":1}`) {
		h.t.Errorf("the approver does not see how many spoke: %s", body)
	}
	h.want(http.StatusOK, h.planner, fmt.Sprintf("/comments/%d/settle", c.ID), `{}`)
	if body := h.read(h.approver, ""); !strings.Contains(body, `"opinions":{"total":1,"open":0}`) {
		h.t.Error(body)
	}
}

// private checks who may read how to reach the sender, and that it is noted.
func (h *hall) private() {
	h.t.Helper()
	if body := h.read(h.planner, "/contacts"); !strings.Contains(body, "王女士 13800001111") {
		h.t.Errorf("the planner reads %s", body)
	}
	elsewhere := h.in("别处的编制", gridmap.Grant{Role: rights.Planner, Network: h.network, Grid: h.other})
	for name, v := range map[string]*visitor{"a stranger": h.stranger, "field": h.field, "a planner of elsewhere": elsewhere} {
		if status, body, _ := v.get(h.path("/contacts")); status != http.StatusForbidden && status != http.StatusUnauthorized || strings.Contains(body, "13800001111") {
			h.t.Errorf("%s reads contacts: %d", name, status)
		}
	}
	lines := h.audit()
	if len(lines["plan-opinion"]) != 1 || len(lines["read_contacts"]) == 0 || lines["read_contacts"][0].Actor != "编制" {
		h.t.Errorf("%d opinions and %v reads are in the audit", len(lines["plan-opinion"]), lines["read_contacts"])
	}
	for action, all := range lines {
		for _, l := range all {
			if strings.Contains(l.Detail, "13800001111") {
				h.t.Errorf("%s tells the contact", action)
			}
		}
	}
	if strings.Contains(h.log.String(), "13800001111") {
		h.t.Error("the log tells the contact")
	}
}

func TestANoticeThatHasRunOutTakesNothingMoreAndThePlanIsPublishedWithoutReasons(t *testing.T) {
	h := openHall(t)
	h.announce("")
	h.runOut()
	if _, body, _ := h.stranger.get("/v1/notices"); !strings.Contains(body, `"open":false`) {
		t.Error(body)
	}
	if status, body, _ := h.stranger.get(h.notice("")); status != http.StatusOK || strings.Contains(body, "<form") || !strings.Contains(body, "公示期已满") {
		t.Errorf("%d, or the form is still there", status)
	}
	if status, body, _ := h.say(url.Values{"text": {"迟到的意见"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "截止") {
		t.Errorf("a late opinion is %d", status)
	}
	h.want(http.StatusOK, h.approver, "/publish", `{"rev":1}`)
}

func TestWhatThePublicSaidIsExportedByThoseWhoMayAndWithoutFormulas(t *testing.T) {
	h := openHall(t)
	h.announce("")
	h.say(url.Values{"key": {"a"}, "text": {`=HYPERLINK("http://evil.example","看")`}, "place": {"+3 号院"}, "contact": {"@王女士 13800001111"}, "grid": {fmt.Sprint(h.to)}})
	h.say(url.Values{"key": {"b"}, "text": {"同意，\"很好\"\n第二行"}})
	var list struct{ Comments []struct{ ID int64 } }
	if err := json.Unmarshal([]byte(h.read(h.planner, "/comments")), &list); err != nil || len(list.Comments) != 2 {
		t.Fatal(err, list)
	}
	h.want(http.StatusCreated, h.planner, "/comments", fmt.Sprintf(`{"text":"-已电话答复","reply_to":%d}`, list.Comments[0].ID))
	h.want(http.StatusOK, h.planner, fmt.Sprintf("/comments/%d/settle", list.Comments[0].ID), `{}`)

	table := h.csv(h.field, "/opinions/opinions.csv")
	if len(table) != 3 || len(table[0]) != 11 || strings.Contains(fmt.Sprint(table), "13800001111") {
		t.Fatalf("without contacts: %q", table)
	}
	first := table[1]
	for at, want := range map[int]string{3: `'=HYPERLINK("http://evil.example","看")`, 4: "'+3 号院", 7: "已办结", 8: "编制", 10: "编制：-已电话答复"} {
		if first[at] != want {
			t.Errorf("column %s is %q, want %q", table[0][at], first[at], want)
		}
	}
	if first[5] == "" || first[6] == "" || table[2][3] != "同意，\"很好\"\n第二行" || table[2][7] != "未办结" {
		t.Errorf("%q", table[1:])
	}
	table = h.csv(h.planner, "/contacts/opinions.csv")
	if last := len(table[0]) - 1; table[0][last] != "联系方式" || table[1][last] != "'@王女士 13800001111" || table[2][last] != "" {
		t.Errorf("with contacts: %q", table)
	}
	status, body, header := h.planner.get(h.path("/contacts/opinions.xlsx"))
	if status != http.StatusOK || !strings.HasPrefix(body, "PK") || !strings.Contains(header.Get("Content-Disposition"), "opinions.xlsx") || header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", status, header)
	}
	if status, _, _ := h.planner.get(h.path("/opinions/opinions.exe")); status != http.StatusNotFound {
		t.Errorf("another format is %d", status)
	}
	elsewhere := h.in("别处的编制", gridmap.Grant{Role: rights.Planner, Network: h.network, Grid: h.other})
	for name, v := range map[string]*visitor{"a stranger": h.stranger, "field": h.field, "a planner of elsewhere": elsewhere} {
		if status, body, _ := v.get(h.path("/contacts/opinions.csv")); status != http.StatusForbidden && status != http.StatusUnauthorized || strings.Contains(body, "13800001111") {
			t.Errorf("%s exports contacts: %d", name, status)
		}
	}
	lines := h.audit()
	if n := lines["read_opinions"]; len(n) == 0 || n[0].Actor != "一线" {
		t.Errorf("exports in the audit: %v", n)
	}
	if n := lines["read_contacts"]; len(n) < 2 || n[0].Actor != "编制" || strings.Contains(fmt.Sprint(lines), "13800001111") {
		t.Errorf("exports with contacts in the audit: %v", n)
	}
}

// csv reads an export of the plan as a program for tables would.
func (h *hall) csv(v *visitor, rest string) [][]string {
	h.t.Helper()
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(h.read(v, rest), "\ufeff"))).ReadAll()
	if err != nil {
		h.t.Fatal(err)
	}
	return table
}

func TestANoticeIsProlongedBeforeEverybodyAndShortenedOnlyWithAReason(t *testing.T) {
	h := openHall(t)
	day := func(n int) string { return time.Now().In(gridmap.CivilZone()).AddDate(0, 0, n).Format(time.DateOnly) }
	said := func(n int) string {
		return time.Now().In(gridmap.CivilZone()).AddDate(0, 0, n).Format("2006年1月2日")
	}
	h.announce(`,"until":"` + day(10) + `"`)
	h.want(http.StatusForbidden, h.planner, "/prolong", `{"rev":1,"until":"`+day(20)+`"}`)
	for what, body := range map[string]string{
		"no day": `{"rev":1}`, "the same day": `{"rev":1,"until":"` + day(10) + `"}`, "a day past": `{"rev":1,"until":"2020-01-01"}`,
		"a far day": `{"rev":1,"until":"2999-01-01"}`, "earlier without a reason": `{"rev":1,"until":"` + day(5) + `"}`, "earlier, the reason is empty": `{"rev":1,"until":"` + day(5) + `","note":"  "}`,
	} {
		if status, answer := h.approver.postJSON(h.path("/prolong"), body); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, status, answer)
		}
	}
	h.want(http.StatusConflict, h.approver, "/prolong", `{"rev":0,"until":"`+day(20)+`"}`)
	h.want(http.StatusOK, h.approver, "/prolong", `{"rev":1,"until":"`+day(20)+`","note":"意见较多 <b>"}`)
	h.want(http.StatusOK, h.approver, "/prolong", `{"rev":1,"until":"`+day(15)+`","note":"重复公告"}`)
	status, page, _ := h.stranger.get(h.notice(""))
	for _, want := range []string{"公示原定至" + said(10) + "，延长至" + said(20) + "：意见较多 &lt;b&gt;", "公示原定至" + said(20) + "，改为" + said(15) + "：重复公告", said(15) + "（含当日）", "<form"} {
		if status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("the page (%d) does not say %q", status, want)
		}
	}
	if _, body, _ := h.stranger.get(fmt.Sprintf("/v1/notices/%d", h.plan)); !strings.Contains(body, "延长至"+said(20)) {
		t.Error("the JSON does not tell that the notice was prolonged")
	}
	if history := h.read(h.planner, "/history"); !strings.Contains(history, `"action":"prolong"`) {
		t.Error(history)
	}
	if lines := h.audit()["plan-prolong"]; len(lines) != 2 || lines[0].Actor != "审批" {
		t.Errorf("in the audit: %v", lines)
	}
	h.want(http.StatusOK, h.approver, "/return", `{"rev":1,"note":"再看"}`)
	h.want(http.StatusConflict, h.approver, "/prolong", `{"rev":1,"until":"`+day(20)+`"}`)
	h.announce("")
	if _, page, _ = h.stranger.get(h.notice("")); strings.Contains(page, "重复公告") {
		t.Error("a new notice tells how the last one was moved")
	}
}

// runOut puts the end of the notice into the past, and the people before a
// server that reads it so.
func (h *hall) runOut() {
	h.t.Helper()
	kept, ok := h.store.(gridmap.Plans)
	if !ok {
		h.t.Fatalf("%T keeps no plans", h.store)
	}
	was, err := kept.Plan(h.t.Context(), gridmap.PlanID(h.plan))
	if err != nil {
		h.t.Fatal(err)
	}
	now := was
	now.NoticeUntil = time.Now().Add(-time.Second)
	if err := kept.UpdatePlan(h.t.Context(), was, now, nil, nil); err != nil {
		h.t.Fatal(err)
	}
	h.office = officeOver(h.t, h.store, access{perMinute: -1})
	h.approver, h.stranger = h.approver.at(h.office), h.stranger.at(h.office)
}
