package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// pace is how long a writer rests between two writes, and after a refusal.
const pace = 20 * time.Millisecond

// desk is where writers work: what they may move, and what was acknowledged.
type desk struct {
	acks *acks
	tag  string // makes ids and keys those of this desk
	// steady keeps the map as large as it is: the same few records again and
	// again, and longer rests.
	steady bool
}

// write sets a planner, a clerk and a publisher to work at the server that base
// names, until the returned function is called. They do the same thing again
// when they are refused, with the same id where there is one.
func (d *desk) write(ctx context.Context, base string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i, work := range []func(context.Context, *client) error{d.plan, d.keepRecords, d.publish} {
		all.Go(func() {
			c := newClient(base, fmt.Sprintf("chaos-%d", i))
			defer c.http.CloseIdleConnections()
			for ctx.Err() == nil {
				_ = work(ctx, c) // what went wrong is in the log of acknowledgements
				while(ctx, pace)
			}
		})
	}
	return func() { cancel(); all.Wait() }
}

// again does a write until it is done, or ends otherwise than being refused for
// now; what it acknowledges is kept.
func (d *desk) again(ctx context.Context, do func() error, keep func()) error {
	for {
		at := time.Now()
		err := do()
		if ctx.Err() != nil && err != nil {
			return err // we hung up
		}
		d.acks.ended(at, err, keep)
		if !errors.Is(err, errRefused) {
			return err
		}
		while(ctx, pace)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// begin opens a plan and finds two neighbouring grids and what lies in one.
func (d *desk) begin(ctx context.Context, c *client, name string) (plan int64, g ground, err error) {
	var made struct{ ID int64 }
	err = d.again(ctx, func() error { return c.post(ctx, "/v1/plans", object{"name": name}, &made) }, func() { d.acks.ops[made.ID] = nil })
	if err != nil {
		return 0, g, err
	}
	var board struct {
		Grids []struct {
			ID, Parent int64
			Leaf       bool
		}
		Atoms struct{ ID, Owner []int64 }
	}
	err = d.again(ctx, func() error { return c.get(ctx, fmt.Sprintf("/v1/plans/%d/board", made.ID), &board) }, func() {})
	parents := map[int64]int64{}
	for _, grid := range board.Grids {
		if other, ok := parents[grid.Parent]; grid.Leaf && ok {
			g.grids = [2]int64{other, grid.ID}
			break
		}
		if grid.Leaf {
			parents[grid.Parent] = grid.ID
		}
	}
	for i, owner := range board.Atoms.Owner {
		for side := range g.atoms {
			if owner == g.grids[side] {
				g.atoms[side] = append(g.atoms[side], board.Atoms.ID[i])
			}
		}
	}
	if err == nil && len(g.atoms[0])*len(g.atoms[1]) == 0 {
		err = errors.New("the demo has no two neighbouring grids with atoms")
	}
	return made.ID, g, err
}

// ground is what a planner works on: two neighbouring grids and what lies in
// each.
type ground struct {
	grids [2]int64
	atoms [2][]int64
}

// move takes an atom out of the grid that has more for the other, so that each
// move moves something and neither grid is ever left empty.
func (g *ground) move() (atom, to int64) {
	from, into := 0, 1
	if len(g.atoms[1]) > len(g.atoms[0]) {
		from, into = 1, 0
	}
	i := rand.IntN(len(g.atoms[from]))
	atom = g.atoms[from][i]
	g.atoms[from] = slices.Delete(g.atoms[from], i, i+1)
	g.atoms[into] = append(g.atoms[into], atom)
	return atom, g.grids[into]
}

// opsOfPlan is how many operations one plan gets.
const opsOfPlan = 40

// plan begins a plan and does operations in it, one after another.
func (d *desk) plan(ctx context.Context, c *client) error {
	id, g, err := d.begin(ctx, c, "混沌 "+d.tag)
	if err != nil {
		return err
	}
	for rev := int64(0); rev < opsOfPlan && ctx.Err() == nil; rev++ {
		if err := d.operate(ctx, c, id, rev, &g); err != nil {
			return err
		}
		d.rest(ctx, 1)
	}
	return nil
}

// rest waits between two writes.
func (d *desk) rest(ctx context.Context, paces time.Duration) {
	if d.steady {
		paces *= 5
	}
	while(ctx, paces*pace)
}

// operate gives one atom to one of the two grids, at a revision. The same id
// goes out again after a refusal: it is done once.
func (d *desk) operate(ctx context.Context, c *client, plan, rev int64, g *ground) error {
	atom, to := g.move()
	op := object{"id": fmt.Sprintf("%s-%d-%d", d.tag, plan, rev), "kind": "reassign_atoms", "atoms": []int64{atom}, "to": to}
	path := fmt.Sprintf("/v1/plans/%d/ops", plan)
	return d.again(ctx, func() error { return c.post(ctx, path, object{"base_rev": rev, "ops": []object{op}}, nil) },
		func() { d.acks.ops[plan] = append(d.acks.ops[plan], op["id"].(string)) })
}

// keepRecords writes one record after another: units of departments.
func (d *desk) keepRecords(ctx context.Context, c *client) error {
	ids := map[string]int64{}
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("%s-%d-%d", d.tag, time.Now().UnixNano(), n)
		record := object{"kind": "unit", "key": key, "body": object{"name": fmt.Sprintf("科室 %d", n), "tree": "department"}}
		if d.steady {
			key = fmt.Sprintf("%s-%d", d.tag, n%50)
			record["key"], record["id"] = key, ids[key]
		}
		var made struct{ IDs []int64 }
		err := d.again(ctx, func() error { return c.post(ctx, "/v1/records", object{"records": []object{record}}, &made) },
			func() { d.acks.records[key] = true })
		if err != nil {
			return err
		}
		ids[key] = made.IDs[0]
		d.rest(ctx, 2)
	}
	return nil
}

// publish takes one plan from draft to map.
func (d *desk) publish(ctx context.Context, c *client) error {
	id, g, err := d.begin(ctx, c, "发布 "+d.tag)
	if err != nil {
		return err
	}
	const rev = 1
	if err := d.operate(ctx, c, id, rev-1, &g); err != nil {
		return err
	}
	for _, action := range []string{"submit", "approve", "publish"} {
		var edition int64
		err := d.again(ctx, func() (err error) { edition, err = step(ctx, c, id, rev, action); return err }, func() {
			if action == "publish" {
				d.acks.plans[id] = edition
			}
		})
		if err != nil {
			return err
		}
	}
	d.rest(ctx, 10)
	return nil
}

// step takes a plan one step on. A step whose answer was lost is done already
// when it is asked for again; the plan's state tells.
func step(ctx context.Context, c *client, plan, rev int64, action string) (edition int64, err error) {
	var is struct {
		State   string
		Edition int64
	}
	err = c.post(ctx, fmt.Sprintf("/v1/plans/%d/%s", plan, action), object{"rev": rev, "force": true, "note": "混沌试验"}, &is)
	var wrong errWrong
	if errors.As(err, &wrong) && wrong.status == http.StatusConflict {
		leads := map[string]string{"submit": "submitted", "approve": "approved", "publish": "published"}[action]
		if again := c.get(ctx, fmt.Sprintf("/v1/plans/%d", plan), &is); again == nil && is.State == leads {
			return is.Edition, nil
		}
	}
	return is.Edition, err
}
