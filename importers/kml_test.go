package importers

import (
	"testing"

	"github.com/paulmach/orb"
)

const kml = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark id="p1"><name>甲网格</name><ExtendedData><Data name="code"><value>007</value></Data>
<SchemaData><SimpleData name="户数">12</SimpleData></SchemaData></ExtendedData>
<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>120,30,0 121,30,0 121,31,0 120,30,0</coordinates></LinearRing></outerBoundaryIs></Polygon>
<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>122,30 123,30 123,31 122,30</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></MultiGeometry></Placemark>
<Placemark><name>bad</name><Point><coordinates>x,1</coordinates></Point></Placemark>
<Placemark><Point><coordinates> 120,30 </coordinates></Point></Placemark>
</Folder></Document></kml>`

func TestKMLAndKMZReadTheirPlacemarks(t *testing.T) {
	for name, b := range map[string][]byte{"a.kml": []byte(kml), "a.kmz": zipOf(t, "doc.kml", kml)} {
		src := mustOpen(t, name, b, Options{})
		good, bad := readAll(t, src)
		if len(good) != 2 || len(bad) != 1 || bad[0].Row != 2 {
			t.Fatalf("%s: %v, %v", name, good, bad)
		}
		f := good[0]
		if f.Props.Text("name") != "甲网格" || f.Props.Text("code") != "007" || f.Props.Text("户数") != "12" || f.ID != "p1" {
			t.Errorf("%s: %v", name, f)
		}
		if mp, ok := f.Geometry.(orb.MultiPolygon); !ok || len(mp) != 2 {
			t.Errorf("%s: %v", name, f.Geometry)
		}
		if src.Info().CRS != "EPSG:4326" || src.Info().Rows != 3 {
			t.Errorf("%s: %+v", name, src.Info())
		}
	}
}
