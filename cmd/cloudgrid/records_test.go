package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// keepRecord posts one record and returns the status and its id.
func keepRecord(t *testing.T, v *visitor, record string) (status int, id int64) {
	t.Helper()
	status, body := v.postJSON("/v1/records", `{"records":[`+record+`]}`)
	var made struct{ IDs []int64 }
	if status == http.StatusCreated {
		if err := json.Unmarshal([]byte(body), &made); err != nil || len(made.IDs) != 1 {
			t.Fatalf("%v %s", err, body)
		}
		id = made.IDs[0]
	}
	return status, id
}

func TestARecordOfAnotherPartIsNotReplacedByItsID(t *testing.T) {
	o := openOffice(t, access{})
	everywhere := o.in("all", gridmap.Grant{Role: rights.Planner})
	east := o.in("east", gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.own})
	status, id := keepRecord(t, everywhere, `{"kind":"policy","body":{"field":"phone","show":"hidden"}}`)
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	mine := fmt.Sprintf(`"kind":"policy","grid":%d,"body":{"field":"phone","show":"masked"}`, o.own)
	if status, _ := keepRecord(t, east, fmt.Sprintf(`{"id":%d,%s}`, id, mine)); status != http.StatusForbidden {
		t.Errorf("whoever keeps one part moved everybody's policy there: %d", status)
	}
	status, own := keepRecord(t, east, "{"+mine+"}")
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	if status, again := keepRecord(t, east, fmt.Sprintf(`{"id":%d,%s}`, own, mine)); status != http.StatusCreated || again != own {
		t.Errorf("one's own: %d", status)
	}
}

func TestTheIDOfANewRecordIsNotTheSendersChoice(t *testing.T) {
	o := openOffice(t, access{})
	v := o.in("all", gridmap.Grant{Role: rights.Planner})
	for _, id := range []string{"9223372036854775806", "9223372036854775807", "9007199254740993", "55555555"} {
		if status, _ := keepRecord(t, v, `{"id":`+id+`,"kind":"mode","body":{"mode":"normal"}}`); status != http.StatusNotFound {
			t.Errorf("id %s: %d", id, status)
		}
	}
	if status, id := keepRecord(t, v, `{"kind":"mode","body":{"mode":"normal"}}`); status != http.StatusCreated || id > 1<<40 {
		t.Errorf("afterwards: %d, id %d", status, id)
	}
}

func TestARecordThatNamesNobodyOrNothingIsRefused(t *testing.T) {
	o := openOffice(t, access{})
	v := o.in("all", gridmap.Grant{Role: rights.Planner})
	for record, want := range map[string]int{
		`{"kind":"matter","key":"M1","body":{"name":"违建","department":"nowhere"}}`:         http.StatusBadRequest,
		`{"kind":"absence","person":1,"body":{"reason":"leave","substitute":987654321}}`:   http.StatusBadRequest,
		`{"kind":"mode","body":{"mode":"normal","zz":1}}`:                                  http.StatusBadRequest,
		`{"kind":"policy","body":{"field":"phone","show":"hidden","until":"2027"}}`:        http.StatusBadRequest,
		fmt.Sprintf(`{"kind":"link","grid":%d,"body":{"unit":"nowhere"}}`, o.own):          http.StatusBadRequest,
		`{"kind":"unit","key":"cg","body":{"tree":"department","name":"城管局","phone":"1"}}`: http.StatusCreated,
	} {
		if status, _ := keepRecord(t, v, record); status != want {
			t.Errorf("%s: %d, want %d", record, status, want)
		}
	}
	together := `{"kind":"unit","key":"mz","body":{"tree":"department","name":"民政局"}},{"kind":"matter","key":"M2","body":{"name":"低保","department":"mz"}}`
	if status, body := v.postJSON("/v1/records", `{"records":[`+together+`]}`); status != http.StatusCreated {
		t.Errorf("a matter with its department in one request: %d %s", status, body)
	}
}
