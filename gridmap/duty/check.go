package duty

import (
	"cloudgrid/gridmap"
)

// CheckRecord complains about a record of a kind of this package whose body
// could not be used; records of other kinds pass.
func CheckRecord(r gridmap.Record) error {
	var bad []error
	one := []gridmap.Record{r}
	switch r.Kind {
	case gridmap.AbsenceRecord:
		_, bad = Read[Absence](one)
		if r.Person == 0 {
			bad = append(bad, gridmap.Errorf(gridmap.Invalid, "缺勤没有写明人员 (an absence of nobody)"))
		}
	case gridmap.RosterRecord:
		_, bad = Read[Shift](one)
		bad = append(bad, needsGrid(r)...)
	case gridmap.ModeRecord:
		_, bad = Read[Switch](one)
	case gridmap.MatterRecord:
		_, bad = Read[Matter](one)
		bad = append(bad, needsKey(r)...)
	case gridmap.UnitRecord:
		_, bad = Read[Unit](one)
		bad = append(bad, needsKey(r)...)
	case gridmap.LinkRecord:
		_, bad = Read[Link](one)
		bad = append(bad, needsGrid(r)...)
	case gridmap.LiaisonRecord:
		_, bad = Read[Liaison](one)
		if r.Person == 0 {
			bad = append(bad, gridmap.Errorf(gridmap.Invalid, "包联没有写明人员 (a liaison of nobody)"))
		}
	case gridmap.TeamRecord:
		_, bad = Read[Team](one)
	case gridmap.PolicyRecord, gridmap.SignRecord, gridmap.LineageRecord:
	}
	if len(bad) > 0 {
		return bad[0]
	}
	return nil
}

func needsKey(r gridmap.Record) []error {
	if r.Key != "" {
		return nil
	}
	return []error{gridmap.Errorf(gridmap.Invalid, "%s 记录没有编码 key (a %s needs a key)", r.Kind, r.Kind)}
}

func needsGrid(r gridmap.Record) []error {
	if r.Grid != 0 {
		return nil
	}
	return []error{gridmap.Errorf(gridmap.Invalid, "%s 记录没有写明网格 (a %s needs a grid)", r.Kind, r.Kind)}
}
