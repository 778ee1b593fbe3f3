package postgis

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/jackc/pgx/v5/pgtype"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// Records implements gridmap.Reader.
func (r *reader) Records(ctx context.Context, q gridmap.Query, kinds ...gridmap.RecordKind) iter.Seq2[gridmap.Record, error] {
	if len(kinds) == 0 {
		return r.records().all(ctx, q)
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return r.records().all(ctx, q, condition{"kind = ANY(?)", names})
}

func recordColumns() columns[gridmap.Record] {
	return columns[gridmap.Record]{
		table: "record", order: "id",
		names: []string{"id", "kind", "key", "grid", "person", "place", "body"},
		span:  func(r *gridmap.Record) *gridmap.Span { return &r.Span },
		bind: func(r *gridmap.Record) ([]any, error) {
			return []any{int64(r.ID), string(r.Kind), r.Key, ledger.NullID(r.Grid), ledger.NullID(r.Person), ledger.NullID(r.Place), string(r.Body)}, nil
		},
		scan: func() ([]any, func() (gridmap.Record, error)) {
			var r gridmap.Record
			var grid, person, place pgtype.Int8
			var body string
			return []any{&r.ID, &r.Kind, &r.Key, &grid, &person, &place, &body}, func() (gridmap.Record, error) {
				r.Grid, r.Person, r.Place = gridmap.GridID(grid.Int64), gridmap.PersonID(person.Int64), gridmap.PlaceID(place.Int64)
				r.Body = json.RawMessage(body)
				return r, nil
			}
		},
	}
}
