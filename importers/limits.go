package importers

import (
	"fmt"
	"io"
)

// Limits bound what one file may cost. A zero field takes the default named
// beside it; the defaults let a county's 200,000 polygons through and stop a
// zip bomb.
type Limits struct {
	MaxBytes     int64 // size of the file itself; 2 GiB
	MaxUnzipped  int64 // all that is unpacked from a zip or XLSX; 4 GiB
	MaxRows      int   // rows of one layer; 5,000,000
	MaxFeature   int   // bytes of one feature or CSV record; 256 MiB
	MaxHeld      int64 // bytes of a file that is held as a whole or nearly: TopoJSON, unpacked KML, XLSX; 512 MiB
	MaxDepth     int   // nesting of JSON, XML and geometry collections; 64
	MaxZipFiles  int   // members of one zip; 10,000
	MaxSheetSize int64 // bytes of one XLSX part held in memory; 64 MiB
	MaxRatio     int   // how many times larger than packed a zip member may be, from RatioFrom on; 400
	MaxLayers    int   // layers, sheets, objects of one file; 1,000
	MaxFields    int   // columns of one layer; 4,096
	MaxVertices  int   // of all shapes of one layer; 100,000,000
}

// RatioFrom is how large a zip member must be for its ratio to count: blank
// tables pack very well, and small ones do no harm.
const RatioFrom = 64 << 20

func (l Limits) orDefaults() Limits {
	set(&l.MaxBytes, 2<<30)
	set(&l.MaxUnzipped, 4<<30)
	set(&l.MaxRows, 5_000_000)
	set(&l.MaxFeature, 256<<20)
	set(&l.MaxHeld, 512<<20)
	set(&l.MaxDepth, 64)
	set(&l.MaxZipFiles, 10_000)
	set(&l.MaxSheetSize, 64<<20)
	set(&l.MaxRatio, 400)
	set(&l.MaxLayers, 1000)
	set(&l.MaxFields, 4096)
	set(&l.MaxVertices, 100_000_000)
	return l
}

func set[T int | int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// cappedReader fails with CodeTooBig once more than max bytes have come out of
// it. Sizes in a zip's directory are only a claim; this is the check.
type cappedReader struct {
	r    io.Reader
	left int64
	what string
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return n, tooBig(c.what)
	}
	return n, err
}

func tooBig(what string) *Error {
	return &Error{Code: CodeTooBig, What: what + "超出上限", Do: "拆成几个文件，或放宽上限", Fatal: true}
}

func tooManyRows(file string, maxRows int) *Error {
	e := tooBig(fmt.Sprintf("行数（上限 %d）", maxRows))
	e.File = file
	return e
}
