package ingest

import "strings"

// KindName is what people call a kind of finding, in Chinese and in English.
func KindName(kind string) (zh, en string) {
	zh, en, _ = strings.Cut(kindNames[kind], " ")
	if zh == "" {
		return kind, kind
	}
	return zh, en
}

// Advice says what to do about a kind of finding; "" when there is nothing to
// do.
func Advice(kind string) (zh, en string) {
	for _, a := range advices {
		for _, k := range strings.Fields(a.kinds) {
			if k == kind {
				return a.zh, a.en
			}
		}
	}
	return "", ""
}

// advices are in the order in which a file is mended; the kinds of one line are
// mended alike.
var advices = []struct{ kinds, zh, en string }{
	{KindUnreadable, "在原软件里打开这一行，改正后重新导出", "open this row in the program it comes from, mend it and export again"},
	{KindNoCode, "补上编码；没有编码，下次就认不出是同一个", "give it a code: without one it is not known again next time"},
	{KindNoGeometry + " " + KindWrongGeometry, "在 GIS 软件里补画面，或从文件中删去这一行", "draw its polygon, or take the row out"},
	{KindInvalidRing + " " + KindTinyRing + " self-crossing", "用 GIS 软件的“修复几何”修好后重新导出", "repair the geometry in a GIS program and export again"},
	{KindSwapped, "勾选“经纬度调换”，或在文件里对调两列", "tick “swap”, or exchange the two columns in the file"},
	{KindOffGlobe + " " + KindFarAway + " " + KindMirrored, "先核对坐标系选得对不对，再核对这一行的坐标", "check the coordinate system first, then this row's coordinates"},
	{KindSameCode, "改成不同的编码；若是同一网格的几块，勾选“同码的行合并”", "give each its own code; if they are parts of one grid, tick “join rows of one code”"},
	{KindSameShape + " duplicate", "删去重复的一行", "take one of the two out"},
	{KindBadValue, "改正这一格；可用的写法见说明", "mend the cell"},
	{KindNoParent, "核对所属编码；上级还没有时先导入上级，或勾选“新建上级”", "check the parent's code; import the level above first, or tick “make parents”"},
	{KindOutsideParent + " " + KindUncovered, "与上级的边界对一对：以哪一条为准", "hold it against the parent's border: which of the two counts?"},
	{KindGroundKept, "要改边界，请在方案里画，或改下级的图", "to move the border, use a plan, or change the level below"},
	{"overlap contained self-touch", "放大看清归谁，在文件里改边界，或导入后在方案里改", "see whose it is, then mend the border in the file, or in a plan afterwards"},
	{"gap hole no-ground", "确认是水面、空地还是漏画；漏画的补进相邻网格", "water, or forgotten? what was forgotten belongs to a neighbour"},
	{KindMultiPart, "确认这些块同属一个网格", "make sure that all parts are one grid"},
	{KindTwice + " " + KindSameAddress, "删去重复的行", "take the repeated rows out"},
	{KindTwoPositions, "实地核对，留下正确的一处", "go and see; keep the right one"},
	{KindUnexplained + " " + KindAddressConflict + " " + KindBadNumber + " " + KindNoRoad + " " + KindUnmatchable, "把地址写全：路名、门牌、小区、楼栋", "write the address in full: road, number, compound, building"},
	{KindCompoundIsArea + " " + KindCompoundIsRoad + " " + KindCompoundIsAddress, "小区一列只写小区名", "the column of compounds holds names of compounds only"},
	{KindPhone, "电话不要写在地址里", "telephone numbers do not belong into addresses"},
	{KindAliasElsewhere, "两处小区不能同用一个别名，改掉一处", "two compounds cannot share an alias"},
	{KindNoPoint, "补上坐标；没有坐标只能按地址找到", "add coordinates: without, it is found by address only"},
	{KindOutsideCommunity, "核对坐标与所写的社区，改正其一", "check the position and the community; one of them is wrong"},
}
