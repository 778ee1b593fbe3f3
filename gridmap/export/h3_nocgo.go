//go:build !cgo

package export

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Cells needs the H3 library, which is written in C.
func Cells(*atlas.Net, int, int) ([]Cell, error) {
	return nil, gridmap.Errorf(gridmap.Unavailable, "此程序编译时没有 C 编译器，不能生成 H3 表 (built without cgo: no H3 table)")
}
