package plan

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/rebalance"
)

// question is a wish about a board, ready to be put to the engine.
type question struct {
	area *district.Area
	m    district.Map
	goal rebalance.Goal
	wish Wish
}

func newQuestion(b *Board, w Wish) (*question, error) {
	task, known := wishTasks[w.Task]
	if !known {
		return nil, gridmap.Errorf(gridmap.Invalid, "没有任务 %q；现有：%s (no such task)", w.Task, strings.Join(slices.Sorted(maps.Keys(wishTasks)), ", "))
	}
	q := &question{wish: w}
	opt := district.Options{Profile: b.sizingOf()}
	q.m, opt.LockedGrids, opt.LockedAtoms = b.District(b.marks())
	if err := q.weigh(b, &opt); err != nil {
		return nil, err
	}
	if err := q.counted(opt.Profile); err != nil {
		return nil, err
	}
	if w.Min > 0 {
		opt.Profile.Min = w.Min
	}
	if w.Max > 0 {
		opt.Profile.Max = w.Max
	}
	one, err := q.choose(b, &opt)
	if err != nil {
		return nil, err
	}
	if q.area, err = district.New(&q.m, opt); err != nil {
		return nil, err
	}
	if err := q.weighed(opt.Profile); err != nil {
		return nil, err
	}
	q.goal = q.area.Goal(task)
	q.goal.Tolerance, q.goal.Count = w.Tolerance, w.Count
	if one != district.None {
		if q.goal.Grid, err = q.area.GridIndex(one); err != nil {
			return nil, err
		}
	}
	return q, q.check(b, opt.Profile)
}

// marks are what is known of borders between atoms.
func (b *Board) marks() []district.Mark {
	if b.base.rules.Marks == nil {
		return nil
	}
	return b.base.rules.Marks()
}

// choose fills in where to look, and returns the one grid in question.
func (q *question) choose(b *Board, opt *district.Options) (one int32, err error) {
	one = district.None
	where := q.wish.Grids
	for _, id := range where {
		if i := b.gridIndex(id); i != none && !b.inScope(i) {
			return one, gridmap.Errorf(gridmap.Forbidden, "网格 %d 不在本方案的范围内 (a grid outside the plan's scope)", id)
		}
	}
	if q.wish.Task == "split" || q.wish.Task == "dissolve" {
		list, err := within(&q.m, []gridmap.GridID{q.wish.Grid})
		if err != nil {
			return one, err
		}
		if one = list[0]; len(where) == 0 {
			where = []gridmap.GridID{q.wish.Grid}
			if p := q.m.Grids[one].Parent; q.wish.Task == "dissolve" && p != district.None {
				where[0] = q.m.Grids[p].ID // its neighbours are in question too
			}
		}
	}
	if len(where) == 0 {
		where = slices.Sorted(maps.Keys(b.base.scope))
	}
	if len(where) == 0 {
		for i, g := range q.m.Grids {
			if g.Parent == district.None {
				opt.Within = append(opt.Within, int32(i))
			}
		}
		return one, nil
	}
	opt.Within, err = within(&q.m, where)
	return one, err
}

// answer puts the question. found is told of a first candidate early, where
// there are several.
func (q *question) answer(ctx context.Context, opt rebalance.Options, found func(Candidate)) ([]Candidate, error) {
	opt.Seed = q.wish.Seed
	opt.Weights = rebalance.Weights(q.wish.Weights)
	p := &q.area.Problem
	if (q.goal.Task == rebalance.Balance || q.goal.Task == rebalance.Relieve) && q.wish.Candidates != 1 {
		set, err := rebalance.Pareto(ctx, p, q.goal, opt, func(c rebalance.Candidate) { found(q.candidate(c.Result)) })
		if err != nil {
			return nil, engineError(err)
		}
		if n := q.wish.Candidates; n > 0 && len(set) > n {
			set = q.few(set, n)
		}
		list := make([]Candidate, len(set))
		for i, c := range set {
			list[i] = q.candidate(c.Result)
		}
		return list, nil
	}
	r, err := rebalance.Solve(ctx, p, q.goal, opt)
	if err != nil {
		return nil, engineError(err)
	}
	return []Candidate{q.candidate(r)}, nil
}

// few keeps n of the candidates, which come by moved households: those with the
// fewest, or, where walking or touched grids count, some from end to end, since
// the first ones are those that heed these least.
func (q *question) few(set []rebalance.Candidate, n int) []rebalance.Candidate {
	if w := q.wish.Weights; w.WalkPerKm == 0 && w.TouchedGrid == 0 {
		return set[:n]
	}
	return rebalance.Spread(set, n)
}

func engineError(err error) error {
	if errors.Is(err, rebalance.ErrProblem) {
		return gridmap.Errorf(gridmap.Invalid, "无法求解：%w", err)
	}
	return err
}

// candidate turns a plan of the engine into changes of the draft.
func (q *question) candidate(r *rebalance.Result) Candidate {
	p := &q.area.Problem
	before := p.Measure(p.Initial, nil)
	c := Candidate{
		Metrics: r.Metrics, BorderBeforeM: before.BorderM, WalkBeforeM: before.WalkM, Feasible: r.Feasible, LowerBound: r.LowerBound, Gap: r.Gap,
		source: map[gridmap.AtomID]gridmap.GridID{},
	}
	for i, g := range r.NewGrids {
		n := CandidateGrid{ID: gridmap.GridID(-1 - i)}
		if parent := q.area.ParentOf(g); parent != district.None {
			n.Parent = q.m.Grids[parent].ID
		}
		c.NewGrids = append(c.NewGrids, n)
	}
	to := map[gridmap.GridID][]gridmap.AtomID{}
	for _, m := range q.area.Moves(r.Plan) {
		id := gridmap.GridID(-m.New)
		if m.New == 0 {
			id = q.m.Grids[m.To].ID
		}
		to[id] = append(to[id], m.Atom)
		if m.From != district.None {
			c.source[m.Atom] = q.m.Grids[m.From].ID
		}
	}
	for id, atoms := range to {
		slices.Sort(atoms)
		c.Moves = append(c.Moves, CandidateMove{id, atoms})
	}
	slices.SortFunc(c.Moves, func(x, y CandidateMove) int { return cmp.Compare(x.To, y.To) })
	c.Retire = q.emptied(r)
	for _, o := range r.Obstacles {
		c.Obstacles = append(c.Obstacles, q.obstacle(o))
	}
	return c
}

// emptied lists the grids that a plan leaves without an atom.
func (q *question) emptied(r *rebalance.Result) (ids []gridmap.GridID) {
	before, after := map[int32]bool{}, map[int32]bool{}
	for i, g := range r.Plan {
		before[q.area.Problem.Initial[i]], after[g] = true, true
	}
	for i, g := range q.area.Grids {
		if before[int32(i)] && !after[int32(i)] {
			ids = append(ids, q.m.Grids[g].ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func (q *question) obstacle(o rebalance.Obstacle) Obstacle {
	out := Obstacle{Message: o.Say(q.area), Proven: o.Proven}
	if g, fresh := q.area.MapGrid(o.Grid); fresh == 0 && g != district.None {
		out.Grid = q.m.Grids[g].ID
	}
	if o.Atom >= 0 && int(o.Atom) < len(q.area.Faces) {
		out.Atom = q.m.Atoms[q.area.Faces[o.Atom]].ID
	}
	return out
}

// applyBody is the body of apply_proposal as it is sent.
type applyBody struct {
	Proposal  string           `json:"proposal"`
	Candidate int              `json:"candidate"`
	Grids     []gridmap.GridID `json:"grids,omitempty"`
}

// expandedBody is what is logged instead: nothing in it is in memory only.
type expandedBody struct {
	applyBody
	Moves    []CandidateMove  `json:"moves"`
	NewGrids []CandidateGrid  `json:"new_grids,omitempty"`
	Retire   []gridmap.GridID `json:"retire,omitempty"`
}

// expand writes out what the proposals among operations stand for, and makes
// sure that what they move has not been changed since they were asked for.
func (dr *draft) expand(ctx context.Context, ops []gridmap.PlanOp) error {
	for i := range ops {
		var sent struct {
			applyBody
			Moves json.RawMessage `json:"moves"`
		}
		if ops[i].Kind != ApplyProposal {
			continue
		}
		if err := json.Unmarshal(ops[i].Body, &sent); err != nil {
			return gridmap.Errorf(gridmap.Invalid, "apply_proposal 的内容读不懂：%v (bad body)", err)
		}
		if len(sent.Moves) > 0 {
			continue // spelled out by the sender, and checked as any operation is
		}
		p, c, err := dr.desk.tasks.candidate(dr.id, sent.Proposal, sent.Candidate)
		if err != nil {
			return err
		}
		b, err := dr.boardAt(ctx, p.BaseRev)
		if err != nil {
			return err
		}
		if ops[i].Body, err = json.Marshal(c.part(b, sent.applyBody)); err != nil {
			return err
		}
		if p.BaseRev < dr.plan.Rev {
			if err := dr.clear(ctx, p.BaseRev, b, ops[i:i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// candidate finds a candidate of a finished proposal. While the engine is at it
// a candidate is what was best so far, and may be another in a moment.
func (t *tasks) candidate(plan gridmap.PlanID, id string, index int) (Proposal, Candidate, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.find(plan, id)
	if k == nil {
		return Proposal{}, Candidate{}, noSuchProposal(id)
	}
	if k.now.State == ProposalQueued || k.now.State == ProposalRunning {
		return k.now, Candidate{}, gridmap.Errorf(gridmap.Conflict, "备选方案 %q 还在计算，候选还会变：请等它算完，或先取消再采用 (it is still being worked on; wait for it or cancel it)", id)
	}
	if index < 0 || index >= len(k.now.Candidates) {
		return k.now, Candidate{}, gridmap.Errorf(gridmap.NotFound, "备选方案 %q 没有第 %d 个候选 (no such candidate)", id, index)
	}
	return k.now, k.now.Candidates[index], nil
}

// part is a candidate as it is logged: all of it, or what moves out of the
// grids named and those below them.
func (c Candidate) part(b *Board, sent applyBody) expandedBody {
	body := expandedBody{applyBody: sent, Moves: c.Moves, NewGrids: c.NewGrids, Retire: c.Retire}
	if len(sent.Grids) == 0 {
		return body
	}
	in := func(id gridmap.GridID) (found bool) {
		b.chain(b.gridIndex(id), func(_ int32, n *grid) bool {
			found = slices.Contains(sent.Grids, n.id)
			return !found
		})
		return found
	}
	body.Moves, body.NewGrids, body.Retire = nil, nil, nil
	used := map[gridmap.GridID]bool{}
	for _, m := range c.Moves {
		atoms := slices.DeleteFunc(slices.Clone(m.Atoms), func(id gridmap.AtomID) bool {
			from, known := c.source[id]
			return known && !in(from) || !known && !in(m.To)
		})
		if len(atoms) > 0 {
			body.Moves, used[m.To] = append(body.Moves, CandidateMove{m.To, atoms}), true
		}
	}
	for _, n := range c.NewGrids {
		if used[n.ID] {
			body.NewGrids = append(body.NewGrids, n)
		}
	}
	for _, id := range c.Retire {
		if in(id) {
			body.Retire = append(body.Retire, id)
		}
	}
	return body
}
