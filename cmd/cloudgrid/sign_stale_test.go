package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/sign"
)

func TestADraftTellsWhichSignsItMakesWrong(t *testing.T) {
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	a := srv.keeper.Current()
	n := a.Main()
	desk := &sign.Desk{Store: s, Journal: s.(gridmap.Journal), Now: time.Now, Random: rand.Reader}
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	var there gridmap.PlaceID
	var moved gridmap.AtomID
	for i := range a.Places() {
		p := &a.Places()[i]
		for _, id := range atoms {
			if atomOf(a, n, p) == gridmap.AtomID(id) {
				there, moved = p.ID, gridmap.AtomID(id)
			}
		}
	}
	if there == 0 {
		t.Fatal("no place in the grid")
	}
	signs, err := desk.Register(t.Context(), "test", sign.New{Place: there})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	d = newDraft(t, base) // over the map with the sign
	wrong := func() (messages []string) {
		for _, p := range d.must(200, "GET", "/problems", nil)["problems"].([]any) {
			if p.(jsonMap)["kind"] == "sign" {
				messages = append(messages, fmt.Sprint(p.(jsonMap)["message"]))
			}
		}
		return messages
	}
	if got := wrong(); len(got) != 0 {
		t.Errorf("before anything was drawn: %v", got)
	}
	d.must(200, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": []int64{int64(moved)}, "to": to})))
	if got := wrong(); len(got) != 1 || !strings.Contains(got[0], sign.Grouped(signs[0].Code)) {
		t.Errorf("the sign's place changed hands: %v", got)
	}
}
