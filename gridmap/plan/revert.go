package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Revert begins a plan whose operations bring the grids of a network back to
// what they were in an edition: names and attributes, which atoms are whose,
// and where borders run. A grid that is not there any more comes back as a new
// one with a new code, since codes and identities that were given up are never
// given again; atoms that were split stay so. What cannot be brought back is
// counted in the plan's note.
func (d *Desk) Revert(ctx context.Context, actor string, network gridmap.NetworkID, edition int64, name string) (gridmap.Plan, error) {
	e, err := d.edition(ctx, edition)
	if err != nil {
		return gridmap.Plan{}, err
	}
	p, err := d.begin(ctx, actor, NewPlan{Name: name, Network: network})
	if err != nil {
		return p, err
	}
	r, err := d.reverting(ctx, actor, p, e)
	if err != nil {
		return p, err
	}
	r.all()
	if len(r.ops) == 0 && r.missed == 0 {
		return p, gridmap.Errorf(gridmap.Conflict, "网格与第 %d 版没有差别，无需恢复 (nothing differs from that edition)", edition)
	}
	p.Note = r.note(edition)
	if p, err = d.cfg.Plans.CreatePlan(ctx, p); err != nil {
		return p, err
	}
	d.audit(ctx, actor, "plan-create", p, p.Note)
	dr, err := d.draft(ctx, p.ID)
	if err != nil {
		return p, err
	}
	defer dr.mu.Unlock()
	answer, err := dr.write(ctx, func() (*outcome, error) { return dr.add(ctx, 0, r.ops) })
	return answer.Plan, err
}

// edition finds a published state.
func (d *Desk) edition(ctx context.Context, number int64) (found gridmap.Edition, err error) {
	err = d.cfg.Store.View(ctx, func(r gridmap.Reader) error {
		editions, err := r.Editions(ctx)
		for _, e := range editions {
			if e.Number == number {
				found = e
			}
		}
		return err
	})
	if err == nil && found.Number == 0 {
		err = gridmap.Errorf(gridmap.NotFound, "没有第 %d 版 (no such edition)", number)
	}
	return found, err
}

// reverting is a plan of that kind while it is worked out.
type reverting struct {
	actor  string
	b      *Board
	was    *Board // at the edition
	net    *atlas.Net
	ops    []gridmap.PlanOp
	now    map[gridmap.GridID]gridmap.GridID // of the edition's grids: what stands for each
	missed int                               // things that could not be brought back
}

func (d *Desk) reverting(ctx context.Context, actor string, p gridmap.Plan, e gridmap.Edition) (*reverting, error) {
	b, err := d.boardOn(ctx, p, baseOf(p))
	if err != nil {
		return nil, err
	}
	a, err := d.mapAt(ctx, Base{Seq: e.Seq, Edition: e.Number, At: e.EffectiveAt})
	if err != nil {
		return nil, err
	}
	net := netOf(a, p.Network)
	if net == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "第 %d 版里还没有这个网 (the network was not there then)", e.Number)
	}
	was, err := NewBoard(a, net, nil)
	return &reverting{actor: actor, b: b, was: was, net: net, now: map[gridmap.GridID]gridmap.GridID{}}, err
}

func (r *reverting) all() {
	for i := range r.was.grids.len() {
		r.grid(r.was.grids.at(i))
	}
	r.atoms()
	r.retire()
	r.borders()
}

// do adds an operation if the board takes it.
func (r *reverting) do(kind string, body any) bool {
	text, err := json.Marshal(body)
	if err != nil {
		return false
	}
	rev := int64(len(r.ops) + 1)
	op := gridmap.PlanOp{Rev: rev, ID: fmt.Sprint("revert-", rev), Actor: r.actor, Kind: kind, Body: text}
	next, effects, err := Apply(r.b, op)
	if err != nil {
		return false
	}
	op.Body, r.b = effects.Body, next
	r.ops = append(r.ops, op)
	return true
}

// must is do for what is missed when it cannot be done.
func (r *reverting) must(kind string, body any) bool {
	done := r.do(kind, body)
	if !done {
		r.missed++
	}
	return done
}

// grid brings back that a grid is there, and what it is called and is.
func (r *reverting) grid(was *grid) {
	i := r.b.gridIndex(was.id)
	if i == none {
		var parent gridmap.GridID
		if was.parent != none {
			parent = r.now[r.was.grids.at(was.parent).id]
		}
		if r.must(CreateGrid, createBody{Parent: parent, Name: was.name, Type: was.typ, Attrs: was.attrs}) {
			r.now[was.id] = gridmap.GridID(NewID(int64(len(r.ops)), 0))
		}
		return
	}
	r.now[was.id] = was.id
	g := r.b.grids.at(i)
	if g.code == was.code && g.name == was.name && g.typ == was.typ && maps.Equal(g.attrs, was.attrs) {
		return
	}
	attrs := map[string]string{}
	for k := range g.attrs {
		attrs[k] = "" // takes it away
	}
	maps.Copy(attrs, was.attrs)
	r.must(SetAttrs, attrsBody{Grid: was.id, Name: &was.name, Code: &was.code, Type: &was.typ, Attrs: attrs})
}

// atoms gives each atom back to the grid that had it; one that was not there
// to the grid that had its ground.
func (r *reverting) atoms() {
	to := map[gridmap.GridID][]gridmap.AtomID{}
	for f := range r.b.owner.len() {
		id := r.b.atom(f).id
		had, known := r.was.Owner(id)
		if !known {
			if at := r.net.Resolve(atlas.Ask{Point: r.b.point(f), Level: -1}); at.Grid != atlas.None {
				had = r.net.Grids[at.Grid].ID
			}
		}
		is, _ := r.b.Owner(id)
		want, there := r.now[had]
		switch {
		case had == 0 && is == 0:
		case !there:
			r.missed++
		case want != is:
			to[want] = append(to[want], id)
		}
	}
	for _, g := range slices.Sorted(maps.Keys(to)) {
		r.must(ReassignAtoms, reassignBody{Atoms: to[g], To: g})
	}
}

// retire takes out of use the grids that were not there then, from the bottom.
func (r *reverting) retire() {
	for level := len(r.net.Levels) - 1; level >= 0; level-- {
		for i := range r.b.grids.len() {
			g := r.b.grids.at(i)
			if g.level == level && !g.retired && !g.fresh && r.was.gridIndex(g.id) == none {
				r.must(RetireGrid, retireBody{Grid: g.id})
			}
		}
	}
}

func (r *reverting) note(edition int64) string {
	note := fmt.Sprintf("恢复第 %d 版", edition)
	if r.missed > 0 {
		note += fmt.Sprintf("；有 %d 处无法恢复，请核对", r.missed)
	}
	return note
}
