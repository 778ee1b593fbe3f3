package importers

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/paulmach/orb"
)

// KMLRule is the Info.CRSFrom of KML, whose standard knows one system only.
const KMLRule = "KML 规定"

// kmlFile reads the placemarks of a KML or KMZ file. encoding/xml expands no
// entity but XML's own five, so a document that defines others fails instead of
// growing.
type kmlFile struct {
	info   Info
	open   func() (io.ReadCloser, error)
	limits Limits
	close  func() error
}

func openKML(in input, o Options) (Source, error) {
	k := &kmlFile{limits: o.Limits, close: in.close}
	k.info.File = in.name
	k.open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(in.ra, 0, in.size)), nil
	}
	return k.survey()
}

func openKMZ(in input, doc *zip.File, o Options) (Source, error) {
	k := &kmlFile{limits: o.Limits, close: in.close}
	k.info.File = in.name
	k.open = func() (io.ReadCloser, error) {
		rc, _, err := unzip(doc, o.Limits)
		return rc, err
	}
	return k.survey()
}

func (k *kmlFile) survey() (Source, error) {
	k.info.Format, k.info.Encoding = KML, "UTF-8"
	k.info.CRS, k.info.CRSFrom = "EPSG:4326", KMLRule
	fields := newFieldSet()
	for f, err := range k.Features() {
		if isFatal(err) {
			return nil, err
		}
		k.info.Rows++
		for _, p := range f.Props {
			fields.add(p.Key, p.Value)
		}
	}
	if k.info.Rows == 0 {
		return nil, fatal(k.info.File, CodeUnknownFmt, "不是 KML，或里面没有 Placemark", "", nil)
	}
	k.info.Fields = fields.list()
	return k, nil
}

func (k *kmlFile) Info() Info { return k.info }

func (k *kmlFile) Close() error { return k.close() }

func (k *kmlFile) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		row := 0
		if err := k.each(&row, yield); err != nil && !errors.Is(err, errStop) {
			e := fatal(k.info.File, CodeUnreadable, "KML 从这里读不下去", "重新导出", err)
			e.Row = row
			yield(Feature{Row: row}, e)
		}
	}
}

func (k *kmlFile) each(row *int, yield func(Feature, error) bool) error {
	rc, err := k.open()
	if err != nil {
		return err
	}
	defer closeQuietly(rc)
	// One placemark is held whole, so the document is bounded as a whole.
	d := xml.NewDecoder(&cappedReader{rc, k.limits.MaxHeld, "KML 大小"})
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		cs, err := lookupCharset(label)
		return cs.reader(r), err
	}
	for depth := 0; ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch el := tok.(type) {
		case xml.StartElement:
			if el.Name.Local != "Placemark" {
				if depth++; depth > k.limits.MaxDepth {
					return tooBig("XML 嵌套层数")
				}
				continue
			}
			if *row++; *row > k.limits.MaxRows {
				return tooManyRows(k.info.File, k.limits.MaxRows)
			}
			var p placemark
			if err := d.DecodeElement(&p, &el); err != nil {
				return err
			}
			if !yield(k.feature(*row, p)) {
				return errStop
			}
		case xml.EndElement:
			depth--
		}
	}
}

type placemark struct {
	ID          string `xml:"id,attr"`
	Name        string `xml:"name"`
	Description string `xml:"description"`
	Data        []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value"`
	} `xml:"ExtendedData>Data"`
	Simple []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:",chardata"`
	} `xml:"ExtendedData>SchemaData>SimpleData"`
	kmlShapes
}

func (k *kmlFile) feature(row int, p placemark) (Feature, error) {
	f := Feature{Row: row, ID: p.ID, Where: fmt.Sprintf("第 %d 个 Placemark", row)}
	add := func(key, value string) {
		if value = strings.TrimSpace(value); value != "" {
			f.Props = append(f.Props, Prop{key, value})
		}
	}
	add("name", p.Name)
	add("description", p.Description)
	for _, d := range p.Data {
		add(d.Name, d.Value)
	}
	for _, d := range p.Simple {
		add(d.Name, d.Value)
	}
	var parts orb.Collection
	if err := p.kmlShapes.gather(&parts, k.limits.MaxDepth); err != nil {
		return f, geometryError(k.info.File, row, err)
	}
	f.Geometry = simplest(parts)
	return f, nil
}
