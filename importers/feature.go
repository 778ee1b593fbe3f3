package importers

import (
	"iter"
	"strconv"

	"github.com/paulmach/orb"
)

// Source is an open file of features.
type Source interface {
	// Info tells what the file is; it is complete from the moment of opening.
	Info() Info
	// Features yields the features in file order and may be ranged over any
	// number of times. A row that cannot be read comes with an *Error beside
	// it; reading goes on after it unless the Error is Fatal.
	Features() iter.Seq2[Feature, error]
	// Close frees the file and any temporary copy of it.
	Close() error
}

// Format names a kind of file.
type Format string

// The formats that Open knows.
const (
	GeoJSON    Format = "GeoJSON"
	TopoJSON   Format = "TopoJSON"
	Shapefile  Format = "Shapefile"
	GeoPackage Format = "GeoPackage"
	CSV        Format = "CSV"
	XLSX       Format = "XLSX"
	KML        Format = "KML"
)

// Info describes an open file.
type Info struct {
	File   string // base name, for messages
	Format Format
	Layer  string   // the layer, sheet, object or .shp being read; "" where the format has none
	Layers []string // all there are to choose from

	// CRS is the coordinate system the file declares, as a name ("EPSG:4490");
	// WKT is its definition where the file holds one. Both "" when the file
	// declares nothing. CRSFrom tells where the declaration stands (".prj",
	// "gpkg srs 4490", "RFC 7946" …).
	CRS, WKT, CRSFrom string

	Fields   []Field
	Shape    []string // the fields that Geometry was made of, in tables
	Rows     int      // how many rows to expect, for a progress bar; -1 when unknown
	Encoding string   // of the text, such as "UTF-8" or "GB18030"
	Notes    []string
}

// FieldType is the type of a column as far as the file tells.
type FieldType string

// The types of a column; a value is a string, int64, float64, bool or nil.
const (
	Text    FieldType = "text"
	Integer FieldType = "integer"
	Real    FieldType = "real"
	Boolean FieldType = "boolean"
	Date    FieldType = "date" // a string such as 2026-11-01
	Unknown FieldType = ""
)

// Field is one column.
type Field struct {
	Name string
	Type FieldType
}

// Feature is one row: a shape and its attributes.
type Feature struct {
	// Row counts as a person looking at the file does, from 1: the line of a
	// CSV or XLSX sheet with its header counted in, the position of a feature
	// in every other format.
	Row      int
	ID       string       // the feature's own id; "" when the file gives none
	Geometry orb.Geometry // in the file's coordinates; nil when the row has none
	Props    Props
	Where    string // the row in words, for messages
}

// Prop is one attribute. Value is a string, int64, float64, bool, or nil where
// the cell is empty; strings stay strings, so that code 007 stays 007.
type Prop struct {
	Key   string
	Value any
}

// Props are the attributes in file order.
type Props []Prop

// Get returns the value of an attribute and whether there is one of that name.
func (p Props) Get(key string) (any, bool) {
	for i := range p {
		if p[i].Key == key {
			return p[i].Value, true
		}
	}
	return nil, false
}

// Text returns the value of an attribute as text; "" when it is missing or
// empty. A whole number reads as digits without a point or exponent.
func (p Props) Text(key string) string {
	v, _ := p.Get(key)
	return TextOf(v)
}

// TextOf writes an attribute's value as text.
func TextOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if v == float64(int64(v)) && v < 1e15 && v > -1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
