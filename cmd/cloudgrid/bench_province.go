package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/postgis"
	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
)

// provinceReport is what `bench province --json` prints.
type provinceReport struct {
	Grids      int   `json:"grids"`
	Counties   int   `json:"counties"`
	Places     int   `json:"places"`
	Partitions bool  `json:"partitions"`
	Seed       int64 `json:"seed"`

	WriteMapS   float64           `json:"write_grids_s"`  // grids, atoms, memberships
	WriteRowsS  float64           `json:"write_places_s"` // places
	PlacesPerS  float64           `json:"places_per_s"`
	BytesOnDisk map[string]int64  `json:"bytes_on_disk"` // by table, with its indexes
	PlaceBytes  float64           `json:"bytes_per_place_on_disk"`
	Loads       []provinceLoad    `json:"loads"`
	Publishes   []provincePublish `json:"publishes"`
}

// provinceLoad is the store to the first answer in a scope.
type provinceLoad struct {
	Scope    string  `json:"scope"`
	Grids    int     `json:"grids"`
	Places   int     `json:"places"`
	LoadS    float64 `json:"load_s"`
	HeapMB   float64 `json:"heap_mb"`
	AddressS float64 `json:"address_index_s"`
	WithMB   float64 `json:"heap_with_address_index_mb"`
}

// provincePublish is a publish of 100 grids of one county, and how long two
// servers took to take it up: that of the county and that of another.
type provincePublish struct {
	PublishS float64 `json:"publish_s"`
	OwnS     float64 `json:"own_refresh_s"`
	OtherS   float64 `json:"other_refresh_s"`
}

type provinceFlags struct {
	grids, dsn      string
	counties, place int
	seed            int64
	split, whole    bool
	again           bool
}

func newBenchProvinceCmd(c *console) *cobra.Command {
	var f provinceFlags
	cmd := &cobra.Command{
		Use:   "province",
		Short: "a made-up province in PostGIS: rows a second, bytes a row, seconds and memory by scope",
		Long: `Writes counties of synthetic grids (one atom each) and places into an empty
database, as change sets of one county each, and loads one county, a city of
them, and with --whole everything. docs/scale.md is reckoned from it.`,
		Example: `  cloudgrid bench province --postgres "postgres:///bench?host=/tmp" --grids 150k --counties 120 --places 5000000 --json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := parseGrids(f.grids)
			if err != nil {
				return err
			}
			if f.dsn == "" || f.counties < 2 || f.counties > 400 || f.place < 0 {
				return gridmap.Errorf(gridmap.Invalid, "需要 --postgres 和 2 到 400 个区县 (--postgres, and 2 to 400 counties)")
			}
			b := &provinceBench{c: c, f: f, r: provinceReport{Grids: n, Counties: f.counties, Places: f.place, Partitions: f.split, Seed: f.seed}}
			if err := b.run(cmd.Context()); err != nil {
				return err
			}
			return c.printJSON(b.r)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.grids, "grids", "8k", "how many grids of 32 vertices: 8k, 150k or a number")
	fl.IntVar(&f.counties, "counties", 20, "how many counties")
	fl.IntVar(&f.place, "places", 100_000, "how many places")
	fl.StringVar(&f.dsn, "postgres", "", "an empty PostGIS database")
	fl.Int64Var(&f.seed, "seed", 1, "seed of the synthetic grids")
	fl.BoolVar(&f.split, "partitions", true, "a partition a county")
	fl.BoolVar(&f.again, "again", false, "only load and measure a province written before")
	fl.BoolVar(&f.whole, "whole", false, "also load everything")
	return cmd
}

// provinceBench is one province; its counties are columns of blocks of faces.
type provinceBench struct {
	c     *console
	f     provinceFlags
	r     provinceReport
	store *postgis.Store
	faces []spatial.MultiPolygon
	of    [][]int // faces by county
	rng   *rand.Rand
	next  int64
	leaf  []gridmap.Grid // by face
}

// countyCode numbers counties as provinces do, twenty a city.
func countyCode(k int) gridmap.County { return gridmap.County(320101 + k/20*100 + k%20) }

func (b *provinceBench) run(ctx context.Context) (err error) {
	s, err := openStore(ctx, b.f.dsn, storeMake)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // a store for the test alone
	var ok bool
	if b.store, ok = s.(*postgis.Store); !ok {
		return gridmap.Errorf(gridmap.Invalid, "--postgres 应为 postgres://…")
	}
	b.rng = rand.New(rand.NewPCG(uint64(b.f.seed), 5))
	if !b.f.again {
		b.draw()
		if err := b.write(ctx); err != nil {
			return err
		}
		b.faces = nil
	}
	if err := b.sizes(ctx); err != nil {
		return err
	}
	city := string([]byte(fmt.Sprint(countyCode(0)))[:4])
	scopes := []string{fmt.Sprint(countyCode(1)), city}
	if b.f.whole {
		scopes = append(scopes, "")
	}
	for _, scope := range scopes {
		if err := b.load(ctx, scope); err != nil {
			return err
		}
	}
	if b.f.again {
		return nil
	}
	return b.publishes(ctx)
}

// draw makes the ground and cuts it into counties: blocks, as square as can be.
func (b *provinceBench) draw() {
	b.faces = synth.Coverage(b.r.Grids, uint64(b.f.seed))
	side := int(math.Ceil(math.Sqrt(float64(b.r.Grids))))
	wide := int(math.Ceil(math.Sqrt(float64(b.f.counties))))
	high := (b.f.counties + wide - 1) / wide
	b.of = make([][]int, b.f.counties)
	for i := range b.faces {
		k := min(i/side*high/side*wide+i%side*wide/side, b.f.counties-1)
		b.of[k] = append(b.of[k], i)
	}
	b.leaf = make([]gridmap.Grid, len(b.faces))
}

func (b *provinceBench) id() int64 { b.next++; return b.next }

const gridsInCommunity = 10

func (b *provinceBench) write(ctx context.Context) error {
	commit := func(action string, fn func(gridmap.Writer) error) error {
		_, err := b.store.Update(ctx, gridmap.Commit{At: time.Now(), Actor: "bench", Action: action}, fn)
		return err
	}
	b.next = 10
	province := gridmap.GridID(b.id())
	if err := commit("import", func(w gridmap.Writer) error {
		return errors.Join(
			w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "综治网", Main: true}),
			w.PutLevels(ctx, 1, []gridmap.Level{{Rank: 0, Code: "province", Name: "省"}, {Rank: 1, Code: "county", Name: "区县"}, {Rank: 2, Code: "village", Name: "社区"}, {Rank: 3, Code: "grid", Name: "网格"}}),
			w.PutGrids(ctx, gridmap.Grid{ID: province, Network: 1, Code: "320000", Name: "某省"}))
	}); err != nil {
		return err
	}
	for k := range b.of {
		if b.f.split {
			if _, err := b.store.Partition(ctx, countyCode(k)); err != nil {
				return err
			}
		}
		start := time.Now()
		if err := commit("import", func(w gridmap.Writer) error { return b.writeCounty(ctx, w, province, k) }); err != nil {
			return err
		}
		b.r.WriteMapS += time.Since(start).Seconds()
		start = time.Now()
		if err := commit("places", func(w gridmap.Writer) error { return b.writePlaces(ctx, w, k) }); err != nil {
			return err
		}
		b.r.WriteRowsS += time.Since(start).Seconds()
	}
	b.r.PlacesPerS = float64(b.f.place) / b.r.WriteRowsS
	b.c.sayf("%d 网格写入 %.1f 秒，%d 地址写入 %.1f 秒（每秒 %.0f 条）", b.r.Grids, b.r.WriteMapS, b.f.place, b.r.WriteRowsS, b.r.PlacesPerS)
	return nil
}

func (b *provinceBench) writeCounty(ctx context.Context, w gridmap.Writer, province gridmap.GridID, k int) error {
	code := countyCode(k)
	county := gridmap.Grid{ID: gridmap.GridID(b.id()), Network: 1, Level: 1, Parent: province, Code: fmt.Sprintf("%d000000", code), Name: fmt.Sprintf("区县%d", code)}
	grids := []gridmap.Grid{county}
	var atoms []gridmap.Atom
	var members []gridmap.Membership
	var village gridmap.Grid
	for j, f := range b.of[k] {
		if j%gridsInCommunity == 0 {
			v := j / gridsInCommunity
			village = gridmap.Grid{ID: gridmap.GridID(b.id()), Network: 1, Level: 2, Parent: county.ID, Code: fmt.Sprintf("%d%03d%03d", code, v/1000+1, v%1000), Name: fmt.Sprintf("社区%d-%d", code, v)}
			grids = append(grids, village)
		}
		leaf := gridmap.Grid{ID: gridmap.GridID(b.id()), Network: 1, Level: 3, Parent: village.ID, Code: fmt.Sprintf("%s%02d", village.Code, j%gridsInCommunity+1), Name: fmt.Sprintf("网格%d-%d", code, j), Shape: b.faces[f]}
		atom := gridmap.Atom{ID: gridmap.AtomID(b.id()), Code: leaf.Code, Kind: "block", Shape: b.faces[f], Counts: map[string]int64{"households": 300 + int64(j%200), "persons": 900}}
		grids, atoms = append(grids, leaf), append(atoms, atom)
		members = append(members, gridmap.Membership{Atom: atom.ID, Network: 1, Grid: leaf.ID})
		leaf.Shape = nil
		b.leaf[f] = leaf
	}
	return errors.Join(w.PutGrids(ctx, grids...), w.PutAtoms(ctx, atoms...), w.PutMemberships(ctx, members...))
}

// writePlaces writes the doors of a county: each grid has a road, with a
// building of some doors at every number.
func (b *provinceBench) writePlaces(ctx context.Context, w gridmap.Writer, k int) error {
	code, serial := countyCode(k), 0
	part := make([]gridmap.Place, 0, 5000)
	for _, f := range b.of[k] {
		from, to := f*b.f.place/len(b.faces), (f+1)*b.f.place/len(b.faces)
		box := b.faces[f].Box()
		for d := range to - from {
			serial++
			part = append(part, gridmap.Place{
				ID: gridmap.PlaceID(b.id()), Code: fmt.Sprintf("%d%09d", code, serial), Kind: "door",
				Address: gridmap.Address{
					Province: "某省", City: fmt.Sprintf("第%d市", int(code)/100), District: fmt.Sprintf("区县%d", code), Town: "中心街道",
					Road:   fmt.Sprintf("%s路", string([]rune("东西南北中长宁安平和")[f%10])+string([]rune("山河湖海江川林田园城")[f/10%10])),
					Number: fmt.Sprintf("%d号", 1+d/12), Building: fmt.Sprintf("%d栋", 1+f%30), Unit: fmt.Sprintf("%d室", 101+d%12),
				},
				Point:    spatial.Point{X: box.Min.X/2 + box.Max.X/2 + int32(b.rng.IntN(20000)) - 10000, Y: box.Min.Y/2 + box.Max.Y/2 + int32(b.rng.IntN(20000)) - 10000},
				HasPoint: true, AccuracyM: 3, Atom: gridmap.AtomID(b.leaf[f].ID + 1), Source: "门牌",
			})
			if len(part) == cap(part) {
				if err := w.PutPlaces(ctx, part...); err != nil {
					return err
				}
				part = part[:0]
			}
		}
	}
	return w.PutPlaces(ctx, part...)
}

// sizes asks how much of the disk each table takes.
func (b *provinceBench) sizes(ctx context.Context) error {
	db, err := pgx.Connect(ctx, b.f.dsn)
	if err != nil {
		return err
	}
	defer db.Close(ctx)                                //nolint:errcheck // it only read
	if _, err := db.Exec(ctx, "ANALYZE"); err != nil { // as the server would, a minute later
		return err
	}
	rows, err := db.Query(ctx, `SELECT CASE WHEN relname LIKE 'place%' THEN 'place' ELSE relname END, sum(pg_total_relation_size(c.oid))::bigint
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		WHERE relkind = 'r' AND (relname IN ('grid', 'atom', 'membership', 'code') OR relname ~ '^place_') GROUP BY 1`)
	if err != nil {
		return err
	}
	b.r.BytesOnDisk = map[string]int64{}
	var name string
	var bytes int64
	if _, err := pgx.ForEachRow(rows, []any{&name, &bytes}, func() error { b.r.BytesOnDisk[name] = bytes; return nil }); err != nil {
		return err
	}
	b.r.PlaceBytes = float64(b.r.BytesOnDisk["place"]) / float64(max(b.f.place, 1))
	b.c.sayf("磁盘 %v 字节；每条地址 %.0f 字节", b.r.BytesOnDisk, b.r.PlaceBytes)
	return nil
}

func megabytes(before, after uint64) float64 { return (float64(after) - float64(before)) / 1e6 }

func (b *provinceBench) load(ctx context.Context, scope string) error {
	in, err := gridmap.ParseScope(scope)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	before, start := heapBytes(), time.Now()
	keeper, err := atlas.NewScopedKeeper(ctx, b.store, time.Now, slog.New(slog.DiscardHandler), "", in)
	if err != nil {
		return err
	}
	a := keeper.Current()
	r := provinceLoad{Scope: scope, LoadS: time.Since(start).Seconds(), Places: len(a.Places())}
	for i := range a.Main().Grids {
		if !a.Main().Foreign(int32(i)) {
			r.Grids++
		}
	}
	r.HeapMB = megabytes(before, heapBytes())
	start = time.Now()
	if _, err := a.Addresses(); err != nil {
		return err
	}
	r.AddressS = time.Since(start).Seconds()
	r.WithMB = megabytes(before, heapBytes())
	runtime.KeepAlive(keeper)
	b.c.sayf("范围 %q：%d 网格，%d 地址，载入 %.2f 秒，%.0f MB；连地址索引 %.1f 秒，%.0f MB", scope, r.Grids, r.Places, r.LoadS, r.HeapMB, r.AddressS, r.WithMB)
	b.r.Loads = append(b.r.Loads, r)
	return nil
}

// publishes changes 100 grids of the second county and has its server, and that
// of a county far from it, take it up.
func (b *provinceBench) publishes(ctx context.Context) error {
	log := slog.New(slog.DiscardHandler)
	keepers := make([]*atlas.Keeper, 2)
	for i, k := range []int{1, b.f.counties - 1} {
		var err error
		in := gridmap.Scope{{First: countyCode(k), Last: countyCode(k)}}
		if keepers[i], err = atlas.NewScopedKeeper(ctx, b.store, time.Now, log, "", in); err != nil {
			return err
		}
	}
	for round := range 3 {
		now := time.Now().UTC()
		var grids []gridmap.Grid
		for _, f := range b.of[1][:min(100, len(b.of[1]))] {
			g := b.leaf[f]
			g.Name, g.ValidFrom = fmt.Sprintf("%s改%d", strings.TrimSuffix(g.Name, "改"), round), now
			grids = append(grids, g)
		}
		start := time.Now()
		if _, err := b.store.Update(ctx, gridmap.Commit{At: now, Actor: "bench", Action: "publish", Edit: &gridmap.Edition{EffectiveAt: now}}, func(w gridmap.Writer) error {
			return w.PutGrids(ctx, grids...)
		}); err != nil {
			return err
		}
		p := provincePublish{PublishS: time.Since(start).Seconds()}
		for i, to := range []*float64{&p.OwnS, &p.OtherS} {
			start = time.Now()
			if err := keepers[i].Refresh(ctx); err != nil {
				return err
			}
			*to = time.Since(start).Seconds()
		}
		b.c.sayf("发布 %d 个网格 %.3f 秒；本区县的服务器 %.3f 秒后可见，其他区县 %.3f 秒", len(grids), p.PublishS, p.OwnS, p.OtherS)
		b.r.Publishes = append(b.r.Publishes, p)
	}
	return nil
}
