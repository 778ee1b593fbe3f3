package past

import (
	"context"
	"errors"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// slow is maps of which none is held, each of which takes a while to load.
type slow struct {
	now   *time.Time
	takes time.Duration
	spent map[atlas.Shelf]atlas.PastSpent
}

func (s slow) Current() *atlas.Atlas          { return nil }
func (s slow) Held(atlas.Moment) *atlas.Atlas { return nil }
func (s slow) PastSpent(f atlas.Shelf) atlas.PastSpent {
	return s.spent[f]
}

func (s slow) Then(_ context.Context, _ atlas.Moment, f atlas.Shelf) (*atlas.Atlas, error) {
	*s.now = s.now.Add(s.takes)
	was := s.spent[f]
	s.spent[f] = atlas.PastSpent{Loads: was.Loads + 1, Time: was.Time + s.takes}
	return &atlas.Atlas{}, nil
}

// TestStrangersHaveATenthOfAProcessorForThePast asks for another moment ten times
// a second for an hour, of maps small and large.
func TestStrangersHaveATenthOfAProcessorForThePast(t *testing.T) {
	for _, takes := range []time.Duration{time.Millisecond, 300 * time.Millisecond, time.Minute} {
		now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		maps := slow{&now, takes, map[atlas.Shelf]atlas.PastSpent{}}
		d := New(maps, func() time.Time { return now })
		start, refused := now, 0
		for now.Sub(start) < time.Hour {
			_, err := d.AsOf(context.Background(), now.Add(-time.Hour))
			var later *problem.Later
			switch {
			case err == nil:
			case !errors.As(err, &later) || gridmap.CodeOf(err) != gridmap.Busy || later.Wait < time.Second:
				t.Fatal(err)
			default:
				refused++
			}
			now = now.Add(100 * time.Millisecond)
		}
		most := int64(time.Hour/10/(takes+drawn)) + int64(savedMost/(takes+drawn)) + 2
		if n := maps.spent[atlas.ForStrangers].Loads; n > most || n < most/2 || refused == 0 {
			t.Errorf("%v each: %d loads in an hour, at most %d; %d refused", takes, n, most, refused)
		}
	}
}

func TestWhoIsKnownIsNotHeldUpByStrangers(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	maps := slow{&now, time.Minute, map[atlas.Shelf]atlas.PastSpent{}}
	d := New(maps, func() time.Time { return now })
	if _, err := d.AsOf(context.Background(), now); err != nil {
		t.Fatal(err)
	}
	if _, err := d.AsKnown(context.Background(), now, now); gridmap.CodeOf(err) != gridmap.Busy {
		t.Errorf("a stranger in debt: %v", err)
	}
	known := who.With(context.Background(), who.Actor{Name: "key:1"})
	for range 100 {
		if _, err := d.AsOf(known, now); err != nil {
			t.Fatal(err)
		}
	}
}
