package intake

import (
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

// Choice is what a person says about a file and how it is to be taken. The zero
// value takes polygons as grids of the main network, in the frame that the file
// declares.
type Choice struct {
	// How the file is read.
	Layer    string `json:"layer,omitempty" doc:"layer of a GeoPackage, object of a TopoJSON, .shp in a zip" maxLength:"256"`
	Sheet    string `json:"sheet,omitempty" doc:"sheet of a workbook" maxLength:"256"`
	Encoding string `json:"encoding,omitempty" doc:"of text, over what is found: UTF-8, GB18030, Big5" maxLength:"40"`
	Header   int    `json:"header,omitempty" doc:"line of the column names in a table; 0 finds it" minimum:"0" maximum:"1000"`
	Lon      string `json:"lon,omitempty" doc:"column with the longitude or easting" maxLength:"256"`
	Lat      string `json:"lat,omitempty" doc:"column with the latitude or northing" maxLength:"256"`
	WKT      string `json:"wkt,omitempty" doc:"column with the shape as WKT" maxLength:"256"`
	CRS      string `json:"crs,omitempty" doc:"frame of the coordinates; must be said where the file itself does not" maxLength:"64"`

	// What it becomes.
	As          ingest.Kind       `json:"as,omitempty" enum:"grids,atoms,places,staff"`
	Network     string            `json:"network,omitempty" maxLength:"64"`
	Level       string            `json:"level,omitempty" doc:"of grids: code, name, or code=name of a new one" maxLength:"128"`
	ParentLevel string            `json:"parent_level,omitempty" doc:"the level above a new one" maxLength:"128"`
	GridType    string            `json:"grid_type,omitempty" maxLength:"32"`
	Columns     map[string]string `json:"columns,omitempty" doc:"column by field; fields left out are found by the names of the columns"`
	Counts      map[string]string `json:"counts,omitempty" doc:"column by kind of count, like households"`

	FixSwapped    bool   `json:"fix_swapped,omitempty" doc:"turn coordinates round where latitude stands first"`
	MakeParents   bool   `json:"make_parents,omitempty" doc:"make the grids above that the parent column names"`
	MergeParts    bool   `json:"merge_parts,omitempty" doc:"rows of one code and name are parts of one grid"`
	AcceptPartial bool   `json:"accept_partial,omitempty" doc:"take the sound rows although others are rejected"`
	Strict        bool   `json:"strict,omitempty" doc:"overlaps and gaps are errors"`
	ValidFrom     string `json:"valid_from,omitempty" doc:"from when this is true, as 2026-11-01; now when absent" maxLength:"40"`
}

// How is what a person does not say: clock, bounds, who asks.
type How struct {
	Now      time.Time
	Actor    string
	Limits   importers.Limits
	Progress func(stage string, done, total int) // may be nil

	// SayFrame refuses coordinates whose frame neither the file itself nor the
	// choice says: what a format prescribes is often not what a program wrote.
	SayFrame bool
}

// reading returns how the file is to be opened. Where several layers could be
// meant and one alone holds polygons, areal things take that one.
func (c Choice) reading(l importers.Limits) importers.Options {
	return importers.Options{
		Layer: c.Layer, Sheet: c.Sheet, Encoding: c.Encoding, Header: c.Header, Lon: c.Lon, Lat: c.Lat, WKT: c.WKT,
		Polygons: c.As == "" || c.As == ingest.Grids || c.As == ingest.Atoms, Limits: l,
	}
}

// options returns how the rows are to be taken. The error is Invalid.
func (c Choice) options(how How) (ingest.Options, error) {
	o := ingest.Options{
		As: c.As, Network: c.Network, Level: c.Level, ParentLevel: c.ParentLevel, GridType: gridmap.GridType(c.GridType),
		CRS: c.CRS, Mapping: ingest.Mapping{Columns: c.Columns, Counts: c.Counts},
		FixSwapped: c.FixSwapped, MakeParents: c.MakeParents, MergeParts: c.MergeParts, AcceptPartial: c.AcceptPartial, Strict: c.Strict,
		Now: how.Now, Actor: how.Actor, Progress: how.Progress,
	}
	if c.ValidFrom == "" {
		return o, nil
	}
	var err error
	o.ValidFrom, err = gridmap.ParseTime(c.ValidFrom)
	return o, err
}
