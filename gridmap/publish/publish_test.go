package publish

import (
	"encoding/json"
	"testing"

	"cloudgrid/gridmap"
)

func record(t *testing.T, id int64, grid gridmap.GridID, body string) gridmap.Record {
	t.Helper()
	if !json.Valid([]byte(body)) {
		t.Fatal(body)
	}
	return gridmap.Record{ID: gridmap.RecordID(id), Kind: gridmap.PolicyRecord, Grid: grid, Body: json.RawMessage(body)}
}

func TestWithoutRulesNothingPersonalLeaves(t *testing.T) {
	var p Policy
	who := gridmap.Person{Name: "张三丰", Phone: "13800001234", OfficePhone: "0571-88880000"}
	if phone, office := p.PhoneOf(who, Post{}); phone != "138****1234" || office != who.OfficePhone {
		t.Errorf("phone %q, office %q", phone, office)
	}
	if way, _ := p.Way(Photo, Post{}); way != Hidden {
		t.Errorf("photo is %s", way)
	}
}

func TestTheMostParticularRuleDecidesAndBetweenEqualsTheOneThatShowsLeast(t *testing.T) {
	p, bad := New([]gridmap.Record{
		record(t, 1, 0, `{"field":"phone","show":"full","basis":"条例第 3 条"}`),
		record(t, 2, 0, `{"field":"phone","employment":"part_time","show":"hidden"}`),
		record(t, 3, 7, `{"field":"phone","show":"office","basis":"街道公告","line":"95013000001"}`),
		record(t, 4, 7, `{"field":"phone","role":"police","show":"masked"}`),
		record(t, 5, 7, `{"field":"phone","role":"police","show":"full","basis":"x"}`),
		record(t, 6, 0, `{"field":"name","role":"judge","show":"masked"}`),
	}, false)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	who := gridmap.Person{Name: "李四", Phone: "13900005678", OfficePhone: "8000"}
	for _, c := range []struct {
		name          string
		post          Post
		phone, office string
	}{
		{"everywhere", Post{Role: "worker", Chain: []gridmap.GridID{1, 2}}, "13900005678", "8000"},
		{"part-timers", Post{Role: "worker", Employment: gridmap.PartTime, Chain: []gridmap.GridID{1, 2}}, "", ""},
		{"in grid 7 the line", Post{Role: "worker", Chain: []gridmap.GridID{1, 7}}, "", "95013000001"},
		{"below grid 7 too", Post{Role: "worker", Employment: gridmap.PartTime, Chain: []gridmap.GridID{1, 7, 9}}, "", "95013000001"},
		{"police there: two rules, the stricter", Post{Role: "police", Chain: []gridmap.GridID{1, 7}}, "139****5678", "8000"},
	} {
		if phone, office := p.PhoneOf(who, c.post); phone != c.phone || office != c.office {
			t.Errorf("%s: %q %q, want %q %q", c.name, phone, office, c.phone, c.office)
		}
	}
	if name := p.NameOf(gridmap.Person{Name: "欧阳修"}, Post{Role: "judge"}); name != "欧**" {
		t.Errorf("name %q", name)
	}
}

func TestAPolicyThatCannotBeReadHidesRatherThanShows(t *testing.T) {
	p, bad := New([]gridmap.Record{record(t, 1, 5, `{"field":"phone","show":"everything"}`), record(t, 2, 6, `{"field":"phone","show":"full"}`)}, true)
	if len(bad) != 2 {
		t.Fatalf("%d complaints, want 2: %v", len(bad), bad)
	}
	who := gridmap.Person{Name: "王五", Phone: "13700001111"}
	for _, grid := range []gridmap.GridID{5, 6} {
		if phone, _ := p.PhoneOf(who, Post{Chain: []gridmap.GridID{grid}}); phone != "" {
			t.Errorf("grid %d shows %q", grid, phone)
		}
	}
	if phone, _ := p.PhoneOf(who, Post{Chain: []gridmap.GridID{4}}); phone != who.Phone {
		t.Errorf("elsewhere the setting holds, yet %q", phone)
	}
}
