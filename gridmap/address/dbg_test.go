package address

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestDbg(t *testing.T) {
	d := os.Getenv("DBG")
	if d == "" {
		t.Skip()
	}
	f, _ := os.Open(d + "/buildings.csv")
	recs, _ := csv.NewReader(f).ReadAll()
	col := map[string]int{}
	for i, h := range recs[0] {
		col[h] = i
	}
	var es []Entry
	for i, r := range recs[1:] {
		g := func(k string) string { return r[col[k]] }
		e := Entry{ID: int64(i + 1), Province: g("province"), City: g("city"), District: g("district"), Town: g("town"), Community: g("community"), Grid: g("grid"), Road: g("road"), Section: g("section"), Lane: g("lane"), Alley: g("alley"), SubAlley: g("suballey"), Number: g("number"), Compound: g("compound"), Building: g("building")}
		if g("alias") != "" {
			e.Aliases = strings.Split(g("alias"), "#")
		}
		es = append(es, e)
	}
	x, _ := Build(slices.Values(es), Options{})
	for _, s := range strings.Split(os.Getenv("Q"), "|") {
		q := &query{}
		q.reset(x)
		q.c.clean(s, q.t)
		q.search()
		fmt.Println("==", s, string(q.c.r))
		for _, m := range q.ments {
			fmt.Printf("  ment %s [%d,%d) short=%v inner=%v kind=%d of %s\n", string(q.c.r[m.i:m.j]), m.i, m.j, m.short, m.inner, x.names.at(m.name).kind, x.names.at(m.name).text)
		}
		for _, m := range q.near {
			fmt.Printf("  near %s cost %.2f -> %s\n", string(q.c.r[m.i:m.j]), m.cost, x.names.at(m.name).text)
		}
		for i, c := range q.cands {
			if i < 6 {
				fmt.Printf("  cand %.2f typo %.2f left %.2f num %.2f conf %.2f %s sup %d %s\n", c.cost, c.typo, c.left, c.number, c.conflict, c.level, c.support, x.textOf(x.rows.at(c.row)))
			}
		}
		for _, m := range q.roads {
			fmt.Printf("  road %s cost %.2f\n", x.names.at(m.m.name).text, m.cost)
		}
		a := q.decide(s, MatchOptions{Threshold: -1})
		fmt.Printf("  => %+v\n", a)
	}
}
