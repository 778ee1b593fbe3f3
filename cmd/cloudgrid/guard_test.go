package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"cloudgrid/gridmap"
)

func TestAPageOfAnotherSiteCanNeitherReadNorChangeALocalServer(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	send := func(method, path string, header ...string) int {
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(`{"how":"dismissed"}`))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			if header[i] == "Host" {
				req.Host = header[i+1]
				continue
			}
			req.Header.Set(header[i], header[i+1])
		}
		status, _, _ := do(t, req)
		return status
	}
	const settle = "/v1/feedback/1/settle"
	for name, got := range map[string]int{
		"a name pointed here": send("GET", "/v1/feedback", "Host", "evil.example:80"),
		"a foreign origin":    send("POST", settle, "Content-Type", "application/json", "Origin", "http://evil.example"),
		"a cross-site fetch":  send("POST", settle, "Content-Type", "application/json", "Sec-Fetch-Site", "cross-site"),
		"a proxy's stranger":  send("GET", "/v1/feedback", "X-Forwarded-For", "192.0.2.7"),
	} {
		if got != http.StatusForbidden {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
		if got := send("POST", settle, "Content-Type", kind); got != http.StatusUnsupportedMediaType {
			t.Errorf("Content-Type %q: %d", kind, got)
		}
	}
	if got := send("POST", settle, "Content-Type", "application/json", "Origin", base); got != http.StatusNotFound {
		t.Errorf("our own page: %d", got) // there is no such feedback, and that is all
	}
	if got := send("GET", "/v1/meta", "Host", "localhost:1"); got != http.StatusOK {
		t.Errorf("localhost: %d", got)
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	for _, path := range []string{"/", "/healthz", "/v1/meta", "/tiles/grids.json", "/v1/resolve?lon=120.68&lat=24.14&crs=wgs84"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if status, body, _ := do(t, req); status != 200 || len(body) > 0 {
			t.Errorf("%s: %d with %d bytes", path, status, len(body))
		}
	}
}

func TestAnAddressElsewhereOrBesideIsNotGivenAGrid(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	status := func(text string) string {
		_, body, _ := fetch(t, base+"/v1/resolve?address="+url.QueryEscape(text))
		var a struct {
			Status string
			Chain  []json.RawMessage
		}
		if err := json.Unmarshal(body, &a); err != nil || (a.Status == "inside") != (len(a.Chain) > 0) {
			t.Errorf("%s: %v %s", text, err, body)
		}
		return a.Status
	}
	for _, text := range []string{
		"高雄市中山路1号", "上海市黄浦区中山路1号", "北京大诚街15号", "豐原區中山路1号", "不知道在哪里中山路1",
		"大诚街15号往北2公里", "大诚街15号东边一公里", "大诚街15号往北500米", "大诚街9999号",
	} {
		if got := status(text); got != "unknown" {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"大诚街15号", "台中市中区大诚街15号对面", "中区老糖厂宿舍3栋"} {
		if got := status(text); got != "inside" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestABatchSettlesItsOptionsWhateverItsFrame(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	const lines = "application/x-ndjson"
	status, body := post(t, base+"/v1/resolve?crs=epsg:3826", lines, `{"lon":217337.1278,"lat":2671158.6333}`)
	if status != 200 || !strings.Contains(string(body), "大誠里") {
		t.Errorf("a projected frame: %d %s", status, body)
	}
	row := `{"lon":120.6768,"lat":24.1452,"crs":"wgs84"}`
	for _, query := range []string{"at=garbage", "accuracy=abc", "level=none", "fields=some", "out_crs=mars", "receipt=1", "crs=mars"} {
		if status, body := post(t, base+"/v1/resolve?"+query, lines, row); status < 400 {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	_, wgs, _ := fetch(t, base+"/v1/resolve?lon=120.69037901&lat=24.14817865&crs=wgs84")
	for _, name := range []string{"CGCS2000", "epsg:4326", "EPSG:4490"} {
		_, other, _ := fetch(t, base+"/v1/resolve?lon=120.69037901&lat=24.14817865&crs="+name)
		if string(other) != string(wgs) {
			t.Errorf("%s says %s\nwgs84 says %s", name, other, wgs)
		}
	}
	status, body = post(t, base+"/v1/resolve", "application/json", "[{\"id\":\"\xff\",\"lon\":1,\"lat\":1,\"crs\":\"wgs84\"}]")
	if status == 200 && !json.Valid(body) {
		t.Errorf("an answer that is no JSON: %s", body)
	}
}

// breakable is a store that can be made to fail.
type breakable struct {
	gridmap.Store
	broken atomic.Bool
}

func (b *breakable) View(ctx context.Context, fn func(gridmap.Reader) error) error {
	if b.broken.Load() {
		return gridmap.Errorf(gridmap.Unavailable, "away: %w", errors.New("gone"))
	}
	return b.Store.View(ctx, fn)
}

func TestWhileTheStoreIsAwayAnswersGoOnAndReadinessSaysSo(t *testing.T) {
	inner, _ := demoStore(t)
	s := &breakable{Store: inner}
	base, srv := boot(t, s)
	ready := func() (r struct{ Ready, Stale bool }) {
		_, body, _ := fetch(t, base+"/readyz")
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ready(); !r.Ready || r.Stale {
		t.Errorf("at first: %+v", r)
	}
	s.broken.Store(true)
	if err := srv.keeper.Refresh(t.Context()); err == nil {
		t.Error("a store that is away is read")
	}
	if r := ready(); !r.Ready || !r.Stale {
		t.Errorf("while the store is away: %+v", r)
	}
	if a := resolveAt(t, base, "lon=120.6786016&lat=24.1453571&crs=wgs84"); a.Status != "inside" {
		t.Errorf("while the store is away: %+v", a)
	}
	s.broken.Store(false)
	if err := srv.keeper.Refresh(t.Context()); err != nil || ready().Stale {
		t.Errorf("afterwards: %v, %+v", err, ready())
	}
}
