package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"cloudgrid/gridmap/atlas"
)

// Cell is one row of the offline table: an H3 cell that lies wholly in one
// grid, or wholly outside, or, at the finest resolution, one that a border
// crosses. See docs/h3-table.md for how an app reads it.
type Cell struct {
	H3         uint64 `parquet:"h3"`              // the cell's index
	Resolution int32  `parquet:"resolution"`      // 0 … 15
	Grid       int64  `parquet:"grid"`            // id of the grid that holds the whole cell; 0 when a border crosses it
	Code       string `parquet:"code,dict"`       // its code
	Candidates string `parquet:"candidates,dict"` // of a border cell: the codes of the grids it may be in, by "|"; "" first when it reaches outside
}

// WriteCellsCSV writes the table with a header; h3 as the usual hexadecimal.
func WriteCellsCSV(out io.Writer, cells []Cell) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"h3", "resolution", "grid", "code", "candidates"}); err != nil {
		return err
	}
	for _, c := range cells {
		grid := ""
		if c.Grid != 0 {
			grid = strconv.FormatInt(c.Grid, 10)
		}
		err := w.Write([]string{strconv.FormatUint(c.H3, 16), strconv.Itoa(int(c.Resolution)), grid, c.Code, c.Candidates})
		if err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// WriteCellsParquet writes the table as one Parquet file.
func WriteCellsParquet(out io.Writer, cells []Cell) error {
	w := parquet.NewGenericWriter[Cell](out, parquet.Compression(&parquet.Zstd))
	if _, err := w.Write(cells); err != nil {
		return err
	}
	return w.Close()
}

// codes joins the codes of some grids; None is the ground outside.
func codes(n *atlas.Net, grids []int32) string {
	parts := make([]string, len(grids))
	for i, g := range grids {
		if g != atlas.None {
			parts[i] = n.Grids[g].Code
		}
	}
	return strings.Join(parts, "|")
}
