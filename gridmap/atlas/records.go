package atlas

import (
	"maps"

	"cloudgrid/gridmap"
)

// Records returns the records of a kind that hold at the snapshot's time, by
// id; read-only. Of lineage it keeps what Heirs says, and no records.
func (a *Atlas) Records(kind gridmap.RecordKind) []gridmap.Record { return a.records[kind] }

func (l *loader) readRecords() error {
	ended := departures{}
	err := valid(l, l.r.Records(l.ctx, l.q), func(r *gridmap.Record) gridmap.Span { return r.Span }, func(r gridmap.Record) error {
		if r.Kind == gridmap.LineageRecord {
			ended.add(r)
			return nil
		}
		if l.a.records == nil {
			l.a.records = map[gridmap.RecordKind][]gridmap.Record{}
		}
		l.a.records[r.Kind] = append(l.a.records[r.Kind], r)
		return nil
	})
	l.a.heirs = ended.over(nil)
	return err
}

// deriveRecords makes the lists of the kinds anew of which a record changed. A
// record keeps its kind.
func (f *refresher) deriveRecords() error {
	f.a.records, f.a.heirs = f.old.records, f.old.heirs
	if f.records.empty() {
		return nil
	}
	kinds := map[gridmap.RecordKind]diff[gridmap.RecordID, gridmap.Record]{}
	of := func(kind gridmap.RecordKind) diff[gridmap.RecordID, gridmap.Record] {
		if _, known := kinds[kind]; !known {
			kinds[kind] = diff[gridmap.RecordID, gridmap.Record]{map[gridmap.RecordID]gridmap.Record{}, map[gridmap.RecordID]gridmap.Record{}}
		}
		return kinds[kind]
	}
	ended := departures{}
	for id, r := range f.records.gone {
		if r.Kind == gridmap.LineageRecord { // nobody takes these back: what was before them is not kept
			return errReload
		}
		of(r.Kind).gone[id] = r
	}
	for id, r := range f.records.now {
		if r.Kind == gridmap.LineageRecord {
			ended.add(r)
			continue
		}
		of(r.Kind).now[id] = r
	}
	f.a.heirs = ended.over(f.old.heirs)
	all := map[gridmap.RecordKind][]gridmap.Record{}
	maps.Copy(all, f.old.records)
	for kind, d := range kinds {
		all[kind] = patched(all[kind], d, func(r *gridmap.Record) gridmap.RecordID { return r.ID })
		if len(all[kind]) == 0 {
			delete(all, kind)
		}
	}
	if f.a.records = all; len(all) == 0 {
		f.a.records = nil // as when loaded
	}
	return nil
}
