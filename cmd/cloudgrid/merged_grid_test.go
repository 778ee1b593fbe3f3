package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
	"cloudgrid/web/who"
)

// mergedAway adds a grid to a map, and ends it as merged into another.
func mergedAway(t *testing.T, s gridmap.Store) (gone, heir gridmap.Grid) {
	t.Helper()
	if err := update(t, s, func(w gridmap.Writer) error {
		first, err := w.NewIDs(t.Context(), 2)
		if err != nil {
			return err
		}
		for g, err := range w.Grids(t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			heir = g
		}
		now := gridmap.Span{ValidFrom: time.Now()}
		gone = heir
		gone.ID, gone.Code, gone.Name, gone.Type, gone.Span = gridmap.GridID(first), "31010190199998", "临时", gridmap.Waterborne, now
		if err := w.PutGrids(t.Context(), gone); err != nil {
			return err
		}
		body := fmt.Appendf(nil, `{"from":%d,"to":%d,"share":1}`, gone.ID, heir.ID)
		return w.PutRecords(t.Context(), gridmap.Record{ID: gridmap.RecordID(first + 1), Kind: gridmap.LineageRecord, Grid: gone.ID, Body: body, Span: now})
	}); err != nil {
		t.Fatal(err)
	}
	if err := update(t, s, func(w gridmap.Writer) error { return w.EndGrids(t.Context(), time.Now(), gone.ID) }); err != nil {
		t.Fatal(err)
	}
	return gone, heir
}

func TestAGridThatWasMergedAwayNamesTheGridThatTookItOver(t *testing.T) {
	s, _ := bundStore(t)
	gone, heir := mergedAway(t, s)
	base, _ := boot(t, s)
	status, body, _ := fetch(t, fmt.Sprintf("%s/v1/grids/%d", base, gone.ID))
	var problem struct{ Detail string }
	if err := json.Unmarshal(body, &problem); err != nil || status != 404 || !strings.Contains(problem.Detail, fmt.Sprintf("并入 %d「%s」", heir.ID, heir.Name)) {
		t.Errorf("%d %s %v", status, body, err)
	}
}

func TestWhatWasOfAGridThatWasMergedAwayIsOfItsHeir(t *testing.T) {
	s, _ := bundStore(t)
	gone, heir := mergedAway(t, s)
	_, srv := boot(t, s)
	policy := auth.Policy{Maps: srv.keeper}
	for name, c := range map[string]struct {
		grant gridmap.Grant
		want  bool
	}{
		"the heir's planner": {gridmap.Grant{Role: rights.Planner, Network: heir.Network, Grid: heir.ID}, true},
		"another network's":  {gridmap.Grant{Role: rights.Planner, Network: heir.Network + 1, Grid: heir.ID}, false},
		"another grid's":     {gridmap.Grant{Role: rights.Planner, Network: heir.Network, Grid: gone.ID + 1000}, false},
		"everybody's":        {gridmap.Grant{Role: rights.Planner}, true},
	} {
		actor := who.Actor{Name: "x", Grants: []gridmap.Grant{c.grant}}
		if got := policy.May(actor, rights.Look, heir.Network, gone.ID) == nil; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if got := policy.Reach(who.With(t.Context(), actor), rights.Look).Grid(gone.ID); got != c.want {
			t.Errorf("%s, in lists: %v", name, got)
		}
	}
}
