// Package app holds the built map page, so that one binary serves it without Node or a network.
// dist/ is written by `npm run build` in this folder and committed with the sources it was built from.
package app

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built page with index.html at its root. Every name under assets/ carries a hash of its content,
// so it may be cached for ever; index.html may not.
func FS() fs.FS {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web/app: the embed directive names no dist folder: " + err.Error()) // cannot happen: "dist" is a constant valid path
	}
	return root
}
