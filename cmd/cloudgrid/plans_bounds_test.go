package main

import (
	"fmt"
	"testing"
)

func TestAStreamBeginsAtTheRevisionThatItsReaderHas(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	d.must(200, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})))
	for name, c := range map[string]struct {
		query, lastID string
		reload        bool
	}{
		"since=0":         {"?since=0", "", false},
		"Last-Event-ID 0": {"", "0", false},
		"a later one":     {"?since=999", "", true},
	} {
		r := listenTo(t, base+d.plan+"/events"+c.query, c.lastID)
		e := r.until(t, "op")
		if effects := e.data["effects"].(jsonMap); e.id != "1" || (effects["reload"] == true) != c.reload {
			t.Errorf("%s: %s %v", name, e.id, fmt.Sprint(effects))
		}
		r.stop()
	}
}
