package auth

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// Bounds of what waits to be audited. A line waits a second at most while the
// store answers; while it does not, lines wait here and, when there is no more
// room, what must be audited is refused.
const (
	flushEvery = time.Second
	flushLines = 256
	mostLines  = 10_000
)

// recorder takes audit lines at once and writes them soon: a commit to the map
// in the way must not make people wait to sign in.
type recorder struct {
	journal gridmap.Journal
	log     *slog.Logger
	full    chan struct{} // told when many lines wait

	mu      sync.Mutex
	waiting []gridmap.AuditEntry
	writing sync.Mutex // one batch after the other, in order
}

func newRecorder(j gridmap.Journal, log *slog.Logger) *recorder {
	return &recorder{journal: j, log: log, full: make(chan struct{}, 1)}
}

// add takes a line. It is Unavailable when there is no room left.
func (r *recorder) add(e gridmap.AuditEntry) error {
	r.log.Info("audit", "actor", e.Actor, "action", e.Action, "thing", e.Thing)
	if r.journal == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= mostLines {
		return gridmap.Errorf(gridmap.Unavailable, "审计记录暂时写不下去 (the audit cannot be written now)")
	}
	if r.waiting = append(r.waiting, e); len(r.waiting) >= flushLines {
		select {
		case r.full <- struct{}{}:
		default:
		}
	}
	return nil
}

func (r *recorder) flush(ctx context.Context) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for {
		r.mu.Lock()
		batch := r.waiting[:min(len(r.waiting), flushLines)]
		r.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		if err := r.journal.AppendAudit(ctx, batch...); err != nil {
			return err
		}
		r.mu.Lock()
		r.waiting = r.waiting[len(batch):]
		r.mu.Unlock()
	}
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
		if err != nil && !failing && ctx.Err() == nil {
			r.log.Error("the audit cannot be written now; its lines wait", "error", err)
		}
		failing = err != nil
	}
}

// note audits what somebody did; the request is refused when that cannot be.
func (g *Gate) note(actor, action, thing, detail string) error {
	return g.record.add(gridmap.AuditEntry{At: g.Now(), Actor: actor, Action: action, Thing: thing, Detail: detail})
}

// noteFirst audits a change of accounts before it is made, and waits for the
// store: such a change must never be without its line.
func (g *Gate) noteFirst(ctx context.Context, actor, action, thing, detail string) error {
	if err := g.note(actor, action, thing, detail); err != nil {
		return err
	}
	if g.record.journal == nil {
		return nil
	}
	return g.record.flush(ctx)
}
