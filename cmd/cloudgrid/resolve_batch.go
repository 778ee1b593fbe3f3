package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial/crs"
	"cloudgrid/web/ordered"
)

// batchRows is how many rows one core takes at a time.
const batchRows = 2048

type batchFlags struct {
	in, out           string
	lon, lat, address string // columns
	crs, network      string
	resume            bool
}

// batchReport is what `resolve --batch --json` prints.
type batchReport struct {
	Rows    int     `json:"rows"`
	Skipped int     `json:"skipped"` // done by an earlier run
	Inside  int     `json:"inside"`
	Outside int     `json:"outside"`
	Unsure  int     `json:"unsure"` // addresses without a certain grid
	Errors  int     `json:"errors"`
	Seconds float64 `json:"seconds"`
}

// batchRun answers a CSV of any length over one snapshot.
type batchRun struct {
	atlas *atlas.Atlas
	net   *atlas.Net
	frame crs.CRS
	col   struct{ lon, lat, address int } // -1 is none
	width int
}

// added are the columns that a batch appends to each row.
var added = []string{"cg_status", "cg_grid", "cg_code", "cg_name", "cg_error"}

func runBatch(ctx context.Context, c *console, store, scope string, f batchFlags) error {
	start := time.Now()
	in, err := os.Open(f.in)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "打不开输入文件: %w", err)
	}
	defer in.Close() //nolint:errcheck // read only
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	keeper, err := keeperOf(ctx, s, scope)
	if err != nil {
		return err
	}
	rows := csv.NewReader(bufio.NewReaderSize(in, 1<<20))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	b, head, err := newBatchRun(keeper.Current(), f, rows)
	if err != nil {
		return err
	}
	out, skip, err := openBatchOut(f, head)
	if err != nil {
		return err
	}
	r := batchReport{Skipped: skip}
	bar := newBatchBar(c, in)
	err = ordered.Run(ctx, readRows(rows, skip), b.answer, func(result []byte, _ bool) error {
		r.tally(result)
		_ = bar.Set64(offset(in)) // a bar that cannot be drawn is no reason to stop
		_, err := out.Write(result)
		return err
	})
	_ = bar.Finish()
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	r.Seconds = time.Since(start).Seconds()
	if err != nil {
		return fmt.Errorf("已写出 %d 行，可用 --resume 继续 (rerun with --resume): %w", r.Rows, err)
	}
	c.sayf("%d 行（另有 %d 行此前已完成）：在网格内 %d，辖区外 %d，不确定 %d，有误 %d，用时 %.1f 秒",
		r.Rows, r.Skipped, r.Inside, r.Outside, r.Unsure, r.Errors, r.Seconds)
	if err := c.printJSON(r); err != nil {
		return err
	}
	if r.Errors > 0 {
		return errWanting
	}
	return nil
}

func newBatchBar(c *console, in *os.File) *progressbar.ProgressBar {
	size := int64(-1)
	if info, err := in.Stat(); err == nil {
		size = info.Size()
	}
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return progressbar.DefaultBytes(size, "定位 resolving")
	}
	return progressbar.DefaultBytesSilent(size)
}

func offset(f *os.File) int64 {
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return at
}

func newBatchRun(a *atlas.Atlas, f batchFlags, rows *csv.Reader) (*batchRun, []string, error) {
	b := &batchRun{atlas: a, net: a.Main()}
	if f.network != "" {
		b.net = a.Net(f.network)
	}
	if b.net == nil {
		return nil, nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q，或存储里还没有网格 (no such network)", f.network)
	}
	head, err := rows.Read()
	if err != nil {
		return nil, nil, gridmap.Errorf(gridmap.Invalid, "%s 没有表头: %w", f.in, err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	find := func(name string) (int, error) {
		if name == "" {
			return -1, nil
		}
		if i, ok := column[name]; ok {
			return i, nil
		}
		return -1, gridmap.Errorf(gridmap.Invalid, "%s 没有列 %q；现有：%s (no such column)", f.in, name, strings.Join(head, ", "))
	}
	var err1, err2, err3 error
	if f.address != "" {
		f.lon, f.lat = "", ""
	} else if b.frame, err = crs.Parse(f.crs); err != nil {
		return nil, nil, gridmap.Errorf(gridmap.Invalid, "需要 --crs：%w", err)
	}
	b.col.lon, err1 = find(f.lon)
	b.col.lat, err2 = find(f.lat)
	b.col.address, err3 = find(f.address)
	b.width = len(head)
	return b, append(head, added...), errors.Join(err1, err2, err3)
}

// openBatchOut opens the output, and with resume tells how many rows it holds
// already; a last line that was cut off is taken back.
func openBatchOut(f batchFlags, head []string) (*os.File, int, error) {
	if f.resume {
		if out, skip, err := reopenBatchOut(f.out); err == nil || !errors.Is(err, os.ErrNotExist) {
			return out, skip, err
		}
	}
	out, err := os.OpenFile(f.out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, 0, gridmap.Errorf(gridmap.Conflict, "输出 %s 已存在：用 --resume 接着写，或换一个文件名 (output exists)", f.out)
	}
	if err != nil {
		return nil, 0, gridmap.Errorf(gridmap.Invalid, "无法写输出: %w", err)
	}
	w := csv.NewWriter(out)
	if err := w.Write(head); err != nil {
		return nil, 0, err
	}
	w.Flush()
	return out, 0, w.Error()
}

func reopenBatchOut(path string) (*os.File, int, error) {
	out, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, err
	}
	rows := csv.NewReader(bufio.NewReaderSize(out, 1<<20))
	rows.ReuseRecord, rows.LazyQuotes = true, true
	done, whole := -1, int64(0)
	for {
		if _, err := rows.Read(); err != nil {
			break // the end, or a row that was cut off
		}
		end := rows.InputOffset()
		var last [1]byte
		if _, err := out.ReadAt(last[:], end-1); err != nil || last[0] != '\n' {
			break
		}
		done, whole = done+1, end
	}
	if done < 0 {
		return nil, 0, errors.Join(gridmap.Errorf(gridmap.Invalid, "输出 %s 没有完整的表头，请删除后重来 (no whole header)", path), out.Close())
	}
	if err := out.Truncate(whole); err != nil {
		return nil, 0, err
	}
	_, err = out.Seek(whole, io.SeekStart)
	return out, done, err
}

// batchChunk is some rows, or the error that ended the file.
type batchChunk struct {
	rows [][]string
	err  error
	line int
}

func readRows(rows *csv.Reader, skip int) iter.Seq[batchChunk] {
	return func(yield func(batchChunk) bool) {
		var chunk batchChunk
		for n := 0; ; n++ {
			row, err := rows.Read()
			if errors.Is(err, io.EOF) {
				if len(chunk.rows) > 0 {
					yield(chunk)
				}
				return
			}
			if err != nil {
				chunk.err = err
				chunk.line, _ = rows.FieldPos(0)
				yield(chunk)
				return
			}
			if n < skip {
				continue
			}
			if chunk.rows = append(chunk.rows, row); len(chunk.rows) == batchRows {
				if !yield(chunk) {
					return
				}
				chunk = batchChunk{}
			}
		}
	}
}

// answer appends the rows of a chunk with their answers.
func (b *batchRun) answer(out []byte, chunk batchChunk) []byte {
	buf := bytes.NewBuffer(out)
	w := csv.NewWriter(buf)
	for _, row := range chunk.rows {
		for len(row) < b.width {
			row = append(row, "")
		}
		_ = w.Write(append(row[:b.width:b.width], b.one(row)...)) // a buffer takes everything
	}
	if chunk.err != nil {
		_ = w.Write(append(make([]string, b.width), "error", "", "", "", fmt.Sprintf("第 %d 行起无法读取: %v", chunk.line, chunk.err)))
	}
	w.Flush()
	return buf.Bytes()
}

// one answers one row: the values of the added columns.
func (b *batchRun) one(row []string) []string {
	var grid int32
	status, problem := "outside", ""
	if b.col.address >= 0 {
		grid, status, problem = b.byAddress(row[b.col.address])
	} else {
		p, err := b.frame.ParsePoint(row[b.col.lon], row[b.col.lat])
		if err != nil {
			return []string{"error", "", "", "", err.Error()}
		}
		a := b.net.Resolve(atlas.Ask{Point: p, Level: -1})
		if err := b.atlas.Here(b.net, p, &a); err != nil {
			return []string{"elsewhere", "", "", "", err.Error()}
		}
		if grid = a.Grid; grid != atlas.None {
			status = "inside"
		}
	}
	if grid == atlas.None {
		return []string{status, "", "", "", problem}
	}
	g := &b.net.Grids[grid]
	return []string{status, strconv.FormatInt(int64(g.ID), 10), g.Code, g.Name, problem}
}

func (b *batchRun) byAddress(text string) (grid int32, status, message string) {
	index, err := b.atlas.Addresses()
	if err != nil {
		return atlas.None, "error", err.Error()
	}
	m := index.Match(text, address.MatchOptions{})
	if grid = b.net.OfMatch(b.atlas, &m); grid != atlas.None {
		return grid, "inside", ""
	}
	return grid, "unsure", m.Message
}

// tally counts the answers of a piece of output by its status column.
func (r *batchReport) tally(result []byte) {
	rows := csv.NewReader(bytes.NewReader(result))
	rows.ReuseRecord = true
	for {
		row, err := rows.Read()
		if err != nil {
			return
		}
		r.Rows++
		switch row[len(row)-len(added)] {
		case "inside":
			r.Inside++
		case "outside":
			r.Outside++
		case "unsure":
			r.Unsure++
		default:
			r.Errors++
		}
	}
}
