package address

import "cloudgrid/spatial"

// Entry is one row of the reference table: a door plate, a building, a unit or
// a named place. Levels that a place does not have stay empty. Names are as
// written on the plate, in either script; Match folds them.
type Entry struct {
	ID int64 // unique in the table, not 0

	Province, City, District, Town, Community, Grid string

	Road     string // 中山路, 经七路; may carry its section or lane (人民南路四段)
	Section  string // 四段, 4段, 东段
	Lane     string // 39巷, 100弄, 金鱼胡同
	Alley    string // 3弄, 5支弄
	SubAlley string // 2衖
	Number   string // 418号, 2之3之2號, 12-5号, 166至168號

	Compound string // 翡翠郡北区, 国贸大厦
	Building string // 3栋, A座, 5号楼, 综合楼
	Unit     string // 2单元, 地下A舖

	Aliases []string // nicknames, short and former names of the compound (or of the place, when it has none)

	Point    spatial.Point
	HasPoint bool
	GridKey  int64 // the leaf grid that is responsible; 0 = not known
}

// Change is one step of an update: the row with Entry.ID is added or replaced,
// or removed when Delete is set (only the ID is read then).
type Change struct {
	Entry  Entry
	Delete bool
}
