package intake_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
	"cloudgrid/spatial/crs"
)

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func how() intake.How {
	return intake.How{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), SayFrame: true}
}

// taichung tells what lies in the city.
func taichung(lon, lat float64) bool { return math.Abs(lon-120.68) < 0.2 && math.Abs(lat-24.14) < 0.2 }

// pointsIn is a table of points around the city, in a frame.
func pointsIn(t *testing.T, frame string) string {
	t.Helper()
	c, err := crs.Parse(frame)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("code,x,y\n")
	for i := range 20 {
		x, y, err := c.FromWGS84(120.65+float64(i)*0.002, 24.12+float64(i)*0.002)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d,%.6f,%.6f\n", i, x, y)
	}
	return b.String()
}

func TestTheFrameOfATableIsAskedForWithWhatSpeaksForEach(t *testing.T) {
	for _, frame := range []string{"epsg:4528", "epsg:4549", "epsg:4510", "epsg:32651", "epsg:3826"} {
		s, err := intake.Look(file(t, "a.csv", pointsIn(t, frame)), intake.Choice{}, how(), taichung)
		if err != nil {
			t.Fatal(err)
		}
		if f := s.Frame; !f.Needed || f.Sure || !f.Projected || len(f.Choices) == 0 || f.Choices[0].InMap < 1 {
			t.Errorf("%s: %+v", frame, f)
		}
		found := false
		for _, c := range s.Frame.Choices {
			found = found || c.Code == frame && c.InMap == 1
		}
		if !found {
			t.Errorf("%s is not among %+v", frame, s.Frame.Choices)
		}
	}
	s, err := intake.Look(file(t, "a.csv", pointsIn(t, "gcj02")), intake.Choice{}, how(), taichung)
	if err != nil || s.Frame.Projected || len(s.Frame.Choices) != 4 {
		t.Errorf("degrees: %v %+v", err, s.Frame)
	}
	for _, c := range s.Frame.Choices {
		if c.InMap != 1 { // half a kilometre does not show in a bounding box: a person must say
			t.Errorf("%+v", c)
		}
	}
}

func TestOnlyTheFileItselfDeclaresItsFrame(t *testing.T) {
	point := `{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[120.68,24.14]}}`
	for name, c := range map[string]struct {
		file, text string
		sure       bool
	}{
		"GeoJSON":     {"a.geojson", point, false},
		"old GeoJSON": {"a.geojson", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4490"}},"features":[` + point + `]}`, true},
		"KML":         {"a.kml", `<kml><Placemark><name>1</name><Point><coordinates>120.68,24.14</coordinates></Point></Placemark></kml>`, false},
	} {
		path := file(t, c.file, c.text)
		s, err := intake.Look(path, intake.Choice{}, how(), nil)
		if err != nil || s.Frame.Sure != c.sure || s.Frame.Declared == "" || s.Frame.Choices[0].InMap != -1 {
			t.Errorf("%s: %v %+v", name, err, s.Frame)
		}
		_, err = intake.Check(context.Background(), path, intake.Choice{As: ingest.Places}, nil, how())
		if refused := gridmap.CodeOf(err) == gridmap.Invalid; refused == c.sure {
			t.Errorf("%s unsaid: %v", name, err)
		}
		lenient := how()
		lenient.SayFrame = false // the command line takes a format's word, and says so
		if _, err := intake.Check(context.Background(), path, intake.Choice{As: ingest.Places}, nil, lenient); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALayerIsChosenBeforeAnythingElse(t *testing.T) {
	topo := `{"type":"Topology","objects":{"a":{"type":"GeometryCollection","geometries":[]},"b":{"type":"GeometryCollection","geometries":[]}},"arcs":[]}`
	path := file(t, "t.json", topo)
	s, err := intake.Look(path, intake.Choice{As: ingest.Places}, how(), nil)
	if err != nil || !s.ChooseLayer || len(s.Layers) != 2 {
		t.Errorf("%v %+v", err, s)
	}
	if _, err := intake.Look(path, intake.Choice{Layer: "c"}, how(), nil); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("no such layer: %v", err)
	}
}

func TestASketchLiesWhereTheFramePutsIt(t *testing.T) {
	path := file(t, "a.csv", "code,wkt\n1,\"POLYGON((120.68 24.14,120.69 24.14,120.69 24.15,120.68 24.14))\"\n2,POINT(120.68 24.14)\n3,nonsense\n4,POINT(500 500)\n")
	at := func(frame string) orb.Point {
		t.Helper()
		got, err := intake.Sketch(path, intake.Choice{}, how(), frame)
		if err != nil || len(got.Features) != 2 {
			t.Fatalf("%s: %v %+v", frame, err, got)
		}
		if p := got.Features[0].Geometry.(orb.Polygon)[0][0]; p != got.Features[1].Geometry.(orb.Point) {
			t.Errorf("%s: the ring begins at %v, the point is %v", frame, p, got.Features[1].Geometry)
		}
		return got.Features[1].Geometry.(orb.Point)
	}
	if p := at("wgs84"); p != (orb.Point{120.68, 24.14}) {
		t.Errorf("%v", p)
	}
	if p := at("bd09"); p[0] > 120.675 || p[0] < 120.66 {
		t.Errorf("%v", p)
	}
	if _, err := intake.Sketch(path, intake.Choice{}, how(), "secret"); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("%v", err)
	}
}

func TestEveryKindOfFindingHasAName(t *testing.T) {
	for _, kind := range []string{ingest.KindSameCode, "overlap", "gap", ingest.KindTwice} {
		zh, en := ingest.KindName(kind)
		do, doEn := ingest.Advice(kind)
		if zh == "" || en == "" || zh == kind || do == "" || doEn == "" {
			t.Errorf("%s: %q %q %q %q", kind, zh, en, do, doEn)
		}
	}
}
