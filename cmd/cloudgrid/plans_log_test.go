package main

import (
	"fmt"
	"testing"
	"time"
)

// An operation about a vertex has a place called "at"; so has an entry of the
// log a time.
func TestTheLogTellsWhenAndTheOperationWhere(t *testing.T) {
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	d := newDraft(t, base)
	ground, _, _ := srv.keeper.Current().Main().Ground()
	moved := false
	for i := 0; i < ground.NumArcs() && !moved; i++ {
		arc := ground.Arc(topologyArc(i))
		if len(arc.Points) < 3 || arc.Left < 0 || arc.Right < 0 {
			continue
		}
		lon, lat := arc.Points[1].LonLat()
		batch := ops(0, d.op("move_vertex", jsonMap{"at": []float64{lon, lat}, "to": []float64{lon + 2e-7, lat + 2e-7}}))
		batch["crs"] = "wgs84"
		status, _ := d.call("POST", d.plan+"/ops", batch)
		moved = status == 200
	}
	if !moved {
		t.Fatal("no vertex could be moved")
	}
	entry := d.must(200, "GET", "/ops", nil)["ops"].([]any)[0].(jsonMap)
	if _, err := time.Parse(time.RFC3339, fmt.Sprint(entry["at"])); err != nil {
		t.Errorf("at %v is no time", entry["at"])
	}
	if at, ok := entry["body"].(jsonMap)["at"].([]any); !ok || len(at) != 2 {
		t.Errorf("the body says %v", entry["body"])
	}
}
