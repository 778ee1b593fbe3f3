package plan

import (
	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Severity of a finding: an Error must be put right before publishing, a
// Warning is worth a look.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that a planner should know of a draft.
type Finding struct {
	Kind     string
	Severity Severity
	Grids    []gridmap.GridID
	Atoms    []gridmap.AtomID
	At       *spatial.Point // where to look; nil where there is no place
	Message  string
}

// Validate returns everything that a planner should know of the draft. stale,
// which may be nil, adds what is printed on signs and no longer so.
func (b *Board) Validate(stale func(*Board) []Finding) []Finding {
	var out []Finding
	if stale != nil {
		out = append(out, stale(b)...)
	}
	return out
}

// ValidateGrids returns the findings about some grids only, as Validate would:
// what is worth knowing right after an operation.
func (b *Board) ValidateGrids(_ ...gridmap.GridID) []Finding { return nil }
