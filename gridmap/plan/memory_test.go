package plan

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// memory keeps plans in memory by the rules of gridmap.Plans. It can fail, and
// forget to say that it has succeeded.
type memory struct {
	mu       sync.Mutex
	plans    []gridmap.Plan
	ops      map[gridmap.PlanID][]gridmap.PlanOp
	events   []gridmap.PlanEvent
	comments []gridmap.PlanComment
	fail     error // of the next UpdatePlan
	lose     bool  // the next UpdatePlan is kept but fails
}

var _ gridmap.Plans = (*memory)(nil)

func newMemory() *memory { return &memory{ops: map[gridmap.PlanID][]gridmap.PlanOp{}} }

func (m *memory) CreatePlan(_ context.Context, p gridmap.Plan) (gridmap.Plan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.ID = gridmap.PlanID(len(m.plans) + 1)
	m.plans = append(m.plans, p)
	return p, p.Check()
}

func (m *memory) Plan(_ context.Context, id gridmap.PlanID) (gridmap.Plan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id < 1 || int(id) > len(m.plans) {
		return gridmap.Plan{}, gridmap.Errorf(gridmap.NotFound, "没有方案 %d", id)
	}
	return m.plans[id-1], nil
}

func (m *memory) ListPlans(context.Context) ([]gridmap.Plan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.plans), nil
}

func (m *memory) UpdatePlan(_ context.Context, was, now gridmap.Plan, ops []gridmap.PlanOp, events []gridmap.PlanEvent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail; err != nil {
		m.fail = nil
		return err
	}
	p := &m.plans[was.ID-1]
	if p.State != was.State || p.Rev != was.Rev {
		return gridmap.Errorf(gridmap.Conflict, "方案已被修改")
	}
	if now.Rev != was.Rev+int64(len(ops)) {
		return gridmap.Errorf(gridmap.Invalid, "修订号 %d 不对", now.Rev)
	}
	for _, op := range ops {
		if slices.ContainsFunc(m.ops[was.ID], func(o gridmap.PlanOp) bool { return o.ID == op.ID }) {
			return gridmap.Errorf(gridmap.Conflict, "操作 %s 已有", op.ID)
		}
	}
	*p = now
	m.ops[was.ID] = append(m.ops[was.ID], ops...)
	m.events = append(m.events, events...)
	if m.lose {
		m.lose = false
		return gridmap.Errorf(gridmap.Unavailable, "断线")
	}
	return nil
}

func (m *memory) PlanOps(_ context.Context, id gridmap.PlanID, after int64) iter.Seq2[gridmap.PlanOp, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	return rows(slices.Clone(m.ops[id][min(after, int64(len(m.ops[id]))):]))
}

func (m *memory) PlanEvents(context.Context, gridmap.PlanID) ([]gridmap.PlanEvent, error) {
	return m.events, nil
}

func (m *memory) PutPlanComment(_ context.Context, c gridmap.PlanComment) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, other := range m.comments {
		if c.Key != "" && other.Key == c.Key && other.Plan == c.Plan {
			return 0, gridmap.Errorf(gridmap.Conflict, "there already")
		}
	}
	c.ID = int64(len(m.comments) + 1)
	m.comments = append(m.comments, c)
	return c.ID, nil
}

func (m *memory) PlanComments(context.Context, gridmap.PlanID) ([]gridmap.PlanComment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.comments), nil
}

func (m *memory) SettlePlanComment(_ context.Context, _ gridmap.PlanID, id int64, by string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.comments[id-1].SettledBy, m.comments[id-1].SettledAt = by, at
	return nil
}

func (m *memory) SetPlanCommentPhoto(_ context.Context, _ gridmap.PlanID, id int64, photo string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.comments[id-1].Photo = photo
	return nil
}

func (m *memory) PlanNews(ctx context.Context) <-chan gridmap.PlanID {
	ch := make(chan gridmap.PlanID)
	context.AfterFunc(ctx, func() { close(ch) })
	return ch
}

// still is a store of a world that nobody can change.
type still struct {
	gridmap.Store
	w *world
}

func (s still) View(_ context.Context, fn func(gridmap.Reader) error) error { return fn(s.w) }

func (s still) Update(context.Context, gridmap.Commit, func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	return gridmap.ChangeSet{}, errors.New("nothing can be published here")
}

// noMap says that the newest snapshot is another one.
type noMap struct{}

func (noMap) Current() *atlas.Atlas { return nil }

// oneMap is a snapshot that stays the newest.
type oneMap struct{ a *atlas.Atlas }

func (m oneMap) Current() *atlas.Atlas { return m.a }

func (w *world) atlas(t testing.TB) *atlas.Atlas {
	a, err := atlas.Load(context.Background(), w, day0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// desk is a desk over a world, on the day when it was made.
func (w *world) desk(a *atlas.Atlas, plans gridmap.Plans) *Desk {
	return NewDesk(Config{Plans: plans, Store: still{w: w}, Maps: oneMap{a}, Now: func() time.Time { return day0 }})
}
