package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/district"
	"cloudgrid/gridmap/rebalance"
)

// areaTasks are the tasks of `rebalance --area`; "" is by the sizing profile.
var areaTasks = map[string]rebalance.Task{
	"balance": rebalance.Balance, "relieve": rebalance.Relieve, "split": rebalance.Split, "dissolve": rebalance.Dissolve,
	"first-plan": rebalance.FirstPlan, "most-balanced": rebalance.MostBalanced, "shortest-border": rebalance.ShortestBorder,
}

// areaQuestion is a part of a store's map as a question.
type areaQuestion struct {
	*district.Area
	m       district.Map
	net     *atlas.Net
	atlas   *atlas.Atlas
	kinds   []string // by face: the kind of the atom
	profile gridmap.SizingProfile
	goal    rebalance.Goal
	names   []string // of the chosen grids
}

// askArea reads the map and turns the flags into a question.
func askArea(ctx context.Context, f rebalanceFlags) (*areaQuestion, error) {
	s, err := openStore(ctx, f.store, storeRead)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // only read from
	q := &areaQuestion{}
	err = s.View(ctx, func(r gridmap.Reader) error { return q.load(ctx, r, f.network) })
	if err != nil {
		return nil, err
	}
	if err := q.ask(f); err != nil {
		return nil, err
	}
	return q, nil
}

func (q *areaQuestion) load(ctx context.Context, r gridmap.Reader, network string) error {
	now := time.Now()
	a, err := atlas.Load(ctx, r, now, 0)
	if err != nil {
		return err
	}
	q.atlas, q.net = a, a.Main()
	if network != "" {
		q.net = a.Net(network)
	}
	if q.net == nil {
		return gridmap.Errorf(gridmap.NotFound, "存储中没有网络 %q (no such network)", network)
	}
	q.m = district.OfAtlas(q.net, a)
	attrs := make([]map[string]string, len(q.m.Atoms))
	q.kinds = make([]string, len(q.m.Atoms))
	face := make(map[gridmap.AtomID]int, len(q.m.Atoms))
	for f, at := range q.m.Atoms {
		face[at.ID] = f
	}
	for at, err := range r.Atoms(ctx, gridmap.Query{At: now}) {
		if err != nil {
			return err
		}
		if f, ok := face[at.ID]; ok {
			attrs[f], q.kinds[f] = at.Attrs, at.Kind
		}
	}
	q.m.Marks = district.ReadMarks(q.m.Atoms, attrs)
	profiles, err := r.Profiles(ctx)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		if p.Network == q.net.Network.ID && p.Level == q.m.Levels-1 && (p.Type == "" || p.Type == gridmap.General) {
			q.profile = p
		}
	}
	return nil
}

// ask chooses the ground and the goal.
func (q *areaQuestion) ask(f rebalanceFlags) error {
	opt := district.Options{Profile: q.profile, Loose: f.loose}
	if f.minLoad > 0 {
		opt.Profile.Min = f.minLoad
	}
	if f.maxLoad > 0 {
		opt.Profile.Max = f.maxLoad
	}
	for _, code := range f.lock {
		g, err := q.m.Find(code)
		if err != nil {
			return err
		}
		opt.LockedGrids = append(opt.LockedGrids, g)
	}
	one := district.None // the grid of split and dissolve
	for _, code := range f.area {
		g, err := q.m.Find(code)
		if err != nil {
			return err
		}
		if f.task == "dissolve" && q.m.Grids[g].Level == q.m.Levels-1 && q.m.Grids[g].Parent != district.None {
			one, g = g, q.m.Grids[g].Parent // its neighbours are in question too
		} else if f.task == "split" {
			one = g
		}
		opt.Within = append(opt.Within, g)
		q.names = append(q.names, q.m.Grids[g].Name)
	}
	area, err := district.New(&q.m, opt)
	if err != nil {
		return err
	}
	q.Area, q.profile = area, opt.Profile
	return q.aim(f, one)
}

func (q *areaQuestion) aim(f rebalanceFlags, one int32) error {
	task, known := areaTasks[f.task]
	switch {
	case f.task == "" || f.task == "A": // A is the default of cases
		q.goal = q.DefaultGoal()
	case known:
		q.goal = q.Goal(task)
	default:
		return gridmap.Errorf(gridmap.Invalid, "没有任务 %q；现有：%s (no such task)", f.task, strings.Join(slices.Sorted(maps.Keys(areaTasks)), ", "))
	}
	q.goal.Tolerance, q.goal.Count = f.tolerance, f.count
	if q.goal.Task != rebalance.Split && q.goal.Task != rebalance.Dissolve {
		return nil
	}
	if one == district.None || len(f.area) != 1 {
		return gridmap.Errorf(gridmap.Invalid, "%s 需要用 --area 指定一个末级网格 (name one grid of the lowest level)", f.task)
	}
	i, err := q.GridIndex(one)
	q.goal.Grid = i
	return err
}

// runRebalanceArea proposes a plan for a part of a store's map.
func runRebalanceArea(ctx context.Context, c *console, f rebalanceFlags) error {
	if f.picture != "" && !strings.HasSuffix(strings.ToLower(f.picture), ".svg") {
		return gridmap.Errorf(gridmap.Invalid, "图只能写成 .svg，不能写成 %s；任何浏览器都能打开并另存为 PNG (pictures are SVG)", f.picture)
	}
	q, err := askArea(ctx, f)
	if err != nil {
		return err
	}
	opt := rebalance.Options{
		Seed: f.seed, Threads: f.threads, Effort: f.effort,
		Weights: rebalance.Weights{BorderPerM: f.border, Arterial: 0.5, WalkPerKm: f.walk, TouchedGrid: f.touched},
	}
	start := time.Now()
	var result *rebalance.Result
	var set []rebalance.Candidate
	if f.pareto {
		if set, err = rebalance.Pareto(ctx, &q.Problem, q.goal, opt, nil); err != nil {
			return err
		}
		if f.choose < 1 || f.choose > len(set) {
			return gridmap.Errorf(gridmap.Invalid, "只有 %d 个方案，没有第 %d 个 (no such candidate)", len(set), f.choose)
		}
		result = set[f.choose-1].Result
	} else if result, err = rebalance.Solve(ctx, &q.Problem, q.goal, opt); err != nil {
		return err
	}
	p := q.proposal(result)
	rep := newAreaReport(q, f, p, time.Since(start))
	for _, k := range set {
		rep.Candidates = append(rep.Candidates, candidateOf(k, q.Moves(k.Plan)))
	}
	if err := q.writeFiles(f, p); err != nil {
		return err
	}
	return rep.tell(c)
}

// writeFiles writes what the flags ask for.
func (q *areaQuestion) writeFiles(f rebalanceFlags, p *proposal) error {
	if f.out != "" {
		if err := writePlan(f.out, p.moveList()); err != nil {
			return err
		}
	}
	if f.geojson != "" {
		if err := writeBytes(f.geojson, p.geoJSON()); err != nil {
			return err
		}
	}
	if f.picture == "" {
		return nil
	}
	return writeBytes(f.picture, p.picture())
}
