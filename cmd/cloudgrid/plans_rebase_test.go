package main

import (
	"fmt"
	"testing"
)

// publish takes a plan from its draft to the map.
func (d *drafter) publish(rev int64) {
	d.t.Helper()
	for _, step := range []string{"submit", "approve", "publish"} {
		d.must(200, "POST", "/"+step, jsonMap{"rev": rev, "force": true, "note": "试"})
	}
}

func TestAPlanOverAMapThatMovedOnIsRebasedAndRevertedOverHTTP(t *testing.T) {
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	late, first := newDraft(t, base), newDraft(t, base)
	from, to, atoms := late.neighbours()
	late.must(200, "POST", "/ops", ops(0,
		late.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to}), late.op("reassign_atoms", jsonMap{"atoms": atoms[4:5], "to": to})))
	first.must(200, "POST", "/ops", ops(0, first.op("reassign_atoms", jsonMap{"atoms": atoms[:2], "to": to})))
	if p := late.must(200, "GET", "", nil); p["stale_base"] != false || wholeOf(p["base_head"]) != 1 {
		t.Errorf("%v", p)
	}
	first.publish(1)
	p := late.must(200, "GET", "", nil)
	if p["stale_base"] != true || wholeOf(p["base_head"]) != 2 || p["can"].(jsonMap)["rebase"] != true {
		t.Errorf("%v", p)
	}
	clash := late.must(409, "POST", "/rebase", jsonMap{"base_rev": 2})
	list := clash["clashes"].([]any)
	if len(list) != 1 || list[0].(jsonMap)["reason"] == "" || list[0].(jsonMap)["op_id"] != "张三-1" {
		t.Fatalf("%v", clash)
	}
	if p := late.must(200, "POST", "/rebase", jsonMap{"base_rev": 2, "drop": []any{"张三-1"}}); wholeOf(p["rev"]) != 3 || wholeOf(p["base_edition"]) != 2 {
		t.Errorf("%v", p)
	}
	if diff := late.must(200, "GET", "/diff", nil); wholeOf(diff["atoms_moved"]) != 1 {
		t.Errorf("%v", diff["moved"])
	}
	late.publish(3)
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, back := late.call("POST", "/v1/plans/revert", jsonMap{"edition": 1, "name": "恢复"})
	if status != 201 || wholeOf(back["rev"]) == 0 {
		t.Fatalf("%d %v", status, back)
	}
	late.plan = fmt.Sprintf("/v1/plans/%d", wholeOf(back["id"]))
	diff := late.must(200, "GET", "/diff", nil)
	if wholeOf(diff["atoms_moved"]) != 3 {
		t.Errorf("%v", diff["moved"])
	}
	for _, m := range diff["moved"].([]any) {
		if wholeOf(m.(jsonMap)["to"]) != from {
			t.Errorf("%v", m)
		}
	}
}

func TestTheTilesOfADraftShowTheDraftAndThePublishedOnesDoNot(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	label := d.must(200, "GET", fmt.Sprintf("/atoms/%d", atoms[0]), nil)["geometry"].(jsonMap)["coordinates"].([]any)[0].([]any)[0].([]any)[0].([]any)
	tile := tileAt(label[0].(float64), label[1].(float64), 16) + ".mvt"
	look := func(path string) (string, string) {
		status, body, header := fetch(t, base+path)
		if status != 200 {
			t.Fatalf("%s: %d", path, status)
		}
		return string(body), header.Get("ETag")
	}
	published, _ := look("/tiles/grids/" + tile)
	before, tag := look("/tiles" + d.plan[len("/v1"):] + "/" + tile)
	d.must(200, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})))
	after, newTag := look("/tiles" + d.plan[len("/v1"):] + "/" + tile + "?rev=1")
	if before == after || tag == newTag || tag == "" {
		t.Error("a stroke does not show in the tiles of its draft")
	}
	if still, _ := look("/tiles/grids/" + tile); still != published {
		t.Error("a draft shows in the published tiles")
	}
	d.must(200, "POST", "/undo", jsonMap{"id": "u", "base_rev": 1})
	if again, undone := look("/tiles" + d.plan[len("/v1"):] + "/" + tile + "?rev=2"); again != before || undone != tag {
		t.Error("an undone stroke still shows")
	}
	status, body, _ := fetch(t, base+"/tiles"+d.plan[len("/v1"):]+".json")
	if status != 200 || len(body) == 0 {
		t.Errorf("%d", status)
	}
	if status, _, _ := fetch(t, base+"/tiles/plans/999/"+tile); status != 404 {
		t.Errorf("tiles of no plan: %d", status)
	}
}
