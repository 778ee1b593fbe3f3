package main

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

type dutyUnit struct{ Key, Tree, Name string }

type dutyAnswer struct {
	Network, Status string
	Duty            struct {
		Mode, Because string
		Matter        struct {
			Name, Department string
			Listed, Admitted bool
			SLA              struct {
				Class  string
				OnSite int `json:"on_site_min"`
				Reply  int `json:"reply_min"`
			}
		}
		Units    []dutyUnit
		Liaisons []struct {
			Title, Name string
			OfficePhone string `json:"office_phone"`
			Place       int64
		}
		Contacts []struct {
			Kind, Name, Phone, Why string
			RoleName               string `json:"role_name"`
			OfficePhone            string `json:"office_phone"`
			Grid                   struct{ Code string }
		}
		Skipped []string
	}
	Chain []struct {
		Code  string
		Staff []struct{ Role, Name, Phone string }
	}
	Others []dutyAnswer
}

func askDuty(t *testing.T, base, query string) dutyAnswer {
	t.Helper()
	status, body, _ := fetch(t, base+"/v1/resolve?"+query)
	if status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	var a dutyAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return a
}

// putRecords adds records, numbered by the store, valid from now on.
func putRecords(t *testing.T, s gridmap.Store, srv *server, records ...gridmap.Record) {
	t.Helper()
	now := time.Now()
	if err := update(t, s, func(w gridmap.Writer) error {
		id, err := w.NewIDs(t.Context(), len(records))
		if err != nil {
			return err
		}
		for i := range records {
			records[i].ID = gridmap.RecordID(id + int64(i))
			records[i].ValidFrom = now
		}
		return w.PutRecords(t.Context(), records...)
	}); err != nil {
		t.Fatal(err)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

const inTaichung = "lon=120.6867&lat=24.1376&crs=wgs84"

func TestWhomToCallFollowsRostersAbsencesAndTheListOfMatters(t *testing.T) {
	s, _ := demoStore(t)
	base, srv := boot(t, s)
	plain := askDuty(t, base, inTaichung+"&duty=1")
	if len(plain.Duty.Contacts) < 2 || plain.Duty.Contacts[len(plain.Duty.Contacts)-1].Kind != "hotline" {
		t.Fatalf("contacts %+v", plain.Duty.Contacts)
	}
	first := plain.Duty.Contacts[0]
	leaf := srv.keeper.Current().Main().ByCode(plain.Chain[len(plain.Chain)-1].Code)
	grid := srv.keeper.Current().Main().Grids[leaf]
	person := srv.keeper.Current().Person(grid.Posts[0].Person)
	if first.Name != person.Name || first.Phone == person.Phone && person.Phone != "" {
		t.Errorf("first %+v, want %s with a masked phone", first, person.Name)
	}
	putRecords(
		t, s, srv,
		gridmap.Record{Kind: gridmap.AbsenceRecord, Person: person.ID, Body: json.RawMessage(`{"reason":"leave"}`)},
		gridmap.Record{Kind: gridmap.UnitRecord, Key: "cg", Body: json.RawMessage(`{"tree":"department","name":"城管局","phone":"04-96310"}`)},
		gridmap.Record{Kind: gridmap.MatterRecord, Key: "B1", Body: json.RawMessage(`{"name":"违建","department":"cg","admitted":false}`)},
		gridmap.Record{Kind: gridmap.PolicyRecord, Grid: grid.ID, Body: json.RawMessage(`{"field":"phone","show":"hidden"}`)},
	)
	away := askDuty(t, base, inTaichung+"&duty=1")
	if away.Duty.Contacts[0].Name == person.Name || len(away.Duty.Skipped) == 0 || !strings.Contains(away.Duty.Skipped[0], "请假") {
		t.Errorf("while away: %+v, skipped %v", away.Duty.Contacts[0], away.Duty.Skipped)
	}
	for _, g := range away.Chain[len(away.Chain)-1:] {
		for _, p := range g.Staff {
			if p.Phone != "" {
				t.Errorf("%s's phone is hidden by a policy, yet shown as %s", p.Name, p.Phone)
			}
		}
	}
	matter := askDuty(t, base, inTaichung+"&matter="+url.QueryEscape("违建"))
	if c := matter.Duty.Contacts[0]; c.Name != "城管局" || matter.Duty.Matter.Admitted || matter.Duty.Matter.Department != "城管局" {
		t.Errorf("not admitted: %+v %+v", c, matter.Duty.Matter)
	}
	for _, c := range matter.Duty.Contacts {
		if c.RoleName != "" && c.Kind != "line" {
			t.Errorf("a matter that is not admitted went to %s", c.Name)
		}
	}
	if unlisted := askDuty(t, base, inTaichung+"&matter="+url.QueryEscape("没有的事")); unlisted.Duty.Matter.Listed {
		t.Errorf("%+v", unlisted.Duty.Matter)
	}
}

func TestNearABorderOnlyTheSharedGridIsCalled(t *testing.T) {
	s, _ := demoStore(t)
	base, _ := boot(t, s)
	a := askDuty(t, base, inTaichung+"&accuracy=2000&duty=1")
	if a.Status != "near_border" {
		t.Fatalf("status %s", a.Status)
	}
	leaf := a.Chain[len(a.Chain)-1].Code
	for _, c := range a.Duty.Contacts {
		if c.Grid.Code == leaf {
			t.Errorf("%s of %s is called although it is not certain", c.Name, leaf)
		}
	}
}

func TestEveryNetworkAnswersWhenAllAreAsked(t *testing.T) {
	s, _ := demoStore(t)
	if err := update(t, s, func(w gridmap.Writer) error {
		id, err := w.NewIDs(t.Context(), 1)
		if err != nil {
			return err
		}
		n := gridmap.NetworkID(id)
		if err := w.PutNetwork(t.Context(), gridmap.Network{ID: n, Code: "trade", Name: "商业网"}); err != nil {
			return err
		}
		return w.PutLevels(t.Context(), n, []gridmap.Level{{Network: n, Rank: 0, Code: "grid", Name: "商业网格"}})
	}); err != nil {
		t.Fatal(err)
	}
	base, _ := boot(t, s)
	if a := askDuty(t, base, inTaichung+"&network=*"); len(a.Others) != 1 || a.Others[0].Network != "trade" {
		t.Errorf("others %+v", a.Others)
	}
	if a := askDuty(t, base, inTaichung); len(a.Others) != 0 {
		t.Errorf("others without being asked: %+v", a.Others)
	}
}
