package duty

import (
	"bytes"
	"encoding/json"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/publish"
)

// CheckReferences complains about records that name a person or a unit that is
// neither in the snapshot nor among the records themselves, or that have
// members which nobody reads: most are typing errors.
func CheckReferences(a *atlas.Atlas, records []gridmap.Record) error {
	units := map[string]bool{}
	for _, r := range append(records, a.Records(gridmap.UnitRecord)...) {
		if r.Kind == gridmap.UnitRecord {
			units[r.Key] = true
		}
	}
	for _, r := range records {
		if err := checkOne(a, units, r); err != nil {
			return gridmap.Errorf(gridmap.Invalid, "%s 记录 %s：%w", r.Kind, r.Key, err)
		}
	}
	return nil
}

func checkOne(a *atlas.Atlas, units map[string]bool, r gridmap.Record) error {
	var persons []gridmap.PersonID
	var wanted []string
	var err error
	switch r.Kind {
	case gridmap.AbsenceRecord:
		var b Absence
		err = strict(r.Body, &b)
		persons = append(persons, b.Substitute)
	case gridmap.RosterRecord:
		var b Shift
		err = strict(r.Body, &b)
		persons = b.Persons
	case gridmap.ModeRecord:
		err = strict(r.Body, &Switch{})
	case gridmap.MatterRecord:
		var b Matter
		err = strict(r.Body, &b)
		wanted = append(wanted, b.Department)
	case gridmap.UnitRecord:
		var b Unit
		err = strict(r.Body, &b)
		wanted = append(wanted, b.Parent)
	case gridmap.LinkRecord:
		var b Link
		err = strict(r.Body, &b)
		wanted = append(wanted, b.Unit)
	case gridmap.LiaisonRecord:
		err = strict(r.Body, &Liaison{})
	case gridmap.TeamRecord:
		err = strict(r.Body, &Team{})
	case gridmap.PolicyRecord:
		err = strict(r.Body, &publish.Rule{})
	case gridmap.SignRecord, gridmap.LineageRecord:
	}
	if err != nil {
		return err
	}
	for _, id := range persons {
		if _, known := a.PersonOf(id); id != 0 && !known {
			return gridmap.Errorf(gridmap.Invalid, "没有人员 %d (no such person)", id)
		}
	}
	for _, key := range wanted {
		if key != "" && !units[key] {
			return gridmap.Errorf(gridmap.Invalid, "没有组织 %q，请先登记 (no such unit)", key)
		}
	}
	return nil
}

// strict reads a body and refuses members that it does not have.
func strict(body json.RawMessage, to any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return gridmap.Errorf(gridmap.Invalid, "内容无法识别 (unreadable body): %w", err)
	}
	return nil
}
