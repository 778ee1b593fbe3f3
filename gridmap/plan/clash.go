package plan

import (
	"time"

	"cloudgrid/gridmap"
)

// Clash is an operation that is in the way of another.
type Clash struct {
	OpID   string
	Rev    int64
	Actor  string
	Kind   string
	At     time.Time
	Items  []Key  // what both touch
	Reason string // where nothing can be named
}

// ClashError refuses operations and says whose others are in the way.
type ClashError struct {
	Rev     int64 // of the plan
	Clashes []Clash
	err     *gridmap.Error
}

func (e *ClashError) Error() string { return e.err.Error() }

// Unwrap makes it a gridmap.Conflict.
func (e *ClashError) Unwrap() error { return e.err }

func clashed(rev int64, clashes []Clash, format string, args ...any) *ClashError {
	return &ClashError{Rev: rev, Clashes: clashes, err: gridmap.Errorf(gridmap.Conflict, format, args...)}
}

func clashOf(op gridmap.PlanOp, items []Key, reason string) Clash {
	return Clash{OpID: op.ID, Rev: op.Rev, Actor: op.Actor, Kind: op.Kind, At: op.At, Items: items, Reason: reason}
}

// whose names the people behind clashes, each once.
func whose(clashes []Clash) (names string) {
	seen := map[string]bool{}
	for _, c := range clashes {
		if seen[c.Actor] {
			continue
		}
		if seen[c.Actor] = true; names != "" {
			names += "、"
		}
		names += c.Actor
	}
	return names
}
