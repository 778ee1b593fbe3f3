package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
)

// importFlags are the flags of `cloudgrid import`: what it says about the file,
// and what besides.
type importFlags struct {
	intake.Choice
	store     string
	storeSaid bool // --store was given
	asSaid    bool // --as was given
	places    bool

	columns, mappingFile, saveMapping string
	dryRun                            bool
	report                            string
	lines                             int
	actor                             string
}

func (f *importFlags) register(cmd *cobra.Command) {
	s := cmd.Flags()
	storeFlag(cmd, &f.store)
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		f.storeSaid, f.asSaid = cmd.Flags().Changed("store"), cmd.Flags().Changed("as")
	}
	s.StringVar((*string)(&f.As), "as", "grids", "what the rows are: grids, atoms (buildings, plots), places (addresses), staff")
	s.BoolVar(&f.places, "places", false, "the same as --as places")
	s.StringVar(&f.Network, "network", "main", "code of the network (网); made when it is new")
	s.StringVar(&f.Level, "level", "", "level of the grids, as code or code=name (default grid=网格)")
	s.StringVar(&f.ParentLevel, "parent-level", "", "the level above, for a new level")
	s.StringVar(&f.GridType, "type", "", "type of grids without one: general, dedicated, commercial, micro, waterborne")
	s.StringVar(&f.CRS, "crs", "", "coordinate system of the file, over what it declares: wgs84, cgcs2000, gcj02, bd09, epsg:45xx")
	s.StringVar(&f.columns, "map", "", "columns, as field=column,…: code, name, parent …; other names are counts (households=户数)")
	s.StringVar(&f.mappingFile, "mapping", "", "columns from a file that --save-mapping wrote")
	s.StringVar(&f.saveMapping, "save-mapping", "", "write the columns used to this file")
	s.StringVar(&f.Layer, "layer", "", "layer of a GeoPackage, object of a TopoJSON, .shp in a zip")
	s.StringVar(&f.Sheet, "sheet", "", "sheet of a workbook")
	s.StringVar(&f.Encoding, "encoding", "", "text encoding, over what is found: UTF-8, GB18030, Big5 …")
	s.StringVar(&f.Lon, "lon", "", "column with the longitude or easting (tables)")
	s.StringVar(&f.Lat, "lat", "", "column with the latitude or northing (tables)")
	s.StringVar(&f.WKT, "wkt", "", "column with the shape as WKT (tables)")
	s.IntVar(&f.Header, "header", 0, "line of the column names (tables); 0 finds it")
	s.StringVar(&f.ValidFrom, "valid-from", "", "from when this is true, as 2026-11-01 (default now)")
	s.BoolVar(&f.dryRun, "dry-run", false, "report only, change nothing")
	s.BoolVar(&f.AcceptPartial, "accept-partial", false, "import the sound rows although others are rejected")
	s.BoolVar(&f.Strict, "strict", false, "overlaps and gaps are errors")
	s.BoolVar(&f.FixSwapped, "fix-swapped", false, "turn coordinates round where latitude stands before longitude")
	s.BoolVar(&f.MakeParents, "make-parents", false, "make the grids above that the parent column names, as unions of these")
	s.BoolVar(&f.MergeParts, "merge-parts", false, "rows of the same code and name are parts of one grid")
	s.StringVar(&f.report, "report", "", "write the whole report to this file as JSON")
	s.IntVar(&f.lines, "lines", 10, "findings to print of each kind; 0 prints all")
	s.StringVar(&f.actor, "actor", "", "who imports, for the audit")
}

// settleKind takes --places for --as places.
func (f *importFlags) settleKind() error {
	if !f.places {
		return nil
	}
	if f.asSaid && f.As != ingest.Places {
		return gridmap.Errorf(gridmap.Invalid, "--places 与 --as %s 不能同时用 (say one of them)", f.As)
	}
	f.As = ingest.Places
	return nil
}

// settleMapping reads --mapping, lays --map over it, and takes from it what was
// not said otherwise about the file.
func (f *importFlags) settleMapping() error {
	m, err := ingest.ParseColumns(f.As, f.columns)
	if err != nil {
		return err
	}
	if f.mappingFile != "" {
		file, err := os.Open(f.mappingFile)
		if err != nil {
			return fmt.Errorf("列对应文件打不开: %w", err)
		}
		defer file.Close() //nolint:errcheck // only read from
		saved, err := ingest.ReadMapping(file)
		if err != nil {
			return err
		}
		m = saved.Over(m)
	}
	f.Columns, f.Counts = m.Columns, m.Counts
	f.CRS, f.Layer = cmp.Or(f.CRS, m.CRS), cmp.Or(f.Layer, m.Layer)
	f.Sheet, f.Encoding = cmp.Or(f.Sheet, m.Sheet), cmp.Or(f.Encoding, m.Encoding)
	return nil
}

// saveUsed writes the mapping that was used, suggestions included, with what
// else was said about the file.
func (f importFlags) saveUsed(rep *ingest.Report) error {
	if f.saveMapping == "" {
		return nil
	}
	m := rep.Mapping.Over(ingest.Mapping{CRS: f.CRS, Layer: f.Layer, Sheet: f.Sheet, Encoding: f.Encoding})
	file, err := os.Create(f.saveMapping)
	if err != nil {
		return fmt.Errorf("列对应写不到 %s: %w", f.saveMapping, err)
	}
	err = m.Write(file)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}
