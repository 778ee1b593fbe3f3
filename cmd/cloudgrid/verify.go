package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
	"cloudgrid/spatial/topology"
)

// labelled is a point with the name of the grid that somebody says it is in.
type labelled struct {
	at    spatial.Point
	label string
}

// verifyReport compares our answers with PostGIS ST_Covers on the same ground.
type verifyReport struct {
	Points        int      `json:"points"`
	Same          int      `json:"same"`         // PostGIS names the one grid that we name, or none as we do
	OnBorder      int      `json:"on_border"`    // PostGIS names several; we name one of them
	Different     int      `json:"different"`    // anything else
	LabelOurs     int      `json:"label_ours"`   // our grid has the label's name
	LabelTheirs   int      `json:"label_theirs"` // one of PostGIS's grids has
	Elsewhere     int      `json:"elsewhere"`    // out of --scope, not compared
	FirstFindings []string `json:"first_findings"`
}

type verifyFlags struct {
	store, points, postgres, lon, lat, label, crs, scope string
}

func newVerifyCmd(c *console) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "locate every point of a CSV and compare with PostGIS ST_Covers on the same polygons",
		Example: `  cloudgrid verify --store gpkg:villages.gpkg --points doors.csv --label village \
    --postgres postgres://localhost/scratch`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), c, f)
		},
	}
	storeFlag(cmd, &f.store)
	scopeFlag(cmd, &f.scope)
	cmd.Flags().StringVar(&f.points, "points", "", "CSV with a header")
	cmd.Flags().StringVar(&f.postgres, "postgres", "", "a database with PostGIS; only temporary tables are made in it")
	cmd.Flags().StringVar(&f.lon, "lon", "lon", "column of longitudes")
	cmd.Flags().StringVar(&f.lat, "lat", "lat", "column of latitudes")
	cmd.Flags().StringVar(&f.label, "label", "", "column with the name of the grid that the point should be in")
	cmd.Flags().StringVar(&f.crs, "crs", "wgs84", "frame of the columns")
	return cmd
}

func runVerify(ctx context.Context, c *console, f verifyFlags) error {
	points, err := readLabelled(f)
	if err != nil {
		return err
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
	net := keeper.Current().Main()
	if net == nil {
		return gridmap.Errorf(gridmap.NotFound, "存储里还没有网格 (the store has no grids yet)")
	}
	all := len(points)
	points = slices.DeleteFunc(points, func(p labelled) bool {
		ans := net.Resolve(atlas.Ask{Point: p.at, Level: -1})
		return keeper.Current().Here(net, p.at, &ans) != nil
	})
	r, err := verify(ctx, f.postgres, net, points)
	if err != nil {
		return err
	}
	if r.Elsewhere = all - len(points); r.Elsewhere > 0 {
		c.sayf("不在范围 %s 内的点 %d (out of scope)", f.scope, r.Elsewhere)
	}
	c.sayf("点 %d：相同 %d，边界点 %d，不同 %d", r.Points, r.Same, r.OnBorder, r.Different)
	if f.label != "" {
		c.sayf("与标注一致：本系统 %d，PostGIS %d", r.LabelOurs, r.LabelTheirs)
	}
	for _, line := range r.FirstFindings {
		c.sayf("  %s", line)
	}
	if err := c.printJSON(r); err != nil {
		return err
	}
	if r.Different > 0 {
		return errWanting
	}
	return nil
}

func readLabelled(f verifyFlags) ([]labelled, error) {
	frame, err := crs.Parse(f.crs)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(f.points)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "打不开点文件: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	rows := csv.NewReader(file)
	head, err := rows.Read()
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "%s 没有表头: %w", f.points, err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, name := range []string{f.lon, f.lat, f.label} {
		if _, ok := column[name]; !ok && name != "" {
			return nil, gridmap.Errorf(gridmap.Invalid, "%s 没有列 %q；现有：%s (no such column)", f.points, name, strings.Join(head, ", "))
		}
	}
	var points []labelled
	for line := 2; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return points, nil
		}
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "%s: %w", f.points, err)
		}
		p, err := frame.ParsePoint(row[column[f.lon]], row[column[f.lat]])
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "%s 第 %d 行: %w", f.points, line, err)
		}
		one := labelled{at: p}
		if f.label != "" {
			one.label = row[column[f.label]]
		}
		points = append(points, one)
	}
}

// verify asks PostGIS about every point. Coordinates go there as whole lattice
// steps, which doubles hold exactly, so that both sides judge the same ground.
func verify(ctx context.Context, dsn string, net *atlas.Net, points []labelled) (verifyReport, error) {
	r := verifyReport{Points: len(points)}
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return r, gridmap.Errorf(gridmap.Unavailable, "连接 PostGIS 失败: %w", err)
	}
	defer db.Close(ctx) //nolint:errcheck // temporary tables only
	covers, err := postgisCovers(ctx, db, net, points)
	if err != nil {
		return r, fmt.Errorf("PostGIS: %w", err)
	}
	for i, p := range points {
		ours := net.Resolve(atlas.Ask{Point: p.at, Level: -1}).Grid
		r.judge(net, i, p, ours, covers[i])
	}
	return r, nil
}

func (r *verifyReport) judge(net *atlas.Net, i int, p labelled, ours int32, theirs []int32) {
	found := ours == atlas.None && len(theirs) == 0
	for _, g := range theirs {
		found = found || g == ours
		if net.Grids[g].Name == p.label && p.label != "" {
			r.LabelTheirs++
		}
	}
	if ours != atlas.None && net.Grids[ours].Name == p.label && p.label != "" {
		r.LabelOurs++
	}
	switch {
	case found && len(theirs) < 2:
		r.Same++
	case found:
		r.OnBorder++
	default:
		r.Different++
		if len(r.FirstFindings) < 10 {
			r.FirstFindings = append(r.FirstFindings, fmt.Sprintf("点 %d (%s): 本系统 %d, PostGIS %v", i+1, p.at, ours, theirs))
		}
	}
}

// postgisCovers returns, by point, the grids whose polygon covers it.
func postgisCovers(ctx context.Context, db *pgx.Conn, net *atlas.Net, points []labelled) ([][]int32, error) {
	const tables = `create temp table v_grid (id int, geom geometry); create temp table v_point (id int, geom geometry)`
	if _, err := db.Exec(ctx, tables); err != nil {
		return nil, err
	}
	topo, grids := net.Layer(-1)
	batch := &pgx.Batch{}
	for f, g := range grids {
		batch.Queue(`insert into v_grid values ($1, ST_GeomFromText($2))`, g, latticeWKT(topo.FacePolygon(topology.FaceID(f))))
	}
	if err := db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	ids, xs, ys := make([]int32, len(points)), make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		ids[i], xs[i], ys[i] = int32(i), float64(p.at.X), float64(p.at.Y)
	}
	const fill = `insert into v_point select id, ST_MakePoint(x, y) from unnest($1::int[], $2::float8[], $3::float8[]) as t(id, x, y)`
	if _, err := db.Exec(ctx, fill, ids, xs, ys); err != nil {
		return nil, err
	}
	if _, err := db.Exec(ctx, `create index on v_grid using gist (geom); analyze v_grid`); err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `select p.id, g.id from v_point p join v_grid g on ST_Covers(g.geom, p.geom)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	covers := make([][]int32, len(points))
	for rows.Next() {
		var p, g int32
		if err := rows.Scan(&p, &g); err != nil {
			return nil, err
		}
		covers[p] = append(covers[p], g)
	}
	return covers, rows.Err()
}

// latticeWKT writes a shape in lattice steps.
func latticeWKT(m spatial.MultiPolygon) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, p := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j, r := range p {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for _, q := range r {
				fmt.Fprintf(&b, "%d %d,", q.X, q.Y)
			}
			fmt.Fprintf(&b, "%d %d)", r[0].X, r[0].Y)
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	return b.String()
}
