package address

import (
	"encoding/csv"
	"fmt"
	"os"
	"testing"
)

func TestDbgHK(t *testing.T) {
	f, err := os.Open("/work/shared/data/hongkong/address_testcases.csv")
	if err != nil || os.Getenv("DBG") == "" {
		t.Skip()
	}
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	recs, _ := r.ReadAll()
	for _, x := range recs[1:] {
		e, rest := ParseEntry(x[0])
		fmt.Printf("%s => D=%s T=%s R=%s S=%s L=%s N=%s C=%s B=%s U=%s rest=%q\n", x[0], e.District, e.Town, e.Road, e.Section, e.Lane, e.Number, e.Compound, e.Building, e.Unit, rest)
	}
}
