package rolls

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func table(rows ...[]string) Table {
	return Table{Title: "网格/联系卡", Header: []string{"地址", "网格", "电话"}, Key: 1, Rows: rows}
}

func TestOnlyWhatChangedAndWhatIsGoneIsListed(t *testing.T) {
	was := table([]string{"甲路1号", "东", "1"}, []string{"甲路2号", "东", "1"}, []string{"甲路3号", "东", "1"})
	now := table([]string{"甲路1号", "东", "1"}, []string{"甲路2号", "西", "2"}, []string{"甲路4号", "西", "2"})
	if got := Changed(was, now); len(got.Rows) != 2 || got.Rows[0][0] != "甲路2号" || got.Rows[1][0] != "甲路4号" {
		t.Errorf("changed: %v", got.Rows)
	}
	if got := Gone(was, now); len(got.Rows) != 1 || got.Rows[0][0] != "甲路3号" {
		t.Errorf("gone: %v", got.Rows)
	}
	if got := Changed(now, now); len(got.Rows) != 0 {
		t.Errorf("nothing changed, yet %v", got.Rows)
	}
}

func TestNoCellIsEverAFormula(t *testing.T) {
	evil := table([]string{`=HYPERLINK("http://x","点")`, "+1", "-2"}, []string{"@SUM(A1)", "\tx", "甲"})
	var b bytes.Buffer
	if err := evil.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		for _, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("cell %q would be a formula", cell)
			}
		}
	}
	b.Reset()
	if err := WriteXLSX(&b, evil, evil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n := f.SheetCount; n != 2 {
		t.Errorf("%d sheets, want 2", n)
	}
	sheet := f.GetSheetName(0)
	for _, at := range []string{"B3", "C3", "D3", "B4"} {
		formula, err := f.GetCellFormula(sheet, at)
		if err != nil || formula != "" {
			t.Errorf("%s holds the formula %q (%v)", at, formula, err)
		}
	}
	if v, err := f.GetCellValue(sheet, "B3"); err != nil || v != `=HYPERLINK("http://x","点")` {
		t.Errorf("the text is kept as it is: %q %v", v, err)
	}
}
