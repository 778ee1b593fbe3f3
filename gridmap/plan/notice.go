package plan

import (
	"context"
	"maps"
	"slices"
	"sync"

	"cloudgrid/gridmap"
)

// NoticeKind says what a notice tells.
type NoticeKind string

// The kinds of notices.
const (
	NoticeOp       NoticeKind = "op"       // the board changed: Change
	NoticePlan     NoticeKind = "plan"     // the plan's state or heading changed: Plan
	NoticeComment  NoticeKind = "comment"  // a comment is new, or settled: Comment
	NoticePresence NoticeKind = "presence" // who follows the plan now: Who
)

// Notice tells a follower of a plan what happened.
type Notice struct {
	Kind    NoticeKind
	Rev     int64 // of the plan then
	Plan    gridmap.Plan
	Change  Change
	Comment gridmap.PlanComment
	Who     []string
}

// noticeBacklog is how many notices a follower may be behind before it is
// dropped: it comes back with the revision that it has.
const noticeBacklog = 64

// followers are those who follow a plan.
type followers struct {
	mu   sync.Mutex
	list map[chan Notice]string // who each is
	told map[int64]string       // the state of each comment that they know of
}

// Follow tells of everything that happens to a plan from now on, beginning with
// what happened after revision since (negative: nothing is missed) and with who
// is there. Who has a revision that the plan does not have is told to begin
// anew. The channel closes when ctx ends or the follower is too slow.
func (d *Desk) Follow(ctx context.Context, actor, shown string, id gridmap.PlanID, since int64) (<-chan Notice, error) {
	dr, err := d.draft(ctx, id)
	if err != nil {
		return nil, err
	}
	defer dr.mu.Unlock()
	if err := d.can(ctx, actor, ActView, dr.plan); err != nil {
		return nil, err
	}
	if since > dr.plan.Rev { // perhaps seen at another server
		if err := dr.latest(ctx); err != nil {
			return nil, err
		}
	}
	ch := make(chan Notice, noticeBacklog)
	ch <- Notice{Kind: NoticePlan, Rev: dr.plan.Rev, Plan: dr.plan}
	if since >= 0 && since != dr.plan.Rev {
		missed, err := dr.missed(ctx, since)
		if err != nil {
			return nil, err
		}
		ch <- missed
	}
	if err := dr.hearComments(ctx); err != nil {
		return nil, err
	}
	dr.followers.join(ch, shown)
	context.AfterFunc(ctx, func() { dr.followers.leave(ch) })
	return ch, nil
}

// missed is everything after a revision as one notice; after one that the plan
// does not have, a change without what it was before.
func (dr *draft) missed(ctx context.Context, since int64) (Notice, error) {
	var before *Board
	if since <= dr.plan.Rev {
		var err error
		if before, err = dr.boardAt(ctx, since); err != nil {
			return Notice{}, err
		}
	}
	after, err := dr.board(ctx)
	rev := dr.plan.Rev
	return Notice{Kind: NoticeOp, Rev: rev, Plan: dr.plan, Change: Change{From: since, Rev: rev, Before: before, After: after}}, err
}

func (f *followers) join(ch chan Notice, who string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.list == nil {
		f.list = map[chan Notice]string{}
	}
	f.list[ch] = who
	f.send(f.presence())
}

func (f *followers) leave(ch chan Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.list[ch]; there {
		delete(f.list, ch)
		close(ch)
		f.send(f.presence())
	}
}

// presence names those who follow, each once.
func (f *followers) presence() Notice {
	who := slices.Sorted(maps.Values(f.list))
	return Notice{Kind: NoticePresence, Who: slices.Compact(who)}
}

// tell sends a notice to all; who is too far behind is dropped.
func (f *followers) tell(n Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.send(n)
}

func (f *followers) send(n Notice) {
	dropped := false
	for ch := range f.list {
		select {
		case ch <- n:
		default:
			delete(f.list, ch)
			close(ch)
			dropped = true
		}
	}
	if dropped && n.Kind != NoticePresence {
		f.send(f.presence())
	}
}

// dismiss sends everybody away.
func (f *followers) dismiss() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.list {
		close(ch)
	}
	clear(f.list)
}

func (f *followers) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.list) > 0
}

// idle tells whether the draft can be forgotten: nobody follows it, and nobody
// works on it.
func (dr *draft) idle() bool {
	if dr.followers.any() || !dr.mu.TryLock() {
		return false
	}
	dr.mu.Unlock()
	return true
}

// tell tells followers how the plan differs from what it was.
func (dr *draft) tell(ctx context.Context, was gridmap.Plan) {
	now := dr.plan
	if !dr.followers.any() {
		return
	}
	if now.Rev != was.Rev {
		n, err := dr.missed(context.WithoutCancel(ctx), was.Rev)
		if err != nil {
			dr.desk.cfg.Log.Error("followers of a plan could not be told of a change", "plan", dr.id, "error", err)
			return
		}
		n.Change.Actor = dr.by(was.Rev)
		dr.followers.tell(n)
	}
	if now.State != was.State || now.Name != was.Name || now.Note != was.Note || now.BaseSeq != was.BaseSeq ||
		!now.EffectiveAt.Equal(was.EffectiveAt) || !now.NoticeUntil.Equal(was.NoticeUntil) || now.Edition != was.Edition {
		dr.followers.tell(Notice{Kind: NoticePlan, Rev: now.Rev, Plan: now})
	}
}

// by is who made all entries after a revision; "" when several did.
func (dr *draft) by(rev int64) string {
	who := dr.history.log[rev].Actor
	for _, op := range dr.history.log[rev:] {
		if op.Actor != who {
			return ""
		}
	}
	return who
}

// hear takes up what another process did.
func (dr *draft) hear(ctx context.Context) error {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if !dr.ready {
		return nil
	}
	if _, err := dr.catchUp(ctx); err != nil {
		return err
	}
	if !dr.followers.any() {
		return nil
	}
	return dr.hearComments(ctx)
}
