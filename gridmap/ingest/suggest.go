package ingest

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"cloudgrid/importers"
)

// columnNames are the names under which a field is met, lower case, most
// telling first.
var columnNames = map[Kind]map[string][]string{
	Grids: {
		"code":        {"grid_code", "gridcode", "网格编码", "网格代码", "网格编号", "villcode", "cacode", "code", "编码", "代码", "编号", "geoid", "bm", "dm"},
		"name":        {"grid_name", "gridname", "网格名称", "villname", "cname", "name", "名称", "网格", "mc"},
		"parent":      {"parent", "parent_code", "上级编码", "上级代码", "所属编码", "上级", "towncode", "town_id"},
		"parent_name": {"parent_name", "上级名称", "townname", "town"},
		"type":        {"grid_type", "网格类型", "类型"},
	},
	Atoms: {
		"code": {"codebase", "atom_code", "单元编码", "楼栋编码", "楼栋编号", "建筑编码", "code", "编码", "代码", "编号"},
		"name": {"name", "名称", "楼栋名称", "楼栋", "小区名称"},
		"kind": {"kind", "种类", "单元类型"},
		"grid": {"grid_code", "grid", "网格编码", "所属网格编码", "所属网格", "villcode"},
	},
	Places: {
		"code": {"code", "编码", "地址编码", "代码", "编号"}, "name": {"name", "名称", "场所名称"},
		"kind": {"kind", "类型", "种类"}, "address": {"address", "地址", "标准地址", "详细地址", "addr"},
		"province": {"province", "省"}, "city": {"city", "市", "城市"}, "district": {"district", "区", "区县", "县"},
		"town": {"town", "街道", "乡镇", "镇街", "街镇"}, "community": {"community", "village", "社区", "村", "里", "村居"},
		"road": {"road", "street", "路", "道路", "街路巷"}, "section": {"section", "段"}, "lane": {"lane", "巷"}, "alley": {"alley", "弄"}, "sub_alley": {"sub_alley", "支弄", "衖"},
		"number": {"number", "门牌", "门牌号", "号"}, "compound": {"compound", "小区", "小区名称"},
		"building": {"building", "楼栋", "幢", "栋"}, "unit": {"unit", "单元"},
		"alias": {"alias", "别名", "俗称"}, "short": {"short", "简称"},
		"former": {"former", "曾用名", "原名"}, "former_from": {"former_from", "曾用名启用日期"}, "former_to": {"former_to", "曾用名停用日期"},
		"accuracy_m": {"accuracy_m", "accuracy", "精度"},
		"source":     {"source", "来源"}, "status": {"status", "状态"},
	},
	Staff: {
		"grid": {"grid_code", "grid", "网格编码", "网格代码", "网格编号", "所属网格编码", "所属网格"}, "name": {"name", "姓名"},
		"role": {"role", "角色", "岗位", "职务", "身份"}, "code": {"staff_no", "工号", "人员编号", "code"},
		"phone": {"phone", "mobile", "手机", "手机号", "手机号码", "联系电话", "电话"}, "office_phone": {"office_phone", "办公电话", "座机", "值班电话"},
		"rank": {"rank", "顺位", "ab岗"}, "employment": {"employment", "用工方式", "专兼职", "专职兼职"},
		"from": {"from", "上岗日期", "任职日期", "开始日期"}, "to": {"to", "离岗日期", "结束日期"},
	},
}

// countNames are the names under which counts are met, by key.
var countNames = map[string][]string{
	"households": {"households", "户数", "总户数", "住户数"},
	"persons":    {"persons", "population", "人口", "人数", "总人口", "人口数"},
	"shops":      {"shops", "店铺数", "商铺数", "商户数", "门店数"},
	"events":     {"events", "事件数"},
}

// Suggest returns the mapping that the names of the columns suggest.
func Suggest(k Kind, columns []string) Mapping {
	m, _ := suggest(Mapping{}, k, columns)
	return m
}

// suggest fills in what the mapping leaves out from the names of the columns,
// and returns what it chose, to be said.
func suggest(m Mapping, k Kind, columns []string) (Mapping, []string) {
	out := m.Over(Mapping{})
	var chosen []string
	take := func(into map[string]string, field string, names []string) {
		if _, given := into[field]; given {
			return
		}
		for _, n := range names {
			for _, c := range columns {
				if strings.ToLower(strings.TrimSpace(c)) == n && !out.used(c) {
					into[field] = c
					chosen = append(chosen, field+"="+c)
					return
				}
			}
		}
	}
	for _, f := range Fields(k) {
		take(out.Columns, f, columnNames[k][f])
	}
	if k == Grids || k == Atoms {
		for _, f := range sortedKeys(countNames) {
			take(out.Counts, f, countNames[f])
		}
	}
	unsaid := func(_, column string) bool { return column == "" } // said to have none
	maps.DeleteFunc(out.Columns, unsaid)
	maps.DeleteFunc(out.Counts, unsaid)
	return out, chosen
}

// uniqueColumn finds a column that could be the code: each row has a value of
// at most 40 characters and no two rows the same; text before numbers. "" when
// there is none.
func uniqueColumn(src importers.Source) string {
	fields := src.Info().Fields
	seen := make([]map[string]bool, len(fields))
	at := map[string]int{}
	for i, f := range fields {
		seen[i] = map[string]bool{}
		at[f.Name] = i
	}
	for f, err := range src.Features() {
		if err != nil {
			continue
		}
		had := make([]bool, len(fields))
		for _, p := range f.Props {
			i, ok := at[p.Key]
			v := strings.TrimSpace(importers.TextOf(p.Value))
			if !ok || seen[i] == nil || v == "" {
				continue
			}
			had[i] = len([]rune(v)) <= 40 && !seen[i][v]
			seen[i][v] = true
		}
		for i := range had {
			if !had[i] {
				seen[i] = nil
			}
		}
	}
	for _, want := range []importers.FieldType{importers.Text, importers.Integer} {
		for i, f := range fields {
			if len(seen[i]) > 0 && f.Type == want {
				return f.Name
			}
		}
	}
	return ""
}

// Required lists the fields without which rows of a kind cannot be taken; grids
// and atoms that are to be written need a code besides.
func Required(k Kind) []string {
	if k == Grids || k == Atoms {
		return []string{"code"}
	}
	return required(k)
}

func said(chosen []string) string {
	return fmt.Sprintf("列对应按列名推定：%s（可用 --map 改）", strings.Join(chosen, "，"))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
