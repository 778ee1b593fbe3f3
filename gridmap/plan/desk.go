package plan

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Maps gives the newest snapshot.
type Maps interface{ Current() *atlas.Atlas }

// Policy says who may do what. A nil plan.Policy lets everybody do everything;
// the caller sees to it that nobody else comes in.
type Policy interface {
	// Can returns nil, or why not (Forbidden). The actions are those of the
	// methods of Desk: ActView, ActEdit …
	Can(ctx context.Context, actor, action string, p gridmap.Plan) error
}

// What a Policy is asked about.
const (
	ActView     = "view"
	ActCreate   = "create"
	ActEdit     = "edit"
	ActComment  = "comment"
	ActContact  = "contact" // read how to reach those of the public who spoke
	ActRebase   = "rebase"
	ActSubmit   = "submit"
	ActReturn   = "return"
	ActApprove  = "approve"
	ActAnnounce = "announce"
	ActProlong  = "prolong" // move the end of the public notice
	ActPublish  = "publish"
	ActAbandon  = "abandon"
	ActRename   = "rename"
)

// Auditor adds lines to the audit chain; gridmap.Journal is one.
type Auditor interface {
	AppendAudit(ctx context.Context, lines ...gridmap.AuditEntry) error
}

// Config is what a Desk needs. Plans, Store and Maps must be given.
type Config struct {
	Plans   gridmap.Plans
	Store   gridmap.Store
	Maps    Maps
	Now     func() time.Time // nil is time.Now
	Policy  Policy
	Audit   Auditor                // of steps that make no change set; nil keeps none
	Journal gridmap.Journal        // of photos and of what is private; nil keeps none
	Stale   func(*Board) []Finding // signs that a plan would make wrong, for Validate; may be nil
	Log     *slog.Logger
	NewID   func() string // of proposals; nil is random
	Drafts  int           // how many are kept in memory beside those that are followed; 0 is 16
}

// Desk keeps plans at work: it takes operations, orders them, answers with
// what they do and tells those who follow. Any number of processes may have a
// Desk over the same store.
type Desk struct {
	cfg Config

	mu     sync.Mutex
	drafts map[gridmap.PlanID]*draft
	used   []gridmap.PlanID // the most recently used last

	maps  baseMaps
	tasks tasks
}

const defaultDrafts = 16

// NewDesk makes a desk.
func NewDesk(cfg Config) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.NewID == nil {
		cfg.NewID = rand.Text
	}
	if cfg.Drafts <= 0 {
		cfg.Drafts = defaultDrafts
	}
	return &Desk{cfg: cfg, drafts: map[gridmap.PlanID]*draft{}, tasks: newTasks()}
}

// Run follows what other processes do to plans, until ctx ends. Then nobody
// is told any more.
func (d *Desk) Run(ctx context.Context) {
	defer d.dismiss()
	for id := range d.cfg.Plans.PlanNews(ctx) {
		if dr := d.loaded(id); dr != nil {
			if err := dr.hear(ctx); err != nil && ctx.Err() == nil {
				d.cfg.Log.Warn("news of a plan could not be read", "plan", id, "error", err)
			}
		}
	}
}

// dismiss ends all following.
func (d *Desk) dismiss() {
	d.tasks.stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, dr := range d.drafts {
		dr.followers.dismiss()
	}
}

// now is the desk's clock in the stores' precision.
func (d *Desk) now() time.Time { return d.cfg.Now().UTC().Truncate(time.Microsecond) }

func (d *Desk) can(ctx context.Context, actor, action string, p gridmap.Plan) error {
	if d.cfg.Policy == nil {
		return nil
	}
	return d.cfg.Policy.Can(ctx, actor, action, p)
}

// loaded returns a draft that is in memory.
func (d *Desk) loaded(id gridmap.PlanID) *draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.drafts[id]
}

// draft returns a plan at work, locked; the caller unlocks it.
func (d *Desk) draft(ctx context.Context, id gridmap.PlanID) (*draft, error) {
	d.mu.Lock()
	dr := d.drafts[id]
	if dr == nil {
		dr = &draft{desk: d, id: id}
		d.drafts[id] = dr
	}
	d.used = append(slices.DeleteFunc(d.used, func(o gridmap.PlanID) bool { return o == id }), id)
	d.putAway()
	d.mu.Unlock()

	dr.mu.Lock()
	if err := dr.open(ctx); err != nil {
		dr.mu.Unlock()
		if gridmap.CodeOf(err) == gridmap.NotFound {
			d.forget(id)
		}
		return nil, err
	}
	return dr, nil
}

// putAway forgets drafts that nobody follows, the longest unused first.
func (d *Desk) putAway() {
	for i := 0; len(d.drafts) > d.cfg.Drafts && i < len(d.used)-1; {
		id := d.used[i]
		if dr := d.drafts[id]; dr == nil || dr.idle() {
			delete(d.drafts, id)
			d.used = slices.Delete(d.used, i, i+1)
			continue
		}
		i++
	}
}

func (d *Desk) forget(id gridmap.PlanID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.drafts, id)
	d.used = slices.DeleteFunc(d.used, func(o gridmap.PlanID) bool { return o == id })
}

// keptMaps bounds how many earlier states of the map are held for drafts to be
// opened on: each is a whole map.
const keptMaps = 2

// baseMaps are earlier states of the map.
type baseMaps struct {
	mu   sync.Mutex
	kept []baseMap
}

type baseMap struct {
	base  Base
	atlas *atlas.Atlas
}

// scope is what the server's maps hold.
func (d *Desk) scope() gridmap.Scope {
	if cur := d.cfg.Maps.Current(); cur != nil {
		return cur.Scope()
	}
	return nil
}

// mapAt returns the map that a draft stands on.
func (d *Desk) mapAt(ctx context.Context, b Base) (*atlas.Atlas, error) {
	if cur := d.cfg.Maps.Current(); cur != nil && cur.Head().Seq == b.Seq && cur.Covers(b.At) {
		return cur, nil
	}
	d.maps.mu.Lock()
	defer d.maps.mu.Unlock()
	for i, m := range d.maps.kept {
		if m.base.Seq == b.Seq && m.atlas.Covers(b.At) {
			copy(d.maps.kept[1:i+1], d.maps.kept[:i])
			d.maps.kept[0] = m
			return m.atlas, nil
		}
	}
	var a *atlas.Atlas
	err := d.cfg.Store.View(ctx, func(r gridmap.Reader) (err error) {
		a, err = atlas.LoadScope(ctx, r, b.At, b.Seq, d.scope())
		return err
	})
	if err != nil {
		return nil, err
	}
	d.maps.kept = slices.Insert(d.maps.kept, 0, baseMap{b, a})
	d.maps.kept = d.maps.kept[:min(len(d.maps.kept), keptMaps)]
	return a, nil
}

// boardOn makes the board of a plan on a base, before any operation.
func (d *Desk) boardOn(ctx context.Context, p gridmap.Plan, b Base) (*Board, error) {
	a, err := d.mapAt(ctx, b)
	if err != nil {
		return nil, err
	}
	net := netOf(a, p.Network)
	if net == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "方案「%s」所属的网 %d 不存在 (no such network)", p.Name, p.Network)
	}
	board, err := NewBoard(a, net, p.Scope)
	if err != nil {
		return nil, err
	}
	return d.judged(board, b), nil
}

func netOf(a *atlas.Atlas, id gridmap.NetworkID) *atlas.Net {
	for _, n := range a.Nets() {
		if n.Network.ID == id {
			return n
		}
	}
	return nil
}

// headBase is where the map stands: the newest change set, at the moment when
// all that is published so far is in effect.
func (d *Desk) headBase(ctx context.Context) (b Base, err error) {
	b.At = d.now()
	err = d.cfg.Store.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		b.Seq, b.Edition = head.Seq, head.Edition
		editions, err := r.Editions(ctx)
		for _, e := range editions {
			if e.EffectiveAt.After(b.At) {
				b.At = e.EffectiveAt.UTC()
			}
		}
		return err
	})
	return b, err
}
