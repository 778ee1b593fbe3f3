package ingest

import (
	"context"
	"fmt"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
	"cloudgrid/spatial/crs"
)

// Batch is a file, read and checked by itself.
type Batch struct {
	rd   *reader
	rows []row
}

// Prepare reads the whole file and checks each row: that it can be read, has a
// code of its own and a shape on earth. It is Invalid when the file as a whole
// cannot be taken: no coordinate system, no such column, broken off midway.
// Rows that cannot be taken are in the report.
func Prepare(ctx context.Context, src importers.Source, o Options) (*Batch, error) {
	o = o.orDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	info := src.Info()
	rep := &Report{
		File: info.File, Format: string(info.Format), Layer: info.Layer, Encoding: info.Encoding,
		As: o.As, Network: o.Network, Notes: info.Notes, Findings: []Finding{},
	}
	rd := &reader{o: o, rep: rep}
	if err := rd.chooseCRS(info); err != nil {
		return nil, err
	}
	if err := rd.chooseColumns(src); err != nil {
		return nil, err
	}
	rows, err := rd.read(ctx, src)
	if err != nil {
		return nil, err
	}
	rows = rd.findSwapped(rows)
	if o.As == Grids {
		rows = rd.dropSameShapes(rows)
	}
	rep.Accepted = len(rows)
	return &Batch{rd: rd, rows: rows}, nil
}

// chooseCRS needs a system wherever there are coordinates; a staff list has
// none, nor has a table without columns for them.
func (rd *reader) chooseCRS(info importers.Info) error {
	said := rd.o.CRS
	if said == "" {
		said = rd.o.Mapping.CRS
	}
	table := info.Format == importers.CSV || info.Format == importers.XLSX
	if rd.o.As == Staff || table && len(info.Shape) == 0 && said == "" {
		rd.crs = crs.WGS84()
		return nil
	}
	c, from, notes, err := chooseCRS(info, said)
	if err != nil {
		return err
	}
	rd.crs, rd.rep.CRS, rd.rep.CRSFrom = c, c.Name(), from
	rd.rep.Notes = append(rd.rep.Notes, notes...)
	return nil
}

// chooseColumns completes the mapping by the names of the columns, and for want
// of a code column by values: the first column in which no value repeats.
func (rd *reader) chooseColumns(src importers.Source) error {
	var columns []string
	for _, f := range src.Info().Fields {
		columns = append(columns, f.Name)
	}
	if err := rd.o.Mapping.checkColumns(columns); err != nil {
		return err
	}
	m, chosen := suggest(rd.o.Mapping, rd.o.As, columns)
	if _, ok := m.Columns["code"]; !ok && (rd.o.As == Grids || rd.o.As == Atoms) {
		if c := uniqueColumn(src); c != "" {
			m.Columns["code"] = c
			chosen = append(chosen, "code="+c+"（值都不同的第一列）")
		} else {
			rd.rep.Notes = append(rd.rep.Notes, "没有可作编码的列，检查时以行号代替；正式导入须用 --map code=列名 说明")
		}
	}
	if len(chosen) > 0 {
		rd.rep.Notes = append(rd.rep.Notes, said(chosen))
	}
	for _, need := range required(rd.o.As) {
		if m.Columns[need] == "" {
			return gridmap.Errorf(gridmap.Invalid, "没有 %s 列，请用 --map %s=列名 说明；有：%s (missing column)", need, need, strings.Join(columns, "、"))
		}
	}
	rd.m, rd.rep.Mapping = m, m
	return nil
}

func required(k Kind) []string {
	if k == Staff {
		return []string{"grid", "name"}
	}
	return nil
}

// hasCodes tells whether the file names its things; without, nothing can be
// found again next time, so nothing is written.
func (b *Batch) hasCodes() bool {
	return b.rd.m.Columns["code"] != "" || b.rd.o.As == Places || b.rd.o.As == Staff
}

// refusal says why the batch must not be written; nil if it may.
func (b *Batch) refusal() error {
	rep := b.rd.rep
	switch {
	case !b.hasCodes():
		return gridmap.Errorf(gridmap.Invalid, "没有编码列，不能导入；请用 --map code=列名 说明 (no code column)")
	case rep.Accepted == 0:
		return gridmap.Errorf(gridmap.Invalid, "没有一行可以导入 (no row can be taken)")
	case rep.Count(Error) > 0 && !b.rd.o.AcceptPartial:
		return gridmap.Errorf(gridmap.Invalid, "有 %d 个错误（%d 行不能接受），没有导入；改正文件，或用 --accept-partial 只导入其余 %d 行 (errors: nothing was imported)",
			rep.Count(Error), rep.Rejected, rep.Accepted)
	}
	return nil
}

func rowRef(r row) string { return fmt.Sprintf("第 %d 行 %s", r.n, r.code) }
