package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/rolls"
)

const goodPassword = "无影山北路的早点铺真好"

func TestSomebodySignsInChangesThePasswordAndSignsOut(t *testing.T) {
	o := openOffice(t, access{})
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	v, second := o.stranger(), o.stranger()
	if status, _, h := v.get("/account", "Accept", "text/html"); status != http.StatusSeeOther || h.Get("Location") != "/sign-in?next=%2Faccount" {
		t.Fatalf("not shown where to sign in: %d %s", status, h.Get("Location"))
	}
	for _, who := range []*visitor{v, second} {
		status, body, h := who.signIn(" Zhang ", goodPassword)
		if status != http.StatusSeeOther || h.Get("Location") != "/account" {
			t.Fatalf("not signed in: %d %s", status, body)
		}
		if c := h.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") {
			t.Errorf("cookie %q", c)
		}
	}
	if status, body, _ := v.get("/v1/me"); status != http.StatusOK || !strings.Contains(body, `"name":"zhang"`) || !strings.Contains(body, `"edit":true`) || !strings.Contains(body, `"manage":false`) {
		t.Errorf("me: %d %s", status, body)
	}
	const next = "correct horse battery"
	change := func(old, fresh, again string) int {
		status, _, _ := v.form("/account/password", url.Values{"csrf": {v.csrf("/account")}, "old": {old}, "password": {fresh}, "again": {again}})
		return status
	}
	for name, got := range map[string]int{
		"a wrong old one": change("not this one", next, next), "two that differ": change(goodPassword, next, next+"x"), "a weak one": change(goodPassword, "1234567890", "1234567890"),
	} {
		if got != http.StatusForbidden && got != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := change(goodPassword, next, next); got != http.StatusSeeOther {
		t.Fatalf("not changed: %d", got)
	}
	if status, _, _ := v.get("/account"); status != http.StatusOK {
		t.Errorf("signed out where the password was changed: %d", status)
	}
	if status, _, _ := second.get("/account"); status != http.StatusUnauthorized {
		t.Errorf("still signed in elsewhere: %d", status)
	}
	if status, _, _ := v.form("/sign-out", url.Values{"csrf": {v.csrf("/account")}}); status != http.StatusSeeOther {
		t.Errorf("sign-out: %d", status)
	}
	if status, _, _ := v.get("/account"); status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", status)
	}
	if status, _, _ := second.signIn("zhang", goodPassword); status != http.StatusUnprocessableEntity {
		t.Errorf("the old password still opens: %d", status)
	}
	lines := o.audit()
	for action, want := range map[string]int{"sign_in": 2, "sign_in_failed": 1, "password_changed": 1, "password_refused": 1, "sign_out": 1} {
		if len(lines[action]) != want {
			t.Errorf("%d lines of %s, want %d", len(lines[action]), action, want)
		}
	}
}

// TestASessionIsNeverOneThatSomebodyElseChose is session fixation: a cookie
// that was planted before signing in opens nothing afterwards.
func TestASessionIsNeverOneThatSomebodyElseChose(t *testing.T) {
	o := openOffice(t, access{})
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	planted := "attacker-chose-this-token-attacker-chose-thi"
	u, err := url.Parse(o.base)
	if err != nil {
		t.Fatal(err)
	}
	victim := o.stranger()
	victim.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: planted}})
	if status, _, _ := victim.signIn("zhang", goodPassword); status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", status)
	}
	attacker := o.stranger()
	attacker.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: planted}})
	if status, _, _ := attacker.get("/account"); status != http.StatusUnauthorized {
		t.Errorf("the planted cookie opens the account: %d", status)
	}
	for _, c := range victim.client.Jar.Cookies(u) {
		if c.Name == "cloudgrid" && c.Value == planted {
			t.Error("the session kept the planted token")
		}
	}
	// A session of the attacker's own ends when the victim's browser signs in with it.
	lent := o.in("attacker", gridmap.Grant{Role: rights.Field})
	other := o.stranger()
	other.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: lent.token}})
	if status, _, _ := other.form("/sign-in", url.Values{"csrf": {lent.anyCSRF()}, "name": {"zhang"}, "password": {goodPassword}}); status != http.StatusSeeOther {
		t.Fatalf("sign-in over another's session: %d", status)
	}
	if status, body, _ := lent.get("/v1/me"); status != http.StatusOK || !strings.Contains(body, `"signed":false`) {
		t.Errorf("the lent session goes on: %d %s", status, body)
	}
}

// TestAFormOfAnotherSiteDoesNothing is CSRF, with and without what browsers say
// of where a request comes from.
func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	o := openOffice(t, access{})
	admin := o.in("boss", gridmap.Grant{Role: rights.Admin})
	csrf := admin.csrf("/admin")
	values := url.Values{"name": {"mallory"}, "grants": {"admin"}}
	good := url.Values{"name": {"mallory"}, "grants": {"admin"}, "csrf": {csrf}}
	const form = "application/x-www-form-urlencoded"
	send := func(kind string, v url.Values, header ...string) int {
		status, _, _ := admin.send(http.MethodPost, "/admin/accounts", kind, v.Encode(), header...)
		return status
	}
	for name, got := range map[string]int{
		"no token":                  send(form, values, "Origin", o.base),
		"a wrong token":             send(form, url.Values{"name": {"mallory"}, "grants": {"admin"}, "csrf": {strings.Repeat("x", 43)}}, "Origin", o.base),
		"no origin":                 send(form, good),
		"a foreign origin":          send(form, good, "Origin", "https://evil.example"),
		"no origin of its own":      send(form, good, "Origin", "null"),
		"a cross-site fetch":        send(form, good, "Sec-Fetch-Site", "cross-site"),
		"a sister site":             send(form, good, "Sec-Fetch-Site", "same-site"),
		"text that looks like JSON": send("text/plain", good, "Origin", o.base),
	} {
		if got != http.StatusForbidden && got != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d", name, got)
		}
	}
	if _, err := o.kept.AccountNamed(t.Context(), "mallory"); gridmap.CodeOf(err) != gridmap.NotFound {
		t.Errorf("an account was made: %v", err)
	}
	planner := o.in("planner", gridmap.Grant{Role: rights.Planner})
	for name, header := range map[string][]string{"a foreign origin": {"Origin", "https://evil.example"}, "cross-site": {"Sec-Fetch-Site", "cross-site"}} {
		if status, _ := planner.postJSON("/v1/plans", `{"name":"x"}`, header...); status != http.StatusForbidden {
			t.Errorf("JSON, %s: %d", name, status)
		}
	}
	// Signing somebody in as another is refused in the same way.
	o.account("mine", goodPassword)
	status, _, _ := o.stranger().form("/sign-in", url.Values{"name": {"mine"}, "password": {goodPassword}, "csrf": {strings.Repeat("x", 43)}})
	if status != http.StatusForbidden {
		t.Errorf("login CSRF: %d", status)
	}
}

// TestOnePartsPlannerCannotTouchAnother is IDOR across communities.
func TestOnePartsPlannerCannotTouchAnother(t *testing.T) {
	o := openOffice(t, access{})
	own := gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.own}
	east := o.in("east", own)
	west := o.in("west", gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.other})
	id := o.planOver(west, o.other)
	path := fmt.Sprintf("/v1/plans/%d", id)
	for _, action := range []string{"submit", "abandon"} {
		if status, body := east.postJSON(path+"/"+action, `{"rev":0,"note":"x","force":true}`); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", action, status, body)
		}
	}
	if status, body := east.postJSON(path+"/ops", `{"base_rev":0,"crs":"wgs84","ops":[{"id":"a","kind":"comment","text":"x"}]}`); status != http.StatusForbidden {
		t.Errorf("ops: %d %s", status, body)
	}
	for name, scope := range map[string]string{"another part": fmt.Sprint(int64(o.other)), "both parts": fmt.Sprintf("%d,%d", o.own, o.other), "everything": "", "no such grid": "999999999"} {
		if status, body := east.postJSON("/v1/plans", `{"name":"x","scope":[`+scope+`]}`); status != http.StatusForbidden && status != http.StatusBadRequest && status != http.StatusNotFound {
			t.Errorf("a plan over %s: %d %s", name, status, body)
		}
	}
	feedback := o.reported()
	settle := func(place gridmap.PlaceID) int {
		status, _ := east.postJSON(fmt.Sprintf("/v1/feedback/%d/settle", feedback), fmt.Sprintf(`{"how":"alias","place":%d,"alias":"百年老店"}`, place))
		return status
	}
	if got := settle(o.another); got != http.StatusForbidden {
		t.Errorf("an alias of a place elsewhere: %d", got)
	}
	if got := settle(o.ownPlace); got != http.StatusOK {
		t.Errorf("an alias of a place of one's own: %d", got)
	}
	for name, body := range map[string]string{
		"at a place": fmt.Sprintf(`{"signs":[{"place":%d}]}`, o.another),
		"one of two": fmt.Sprintf(`{"signs":[{"place":%d},{"place":%d}]}`, o.ownPlace, o.another),
	} {
		if status, text := east.postJSON("/v1/signs", body); status != http.StatusForbidden {
			t.Errorf("signs %s: %d %s", name, status, text)
		}
	}
}

func TestWhoSubmittedAPlanNeitherApprovesNorPublishesIt(t *testing.T) {
	o := openOffice(t, access{})
	both := o.in("both", gridmap.Grant{Role: rights.Planner}, gridmap.Grant{Role: rights.Approver})
	boss := o.in("boss", gridmap.Grant{Role: rights.Admin})
	second := o.in("second", gridmap.Grant{Role: rights.Approver})
	key := o.program(gridmap.Grant{Role: rights.Approver})
	step := func(v *visitor, id int64, action string) (int, string) {
		return v.postJSON(fmt.Sprintf("/v1/plans/%d/%s", id, action), `{"rev":0,"note":"测试","force":true}`)
	}
	for _, author := range []*visitor{both, boss} {
		id := o.planOver(author, o.own)
		if status, body := step(author, id, "submit"); status != http.StatusOK {
			t.Fatalf("submit: %d %s", status, body)
		}
		if status, body := step(author, id, "approve"); status != http.StatusForbidden || !strings.Contains(body, "另一人") {
			t.Errorf("approved by its submitter: %d %s", status, body)
		}
		if status, _ := step(key, id, "approve"); status != http.StatusForbidden {
			t.Errorf("approved by a key: %d", status)
		}
		if status, body := step(second, id, "approve"); status != http.StatusOK {
			t.Errorf("not approved by another: %d %s", status, body)
		}
		if status, _ := step(author, id, "publish"); status != http.StatusForbidden {
			t.Errorf("published by its submitter: %d", status)
		}
	}
}

// TestAnAttemptToSignInTellsNothing is enumeration: what is wrong is not said.
func TestAnAttemptToSignInTellsNothing(t *testing.T) {
	o := openOffice(t, access{})
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	disabled := o.account("gone", goodPassword)
	disabled.Disabled = true
	if _, err := o.kept.PutAccount(t.Context(), disabled); err != nil {
		t.Fatal(err)
	}
	if _, err := o.kept.PutAccount(t.Context(), gridmap.Account{Name: "sso"}); err != nil { // no password
		t.Fatal(err)
	}
	locked := o.account("locked", goodPassword)
	locked.Failures, locked.LockedTill = 9, time.Now().Add(time.Hour)
	if _, err := o.kept.PutAccount(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for name, password := range map[string]string{"zhang": "wrong", "nobody": "wrong", "gone": goodPassword, "sso": "", "locked": goodPassword} {
		start := time.Now()
		v := o.stranger()
		status, page, h := v.signIn(name, password)
		if took := time.Since(start); took < 250*time.Millisecond {
			t.Errorf("%s was answered at once: %v", name, took)
		}
		if status != http.StatusUnprocessableEntity || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %q", name, status, h.Get("Set-Cookie"))
		}
		page = csrfField.ReplaceAllString(page, "")
		pages[strings.ReplaceAll(page, `value="`+name+`"`, "")] = name
	}
	if len(pages) != 1 {
		t.Errorf("the pages differ: %v", pages)
	}
}

// TestManyAttemptsAtOnceAreNoMoreThanTheSameInARow tries many passwords for one
// account at once: a few are looked at, and then the account is locked.
func TestManyAttemptsAtOnceAreNoMoreThanTheSameInARow(t *testing.T) {
	o := openOffice(t, access{})
	a := o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 30 {
		v := o.stranger()
		csrf := v.csrf("/sign-in")
		wg.Go(func() {
			status, _, _ := v.form("/sign-in", url.Values{"csrf": {csrf}, "name": {"zhang"}, "password": {"wrong"}})
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	kept, err := o.kept.Account(t.Context(), a.ID)
	if err != nil || kept.Failures != 5 || !kept.LockedTill.After(time.Now()) {
		t.Errorf("%d passwords were looked at, locked until %v (%v), answers %v", kept.Failures, kept.LockedTill, err, statuses)
	}
	if statuses[http.StatusTooManyRequests] < 15 {
		t.Errorf("answers %v", statuses)
	}
}

func TestTheOneTimeLinkMakesOneAdmin(t *testing.T) {
	o := openOffice(t, access{})
	path, err := o.srv.gate.SetupPath(t.Context())
	if err != nil || !strings.HasPrefix(path, "/setup/") {
		t.Fatal(path, err)
	}
	if status, _, _ := o.stranger().get("/setup/" + strings.Repeat("x", 43)); status != http.StatusNotFound {
		t.Errorf("a guessed link: %d", status)
	}
	make1 := func(v *visitor, name string) (int, string) {
		csrf := v.csrf(path)
		status, _, h := v.form(path, url.Values{"csrf": {csrf}, "name": {name}, "password": {goodPassword}, "again": {goodPassword}})
		return status, h.Get("Location")
	}
	first, second := o.stranger(), o.stranger()
	secondCSRF := second.csrf(path)
	if status, to := make1(first, "boss"); status != http.StatusSeeOther || to != "/admin" {
		t.Fatalf("%d %s", status, to)
	}
	if status, page, h := first.get("/admin"); status != http.StatusOK || !strings.Contains(page, "boss") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("the admin page: %d %s", status, page)
	}
	if status, _, _ := second.form(path, url.Values{"csrf": {secondCSRF}, "name": {"mallory"}, "password": {goodPassword}, "again": {goodPassword}}); status != http.StatusNotFound {
		t.Errorf("the link works twice: %d", status)
	}
	if path, err := o.srv.gate.SetupPath(t.Context()); path != "" || err != nil {
		t.Errorf("another link with an admin there: %q %v", path, err)
	}
	if strings.Contains(o.log.String(), path) {
		t.Error("the link is in the log")
	}
}

func TestAnAdminLooksAfterAccountsAndKeysByThePage(t *testing.T) {
	o := openOffice(t, access{})
	admin := o.in("boss", gridmap.Grant{Role: rights.Admin})
	network := o.srv.keeper.Current().Main().Network.Code
	post := func(path string, values url.Values) (int, string) {
		values.Set("csrf", admin.csrf("/admin"))
		status, page, _ := admin.form(path, values)
		return status, page
	}
	status, page := post("/admin/accounts", url.Values{"name": {"Li"}, "title": {"<b>李四</b>"}, "grants": {"planner:" + network}})
	i := strings.Index(page, "初始口令 ")
	if status != http.StatusOK || i < 0 || strings.Contains(page, "<b>李四") {
		t.Fatalf("%d %s", status, page)
	}
	password := strings.SplitN(page[i+len("初始口令 "):], "<", 2)[0]
	li := o.stranger()
	if status, _, _ := li.signIn("li", password); status != http.StatusSeeOther {
		t.Fatalf("the first password %q does not open: %d", password, status)
	}
	a, err := o.kept.AccountNamed(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/admin/accounts/%d", a.ID)
	if status, _ := post(at, url.Values{"do": {"grants"}, "version": {"1"}, "grants": {"admin"}}); status != http.StatusConflict {
		t.Errorf("over somebody else's change: %d", status)
	}
	if status, _ := post(at, url.Values{"do": {"grants"}, "version": {fmt.Sprint(a.Version)}, "grants": {"admin:" + network}}); status != http.StatusBadRequest {
		t.Errorf("a scoped admin: %d", status)
	}
	if status, _ := post(at, url.Values{"do": {"disable"}}); status != http.StatusOK {
		t.Errorf("disable: %d", status)
	}
	if status, _, _ := li.get("/account"); status != http.StatusUnauthorized {
		t.Errorf("disabled, and still in: %d", status)
	}
	boss, err := o.kept.AccountNamed(t.Context(), "boss")
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := post(fmt.Sprintf("/admin/accounts/%d", boss.ID), url.Values{"do": {"disable"}}); status != http.StatusConflict {
		t.Errorf("locked out by oneself: %d", status)
	}
	status, page = post("/admin/keys", url.Values{"label": {"随手拍"}, "grants": {"app"}})
	i = strings.Index(page, "<code>cg_")
	if status != http.StatusOK || i < 0 {
		t.Fatalf("%d %s", status, page)
	}
	text := strings.SplitN(page[i+len("<code>"):], "<", 2)[0]
	program := o.stranger()
	program.key = text
	if status, body, _ := program.get("/v1/me"); status != http.StatusOK || !strings.Contains(body, `"follow":true`) {
		t.Errorf("the key: %d %s", status, body)
	}
	id, _, ok := rights.ParseKey(text)
	if !ok {
		t.Fatal(text)
	}
	if status, _ := post("/admin/keys/"+id+"/revoke", url.Values{}); status != http.StatusOK {
		t.Errorf("revoke: %d", status)
	}
	if status, _, _ := program.get("/v1/me"); status != http.StatusUnauthorized {
		t.Errorf("a revoked key: %d", status)
	}
	lines := o.audit()
	for _, action := range []string{"account_add", "account_disable", "key_add", "key_revoke"} {
		if len(lines[action]) != 1 || lines[action][0].Actor != "boss" {
			t.Errorf("%s: %+v", action, lines[action])
		}
	}
	if shown := fmt.Sprint(lines); strings.Contains(shown, text) || strings.Contains(shown, password) {
		t.Error("a secret is in the audit")
	}
}

func TestAKeyComesInAHeaderAndNowhereElse(t *testing.T) {
	o := openOffice(t, access{})
	v := o.program(gridmap.Grant{Role: rights.Field})
	text := v.key
	if status, _, _ := v.get("/v1/load"); status != http.StatusOK {
		t.Errorf("in its header: %d", status)
	}
	v.key = ""
	if status, _, _ := v.get("/v1/load", "X-API-Key", text); status != http.StatusOK {
		t.Errorf("in the other header: %d", status)
	}
	for _, path := range []string{"/v1/load?key=" + text, "/v1/meta?access_token=" + text, "/?api_key=" + text} {
		if status, body, _ := v.get(path); status != http.StatusBadRequest || strings.Contains(body, text) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for name, header := range map[string][]string{
		"wrong": {"Authorization", "Bearer " + text[:len(text)-1] + "9"}, "another scheme's": {"Authorization", "Basic " + text}, "no key": {"X-API-Key", "hello"},
	} {
		want := http.StatusUnauthorized
		status, body, _ := v.get("/v1/load", header...)
		if status != want {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _, _ := v.get("/v1/meta", "X-API-Key", "cg_wrong"); status != http.StatusUnauthorized {
		t.Errorf("a wrong key on a public route: %d", status)
	}
	if log := o.log.String(); strings.Contains(log, text) || strings.Contains(log, strings.Split(text, "_")[2]) {
		t.Error("the key is in the log")
	}
}

// What looks like a key can be made up by anybody, and the audit keeps its lines
// for ever: those who must be audited wait behind them.
func TestMadeUpKeysInURLsFillNoAudit(t *testing.T) {
	o := openOffice(t, access{perMinute: 100})
	v := o.program(gridmap.Grant{Role: rights.Field})
	path := "/v1/meta?key=" + v.key
	v.key = ""
	refused := map[int]int{}
	for range 300 {
		status, _, _ := v.get(path)
		refused[status]++
	}
	if refused[http.StatusBadRequest] == 0 || refused[http.StatusTooManyRequests] == 0 || len(refused) > 2 {
		t.Errorf("answers: %v", refused)
	}
	if n := len(o.audit()["key_in_url"]); n == 0 || n > 60 {
		t.Errorf("%d lines in the audit", n)
	}
}

func TestStrangersKeepFewReceiptsAndAskLittleOfThePast(t *testing.T) {
	o := openOffice(t, access{})
	ask := func(v *visitor, more string) map[int]int {
		got := map[int]int{}
		for range 40 {
			status, _, _ := v.get("/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84" + more)
			got[status]++
		}
		return got
	}
	if got := ask(o.stranger(), "&receipt=1"); got[http.StatusOK] != 30 || got[http.StatusTooManyRequests] != 10 {
		t.Errorf("receipts: %v", got)
	}
	if got := ask(o.stranger(), "&known_at=2099-01-01"); got[http.StatusOK] > 1 {
		t.Errorf("the past, from the same address: %v", got)
	}
	if got := ask(o.stranger(), ""); got[http.StatusOK] != 40 {
		t.Errorf("the present: %v", got)
	}
	if got := ask(o.program(gridmap.Grant{Role: rights.App}), "&receipt=1"); got[http.StatusOK] != 40 {
		t.Errorf("an app: %v", got)
	}
}

// TestStrangersHaveFewMapsOfThePastLoaded asks for a thousand different moments
// by every door, and for the present between.
func TestStrangersHaveFewMapsOfThePastLoaded(t *testing.T) {
	s, _ := demoStore(t)
	start := time.Now().Add(-30 * 24 * time.Hour).UTC().Truncate(time.Hour)
	const moments = 1000
	if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Now(), Actor: "test", Action: "test"}, func(w gridmap.Writer) error {
		first, err := w.NewIDs(t.Context(), moments)
		if err != nil {
			return err
		}
		var came []gridmap.Person
		for i := range moments {
			came = append(came, gridmap.Person{ID: gridmap.PersonID(first + int64(i)), Name: "人", Span: gridmap.Span{ValidFrom: start.Add(time.Duration(i) * time.Minute)}})
		}
		return w.PutPersons(t.Context(), came...)
	}); err != nil {
		t.Fatal(err)
	}
	o := officeOver(t, s, access{})
	v, got, refusedAt := o.stranger(), map[int]int{}, map[string]bool{}
	doors := []string{
		"/tiles/grids/10/857/418.mvt?at=", "/tiles/grids.json?at=", "/ogc/collections?f=json&datetime=", "/v1/meta?at=", "/v1/grids.geojson?at=", "/v1/grids?at=",
		"/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84&at=",
	}
	for i := range moments {
		path := doors[i%len(doors)] + start.Add(time.Duration(i)*time.Minute+time.Second).Format(time.RFC3339)
		status, body, h := v.get(path)
		got[status]++
		if status == http.StatusTooManyRequests {
			refusedAt[doors[i%len(doors)]] = true
			if wait, err := strconv.Atoi(h.Get("Retry-After")); err != nil || wait < 1 {
				t.Fatalf("%s: told to come back after %q: %s", path, h.Get("Retry-After"), body)
			}
		}
		if i%50 == 0 {
			if status, body, _ := v.get("/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84"); status != http.StatusOK {
				t.Fatalf("the present, meanwhile: %d %s", status, body)
			}
		}
	}
	// 20 are saved up at most, and a tenth of the time that this took is some more.
	if n := o.srv.keeper.PastSpent(atlas.ForStrangers).Loads; n < 3 || n > 60 {
		t.Errorf("%d maps were loaded for strangers", n)
	}
	for _, door := range doors {
		if !refusedAt[door] {
			t.Errorf("%s was never refused: %v", door, got)
		}
	}
	for i := range 3 {
		if status, body, _ := o.program(gridmap.Grant{Role: rights.App}).get("/v1/meta?at=" + start.Add(time.Duration(i)*time.Minute).Format(time.RFC3339)); status != http.StatusOK {
			t.Errorf("an app, after strangers had theirs: %d %s", status, body)
		}
	}
}

func TestTheLogHoldsNoSecretsAddressesOrPositions(t *testing.T) {
	o := openOffice(t, access{})
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	v := o.stranger()
	v.get("/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84")
	v.get("/v1/resolve?address=" + url.QueryEscape("大诚街15号") + "&phone=13800000017")
	v.postJSON("/v1/resolve?crs=wgs84", `[{"lon":120.6786016,"lat":24.1453571}]`)
	v.get("/v1/receipts/SECRETRECEIPT", "X-Request-Id", "evil\tid=1")
	v.get("/nothing/13800000017", "X-Request-Id", strings.Repeat("x", 500))
	if status, _, _ := v.signIn("zhang", goodPassword); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	v.get("/planner/feedback")
	log := o.log.String()
	for _, secret := range []string{"120.678", "24.145", "大诚", "%E5%A4%A7", "13800000017", goodPassword, "SECRETRECEIPT", "evil", strings.Repeat("x", 65), "127.0.0.1:"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, want := range []string{"route=/v1/resolve", "request_id=", "who=account:", "who=public", "status=404"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if reads := o.audit()["read_feedback"]; len(reads) != 1 || reads[0].Actor != "zhang" || reads[0].Seq != 0 {
		t.Errorf("reading personal data is not audited: %+v", reads)
	}
}

func TestSigningInLeadsToThisSiteOnly(t *testing.T) {
	o := openOffice(t, access{})
	o.account("zhang", goodPassword)
	for next, want := range map[string]string{
		"/account?x=1": "/account?x=1", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/", "javascript:alert(1)": "/", "": "/",
		"/%2f/evil.example": "/", "evil": "/",
	} {
		v := o.stranger()
		_, page, _ := v.get("/sign-in?next=" + url.QueryEscape(next))
		if strings.Contains(page, "evil.example") && want == "/" {
			t.Errorf("%q is on the page", next)
		}
		if got := localPathOf(t, page); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

func localPathOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="next" value="`)
	if !ok {
		t.Fatal(page)
	}
	value, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(value, "&amp;", "&")
}

// TestAProxyIsBelievedOnlyIfItIsTrusted is header smuggling: who is not a
// trusted proxy says nothing about where a request comes from.
func TestAProxyIsBelievedOnlyIfItIsTrusted(t *testing.T) {
	direct := openOffice(t, access{perMinute: 6})
	flood := func(o *office, header func(i int) []string) (refused int) {
		for i := range 30 {
			if status, _, _ := o.stranger().get("/v1/meta", header(i)...); status == http.StatusTooManyRequests {
				refused++
			}
		}
		return refused
	}
	status, _, h := direct.stranger().get("/sign-in", "X-Forwarded-Proto", "https")
	if c := h.Get("Set-Cookie"); status != http.StatusOK || c == "" || strings.Contains(c, "__Host-") || h.Get("Strict-Transport-Security") != "" {
		t.Errorf("a forged scheme is believed: %d %v", status, h)
	}
	if got := flood(direct, func(i int) []string {
		return []string{"X-Forwarded-For", fmt.Sprint("192.0.2.", i), "X-Real-Ip", fmt.Sprint("192.0.2.", i)}
	}); got < 20 {
		t.Errorf("a forged address evades the limit: %d of 30 refused", got)
	}
	proxied := openOffice(t, access{perMinute: 6, proxies: []string{"127.0.0.1"}})
	if got := flood(proxied, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprint("192.0.2.", i)} }); got != 0 {
		t.Errorf("clients of one proxy pay for each other: %d of 30 refused", got)
	}
	if got := flood(proxied, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprintf("10.9.9.%d, 198.51.100.7", i)} }); got < 20 {
		t.Errorf("what a client put before its proxy is believed: %d of 30 refused", got)
	}
	status, _, h = proxied.stranger().get("/sign-in", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "grid.example.cn")
	if c := h.Get("Set-Cookie"); status != http.StatusOK || !strings.Contains(c, "__Host-") || !strings.Contains(c, "Secure") || h.Get("Strict-Transport-Security") == "" {
		t.Errorf("behind TLS of a trusted proxy: %d %v", status, h)
	}
}

func TestOversizeAndDeepBodiesAreRefusedCheaply(t *testing.T) {
	o := openOffice(t, access{perMinute: -1})
	v := o.in("planner", gridmap.Grant{Role: rights.Planner})
	deep := strings.Repeat(`{"a":`, 200_000)
	for name, c := range map[string]struct{ path, body string }{
		"a large plan":       {"/v1/plans", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`},
		"large operations":   {"/v1/plans/1/ops", strings.Repeat("x", 9<<20)},
		"large feedback":     {"/v1/receipts/x/feedback", strings.Repeat("x", 2<<20)},
		"a deep plan":        {"/v1/plans", deep[:900_000]},
		"a deep batch":       {"/v1/resolve?crs=wgs84", "[" + deep},
		"an array of arrays": {"/v1/resolve?crs=wgs84", strings.Repeat("[", 900_000)},
		"a large form":       {"/sign-in", strings.Repeat("x", 1<<20)},
	} {
		kind := "application/json"
		if c.path == "/sign-in" {
			kind = "application/x-www-form-urlencoded"
		}
		status, _, _, err := v.trySend(http.MethodPost, c.path, kind, c.body, "Origin", o.base)
		if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
			continue // refused before it was all sent
		}
		if err != nil {
			t.Fatal(err)
		}
		if status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestPathsDoNotLeadOutOfWhatIsServed(t *testing.T) {
	o := openOffice(t, access{})
	for _, path := range []string{"/../go.mod", "/assets/../../go.mod", "/assets/%2e%2e/%2e%2e/go.mod", "/..%2f..%2fetc/passwd", "/assets/..%5c..%5cgo.mod", "/%00", "/tiles/..%2f..%2fgo.mod"} {
		status, body, _ := o.stranger().get(path)
		if status == http.StatusOK || strings.Contains(body, "module cloudgrid") || strings.Contains(body, "root:") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	o := openOffice(t, access{})
	for _, path := range []string{"/", "/v1/meta", "/v1/load", "/sign-in", "/nothing", "/v1/plans"} {
		_, _, h := o.stranger().get(path)
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

// TestANameIsTextWhereverItIsShown is stored XSS through what people are
// called.
func TestANameIsTextWhereverItIsShown(t *testing.T) {
	o := openOffice(t, access{})
	const evil = `"><script>alert(1)</script>`
	o.account("mallory", goodPassword, gridmap.Grant{Role: rights.Planner})
	a, err := o.kept.AccountNamed(t.Context(), "mallory")
	if err != nil {
		t.Fatal(err)
	}
	a.Title = evil
	if _, err := o.kept.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	admin := o.in("boss", gridmap.Grant{Role: rights.Admin})
	v := o.stranger()
	if status, _, _ := v.signIn("mallory", goodPassword); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	_, own, _ := v.get("/account")
	_, list, _ := admin.get("/admin")
	_, form, _ := o.stranger().form("/sign-in", url.Values{"csrf": {"x"}, "name": {evil}})
	for name, page := range map[string]string{"account": own, "admin": list, "sign-in": form} {
		if strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

func TestAChangedOrRemovedAuditLineIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil string
		want  int
	}{
		"whole":                          {"SELECT 1", exitOK},
		"a changed actor":                {"UPDATE audit SET actor = 'nobody' WHERE id = 2", exitWanted},
		"a changed time":                 {"UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE id = 3", exitWanted},
		"a removed line":                 {"DELETE FROM audit WHERE id = 2", exitWanted},
		"the first removed":              {"DELETE FROM audit WHERE id = 1", exitWanted},
		"the last removed":               {"DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)", exitWanted},
		"all removed":                    {"DELETE FROM audit", exitWanted},
		"two swapped":                    {"UPDATE audit SET id = CASE id WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE id IN (2, 3); UPDATE audit SET id = -id WHERE id < 0", exitWanted},
		"one renumbered over a gap":      {"DELETE FROM audit WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4", exitWanted},
		"a line changed with its digest": {"UPDATE audit SET action = 'x', hash = 'ffff' WHERE id = 2", exitWanted},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "map.gpkg")
			s, err := openStore(t.Context(), "gpkg:"+path, storeMake)
			if err != nil {
				t.Fatal(err)
			}
			journal, ok := s.(gridmap.Journal)
			if !ok {
				t.Fatalf("%T keeps no journal", s)
			}
			for i := range 5 {
				if err := journal.AppendAudit(t.Context(), gridmap.AuditEntry{At: time.Now(), Actor: "zhang", Action: "sign_in", Thing: fmt.Sprint("account:", i)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			tamper(t, strings.TrimSuffix(path, ".gpkg")+".app.db", c.spoil)
			var out, errs bytes.Buffer
			if got := run([]string{"audit", "verify", "--json", "--store", "gpkg:" + path}, strings.NewReader(""), &out, &errs); got != c.want {
				t.Errorf("exit %d, want %d: %s%s", got, c.want, out.String(), errs.String())
			}
		})
	}
}

func TestAForgedChainIsFoundByALineNotedElsewhere(t *testing.T) {
	var b gridmap.AuditEntry
	chain := func(actor string) (lines []gridmap.AuditEntry) {
		b = gridmap.AuditEntry{}
		for i := range int64(4) {
			e := gridmap.AuditEntry{ID: i + 1, At: time.Unix(i, 0), Actor: actor, Action: "x", Prev: b.Hash}
			e.Hash = gridmap.ChainHash(e)
			lines, b = append(lines, e), e
		}
		return lines
	}
	verify := func(lines []gridmap.AuditEntry, known map[int64]string) int {
		_, faults, err := gridmap.VerifyChain(func(yield func(gridmap.AuditEntry, error) bool) {
			for _, e := range lines {
				if !yield(e, nil) {
					return
				}
			}
		}, lines[len(lines)-1], known)
		if err != nil {
			t.Fatal(err)
		}
		return len(faults)
	}
	honest := chain("zhang")
	noted := map[int64]string{2: honest[1].Hash}
	if n := verify(honest, map[int64]string{2: honest[1].Hash}); n != 0 {
		t.Errorf("%d faults in an honest chain", n)
	}
	if n := verify(chain("li"), noted); n != 1 {
		t.Errorf("%d faults in a forged chain", n)
	}
	if n := verify(honest[:1], map[int64]string{2: honest[1].Hash}); n != 1 {
		t.Errorf("%d faults in a chain cut off before the noted line", n)
	}
}

func TestAccountsAndKeysAreKeptByTheCommandLine(t *testing.T) {
	_, path := demoStore(t)
	store := "gpkg:" + path
	cli := func(input string, args ...string) (int, string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(append(args, "--store", store), strings.NewReader(input), &out, &errs)
		return code, out.String() + errs.String()
	}
	for _, c := range []struct {
		input string
		args  []string
		want  int
		says  string
	}{
		{"", []string{"account", "add", "Zhang", "--grant", "planner:none", "--title", "张三"}, exitBad, "none"},
		{"", []string{"account", "add", "Zhang", "--title", "张三"}, exitOK, "初始口令"},
		{"", []string{"account", "add", "zhang"}, exitBad, "已有人用"},
		{"1234567890\n", []string{"account", "add", "li", "--password-stdin"}, exitBad, "猜到"},
		{goodPassword + "\n", []string{"account", "add", "boss", "--grant", "admin", "--password-stdin"}, exitOK, "boss"},
		{"", []string{"account", "grant", "zhang", "field"}, exitOK, ""},
		{"", []string{"account", "disable", "zhang"}, exitOK, ""},
		{"", []string{"account", "list", "--json"}, exitOK, `"grants":["field"],"disabled":true`},
		{"", []string{"account", "enable", "nobody"}, exitBad, "没有这个账号"},
		{"", []string{"account", "password", "zhang"}, exitOK, "初始口令"},
		{"", []string{"key", "make", "--label", "x", "--grant", "root"}, exitBad, "root"},
		{"", []string{"key", "make", "--label", "随手拍", "--json"}, exitOK, `"key":"cg_`},
		{"", []string{"key", "list"}, exitOK, "随手拍"},
		{"", []string{"key", "revoke", "none"}, exitBad, "没有这个密钥"},
		{"", []string{"audit", "verify"}, exitOK, "审计完好"},
		{"", []string{"audit", "export"}, exitOK, `"action":"key_add"`},
		{"", []string{"audit", "export", "--format", "csv"}, exitOK, "account_disable"},
		{"", []string{"audit", "verify", "--known", "1:" + strings.Repeat("0", 64)}, exitWanted, ""},
		{"", []string{"audit", "verify", "--known", "1"}, exitBad, ""},
	} {
		if got, said := cli(c.input, c.args...); got != c.want || !strings.Contains(said, c.says) {
			t.Errorf("%v: exit %d: %s", c.args, got, said)
		}
	}
}

// TestAnExportIsNoFormula is formula injection through what people are called.
func TestAnExportIsNoFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"} {
		if got := rolls.Plain(text); got != "'"+text {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := rolls.Plain("张三"); got != "张三" {
		t.Error(got)
	}
}

func TestAServerSpeaksTLSWithAFileAndItsKey(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool := selfSigned(t, cert, key)
	for name, how := range map[string]access{"no key": {cert: cert}, "no certificate": {key: key}, "no files": {cert: cert + "x", key: key}} {
		if _, err := how.tls(); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := openOffice(t, access{cert: cert, key: key})
	v := o.stranger()
	trust(v, pool)
	status, _, h := v.get("/sign-in")
	if c := h.Get("Set-Cookie"); status != http.StatusOK || !strings.HasPrefix(c, "__Host-cloudgrid") || !strings.Contains(c, "Secure") || h.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", status, h)
	}
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Field})
	if status, body, _ := v.signIn("zhang", goodPassword); status != http.StatusSeeOther {
		t.Errorf("sign-in over TLS: %d %s", status, body)
	}
	if status, _, _ := v.get("/v1/load"); status != http.StatusOK {
		t.Errorf("signed in over TLS: %d", status)
	}
}
