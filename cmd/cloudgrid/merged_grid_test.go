package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestAGridThatWasMergedAwayNamesTheGridThatTookItOver(t *testing.T) {
	s, _ := bundStore(t)
	var gone, heir gridmap.Grid
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
	base, _ := boot(t, s)
	status, body, _ := fetch(t, fmt.Sprintf("%s/v1/grids/%d", base, gone.ID))
	var problem struct{ Detail string }
	if err := json.Unmarshal(body, &problem); err != nil || status != 404 || !strings.Contains(problem.Detail, fmt.Sprintf("并入 %d「%s」", heir.ID, heir.Name)) {
		t.Errorf("%d %s %v", status, body, err)
	}
}
