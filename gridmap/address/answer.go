package address

import "cloudgrid/spatial"

// AreaLevel is a rung of the administrative tree.
type AreaLevel uint8

// The rungs, from the top down.
const (
	AreaProvince AreaLevel = iota + 1
	AreaCity
	AreaDistrict
	AreaTown
	AreaCommunity
	AreaGrid
)

// Level says how deep an answer goes.
type Level string

// The levels, from nothing to a single unit.
const (
	LevelNone         Level = "none"
	LevelArea         Level = "area"         // an administrative area only
	LevelRoad         Level = "road"         // the road, not the door
	LevelInterpolated Level = "interpolated" // between two known doors of the same side
	LevelCompound     Level = "compound"     // the compound or door, not which building in it
	LevelBuilding     Level = "building"     // one building or door plate
	LevelUnit         Level = "unit"         // one unit of a building
)

// Status says how an answer is to be taken.
type Status string

// The statuses.
const (
	StatusOK        Status = "ok"        // one place, as deep as Level says
	StatusAmbiguous Status = "ambiguous" // several places fit, or none surely enough
	StatusConflict  Status = "conflict"  // the text contradicts itself or the table
	StatusRelative  Status = "relative"  // beside the place named: ID is the anchor
	StatusNone      Status = "none"      // nothing was found
)

// Role says as what a part of the text was understood.
type Role string

// The roles.
const (
	RoleArea     Role = "area"
	RoleRoad     Role = "road"
	RoleNumber   Role = "number" // section, lanes and door number
	RoleCompound Role = "compound"
	RoleBuilding Role = "building"
	RoleTail     Role = "tail" // unit, floor, room
	RoleRelation Role = "relation"
)

// Component is one understood part of a text.
type Component struct {
	Role       Role
	Start, End int    // byte span in the text as given
	Text       string // as typed
	Name       string // as the table writes it; "" when it has no name there
	Typo       bool   // Text is not Name but was taken for it
}

// Span is an unexplained piece of a text, in bytes.
type Span struct {
	Start, End int
	Text       string
}

// Candidate is a row that fits the text.
type Candidate struct {
	ID         int64
	Confidence float64
	GridKey    int64
	Text       string // the address as the table has it
	Point      spatial.Point
	HasPoint   bool
}

// Answer is what a text was found to mean.
type Answer struct {
	Level  Level
	Status Status
	// ID is the entry, when Level is compound or deeper and one entry is meant
	// (the anchor when Status is relative or conflict); otherwise 0.
	ID         int64
	Confidence float64 // probability that ID is the place meant
	Reasons    []string

	Components   []Component
	Unexplained  []Span
	Alternatives []Candidate // best first, the answer itself included

	// GridKey is the grid when every place that still fits lies in it, even
	// though the building is open; otherwise 0.
	GridKey int64

	Point     spatial.Point
	HasPoint  bool
	Message   string // for people, Chinese
	MessageEn string
}
