package ingest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
)

func posts(t *testing.T, s gridmap.Store, at time.Time) []string {
	t.Helper()
	var out []string
	view(t, s, func(r gridmap.Reader) error {
		who, where := map[gridmap.PersonID]string{}, map[gridmap.GridID]string{}
		for p, err := range r.Persons(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			who[p.ID] = p.Name + p.Phone
		}
		for g, err := range r.Grids(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			where[g.ID] = g.Code
		}
		for p, err := range r.Posts(ctx, gridmap.Query{At: at}) {
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprintf("%s %s%d %s %s", where[p.Grid], p.Role, p.Rank, who[p.Person], p.Employment))
		}
		return nil
	})
	return out
}

const roster = "网格编码,姓名,岗位,手机,专兼职,顺位,上岗日期\n" +
	"1,网格员-0001,网格员,000-1,专职,A,2026-12-01\n" +
	"1,网格员-0002,网格员,000-2,兼职,B岗,2026/12/1\n" +
	"2,网格长-0001,网格长,000-3,,,\n" +
	"1,网格长-0001,网格长,000-3,,,\n"

func TestAStaffListBecomesPersonsAndPosts(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01))), s, ingest.Options{})
	rep := take(t, file(t, "r.csv", roster), s, ingest.Options{As: ingest.Staff})
	if rep.Created != 4 || !rep.Clean() {
		t.Fatalf("%+v", rep)
	}
	want := "[1 网格员1 网格员-0001000-1 full_time 1 网格员2 网格员-0002000-2 part_time 2 网格长1 网格长-0001000-3  1 网格长1 网格长-0001000-3 ]"
	if got := fmt.Sprint(posts(t, s, later)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if n := len(posts(t, s, now.AddDate(0, 0, 1))); n != 2 {
		t.Errorf("%d posts before the first of December", n)
	}
	if rep := take(t, file(t, "r.csv", roster), s, ingest.Options{As: ingest.Staff, ValidFrom: later}); rep.Created != 0 {
		t.Errorf("again: %+v", rep)
	}
}

func TestAnotherPersonInTheSameSeatIsAHandover(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	take(t, file(t, "r.csv", "grid,name,phone\n1,甲,000-1\n"), s, ingest.Options{As: ingest.Staff})
	rep := take(t, file(t, "r.csv", "grid,name,phone\n1,乙,000-2\n"), s, ingest.Options{As: ingest.Staff, ValidFrom: later})
	if rep.Updated != 1 || fmt.Sprint(posts(t, s, now)) != "[1 网格员1 甲000-1 ]" || fmt.Sprint(posts(t, s, later)) != "[1 网格员1 乙000-2 ]" {
		t.Errorf("%+v, then %v, later %v", rep, posts(t, s, now), posts(t, s, later))
	}
}

func TestWhatElseAStaffListSaysOfPersonsIsNotKept(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	rep := take(t, file(t, "r.csv", "网格编码,姓名,身份证号\n1,甲,330100\n"), s, ingest.Options{As: ingest.Staff})
	if !strings.Contains(strings.Join(rep.Notes, "\n"), "身份证号") {
		t.Errorf("%q", rep.Notes)
	}
	view(t, s, func(r gridmap.Reader) error {
		for p, err := range r.Persons(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			if len(p.Attrs) != 0 {
				t.Errorf("%+v", p)
			}
		}
		return nil
	})
}

func TestAStaffListIsRejectedRowByRow(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	bad := "网格编码,姓名,专兼职,顺位,上岗日期,离岗日期\n" +
		"9,甲,,,,\n1,乙,长期,,,\n1,丙,,第三,,\n1,丁,,,去年,\n1,戊,,1,2026-12-02,2026-12-01\n1,己,,1,,\n1,庚,,1,,\n,辛,,,,\n1,,,,,\n"
	rep := check(t, file(t, "r.csv", bad), s, ingest.Options{As: ingest.Staff}).Report()
	if rep.Accepted != 1 || rep.Rejected != 8 {
		t.Errorf("%+v", rep)
	}
	for i, f := range rep.Findings {
		if len(f.Rows) != 1 || f.Rows[0] < 2 || f.Message == "" {
			t.Errorf("finding %d: %+v", i, f)
		}
	}
}

func TestSpreadsheetDatesAreRead(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	text := "grid,name,from\n1,甲,46357\n" // 2026-12-01 as a spreadsheet keeps it
	take(t, file(t, "r.csv", text), s, ingest.Options{As: ingest.Staff})
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	if len(posts(t, s, day.Add(-time.Second))) != 0 || len(posts(t, s, day)) != 1 {
		t.Error("the post does not begin on the first of December")
	}
}

func TestPlacesAreTakenWithTheirPointsAndFoundAgain(t *testing.T) {
	s := newStore(t)
	doors := "city,town,village,street,lane,number,lon,lat\n台中市,中區,大誠里,大誠街,３９巷,２之３號,120.6786016,24.1453571\n" +
		"台中市,中區,大誠里,大誠街,,１號,120.6776886,24.1443282\n台中市,中區,大誠里,大誠街,,１號,120.6776886,24.1443282\n台中市,中區,大誠里,大誠街,,３號,x,24\n"
	o := ingest.Options{As: ingest.Places, CRS: "wgs84", AcceptPartial: true}
	rep := take(t, file(t, "d.csv", doors), s, o)
	if n := kinds(rep, ingest.Error); rep.Created != 2 || rep.Merged != 1 || n[ingest.KindUnreadable] != 1 {
		t.Fatalf("%+v", rep)
	}
	view(t, s, func(r gridmap.Reader) error {
		for p, err := range r.Places(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			if _, kept := p.Attrs["lon"]; kept || !p.HasPoint || p.Address.City != "台中市" || p.Address.Road != "大誠街" || p.Address.Community != "大誠里" {
				t.Errorf("%+v", p)
			}
		}
		return nil
	})
	if rep := take(t, file(t, "d.csv", doors), s, o); rep.Unchanged != 2 || rep.Created != 0 {
		t.Errorf("again: %+v", rep)
	}
	whole := take(t, file(t, "e.csv", "编号,名称,地址,经度,纬度\nP1,某小区,某路1号,120.5,30\nP2,,某路2号,120.5,30\n"), s, ingest.Options{As: ingest.Places, CRS: "wgs84"})
	if whole.Created != 2 || !whole.Clean() {
		t.Errorf("%+v", whole)
	}
}

func TestAMappingIsSavedAndReadAgain(t *testing.T) {
	m, err := ingest.ParseColumns(ingest.Atoms, "code=编码, households=户数")
	if err != nil || m.Columns["code"] != "编码" || m.Counts["households"] != "户数" {
		t.Fatalf("%+v, %v", m, err)
	}
	m.CRS = "gcj02"
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := ingest.ReadMapping(&b)
	if err != nil || fmt.Sprint(back) != fmt.Sprint(m) {
		t.Errorf("%+v, %v", back, err)
	}
	for _, bad := range []string{"code", "code=", "=x"} {
		if _, err := ingest.ParseColumns(ingest.Grids, bad); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := ingest.ParseColumns(ingest.Staff, "households=户数"); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("a count of a person: %v", err)
	}
	if _, err := ingest.ReadMapping(strings.NewReader(`{"colums":{}}`)); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("a misspelt mapping: %v", err)
	}
}

func TestSuggestedColumnsAreSaid(t *testing.T) {
	src := file(t, "a.geojson", collection(square(`"VILLCODE":"1","VILLNAME":"甲里"`, 120, 30, 0.01), square(`"VILLCODE":"2","VILLNAME":"乙里"`, 120.01, 30, 0.01)))
	rep := check(t, src, nil, ingest.Options{}).Report()
	if rep.Mapping.Columns["code"] != "VILLCODE" || !strings.Contains(strings.Join(rep.Notes, "\n"), "code=VILLCODE，name=VILLNAME") {
		t.Errorf("%+v", rep)
	}
}
