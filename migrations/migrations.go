// Package migrations holds the schemas of the stores as numbered SQL files.
// A file that has left this repository is never changed again: the next number
// is.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed gpkg/*.sql app/*.sql postgis/*.sql
var files embed.FS

// Of returns the files of one schema: "gpkg" is the map in a GeoPackage, "app"
// the private file beside it, "postgis" the database.
func Of(schema string) fs.FS {
	sub, err := fs.Sub(files, schema)
	if err != nil {
		panic(err) // only for a name that is no path: a fault of the caller's source
	}
	return sub
}
