package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// drafter is a planner at a plan over HTTP.
type drafter struct {
	t    *testing.T
	base string // of the server
	plan string // of the plan's routes
	name string
	n    int
}

// jsonMap is an answer of which a test reads little.
type jsonMap = map[string]any

func (d *drafter) call(method, path string, body any) (int, jsonMap) {
	d.t.Helper()
	status, out, err := d.try(method, path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	return status, out
}

func (d *drafter) try(method, path string, body any) (int, jsonMap, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.base+path, strings.NewReader(string(text)))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CloudGrid-Actor", url.PathEscape(d.name))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	var out jsonMap
	if resp.StatusCode != http.StatusNoContent {
		err = json.NewDecoder(resp.Body).Decode(&out)
	}
	return resp.StatusCode, out, err
}

// must is call with the answer that is wanted.
func (d *drafter) must(want int, method, path string, body any) jsonMap {
	d.t.Helper()
	status, out := d.call(method, d.plan+path, body)
	if status != want {
		d.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// op is an operation with an id of its own.
func (d *drafter) op(kind string, body jsonMap) jsonMap {
	d.n++
	op := jsonMap{"id": fmt.Sprintf("%s-%d", d.name, d.n), "kind": kind}
	for k, v := range body {
		op[k] = v
	}
	return op
}

func ops(baseRev int64, list ...jsonMap) jsonMap { return jsonMap{"base_rev": baseRev, "ops": list} }

// newDraft begins a plan on a server.
func newDraft(t *testing.T, base string) *drafter {
	t.Helper()
	d := &drafter{t: t, base: base, name: "张三"}
	status, p := d.call(http.MethodPost, "/v1/plans", jsonMap{"name": "调整方案"})
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, p)
	}
	d.plan = fmt.Sprintf("/v1/plans/%.0f", p["id"])
	return d
}

func (d *drafter) as(name string) *drafter {
	return &drafter{t: d.t, base: d.base, plan: d.plan, name: name}
}

// neighbours returns two leaf grids of one community that lie beside each
// other, and the atoms of the first, as the board has them.
func (d *drafter) neighbours() (from, to int64, atoms []int64) {
	d.t.Helper()
	status, body, _ := fetch(d.t, d.base+d.plan+"/board")
	if status != 200 {
		d.t.Fatal(status)
	}
	return d.neighboursIn(string(body))
}

func (d *drafter) neighboursIn(body string) (from, to int64, atoms []int64) {
	d.t.Helper()
	var board struct {
		Grids []struct {
			ID, Parent int64
			Leaf       bool
		}
		Atoms struct{ ID, Owner []int64 }
	}
	if err := json.Unmarshal([]byte(body), &board); err != nil {
		d.t.Fatal(err)
	}
	parent := map[int64]int64{}
	for _, g := range board.Grids {
		if !g.Leaf {
			continue
		}
		if other, ok := parent[g.Parent]; ok {
			from, to = other, g.ID
			break
		}
		parent[g.Parent] = g.ID
	}
	for i, o := range board.Atoms.Owner {
		if o == from {
			atoms = append(atoms, board.Atoms.ID[i])
		}
	}
	return from, to, atoms
}

func wholeOf(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

func TestAPlanGoesFromADraftToTheMap(t *testing.T) {
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	zhang := newDraft(t, base)
	li := zhang.as("李四")
	from, to, atoms := zhang.neighbours()

	a := zhang.must(200, "POST", "/ops", ops(0, zhang.op("reassign_atoms", jsonMap{"atoms": atoms[:2], "to": to})))
	if wholeOf(a["rev"]) != 1 || a["undo"].(jsonMap)["can"] != true {
		t.Errorf("%v", a)
	}
	clash := li.must(409, "POST", "/ops", ops(0, li.op("reassign_atoms", jsonMap{"atoms": atoms[1:3], "to": to})))
	items := clash["clashes"].([]any)
	if len(items) != 1 || items[0].(jsonMap)["actor"] != "张三" || fmt.Sprint(items[0].(jsonMap)["items"]) != fmt.Sprintf("[atom:%d]", atoms[1]) || wholeOf(clash["rev"]) != 1 {
		t.Errorf("%v", clash)
	}
	if a := li.must(200, "POST", "/ops", ops(0, li.op("reassign_atoms", jsonMap{"atoms": atoms[3:4], "to": to}))); a["rebased"] != true || wholeOf(a["rev"]) != 2 {
		t.Errorf("disjoint: %v", a["rev"])
	}
	zhang.must(200, "POST", "/undo", jsonMap{"id": "u", "base_rev": 2})
	again := zhang.must(200, "POST", "/undo", jsonMap{"id": "u", "base_rev": 2})
	if wholeOf(again["rev"]) != 3 {
		t.Errorf("the same undo again: %v", again["rev"])
	}
	if diff := zhang.must(200, "GET", "/diff", nil); wholeOf(diff["atoms_moved"]) != 1 {
		t.Errorf("%v", diff)
	}
	zhang.must(200, "POST", "/redo", jsonMap{"id": "r", "base_rev": 3})

	submit := zhang.must(200, "POST", "/submit", jsonMap{"rev": 4, "force": true, "note": "试"})
	if submit["state"] != "submitted" {
		t.Errorf("%v", submit)
	}
	zhang.must(409, "POST", "/ops", ops(4, zhang.op("reassign_atoms", jsonMap{"atoms": atoms[4:5], "to": to})))
	zhang.must(400, "POST", "/return", jsonMap{"rev": 4})
	zhang.must(200, "POST", "/return", jsonMap{"rev": 4, "note": "再看看"})
	zhang.must(409, "POST", "/submit", jsonMap{"rev": 3})
	for _, step := range []string{"submit", "approve", "announce"} {
		zhang.must(200, "POST", "/"+step, jsonMap{"rev": 4, "force": true, "note": "好"})
	}
	p := li.must(200, "POST", "/publish", jsonMap{"rev": 4, "force": true, "note": "发布"})
	if p["state"] != "published" || wholeOf(p["edition"]) != 2 {
		t.Fatalf("%v", p)
	}
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	cur := srv.keeper.Current()
	n := cur.Main()
	_, index, owner := n.Ground()
	for f, i := range index {
		id, want := int64(cur.Atom(i).ID), from
		if slices.Contains(atoms[:2], id) || id == atoms[3] {
			want = to
		}
		if slices.Contains(atoms, id) && int64(n.Grids[owner[f]].ID) != want {
			t.Errorf("atom %d belongs to %d, want %d", id, n.Grids[owner[f]].ID, want)
		}
	}
	zhang.must(409, "POST", "/ops", ops(4, zhang.op("reassign_atoms", jsonMap{"atoms": atoms[4:5], "to": to})))
	zhang.must(409, "POST", "/abandon", jsonMap{"rev": 4})
	var actions []string
	for _, e := range zhang.must(200, "GET", "/history", nil)["events"].([]any) {
		actions = append(actions, fmt.Sprint(e.(jsonMap)["action"]))
	}
	if got := strings.Join(actions, " "); got != "create submit return submit approve announce publish" {
		t.Errorf("%s", got)
	}
	audited(t, s, "plan-publish", "plan-approve", "plan-return")
}

// audited checks that the audit chain holds lines of these actions.
func audited(t *testing.T, s gridmap.Store, actions ...string) {
	t.Helper()
	seen := map[string]bool{}
	err := s.View(t.Context(), func(r gridmap.Reader) error {
		for e, err := range r.Audit(t.Context(), 0) {
			if err != nil {
				return err
			}
			seen[e.Action] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		if !seen[a] {
			t.Errorf("%s is not in the audit", a)
		}
	}
}

func TestWhatIsWrongWithARequestToAPlanIsSaid(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	for name, c := range map[string]struct {
		status       int
		method, path string
		body         any
		want         string
	}{
		"a vertex without a frame": {400, "POST", "/ops", ops(0, d.op("move_vertex", jsonMap{"at": []float64{121.4, 31.2}, "to": []float64{121.4, 31.2}})), "wgs84"},
		"a frame that shifts":      {400, "POST", "/ops", jsonMap{"base_rev": 0, "crs": "gcj02", "ops": []jsonMap{d.op("delete_vertex", jsonMap{"at": []float64{121.4, 31.2}})}}, "gcj02"},
		"no operations":            {400, "POST", "/ops", ops(0), "200"},
		"an unknown kind":          {400, "POST", "/ops", ops(0, d.op("explode", nil)), "explode"},
		"an undo as an operation":  {400, "POST", "/ops", ops(0, d.op("undo", nil)), "undo"},
		"a misspelt member":        {400, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atom": atoms[:1], "to": to})), "atom"},
		"an atom that is not":      {404, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": []int64{1 << 40}, "to": to})), "1099511627776"},
		"no id":                    {400, "POST", "/ops", ops(0, jsonMap{"kind": "merge"}), "id"},
		"a revision to come":       {400, "POST", "/ops", ops(9, d.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})), "9"},
		"nothing to undo":          {409, "POST", "/undo", jsonMap{"id": "x", "base_rev": 0}, "撤销"},
		"nothing to redo":          {409, "POST", "/redo", jsonMap{"id": "x", "base_rev": 0}, "重做"},
		"an unknown target":        {404, "POST", "/undo", jsonMap{"id": "x", "base_rev": 0, "target": "none"}, "none"},
		"approved before its time": {409, "POST", "/approve", jsonMap{"rev": 0}, "编制中"},
		"forced without a word":    {400, "POST", "/submit", jsonMap{"rev": 0, "force": true}, "理由"},
		"a date that is none":      {400, "PATCH", "", jsonMap{"effective_at": "明天"}, "明天"},
		"a name that is none":      {400, "PATCH", "", jsonMap{"name": "  "}, "名称"},
		"an empty comment":         {400, "POST", "/comments", jsonMap{"text": " "}, "批注"},
		"a place without a frame":  {400, "POST", "/comments", jsonMap{"text": "这里", "point": []float64{121.4, 31.2}}, "crs"},
		"an atom to look at":       {404, "GET", "/atoms/1", nil, "1"},
		"no border near":           {404, "GET", "/arc?at=0,0&crs=wgs84", nil, "边界"},
		"a proposal without sense": {400, "POST", "/proposals", jsonMap{"task": "dance"}, "dance"},
		"a proposal for nobody":    {400, "POST", "/proposals", jsonMap{"task": "split", "grid": 1 << 40}, "1099511627776"},
		"a walk below nothing":     {400, "POST", "/proposals", jsonMap{"task": "balance", "weights": jsonMap{"walk_per_km": -1}}, "walk_per_km"},
		"too much for few grids":   {400, "POST", "/proposals", jsonMap{"task": "balance", "weights": jsonMap{"touched_grid": 1e9}}, "touched_grid"},
		"no such proposal":         {404, "GET", "/proposals/none", nil, "none"},
		"an edition to come":       {404, "POST", "/../revert", jsonMap{"edition": 99, "name": "回退"}, "99"},
	} {
		status, out := d.call(c.method, strings.ReplaceAll(d.plan+c.path, d.plan+"/..", "/v1/plans"), c.body)
		if status != c.status || !strings.Contains(fmt.Sprint(out["detail"]), c.want) || out["code"] == nil {
			t.Errorf("%s: %d %v", name, status, out)
		}
	}
	if status, out := d.call("GET", "/v1/plans/999", nil); status != 404 {
		t.Errorf("%d %v", status, out)
	}
	if status, out := d.call("POST", "/v1/plans", jsonMap{"name": "x", "scope": []int64{1 << 40}}); status != 404 {
		t.Errorf("%d %v", status, out)
	}
}

// reader is an EventSource.
type reader struct {
	events chan event
	stop   context.CancelFunc
}

type event struct {
	id, name string
	data     jsonMap
}

func listenTo(t *testing.T, address, last string) *reader {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req) //nolint:bodyclose // the goroutine below does
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(err, resp)
	}
	r := &reader{events: make(chan event, 100), stop: cancel}
	go func() {
		defer close(r.events)
		defer resp.Body.Close()
		var e event
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				_ = json.Unmarshal([]byte(value), &e.data)
			case "":
				if e.name != "" {
					r.events <- e
				}
				e = event{}
			}
		}
	}()
	return r
}

// until reads events up to one of a name.
func (r *reader) until(t *testing.T, name string) event {
	t.Helper()
	for {
		select {
		case e, open := <-r.events:
			if !open {
				t.Fatalf("the stream ended before %q", name)
			}
			if e.name == name {
				return e
			}
		case <-time.After(patience):
			t.Fatalf("no %q came", name)
		}
	}
}

func TestFollowersHearWhatOthersDoAndWhatTheyMissed(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	r := listenTo(t, base+d.plan+"/events?actor="+url.QueryEscape("王五"), "")
	if p := r.until(t, "plan"); wholeOf(p.data["rev"]) != 0 {
		t.Errorf("%v", p)
	}
	if p := r.until(t, "presence"); fmt.Sprint(p.data["who"]) != "[王五]" {
		t.Errorf("%v", p)
	}
	d.must(200, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": to})))
	e := r.until(t, "op")
	if e.id != "1" || e.data["actor"] != "张三" || !strings.Contains(fmt.Sprint(e.data["effects"].(jsonMap)["atoms"]), fmt.Sprint(atoms[0])) {
		t.Errorf("%v", e)
	}
	d.must(201, "POST", "/comments", jsonMap{"text": "这里对吗"})
	if c := r.until(t, "comment"); c.data["text"] != "这里对吗" {
		t.Errorf("%v", c)
	}
	d.must(200, "POST", "/comments/"+fmt.Sprint(wholeOf(d.must(200, "GET", "/comments", nil)["comments"].([]any)[0].(jsonMap)["id"]))+"/settle", nil)
	if c := r.until(t, "comment"); c.data["settled_by"] != "张三" {
		t.Errorf("%v", c)
	}
	r.stop()
	d.must(200, "POST", "/ops", ops(1, d.op("reassign_atoms", jsonMap{"atoms": atoms[1:2], "to": to})))
	d.must(200, "POST", "/ops", ops(2, d.op("reassign_atoms", jsonMap{"atoms": atoms[2:3], "to": to})))
	d.must(200, "POST", "/abandon", jsonMap{"rev": 3})
	late := listenTo(t, base+d.plan+"/events", e.id)
	if p := late.until(t, "plan"); p.data["state"] != "abandoned" {
		t.Errorf("%v", p)
	}
	missed := late.until(t, "op")
	told := fmt.Sprint(missed.data["effects"].(jsonMap)["atoms"].(jsonMap)["id"])
	if missed.id != "3" || !strings.Contains(told, fmt.Sprint(atoms[1])) || !strings.Contains(told, fmt.Sprint(atoms[2])) || strings.Contains(told, fmt.Sprint(atoms[0], " ")) {
		t.Errorf("%v %v", missed.id, told)
	}
}

func TestPlannersWhoRaceLoseNoOperation(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	_, to, atoms := d.neighbours()
	const planners = 4
	each := len(atoms) / planners // every operation moves an atom of its own: one that moves nothing makes no revision
	var mu sync.Mutex
	acked := map[string]bool{}
	var all sync.WaitGroup
	for k := range planners {
		all.Go(func() {
			me, rev := d.as(fmt.Sprint("规划员", k)), int64(0)
			for i := range each {
				op := me.op("reassign_atoms", jsonMap{"atoms": []int64{atoms[i*planners+k]}, "to": to})
				for {
					status, out, err := me.try("POST", me.plan+"/ops", ops(rev, op))
					if err != nil || status != 200 && status != 409 {
						t.Errorf("%d %v %v", status, out, err)
						return
					}
					rev = wholeOf(out["rev"])
					if status == 200 {
						mu.Lock()
						acked[fmt.Sprint(op["id"])] = true
						mu.Unlock()
						break
					}
				}
			}
		})
	}
	all.Wait()
	log := d.must(200, "GET", "/ops", nil)["ops"].([]any)
	for i, entry := range log {
		e := entry.(jsonMap)
		if wholeOf(e["rev"]) != int64(i+1) || !acked[fmt.Sprint(e["id"])] {
			t.Errorf("entry %d: %v", i, e)
		}
		delete(acked, fmt.Sprint(e["id"]))
	}
	if len(log) != planners*each || len(acked) > 0 {
		t.Errorf("%d of %d operations; lost %v", len(log), planners*each, acked)
	}
}

func TestAProposalIsAnsweredAppliedAndUndone(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	asked := d.must(202, "POST", "/proposals", jsonMap{"task": "relieve", "seed": 1})
	pid := fmt.Sprint(asked["id"])
	r := listenTo(t, base+d.plan+"/proposals/"+pid+"/events", "")
	done := r.until(t, "done")
	if done.data["state"] != "done" || len(done.data["candidates"].([]any)) < 2 {
		t.Fatalf("%v %v", done.data["state"], done.data["fault"])
	}
	first := done.data["candidates"].([]any)[0].(jsonMap)
	over := func() (n int) {
		for _, g := range d.must(200, "GET", "/board", nil)["grids"].([]any) {
			if g.(jsonMap)["status"] == "over" {
				n++
			}
		}
		return n
	}
	before := over()
	if before == 0 {
		t.Fatal("nothing is overloaded in the demo")
	}
	d.must(200, "POST", "/ops", ops(0, d.op("apply_proposal", jsonMap{"proposal": pid, "candidate": 0})))
	if n := over(); n != 0 {
		t.Errorf("%d grids are still overloaded", n)
	}
	if diff := d.must(200, "GET", "/diff", nil); diff["households_moved"] != first["moved_households"] {
		t.Errorf("%v households moved, the candidate said %v", diff["households_moved"], first["moved_households"])
	}
	// What it moved has moved since, so the other candidate does not fit.
	d.must(409, "POST", "/ops", ops(1, d.op("apply_proposal", jsonMap{"proposal": pid, "candidate": 1})))
	d.must(200, "POST", "/undo", jsonMap{"id": "u", "base_rev": 1})
	if n := over(); n != before {
		t.Errorf("after the undo %d grids are overloaded, were %d", n, before)
	}
	d.must(204, "DELETE", "/proposals/"+pid, nil)
}

func TestAProposalHeedsWalkingAndTouchedGrids(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	d := newDraft(t, base)
	street := jsonMap{}
	for _, g := range d.must(200, "GET", "/board", nil)["grids"].([]any) {
		if g.(jsonMap)["code"] == "310115901" {
			street = g.(jsonMap)
		}
	}
	ask := func(weights jsonMap) jsonMap {
		pid := fmt.Sprint(d.must(202, "POST", "/proposals", jsonMap{
			"task": "relieve", "grids": []any{street["id"]}, "seed": 1, "candidates": 1, "weights": weights,
		})["id"])
		r := listenTo(t, base+d.plan+"/proposals/"+pid+"/events", "")
		done := r.until(t, "done").data
		if wish := done["wish"].(jsonMap)["weights"]; len(weights) > 0 && fmt.Sprint(wish) != fmt.Sprint(weights) {
			t.Errorf("asked %v, kept %v", weights, wish)
		}
		return done["candidates"].([]any)[0].(jsonMap)
	}
	number := func(c jsonMap, key string) float64 { return c[key].(float64) }
	plain, walk, few := ask(jsonMap{}), ask(jsonMap{"walk_per_km": 10.0}), ask(jsonMap{"touched_grid": 100.0})
	if number(plain, "walk_before_m") <= 0 || number(walk, "walk_m") > 0.9*number(plain, "walk_m") {
		t.Errorf("households walk %v m without the weight, %v m with it", plain["walk_m"], walk["walk_m"])
	}
	if number(few, "touched") >= number(plain, "touched") {
		t.Errorf("%v grids touched without the weight, %v with it", plain["touched"], few["touched"])
	}
	for _, c := range []jsonMap{plain, walk, few} {
		if c["feasible"] != true {
			t.Errorf("%v", c["obstacles"])
		}
	}
}
