package intake

import (
	"context"
	"errors"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

// open opens a file; its refusals are Invalid.
func open(path string, c Choice, l importers.Limits) (importers.Source, error) {
	src, err := importers.Open(path, c.reading(l))
	return src, said(err)
}

// said makes what an importer complains about a domain error; others stay.
func said(err error) error {
	var e *importers.Error
	if errors.As(err, &e) {
		return &gridmap.Error{Code: gridmap.Invalid, Message: e.Error(), Err: err}
	}
	return err
}

// Check reads the whole file, checks every row, and compares it with what the
// store holds, nil for an empty one. Nothing is changed: Plan.Write does that.
// It is Invalid when the file as a whole cannot be taken; what is wrong with
// its rows is in the plan's report.
func Check(ctx context.Context, path string, c Choice, s gridmap.Store, how How) (*ingest.Plan, error) {
	o, err := c.options(how)
	if err != nil {
		return nil, err
	}
	src, err := open(path, c, how.Limits)
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // only read from
	if info := src.Info(); how.SayFrame && c.CRS == "" && c.As != ingest.Staff && !Sure(info) && hasPositions(src) {
		return nil, gridmap.Errorf(gridmap.Invalid, "%s 自己没有写明坐标系，请选一个：GCJ-02 当作 WGS84 会偏半公里 (the file does not declare its frame: choose one; GCJ-02 read as WGS84 is half a kilometre off)", info.File)
	}
	batch, err := ingest.Prepare(ctx, src, o)
	if err != nil {
		return nil, said(err)
	}
	return batch.Against(ctx, s)
}
