package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/tiles"
)

// loadReport is what `bench load --json` prints: seconds, and how many times
// longer the whole load took than the refresh, in the same process.
type loadReport struct {
	Store    string `json:"store"` // "gpkg" or "postgres"
	Grids    int    `json:"grids"`
	Atoms    int    `json:"atoms"`
	Vertices int    `json:"vertices"`
	Seed     int64  `json:"seed"`

	WriteS     float64 `json:"write_s"`           // the whole map into the store
	OpenS      float64 `json:"open_s"`            // store to the first answer
	OpenCPUS   float64 `json:"open_processor_s"`  // the same of processor time
	FirstTileS float64 `json:"open_first_tile_s"` // from there to the first tile
	BesideS    float64 `json:"open_beside_s"`     // snapshot file to the first answer
	BesideCPUS float64 `json:"open_beside_processor_s"`
	BesideMB   float64 `json:"beside_mb,omitempty"` // size of that file
	SaveS      float64 `json:"beside_write_s"`

	Changed        int     `json:"publish_grids"`
	PublishS       float64 `json:"publish_s"` // the transaction itself
	RefreshAnswerS float64 `json:"refresh_answer_s"`
	RefreshTileS   float64 `json:"refresh_tile_s"` // with the answer: publish to tile
	ReloadAnswerS  float64 `json:"reload_answer_s"`
	ReloadTileS    float64 `json:"reload_tile_s"`
	AnswerRatio    float64 `json:"answer_ratio"` // reload over refresh
	TileRatio      float64 `json:"tile_ratio"`
	ChangedBoxes   int     `json:"changed_boxes"` // outside them cached tiles stay
	SameTiles      bool    `json:"same_tiles"`    // both cut the same bytes
}

func newBenchLoadCmd(c *console) *cobra.Command {
	var grids, dsn, profile string
	var seed int64
	var rounds int
	cmd := &cobra.Command{
		Use:   "load",
		Short: "store to first answer, and publish to first fresh answer and tile, against a whole reload",
		Long: `Writes a synthetic map (one atom a grid, every fourth grid two) into a store
in a temporary folder, or with --postgres into an empty database, opens it, and
publishes changes of 100 grids: 50 new names, 50 atoms to a neighbour. The
snapshot that takes them up by sharing is compared with one loaded whole.`,
		Example: `  cloudgrid bench load --grids 200k --json
  cloudgrid bench load --grids 8k --postgres "postgres:///bench?host=/tmp"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := parseGrids(grids)
			if err != nil {
				return err
			}
			where, kind := dsn, "postgres"
			if dsn == "" {
				dir, err := os.MkdirTemp("", "cloudgrid-bench")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
				where, kind = "gpkg:"+filepath.Join(dir, "load.gpkg"), "gpkg"
			}
			b := &loadBench{c: c, r: loadReport{Store: kind, Grids: n, Seed: seed, Changed: publishedGrids}, profile: profile}
			if err := b.run(cmd.Context(), where, rounds); err != nil {
				return err
			}
			return c.printJSON(b.r)
		},
	}
	cmd.Flags().StringVar(&grids, "grids", "8k", "how many synthetic grids of 32 vertices: 8k, 200k, 1m or a number")
	cmd.Flags().StringVar(&dsn, "postgres", "", "an empty PostGIS database to use instead of a GeoPackage")
	cmd.Flags().StringVar(&profile, "cpuprofile", "", "write profiles to this file (the last refresh), FILE.load and FILE.open (by the snapshot file)")
	cmd.Flags().Int64Var(&seed, "seed", 1, "seed of the synthetic grids")
	cmd.Flags().IntVar(&rounds, "rounds", 3, "publishes; the medians count")
	return cmd
}

const publishedGrids = 100

// loadBench is one map in one store.
type loadBench struct {
	c       *console
	r       loadReport
	profile string
	store   gridmap.Store
	grids   []gridmap.Grid
	moved   []bool // by group of five atoms: the second is with the grid to the east
	atoms   []gridmap.Atom
	rng     *rand.Rand
}

func (b *loadBench) run(ctx context.Context, where string, rounds int) (err error) {
	if b.store, err = openStore(ctx, where, storeMake); err != nil {
		return err
	}
	defer b.store.Close() //nolint:errcheck // a store for the test alone
	b.rng = rand.New(rand.NewPCG(uint64(b.r.Seed), 1))
	start := time.Now()
	if err := b.write(ctx); err != nil {
		return err
	}
	b.r.WriteS = time.Since(start).Seconds()
	b.c.sayf("%d 网格，%d 单元，写入 %.1f 秒", b.r.Grids, b.r.Atoms, b.r.WriteS)

	log := slog.New(slog.DiscardHandler)
	stop, err := b.profiled(".load")
	if err != nil {
		return err
	}
	used := processorTime()
	start = time.Now()
	keeper, err := atlas.NewKeeper(ctx, b.store, time.Now, log)
	if err != nil {
		return err
	}
	probe := b.atoms[0].Shape.Box()
	middle := spatial.Point{X: probe.Min.X/2 + probe.Max.X/2, Y: probe.Min.Y/2 + probe.Max.Y/2}
	askAt(keeper.Current(), middle)
	b.r.OpenS, b.r.OpenCPUS = time.Since(start).Seconds(), (processorTime() - used).Seconds()
	stop()
	start = time.Now()
	if _, err := cutAt(keeper.Current(), middle); err != nil {
		return err
	}
	b.r.FirstTileS = time.Since(start).Seconds()
	if err := b.beside(ctx, keeper, middle); err != nil {
		return err
	}
	b.c.sayf("快照文件 %.0f MB，写 %.1f 秒，由它打开到首个回答 %.2f 秒（处理器 %.2f 秒）", b.r.BesideMB, b.r.SaveS, b.r.BesideS, b.r.BesideCPUS)
	b.c.sayf("打开到首个回答 %.2f 秒（处理器 %.2f 秒），再到首个瓦片 %.2f 秒", b.r.OpenS, b.r.OpenCPUS, b.r.FirstTileS)
	return b.publishes(ctx, keeper, rounds)
}

// beside keeps the snapshot in a file and opens the store by it.
func (b *loadBench) beside(ctx context.Context, keeper *atlas.Keeper, p spatial.Point) error {
	dir, err := os.MkdirTemp("", "cloudgrid-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	path := filepath.Join(dir, "map.atlas")
	start := time.Now()
	if err := keeper.Current().WriteFile(path); err != nil {
		return err
	}
	b.r.SaveS = time.Since(start).Seconds()
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	b.r.BesideMB = float64(info.Size()) / 1e6
	stop, err := b.profiled(".open")
	if err != nil {
		return err
	}
	defer stop()
	runtime.GC() // what the writing left is not the opening's to clear
	used := processorTime()
	start = time.Now()
	again, err := atlas.NewKeeperBeside(ctx, b.store, time.Now, slog.New(slog.DiscardHandler), path)
	if err != nil {
		return err
	}
	askAt(again.Current(), p)
	b.r.BesideS, b.r.BesideCPUS = time.Since(start).Seconds(), (processorTime() - used).Seconds()
	return nil
}

// profiled starts the profile of a part, if profiles are wanted; stop ends it.
func (b *loadBench) profiled(part string) (stop func(), err error) {
	if b.profile == "" {
		return func() {}, nil
	}
	f, err := os.Create(b.profile + part)
	if err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a profile that cannot be kept is missed when it is read
	}, pprof.StartCPUProfile(f)
}

func askAt(a *atlas.Atlas, p spatial.Point) { a.Main().Resolve(atlas.Ask{Point: p, Level: -1}) }

func cutAt(a *atlas.Atlas, p spatial.Point) ([]byte, error) {
	pyramid, err := a.Main().Pyramid(a)
	if err != nil {
		return nil, err
	}
	const z = 13
	x, y, _, _ := tiles.Range(spatial.Box{Min: p, Max: p}, z)
	return pyramid.Tile(tiles.SetMap, z, x, y), nil
}

// publishes times publish, refresh and, for comparison, a whole load.
func (b *loadBench) publishes(ctx context.Context, keeper *atlas.Keeper, rounds int) error {
	var publish, answers, withTile, reload, reloadTile []float64
	b.r.SameTiles = true
	for round := range rounds {
		start := time.Now()
		at, err := b.publish(ctx, round)
		if err != nil {
			return err
		}
		publish = append(publish, time.Since(start).Seconds())
		shared, err := b.refresh(ctx, keeper, at, &answers, &withTile)
		if err != nil {
			return err
		}
		if round > 0 && round < rounds-1 {
			continue // a whole load is slow; two tell enough
		}
		start = time.Now()
		whole, err := atlas.NewKeeper(ctx, b.store, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		askAt(whole.Current(), at)
		reload = append(reload, time.Since(start).Seconds())
		tile, err := cutAt(whole.Current(), at)
		if err != nil {
			return err
		}
		reloadTile = append(reloadTile, time.Since(start).Seconds())
		b.r.SameTiles = b.r.SameTiles && string(tile) == string(shared)
	}
	r := &b.r
	r.PublishS, r.RefreshAnswerS, r.RefreshTileS = median(publish), median(answers), median(withTile)
	r.ReloadAnswerS, r.ReloadTileS = median(reload), median(reloadTile)
	r.AnswerRatio, r.TileRatio = r.ReloadAnswerS/r.RefreshAnswerS, r.ReloadTileS/r.RefreshTileS
	b.c.sayf("发布 %d 个网格 %.2f 秒，其后首个新回答 %.3f 秒，首个新瓦片 %.3f 秒；整体重载 %.2f / %.2f 秒（%.0f / %.0f 倍）",
		r.Changed, r.PublishS, r.RefreshAnswerS, r.RefreshTileS, r.ReloadAnswerS, r.ReloadTileS, r.AnswerRatio, r.TileRatio)
	if !r.SameTiles {
		return fmt.Errorf("the refreshed map cuts other tiles than the loaded one: %w", errWanting)
	}
	return nil
}

func (b *loadBench) refresh(ctx context.Context, keeper *atlas.Keeper, at spatial.Point, answers, withTile *[]float64) (tile []byte, err error) {
	stop, err := b.profiled("")
	if err != nil {
		return nil, err
	}
	defer stop()
	old := keeper.Current()
	before, err := old.Main().Pyramid(old)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := keeper.Refresh(ctx); err != nil {
		return nil, err
	}
	askAt(keeper.Current(), at)
	*answers = append(*answers, time.Since(start).Seconds())
	a := keeper.Current()
	after, err := a.Main().Pyramid(a)
	if err != nil {
		return nil, err
	}
	// What the server does before the first tile: which cached ones stay.
	b.r.ChangedBoxes = len(tiles.Changed(before, after))
	tile, err = cutAt(a, at)
	*withTile = append(*withTile, time.Since(start).Seconds())
	return tile, err
}

// publish names 50 grids anew and moves 50 atoms, and returns a point that it
// concerns.
func (b *loadBench) publish(ctx context.Context, round int) (p spatial.Point, err error) {
	var grids []gridmap.Grid
	var members []gridmap.Membership
	now := time.Now().UTC()
	for k := range publishedGrids / 2 {
		g := b.grids[len(b.grids)-1-b.rng.IntN(b.r.Grids)]
		g.Name, g.Span = fmt.Sprintf("新网格%d-%d", round, k), gridmap.Span{ValidFrom: now}
		grids = append(grids, g)
		group := b.rng.IntN(len(b.moved))
		b.moved[group] = !b.moved[group]
		i := 5*group + 1
		atom := b.atoms[i]
		members = append(members, gridmap.Membership{Atom: atom.ID, Network: 1, Grid: b.grids[b.gridOf(i)].ID, Span: gridmap.Span{ValidFrom: now}})
		p = atom.Shape[0][0][0]
	}
	_, err = b.store.Update(ctx, gridmap.Commit{At: now, Actor: "bench", Action: "publish", Edit: &gridmap.Edition{EffectiveAt: now}},
		func(w gridmap.Writer) error {
			return errors.Join(w.PutGrids(ctx, grids...), w.PutMemberships(ctx, members...))
		})
	return p, err
}

// write makes the map: towns of about 100 communities of about 10 grids.
func (b *loadBench) write(ctx context.Context) error {
	b.r.Atoms = b.r.Grids + b.r.Grids/4
	shapes := synth.Coverage(b.r.Atoms, uint64(b.r.Seed))
	b.r.Vertices = b.r.Atoms * synth.PointsPerFace
	now := time.Now().UTC()
	_, err := b.store.Update(ctx, gridmap.Commit{At: now, Actor: "bench", Action: "import", Edit: &gridmap.Edition{EffectiveAt: now}},
		func(w gridmap.Writer) error {
			first, err := w.NewIDs(ctx, 3*b.r.Atoms)
			if err != nil {
				return err
			}
			b.draw(first, shapes)
			var members []gridmap.Membership
			for i, a := range b.atoms {
				members = append(members, gridmap.Membership{Atom: a.ID, Network: 1, Grid: b.grids[b.gridOf(i)].ID})
			}
			return errors.Join(
				w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "主网", Main: true}),
				w.PutLevels(ctx, 1, []gridmap.Level{
					{Network: 1, Rank: 0, Code: "town", Name: "街道"}, {Network: 1, Rank: 1, Code: "community", Name: "社区"}, {Network: 1, Rank: 2, Code: "grid", Name: "网格"},
				}),
				inParts(b.grids, func(p []gridmap.Grid) error { return w.PutGrids(ctx, p...) }),
				inParts(b.atoms, func(p []gridmap.Atom) error { return w.PutAtoms(ctx, p...) }),
				inParts(members, func(p []gridmap.Membership) error { return w.PutMemberships(ctx, p...) }),
			)
		})
	return err
}

// inParts puts a long list in bounded pieces.
func inParts[T any](list []T, put func([]T) error) error {
	for len(list) > 0 {
		n := min(len(list), 5000)
		if err := put(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// draw fills grids, top down, and atoms.
func (b *loadBench) draw(id int64, shapes []spatial.MultiPolygon) {
	next := func() int64 { id++; return id - 1 }
	n := b.r.Grids
	b.moved = make([]bool, n/4)
	communities := (n + 9) / 10
	towns := (communities + 99) / 100
	grid := func(level int, parent gridmap.GridID, i int) {
		b.grids = append(b.grids, gridmap.Grid{
			ID: gridmap.GridID(next()), Network: 1, Level: level, Parent: parent,
			Code: fmt.Sprintf("%d-%07d", level, i), Name: fmt.Sprintf("第%d号", i),
		})
	}
	for i := range towns {
		grid(0, 0, i)
	}
	for i := range communities {
		grid(1, b.grids[i/100].ID, i)
	}
	for i := range n {
		grid(2, b.grids[towns+i/10].ID, i)
	}
	for i, shape := range shapes {
		b.atoms = append(b.atoms, gridmap.Atom{
			ID: gridmap.AtomID(next()), Code: fmt.Sprintf("a%07d", i), Kind: "block", Shape: shape,
			Counts: map[string]int64{"households": int64(100 + i%200), "persons": int64(300 + i%500)},
		})
	}
}

// gridOf returns the index of the grid that has an atom: of five atoms in a
// row the first two make one grid, until the second moves on.
func (b *loadBench) gridOf(atom int) int {
	grid := atom * 4 / 5
	if group := atom / 5; atom%5 == 1 && group < len(b.moved) && b.moved[group] {
		grid++
	}
	return len(b.grids) - b.r.Grids + min(grid, b.r.Grids-1)
}
