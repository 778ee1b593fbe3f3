package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
)

func newLayerCmd(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layer",
		Short: "reference layers that planners see and snap to: 建筑, 道路, 水系",
		Long: `Reference layers lie under a draft in the planners' editor. No grid is made of
them, and they have no history: importing a layer replaces the one of its name.`,
	}
	cmd.AddCommand(newLayerImportCmd(c), newLayerListCmd(c), newLayerDropCmd(c))
	return cmd
}

type layerFlags struct {
	store, name, kind, title, source, column string
	crs, layer, encoding, wkt                string
}

// layerReport is what `cloudgrid layer import --json` prints.
type layerReport struct {
	Layer    string   `json:"layer"`
	Kind     string   `json:"kind"`
	Features int      `json:"features"`
	Skipped  int      `json:"skipped"`
	Problems []string `json:"problems"` // the first of them
	Seq      int64    `json:"seq"`
}

func newLayerImportCmd(c *console) *cobra.Command {
	var f layerFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "keep the lines or polygons of a file as a layer",
		Long: `Reads any file that import reads with lines or polygons in it. Rows that have
neither are skipped and told.`,
		Example: `  cloudgrid layer import 楼栋.shp --name buildings --kind building --title 楼栋 --column 楼名
  cloudgrid layer import roads.geojson --name roads --kind road --title 道路 --source "测绘院 2026-03"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rep, err := importLayer(cmd.Context(), args[0], f, time.Now())
			if err != nil {
				return err
			}
			for _, p := range rep.Problems {
				c.sayf("  %s", p)
			}
			c.sayf("图层 %s：%d 个要素，略过 %d 行 (kept; rows skipped)", rep.Layer, rep.Features, rep.Skipped)
			return c.printJSON(rep)
		},
	}
	s := cmd.Flags()
	storeFlag(cmd, &f.store)
	s.StringVar(&f.name, "name", "", "name of the layer in addresses: lower-case letters, digits, - and _ (default: of the file)")
	s.StringVar(&f.kind, "kind", "", "what it shows: building, road, water, other")
	s.StringVar(&f.title, "title", "", "title for people (default: of the kind)")
	s.StringVar(&f.source, "source", "", "whose data it is, and under which licence")
	s.StringVar(&f.column, "column", "name", "column with the name of a feature")
	s.StringVar(&f.crs, "crs", "", "coordinate system of the file, over what it declares: wgs84, cgcs2000, gcj02, bd09, epsg:45xx")
	s.StringVar(&f.layer, "layer", "", "layer of a GeoPackage, object of a TopoJSON, .shp in a zip")
	s.StringVar(&f.encoding, "encoding", "", "text encoding, over what is found: UTF-8, GB18030, Big5 …")
	s.StringVar(&f.wkt, "wkt", "", "column with the shape as WKT (tables)")
	_ = cmd.MarkFlagRequired("kind") // fails only for a flag that is not there
	return cmd
}

// kindTitles are what layers are called where nobody said.
var kindTitles = map[gridmap.LayerKind]string{
	gridmap.BuildingLayer: "建筑", gridmap.RoadLayer: "道路", gridmap.WaterLayer: "水系", gridmap.OtherLayer: "其他",
}

func importLayer(ctx context.Context, file string, f layerFlags, now time.Time) (rep layerReport, err error) {
	l := gridmap.Layer{Name: f.name, Kind: gridmap.LayerKind(f.kind), Title: f.title, Source: f.source}
	if l.Name == "" {
		l.Name = nameOfFile(file)
	}
	if l.Title == "" {
		l.Title = kindTitles[l.Kind]
	}
	if err := l.Check(); err != nil {
		return rep, err
	}
	read, err := readLayer(file, f)
	if err != nil {
		return rep, err
	}
	if len(read.features) == 0 {
		return rep, gridmap.Errorf(gridmap.Invalid, "%s 中没有线或面 (no lines or polygons in it)", file)
	}
	s, err := openStore(ctx, f.store, storeWrite)
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	cs, err := putLayers(ctx, s, now, keptLayer{l, read.features})
	rep = layerReport{Layer: l.Name, Kind: f.kind, Features: len(read.features), Skipped: read.skipped, Problems: read.problems, Seq: int64(cs.Seq)}
	return rep, err
}

// keptLayer is a layer with what is in it.
type keptLayer struct {
	gridmap.Layer
	features []gridmap.LayerFeature
}

// putLayers keeps layers as one change set.
func putLayers(ctx context.Context, s gridmap.Store, now time.Time, layers ...keptLayer) (gridmap.ChangeSet, error) {
	c := gridmap.Commit{At: now, Actor: operator(), Action: "layer"}
	for _, l := range layers {
		c.Audit = append(c.Audit, gridmap.AuditEntry{At: now, Actor: c.Actor, Action: "put_layer", Thing: "layer:" + l.Name, Detail: l.Title})
	}
	return s.Update(ctx, c, func(w gridmap.Writer) error {
		for _, l := range layers {
			if err := w.PutLayer(ctx, l.Layer, l.features); err != nil {
				return err
			}
		}
		return nil
	})
}

func newLayerListCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use: "list", Short: "list the reference layers", Example: "  cloudgrid layer list --store gpkg:cloudgrid.gpkg", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := openStore(cmd.Context(), store, storeRead)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			var layers []gridmap.Layer
			err = s.View(cmd.Context(), func(r gridmap.Reader) error {
				layers, err = r.Layers(cmd.Context())
				return err
			})
			if err != nil {
				return err
			}
			items := []map[string]any{}
			for _, l := range layers {
				c.sayf("%-20s %-9s %9d  %s  %s", l.Name, l.Kind, l.Features, l.Title, l.Source)
				items = append(items, map[string]any{"name": l.Name, "kind": l.Kind, "features": l.Features, "title": l.Title, "source": l.Source, "seq": l.Seq})
			}
			return c.printJSON(map[string]any{"layers": items})
		},
	}
	storeFlag(cmd, &store)
	return cmd
}

func newLayerDropCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use: "drop NAME", Short: "remove a reference layer", Example: "  cloudgrid layer drop roads --store gpkg:cloudgrid.gpkg", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := openStore(cmd.Context(), store, storeWrite)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			now := time.Now()
			commit := gridmap.Commit{At: now, Actor: operator(), Action: "layer"}
			commit.Audit = []gridmap.AuditEntry{{At: now, Actor: commit.Actor, Action: "drop_layer", Thing: "layer:" + args[0]}}
			if _, err := s.Update(cmd.Context(), commit, func(w gridmap.Writer) error { return w.DropLayer(cmd.Context(), args[0]) }); err != nil {
				return err
			}
			c.sayf("已删除图层 %s (dropped)", args[0])
			return c.printJSON(map[string]any{"dropped": args[0]})
		},
	}
	storeFlag(cmd, &store)
	return cmd
}
