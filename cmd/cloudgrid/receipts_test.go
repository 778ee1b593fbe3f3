package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/web/auth"
)

func TestAWrongAnswerIsReportedAndBecomesAnAlias(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	nickname := "外婆面馆老楼"
	ask := base + "/v1/resolve?address=" + url.QueryEscape("台中市中區"+nickname) + "&receipt=1"
	status, body, _ := fetch(t, ask)
	var first struct {
		Receipt string
		Match   struct{ Status string }
	}
	if err := json.Unmarshal(body, &first); err != nil || status != 200 || len(first.Receipt) < 20 {
		t.Fatalf("%d %v %s", status, err, body)
	}
	status, kept, header := fetch(t, base+"/v1/receipts/"+first.Receipt)
	var receipt struct{ Answer json.RawMessage }
	if err := json.Unmarshal(kept, &receipt); err != nil || status != 200 || string(receipt.Answer) != string(body) || !strings.Contains(header.Get("Cache-Control"), "no-store") {
		t.Errorf("%d %s\nwas answered %s", status, kept, body)
	}
	place := srv.keeper.Current().Places()[100]
	report := fmt.Sprintf(`{"kind":"wrong_place","text":"就是这里","place":%d}`, place.ID)
	status, body = post(t, base+"/v1/receipts/"+first.Receipt+"/feedback", "application/json", report)
	var fed struct{ ID int64 }
	if err := json.Unmarshal(body, &fed); err != nil || status != 201 || fed.ID == 0 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body, _ := fetch(t, base+"/v1/feedback"); status != 200 || !strings.Contains(string(body), nickname) {
		t.Errorf("the list: %d %s", status, body)
	}
	settle := fmt.Sprintf("%s/v1/feedback/%d/settle", base, fed.ID)
	if status, body = post(t, settle, "application/json", fmt.Sprintf(`{"how":"alias","alias":%q}`, nickname)); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body = post(t, settle, "application/json", `{"how":"dismissed"}`); status != 409 {
		t.Errorf("settled twice: %d %s", status, body)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, body, _ = fetch(t, base+"/v1/resolve?address="+url.QueryEscape("台中市中區"+nickname))
	var again struct {
		Status string
		Match  struct {
			Status string
			Place  struct{ ID int64 }
		}
	}
	if err := json.Unmarshal(body, &again); err != nil || again.Match.Place.ID != int64(place.ID) || again.Status != "inside" {
		t.Errorf("after the alias: %s", body)
	}
	for path, bad := range map[string]string{
		"/v1/receipts/none/feedback":                      report,
		"/v1/receipts/" + first.Receipt + "/feedback":     `{"kind":"rude"}`,
		"/v1/receipts/" + first.Receipt + "/feedback?x=1": `{"kind":"wrong_place","place":999999999}`,
		"/v1/feedback/99999/settle":                       `{"how":"dismissed"}`,
	} {
		if status, body := post(t, base+path, "application/json", bad); status < 400 || status > 499 {
			t.Errorf("%s %s: %d %s", path, bad, status, body)
		}
	}
	if status, _, _ := fetch(t, base+"/v1/receipts/none"); status != 404 {
		t.Errorf("no such receipt: %d", status)
	}
}

func TestThePlannersListSettlesFeedbackByOnePress(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	_, body, _ := fetch(t, base+"/v1/resolve?address="+url.QueryEscape("台中市中區<b>百年老店</b>")+"&receipt=1")
	var first struct{ Receipt string }
	if err := json.Unmarshal(body, &first); err != nil {
		t.Fatal(err)
	}
	place := srv.keeper.Current().Places()[200]
	post(t, base+"/v1/receipts/"+first.Receipt+"/feedback", "application/json", fmt.Sprintf(`{"kind":"wrong_place","place":%d}`, place.ID))
	status, page, _ := fetch(t, base+"/planner/feedback")
	if status != 200 || !strings.Contains(string(page), "百年老店") || strings.Contains(string(page), "<b>") || !strings.Contains(string(page), place.Address.Road) {
		t.Fatalf("%d %s", status, page)
	}
	press := func(header ...string) int {
		form := url.Values{"how": {"alias"}, "alias": {"百年老店"}, "place": {fmt.Sprint(place.ID)}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/planner/feedback/1", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		status, _, _ := do(t, req)
		return status
	}
	if got := press(); got != 403 {
		t.Errorf("a form from nowhere: %d", got)
	}
	if got := press("Origin", "http://evil.example"); got != 403 {
		t.Errorf("a form of another site: %d", got)
	}
	if got := press("Origin", base); got != 200 { // after the redirect
		t.Errorf("our own form: %d", got)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, body, _ = fetch(t, base+"/v1/resolve?address="+url.QueryEscape("中区百年老店"))
	if !strings.Contains(string(body), fmt.Sprintf(`"place":{"id":%d`, place.ID)) {
		t.Errorf("after the alias: %s", body)
	}
	if _, page, _ := fetch(t, base+"/planner/feedback"); !strings.Contains(string(page), "没有未处理的反馈") {
		t.Errorf("the list is not empty: %s", page)
	}
}

func TestWhoeverReachesAServerFromElsewhereMustSignIn(t *testing.T) {
	s, _ := demoStore(t)
	kept, ok := s.(gridmap.Accounts)
	if !ok {
		t.Fatalf("%T keeps no accounts", s)
	}
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
	mode := func(a access, addr net.Addr) auth.Mode {
		t.Helper()
		m, err := a.mode(t.Context(), kept, addr)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, got := range map[string][2]auth.Mode{
		"here":                  {mode(access{}, local), auth.Local},
		"from elsewhere":        {mode(access{}, stranger{}), auth.Accounts},
		"behind a proxy":        {mode(access{proxies: []string{"127.0.0.1"}}, local), auth.Accounts},
		"here, if asked for":    {mode(access{accounts: "on"}, local), auth.Accounts},
		"switched off":          {mode(access{accounts: "off"}, local), auth.Local},
		"switched off outside":  {mode(access{accounts: "off"}, stranger{}), auth.Nobody},
		"switched off by proxy": {mode(access{accounts: "off", proxies: []string{"10.0.0.0/8"}}, local), auth.Nobody},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}
	if _, err := kept.PutAccount(t.Context(), gridmap.Account{Name: "zhang"}); err != nil {
		t.Fatal(err)
	}
	if got := mode(access{}, local); got != auth.Accounts {
		t.Errorf("here, once there are accounts: %v", got)
	}
	if _, err := (access{accounts: "perhaps"}).mode(t.Context(), kept, local); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("perhaps: %v", err)
	}
}

// stranger is an address that is not loopback.
type stranger struct{}

func (stranger) Network() string { return "tcp" }
func (stranger) String() string  { return "192.0.2.1:80" }
