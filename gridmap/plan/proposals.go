package plan

import (
	"context"
	"slices"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rebalance"
)

// Wish is what a planner asks the engine for.
type Wish struct {
	Task       string           `json:"task"`        // see wishTasks
	By         string           `json:"by,omitzero"` // MeasureArea, MeasureAtoms; "" is the sizing profile
	Tolerance  float64          `json:"tolerance,omitzero"`
	Min        float64          `json:"min,omitzero"` // instead of the sizing profile's
	Max        float64          `json:"max,omitzero"`
	Count      int              `json:"count,omitzero"` // grids or parts
	Grid       gridmap.GridID   `json:"grid,omitzero"`  // of split and dissolve
	Grids      []gridmap.GridID `json:"grids,omitzero"` // where; the plan's scope, else everything
	Weights    WishWeights      `json:"weights,omitzero"`
	Seed       uint64           `json:"seed,omitzero"`
	Candidates int              `json:"candidates,omitzero"` // at most; 0 is as many as there are, 1 is the one with fewest moved
}

// WishWeights say what is worth what (see rebalance.Weights).
type WishWeights struct {
	BorderPerM  float64 `json:"border_per_m,omitzero"`
	Arterial    float32 `json:"arterial,omitzero"`
	Balance     float64 `json:"balance,omitzero"`
	WalkPerKm   float64 `json:"walk_per_km,omitzero"`
	TouchedGrid float64 `json:"touched_grid,omitzero"`
}

// wishTasks are the tasks by their names.
var wishTasks = map[string]rebalance.Task{
	"balance": rebalance.Balance, "relieve": rebalance.Relieve, "split": rebalance.Split, "dissolve": rebalance.Dissolve, "first_plan": rebalance.FirstPlan,
}

// The states of a proposal.
const (
	ProposalQueued    = "queued"
	ProposalRunning   = "running"
	ProposalDone      = "done"
	ProposalCancelled = "cancelled"
	ProposalFailed    = "failed"
)

// Proposal is an answer of the engine, or on its way to be one. A value of it
// is a state of it, and does not change.
type Proposal struct {
	ID         string
	Plan       gridmap.PlanID
	By         string
	At         time.Time
	Wish       Wish
	State      string
	Fault      string // why it failed, in words
	BaseRev    int64  // of the plan when it was asked
	Done       int    // units of work
	Total      int
	Unsolved   int
	Candidates []Candidate
}

// Candidate is one plan of the engine, as changes of the draft.
type Candidate struct {
	rebalance.Metrics
	BorderBeforeM float64
	WalkBeforeM   float64
	Feasible      bool
	LowerBound    int64
	Gap           float64
	Obstacles     []Obstacle
	Moves         []CandidateMove
	NewGrids      []CandidateGrid
	Retire        []gridmap.GridID
	source        map[gridmap.AtomID]gridmap.GridID // where the moved atoms were
}

// CandidateMove gives atoms to a grid.
type CandidateMove struct {
	To    gridmap.GridID   `json:"to"` // or the ID of a CandidateGrid
	Atoms []gridmap.AtomID `json:"atoms"`
}

// CandidateGrid is a grid to be opened; its id, -1, -2 …, means something
// within the candidate only.
type CandidateGrid struct {
	ID     gridmap.GridID `json:"id"`
	Parent gridmap.GridID `json:"parent"`
}

// Obstacle says in words why a wish cannot be met. Grid and Atom are 0 where
// there is none.
type Obstacle struct {
	Message string
	Grid    gridmap.GridID
	Atom    gridmap.AtomID
	Proven  bool
}

// Bounds of what is kept: proposals live in memory, for the day's work.
const (
	mostWaiting   = 8
	mostProposals = 64
)

// tasks are the proposals of a desk. One runs at a time, on all processors.
type tasks struct {
	mu    sync.Mutex
	list  []*task // the oldest first
	turn  chan struct{}
	ended bool
}

// task is one proposal and its watchers.
type task struct {
	now    Proposal
	cancel context.CancelFunc
	news   chan struct{} // closed when now changes, and another made
}

func newTasks() tasks { return tasks{turn: make(chan struct{}, 1)} }

// Propose asks the engine. The answer comes while others work: see Watch.
func (d *Desk) Propose(ctx context.Context, actor string, id gridmap.PlanID, w Wish) (Proposal, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return Proposal{}, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActEdit, dr.plan); err != nil {
		return Proposal{}, err
	}
	b, err := dr.board(ctx)
	if err != nil {
		return Proposal{}, err
	}
	q, err := newQuestion(b, w)
	if err != nil {
		return Proposal{}, err
	}
	p := Proposal{ID: d.cfg.NewID(), Plan: id, By: actor, At: d.now(), Wish: w, State: ProposalQueued, BaseRev: dr.plan.Rev}
	if err := d.tasks.start(p, q); err != nil {
		return Proposal{}, err
	}
	return p, nil
}

// start puts a question into the queue.
func (t *tasks) start(p Proposal, q *question) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	waiting := 0
	for _, k := range t.list {
		if k.now.State == ProposalQueued {
			waiting++
		}
	}
	if waiting >= mostWaiting || t.ended {
		return gridmap.Errorf(gridmap.Unavailable, "已有 %d 个备选方案在排队，请稍后再试 (too many proposals are waiting)", waiting)
	}
	ctx, cancel := context.WithCancel(context.Background()) //nolint:gosec // ended by Cancel, run and stop
	k := &task{now: p, cancel: cancel, news: make(chan struct{})}
	t.list = append(t.list, k)
	t.drop()
	go t.run(ctx, k, q)
	return nil
}

// drop forgets the oldest that are over.
func (t *tasks) drop() {
	for i := 0; len(t.list) > mostProposals && i < len(t.list); {
		if s := t.list[i].now.State; s == ProposalQueued || s == ProposalRunning {
			i++
			continue
		}
		t.list = slices.Delete(t.list, i, i+1)
	}
}

// update changes a task and tells its watchers.
func (t *tasks) update(k *task, fn func(*Proposal)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fn(&k.now)
	close(k.news)
	k.news = make(chan struct{})
}

func (t *tasks) run(ctx context.Context, k *task, q *question) {
	defer k.cancel()
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		t.update(k, func(p *Proposal) { p.State = ProposalCancelled })
		return
	}
	t.update(k, func(p *Proposal) { p.State = ProposalRunning })
	found, err := q.answer(ctx, rebalance.Options{
		Progress: func(now rebalance.Progress) {
			t.update(k, func(p *Proposal) { p.Done, p.Total, p.Unsolved = now.Done, now.Total, now.Unsolved })
		},
	}, func(c Candidate) {
		t.update(k, func(p *Proposal) { p.Candidates = []Candidate{c} })
	})
	t.update(k, func(p *Proposal) {
		switch {
		case ctx.Err() != nil:
			p.State = ProposalCancelled
		case err != nil:
			p.State, p.Fault = ProposalFailed, err.Error()
		default:
			p.State, p.Candidates = ProposalDone, found
		}
	})
}

// stop ends all.
func (t *tasks) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	for _, k := range t.list {
		k.cancel()
	}
}

func (t *tasks) find(plan gridmap.PlanID, id string) *task {
	for _, k := range t.list {
		if k.now.ID == id && k.now.Plan == plan {
			return k
		}
	}
	return nil
}

// Watch returns a proposal as it is now, and what is closed when it changes.
func (d *Desk) Watch(ctx context.Context, actor string, plan gridmap.PlanID, id string) (Proposal, <-chan struct{}, error) {
	if _, err := d.Plan(ctx, actor, plan); err != nil {
		return Proposal{}, nil, err
	}
	d.tasks.mu.Lock()
	defer d.tasks.mu.Unlock()
	k := d.tasks.find(plan, id)
	if k == nil {
		return Proposal{}, nil, noSuchProposal(id)
	}
	return k.now, k.news, nil
}

func noSuchProposal(id string) error {
	return gridmap.Errorf(gridmap.NotFound, "没有备选方案 %q：备选方案只保留在内存中，服务重启或时间过久后需重新生成 (no such proposal; they are kept in memory only)", id)
}

// Proposals lists those of a plan, the newest first.
func (d *Desk) Proposals(ctx context.Context, actor string, plan gridmap.PlanID) ([]Proposal, error) {
	if _, err := d.Plan(ctx, actor, plan); err != nil {
		return nil, err
	}
	d.tasks.mu.Lock()
	defer d.tasks.mu.Unlock()
	var list []Proposal
	for _, k := range slices.Backward(d.tasks.list) {
		if k.now.Plan == plan {
			list = append(list, k.now)
		}
	}
	return list, nil
}

// CancelProposal ends a proposal that is under way.
func (d *Desk) CancelProposal(ctx context.Context, actor string, plan gridmap.PlanID, id string) error {
	p, err := d.Plan(ctx, actor, plan)
	if err != nil {
		return err
	}
	if err := d.can(ctx, actor, ActEdit, p); err != nil {
		return err
	}
	d.tasks.mu.Lock()
	defer d.tasks.mu.Unlock()
	k := d.tasks.find(plan, id)
	if k == nil {
		return noSuchProposal(id)
	}
	k.cancel()
	return nil
}
