package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/export"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/tessellate"
	"cloudgrid/spatial/topology"
)

type atomsFlags struct {
	buildings, within, compounds, crs, out string
	barriers, sum                          []string
	code                                   string
	counts, by, countsCode, countsCRS      string
	count                                  []string
	split                                  bool
	layers                                 string
	sampleM, minGroundM2, minWidthM        float64
}

func newAtomsCmd(c *console) *cobra.Command {
	var f atomsFlags
	cmd := &cobra.Command{
		Use:   "atoms",
		Short: "divide a community's ground between its buildings, along roads and water: 基本单元",
		Long: `Reads buildings (polygons or points), barriers (lines, or polygons whose
outlines count) and the outline of the community, and writes atoms that tile it:
no building is cut, borders run along barriers and midway between buildings.
Buildings that touch are one atom; a compound is one atom unless --split-compounds.
Barriers marked as tunnels are left out. --layers keeps the buildings and barriers
in a store as reference layers too, for planners to see and snap to. Once the grids are there, the file can
be imported with --as atoms.

--counts adds up a table (CSV, XLSX …) per atom, joined by the code of a building
or by a point; rows that fit nowhere are listed by their number. --count says
which columns: households=户数; shops=* counts rows.`,
		Example: `  cloudgrid atoms --buildings buildings.geojson --barriers roads.geojson --barriers water.geojson \
    --within community.geojson --sum households,persons --out atoms.geojson
  cloudgrid atoms --buildings buildings.geojson --within community.geojson --code bld --out atoms.geojson \
    --counts 户籍.xlsx --by code --counts-code 楼栋编码 --count households=户数,persons=人数`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAtoms(cmd.Context(), c, f) },
	}
	s := cmd.Flags()
	s.StringVar(&f.buildings, "buildings", "", "file of buildings, as polygons or points")
	s.StringArrayVar(&f.barriers, "barriers", nil, "file of lines that borders follow; may be given again")
	s.StringVar(&f.within, "within", "", "file with the outline of the community")
	s.StringVar(&f.compounds, "compounds", "", "file of gated compounds, each to stay whole")
	s.StringVar(&f.crs, "crs", "", "coordinate system of all files, over what they declare: wgs84, cgcs2000, gcj02, bd09, epsg:45xx")
	s.StringVar(&f.out, "out", "", "GeoJSON to write; it must not exist")
	s.StringVar(&f.layers, "layers", "", "store to keep buildings and barriers in as reference layers: gpkg:FILE or postgres://… (default: nowhere)")
	s.StringVar(&f.code, "code", "", "column with the code of a building; its own id or row when absent")
	s.StringSliceVar(&f.sum, "sum", nil, "columns of buildings to add up per atom, such as households,persons")
	s.StringVar(&f.counts, "counts", "", "table of counts to join: CSV, XLSX or any file that import reads")
	s.StringVar(&f.by, "by", "", "what joins the table: code (of a building, see --code) or point")
	s.StringVar(&f.countsCode, "counts-code", "code", "column of the table with the code of a building")
	s.StringVar(&f.countsCRS, "counts-crs", "", "coordinate system of the table's points, over --crs")
	s.StringSliceVar(&f.count, "count", nil, "counts of the table as NAME=COLUMN, or NAME=* for one a row")
	s.BoolVar(&f.split, "split-compounds", false, "outlines of compounds are barriers only")
	s.Float64Var(&f.sampleM, "sample", 0, "metres between samples of lines; 0 is 8")
	s.Float64Var(&f.minGroundM2, "min-ground", 0, "square metres under which ground without a building joins a neighbour; 0 is 200, negative keeps all")
	s.Float64Var(&f.minWidthM, "min-width", 0, "mean width in metres under which it does; 0 is 5, negative keeps all")
	for _, name := range []string{"buildings", "within", "out"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	return cmd
}

// atomsReport is what `cloudgrid atoms --json` prints.
type atomsReport struct {
	Atoms         int `json:"atoms"`
	BuildingAtoms int `json:"building_atoms"`
	CompoundAtoms int `json:"compound_atoms"`
	GroundAtoms   int `json:"ground_atoms"`
	Buildings     int `json:"buildings"`
	Outside       int `json:"outside"`    // buildings left out: not within the outline
	OnOutline     int `json:"on_outline"` // buildings that reach over it
	Joined        int `json:"joined"`     // buildings that touch another
	CutCompounds  int `json:"cut_compounds"`
	Absorbed      int `json:"absorbed"` // slivers of ground
	Skipped       int `json:"skipped"`  // rows that could not be read

	Counts    []countSum  `json:"counts,omitempty"`    // of --counts
	Uncounted []countMiss `json:"uncounted,omitempty"` // its rows that belong to no atom
}

func runAtoms(ctx context.Context, c *console, f atomsFlags) error {
	if f.counts == "" && (f.by != "" || len(f.count) > 0) {
		return gridmap.Errorf(gridmap.Invalid, "--by 与 --count 需要 --counts 文件 (--by and --count need --counts)")
	}
	g, err := readGround(f)
	if err != nil {
		return err
	}
	for i, p := range g.problems {
		if i == 10 {
			c.sayf("  …另有 %d 条", len(g.problems)-i)
			break
		}
		c.sayf("  %s", p)
	}
	if g.tunnels > 0 {
		c.sayf("%d 条隧道不作边界 (tunnels left out)", g.tunnels)
	}
	r, err := tessellate.Tessellate(g.in, tessellate.Options{
		SampleM: f.sampleM, MinGroundM2: f.minGroundM2, MinWidthM: f.minWidthM, SplitCompounds: f.split,
	})
	if err != nil {
		return &gridmap.Error{Code: gridmap.Invalid, Message: fmt.Sprintf("%s 不能划分：%v (cannot be divided)", f.within, err), Err: err}
	}
	t := &tally{}
	if f.counts != "" {
		if t, err = g.countInto(r, f); err != nil {
			return err
		}
	}
	if err := writeNew(f.out, g.geoJSON(r, f.sum, t)); err != nil {
		return err
	}
	if f.layers != "" {
		if err := keepAtomLayers(ctx, c, f, time.Now()); err != nil {
			return err
		}
	}
	rep := reportAtoms(r, g)
	rep.Counts, rep.Uncounted = t.sums(), t.misses
	c.sayf("%d 个基本单元：楼宇 %d，小区 %d，空地 %d；%d 栋楼，其中 %d 栋与他楼相接，%d 栋越过边界，%d 栋在界外未计",
		rep.Atoms, rep.BuildingAtoms, rep.CompoundAtoms, rep.GroundAtoms, rep.Buildings, rep.Joined, rep.OnOutline, rep.Outside)
	t.tell(c)
	return c.printJSON(rep)
}

func reportAtoms(r *tessellate.Result, g *ground) atomsReport {
	rep := atomsReport{Atoms: len(r.Atoms), Buildings: len(g.in.Buildings), Absorbed: r.Absorbed, Skipped: len(g.problems)}
	for _, a := range r.Atoms {
		switch a.Kind {
		case tessellate.Building:
			rep.BuildingAtoms++
		case tessellate.Compound:
			rep.CompoundAtoms++
		default:
			rep.GroundAtoms++
		}
	}
	for _, n := range r.Notes {
		switch n.Kind {
		case tessellate.BuildingOutside:
			rep.Outside++
		case tessellate.BuildingOnOutline:
			rep.OnOutline++
		case tessellate.BuildingsJoined:
			rep.Joined++
		case tessellate.CompoundCut:
			rep.CutCompounds++
		case tessellate.CompoundOutside:
		}
	}
	return rep
}

// writeNew writes a file that is not there yet.
func writeNew(path string, text []byte) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("%s 写不了 (cannot be written): %w", path, err)
	}
	_, err = w.Write(text)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	return err
}

// geoJSON writes the atoms with the codes of their buildings and the sums.
func (g *ground) geoJSON(r *tessellate.Result, sum []string, t *tally) []byte {
	b := []byte(`{"type":"FeatureCollection","features":[`)
	for i, a := range r.Atoms {
		b = append(jsontext.Comma(b, i), "\n"...)
		b = strconv.AppendInt(append(b, `{"type":"Feature","id":`...), int64(i+1), 10)
		b = jsontext.Key(b, `,"properties":{"code":`, fmt.Sprintf("A%06d", i+1))
		b = jsontext.Key(b, `,"name":`, g.nameOf(a))
		b = jsontext.Key(b, `,"kind":`, string(a.Kind))
		b = jsontext.Key(b, `,"buildings":`, g.codesOf(a))
		b = strconv.AppendInt(append(b, `,"building_count":`...), int64(len(a.Buildings)), 10)
		for k, name := range sum {
			total := 0.0
			for _, n := range a.Buildings {
				total += g.counts[n][k]
			}
			b = append(jsontext.String(append(b, ','), name), ':')
			b = strconv.AppendFloat(b, total, 'f', -1, 64)
		}
		for k, name := range t.names {
			b = append(jsontext.String(append(b, ','), name), ':')
			b = strconv.AppendFloat(b, t.byAtom[i][k], 'f', -1, 64)
		}
		b = appendShape(append(b, `},"geometry":`...), r.Topology.FacePolygon(topology.FaceID(i)))
		b = append(b, '}')
	}
	return append(b, "\n]}\n"...)
}

// nameOf is the names of what stands in the atom, each once.
func (g *ground) nameOf(a tessellate.Atom) string {
	var names []string
	add := func(all []string, of []int32) {
		for _, i := range of {
			if n := all[i]; n != "" && !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	if add(g.compoundNames, a.Compounds); len(names) == 0 {
		add(g.names, a.Buildings)
	}
	return strings.Join(names, "、")
}

func (g *ground) codesOf(a tessellate.Atom) string {
	codes := make([]string, len(a.Buildings))
	for i, n := range a.Buildings {
		codes[i] = g.codes[n]
	}
	return strings.Join(codes, "|")
}

// appendShape writes a shape as a MultiPolygon in exact degrees.
func appendShape(b []byte, m spatial.MultiPolygon) []byte {
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range m {
		b = append(jsontext.Comma(b, i), '[')
		for j, r := range p {
			b = append(jsontext.Comma(b, j), '[')
			for k := range len(r) + 1 {
				q := r[k%len(r)]
				b = append(export.AppendDegrees(append(jsontext.Comma(b, k), '['), q.X), ',')
				b = append(export.AppendDegrees(b, q.Y), ']')
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, "]}"...)
}
