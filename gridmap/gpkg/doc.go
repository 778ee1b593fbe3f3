// Package gpkg keeps a map in a GeoPackage file, which any GIS opens as it is,
// also while it is live.
//
// One commit is one SQLite transaction on the map file alone, so a crash
// leaves all of it or none. The audit belongs in a private file beside the map
// (NAME.app.db), which SQLite cannot commit together with a file in WAL mode;
// audit lines are therefore committed into an outbox in the map file and moved
// from there, as often as it takes. WAL, because a reader must not stop a
// writer, nor the other way round; a store that is closed goes back to one
// plain file.
package gpkg
