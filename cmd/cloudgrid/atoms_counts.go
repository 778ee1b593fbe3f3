package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
	"cloudgrid/spatial/locate"
	"cloudgrid/spatial/tessellate"
	"cloudgrid/spatial/topology"
)

// tally is what a table of counts adds up to, by atom.
type tally struct {
	names   []string    // of the counts
	columns []string    // where each comes from; everyRow counts rows
	byAtom  [][]float64 // by atom and count
	read    []float64   // by count: of all rows that could be read
	leftOut []float64   // by count: of rows that belong to no atom
	rows    int
	misses  []countMiss
}

// countMiss is a row that was not counted.
type countMiss struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// everyRow as a column counts each row once: a list of shops has no column
// that says 1.
const everyRow = "*"

// newTally reads NAME=COLUMN, or NAME where the column is called the same.
func newTally(f atomsFlags, atoms int) (*tally, error) {
	t := &tally{}
	for _, c := range f.count {
		name, column, mapped := strings.Cut(c, "=")
		if !mapped {
			column = name
		}
		if name == "" || column == "" {
			return nil, gridmap.Errorf(gridmap.Invalid, "--count %q 应为 名称=列 (want NAME=COLUMN)", c)
		}
		for _, taken := range append(append([]string(nil), f.sum...), t.names...) {
			if taken == name {
				return nil, gridmap.Errorf(gridmap.Invalid, "计数 %s 给了两次 (count given twice)", name)
			}
		}
		t.names, t.columns = append(t.names, name), append(t.columns, column)
	}
	if len(t.names) == 0 {
		return nil, gridmap.Errorf(gridmap.Invalid, "--counts 需要 --count 名称=列 (say which columns to count)")
	}
	t.read, t.leftOut = make([]float64, len(t.names)), make([]float64, len(t.names))
	t.byAtom = make([][]float64, atoms)
	for i := range t.byAtom {
		t.byAtom[i] = make([]float64, len(t.names))
	}
	return t, nil
}

// countInto joins a table to the atoms, by the code of a building or by a
// point. Rows that fit nowhere are kept with their number and the reason.
func (g *ground) countInto(r *tessellate.Result, f atomsFlags) (*tally, error) {
	t, err := newTally(f, len(r.Atoms))
	if err != nil {
		return nil, err
	}
	src, err := importers.Open(f.counts, importers.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // only read from
	if err := t.hasColumns(src.Info(), f); err != nil {
		return nil, err
	}
	find, err := g.finder(r, src.Info(), f)
	if err != nil {
		return nil, err
	}
	for x, err := range src.Features() {
		if err != nil {
			var e *importers.Error
			if !errors.As(err, &e) || e.Fatal {
				return nil, err
			}
			t.misses = append(t.misses, countMiss{e.Row, e.What})
			continue
		}
		t.add(x, find)
	}
	return t, t.prove()
}

// hasColumns complains about a column that is not there, once and not by row.
func (t *tally) hasColumns(info importers.Info, f atomsFlags) error {
	if len(info.Fields) == 0 {
		return nil
	}
	names := make([]string, len(info.Fields))
	for i, field := range info.Fields {
		names[i] = field.Name
	}
	want := append([]string(nil), t.columns...)
	if f.by == "code" {
		want = append(want, f.countsCode)
	}
	for _, w := range want {
		found := w == everyRow
		for _, n := range names {
			found = found || n == w
		}
		if !found {
			return gridmap.Errorf(gridmap.Invalid, "%s 没有列 %q；现有：%s (no such column)", info.File, w, strings.Join(names, ", "))
		}
	}
	return nil
}

// finder returns what tells the atom of a row, or why there is none.
func (g *ground) finder(r *tessellate.Result, info importers.Info, f atomsFlags) (func(importers.Feature) (int, string), error) {
	switch f.by {
	case "code":
		return g.byCode(r, f.countsCode), nil
	case "point":
		said := f.countsCRS
		if said == "" {
			said = f.crs
		}
		frame, err := groundCRS(info, said)
		if err != nil {
			return nil, err
		}
		index := locate.New(r.Topology)
		return func(x importers.Feature) (int, string) {
			s, err := latticeGround(frame, x.Geometry)
			switch {
			case err != nil:
				return 0, err.Error()
			case len(s.points) != 1:
				return 0, "没有坐标 (no point)"
			}
			atom := index.Locate(s.points[0])
			if atom == topology.Outside {
				return 0, "在范围之外 (outside)"
			}
			return int(atom), ""
		}, nil
	}
	return nil, gridmap.Errorf(gridmap.Invalid, "--by %q 应为 code 或 point (want code or point)", f.by)
}

// byCode finds atoms by the codes of their buildings.
func (g *ground) byCode(r *tessellate.Result, column string) func(importers.Feature) (int, string) {
	const several = -1
	atomOf := map[string]int{}
	for i, a := range r.Atoms {
		for _, b := range a.Buildings {
			code := strings.TrimSpace(g.codes[b])
			if was, seen := atomOf[code]; seen && was != i {
				atomOf[code] = several
			} else {
				atomOf[code] = i
			}
		}
	}
	return func(x importers.Feature) (int, string) {
		code := strings.TrimSpace(x.Props.Text(column))
		atom, ok := atomOf[code]
		switch {
		case code == "":
			return 0, "没有编码 (no code)"
		case !ok:
			return 0, fmt.Sprintf("没有编码为 %s 的楼栋 (no building with this code)", code)
		case atom == several:
			return 0, fmt.Sprintf("编码 %s 的楼栋不止一处 (buildings of several atoms have this code)", code)
		}
		return atom, ""
	}
}

// add counts one row, wholly or not at all.
func (t *tally) add(x importers.Feature, find func(importers.Feature) (int, string)) {
	t.rows++
	values := make([]float64, len(t.names))
	for k, column := range t.columns {
		if column == everyRow {
			values[k] = 1
			continue
		}
		text := strings.TrimSpace(x.Props.Text(column))
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n-n != 0 || n < 0 { // n-n is not 0 for NaN and the infinities
			t.misses = append(t.misses, countMiss{x.Row, fmt.Sprintf("%s 列 %q 不是 0 以上的数 (not a number from 0)", column, text)})
			return
		}
		values[k] = n
	}
	atom, reason := find(x)
	if reason != "" {
		t.misses = append(t.misses, countMiss{x.Row, reason})
	}
	for k, v := range values {
		t.read[k] += v
		if reason != "" {
			t.leftOut[k] += v
		} else {
			t.byAtom[atom][k] += v
		}
	}
}

// prove checks that what the atoms hold and what was left out is what was read:
// exactly for whole numbers, to the rounding of sums otherwise.
func (t *tally) prove() error {
	for k, name := range t.names {
		if placed := t.placed(k); math.Abs(placed+t.leftOut[k]-t.read[k]) > 1e-9*math.Max(t.read[k], 1) {
			return gridmap.Errorf(gridmap.Internal, "%s 的合计不符：读入 %v，计入 %v，未计 %v (sums do not agree)", name, t.read[k], placed, t.leftOut[k])
		}
	}
	return nil
}

func (t *tally) placed(k int) (total float64) {
	for _, counts := range t.byAtom {
		total += counts[k]
	}
	return total
}

// countSum is what the report says of one count.
type countSum struct {
	Name    string  `json:"name"`
	Read    float64 `json:"read"`
	Placed  float64 `json:"placed"`
	LeftOut float64 `json:"left_out"`
}

func (t *tally) sums() []countSum {
	sums := make([]countSum, len(t.names))
	for k, name := range t.names {
		sums[k] = countSum{name, t.read[k], t.placed(k), t.leftOut[k]}
	}
	return sums
}

// tell prints the sums and the rows that were not counted.
func (t *tally) tell(c *console) {
	for _, s := range t.sums() {
		c.sayf("%s：读入 %s，计入单元 %s，未计 %s（合计相符）", s.Name, number(s.Read), number(s.Placed), number(s.LeftOut))
	}
	for i, m := range t.misses {
		if i == 20 {
			c.sayf("  …另有 %d 行", len(t.misses)-i)
			break
		}
		c.sayf("  第 %d 行未计：%s", m.Row, m.Reason)
	}
}
