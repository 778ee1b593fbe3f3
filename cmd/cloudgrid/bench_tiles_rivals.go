package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
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
func newPostGISCutters(ctx context.Context, dsn string, faces []spatial.MultiPolygon) (asked, spared tileCutter, done func(), err error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, nil, nil, err
	}
	done = func() { _ = conn.Close(ctx) }
	fail := func(err error) (asked, spared tileCutter, _ func(), _ error) {
		done()
		return nil, nil, nil, fmt.Errorf("PostGIS rival: %w", err)
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
	return cutter(asTileserv), cutter(atBest), done, nil
}

// overHTTP asks a server on this machine for cold tiles, with as many clients
// as there are cores; the tiles are sent as they are cut.
func (r *tilesReport) overHTTP(cut tileCutter, faces []spatial.MultiPolygon, seed int64, turn time.Duration) error {
	e := echo.New()
	e.GET("/:z/:x/:y", func(c echo.Context) error {
		z, _ := strconv.Atoi(c.Param("z"))
		x, _ := strconv.Atoi(c.Param("x"))
		y, _ := strconv.Atoi(c.Param("y"))
		b, err := cut(tiles.Tile{Z: uint8(z), X: uint32(x), Y: uint32(y)})
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/vnd.mapbox-vector-tile", b)
	})
	server := httptest.NewServer(e)
	defer server.Close()
	for lo, rate := range map[uint8]*float64{9: &r.HTTPLow, 12: &r.HTTPHigh} {
		var list []tiles.Tile
		for z := lo; z < lo+3; z++ {
			list = append(list, sampleTiles(faces, z, seed)...)
		}
		n, took, err := fetchAll(server.URL, list, 10*turn)
		if err != nil {
			return err
		}
		*rate = math.Round(float64(n) / took.Seconds())
	}
	return nil
}

func fetchAll(base string, list []tiles.Tile, atLeast time.Duration) (int, time.Duration, error) {
	var next, failed atomic.Int64
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	start := time.Now()
	var wg sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			buf := make([]byte, 64<<10)
			for time.Since(start) < atLeast {
				t := list[int(next.Add(1))%len(list)]
				resp, err := client.Get(fmt.Sprintf("%s/%d/%d/%d", base, t.Z, t.X, t.Y))
				if err != nil || resp.StatusCode != http.StatusOK {
					failed.Add(1)
					return
				}
				for err == nil {
					_, err = resp.Body.Read(buf)
				}
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	if failed.Load() > 0 {
		return 0, 0, fmt.Errorf("%d requests for tiles failed", failed.Load())
	}
	return int(next.Load()), time.Since(start), nil
}
