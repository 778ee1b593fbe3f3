package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"
	"github.com/tidwall/rtree"

	"cloudgrid/spatial"
	"cloudgrid/tiles"
)

// newOrbCutter makes tiles the usual way: features from an R-tree, copied,
// projected, clipped and simplified one by one, and encoded by orb.
func newOrbCutter(faces []spatial.MultiPolygon) tileCutter {
	var index rtree.RTreeG[int]
	shapes := make([]orb.MultiPolygon, len(faces))
	for i, f := range faces {
		shapes[i] = orbShape(f)
		b := shapes[i].Bound()
		index.Insert(b.Min, b.Max, i)
	}
	return func(t tiles.Tile) ([]byte, error) {
		west, south, east, north := t.Bounds()
		pad := (east - west) / 64
		fc := geojson.NewFeatureCollection()
		index.Search([2]float64{west - pad, south - pad}, [2]float64{east + pad, north + pad}, func(_, _ [2]float64, i int) bool {
			f := geojson.NewFeature(orb.Clone(shapes[i]))
			f.ID = float64(i + 1)
			f.Properties = geojson.Properties{"level": 0, "code": tileCode(i)}
			fc.Append(f)
			return true
		})
		l := mvt.NewLayer("grids", fc)
		l.Version = 2
		ls := mvt.Layers{l}
		ls.ProjectToTile(maptile.New(t.X, t.Y, maptile.Zoom(t.Z)))
		ls.Clip(mvt.MapboxGLDefaultExtentBound)
		ls.Simplify(simplify.DouglasPeucker(1))
		ls.RemoveEmpty(1, 1)
		return mvt.Marshal(ls)
	}
}

// newPostGISCutters loads the faces into a temporary table and returns two ways
// to cut tiles from it by ST_AsMVT. The first is as pg_tileserv asks: shapes in
// degrees (CGCS2000, as the PostGIS store keeps them), transformed for each
// tile, with its buffer of 256 units. The second spares the database what it
// can be spared: shapes transformed beforehand, boxes only, our buffer.
func newPostGISCutters(ctx context.Context, dsn string, faces []spatial.MultiPolygon) (*postGIS, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	pg := &postGIS{close: func() { _ = conn.Close(ctx) }}
	fail := func(err error) (*postGIS, error) {
		pg.close()
		return nil, fmt.Errorf("PostGIS rival: %w", err)
	}
	if _, err := conn.Exec(ctx, `CREATE TEMP TABLE rival_raw (id int, code text, shape bytea)`); err != nil {
		return fail(err)
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"rival_raw"}, []string{"id", "code", "shape"},
		pgx.CopyFromSlice(len(faces), func(i int) ([]any, error) {
			b, err := wkb.Marshal(orbShape(faces[i]))
			return []any{i + 1, tileCode(i), b}, err
		}))
	if err != nil {
		return fail(err)
	}
	for _, q := range []string{
		`CREATE TEMP TABLE rival AS SELECT id, 0 AS level, code, geog, ST_Transform(geog, 3857) AS geom
			FROM (SELECT id, code, ST_GeomFromWKB(shape, 4490) AS geog FROM rival_raw) AS raw`,
		`CREATE INDEX ON rival USING gist (geom)`,
		`CREATE INDEX ON rival USING gist (geog)`,
		`ANALYZE rival`,
	} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return fail(err)
		}
	}
	const asTileserv = `WITH box AS (SELECT ST_TileEnvelope($1, $2, $3) AS exact, ST_TileEnvelope($1, $2, $3, margin => 256.0/4096) AS wide)
		SELECT ST_AsMVT(cut, 'grids', 4096, 'geom', 'id') FROM (
			SELECT id, level, code, ST_AsMVTGeom(ST_Transform(ST_Force2D(geog), 3857), box.exact, 4096, 256) AS geom
			FROM rival, box WHERE ST_Intersects(geog, ST_Transform(box.wide, 4490))) AS cut`
	const atBest = `WITH box AS (SELECT ST_TileEnvelope($1, $2, $3) AS exact, ST_TileEnvelope($1, $2, $3, margin => 64.0/4096) AS wide),
		cut AS (SELECT id, level, code, ST_AsMVTGeom(geom, box.exact, 4096, 64, true) AS geom FROM rival, box WHERE geom && box.wide)
		SELECT ST_AsMVT(cut, 'grids', 4096, 'geom', 'id') FROM cut`
	cutter := func(query string) tileCutter {
		return func(t tiles.Tile) (b []byte, err error) {
			err = conn.QueryRow(ctx, query, int(t.Z), int(t.X), int(t.Y)).Scan(&b)
			return b, err
		}
	}
	pg.asked, pg.spared = cutter(asTileserv), cutter(atBest)
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pg.pid); err != nil {
		return fail(err)
	}
	return pg, nil
}

// postGIS cuts tiles in a database process.
type postGIS struct {
	asked, spared tileCutter
	close         func()
	pid           int
}

// processorTime is what the database process has used so far, in steps of a
// hundredth of a second; false where it runs elsewhere or cannot be looked at.
func (pg *postGIS) processorTime() (time.Duration, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pg.pid))
	if err != nil || !strings.Contains(string(raw), "postgres") {
		return 0, false
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(fields) < 13 { // proc(5): state is the first of these, utime and stime the 12th and 13th
		return 0, false
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100), err1 == nil && err2 == nil
}

// compareProcessors measures what processor time a tile takes, ours in this
// process and the rivals' in the database, without connection and client. On a
// busy machine it tells more than the clock.
func (r *zoomReport) compareProcessors(list []tiles.Tile, ours tileCutter, pg *postGIS, least time.Duration) error {
	if _, known := pg.processorTime(); !known {
		return nil
	}
	database := func() time.Duration { used, _ := pg.processorTime(); return used }
	for _, m := range []struct {
		cut  tileCutter
		used func() time.Duration
		ns   *float64
	}{{ours, processorTime, &r.OursCPU}, {pg.asked, database, &r.PgCPU}, {pg.spared, database, &r.SparedCPU}} {
		passes, before := 0, m.used()
		for start := time.Now(); m.used()-before < least && time.Since(start) < 100*least; passes++ {
			for _, t := range list {
				if _, err := m.cut(t); err != nil {
					return err
				}
			}
		}
		*m.ns = math.Round(float64((m.used() - before).Nanoseconds()) / float64(max(1, passes*len(list))))
	}
	return nil
}
