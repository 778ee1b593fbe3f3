package main

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

func TestJiningAnswersBothNetsOfAShopAndPrintsOnlyTheCardsThatChanged(t *testing.T) {
	p := openPack(t, "jining")
	p.wantGrids("main", 5, 36, 1964)
	p.wantGrids("trade", 5, 118)
	p.wantStaff("main", "grid_worker", "", 2699, 2699)
	p.wantStaff("trade", "shop_worker", "", 275, 275)
	if got := len(p.placesOf("shop")); got != 5297 || p.total("trade", "shops") != 5297 || p.total("main", "persons") != 1964*154 {
		t.Errorf("%d shops, counted %d; %d people", got, p.total("trade", "shops"), p.total("main", "persons"))
	}
	groups := map[string]bool{}
	for _, n := range p.atlas().Nets() {
		for i := range n.Grids {
			if len(n.Grids[i].Children) == 0 {
				groups[n.Grids[i].Attrs["chat_group"]] = true
			}
			if n.Network.Main && len(n.Grids[i].Children) == 0 && strings.Count(n.Grids[i].Attrs["nets"], "、") != 4 {
				t.Fatalf("%s is of the nets %q", n.Grids[i].Code, n.Grids[i].Attrs["nets"])
			}
		}
	}
	if len(groups) != 2082 || groups[""] {
		t.Errorf("%d chat groups", len(groups))
	}
	p.wantWhole("main", 3)
	p.wantWhole("trade", 2)
	p.wantCheck(exitOK, `"problems":[]`)
	shop := p.placesOf("shop")[2500]
	a := p.at(shop, "&network=*")
	if len(a.Chain) != 3 || !strings.HasPrefix(a.Chain[2].Code, "JN-") || len(a.Others) != 1 || len(a.Others[0].Chain) != 2 || !strings.HasPrefix(a.Others[0].Chain[1].Code, "JS-") {
		t.Errorf("%s: %+v and %+v", shop.Name, a.Chain, a.Others)
	}
	for file, want := range map[string]int{
		"responsibility.csv": 2699, "responsibility.csv?network=trade": 275, "shopfronts.csv?network=trade": 5297,
		"registration.csv": 1964, "registration.csv?network=trade": 118, "cards.csv": 5892,
	} {
		if rows := p.roll(file); len(rows) != want {
			t.Errorf("%s has %d rows, want %d", file, len(rows), want)
		}
	}
	p.wantChangedCards()
}

// roll reads a roll without its header.
func (p *pack) roll(file string) [][]string {
	p.t.Helper()
	status, body, _ := fetch(p.t, p.base+"/v1/rolls/"+file)
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if status != http.StatusOK || err != nil {
		p.t.Fatalf("%s: %d %v %.200s", file, status, err, body)
	}
	return rows[1:]
}

// wantChangedCards gives one building to the neighbouring grid: one card is
// printed anew.
func (p *pack) wantChangedCards() {
	p.t.Helper()
	n := p.atlas().Main()
	moved, to := p.placesOf("building")[30], n.OfPlace(p.atlas(), p.placesOf("building")[33])
	before := time.Now()
	if err := update(p.t, p.s, func(w gridmap.Writer) error {
		return w.PutMemberships(p.t.Context(), gridmap.Membership{Atom: moved.Atom, Network: n.Network.ID, Grid: n.Grids[to].ID, Span: gridmap.Span{ValidFrom: time.Now()}})
	}); err != nil {
		p.t.Fatal(err)
	}
	if err := p.srv.keeper.Refresh(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	rows := p.roll("cards.csv?since=" + url.QueryEscape(before.Format(time.RFC3339Nano)))
	if len(rows) != 1 || !slices.Contains(rows[0], moved.Name) || !slices.Contains(rows[0], n.Grids[to].Code) {
		p.t.Errorf("cards to print again: %v, want that of %s in %s", rows, moved.Name, n.Grids[to].Code)
	}
}
