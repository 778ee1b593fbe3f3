package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

// importFlags are the flags of `cloudgrid import`.
type importFlags struct {
	store     string
	storeSaid bool // --store was given

	asSaid bool // --as was given
	places bool

	as, network, level, parentLevel, gridType string
	crs, columns, mappingFile, saveMapping    string
	layer, sheet, encoding                    string
	lon, lat, wkt                             string
	header                                    int
	validFrom                                 string
	dryRun, acceptPartial, strict             bool
	fixSwapped, makeParents, mergeParts       bool
	report                                    string
	lines                                     int
	actor                                     string
}

func (f *importFlags) register(cmd *cobra.Command) {
	s := cmd.Flags()
	storeFlag(cmd, &f.store)
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		f.storeSaid, f.asSaid = cmd.Flags().Changed("store"), cmd.Flags().Changed("as")
	}
	s.StringVar(&f.as, "as", "grids", "what the rows are: grids, atoms (buildings, plots), places (addresses), staff")
	s.BoolVar(&f.places, "places", false, "the same as --as places")
	s.StringVar(&f.network, "network", "main", "code of the network (网); made when it is new")
	s.StringVar(&f.level, "level", "", "level of the grids, as code or code=name (default grid=网格)")
	s.StringVar(&f.parentLevel, "parent-level", "", "the level above, for a new level")
	s.StringVar(&f.gridType, "type", "", "type of grids without one: general, dedicated, commercial, micro, waterborne")
	s.StringVar(&f.crs, "crs", "", "coordinate system of the file, over what it declares: wgs84, cgcs2000, gcj02, bd09, epsg:45xx")
	s.StringVar(&f.columns, "map", "", "columns, as field=column,…: code, name, parent …; other names are counts (households=户数)")
	s.StringVar(&f.mappingFile, "mapping", "", "columns from a file that --save-mapping wrote")
	s.StringVar(&f.saveMapping, "save-mapping", "", "write the columns used to this file")
	s.StringVar(&f.layer, "layer", "", "layer of a GeoPackage, object of a TopoJSON, .shp in a zip")
	s.StringVar(&f.sheet, "sheet", "", "sheet of a workbook")
	s.StringVar(&f.encoding, "encoding", "", "text encoding, over what is found: UTF-8, GB18030, Big5 …")
	s.StringVar(&f.lon, "lon", "", "column with the longitude or easting (tables)")
	s.StringVar(&f.lat, "lat", "", "column with the latitude or northing (tables)")
	s.StringVar(&f.wkt, "wkt", "", "column with the shape as WKT (tables)")
	s.IntVar(&f.header, "header", 0, "line of the column names (tables); 0 finds it")
	s.StringVar(&f.validFrom, "valid-from", "", "from when this is true, as 2026-11-01 (default now)")
	s.BoolVar(&f.dryRun, "dry-run", false, "report only, change nothing")
	s.BoolVar(&f.acceptPartial, "accept-partial", false, "import the sound rows although others are rejected")
	s.BoolVar(&f.strict, "strict", false, "overlaps and gaps are errors")
	s.BoolVar(&f.fixSwapped, "fix-swapped", false, "turn coordinates round where latitude stands before longitude")
	s.BoolVar(&f.makeParents, "make-parents", false, "make the grids above that the parent column names, as unions of these")
	s.BoolVar(&f.mergeParts, "merge-parts", false, "rows of the same code and name are parts of one grid")
	s.StringVar(&f.report, "report", "", "write the whole report to this file as JSON")
	s.IntVar(&f.lines, "lines", 10, "findings to print of each kind; 0 prints all")
	s.StringVar(&f.actor, "actor", "", "who imports, for the audit")
}

// settleKind takes --places for --as places.
func (f *importFlags) settleKind() error {
	if !f.places {
		return nil
	}
	if f.asSaid && f.as != string(ingest.Places) {
		return gridmap.Errorf(gridmap.Invalid, "--places 与 --as %s 不能同时用 (say one of them)", f.as)
	}
	f.as = string(ingest.Places)
	return nil
}

// mapping reads --mapping and lays --map over it.
func (f importFlags) mapping() (ingest.Mapping, error) {
	said, err := ingest.ParseColumns(ingest.Kind(f.as), f.columns)
	if err != nil || f.mappingFile == "" {
		return said, err
	}
	file, err := os.Open(f.mappingFile)
	if err != nil {
		return said, fmt.Errorf("列对应文件打不开: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read from
	saved, err := ingest.ReadMapping(file)
	return saved.Over(said), err
}

func (f importFlags) fileOptions(m ingest.Mapping) importers.Options {
	first := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	return importers.Options{
		Layer: first(f.layer, m.Layer), Sheet: first(f.sheet, m.Sheet), Encoding: first(f.encoding, m.Encoding),
		Polygons: f.as == string(ingest.Grids) || f.as == string(ingest.Atoms),
		Lon:      f.lon, Lat: f.lat, WKT: f.wkt, Header: f.header,
	}
}

func (f importFlags) options(m ingest.Mapping, now time.Time) (ingest.Options, error) {
	o := ingest.Options{
		As: ingest.Kind(f.as), Network: f.network, Level: f.level, ParentLevel: f.parentLevel, GridType: gridmap.GridType(f.gridType),
		CRS: f.crs, Mapping: m, FixSwapped: f.fixSwapped, MakeParents: f.makeParents, MergeParts: f.mergeParts,
		AcceptPartial: f.acceptPartial, Strict: f.strict, Now: now, Actor: f.actor,
	}
	if f.validFrom == "" {
		return o, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, f.validFrom, time.Local); err == nil {
			o.ValidFrom = t
			return o, nil
		}
	}
	return o, gridmap.Errorf(gridmap.Invalid, "--valid-from %q 应如 2026-11-01 (bad date)", f.validFrom)
}

// saveUsed writes the mapping that was used, suggestions included, with what
// else was said about the file.
func (f importFlags) saveUsed(rep *ingest.Report) error {
	if f.saveMapping == "" {
		return nil
	}
	m := rep.Mapping.Over(ingest.Mapping{CRS: f.crs, Layer: f.layer, Sheet: f.sheet, Encoding: f.encoding})
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
