package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// ownersAt is the owner of each atom as a board has it.
func (d *drafter) ownersAt(query string) map[int64]int64 {
	d.t.Helper()
	var board planBoard
	status, body, _ := fetch(d.t, d.base+d.plan+"/board"+query)
	if err := json.Unmarshal(body, &board); err != nil || status != http.StatusOK {
		d.t.Fatalf("%s: %d %v", query, status, err)
	}
	return board.owners()
}

func TestADraftIsLookedBackAtOverHTTP(t *testing.T) {
	base, _ := bundServer(t)
	d := newDraft(t, base)
	from, to, atoms := d.neighbours()
	states := []map[int64]int64{d.ownersAt("")}
	for i, atom := range atoms[:3] {
		d.must(200, "POST", "/ops", ops(int64(i), d.op("reassign_atoms", jsonMap{"atoms": []int64{atom}, "to": to})))
		states = append(states, d.ownersAt(""))
	}
	d.must(200, "POST", "/undo", jsonMap{"id": "u", "base_rev": 3})
	for rev, want := range states {
		if differ := differences(want, d.ownersAt(fmt.Sprintf("?rev=%d", rev))); len(differ) > 0 {
			t.Errorf("revision %d: %v", rev, differ)
		}
	}
	back := d.must(200, "GET", "/replay?from=4&to=1", nil)["effects"].(jsonMap)["atoms"].(jsonMap)
	if ids, owners := back["id"].([]any), back["owner"].([]any); len(ids) != 1 || wholeOf(ids[0]) != atoms[1] || wholeOf(owners[0]) != from {
		t.Errorf("from 4 back to 1: %v", back)
	}
	if diff := d.must(200, "GET", "/diff?rev=1", nil); wholeOf(diff["atoms_moved"]) != 1 || wholeOf(diff["rev"]) != 1 {
		t.Errorf("differences at 1: %v", diff)
	}
	for path, want := range map[string]int{
		"/board?rev=5": 404, "/board?rev=x": 400, "/problems?rev=-1": 400, "/problems?rev=0": 200, "/replay?from=0&to=9": 404, "/replay?from=0": 422,
	} {
		if status, _, _ := fetch(t, base+d.plan+path); status != want && (want != 422 || status/100 != 4) {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	tile := func(query string) string {
		var j struct{ Tiles []string }
		_, body, _ := fetch(t, base+"/tiles"+d.plan[3:]+".json"+query)
		if err := json.Unmarshal(body, &j); err != nil || len(j.Tiles) != 1 {
			t.Fatalf("%v %s", err, body)
		}
		return j.Tiles[0]
	}
	if then, now := tile("?at_rev=1"), tile(""); then == now {
		t.Errorf("the tiles of then and now have one address %s", now)
	}
}

func bundServer(t *testing.T) (string, *server) {
	t.Helper()
	s, _ := bundStore(t)
	return boot(t, s)
}
