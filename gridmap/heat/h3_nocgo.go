//go:build !cgo

package heat

func newCells(resolution int) Cells { return newHexagons(resolution) }
