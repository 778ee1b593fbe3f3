// Package rolls writes what an office keeps on paper (台账、登记表、联系卡): tables made
// of a snapshot, whole or only what changed since another.
package rolls

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"cloudgrid/gridmap"
)

// Table is one roll. Key is the number of leading columns, after 序号, that name
// a row: rows of two tables with the same key are the same thing.
type Table struct {
	Title  string
	Header []string
	Rows   [][]string
	Key    int
}

// Changed returns the rows of now that are not, word for word, in before: the
// cards to print again.
func Changed(before, now Table) Table {
	had := make(map[string]bool, len(before.Rows))
	for _, r := range before.Rows {
		had[line(r)] = true
	}
	out := Table{Title: now.Title + "（变动）", Header: now.Header, Key: now.Key}
	for _, r := range now.Rows {
		if !had[line(r)] {
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

// Gone returns the rows of before whose key is not in now: what to take down.
func Gone(before, now Table) Table {
	have := make(map[string]bool, len(now.Rows))
	for _, r := range now.Rows {
		have[line(r[:now.Key])] = true
	}
	out := Table{Title: before.Title + "（撤销）", Header: before.Header, Key: before.Key}
	for _, r := range before.Rows {
		if !have[line(r[:before.Key])] {
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

func line(cells []string) string { return strings.Join(cells, "\x00") }

// WriteCSV writes the table as UTF-8 with a byte order mark, so that the office
// programs of China read it as what it is. A cell that such a program would
// take for a formula gets an apostrophe (OWASP, CSV injection).
func (t Table) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(append([]string{"序号"}, t.Header...)); err != nil {
		return err
	}
	for i, r := range t.Rows {
		cells := append([]string{number(i + 1)}, r...)
		for k := range cells {
			cells[k] = Plain(cells[k])
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Plain keeps a cell of a CSV from being a formula (CWE-1236). Office programs set
// to Chinese take the wide forms of the signs, too.
func Plain(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r\n＝＋－＠") == 0 {
		return "'" + cell
	}
	return cell
}

// WriteXLSX writes tables as sheets of one workbook. Every cell is text: there
// are no formulas in it, whatever a name looks like.
func WriteXLSX(w io.Writer, tables ...Table) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	names := sheetNames(tables)
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", names[0])
		} else {
			_, err = f.NewSheet(names[i])
		}
		if err != nil {
			return gridmap.Errorf(gridmap.Internal, "无法建立工作表 %s (cannot make the sheet): %w", names[i], err)
		}
		if err := writeSheet(f, names[i], t); err != nil {
			return gridmap.Errorf(gridmap.Internal, "无法写入工作表 %s (cannot write the sheet): %w", names[i], err)
		}
	}
	_, err = f.WriteTo(w)
	return err
}

// sheetNames are the titles as Excel allows them: 31 characters, none twice.
func sheetNames(tables []Table) []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		name := []rune(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`:\/?*[]`, r) {
				return -1
			}
			return r
		}, strings.Trim(t.Title, "'")))
		name = name[:min(len(name), 28)]
		if names[i] = string(name); names[i] == "" || slices.Contains(names[:i], names[i]) {
			names[i] += number(i + 1)
		}
	}
	return names
}

func writeSheet(f *excelize.File, sheet string, t Table) error {
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for col, width := range widths(t) {
		if err := sw.SetColWidth(col+1, col+1, width); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := func(n int, style int, cells []string) error {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = excelize.Cell{StyleID: style, Value: c}
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		return sw.SetRow(at, values)
	}
	if err := row(1, bold, []string{t.Title}); err != nil {
		return err
	}
	if err := row(2, bold, append([]string{"序号"}, t.Header...)); err != nil {
		return err
	}
	for i, r := range t.Rows {
		if err := row(i+3, 0, append([]string{number(i + 1)}, r...)); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// widths fits columns to what is in their first rows.
func widths(t Table) []float64 {
	out := make([]float64, len(t.Header)+1)
	out[0] = 6
	for col, h := range t.Header {
		out[col+1] = width(h)
		for _, r := range t.Rows[:min(len(t.Rows), 200)] {
			out[col+1] = max(out[col+1], width(r[col]))
		}
		out[col+1] = min(out[col+1]+2, 48)
	}
	return out
}

// width is about how wide a text is, in the widths of a digit.
func width(s string) float64 {
	n := 0.0
	for _, r := range s {
		n++
		if r > 0x2e80 {
			n++
		}
	}
	return n
}
