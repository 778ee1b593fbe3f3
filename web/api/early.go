package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/web/problem"
)

// early is a question about a time before the first map.
type early struct {
	err      error
	firstDay string // at whose start there is a map, YYYY-MM-DD in UTC+8; "" is unknown
}

func (e early) Error() string { return e.err.Error() }

func (e early) Unwrap() error { return e.err }

// tooEarly says that there was no map then, and from which day on there is one.
func (s *Service) tooEarly(ctx context.Context, at string) error {
	if day := s.firstDay(ctx); day != "" {
		return early{gridmap.Errorf(gridmap.NotFound, "%s 还没有网格数据，最早可看 %s (there was no map then; the first day that has one is %s)", at, day, day), day}
	}
	return early{gridmap.Errorf(gridmap.NotFound, "%s 还没有网格数据 (there was no map then)", at), ""}
}

// firstDay is the first day that begins with a map; "" when the store cannot
// say.
func (s *Service) firstDay(ctx context.Context) string {
	if s.desk.Store == nil {
		return ""
	}
	var first time.Time
	err := s.desk.Store.View(ctx, func(r gridmap.Reader) error {
		all, err := r.Editions(ctx)
		for _, e := range all {
			if first.IsZero() || e.EffectiveAt.Before(first) {
				first = e.EffectiveAt
			}
		}
		return err
	})
	if err != nil || first.IsZero() {
		return ""
	}
	t := first.In(gridmap.CivilZone())
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	if day.Before(t) {
		day = day.AddDate(0, 0, 1)
	}
	return day.Format(time.DateOnly)
}

// timedRefusal is a problem, with the first day that has a map where it is about
// that.
type timedRefusal struct {
	problem.Details
	FirstDay string `json:"first_day,omitempty"`
}

func refusalAt(err error) timedRefusal {
	r := timedRefusal{Details: problem.Of(err)}
	if e, ok := errors.AsType[early](err); ok {
		r.FirstDay = e.firstDay
	}
	return r
}

func (r timedRefusal) Error() string { return r.Detail }

// GetStatus implements huma.StatusError.
func (r timedRefusal) GetStatus() int { return r.Status }

// ContentType implements huma.ContentTypeFilter.
func (r timedRefusal) ContentType(string) string { return problem.MediaType }

// MarshalJSON writes the problem with its own member.
func (r timedRefusal) MarshalJSON() ([]byte, error) {
	type plain timedRefusal
	return json.Marshal(plain(r))
}
