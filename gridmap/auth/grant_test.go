package auth_test

import (
	"slices"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/auth"
)

// codes are one network with one grid.
type codes struct{}

func (codes) NetworkID(code string) gridmap.NetworkID {
	return map[string]gridmap.NetworkID{"main": 1}[code]
}

func (codes) NetworkCode(id gridmap.NetworkID) string {
	return map[gridmap.NetworkID]string{1: "main"}[id]
}

func (codes) GridID(n gridmap.NetworkID, code string) gridmap.GridID {
	if n == 1 && code == "A-12" {
		return 12
	}
	return 0
}
func (codes) GridCode(id gridmap.GridID) string { return map[gridmap.GridID]string{12: "A-12"}[id] }

func TestGrantsAreReadAsTheyAreWritten(t *testing.T) {
	want := []gridmap.Grant{{Role: auth.Planner, Network: 1, Grid: 12}, {Role: auth.Field, Network: 1}, {Role: auth.Admin}}
	got, err := auth.ParseGrants("planner:main:A-12, field:main\nadmin", codes{})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, text := range []string{"planner:main:A-12", "field:main", "admin"} {
		if got := auth.FormatGrant(want[i], codes{}); got != text {
			t.Errorf("%s, want %s", got, text)
		}
	}
	if got := auth.FormatGrant(gridmap.Grant{Role: auth.Field, Network: 9, Grid: 9}, codes{}); got != "field:?:?" {
		t.Error(got)
	}
	for _, bad := range []string{"root", "planner:none", "planner:main:none", "admin:main", "planner::A-12", ":main"} {
		if _, err := auth.ParseGrants(bad, codes{}); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if auth.AccountName("  Zhang.San ") != "zhang.san" || !auth.IsAdmin(want) || auth.IsAdmin(want[:2]) {
		t.Error("names or admins")
	}
}
