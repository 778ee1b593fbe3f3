package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
)

func newImportCmd(c *console) *cobra.Command {
	f := importFlags{}
	cmd := &cobra.Command{
		Use:   "import FILE…",
		Short: "read a department's file, report what is wrong with it, and take it into the store",
		Long: `Reads GeoJSON, Shapefile (.shp or zip), GeoPackage, TopoJSON, KML, CSV or XLSX, checks
every row and the coverage as a whole, and writes each file as one transaction: all of it or
nothing. --dry-run reports and changes nothing; it exits 0 when the file is clean, 1 when
there is something to look at, 2 when the file cannot be taken.`,
		Example: `  cloudgrid import --dry-run 网格.zip
  cloudgrid import 街道.geojson --level town=街道 --map code=TOWNCODE,name=TOWNNAME
  cloudgrid import 社区.zip --level village=社区 --parent-level town --map code=VILLCODE,name=VILLNAME,parent=TOWNCODE
  cloudgrid import 楼栋.csv --as atoms --crs cgcs2000 --map code=编码,grid=网格编码,households=户数
  cloudgrid import --places 门牌.csv --crs wgs84 --map address=标准地址,alias=别名,former=曾用名
  cloudgrid import 花名册.xlsx --as staff --map grid=网格编码,name=姓名,role=岗位,phone=手机`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runImport(cmd.Context(), c, f, args)
		},
	}
	f.register(cmd)
	return cmd
}

// importMemory is where the collector begins to work harder, rather than let
// the heap grow to twice what lives: 200,000 polygons of 33 points, imported
// again over themselves, then stay under 2 GiB in all.
const importMemory = 1200 << 20

// runImport takes file after file, each its own transaction. It stops at the
// first that fails; those before it stay.
func runImport(ctx context.Context, c *console, f importFlags, files []string) error {
	if err := f.settleKind(); err != nil {
		return err
	}
	if err := f.settleMapping(); err != nil {
		return err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(importMemory)
	}
	store, err := importStore(ctx, f)
	if err != nil {
		return err
	}
	if store != nil {
		defer store.Close() //nolint:errcheck // nothing is pending at the end
	}
	var reports []*ingest.Report
	wanting := false
	for _, file := range files {
		rep, err := importFile(ctx, c, f, store, file)
		if rep != nil {
			reports = append(reports, rep)
			wanting = wanting || f.dryRun && !rep.Clean()
		}
		if err != nil {
			return errors.Join(err, f.saveReports(reports), printFailure(c, reports, err))
		}
	}
	if err := errors.Join(f.saveReports(reports), printReports(c, reports)); err != nil {
		return err
	}
	if wanting {
		return errWanting
	}
	return nil
}

// importStore opens the store. A dry run only reads and makes nothing: where
// there is no store yet the answer is nil, and the file is checked against an
// empty map.
func importStore(ctx context.Context, f importFlags) (gridmap.Store, error) {
	if !f.dryRun {
		return openStore(ctx, f.store, storeMake)
	}
	s, err := openStore(ctx, f.store, storeRead)
	if gridmap.CodeOf(err) == gridmap.NotFound {
		return nil, nil
	}
	return s, err
}

func importFile(ctx context.Context, c *console, f importFlags, store gridmap.Store, file string) (*ingest.Report, error) {
	bar := newProgress(c)
	plan, err := intake.Check(ctx, file, f.Choice, store, intake.How{Now: time.Now(), Actor: f.actor, Progress: bar.step})
	if err != nil {
		bar.finish()
		return nil, err
	}
	rep := plan.Report()
	rep.DryRun = f.dryRun
	if store == nil && f.storeSaid {
		rep.Notes = append(rep.Notes, fmt.Sprintf("存储 %s 还不存在，按空的检查 (no such store yet: checked against an empty map)", storeName(f.store)))
	}
	if !f.dryRun {
		_, err = plan.Write(ctx, store)
	}
	bar.finish()
	if werr := rep.WriteText(peopleOut(c), f.lines); err == nil {
		err = werr
	}
	if err == nil {
		err = f.saveUsed(rep)
	}
	return rep, err
}

// printReports prints the --json answer: one report, or a list of them.
func printReports(c *console, reports []*ingest.Report) error {
	if len(reports) == 1 {
		return c.printJSON(reports[0])
	}
	return c.printJSON(map[string]any{"reports": reports})
}

// printFailure is the --json answer when a file could not be taken: its report,
// or where it never came to one the reason.
func printFailure(c *console, reports []*ingest.Report, err error) error {
	if len(reports) > 0 {
		return printReports(c, reports)
	}
	return c.printJSON(map[string]any{"error": err.Error()})
}

// saveReports writes --report: the same as --json prints.
func (f importFlags) saveReports(reports []*ingest.Report) error {
	if f.report == "" || len(reports) == 0 {
		return nil
	}
	var v any = reports
	if len(reports) == 1 {
		v = reports[0]
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(f.report, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("报告写不到 %s: %w", f.report, err)
	}
	return nil
}

// peopleOut is where lines for people go; see console.sayf.
func peopleOut(c *console) io.Writer {
	if c.asJSON {
		return c.err
	}
	return c.out
}
