package gpkg

import (
	"context"
	"iter"
	"time"

	"cloudgrid/gridmap"
)

func notYet() error { return gridmap.Errorf(gridmap.Internal, "尚未实现 (not there yet)") }

func (r *reader) Records(context.Context, gridmap.Query, ...gridmap.RecordKind) iter.Seq2[gridmap.Record, error] {
	return func(func(gridmap.Record, error) bool) {}
}

func (w *writer) PutRecords(context.Context, ...gridmap.Record) error { return notYet() }

func (w *writer) EndRecords(context.Context, time.Time, ...gridmap.RecordID) error { return notYet() }
