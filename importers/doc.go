// Package importers reads the files that departments send — GeoJSON, TopoJSON,
// Shapefile (plain or zipped), GeoPackage, CSV, XLSX, KML — as one stream of
// features. It knows nothing of grids or stores: it yields geometry in the
// file's own coordinates, the attributes as they stand, and, for every row that
// cannot be read, one Error that says file, row, what is wrong and what to do.
//
//	src, err := importers.Open("网格.zip", importers.Options{})
//	if err != nil { … }          // *Error: the file cannot be read at all
//	defer src.Close()
//	for f, err := range src.Features() {
//		if err != nil { … }      // *Error: this row; if Fatal, also the last one
//		use(f)
//	}
//
// Nothing is guessed in silence. The coordinate system is what the file
// declares (Info.CRS, Info.WKT, with Info.CRSFrom telling where it stands) or
// "" when it declares none; the text encoding and every other choice made for
// the reader is told in Info.Notes. Where a file has several layers the caller
// must choose: Open fails with an Error that lists them.
//
// Bad input never panics and never takes memory beyond Options.Limits:
// features stream one at a time (TopoJSON keeps its arcs in memory), zip
// members are read as streams and never unpacked to a path of their own
// naming, XML entities are never expanded.
package importers
