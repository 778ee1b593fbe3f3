package duty

import (
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// RecordsUnder is Records with the publication policies of another snapshot,
// today's: an answer about the past does not bring back what was withdrawn.
func RecordsUnder(a, today *atlas.Atlas) []gridmap.Record {
	records := slices.DeleteFunc(Records(a), func(r gridmap.Record) bool { return r.Kind == gridmap.PolicyRecord })
	return append(records, today.Records(gridmap.PolicyRecord)...)
}

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
