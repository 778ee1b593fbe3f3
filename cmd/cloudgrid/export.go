package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
	"cloudgrid/tiles"
	"cloudgrid/web/maptiles"
)

type exportFlags struct {
	store, format, out, network, level, set, scope string
	minZoom, maxZoom, coarsest, finest             int
}

// exporters write a file of the named format.
var exporters = map[string]func(context.Context, *console, io.WriteSeeker, exported) error{
	"geojson": exportGeoJSON,
	"topojson": func(_ context.Context, _ *console, w io.WriteSeeker, x exported) error {
		return export.TopoJSON(w, x.atlas, x.net, x.level)
	},
	"flatgeobuf": func(_ context.Context, _ *console, w io.WriteSeeker, x exported) error {
		return export.FlatGeobuf(w, x.net, x.level)
	},
	"shp":        exportShapefile,
	"pmtiles":    exportPMTiles,
	"h3-csv":     exportCells,
	"h3-parquet": exportCells,
}

// exported is what an exporter needs to know.
type exported struct {
	exportFlags
	atlas *atlas.Atlas
	net   *atlas.Net
	level int
}

func formatNames() []string {
	names := []string{"mbtiles", "gpkg"}
	for n := range exporters {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func newExportCmd(c *console) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "write the map in the format of another program",
		Long: `Writes the newest edition. Tiles are byte for byte those that the server
sends. Counts of residents are left out of GeoJSON where they are small. The
H3 table answers most positions without a call: see docs/h3-table.md.`,
		Example: `  cloudgrid export --format pmtiles --out city.pmtiles
  cloudgrid export --format geojson --level village --out villages.geojson
  cloudgrid export --format h3-parquet --finest 11 --out cells.parquet`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runExport(cmd.Context(), c, f)
		},
	}
	storeFlag(cmd, &f.store)
	scopeFlag(cmd, &f.scope)
	fl := cmd.Flags()
	fl.StringVar(&f.format, "format", "geojson", strings.Join(formatNames(), ", "))
	fl.StringVar(&f.out, "out", "", "file to write; it must not exist")
	fl.StringVar(&f.network, "network", "", "code of a network; the main one when absent")
	fl.StringVar(&f.level, "level", "", "code of a level; the grids that own ground when absent")
	fl.StringVar(&f.set, "tileset", "grids", "pmtiles, mbtiles: grids or atoms")
	fl.IntVar(&f.minZoom, "min-zoom", 0, "pmtiles, mbtiles: first zoom")
	fl.IntVar(&f.maxZoom, "max-zoom", 0, "pmtiles, mbtiles: last zoom; the deepest when 0")
	fl.IntVar(&f.coarsest, "coarsest", 7, "h3: coarsest resolution")
	fl.IntVar(&f.finest, "finest", 11, "h3: finest resolution")
	return cmd
}

func runExport(ctx context.Context, c *console, f exportFlags) error {
	if f.out == "" {
		return gridmap.Errorf(gridmap.Invalid, "需要 --out：写到哪个文件 (--out is missing)")
	}
	write, ok := exporters[f.format]
	if !ok && f.format != "mbtiles" && f.format != "gpkg" {
		return gridmap.Errorf(gridmap.Invalid, "不认识的格式 %q；可用：%s (unknown format)", f.format, strings.Join(formatNames(), ", "))
	}
	if f.scope != "" && f.format != "geojson" {
		return gridmap.Errorf(gridmap.Invalid, "--scope 只能与 --format geojson 同用 (only geojson can be written of a scope)")
	}
	if _, err := os.Stat(f.out); err == nil {
		return gridmap.Errorf(gridmap.Conflict, "文件 %s 已存在，不会覆盖 (the file exists)", f.out)
	}
	s, err := openStore(ctx, f.store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	keeper, err := keeperOf(ctx, s, f.scope)
	if err != nil {
		return err
	}
	x, err := choose(keeper.Current(), f)
	if err != nil {
		return err
	}
	switch f.format {
	case "mbtiles":
		err = writeWhole(f.out, func(path string) error { return exportMBTiles(ctx, c, path, x) })
	case "gpkg":
		err = writeWhole(f.out, func(path string) error { return exportGeoPackage(ctx, s, path, x.atlas.At()) })
	default:
		err = writeWhole(f.out, func(path string) error {
			return toFile(path, func(w io.WriteSeeker) error { return write(ctx, c, w, x) })
		})
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(f.out)
	if err != nil {
		return err
	}
	c.sayf("已写出 %s（%d 字节，版次 %d）", f.out, info.Size(), x.atlas.Edition().Number)
	return c.printJSON(map[string]any{"file": f.out, "bytes": info.Size(), "edition": x.atlas.Edition().Number})
}

func choose(a *atlas.Atlas, f exportFlags) (exported, error) {
	x := exported{exportFlags: f, atlas: a, net: a.Main(), level: -1}
	if f.network != "" {
		x.net = a.Net(f.network)
	}
	if x.net == nil {
		return x, gridmap.Errorf(gridmap.NotFound, "没有网 %q，或存储里还没有网格 (no such network)", f.network)
	}
	if f.level != "" {
		l, ok := x.net.Level(f.level)
		if !ok {
			return x, gridmap.Errorf(gridmap.NotFound, "网 %s 没有层级 %q (no such level)", x.net.Network.Code, f.level)
		}
		x.level = l.Rank
	}
	return x, nil
}

// writeWhole writes a file beside its final name and renames it when it is
// complete: a run that is cut off leaves no half file behind under that name.
func writeWhole(path string, write func(path string) error) error {
	part := path + ".part"
	_ = os.Remove(part) // of an earlier run that was cut off
	if err := write(part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

func toFile(path string, write func(io.WriteSeeker) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "无法写文件: %w", err)
	}
	return errors.Join(write(f), f.Close())
}

func exportGeoJSON(_ context.Context, _ *console, w io.WriteSeeker, x exported) error {
	g := export.NewGeoJSON(x.atlas, export.TellPublic)
	g.Grids(x.net, x.level, func(k int32) bool { return x.level < 0 || x.net.Grids[k].Level == x.level })
	_, err := w.Write(g.Close())
	return err
}

func exportShapefile(_ context.Context, _ *console, w io.WriteSeeker, x exported) error {
	name := strings.TrimSuffix(filepath.Base(x.out), filepath.Ext(x.out))
	return export.Shapefile(w, x.net, x.level, name, x.atlas.At())
}

func (x *exported) tiles(c *console) (*tiles.Pyramid, tiles.Export, error) {
	p, err := x.net.Pyramid(x.atlas)
	set, ok := maptiles.Set(x.set)
	if err == nil && !ok {
		err = gridmap.Errorf(gridmap.Invalid, "没有瓦片集 %q，应为 grids 或 atoms (no such tile set)", x.set)
	}
	told := x.atlas.Settings()
	return p, tiles.Export{
		Set: set, MinZoom: uint8(x.minZoom), MaxZoom: uint8(x.maxZoom),
		Name: told.Title, Attribution: strings.TrimSpace(told.SourceLine + " " + told.MapReviewNo),
		Version:  strconv.FormatInt(x.atlas.Edition().Number, 10),
		Progress: func(n int) { _, _ = fmt.Fprintf(c.err, "\r%d 瓦片 tiles", n) },
	}, err
}

func exportPMTiles(ctx context.Context, c *console, w io.WriteSeeker, x exported) error {
	p, opts, err := x.tiles(c)
	if err != nil {
		return err
	}
	return p.WritePMTiles(ctx, w, opts)
}

func exportMBTiles(ctx context.Context, c *console, path string, x exported) error {
	p, opts, err := x.tiles(c)
	if err != nil {
		return err
	}
	return p.WriteMBTiles(ctx, path, opts)
}

func exportCells(_ context.Context, _ *console, w io.WriteSeeker, x exported) error {
	cells, err := export.Cells(x.net, x.coarsest, x.finest)
	if err != nil {
		return err
	}
	if x.format == "h3-parquet" {
		return export.WriteCellsParquet(w, cells)
	}
	return export.WriteCellsCSV(w, cells)
}
