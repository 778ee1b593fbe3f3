package duty

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// Records gathers from a snapshot what NewBook reads.
func Records(a *atlas.Atlas) []gridmap.Record {
	var all []gridmap.Record
	for _, kind := range []gridmap.RecordKind{
		gridmap.AbsenceRecord, gridmap.ModeRecord, gridmap.RosterRecord, gridmap.UnitRecord, gridmap.LinkRecord, gridmap.LiaisonRecord, gridmap.MatterRecord, gridmap.PolicyRecord,
	} {
		all = append(all, a.Records(kind)...)
	}
	return all
}
