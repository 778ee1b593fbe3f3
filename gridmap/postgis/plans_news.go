package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

// touches says how often each plan had changed when its listener was told.
type touches map[gridmap.PlanID]int64

// PlanNews implements gridmap.Plans. While the server is away nothing is sent;
// once it is back, what was missed is.
func (s *Store) PlanNews(ctx context.Context) <-chan gridmap.PlanID {
	out := make(chan gridmap.PlanID)
	told := make(touches)
	if s.ready(ctx) == nil {
		if now, err := s.touched(ctx, s.one()); err == nil { // before the caller reads anything; else every plan is news
			told = now
		}
	}
	ctx, cancel := s.untilClosed(ctx)
	go func() {
		defer close(out)
		defer cancel()
		for ctx.Err() == nil {
			_ = s.followPlans(ctx, out, told) // an error shows itself to whoever reads
			select {
			case <-time.After(reconnectEvery):
			case <-ctx.Done():
			}
		}
	}()
	return out
}

func (s *Store) touched(ctx context.Context, from querier) (touches, error) {
	type row struct {
		id     gridmap.PlanID
		number int64
	}
	rows, err := rowsFrom(ctx, s, from, func(rows pgx.Rows) (r row, err error) {
		err = rows.Scan(&r.id, &r.number)
		return r, err
	}, "SELECT id, touched FROM "+s.table("plan")+" ORDER BY id")
	all := make(touches, len(rows))
	for _, r := range rows {
		all[r.id] = r.number
	}
	return all, err
}

// followPlans sends news over one connection until it breaks. A notification
// says which plan changed; the whole list is looked at when one may have been
// lost.
func (s *Store) followPlans(ctx context.Context, out chan<- gridmap.PlanID, told touches) error {
	e, err := s.listen(ctx, planChannel)
	if err != nil {
		return err
	}
	defer e.close(ctx)
	for {
		now, err := s.touched(ctx, e.conn)
		if err != nil {
			return err
		}
		for id, number := range now {
			if number < told[id] { // a standby that had less was promoted
				told[id] = 0
			}
			if err := tell(ctx, out, told, id, number); err != nil {
				return err
			}
		}
		for {
			note, err := e.wait(ctx)
			if err != nil {
				return err
			}
			if note == nil { // the time to look has come
				break
			}
			var id gridmap.PlanID
			var number int64
			if _, err := fmt.Sscan(note.Payload, &id, &number); err != nil {
				return fmt.Errorf("notified of %q: %w", note.Payload, err)
			}
			if err := tell(ctx, out, told, id, number); err != nil {
				return err
			}
		}
	}
}

func tell(ctx context.Context, out chan<- gridmap.PlanID, told touches, id gridmap.PlanID, number int64) error {
	if number <= told[id] {
		return nil
	}
	select {
	case out <- id:
		told[id] = number
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
