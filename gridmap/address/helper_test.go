package address

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"testing"

	"cloudgrid/spatial"
)

// town is a small table with what real ones have: two districts with the same
// road, compounds with aliases, lanes, sub-numbers, units.
func town() []Entry {
	at := func(i int) spatial.Point { return spatial.Point{X: 1170000000 + int32(i)*1000, Y: 366000000} }
	base := Entry{Province: "山东省", City: "济南市", District: "天桥区", Town: "无影山街道", Community: "翡翠社区", HasPoint: true}
	var es []Entry
	add := func(f func(e *Entry)) {
		e := base
		e.ID = int64(len(es) + 1)
		e.Point = at(len(es))
		e.GridKey = 100
		f(&e)
		es = append(es, e)
	}
	for i := 1; i <= 6; i++ {
		add(func(e *Entry) {
			e.Road, e.Number, e.Compound, e.Building = "无影山中路", "48号", "翡翠郡北区", strconv.Itoa(i)+"号楼"
			e.Aliases, e.GridKey = []string{"翡翠北"}, 101
		})
	}
	for _, n := range []int{410, 412, 414, 416, 417, 420, 422} {
		add(func(e *Entry) { e.Road, e.Number = "中山路", strconv.Itoa(n)+"号" })
	}
	add(func(e *Entry) {
		e.District, e.Town, e.Community, e.Road, e.Number = "历下区", "东关街道", "泉城社区", "中山路", "8号"
	})
	add(func(e *Entry) { e.Road, e.Number = "三民路", "12之5号" })
	add(func(e *Entry) { e.Road, e.Number = "三民路", "12号" })
	add(func(e *Entry) { e.Road, e.Lane, e.Alley, e.Number = "三民路", "39巷", "4弄", "7号" })
	add(func(e *Entry) { e.Road, e.Section, e.Number = "人民路", "四段", "101号" })
	add(func(e *Entry) { e.Compound, e.Aliases = "市人力资源和社会保障局", []string{"人社局"} })
	for i := 1; i <= 3; i++ {
		add(func(e *Entry) {
			e.Compound, e.Building, e.GridKey = "城北二小区", strconv.Itoa(i)+"栋", int64(200+i)
		})
	}
	add(func(e *Entry) { e.Compound, e.Building = "金桥大厦", "A座" })
	add(func(e *Entry) { e.Compound, e.Building = "金桥大厦", "B座" })
	add(func(e *Entry) {
		e.District, e.Town, e.Community = "历下区", "东关街道", "泉城社区"
		e.Compound, e.Building = "阳光花园", "1栋"
	})
	add(func(e *Entry) { e.Compound, e.Building, e.GridKey = "阳光花园", "1栋", 300 })
	for _, u := range []string{"1单元", "2单元"} {
		add(func(e *Entry) { e.Compound, e.Building, e.Unit = "和平家园", "5栋", u })
	}
	return es
}

func build(t testing.TB, es []Entry) *Index {
	t.Helper()
	x, err := Build(slices.Values(es), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// find returns the only entry that f accepts.
func find(t testing.TB, es []Entry, f func(e *Entry) bool) *Entry {
	t.Helper()
	var hit *Entry
	for i := range es {
		if f(&es[i]) {
			if hit != nil {
				t.Fatal("several entries fit")
			}
			hit = &es[i]
		}
	}
	if hit == nil {
		t.Fatal("no entry fits")
	}
	return hit
}

func readCSV(t testing.TB, path string) (head map[string]int, rows [][]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	recs, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head = map[string]int{}
	for i, h := range recs[0] {
		head[h] = i
	}
	return head, recs[1:]
}

// plates reads the door plates of testdata, one entry for each address.
func plates(t testing.TB) []Entry {
	head, rows := readCSV(t, "testdata/taichung_plates.csv")
	var es []Entry
	grids := map[string]int64{}
	for i, r := range rows {
		g := func(k string) string { return r[head[k]] }
		lon, _ := strconv.ParseFloat(g("lon"), 64)
		lat, _ := strconv.ParseFloat(g("lat"), 64)
		p, err := spatial.FromLonLat(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		if grids[g("gid")] == 0 {
			grids[g("gid")] = int64(len(grids) + 1)
		}
		es = append(es, Entry{
			ID: int64(i + 1), City: g("city"), District: g("district"), Community: g("community"), Grid: g("grid"),
			Road: g("road"), Section: g("section"), Lane: g("lane"), Alley: g("alley"), Number: g("number"), Point: p, HasPoint: true, GridKey: grids[g("gid")],
		})
	}
	return es
}

func full(e *Entry) string {
	return e.Province + e.City + e.District + e.Town + e.Community + e.Grid + e.Road + e.Section + e.Lane + e.Alley + e.SubAlley + e.Number + e.Compound + e.Building + e.Unit
}
