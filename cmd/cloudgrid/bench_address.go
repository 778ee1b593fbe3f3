package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"cloudgrid/gridmap/address"
	"cloudgrid/spatial"
)

// addressReport is what `bench address --json` prints.
type addressReport struct {
	Rows        int     `json:"rows"`
	Queries     int     `json:"queries"`
	BuildS      float64 `json:"build_s"`
	BytesPerRow float64 `json:"bytes_per_row"`
	P50us       float64 `json:"p50_us"`
	P99us       float64 `json:"p99_us"`
	MeanUs      float64 `json:"mean_us"`
	Right       float64 `json:"right_of_unique"`
	Wrong       float64 `json:"wrong_of_answered"`
	Threshold   float64 `json:"threshold"`

	RivalQueries int     `json:"rival_queries,omitempty"`
	RivalRight   float64 `json:"rival_right_of_unique,omitempty"`
	OursOnSame   float64 `json:"ours_right_on_rival_queries,omitempty"`
	RivalMeanUs  float64 `json:"rival_mean_us,omitempty"`
	RightRatio   float64 `json:"right_ratio,omitempty"`
	TimeRatio    float64 `json:"time_ratio,omitempty"`
}

type addressQuery struct {
	QID   string   `json:"qid"`
	Text  string   `json:"text"`
	Kind  string   `json:"kind"`
	Split string   `json:"split"`
	Truth []string `json:"truth"`
}

type addressResult struct {
	QID   string   `json:"qid"`
	Level string   `json:"level"`
	BID   string   `json:"bid"`
	Conf  float64  `json:"conf"`
	Alts  []string `json:"alts"`
	Us    float64  `json:"us"`
}

func newBenchAddressCmd(c *console) *cobra.Command {
	var buildings, queries, out, dsn string
	var rivalN int
	cmd := &cobra.Command{
		Use:     "address",
		Short:   "score and time the address engine, beside PostgreSQL pg_trgm",
		Example: "  cloudgrid bench address --buildings DIR/buildings.csv --queries DIR/queries.jsonl --out results.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rep, err := benchAddress(cmd.Context(), c, buildings, queries, out, dsn, rivalN)
			if err != nil {
				return err
			}
			return c.printJSON(rep)
		},
	}
	f := cmd.Flags()
	f.StringVar(&buildings, "buildings", "", "reference table, as the query generator writes it")
	f.StringVar(&queries, "queries", "", "queries, one JSON object a line")
	f.StringVar(&out, "out", "", "where to write the answers, one JSON object a line")
	f.StringVar(&dsn, "postgres", "", "also ask pg_trgm in this database (a temporary table)")
	f.IntVar(&rivalN, "rival-queries", 200, "how many of the unique queries pg_trgm is asked")
	return cmd
}

func benchAddress(ctx context.Context, c *console, buildings, queries, out, dsn string, rivalN int) (*addressReport, error) {
	if buildings == "" || queries == "" {
		return nil, fmt.Errorf("bench address needs --buildings and --queries")
	}
	entries, bids, err := readBuildings(buildings)
	if err != nil {
		return nil, err
	}
	qs, err := readQueries(queries)
	if err != nil {
		return nil, err
	}
	rep := &addressReport{Rows: len(entries), Queries: len(qs), Threshold: address.DefaultThreshold}
	before := heapBytes()
	start := time.Now()
	x, err := address.Build(slices.Values(entries), address.Options{})
	if err != nil {
		return nil, err
	}
	rep.BuildS = time.Since(start).Seconds()
	rep.BytesPerRow = float64(heapBytes()-before) / float64(max(1, len(entries)))
	results := askAll(x, qs, bids)
	if out != "" {
		if err := writeResults(out, results); err != nil {
			return nil, err
		}
	}
	rep.sum(qs, results)
	c.sayf("%d rows built in %.2f s, %.0f bytes a row", rep.Rows, rep.BuildS, rep.BytesPerRow)
	c.sayf("%d queries: p50 %.1f us, p99 %.1f us, mean %.1f us", rep.Queries, rep.P50us, rep.P99us, rep.MeanUs)
	c.sayf("at threshold %.2f: right %.2f %% of unique, wrong %.3f %% of answered", rep.Threshold, rep.Right*100, rep.Wrong*100)
	if dsn != "" {
		if err := rep.rival(ctx, dsn, entries, bids, qs, results, rivalN); err != nil {
			return nil, fmt.Errorf("pg_trgm rival: %w", err)
		}
		c.sayf("pg_trgm on %d unique queries: right %.1f %% (ours %.1f %%), %.0f us a query; ratio of right %.2f, of time %.0f",
			rep.RivalQueries, rep.RivalRight*100, rep.OursOnSame*100, rep.RivalMeanUs, rep.RightRatio, rep.TimeRatio)
	}
	return rep, nil
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// readBuildings reads the reference table; entry IDs are row numbers from 1,
// bids[ID-1] the table's own.
func readBuildings(path string) (entries []address.Entry, bids []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	head, err := r.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	col := map[string]int{}
	for i, h := range head {
		col[strings.TrimPrefix(h, "\ufeff")] = i
	}
	grids := map[string]int64{}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return entries, bids, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		get := func(k string) string {
			if i, ok := col[k]; ok {
				return rec[i]
			}
			return ""
		}
		e := address.Entry{
			ID: int64(len(entries) + 1), Province: get("province"), City: get("city"), District: get("district"), Town: get("town"),
			Community: get("community"), Grid: get("grid"), Road: get("road"), Section: get("section"), Lane: get("lane"),
			Alley: get("alley"), SubAlley: get("suballey"), Number: get("number"), Compound: get("compound"), Building: get("building"),
		}
		if a := get("alias"); a != "" {
			e.Aliases = strings.Split(a, "#")
		}
		if g := get("gid"); g != "" {
			if grids[g] == 0 {
				grids[g] = int64(len(grids) + 1)
			}
			e.GridKey = grids[g]
		}
		e.Point, e.HasPoint = parsePoint(get("lon"), get("lat"))
		entries = append(entries, e)
		bids = append(bids, get("bid"))
	}
}

func parsePoint(lon, lat string) (spatial.Point, bool) {
	x, err1 := strconv.ParseFloat(lon, 64)
	y, err2 := strconv.ParseFloat(lat, 64)
	if err1 != nil || err2 != nil {
		return spatial.Point{}, false
	}
	p, err := spatial.FromLonLat(x, y)
	return p, err == nil
}

func readQueries(path string) ([]addressQuery, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var out []addressQuery
	d := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		var q addressQuery
		if err := d.Decode(&q); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s, query %d: %w", path, len(out)+1, err)
		}
		out = append(out, q)
	}
}

// askPasses is how often each query is asked; its time is the median, so that
// a pause of a shared machine does not count as the engine's.
const askPasses = 3

func askAll(x *address.Index, qs []addressQuery, bids []string) []addressResult {
	o := address.MatchOptions{Threshold: -1}
	out := make([]addressResult, len(qs))
	us := make([][askPasses]float64, len(qs))
	for pass := range askPasses {
		for i := range qs {
			start := time.Now()
			a := x.Match(qs[i].Text, o)
			us[i][pass] = float64(time.Since(start).Nanoseconds()) / 1000
			if pass == 0 {
				out[i] = resultOf(&qs[i], a, bids)
			}
		}
	}
	for i := range out {
		slices.Sort(us[i][:])
		out[i].Us = us[i][askPasses/2]
	}
	return out
}

func resultOf(q *addressQuery, a address.Answer, bids []string) addressResult {
	r := addressResult{QID: q.QID, Level: scoredLevel(a), Conf: a.Confidence}
	if a.ID != 0 {
		r.BID = bids[a.ID-1]
	}
	for _, alt := range a.Alternatives {
		r.Alts = append(r.Alts, bids[alt.ID-1])
	}
	return r
}

// scoredLevel names an answer as the scorer does: one entry found is a
// "building", whatever is not certain is named by its status.
func scoredLevel(a address.Answer) string {
	if a.Status != address.StatusOK {
		return string(a.Status)
	}
	if a.ID != 0 {
		return "building"
	}
	return string(a.Level)
}

func writeResults(path string, rs []addressResult) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	enc := json.NewEncoder(w)
	for i := range rs {
		if err := enc.Encode(&rs[i]); err != nil {
			_ = f.Close()
			return err
		}
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// sum fills latency and the figures of the test split at the threshold.
func (rep *addressReport) sum(qs []addressQuery, rs []addressResult) {
	us := make([]float64, 0, len(rs))
	var unique, right, answered, wrong int
	for i := range rs {
		us = append(us, rs[i].Us)
		rep.MeanUs += rs[i].Us / float64(len(rs))
		if qs[i].Split == "calib" {
			continue
		}
		ok := slices.Contains(qs[i].Truth, rs[i].BID)
		hit := rs[i].Level == "building" && rs[i].Conf >= rep.Threshold
		if hit {
			answered++
			if !ok {
				wrong++
			}
		}
		if qs[i].Kind == "unique" {
			unique++
			if hit && ok {
				right++
			}
		}
	}
	slices.Sort(us)
	if len(us) > 0 {
		rep.P50us, rep.P99us = us[len(us)/2], us[len(us)*99/100]
	}
	rep.Right = float64(right) / float64(max(1, unique))
	rep.Wrong = float64(wrong) / float64(max(1, answered))
}

// rival asks pg_trgm for the most similar full address, on a temporary table
// with a GiST trigram index, for the first n unique test queries.
func (rep *addressReport) rival(ctx context.Context, dsn string, entries []address.Entry, bids []string, qs []addressQuery, rs []addressResult, n int) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range []string{
		"CREATE EXTENSION IF NOT EXISTS pg_trgm",
		"CREATE TEMP TABLE bench_place (bid text, full_text text)",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"bench_place"}, []string{"bid", "full_text"}, pgx.CopyFromSlice(len(entries), func(i int) ([]any, error) {
		e := &entries[i]
		full := e.Province + e.City + e.District + e.Town + e.Community + e.Grid + e.Road + e.Section + e.Lane + e.Alley + e.SubAlley + e.Number + e.Compound + e.Building
		return []any{bids[i], address.Normalize(full)}, nil
	}))
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE INDEX ON bench_place USING gist (full_text gist_trgm_ops(siglen=64))"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "ANALYZE bench_place"); err != nil {
		return err
	}
	var rivalRight, oursRight int
	var rivalUs, oursUs float64
	for i := range qs {
		if qs[i].Kind != "unique" || qs[i].Split == "calib" {
			continue
		}
		if rep.RivalQueries == n {
			break
		}
		rep.RivalQueries++
		var bid string
		start := time.Now()
		err := conn.QueryRow(ctx, "SELECT bid FROM bench_place ORDER BY full_text <->>> $1 LIMIT 1", address.Normalize(qs[i].Text)).Scan(&bid)
		if err != nil {
			return err
		}
		rivalUs += float64(time.Since(start).Nanoseconds()) / 1000
		oursUs += rs[i].Us
		if slices.Contains(qs[i].Truth, bid) {
			rivalRight++
		}
		if rs[i].Level == "building" && rs[i].Conf >= rep.Threshold && slices.Contains(qs[i].Truth, rs[i].BID) {
			oursRight++
		}
	}
	m := float64(max(1, rep.RivalQueries))
	rep.RivalRight, rep.OursOnSame, rep.RivalMeanUs = float64(rivalRight)/m, float64(oursRight)/m, rivalUs/m
	rep.RightRatio = float64(oursRight) / float64(max(1, rivalRight))
	rep.TimeRatio = rivalUs / max(oursUs, 0.001)
	return nil
}
