package ingest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// kindNames are the headings of the report, Chinese first.
var kindNames = map[string]string{
	KindUnreadable: "读不出的行 unreadable", KindNoCode: "没有编码 no code", KindNoGeometry: "没有图形 no geometry",
	KindWrongGeometry: "不是面 not a polygon", KindInvalidRing: "无效环 invalid ring", KindTinyRing: "极小环 tiny rings", KindUnclosedRing: "未闭合 unclosed ring",
	KindSwapped: "经纬度颠倒 swapped lat/lon", KindOffGlobe: "坐标无效 off the globe", KindFarAway: "超出坐标系范围 outside the crs",
	KindSameCode: "编码重复 duplicate code", KindSameShape: "图形重复 duplicate geometry", KindBadValue: "取值不对 bad value",
	KindNoParent: "没有上级 no parent", KindOutsideParent: "超出上级范围 outside its parent", KindUncovered: "上级未被覆盖 uncovered parent",
	KindGroundKept: "范围未改 ground kept", KindNotInFile: "不在文件里 not in the file",
	"overlap": "重叠 overlaps", "duplicate": "图形重复 duplicate ground", "contained": "包含 contained", "self-crossing": "自相交 self-crossing",
	"self-touch": "自接触 self-touching", "spike": "尖刺 spikes", "gap": "缝隙 gaps", "hole": "空洞 holes", "hairline": "发丝 hairlines", KindHairOverlap: "发丝重叠 hairline overlaps", KindHairGap: "发丝缝隙 hairline gaps",
	KindTwice: "重复的行，取一次 duplicate row", KindTwoPositions: "一址两处，取前者 two positions", KindSameAddress: "地址相同 same address",
	KindUnexplained: "地址没有读懂 unexplained address", KindPhone: "地址里有电话 phone in address", KindAddressConflict: "地址与列不同 address conflict",
	KindCompoundIsArea: "小区是行政区划 compound is an area", KindCompoundIsRoad: "小区是道路 compound is a road", KindCompoundIsAddress: "小区是整条地址 compound is an address",
	KindBadNumber: "门牌读不出 bad number", KindNumberSplit: "门牌列已拆开 number split", KindNoRoad: "有门牌没有道路 number without road", KindUnmatchable: "无法按地址找到 unmatchable",
	KindAliasElsewhere: "别名另有所指 alias of two", KindNoPoint: "没有坐标 no point", KindMirrored: "坐标正负号反了 wrong hemisphere", KindOutsideCommunity: "在所写社区之外 outside its community",
	"disconnected": "多部分网格 multi-part grids", "sliver": "狭条 slivers", "no-ground": "没有地面 no ground",
}

var severityNames = map[Severity]string{Error: "错误", Warning: "警告", Note: "提示"}

// WriteText prints the report for a person: what the file is, what was counted,
// then the findings by kind, the largest first, at most perKind of each (0: all).
func (r *Report) WriteText(w io.Writer, perKind int) error {
	b := bufio.NewWriter(w)
	title := "导入报告 import report"
	if r.DryRun {
		title += "（试运行，没有改动任何数据 dry run）"
	}
	line(b, "%s", title)
	line(b, "  文件 file      %s", strings.Join(codes(r.File, r.Format, r.Layer, r.Encoding), " · "))
	if r.CRS != "" {
		line(b, "  坐标系 crs     %s（%s）", r.CRS, r.CRSFrom)
	}
	line(b, "  目标 as        %s", strings.Join(codes(string(r.As), r.Network, r.Level), " · "))
	line(b, "  行 rows        读取 %d · 接受 %d · 拒绝 %d", r.Read, r.Accepted, r.Rejected)
	if r.Merged > 0 {
		line(b, "  合并 merged    %d 行%s", r.Merged, mergedAs(r.As))
	}
	line(b, "  变化 changes   新增 %d · 更新 %d · 不变 %d", r.Created, r.Updated, r.Unchanged)
	line(b, "  发现 findings  错误 %d · 警告 %d · 提示 %d", r.Count(Error), r.Count(Warning), r.Count(Note))
	for _, n := range r.Notes {
		line(b, "  · %s", n)
	}
	for i := 0; i < len(r.Findings); {
		j := i
		for j < len(r.Findings) && r.Findings[j].Kind == r.Findings[i].Kind && r.Findings[j].Severity == r.Findings[i].Severity {
			j++
		}
		printKind(b, r.Findings[i:j], i+1, perKind)
		i = j
	}
	if r.Written {
		line(b, "已写入 written：第 %d 版，变更 %d", r.Edition, r.Seq)
	}
	if r.Partial {
		line(b, "注意：按 --accept-partial 只导入了 %d 行，%d 行没有导入 (partial)", r.Accepted, r.Rejected)
	}
	return b.Flush()
}

func mergedAs(k Kind) string {
	if k == Places {
		return "是前面某行的地址，只取一次"
	}
	return "是前面网格的另一块"
}

// printKind prints findings of one kind; first is the number of the first, the
// same as its place in the JSON report, from 1.
func printKind(b *bufio.Writer, fs []Finding, first, perKind int) {
	name := kindNames[fs[0].Kind]
	if name == "" {
		name = fs[0].Kind
	}
	total := 0.0
	for _, f := range fs {
		total += f.AreaM2
	}
	head := fmt.Sprintf("%s %s：%d 处", severityNames[fs[0].Severity], name, len(fs))
	if total > 0 {
		head += "，共 " + areaText(total)
	}
	line(b, "%s", head)
	for i, f := range fs {
		if perKind > 0 && i == perKind {
			line(b, "  …… 其余 %d 处见 --report 文件", len(fs)-i)
			break
		}
		text := f.Message
		if len(f.Rows) == 1 && !strings.Contains(text, fmt.Sprintf("第 %d 行", f.Rows[0])) {
			text = strings.TrimSpace(fmt.Sprintf("第 %d 行 %s", f.Rows[0], strings.Join(f.Codes, "、"))) + "：" + text
		}
		if f.At != nil {
			text += fmt.Sprintf(" @ %.7f,%.7f", f.At.Lon, f.At.Lat)
		}
		line(b, "  %3d. %s", first+i, text)
	}
}

func line(b *bufio.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(b, format+"\n", args...) // Flush tells
}
