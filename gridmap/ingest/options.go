package ingest

import (
	"time"

	"cloudgrid/gridmap"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds of things that can be imported.
const (
	Grids  Kind = "grids"  // polygons of one level of a network
	Atoms  Kind = "atoms"  // buildings, plots, blocks with their counts, belonging to leaf grids
	Places Kind = "places" // standard addresses with points
	Staff  Kind = "staff"  // persons and their posts at grids
)

// Options say how to take a file. The zero value takes polygons as grids of
// the level "grid" of the network "main".
type Options struct {
	As          Kind
	Network     string // code of the network; made when there is none of that code
	Level       string // of grids: code, name, or code=name of a new one
	ParentLevel string // the level above a new level; "" is the lowest there is
	GridType    gridmap.GridType

	CRS     string  // overrides what the file declares; see crs.Accepted
	Mapping Mapping // columns; what it leaves out is suggested and said

	FixSwapped    bool // turn coordinates round where latitude stands before longitude
	MakeParents   bool // make grids of the level above, unions of their children, where the parent column names unknown ones
	MergeParts    bool // rows of the same code and name are parts of one grid or atom
	AcceptPartial bool // write the sound rows although others were rejected
	Strict        bool // overlaps and gaps are errors

	ValidFrom time.Time // from when the file is true; zero is now
	Now       time.Time // the caller's clock
	Actor     string

	Progress func(stage string, done, total int) // may be nil; total 0 is unknown
}

func (o Options) orDefaults() Options {
	if o.As == "" {
		o.As = Grids
	}
	if o.Network == "" {
		o.Network = "main"
	}
	if o.Level == "" {
		o.Level = "grid=网格"
	}
	if o.ValidFrom.IsZero() {
		o.ValidFrom = o.Now
	}
	if o.Actor == "" {
		o.Actor = "import"
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

func (o Options) check() error {
	switch o.As {
	case Grids, Atoms, Places, Staff:
	default:
		return gridmap.Errorf(gridmap.Invalid, "不认识的类别 %q，应为 grids、atoms、places 或 staff (unknown kind)", o.As)
	}
	if o.Now.IsZero() {
		return gridmap.Errorf(gridmap.Internal, "导入没有时间 (import without a clock)")
	}
	if !o.GridType.Valid() {
		return gridmap.Errorf(gridmap.Invalid, "不认识的网格类型 %q (unknown grid type)", o.GridType)
	}
	return o.Mapping.check(o.As)
}
