package importers

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// openSibling opens the file beside path that has the same base name and the
// given extension in any mix of cases.
func openSibling(path, ext string) (io.ReadCloser, int64, error) {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), base+ext) && e.Type().IsRegular() {
			f, err := os.Open(filepath.Join(filepath.Dir(path), e.Name()))
			if err != nil {
				return nil, 0, err
			}
			st, err := f.Stat()
			if err != nil {
				return nil, 0, errors.Join(err, f.Close())
			}
			return f, st.Size(), nil
		}
	}
	return nil, 0, os.ErrNotExist
}

// unzip streams one member, no farther than the limit whatever its header says.
func unzip(f *zip.File, l Limits) (io.ReadCloser, int64, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, 0, err
	}
	capped := &cappedReader{rc, l.MaxUnzipped, "zip 解开后的大小"}
	return struct {
		io.Reader
		io.Closer
	}{capped, rc}, int64(f.UncompressedSize64), nil
}

// zipName is a member's name as text: zips made by Chinese Windows hold GBK.
func zipName(f *zip.File) string {
	if utf8.ValidString(f.Name) {
		return f.Name
	}
	if s, ok := gb18030Charset.decode([]byte(f.Name)); ok {
		return s
	}
	return f.Name
}

func litter(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(filepath.Base(name), "._")
}

// openZip looks inside: an XLSX workbook, a KMZ, or a zipped Shapefile.
func openZip(in input, o Options) (Source, error) {
	z, err := zip.NewReader(in.ra, in.size)
	if err != nil {
		return nil, fatal(in.name, CodeUnreadable, "zip 文件损坏", "重新打包", err)
	}
	if len(z.File) > o.Limits.MaxZipFiles {
		return nil, fatal(in.name, "", "", "", tooBig(fmt.Sprintf("zip 里的文件数（%d）", len(z.File))))
	}
	var total uint64
	for _, f := range z.File {
		if err := checkMember(in.name, f, o.Limits); err != nil {
			return nil, err
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > uint64(o.Limits.MaxUnzipped) || total > uint64(o.Limits.MaxUnzipped) {
			return nil, fatal(in.name, "", "", "", tooBig("zip 解开后的大小"))
		}
	}
	if member(z, "xl/workbook.xml") != nil {
		return openXLSX(in, o)
	}
	if kml := onlyKML(z); kml != nil {
		return openKMZ(in, kml, o)
	}
	return openZippedShapefile(in, z, o)
}

// checkMember refuses what only an attack packs: a link, which says where it
// wants to lead, or a member that grows beyond all measure. That a member does
// not grow beyond what it claims here is checked while it is read.
func checkMember(file string, f *zip.File, l Limits) error {
	if f.Mode()&^(fs.ModePerm|fs.ModeDir|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 {
		return fatal(file, CodeUnreadable, fmt.Sprintf("zip 里的 %s 是链接或特殊文件", zipName(f)), "只打包普通文件", nil)
	}
	if f.UncompressedSize64 > RatioFrom && f.UncompressedSize64/max(1, f.CompressedSize64) > uint64(l.MaxRatio) {
		return fatal(file, "", "", "", tooBig(fmt.Sprintf("zip 里 %s 的压缩比", zipName(f))))
	}
	return nil
}

func member(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// onlyKML finds the document of a KMZ: its first .kml, when it holds no .shp.
func onlyKML(z *zip.Reader) *zip.File {
	var doc *zip.File
	for _, f := range z.File {
		switch strings.ToLower(path.Ext(f.Name)) {
		case ".shp":
			return nil
		case ".kml":
			if doc == nil && !litter(f.Name) {
				doc = f
			}
		}
	}
	return doc
}
