package duty

import (
	"cmp"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// VisitEvent is the kind of the gridmap.Event that records a visit; its key is
// the id of the liaison's record, in decimal.
const VisitEvent = "visit"

// Overdue is a liaison that was not seen to in time.
type Overdue struct {
	Liaison Entry[Liaison]
	Last    time.Time // zero: never
	Due     time.Time
}

// OverdueAt lists the liaisons whose last visit lies too far back at t, the
// longest due first. last is the time of the newest visit, by record; since is
// when a liaison that was never visited began to count, where its record does
// not say.
func OverdueAt(liaisons []Entry[Liaison], last map[gridmap.RecordID]time.Time, since, t time.Time) []Overdue {
	var late []Overdue
	for _, l := range liaisons {
		if l.Body.EveryDays == 0 {
			continue
		}
		seen := last[l.ID]
		from := seen
		if from.IsZero() {
			if from = l.ValidFrom; from.IsZero() {
				from = since
			}
		}
		if due := from.AddDate(0, 0, l.Body.EveryDays); due.Before(t) {
			late = append(late, Overdue{Liaison: l, Last: seen, Due: due})
		}
	}
	slices.SortFunc(late, func(x, y Overdue) int {
		return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.Liaison.ID, y.Liaison.ID))
	})
	return late
}

// MissedMonth lists the liaisons without a visit in the calendar month of t, in
// the order given: 本月未走访.
func MissedMonth(liaisons []Entry[Liaison], last map[gridmap.RecordID]time.Time, t time.Time) []Entry[Liaison] {
	t = t.In(gridmap.CivilZone())
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, gridmap.CivilZone())
	var missed []Entry[Liaison]
	for _, l := range liaisons {
		if last[l.ID].Before(first) {
			missed = append(missed, l)
		}
	}
	return missed
}
