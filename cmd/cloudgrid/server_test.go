package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/cmd/cloudgrid/demodata"
	"cloudgrid/gridmap"
)

// demoFile is one demo store that tests copy: filling it takes seconds.
var demoFile = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "cloudgrid-demo")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "demo.gpkg")
	s, err := openStore(context.Background(), "gpkg:"+path, storeMake)
	if err != nil {
		return "", err
	}
	if err := demodata.Taichung(context.Background(), s, time.Now()); err != nil {
		return "", err
	}
	return path, s.Close()
})

func TestMain(m *testing.M) {
	if file := os.Getenv("CLOUDGRID_TEST_IMPORT"); file != "" { // the process that a test kills
		os.Exit(run([]string{"import", file, "--store", os.Getenv("CLOUDGRID_TEST_STORE")}, os.Stdin, os.Stdout, os.Stderr))
	}
	if store := os.Getenv("CLOUDGRID_TEST_SERVE"); store != "" { // likewise
		args := []string{"serve", "--store", store, "--addr", cmp.Or(os.Getenv("CLOUDGRID_TEST_ADDR"), "127.0.0.1:0")}
		os.Exit(run(append(args, strings.Fields(os.Getenv("CLOUDGRID_TEST_SERVE_ARGS"))...), os.Stdin, os.Stdout, os.Stderr))
	}
	answers := &answersWatch{base: http.DefaultTransport, contracts: map[string]*contract{}}
	http.DefaultTransport = answers
	code := m.Run()
	if answers.tell(os.Stderr) {
		code = max(code, 1)
	}
	if path, err := demoFile(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// demoStore is a store of its own with the demo in it.
func demoStore(t *testing.T) (gridmap.Store, string) {
	t.Helper()
	src, err := demoFile()
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(src)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "demo.gpkg")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if side, err := os.ReadFile(strings.TrimSuffix(src, ".gpkg") + ".app.db"); err == nil {
		if err := os.WriteFile(strings.TrimSuffix(path, ".gpkg")+".app.db", side, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := openStore(t.Context(), "gpkg:"+path, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, path
}

// boot serves a store on a free port and returns its address.
func boot(t *testing.T, s gridmap.Store) (url string, srv *server) {
	t.Helper()
	return bootWith(t, s, access{})
}

// bootWith is boot with flags.
func bootWith(t *testing.T, s gridmap.Store, how access) (url string, srv *server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &console{in: strings.NewReader(""), out: io.Discard, err: testWriter{t}}
	srv, err = newServer(t.Context(), c, s, l, "", how)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	return "http://" + l.Addr().String(), srv
}

// testWriter sends the server's log to the test's.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	fmt.Fprintf(os.Stderr, "%s: %s", w.t.Name(), b)
	return len(b), nil
}

// fetch gets a URL and returns the status, the body and the headers.
func fetch(t *testing.T, url string, header ...string) (int, []byte, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) (int, []byte, http.Header) {
	t.Helper()
	resp, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body, resp.Header
}

// answer is what tests read of a resolution.
type answer struct {
	ID     any    `json:"id"`
	Status string `json:"status"`
	Chain  []struct {
		ID    int64  `json:"id"`
		Code  string `json:"code"`
		Name  string `json:"name"`
		Staff []struct {
			Role  string `json:"role"`
			Name  string `json:"name"`
			Rank  int    `json:"rank"`
			Phone string `json:"phone"`
		} `json:"staff"`
	} `json:"chain"`
	Atom       *struct{ Code string } `json:"atom"`
	Certain    *struct{ Code string } `json:"certain_level"`
	Candidates []struct {
		Name  string  `json:"name"`
		Share float64 `json:"share"`
	} `json:"candidates"`
	Border *struct {
		DistanceM float64                `json:"distance_m"`
		Across    *struct{ Name string } `json:"across"`
	} `json:"nearest_border"`
	Nearest *struct {
		DistanceM float64 `json:"distance_m"`
	} `json:"nearest"`
	Point   struct{ Lon, Lat float64 } `json:"point"`
	Edition int64                      `json:"edition"`
	Message string                     `json:"message"`
	Error   *struct{ Code, Detail string }
}

func resolveAt(t *testing.T, url, query string) answer {
	t.Helper()
	status, body, _ := fetch(t, url+"/v1/resolve?"+query)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", query, status, body)
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("%s: %v in %s", query, err, body)
	}
	return a
}

func TestACoordinateGetsItsGridItsParentsAndTheStaffToCall(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	// 台中市中區大誠街２之３之２號 is in 大誠里 by its official plate.
	a := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84")
	if a.Status != "inside" || len(a.Chain) != 2 || a.Chain[0].Name != "中區" || a.Chain[1].Name != "大誠里" {
		t.Fatalf("%+v", a)
	}
	staff := a.Chain[1].Staff
	if len(staff) == 0 || !strings.HasPrefix(staff[0].Name, "网格员-") || staff[0].Rank != 1 {
		t.Errorf("staff %+v", staff)
	}
	for _, g := range a.Chain {
		for _, p := range g.Staff {
			if p.Phone != "" && !strings.Contains(p.Phone, "****") {
				t.Errorf("the phone of %s is not masked: %s", p.Name, p.Phone)
			}
		}
	}
	if a.Atom == nil || a.Border == nil || a.Border.DistanceM <= 0 || a.Edition != 1 {
		t.Errorf("atom %v, border %v, edition %d", a.Atom, a.Border, a.Edition)
	}
	if top := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84&level=town"); len(top.Chain) != 1 {
		t.Errorf("level=town answers %d links", len(top.Chain))
	}
}

func TestTheSamePlaceInAnotherFrameGetsTheSameAnswer(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	want := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84")
	for _, frame := range []string{"cgcs2000", "gcj02", "bd09", "epsg:4549"} {
		there := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84&out_crs="+frame)
		back := resolveAt(t, url, fmt.Sprintf("lon=%.9f&lat=%.9f&crs=%s", there.Point.Lon, there.Point.Lat, frame))
		if back.Chain[1].Code != want.Chain[1].Code || back.Atom.Code != want.Atom.Code {
			t.Errorf("%s: %s in %s, want %s in %s", frame, back.Atom.Code, back.Chain[1].Code, want.Atom.Code, want.Chain[1].Code)
		}
	}
}

func TestNearABorderTheAnswerSaysWhichGridsItCouldBe(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	near := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84&accuracy=400")
	if near.Status != "near_border" || len(near.Candidates) < 2 {
		t.Fatalf("%+v", near)
	}
	sum := 0.0
	for i, c := range near.Candidates {
		sum += c.Share
		if i > 0 && c.Share > near.Candidates[i-1].Share {
			t.Error("candidates are not sorted by share")
		}
	}
	if sum < 0.98 || sum > 1.02 {
		t.Errorf("shares sum to %v", sum)
	}
	exact := resolveAt(t, url, "lon=120.6786016&lat=24.1453571&crs=wgs84&accuracy=0.5")
	if exact.Status != "inside" || exact.Certain == nil || exact.Certain.Code != "village" {
		t.Errorf("half a metre: %s, certain %v", exact.Status, exact.Certain)
	}
}

func TestOutsideTheJurisdictionTheNearestGridIsNamedButNotClaimed(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	a := resolveAt(t, url, "lon=120.5&lat=24.1&crs=wgs84")
	if a.Status != "outside" || len(a.Chain) != 0 || a.Nearest == nil || a.Nearest.DistanceM < 1000 || !strings.Contains(a.Message, "不在辖区内") {
		t.Errorf("%+v", a)
	}
}

func TestBadQuestionsAreRefusedWithTheReason(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	for query, want := range map[string]string{
		"lon=120.6&lat=24.1":                              "crs",
		"lon=120.6&lat=24.1&crs=mars":                     "mars",
		"lon=24.1&lat=120.6&crs=wgs84":                    "写反",
		"lon=NaN&lat=24.1&crs=wgs84":                      "lon",
		"lon=1e999&lat=24.1&crs=wgs84":                    "lon",
		"lat=24.1&crs=wgs84":                              "lon",
		"lon=120.6&lat=24.1&crs=wgs84&accuracy=-1":        "accuracy",
		"lon=120.6&lat=24.1&crs=wgs84&accuracy=NaN":       "accuracy",
		"lon=120.6&lat=24.1&crs=wgs84&at=yesterday":       "at=",
		"lon=120.6&lat=24.1&crs=wgs84&colour=red":         "colour",
		"lon=120.6&lat=24.1&crs=wgs84&lon=120.7":          "lon",
		"lon=120.6&lat=24.1&crs=wgs84&out_crs=%00%ff%3C%": "",
	} {
		status, body, header := fetch(t, url+"/v1/resolve?"+query)
		if status != http.StatusBadRequest || header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s %s", query, status, header.Get("Content-Type"), body)
		}
		var p struct{ Detail, Title string }
		if err := json.Unmarshal(body, &p); err != nil || !strings.Contains(p.Detail, want) || p.Title == "" {
			t.Errorf("%s: %v, %s", query, err, body)
		}
	}
	for path, want := range map[string]int{
		"/v1/resolve?lon=120.6&lat=24.1&crs=wgs84&network=no": 404, "/v1/grids/999999999": 404, "/v1/grids/x": 400,
		"/v1/nothing": 404, "/v1/grids.geojson?subtree=x": 404, "/tiles/grids/99/0/0.mvt": 404, "/tiles/no/1/0/0.mvt": 404,
		"/tiles/grids/1/5/0.mvt": 404, "/tiles/grids/1/0/0": 404, "/assets/../embed.go": 404,
	} {
		if status, body, header := fetch(t, url+path); status != want || !strings.HasPrefix(header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d %s %s", path, status, header.Get("Content-Type"), body)
		}
	}
}

func post(t *testing.T, url, kind, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	status, out, _ := do(t, req)
	return status, out
}

func TestABatchAnswersEveryRowInOrderAndSaysWhatIsWrongWithEach(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	rows := []string{
		`{"id":1,"lon":120.6786016,"lat":24.1453571,"crs":"wgs84"}`,
		`{"id":"二","lon":"120.6786016","lat":"24.1453571","crs":"wgs84","accuracy":400}`,
		`{"id":3,"lon":120.6786016,"lat":24.1453571}`,
		`{"id":4,"lon":24.1,"lat":120.6,"crs":"wgs84"}`,
		`[1,2]`, `{"id":{"a":1},"lon":1,"lat":1,"crs":"wgs84"}`,
		`{"id":7,"lon":120.5,"lat":24.1,"crs":"gcj02","other":{"x":[1,"}"]}}`,
	}
	check := func(kind string, got []answer) {
		t.Helper()
		if len(got) != len(rows) {
			t.Fatalf("%s: %d answers to %d questions", kind, len(got), len(rows))
		}
		if got[0].ID != 1.0 || got[0].Status != "inside" || got[1].ID != "二" || got[1].Status != "near_border" {
			t.Errorf("%s: %+v", kind, got[:2])
		}
		for i := 2; i < 6; i++ {
			if got[i].Error == nil || got[i].Error.Code != "invalid" {
				t.Errorf("%s row %d: %+v", kind, i, got[i])
			}
		}
		if got[6].Status != "outside" || got[3].ID != 4.0 {
			t.Errorf("%s: %+v", kind, got[6])
		}
	}
	status, body := post(t, url+"/v1/resolve", "application/json", "["+strings.Join(rows, ",\n")+"]")
	var array []answer
	if err := json.Unmarshal(body, &array); err != nil || status != 200 {
		t.Fatalf("%d %v %s", status, err, body)
	}
	check("array", array)

	status, body = post(t, url+"/v1/resolve", "application/x-ndjson", strings.Join(rows, "\n\n")+"\n")
	var lines []answer
	for d := json.NewDecoder(bytes.NewReader(body)); d.More(); {
		var a answer
		if err := d.Decode(&a); err != nil {
			t.Fatalf("%d %v %s", status, err, body)
		}
		lines = append(lines, a)
	}
	check("lines", lines)

	for _, bad := range []string{"", "{}", "[1,", "null", "[{}", "x"} {
		if status, body := post(t, url+"/v1/resolve", "application/json", bad); status != 400 {
			t.Errorf("%q: %d %s", bad, status, body)
		}
	}
	if status, body := post(t, url+"/v1/resolve", "application/json", "[]"); status != 200 || string(body) != "[]" {
		t.Errorf("empty batch: %d %s", status, body)
	}
	if status, _ := post(t, url+"/v1/resolve", "text/csv", "1,2"); status != 415 {
		t.Errorf("text/csv: %d", status)
	}
}

func TestALargeBatchKeepsItsOrderAndAgreesWithSingleQuestions(t *testing.T) {
	s, _ := demoStore(t)
	url, srv := boot(t, s)
	var b strings.Builder
	const n = 20000
	places := srv.keeper.Current().Places()
	for i := range n {
		lon, lat := places[i%len(places)].Point.LonLat()
		fmt.Fprintf(&b, "{\"id\":%d,\"lon\":%.7f,\"lat\":%.7f}\n", i, lon, lat)
	}
	status, body := post(t, url+"/v1/resolve?crs=wgs84&fields=ids", "application/x-ndjson", b.String())
	lines := bytes.Split(bytes.TrimSpace(body), []byte("\n"))
	if status != 200 || len(lines) != n {
		t.Fatalf("%d, %d lines", status, len(lines))
	}
	for i, line := range lines {
		var a struct {
			ID   int
			Grid int64
		}
		if err := json.Unmarshal(line, &a); err != nil || a.ID != i {
			t.Fatalf("line %d: %v %s", i, err, line)
		}
		if i%4000 == 0 {
			lon, lat := places[i%len(places)].Point.LonLat()
			one := resolveAt(t, url, fmt.Sprintf("lon=%.7f&lat=%.7f&crs=wgs84", lon, lat))
			if one.Chain[len(one.Chain)-1].ID != a.Grid {
				t.Errorf("line %d: %d, alone %d", i, a.Grid, one.Chain[len(one.Chain)-1].ID)
			}
		}
	}
}

func TestLinesAreAnsweredWhileMoreAreStillToCome(t *testing.T) {
	s, _ := demoStore(t)
	url, _ := boot(t, s)
	ours, theirs := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/resolve", ours)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	question := []byte(`{"lon":120.6786016,"lat":24.1453571,"crs":"wgs84"}` + "\n")
	go theirs.Write(question)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	d := json.NewDecoder(resp.Body)
	for range 3 {
		var a answer
		if err := d.Decode(&a); err != nil || a.Status != "inside" {
			t.Fatalf("%v %+v", err, a)
		}
		if _, err := theirs.Write(question); err != nil {
			t.Fatal(err)
		}
	}
	theirs.Close()
}
