package plans

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/problem"
	"cloudgrid/web/sse"
)

func (s *Service) registerProposals(doc huma.API) {
	add(doc, http.MethodPost, "/{id}/proposals", "plan-propose", "Ask the engine for balanced grids with the fewest people moved", http.StatusAccepted, maxBody, s.propose)
	get(doc, "/{id}/proposals", "plan-proposals", "What the engine was asked, the newest first", s.proposals)
	get(doc, "/{id}/proposals/{pid}", "plan-proposal", "An answer of the engine, or how far it is", s.proposal)
	add(doc, http.MethodDelete, "/{id}/proposals/{pid}", "plan-cancel-proposal", "Stop the engine", http.StatusNoContent, 0, s.cancelProposal)
}

type proposeInput struct {
	PlanInput
	Body struct {
		Task      string  `json:"task" enum:"balance,relieve,split,dissolve,first_plan"`
		By        string  `json:"by,omitempty" enum:"area,atoms" doc:"weigh by ground in units of 100 m², or each atom as one, for want of counts; loads and moved_households are in that measure; by the sizing profile when absent"`
		Tolerance float64 `json:"tolerance,omitempty" minimum:"0" maximum:"0.99" doc:"share of the mean load; 0.05 when absent"`
		Min       float64 `json:"min,omitempty" minimum:"0" doc:"load; the sizing profile's when absent"`
		Max       float64 `json:"max,omitempty" minimum:"0"`
		Count     int     `json:"count,omitempty" minimum:"0" doc:"how many grids or parts"`
		Grid      int64   `json:"grid,omitempty" doc:"of split and dissolve"`
		Grids     []int64 `json:"grids,omitempty" doc:"where: communities, streets, grids; the plan's scope when absent"`
		Weights   struct {
			BorderPerM  float64 `json:"border_per_m,omitempty" minimum:"0" doc:"households worth moving to save a metre of border"`
			Arterial    float32 `json:"arterial,omitempty" minimum:"0" doc:"what a metre along a main road counts"`
			Balance     float64 `json:"balance,omitempty" minimum:"0"`
			WalkPerKm   float64 `json:"walk_per_km,omitempty" minimum:"0" maximum:"1000" doc:"households worth moving to save the households a kilometre of way to the middle of their grid; 1 to 50 are usual"`
			TouchedGrid float64 `json:"touched_grid,omitempty" minimum:"0" maximum:"100000" doc:"households worth moving to leave one more grid as it is; 20 to 200 are usual"`
		} `json:"weights,omitempty"`
		Seed       uint64 `json:"seed,omitempty" doc:"the same seed gives the same answer"`
		Candidates int    `json:"candidates,omitempty" minimum:"0" maximum:"12" doc:"at most so many; balance and relieve give several"`
	}
}

type proposedOutput struct {
	Body struct {
		ID string `json:"id"`
	}
}

func (s *Service) propose(ctx context.Context, in *proposeInput) (*proposedOutput, error) {
	b := in.Body
	p, err := s.desk.Propose(ctx, actor(ctx), in.plan(), plan.Wish{
		Task: b.Task, By: b.By, Tolerance: b.Tolerance, Min: b.Min, Max: b.Max, Count: b.Count, Grid: gridmap.GridID(b.Grid), Grids: gridIDs(b.Grids),
		Weights: plan.WishWeights{
			BorderPerM: b.Weights.BorderPerM, Arterial: b.Weights.Arterial, Balance: b.Weights.Balance,
			WalkPerKm: b.Weights.WalkPerKm, TouchedGrid: b.Weights.TouchedGrid,
		},
		Seed: b.Seed, Candidates: b.Candidates,
	})
	if err != nil {
		return nil, err
	}
	out := &proposedOutput{}
	out.Body.ID = p.ID
	return out, nil
}

type obstacleItem struct {
	Message string `json:"message"`
	Grid    int64  `json:"grid,omitempty"`
	Atom    int64  `json:"atom,omitempty"`
	Proven  bool   `json:"proven" doc:"no plan at all can meet the wish"`
}

type candidateItem struct {
	Index           int                  `json:"index"`
	MovedHouseholds int64                `json:"moved_households"`
	MovedShare      float64              `json:"moved_share"`
	WorstDeviation  float64              `json:"worst_deviation"`
	BorderM         float64              `json:"border_m"`
	BorderBeforeM   float64              `json:"border_before_m"`
	WalkM           float64              `json:"walk_m" doc:"mean distance of the households to the middle of their grid"`
	WalkBeforeM     float64              `json:"walk_before_m"`
	Touched         int                  `json:"touched" doc:"grids that lose or gain an atom"`
	Opened          int                  `json:"opened"`
	Closed          int                  `json:"closed"`
	Grids           int                  `json:"grids"`
	Feasible        bool                 `json:"feasible"`
	LowerBound      int64                `json:"lower_bound" doc:"households that any plan must move; 0 is unknown or not feasible"`
	Gap             float64              `json:"gap" doc:"(moved - lower_bound) / moved; 0 proves the plan best; 1 when not feasible"`
	Obstacles       []obstacleItem       `json:"obstacles"`
	Moves           []plan.CandidateMove `json:"moves"`
	NewGrids        []plan.CandidateGrid `json:"new_grids" doc:"their ids, -1, -2 …, mean something in moves only"`
	Retire          []int64              `json:"retire"`
}

type progressItem struct {
	Done     int `json:"done"`
	Total    int `json:"total"`
	Unsolved int `json:"unsolved"`
}

type proposalItem struct {
	ID         string          `json:"id"`
	State      string          `json:"state" enum:"queued,running,done,cancelled,failed"`
	Fault      string          `json:"fault,omitempty"`
	By         string          `json:"by"`
	At         time.Time       `json:"at"`
	Wish       plan.Wish       `json:"wish"`
	Progress   progressItem    `json:"progress"`
	BaseRev    int64           `json:"base_rev"`
	Stale      bool            `json:"stale" doc:"the draft has changed since it was asked"`
	Candidates []candidateItem `json:"candidates"`
}

func candidateItemOf(i int, c plan.Candidate) candidateItem {
	item := candidateItem{
		Index: i, MovedHouseholds: c.MovedHouseholds, MovedShare: rounded(c.MovedShare, 1e6), WorstDeviation: rounded(c.WorstDeviation, 1e6),
		BorderM: rounded(c.BorderM, 1), BorderBeforeM: rounded(c.BorderBeforeM, 1), WalkM: rounded(c.WalkM, 10), WalkBeforeM: rounded(c.WalkBeforeM, 10),
		Touched: c.Touched, Opened: c.Opened, Closed: c.Closed, Grids: c.Grids,
		Feasible: c.Feasible, LowerBound: c.LowerBound, Gap: rounded(c.Gap, 1e6), Obstacles: []obstacleItem{},
		Moves: orEmpty(c.Moves), NewGrids: orEmpty(c.NewGrids), Retire: numbers(c.Retire),
	}
	for _, o := range c.Obstacles {
		item.Obstacles = append(item.Obstacles, obstacleItem{o.Message, int64(o.Grid), int64(o.Atom), o.Proven})
	}
	return item
}

func proposalItemOf(p plan.Proposal, rev int64) proposalItem {
	item := proposalItem{
		ID: p.ID, State: p.State, Fault: p.Fault, By: p.By, At: p.At, Wish: p.Wish, Progress: progressItem{p.Done, p.Total, p.Unsolved},
		BaseRev: p.BaseRev, Stale: rev != p.BaseRev, Candidates: []candidateItem{},
	}
	for i, c := range p.Candidates {
		item.Candidates = append(item.Candidates, candidateItemOf(i, c))
	}
	return item
}

type proposalsOutput struct {
	Body struct {
		Proposals []proposalItem `json:"proposals"`
	}
}

func (s *Service) proposals(ctx context.Context, in *PlanInput) (*proposalsOutput, error) {
	list, err := s.desk.Proposals(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Plan(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	out := &proposalsOutput{}
	out.Body.Proposals = []proposalItem{}
	for _, one := range list {
		out.Body.Proposals = append(out.Body.Proposals, proposalItemOf(one, p.Rev))
	}
	return out, nil
}

type proposalInput struct {
	PlanInput
	Proposal string `path:"pid" maxLength:"64"`
}

type proposalOutput struct{ Body proposalItem }

func (s *Service) proposal(ctx context.Context, in *proposalInput) (*proposalOutput, error) {
	one, _, err := s.desk.Watch(ctx, actor(ctx), in.plan(), in.Proposal)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Plan(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	return &proposalOutput{proposalItemOf(one, p.Rev)}, nil
}

func (s *Service) cancelProposal(ctx context.Context, in *proposalInput) (*struct{}, error) {
	return nil, s.desk.CancelProposal(ctx, actor(ctx), in.plan(), in.Proposal)
}

// proposalEvents streams an answer of the engine while it comes: progress,
// candidate, done.
func (s *Service) proposalEvents(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", c.Param("id")))
	}
	now, news, err := s.desk.Watch(ctx, actor(ctx), gridmap.PlanID(id), c.Param("pid"))
	if err != nil {
		return problem.Write(c, err)
	}
	out := sse.New(c)
	pulse := time.NewTicker(sse.Beat)
	defer pulse.Stop()
	for sent := 0; ; {
		if sent, err = tellProposal(out, now, sent); err != nil || over(now) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-pulse.C:
			err = out.Alive()
		case <-news:
			now, news, err = s.desk.Watch(ctx, actor(ctx), gridmap.PlanID(id), c.Param("pid"))
		}
		if err != nil {
			return nil
		}
	}
}

func over(p plan.Proposal) bool {
	return p.State != plan.ProposalQueued && p.State != plan.ProposalRunning
}

// tellProposal sends how a proposal stands; sent is how many candidates the
// reader has.
func tellProposal(out *sse.Stream, p plan.Proposal, sent int) (int, error) {
	err := out.Send("", "progress", map[string]any{"state": p.State, "progress": progressItem{p.Done, p.Total, p.Unsolved}})
	for i := sent; err == nil && i < len(p.Candidates) && !over(p); i++ {
		err = out.Send("", "candidate", candidateItemOf(i, p.Candidates[i]))
	}
	if err == nil && over(p) {
		err = out.Send("", "done", proposalItemOf(p, p.BaseRev))
	}
	return len(p.Candidates), err
}
