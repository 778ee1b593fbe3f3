package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// TestServersOverOnePostGISMakeOnePlan has planners at two servers over one
// database: each hears what happens at the other, and no operation is lost.
func TestServersOverOnePostGISMakeOnePlan(t *testing.T) {
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
	demo, where := bundStore(t)
	_ = demo.Close()
	there := newSchema(t, dsn)
	if _, code := runCopy(t, where, there); code != exitOK {
		t.Fatal("the demo could not be copied")
	}
	var bases []string
	for range 2 {
		s, err := openStore(t.Context(), there, storeWrite)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		base, _ := boot(t, s)
		bases = append(bases, base)
	}
	here := newDraft(t, bases[0])
	_, to, atoms := here.neighbours()
	far := &drafter{t: t, base: bases[1], plan: here.plan, name: "李四"}
	r := listenTo(t, bases[1]+here.plan+"/events", "")
	r.until(t, "presence")
	here.must(200, "POST", "/ops", ops(0, here.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})))
	if e := r.until(t, "op"); e.id != "1" || e.data["actor"] != "张三" {
		t.Errorf("%v", e)
	}
	here.must(201, "POST", "/comments", jsonMap{"text": "看这里"})
	if c := r.until(t, "comment"); c.data["text"] != "看这里" {
		t.Errorf("%v", c)
	}
	clash := far.must(409, "POST", "/ops", ops(0, far.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})))
	if !strings.Contains(fmt.Sprint(clash["clashes"]), "张三") {
		t.Errorf("%v", clash)
	}
	each := (len(atoms) - 1) / 2 // every operation moves an atom of its own
	var all sync.WaitGroup
	for k, d := range []*drafter{here, far} {
		all.Go(func() {
			rev := int64(1)
			for i := range each {
				op := d.op("reassign_atoms", jsonMap{"atoms": []int64{atoms[1+2*i+k]}, "to": to})
				for {
					status, out, err := d.try("POST", d.plan+"/ops", ops(rev, op))
					if err != nil || status != 200 && status != 409 {
						t.Errorf("%d %v %v", status, out, err)
						return
					}
					if out["rev"] != nil {
						rev = wholeOf(out["rev"])
					}
					if status == 200 {
						break
					}
				}
			}
		})
	}
	all.Wait()
	var logs []string
	for _, d := range []*drafter{here, far} {
		var list []any
		until(t, "what the other server took", func() bool {
			list = d.must(200, "GET", "/ops", nil)["ops"].([]any)
			return len(list) >= 1+2*each
		})
		if len(list) != 1+2*each {
			t.Errorf("%d operations", len(list))
		}
		logs = append(logs, fmt.Sprint(list))
	}
	if logs[0] != logs[1] {
		t.Error("the servers have different logs")
	}
}
