package importers

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// shapefile reads .shp and .dbf side by side, from disk or from inside a zip,
// without the .shx: both run in the same order.
type shapefile struct {
	info    Info
	open    func(ext string) (io.ReadCloser, int64, error) // os.ErrNotExist when there is no such part
	table   *dbfHeader                                     // nil without .dbf
	charset charset
	limits  Limits
	close   func() error
}

func openLooseShapefile(in input, o Options) (Source, error) {
	s := &shapefile{limits: o.Limits, close: in.close}
	s.info = Info{File: in.name, Format: Shapefile, Layers: []string{in.name}, Layer: in.name}
	s.open = func(ext string) (io.ReadCloser, int64, error) {
		if ext == ".shp" {
			return io.NopCloser(io.NewSectionReader(in.ra, 0, in.size)), in.size, nil
		}
		return in.sibling(ext)
	}
	if err := s.survey(o); err != nil {
		return nil, err
	}
	return s, nil
}

// openZippedShapefile reads the .shp asked for, or the only one. The litter
// that macOS leaves (__MACOSX, ._name) is not looked at.
func openZippedShapefile(in input, z *zip.Reader, o Options) (Source, error) {
	parts := map[string]*zip.File{} // by lower-case name
	var layers []string
	for _, f := range z.File {
		name := zipName(f)
		if litter(name) || f.FileInfo().IsDir() {
			continue
		}
		parts[strings.ToLower(name)] = f
		if strings.EqualFold(filepath.Ext(name), ".shp") {
			layers = append(layers, name)
		}
	}
	if len(layers) == 0 {
		return nil, fatal(in.name, CodeUnknownFmt, "zip 里没有 .shp", "把 .shp .shx .dbf .prj 一起打包", nil)
	}
	layer, err := choose(in.name, "图层", "--layer", o.Layer, layers)
	if err != nil {
		return nil, err
	}
	s := &shapefile{limits: o.Limits, close: in.close}
	s.info = Info{File: in.name, Format: Shapefile, Layers: layers, Layer: layer}
	base := strings.ToLower(strings.TrimSuffix(layer, filepath.Ext(layer)))
	s.open = func(ext string) (io.ReadCloser, int64, error) {
		f := parts[base+ext]
		if f == nil {
			return nil, 0, os.ErrNotExist
		}
		return unzip(f, o.Limits)
	}
	if err := s.survey(o); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *shapefile) Info() Info { return s.info }

func (s *shapefile) Close() error { return s.close() }

// survey reads headers, projection and encoding.
func (s *shapefile) survey(o Options) error {
	s.info.Rows = -1
	shp, size, err := s.open(".shp")
	if err != nil {
		return fatal(s.info.File, CodeUnreadable, ".shp 打不开", "重新打包", err)
	}
	defer closeQuietly(shp)
	if err := readShpHeader(shp, size); err != nil {
		return fatal(s.info.File, CodeUnreadable, "不是完整的 .shp", "重新导出", err)
	}
	if err := s.readTable(o); err != nil {
		return err
	}
	prj, err := s.small(".prj")
	switch {
	case err != nil:
		return fatal(s.info.File, CodeUnreadable, ".prj 读不出来", "", err)
	case prj == "":
		s.info.Notes = append(s.info.Notes, "没有 .prj，文件没有声明坐标系")
	default:
		s.info.WKT, s.info.CRSFrom = prj, ".prj"
	}
	return nil
}

// readTable reads the .dbf header and settles the encoding.
func (s *shapefile) readTable(o Options) error {
	dbf, _, err := s.open(".dbf")
	if errors.Is(err, os.ErrNotExist) {
		s.info.Notes = append(s.info.Notes, "没有 .dbf，只有图形没有属性")
		return nil
	}
	if err != nil {
		return fatal(s.info.File, CodeUnreadable, ".dbf 打不开", "重新打包", err)
	}
	defer closeQuietly(dbf)
	r := bufio.NewReaderSize(dbf, 1<<16)
	h, err := readDBFHeader(r)
	if err != nil {
		return fatal(s.info.File, CodeUnreadable, ".dbf 的表头读不出来", "重新导出", err)
	}
	cpg, err := s.small(".cpg")
	if err != nil {
		return fatal(s.info.File, CodeUnreadable, ".cpg 读不出来", "", err)
	}
	cs, note, err := dbfCharset(h, r, o.Encoding, cpg)
	if err != nil {
		return fatal(s.info.File, CodeEncoding, "属性表的编码定不下来", "用 --encoding 说明", err)
	}
	if note != "" {
		s.info.Notes = append(s.info.Notes, note)
	}
	s.table, s.charset = h, cs
	s.info.Encoding, s.info.Rows = cs.name, h.rows
	s.info.Fields = h.describe(cs)
	return nil
}

// small reads a part that is a line or two of text; "" when there is none.
func (s *shapefile) small(ext string) (string, error) {
	r, _, err := s.open(ext)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer closeQuietly(r)
	b, err := io.ReadAll(io.LimitReader(r, 64<<10))
	return strings.TrimSpace(string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))), err
}

func (s *shapefile) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		row := 0
		if err := s.each(&row, yield); err != nil && !errors.Is(err, errStop) {
			e := fatal(s.info.File, CodeTruncated, "文件从这里读不下去", "重新导出", err)
			e.Row = row
			yield(Feature{Row: row}, e)
		}
	}
}

func (s *shapefile) each(row *int, yield func(Feature, error) bool) error {
	shp, _, err := s.open(".shp")
	if err != nil {
		return err
	}
	defer closeQuietly(shp)
	shapes := newShpReader(shp, s.limits.MaxFeature)
	var records *dbfReader
	if s.table != nil {
		dbf, _, err := s.open(".dbf")
		if err != nil {
			return err
		}
		defer closeQuietly(dbf)
		if records, err = newDBFReader(dbf, s.table, s.charset, s.info.Fields); err != nil {
			return err
		}
	}
	for {
		if *row++; *row > s.limits.MaxRows {
			return tooManyRows(s.info.File, s.limits.MaxRows)
		}
		raw, err := shapes.next()
		if errors.Is(err, io.EOF) {
			return s.leftOver(records, *row)
		}
		if err != nil {
			return err
		}
		f, skip, err := s.feature(*row, raw, records)
		if skip {
			continue
		}
		if isFatal(err) {
			return err
		}
		if !yield(f, err) {
			return errStop
		}
	}
}

// leftOver complains when the table goes on after the last shape.
func (s *shapefile) leftOver(records *dbfReader, row int) error {
	if records == nil {
		return nil
	}
	if _, _, err := records.next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf(".dbf 有 %d 行而 .shp 只有 %d 个图形", s.table.rows, row-1)
	}
	return nil
}

func (s *shapefile) feature(row int, raw []byte, records *dbfReader) (f Feature, skip bool, err error) {
	f = Feature{Row: row, Where: fmt.Sprintf("第 %d 条记录", row)}
	if records != nil {
		props, deleted, err := records.next()
		if errors.Is(err, io.EOF) {
			return f, false, &Error{File: s.info.File, Row: row, Code: CodeTruncated, What: ".dbf 的行数比图形少", Do: "重新导出", Fatal: true}
		}
		if err != nil {
			return f, deleted, rowError(s.info.File, row, CodeValue, "属性读不出来", "检查编码（--encoding）", err)
		}
		if deleted { // marked as deleted in the table, kept on disk
			return f, true, nil
		}
		f.Props = props
	}
	f.Geometry, err = shpGeometry(raw)
	if err != nil {
		return f, false, geometryError(s.info.File, row, err)
	}
	return f, false, nil
}

// closeQuietly closes what was only read from: there is nothing to lose.
func closeQuietly(c io.Closer) { _ = c.Close() }
