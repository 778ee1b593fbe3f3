package ingest

import (
	"context"
	"fmt"

	"cloudgrid/gridmap"
)

// Plan is a batch compared with what the store holds: what would be written.
type Plan struct {
	b        *Batch
	ex       *existing
	writes   writes
	oddTypes map[string][]int // words that are no type of grid, with their rows
	over     []gridmap.Seq    // when the versions that would be replaced were recorded
}

// writes is what goes to the store, in the order in which it goes. Identities
// below zero are new ones: -1, -2 …, numbered when written.
type writes struct {
	network *gridmap.Network
	levels  []gridmap.Level // all of the network's, when any is new
	roles   []gridmap.Role
	grids   []gridmap.Grid
	atoms   []gridmap.Atom
	members []gridmap.Membership
	ended   []gridmap.AtomID
	places  []gridmap.Place
	persons []gridmap.Person
	posts   []gridmap.Post
	fresh   int64 // how many new identities
}

func (w *writes) newID() int64 {
	w.fresh++
	return -w.fresh
}

// Against compares the batch with the store, which may be nil for an empty one:
// parents, coverage together with what is there, what is new and what changes.
func (b *Batch) Against(ctx context.Context, s gridmap.Store) (*Plan, error) {
	b.rd.o.Progress("核对", 0, 0)
	ex, err := readExisting(ctx, s, b.rd.o.Network, b.rd.o.ValidFrom)
	if err != nil {
		return nil, err
	}
	p := &Plan{b: b, ex: ex, oddTypes: map[string][]int{}}
	switch b.rd.o.As {
	case Grids:
		p.useNetwork()
		err = p.planGrids()
	case Atoms:
		p.useNetwork()
		err = p.planAtoms()
	case Places:
		err = p.planPlaces(ctx, s)
	case Staff:
		err = p.planStaff(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	b.rd.rep.sort()
	return p, nil
}

// Report tells what was found; complete after Against.
func (p *Plan) Report() *Report { return p.b.rd.rep }

// Refusal says why Write would refuse; nil if it would not.
func (p *Plan) Refusal() error { return p.b.refusal() }

// useNetwork makes the network when the store has none of its code; the first
// of a store is its main one.
func (p *Plan) useNetwork() {
	if p.ex.network.ID != 0 {
		return
	}
	code := p.b.rd.o.Network
	id := gridmap.NetworkID(1)
	for _, n := range p.ex.networks {
		id = max(id, n.ID+1)
	}
	n := gridmap.Network{ID: id, Code: code, Name: code, Main: len(p.ex.networks) == 0}
	if code == "main" {
		n.Name = "综合网格"
	}
	p.ex.network, p.writes.network = n, &n
	p.b.rd.rep.Notes = append(p.b.rd.rep.Notes, fmt.Sprintf("新建网络 %s", code))
}

// Write writes the plan as one transaction and one edition, or nothing at all;
// where nothing would change it writes nothing and returns no change set.
// It is Invalid when the report has errors and the options do not accept the
// rest.
func (p *Plan) Write(ctx context.Context, s gridmap.Store) (gridmap.ChangeSet, error) {
	if err := p.b.refusal(); err != nil {
		return gridmap.ChangeSet{}, err
	}
	o, rep := p.b.rd.o, p.b.rd.rep
	if p.writes.empty() {
		rep.Notes = append(rep.Notes, "与库中完全相同，没有写入")
		return gridmap.ChangeSet{}, nil
	}
	o.Progress("写入", 0, 0)
	note := fmt.Sprintf("导入 %s：%s 新增 %d、更新 %d", rep.File, rep.As, rep.Created, rep.Updated)
	commit := gridmap.Commit{
		At: o.Now, Actor: o.Actor, Action: "import", Note: note, Base: &p.ex.edition,
		Edit:  &gridmap.Edition{Name: "导入 " + rep.File, EffectiveAt: o.ValidFrom, Note: note},
		Audit: []gridmap.AuditEntry{{At: o.Now, Actor: o.Actor, Action: "import", Thing: "import:" + rep.File, Detail: note}},
	}
	change, err := s.Update(ctx, commit, func(w gridmap.Writer) error { return p.writes.apply(ctx, w, o.ValidFrom) })
	if err != nil {
		return change, err
	}
	rep.Written, rep.Seq, rep.Edition = true, int64(change.Seq), change.Edition
	rep.Partial = rep.Rejected > 0
	return change, nil
}
