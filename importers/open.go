package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Options say what the file itself does not. The zero value reads any file
// that has one layer and declares its encoding.
type Options struct {
	Layer    string // GeoPackage table, TopoJSON object, or .shp inside a zip
	Sheet    string // XLSX sheet
	Polygons bool   // where Layer is unsaid and one layer alone may hold polygons, take that one, and say so
	Encoding string // of text: UTF-8, GB18030, Big5 …; "" = declared by the file, or detected and told
	Comma    rune   // CSV delimiter; 0 = found by looking
	Header   int    // line of the header row in CSV and XLSX, from 1; 0 = found by looking
	Lon, Lat string // names of the coordinate columns in CSV and XLSX; "" = found by name
	WKT      string // name of the WKT column in CSV and XLSX; "" = found by name
	Limits   Limits
}

// input is an open file, or an upload, on its way to a reader.
type input struct {
	name    string // base name
	path    string // "" for an upload
	ra      io.ReaderAt
	size    int64
	sibling func(ext string) (io.ReadCloser, int64, error) // a file of the same base name, os.ErrNotExist
	close   func() error
}

// Open opens a file on disk. The caller must Close the Source.
func Open(path string, o Options) (Source, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, fatal(name, CodeUnreadable, "文件打不开", "检查路径和权限", err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("不是普通文件")
	}
	if err != nil {
		return nil, errors.Join(fatal(name, CodeUnreadable, "文件打不开", "检查路径和权限", err), f.Close())
	}
	in := input{name: name, path: path, ra: f, size: st.Size(), close: f.Close}
	in.sibling = func(ext string) (io.ReadCloser, int64, error) { return openSibling(path, ext) }
	return open(in, o)
}

// OpenReader opens bytes that were uploaded under a name; size is theirs. A
// GeoPackage is copied to a temporary file until Close. A Shapefile must come
// as a zip, since it is several files.
func OpenReader(name string, ra io.ReaderAt, size int64, o Options) (Source, error) {
	name = filepath.Base(strings.ReplaceAll(name, "\\", "/"))
	in := input{name: name, ra: ra, size: size, close: func() error { return nil }}
	in.sibling = func(string) (io.ReadCloser, int64, error) { return nil, 0, os.ErrNotExist }
	return open(in, o)
}

func open(in input, o Options) (Source, error) {
	o.Limits = o.Limits.orDefaults()
	src, err := dispatch(in, o)
	if err != nil {
		return nil, errors.Join(err, in.close())
	}
	if err := checkWidth(src.Info(), o.Limits); err != nil {
		return nil, errors.Join(err, src.Close())
	}
	return counted{src, o.Limits.MaxVertices}, nil
}

// dispatch finds the format by content; the name decides only between kinds of
// plain text.
func dispatch(in input, o Options) (Source, error) {
	if in.size > o.Limits.MaxBytes {
		return nil, fatal(in.name, "", "", "", tooBig("文件大小"))
	}
	head := make([]byte, 512)
	n, err := in.ra.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fatal(in.name, CodeUnreadable, "文件读不出来", "", err)
	}
	head = head[:n]
	ext := strings.ToLower(filepath.Ext(in.name))
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
	switch {
	case n == 0:
		return nil, fatal(in.name, CodeUnreadable, "文件是空的", "重新导出", nil)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openZip(in, o)
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return openGeoPackage(in, o)
	case bytes.HasPrefix(head, []byte{0, 0, 0x27, 0x0a}):
		return openLooseShapefile(in, o)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")):
		return nil, fatal(in.name, CodeUnknownFmt, "这是 gz、rar 或 7z 压缩包", "解开后再选，或改打成 zip", nil)
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, fatal(in.name, CodeUnknownFmt, "这是旧式 .xls 文件", "在表格软件里另存为 .xlsx", nil)
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return openJSON(in, o)
	case bytes.HasPrefix(text, []byte("<")):
		return openKML(in, o)
	case ext == ".csv" || ext == ".tsv" || ext == ".txt":
		return openCSV(in, o)
	case ext == ".shp" || ext == ".dbf" || ext == ".shx" || ext == ".prj":
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 Shapefile", "选 .shp 文件，或把 .shp .shx .dbf .prj 打成一个 zip", nil)
	}
	return nil, fatal(in.name, CodeUnknownFmt, "认不出文件格式",
		"用 GeoJSON、Shapefile（zip）、GeoPackage、TopoJSON、CSV、XLSX 或 KML", nil)
}

// choose picks the layer asked for, or the only one. kind names what is chosen
// in messages, and flag the option to choose with.
func choose(file, kind, flag, want string, all []string) (string, error) {
	for _, l := range all {
		if l == want {
			return l, nil
		}
	}
	e := &Error{File: file, Code: CodeChoose, Choices: all, Fatal: true, Do: fmt.Sprintf("用 %s 选一个：%s", flag, strings.Join(all, "、"))}
	switch {
	case len(all) == 0:
		e.Code, e.What, e.Do = CodeUnreadable, "里面没有"+kind, ""
	case want != "":
		e.What = fmt.Sprintf("没有名为 %q 的%s", want, kind)
	case len(all) == 1:
		return all[0], nil
	default:
		e.What = fmt.Sprintf("里面有 %d 个%s", len(all), kind)
	}
	return "", e
}
