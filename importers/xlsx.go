package importers

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxSheet is one sheet of a workbook. Cells come as they are stored, not as
// they are shown: the code 110101001001 would be shown as 1.10101E+11.
type xlsxSheet struct {
	file   *excelize.File
	name   string
	merged map[int][]merge // by first row: cells merged downwards, to fill
}

// merge is a block of merged cells, columns from 0, rows from 1.
type merge struct {
	col, lastRow int
	value        string
}

func openXLSX(in input, o Options) (Source, error) {
	if in.size > o.Limits.MaxHeld {
		return nil, fatal(in.name, "", "", "", tooBig("XLSX 文件大小"))
	}
	var f *excelize.File
	err := guarded(func() (err error) {
		f, err = excelize.OpenReader(io.NewSectionReader(in.ra, 0, in.size), excelize.Options{
			RawCellValue: true, UnzipSizeLimit: o.Limits.MaxUnzipped,
			UnzipXMLSizeLimit: min(o.Limits.MaxSheetSize, o.Limits.MaxUnzipped),
		})
		return err
	})
	if err != nil {
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 XLSX", "在表格软件里另存后再试", err)
	}
	closeAll := func() error { return errors.Join(f.Close(), in.close()) }
	info := Info{File: in.name, Format: XLSX, Encoding: "UTF-8", Layers: f.GetSheetList()}
	s := &xlsxSheet{file: f}
	if s.name, err = chooseSheet(&info, f, o); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	info.Layer = s.name
	if sheetBytes(in) <= uint64(o.Limits.MaxSheetSize) {
		if err := guarded(func() error { return s.readMerges(&info) }); err != nil {
			return nil, errors.Join(fatal(in.name, CodeUnreadable, "合并单元格读不出来", "", err), f.Close())
		}
	} else {
		info.Notes = append(info.Notes, "工作表很大，合并的单元格没有向下填充")
	}
	t, err := openTable(s, info, o, closeAll)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

// chooseSheet takes the sheet asked for, or the first visible one that has
// cells, and says so when there are others.
func chooseSheet(info *Info, f *excelize.File, o Options) (string, error) {
	want := o.Sheet
	if want == "" {
		want = o.Layer
	}
	if want != "" || len(info.Layers) == 1 {
		return choose(info.File, "工作表", "--sheet", want, info.Layers)
	}
	for _, name := range info.Layers {
		visible, err := f.GetSheetVisible(name)
		if err != nil || !visible {
			continue
		}
		s := &xlsxSheet{file: f, name: name}
		for _, err := range s.lines() {
			if err == nil {
				info.Notes = append(info.Notes, fmt.Sprintf("取第一个有内容的工作表 %s（共 %d 个，可用 --sheet 选）", name, len(info.Layers)))
				return name, nil
			}
		}
	}
	return "", fatal(info.File, CodeUnreadable, "工作簿里没有内容", "", nil)
}

// sheetBytes is the unpacked size of the largest sheet, as the zip tells it.
func sheetBytes(in input) uint64 {
	z, err := zip.NewReader(in.ra, in.size)
	if err != nil {
		return 0
	}
	var most uint64
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "xl/worksheets/") {
			most = max(most, f.UncompressedSize64)
		}
	}
	return most
}

// readMerges notes cells merged over several rows: the value stands in the
// first of them and counts for all, as a person reads it.
func (s *xlsxSheet) readMerges(info *Info) error {
	cells, err := s.file.GetMergeCells(s.name)
	if err != nil {
		return err
	}
	s.merged = map[int][]merge{}
	n := 0
	for _, c := range cells {
		col, row, err1 := excelize.CellNameToCoordinates(c.GetStartAxis())
		_, lastRow, err2 := excelize.CellNameToCoordinates(c.GetEndAxis())
		if err1 != nil || err2 != nil || lastRow <= row || c.GetCellValue() == "" {
			continue
		}
		n++
		s.merged[row] = append(s.merged[row], merge{col - 1, lastRow, plainNumber(c.GetCellValue())})
	}
	if n > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("%d 处上下合并的单元格，值算给其中每一行", n))
	}
	return nil
}

func (s *xlsxSheet) lines() iter.Seq2[sheetLine, error] {
	return func(yield func(sheetLine, error) bool) {
		stopped := false
		row := 0
		err := guarded(func() error {
			return s.each(&row, func(l sheetLine) bool {
				stopped = !yield(l, nil)
				return !stopped
			})
		})
		if err != nil && !stopped {
			yield(sheetLine{row: row}, fatal("", CodeUnreadable, "工作表从这里读不下去", "另存后再试", err))
		}
	}
}

func (s *xlsxSheet) each(row *int, yield func(sheetLine) bool) error {
	rows, err := s.file.Rows(s.name)
	if err != nil {
		return err
	}
	defer closeQuietly(rows)
	var open []merge
	for rows.Next() {
		*row++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		open = append(open, s.merged[*row]...)
		open = fillMerged(&cells, open, *row)
		for i, c := range cells {
			cells[i] = plainNumber(c)
		}
		if filled(cells) > 0 && !yield(sheetLine{*row, cells}) {
			return nil
		}
	}
	return rows.Error()
}

// fillMerged writes merged values into a row that is otherwise not empty and
// returns the merges that reach farther down.
func fillMerged(cells *[]string, open []merge, row int) []merge {
	blank := filled(*cells) == 0
	still := open[:0]
	for _, m := range open {
		if m.lastRow > row {
			still = append(still, m)
		}
		if m.lastRow < row || blank {
			continue
		}
		for len(*cells) <= m.col {
			*cells = append(*cells, "")
		}
		if (*cells)[m.col] == "" {
			(*cells)[m.col] = m.value
		}
	}
	return still
}

// plainNumber writes a whole number that is stored with an exponent as digits.
func plainNumber(s string) string {
	if !strings.ContainsAny(s, "E") || strings.ContainsAny(s, " \t") {
		return s
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != float64(int64(v)) || v >= 1<<53 || v <= -1<<53 {
		return s
	}
	return strconv.FormatInt(int64(v), 10)
}
