package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
)

var asPlaces = ingest.Options{As: ingest.Places, CRS: "wgs84"}

func placesOf(t *testing.T, s gridmap.Store) []gridmap.Place {
	t.Helper()
	var out []gridmap.Place
	view(t, s, func(r gridmap.Reader) error {
		for p, err := range r.Places(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out
}

// parted writes an address with its parts in sight.
func parted(a gridmap.Address) string {
	return strings.Join(slices.DeleteFunc([]string{
		a.Province, a.City, a.District, a.Town, a.Community, a.Road, a.Section, a.Lane, a.Alley, a.SubAlley, a.Number, a.Compound, a.Building, a.Unit,
	}, func(s string) bool { return s == "" }), " ")
}

func TestAWholeAddressIsReadAndColumnsWinOverIt(t *testing.T) {
	for _, c := range []struct {
		columns, row string
		want, name   string
		kinds        string
	}{
		{"address", "射洪市平安街道蟠龙社区城北二小区3栋2单元501", "射洪市 平安街道 蟠龙社区 城北二小区 3栋 2单元501", "", ""},
		{"address,district", "人民南路四段180号,武侯区", "武侯区 人民南路 四段 180号", "", ""},
		{"address,road", "成都市人民南路四段180号,人民南路四段", "成都市 人民南路四段 180号", "", ""},
		{"address,town", "台中市中區大誠街１號,中區", "台中市 中區 大誠街 １號", "", ""},
		{"address,road", "中山路48号,解放路", "解放路 48号", "", "address-conflict"},
		{"address,name", "解放路48号,人社局", "解放路 48号", "人社局", ""},
		{"address", "解放路48号2楼张宅", "解放路 48号 2楼张宅", "", "unexplained-address"},
		{"address", "解放路48号2单元501 张三13800000000", "解放路 48号 2单元501", "", "phone-in-address"},
		{"address", "解放路48号2单元501室张三13800000000", "解放路 48号 2单元501室", "", "phone-in-address unexplained-address"},
		{"address", "解放路48号翡翠郡3栋 李四，0531-88889999", "解放路 48号 翡翠郡 3栋", "", "phone-in-address"},
		{"address", "解放路1010-1026号海景楼", "解放路 1010-1026号 海景楼", "", ""},
		{"address", "+++", "", "+++", "unexplained-address"},
		{"address", "解放路48号" + strings.Repeat("很", 300), "", "解放路48号" + strings.Repeat("很", 300), "compound-is-address unexplained-address"},
		{"road,number", "解放路,15号六楼之3", "解放路 15号 六楼之3", "", "number-split"},
		{"road,number,unit", "解放路,15号六楼之3,甲室", "解放路 15号六楼之3 甲室", "", ""},
		{"road,number", "三民路,第二市场1之8号", "三民路 第二市场 1之8号", "", "number-split"},
		{"road,number", "解放路,12之3号", "解放路 12之3号", "", ""},
	} {
		s := newStore(t)
		rep := take(t, file(t, "d.csv", c.columns+",lon,lat\n"+c.row+",120,30\n"), s, asPlaces)
		got := placesOf(t, s)
		var found []string
		for _, f := range rep.Findings {
			found = append(found, f.Kind)
		}
		slices.Sort(found)
		if len(got) != 1 || parted(got[0].Address) != c.want || got[0].Name != c.name || strings.Join(found, " ") != c.kinds {
			t.Errorf("%s: %+v\n%+v", c.row, got, rep.Findings)
		}
		if strings.Contains(fmt.Sprint(got), "13800000000") || strings.Contains(fmt.Sprint(got), "张三") {
			t.Errorf("a person's name and number were kept: %+v", got)
		}
	}
}

func TestARowOfNothingButATelephoneNumberIsNoPlace(t *testing.T) {
	rep := check(t, file(t, "d.csv", "address,lon,lat\n13800000000,120,30\n甲路1号,120,30\n"), nil, asPlaces).Report()
	if rep.Rejected != 1 || rep.Accepted != 1 || finding(t, rep, ingest.KindPhone).Rows[0] != 2 {
		t.Errorf("%+v", rep)
	}
}

func TestAPlaceTwiceIsTakenOnceAndAnotherPositionIsTold(t *testing.T) {
	s := newStore(t)
	rep := take(t, file(t, "d.csv", "road,number,alias,lon,lat\n"+
		"甲路,1号,,120.0000000,30.0000000\n"+
		"甲路,1号,甲院,120.0000100,30.0000000\n"+ // a metre away
		"甲路,1号,乙院,120.0010000,30.0000000\n"+ // a hundred
		"甲路,2号,,,\n"+
		"甲路,2号,,120.002,30\n"+
		"甲路,2号,,,\n"), s, asPlaces)
	if rep.Accepted != 2 || rep.Merged != 4 || rep.Rejected != 0 || rep.Created != 2 {
		t.Fatalf("%+v", rep)
	}
	if n := kinds(rep, ingest.Warning); n[ingest.KindTwice] != 3 || n[ingest.KindTwoPositions] != 1 {
		t.Errorf("%v", n)
	}
	f := finding(t, rep, ingest.KindTwoPositions)
	if fmt.Sprint(f.Rows) != "[2 4]" || !strings.Contains(f.Message, "120.0000000,30.0000000") || !strings.Contains(f.Message, "120.0010000,30.0000000") || !strings.Contains(f.Message, "96 m") {
		t.Errorf("%+v", f)
	}
	got := placesOf(t, s)
	if lon, _ := got[0].Point.LonLat(); lon != 120 || len(got[0].Aliases) != 1 || got[0].Aliases[0].Name != "甲院" {
		t.Errorf("%+v", got[0])
	}
	if lon, _ := got[1].Point.LonLat(); !got[1].HasPoint || lon != 120.002 {
		t.Errorf("a point that a later row has was not taken: %+v", got[1])
	}
}

func TestACodeOfTwoAddressesIsAnError(t *testing.T) {
	rep := check(t, file(t, "d.csv", "code,road,number,lon,lat\nA,甲路,1号,120,30\nA,甲路,2号,120,30\nA,甲路,1号,120,30\n"), nil, asPlaces).Report()
	if n := kinds(rep, ingest.Error); n[ingest.KindSameCode] != 1 || rep.Merged != 1 || rep.Accepted != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestOtherNamesHaveTheirKindsAndDates(t *testing.T) {
	s := newStore(t)
	text := "name,road,number,alias,short,former,former_from,former_to\n" +
		"翡翠郡,甲路,1号,绿楼、翡翠;玉园|翡翠,郡,\"老厂，机床厂\",1958;1971-05-01,1998\n"
	if rep := take(t, file(t, "d.csv", text), s, asPlaces); !rep.Clean() {
		t.Fatalf("%+v", rep)
	}
	day := func(y int, m time.Month, d int) time.Time {
		return time.Date(y, m, d, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)).UTC()
	}
	want := []gridmap.Alias{
		{Name: "绿楼", Kind: "alias"},
		{Name: "翡翠", Kind: "alias"},
		{Name: "玉园", Kind: "alias"},
		{Name: "郡", Kind: "short"},
		{Name: "老厂", Kind: "former", From: day(1958, 1, 1), To: day(1998, 1, 1)},
		{Name: "机床厂", Kind: "former", From: day(1971, 5, 1), To: day(1998, 1, 1)},
	}
	if got := placesOf(t, s)[0].Aliases; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if rep := take(t, file(t, "d.csv", text), s, asPlaces); rep.Unchanged != 1 {
		t.Errorf("again: %+v", rep)
	}
	for _, bad := range []string{"老厂,去年,", "老厂,1998,1958", "老厂,1958;1959,"} {
		rep := check(t, file(t, "d.csv", "road,former,former_from,former_to\n甲路,"+bad+"\n"), nil, asPlaces).Report()
		if f := finding(t, rep, ingest.KindBadValue); rep.Rejected != 1 || !strings.Contains(f.Message, "曾用名") {
			t.Errorf("%s: %+v", bad, rep)
		}
	}
}

func TestTheKindOfAPlaceIsItsWordOrItsDeepestPart(t *testing.T) {
	for row, want := range map[string]string{
		"门牌,甲路,1号,,": "door", "小区,甲路,1号,,": "compound", "SHOP,甲路,1号,,": "shop", "垃圾房,甲路,1号,,": "垃圾房",
		",甲路,1号,,": "door", ",甲路,1号,翡翠郡,": "compound", ",甲路,1号,翡翠郡,3栋": "building",
	} {
		s := newStore(t)
		rep := take(t, file(t, "d.csv", "kind,road,number,compound,building,lon,lat\n"+row+",120,30\n"), s, asPlaces)
		if got := placesOf(t, s)[0].Kind; got != want || (len(rep.Findings) == 0) != (want != "垃圾房") {
			t.Errorf("%s: %s, want %s; %+v", row, got, want, rep.Findings)
		}
	}
}

func TestAPointOutsideItsCommunityIsToldWithItsDistance(t *testing.T) {
	s := newStore(t)
	o := ingest.Options{Level: "village=社区"}
	take(t, file(t, "a.geojson", collection(square(`"code":"1","name":"甲社区"`, 120, 30, 0.01), square(`"code":"2","name":"乙社区"`, 120.01, 30, 0.01))), s, o)
	rep := check(t, file(t, "d.csv", "community,road,number,lon,lat\n"+
		"甲社区,甲路,1号,120.005,30.005\n"+ // inside
		"甲社区,甲路,2号,120.0101,30.005\n"+ // 10 m outside
		"甲社区,甲路,3号,120.0150,30.005\n"+ // in the other
		"乙社区,甲路,4号,120.3,30.005\n"+ // far from both
		"丙社区,甲路,5号,120.3,30.005\n"+ // no such grid
		"甲社区,甲路,6号,,\n"), s, asPlaces).Report()
	var got []string
	for _, f := range rep.Findings {
		if f.Kind == ingest.KindOutsideCommunity {
			got = append(got, fmt.Sprint(f.Severity, f.Rows, f.At != nil, f.Message))
		}
	}
	want := []string{
		"warning[4] true「甲社区甲路3号」的坐标在所写的 甲社区 之外 482.4 m，落在 乙社区",
		"warning[5] true「乙社区甲路4号」的坐标在所写的 乙社区 之外 5 km 以上",
		"note[3] true「甲社区甲路2号」的坐标在所写的 甲社区 之外 9.6 m，落在 乙社区",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// The store has both a community and, below it, a grid of another community's
// name: a place stating either is inside.
func TestGridsOfOneNameAtSeveralLevelsAllCount(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(square(`"code":"1","name":"甲社区"`, 120, 30, 0.01))), s, ingest.Options{Level: "village=社区"})
	take(t, file(t, "b.geojson", collection(square(`"code":"11","name":"乙社区"`, 120, 30, 0.005), square(`"code":"12","name":"甲社区"`, 120.005, 30, 0.005))), s, ingest.Options{Level: "grid=网格", ParentLevel: "village"})
	rep := check(t, file(t, "d.csv", "community,road,number,lon,lat\n甲社区,甲路,1号,120.002,30.002\n乙社区,甲路,2号,120.002,30.002\n甲社区,甲路,3号,120.007,30.002\n"), s, asPlaces).Report()
	if !rep.Clean() || rep.Count(ingest.Note) != 0 {
		t.Errorf("%+v", rep.Findings)
	}
}

const suspicious = "标准地址,名称,小区,别名,lon,lat\n" +
	"某市某区甲街道甲社区甲路1号,,,,120.001,30\n" +
	"某市某区甲街道甲社区甲路2号,,甲街道,,120.002,30\n" + // a town
	"某市某区甲街道甲社区甲路3号,,乙路,,120.003,30\n" + // a road
	"某市某区甲街道甲社区甲路4号,,丙路5号,,120.004,30\n" + // an address
	"某市某区甲街道甲社区甲路６号,,,,120.006,30\n" +
	"某市某区甲街道甲社区甲路6号,,,,120.007,30\n" + // written otherwise
	"某市某区甲街道甲社区甲路1号,,,,120.001,30\n" + // again
	"某市某区甲街道甲社区甲路1号,,,,120.002,30\n" + // elsewhere
	"某市某区甲街道甲社区,,,,120.008,30\n" + // no door
	"某市某区甲街道甲社区丁路8号,,翡翠郡,绿楼,120.008,30\n" +
	"某市某区甲街道甲社区丁路9号,,玛瑙苑,绿楼,120.009,30\n" + // an alias of two
	"某市某区甲街道甲社区丁路10号,,,,-120.009,30\n" + // west of Greenwich
	"某市某区甲街道甲社区丁路11号,,,,,\n" + // nowhere
	"某市某区甲街道甲社区丁路12号2楼张宅,,,,120.01,30\n" +
	"某市某区甲街道甲社区丁路13号 李四 13800000000,,,,120.01,30\n" +
	"某市某区甲街道甲社区戊路12号,,,,120.02,30\n" // outside

func TestTheReportOfSuspiciousPlacesReadsAsItAlwaysDid(t *testing.T) {
	s := newStore(t)
	take(t, file(t, "a.geojson", collection(square(`"code":"1","name":"甲社区"`, 120, 29.99, 0.015))), s, ingest.Options{Level: "village=社区"})
	rep := check(t, file(t, "places.csv", suspicious), s, asPlaces).Report()
	rep.DryRun = true
	var text bytes.Buffer
	if err := rep.WriteText(&text, 3); err != nil {
		t.Fatal(err)
	}
	golden(t, "places.report.txt", text.Bytes())
	b, err := json.MarshalIndent(rep, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "places.report.json", append(b, '\n'))
}

// However a table of doors is written, in columns or as whole addresses, the
// same places come of it, and the second time nothing changes.
func TestColumnsAndWholeAddressesMakeTheSamePlaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var columns, whole strings.Builder
		columns.WriteString("city,district,community,road,lane,number,compound,building,lon,lat\n")
		whole.WriteString("address,lon,lat\n")
		pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
		rows := rapid.IntRange(1, 12).Draw(rt, "rows")
		for range rows {
			parts := []string{
				pick("city", "", "济南市"), pick("district", "", "天桥区", "中區"), pick("community", "", "蟠龙社区"), pick("road", "中山路", "大誠街"),
				pick("lane", "", "39巷"), pick("number", "1号", "１２號", "2之3號"), pick("compound", "", "翡翠郡"), "",
			}
			if parts[6] != "" {
				parts[7] = pick("building", "", "3栋")
			}
			at := fmt.Sprintf("120.%03d,30.%03d", rapid.IntRange(1, 9).Draw(rt, "x"), rapid.IntRange(1, 9).Draw(rt, "y"))
			fmt.Fprintf(&columns, "%s,%s\n", strings.Join(parts, ","), at)
			fmt.Fprintf(&whole, "%s,%s\n", strings.Join(parts, ""), at)
		}
		s := newStore(t)
		a := take(t, file(t, "d.csv", columns.String()), s, asPlaces)
		if a.Accepted+a.Merged+a.Rejected != rows || a.Rejected != 0 || len(placesOf(t, s)) != a.Accepted {
			rt.Fatalf("%+v", a)
		}
		b := take(t, file(t, "d.csv", whole.String()), s, asPlaces)
		if b.Unchanged != a.Accepted || b.Created+b.Updated != 0 || b.Merged != a.Merged {
			rt.Fatalf("%+v\n%s\n%s", b, columns.String(), whole.String())
		}
	})
}
