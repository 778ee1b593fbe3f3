package auth

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// Bounds of what waits to be audited. A line that nobody waits for is written
// within a second while the store answers; while it does not, lines wait here
// and, when there is no more room, what must be audited is refused.
const (
	flushEvery = time.Second
	flushLines = 256
	mostLines  = 10_000
	keepMost   = 5 * time.Second // how long an answer waits for its line
)

// recorder takes audit lines. What must not be done without its line waits until
// the store has it, many in one commit (keep); the rest is written soon (add), so
// that a commit to the map in the way does not make people wait to sign in.
type recorder struct {
	journal gridmap.Journal
	log     *slog.Logger
	full    chan struct{} // told when many lines wait
	writing chan struct{} // holds one: one batch after the other, in order

	mu             sync.Mutex
	waiting        []gridmap.AuditEntry
	added, written int64 // lines, ever
}

func newRecorder(j gridmap.Journal, log *slog.Logger) *recorder {
	return &recorder{journal: j, log: log, full: make(chan struct{}, 1), writing: make(chan struct{}, 1)}
}

// add takes a line to be written soon. It is Unavailable when there is no room
// left.
func (r *recorder) add(e gridmap.AuditEntry) error {
	_, err := r.take(e)
	return err
}

// take adds a line and returns its number.
func (r *recorder) take(e gridmap.AuditEntry) (int64, error) {
	r.log.Info("audit", "actor", e.Actor, "action", e.Action, "thing", e.Thing)
	if r.journal == nil {
		return 0, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= mostLines {
		return 0, gridmap.Errorf(gridmap.Unavailable, "审计记录暂时写不下去 (the audit cannot be written now)")
	}
	if r.waiting = append(r.waiting, e); len(r.waiting) >= flushLines {
		select {
		case r.full <- struct{}{}:
		default:
		}
	}
	r.added++
	return r.added, nil
}

// keep takes a line and returns when the store has it; Unavailable when it has
// not in time, and then the line is written later if it can be. Whoever comes
// first writes the lines of all who wait meanwhile, in one commit.
func (r *recorder) keep(ctx context.Context, e gridmap.AuditEntry) error {
	n, err := r.take(e)
	if err != nil || n == 0 {
		return err
	}
	if err := r.writeTo(ctx, n); err != nil {
		return gridmap.Errorf(gridmap.Unavailable, "审计记录暂时写不下去，未经记录不能继续，请稍后再试 (the audit cannot be written now, and this must not go unrecorded): %w", err)
	}
	return nil
}

// flush writes what waits now.
func (r *recorder) flush(ctx context.Context) error {
	r.mu.Lock()
	n := r.added
	r.mu.Unlock()
	return r.writeTo(ctx, n)
}

// writeTo returns when the line of a number has been written. That who asked
// has gone does not break off a commit that others wait for.
func (r *recorder) writeTo(ctx context.Context, n int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepMost)
	defer cancel()
	select {
	case r.writing <- struct{}{}:
		defer func() { <-r.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		r.mu.Lock()
		batch, done := r.waiting[:min(len(r.waiting), flushLines)], r.written >= n
		r.mu.Unlock()
		if done || len(batch) == 0 {
			return nil
		}
		if err := r.journal.AppendAudit(ctx, batch...); err != nil {
			return err
		}
		r.mu.Lock()
		r.waiting = r.waiting[len(batch):]
		r.written += int64(len(batch))
		r.mu.Unlock()
	}
}

// settle has the store take into the chain what it put aside while somebody else
// was writing.
func (r *recorder) settle(ctx context.Context) error {
	if r.journal == nil {
		return nil
	}
	return r.journal.AppendAudit(ctx)
}

func (r *recorder) run(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-tick.C:
		case <-r.full:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := r.flush(last); err != nil {
				r.log.Error("audit lines are lost", "lines", len(r.waiting), "error", err)
			}
			return
		}
		err := r.flush(ctx)
		if err == nil {
			err = r.settle(ctx)
		}
		if err != nil && !failing && ctx.Err() == nil {
			r.log.Error("the audit cannot be written now; its lines wait", "error", err)
		}
		failing = err != nil
	}
}

// note audits what somebody did; the request is refused when that cannot be.
// The line is written soon.
func (g *Gate) note(actor, action, thing, detail string) error {
	return g.record.add(gridmap.AuditEntry{At: g.Now(), Actor: actor, Action: action, Thing: thing, Detail: detail})
}

// noteFirst audits what is about to be done and waits for the store: a change of
// accounts, or personal data that is read, must never be without its line.
func (g *Gate) noteFirst(ctx context.Context, actor, action, thing, detail string) error {
	return g.record.keep(ctx, gridmap.AuditEntry{At: g.Now(), Actor: actor, Action: action, Thing: thing, Detail: detail})
}
