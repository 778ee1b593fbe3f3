package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"cloudgrid/cmd/cloudgrid/demodata"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/tiles"
	"cloudgrid/web"
	"cloudgrid/web/maptiles"
)

// httpReport is what `bench http --json` prints: requests per second over
// loopback with the client on the same processors, so that only the ratios
// mean something elsewhere.
type httpReport struct {
	NullRPS      float64 `json:"null_rps"` // an empty handler behind the same middleware
	ResolveRPS   float64 `json:"resolve_rps"`
	ResolveRatio float64 `json:"resolve_ratio"` // to null
	SliceRPS     float64 `json:"slice_rps"`     // a fixed slice of a cached tile's size
	TileRPS      float64 `json:"tile_rps"`      // that tile from the cache
	TileRatio    float64 `json:"tile_ratio"`    // to the slice
	TileBytes    int     `json:"tile_bytes"`
	ResolveBytes int     `json:"resolve_bytes"`
	BatchIDs     float64 `json:"batch_ids_points_per_s"`
	BatchFull    float64 `json:"batch_full_points_per_s"`
	Connections  int     `json:"connections"`
	Rounds       int     `json:"rounds"`
}

func newBenchHTTPCmd(c *console) *cobra.Command {
	var store string
	var seconds float64
	var profile string
	var rounds, connections int
	cmd := &cobra.Command{
		Use:   "http",
		Short: "resolve against an empty handler, a cached tile against a fixed slice, on one server",
		Long: `Serves the demo (or --store) on loopback and loads it with keep-alive
connections from this process, each target in turn, several rounds; the
figures are medians over the rounds.`,
		Example: `  cloudgrid bench http --json
  cloudgrid bench http --store gpkg:cloudgrid.gpkg --rounds 7`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if profile != "" {
				f, err := os.Create(profile)
				if err != nil {
					return err
				}
				if err := pprof.StartCPUProfile(f); err != nil {
					return err
				}
				defer f.Close() //nolint:errcheck // a profile that cannot be kept is missed when it is read
				defer pprof.StopCPUProfile()
			}
			return runBenchHTTP(cmd.Context(), c, store, time.Duration(seconds*float64(time.Second)), rounds, connections)
		},
	}
	cmd.Flags().StringVar(&store, "store", "", "store to serve; the demo, made in a temporary folder, when absent")
	cmd.Flags().Float64Var(&seconds, "seconds", 1.5, "how long each target is loaded in a round")
	cmd.Flags().StringVar(&profile, "cpuprofile", "", "also write a CPU profile here")
	cmd.Flags().IntVar(&rounds, "rounds", 5, "rounds")
	cmd.Flags().IntVar(&connections, "connections", 32, "connections at once")
	return cmd
}

func runBenchHTTP(ctx context.Context, c *console, store string, each time.Duration, rounds, connections int) error {
	if store == "" {
		dir, err := os.MkdirTemp("", "cloudgrid-bench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		store = "gpkg:" + filepath.Join(dir, "demo.gpkg")
		if err := makeDemo(ctx, store); err != nil {
			return err
		}
	}
	b, err := newHTTPBench(ctx, store, each, connections)
	if err != nil {
		return err
	}
	defer b.stop()
	r, err := b.measure(ctx, rounds)
	if err != nil {
		return err
	}
	c.sayf("空处理器 %.0f/s，resolve（完整回答 %d 字节）%.0f/s = %.2f", r.NullRPS, r.ResolveBytes, r.ResolveRPS, r.ResolveRatio)
	c.sayf("固定字节 %.0f/s，缓存瓦片（%d 字节）%.0f/s = %.2f", r.SliceRPS, r.TileBytes, r.TileRPS, r.TileRatio)
	c.sayf("批量 NDJSON：只要编号 %.2f M 点/s，完整回答 %.0f k 点/s", r.BatchIDs/1e6, r.BatchFull/1e3)
	return c.printJSON(r)
}

func makeDemo(ctx context.Context, store string) error {
	s, err := openStore(ctx, store, storeMake)
	if err != nil {
		return err
	}
	return errors.Join(demodata.Taichung(ctx, s, time.Now()), s.Close())
}

// httpBench is a server over a store with two extra routes, and what to ask it.
type httpBench struct {
	addr        string
	each        time.Duration
	connections int
	stop        func()

	points  []string // query strings
	tile    string   // path of a tile of about 30 kB
	size    int
	ndjson  []byte
	nPoints int
}

func newHTTPBench(ctx context.Context, store string, each time.Duration, connections int) (*httpBench, error) {
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	keeper, err := atlas.NewKeeper(ctx, s, time.Now, log)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	e, err := web.New(web.Config{Maps: keeper, Log: log, Version: version})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	b := &httpBench{each: each, connections: connections}
	if err := b.choose(keeper.Current()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	slice := make([]byte, b.size)
	e.GET("/bench/null", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	e.GET("/bench/slice", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(slice)))
		return c.Blob(http.StatusOK, maptiles.MediaType, slice)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	b.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = web.Serve(ctx, e, l, &http.Server{}) // what fails shows in the requests
	}()
	b.stop = func() { cancel(); <-done; _ = s.Close() }
	return b, nil
}

// choose picks the points to ask about and the tile to fetch.
func (b *httpBench) choose(a *atlas.Atlas) error {
	n := a.Main()
	if n == nil || a.Bounds().Empty() {
		return errors.New("存储里没有网格 (the store has no grids)")
	}
	box, rng := a.Bounds(), rand.New(rand.NewPCG(1, 2))
	coordinate := func(lo, hi int32) int32 { return lo + int32(rng.Int64N(int64(hi)-int64(lo)+1)) }
	for b.nPoints = 0; b.nPoints < 200_000; { // inside, as most questions are
		p := spatial.Point{X: coordinate(box.Min.X, box.Max.X), Y: coordinate(box.Min.Y, box.Max.Y)}
		if n.Resolve(atlas.Ask{Point: p, Level: -1}).Grid == atlas.None {
			continue
		}
		lon, lat := p.LonLat()
		if len(b.points) < 4096 {
			b.points = append(b.points, fmt.Sprintf("/v1/resolve?lon=%.7f&lat=%.7f&crs=wgs84", lon, lat))
		}
		b.ndjson = fmt.Appendf(b.ndjson, "{\"id\":%d,\"lon\":%.7f,\"lat\":%.7f}\n", b.nPoints, lon, lat)
		b.nPoints++
	}
	p, err := n.Pyramid(a)
	if err != nil {
		return err
	}
	best := -1
	for z := uint8(8); z <= 16; z++ { // the tile whose gzip is nearest to 30 kB
		x0, y0, x1, y1 := tiles.Range(box, z)
		t := tiles.Tile{Z: z, X: (x0 + x1) / 2, Y: (y0 + y1) / 2}
		gz, err := tiles.Compress(p.Tile("grids+borders+labels", uint32(t.Z), t.X, t.Y), tiles.Gzip)
		if err != nil {
			return err
		}
		if d := max(len(gz)-30_000, 30_000-len(gz)); best < 0 || d < best {
			best, b.size, b.tile = d, len(gz), "/tiles/grids/"+t.String()+".mvt"
		}
	}
	return nil
}

func (b *httpBench) measure(ctx context.Context, rounds int) (httpReport, error) {
	r := httpReport{Connections: b.connections, Rounds: rounds, TileBytes: b.size}
	var null, resolve, slice, tile, ids, full, ratioR, ratioT []float64
	for range rounds {
		var rps [4]float64
		for i, path := range []func(int) string{
			func(int) string { return "/bench/null" },
			func(k int) string { return b.points[k%len(b.points)] },
			func(int) string { return "/bench/slice" },
			func(int) string { return b.tile },
		} {
			n, bytes, err := b.load(ctx, path)
			if err != nil {
				return r, err
			}
			rps[i] = n
			if i == 1 {
				r.ResolveBytes = bytes
			}
		}
		null, resolve, slice, tile = append(null, rps[0]), append(resolve, rps[1]), append(slice, rps[2]), append(tile, rps[3])
		ratioR, ratioT = append(ratioR, rps[1]/rps[0]), append(ratioT, rps[3]/rps[2])
		for _, which := range []struct {
			fields string
			to     *[]float64
		}{{"ids", &ids}, {"full", &full}} {
			v, err := b.batch(ctx, which.fields)
			if err != nil {
				return r, err
			}
			*which.to = append(*which.to, v)
		}
	}
	r.NullRPS, r.ResolveRPS, r.ResolveRatio = median(null), median(resolve), median(ratioR)
	r.SliceRPS, r.TileRPS, r.TileRatio = median(slice), median(tile), median(ratioT)
	r.BatchIDs, r.BatchFull = median(ids), median(full)
	return r, nil
}

func median(v []float64) float64 {
	sort.Float64s(v)
	return v[len(v)/2]
}

// load asks over all connections for the set time and returns answers per
// second and the size of one answer. The client is as small as it can be: it
// writes a fixed request line and skips the body by its length.
func (b *httpBench) load(ctx context.Context, path func(int) string) (rps float64, size int, err error) {
	var total, bytes atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, b.connections)
	start := time.Now()
	end := start.Add(b.each)
	for k := range b.connections {
		wg.Go(func() {
			n, last, err := b.connection(ctx, end, k*977, path)
			total.Add(int64(n))
			bytes.Store(int64(last))
			if err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	select {
	case err = <-errs:
	default:
	}
	return float64(total.Load()) / time.Since(start).Seconds(), int(bytes.Load()), err
}

func (b *httpBench) connection(ctx context.Context, end time.Time, from int, path func(int) string) (n, size int, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.addr)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close() //nolint:errcheck // only read from
	r := bufio.NewReaderSize(conn, 64<<10)
	var req []byte
	for k := from; time.Now().Before(end); k++ {
		req = fmt.Appendf(req[:0], "GET %s HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n", path(k))
		if _, err := conn.Write(req); err != nil {
			return n, size, err
		}
		if size, err = skipResponse(r); err != nil {
			return n, size, err
		}
		n++
	}
	return n, size, nil
}

// skipResponse reads a response of known length and returns that length.
func skipResponse(r *bufio.Reader) (int, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 || string(line[9:12]) != "200" {
		return 0, fmt.Errorf("answered %q", line)
	}
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		const name = "Content-Length: "
		if len(line) > len(name) && string(line[:len(name)]) == name {
			length = 0
			for _, c := range line[len(name):] {
				if c >= '0' && c <= '9' {
					length = length*10 + int(c-'0')
				}
			}
		}
	}
	if length < 0 {
		return 0, errors.New("an answer without a length")
	}
	_, err = r.Discard(length)
	return length, err
}

// batch sends the points as NDJSON and returns answers per second.
func (b *httpBench) batch(ctx context.Context, fields string) (float64, error) {
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"http://"+b.addr+"/v1/resolve?crs=wgs84&fields="+fields, &repeat{b.ndjson, 0, 5})
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{resp.Body}, make([]byte, 256<<10)); err != nil {
		return 0, err
	}
	return float64(5*b.nPoints) / time.Since(start).Seconds(), nil
}

// repeat reads the same bytes several times.
type repeat struct {
	body  []byte
	at    int
	times int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.at == len(r.body) {
		r.at, r.times = 0, r.times-1
	}
	if r.times <= 0 {
		return 0, io.EOF
	}
	n := copy(p, r.body[r.at:])
	r.at += n
	return n, nil
}
