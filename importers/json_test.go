package importers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	return e
}

const twoFeatures = `{"type":"Feature","id":7,"properties":{"code":"007","名称":"繁荣里","n":3,"x":1.5,"ok":true,"none":null,"deep":{"a":[1]}},
 "geometry":{"type":"Polygon","coordinates":[[[120,30],[121,30,5],[121,31],[120,30]]]}}%s
{"type":"Feature","properties":null,"geometry":null}`

func TestGeoJSONReadsInEveryFormItComesIn(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`{"type":"FeatureCollection","features":[` + fmt.Sprintf(twoFeatures, ",") + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"collection":            `{"type":"FeatureCollection","features":[` + fmt.Sprintf(twoFeatures, ",") + `],"bbox":[1]}`,
		"features before type":  `{"features":[` + fmt.Sprintf(twoFeatures, ",") + `],"type":"FeatureCollection"}`,
		"byte order mark":       "\xef\xbb\xbf" + `{"type":"FeatureCollection","features":[` + fmt.Sprintf(twoFeatures, ",") + `]}`,
		"newline-delimited":     fmt.Sprintf(twoFeatures, ""),
		"RFC 8142 sequence":     "\x1e" + fmt.Sprintf(twoFeatures, "\x1e"),
		"GB18030 (against RFC)": gbk,
	} {
		src := mustOpen(t, "a.geojson", []byte(text), Options{})
		good, bad := readAll(t, src)
		if len(good) != 2 || len(bad) != 0 || src.Info().Rows != 2 {
			t.Errorf("%s: %d features, problems %v", name, len(good), bad)
			continue
		}
		f := good[0]
		want := Props{{"code", "007"}, {"名称", "繁荣里"}, {"n", int64(3)}, {"x", 1.5}, {"ok", true}, {"none", nil}, {"deep", `{"a":[1]}`}}
		if fmt.Sprint(f.Props) != fmt.Sprint(want) || f.ID != "7" || f.Row != 1 {
			t.Errorf("%s: %v, id %s", name, f.Props, f.ID)
		}
		if p, ok := f.Geometry.(orb.Polygon); !ok || len(p[0]) != 4 || p[0][1] != (orb.Point{121, 30}) {
			t.Errorf("%s: geometry %v", name, f.Geometry)
		}
		if src.Info().CRS != "EPSG:4326" || src.Info().CRSFrom != RFC7946 {
			t.Errorf("%s: crs %q from %q", name, src.Info().CRS, src.Info().CRSFrom)
		}
	}
}

func TestTheOldCRSMemberIsHeardWhereverItStands(t *testing.T) {
	crs := `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}`
	for _, text := range []string{
		`{"type":"FeatureCollection",` + crs + `,"features":[]}`,
		`{"type":"FeatureCollection","features":[],` + crs + `}`,
	} {
		if info := mustOpen(t, "a.json", []byte(text), Options{}).Info(); info.CRS != "urn:ogc:def:crs:EPSG::4547" {
			t.Errorf("%s: %q", text, info.CRS)
		}
	}
	if info := mustOpen(t, "a.json", []byte(`{"type":"FeatureCollection","crs":null,"features":[]}`), Options{}).Info(); info.CRS != "" {
		t.Errorf("a null crs is taken for %q", info.CRS)
	}
}

func TestASingleGeometryIsAFeatureWithoutAttributes(t *testing.T) {
	for text, kind := range map[string]string{
		`{"type":"Point","coordinates":[1,2]}`:                                                                  "Point",
		`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`:                                                     "MultiPoint",
		`{"type":"LineString","coordinates":[[1,2],[3,4]]}`:                                                     "LineString",
		`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`:                                              "MultiLineString",
		`{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,0],[1,2]]]]}`:                                   "MultiPolygon",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`:                     "GeometryCollection",
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[ 1.0e1 , -2 ]},"properties":{}}`:           "Point",
		`{"geometry":{"type":"Point","coordinates":[1,2]},"type":"Feature","properties":{"features":[{},"]"]}}`: "Point",
	} {
		good, bad := readAll(t, mustOpen(t, "a.json", []byte(text), Options{}))
		if len(bad) != 0 || len(good) != 1 || good[0].Geometry.GeoJSONType() != kind {
			t.Errorf("%s: %v %v", text, good, bad)
		}
	}
}

func TestOneBadFeatureDoesNotStopTheOthers(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[1,2]]}},
	{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,"2"]}},
	{"type":"Feature","properties":{},"geometry":{"type":"Blob","coordinates":[1,2]}},
	{"type":"Feature","properties":{a},"geometry":null},
	{"type":"Feature","properties":[],"geometry":null},
	{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}`
	good, bad := readAll(t, mustOpen(t, "a.json", []byte(text), Options{}))
	if len(good) != 1 || good[0].Row != 6 || len(bad) != 5 {
		t.Fatalf("%v, %v", good, bad)
	}
	for i, e := range bad {
		if e.Row != i+1 || e.File != "a.json" || e.Fatal {
			t.Errorf("problem %d: %+v", i, e)
		}
	}
}

func TestBrokenJSONIsRefusedOnOpening(t *testing.T) {
	for _, text := range []string{
		`{`, `[1,2]`, `{"type":"FeatureCollection","features":[{"type":"Feature"`, `{"type":"FeatureCollection","features":{}}`,
		`{"type":"FeatureCollection","features":[]} tail`, `{"a":1`, `{1:2}`, `{"type":"Topology"}`, `{"type":"Topology","arcs":[],"objects":3}`,
		`{"type":"FeatureCollection","features":[` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `]}`,
	} {
		_, err := openBytes("a.json", []byte(text), Options{})
		if err == nil {
			t.Errorf("%.60s was taken", text)
			continue
		}
		if e := asError(t, err); !e.Fatal || e.File != "a.json" {
			t.Errorf("%.60s: %+v", text, e)
		}
	}
}

const topo = `{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[100,10]},
"arcs":[[[0,0],[0,2],[2,0]],[[2,2],[0,-2],[-2,0]],[[2,2],[2,0],[0,-2],[-2,0]]],
"objects":{"villages":{"type":"GeometryCollection","geometries":[
  {"type":"Polygon","id":"a","properties":{"name":"甲里"},"arcs":[[0,1]]},
  {"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","properties":{"name":"乙里"},"arcs":[[[2,-2,1,-2]]]},{"type":null}]},
  {"type":"Polygon","arcs":[[9]]},
  {"type":"Point","coordinates":[4,4]},
  {"type":"LineString","arcs":[-1]}]},
 "towns":{"type":"Polygon","arcs":[[0,1]]}}}`

func TestTopoJSONIsUnfoldedFromItsArcs(t *testing.T) {
	_, err := openBytes("a.json", []byte(topo), Options{})
	if e := asError(t, err); e.Code != CodeChoose || fmt.Sprint(e.Choices) != "[villages towns]" {
		t.Fatalf("%+v", e)
	}
	src := mustOpen(t, "a.json", []byte(topo), Options{Layer: "villages"})
	good, bad := readAll(t, src)
	if len(good) != 5 || len(bad) != 1 || bad[0].Row != 4 {
		t.Fatalf("%v, %v", good, bad)
	}
	if want := (orb.Polygon{{{100, 10}, {100, 11}, {101, 11}, {101, 10}, {100, 10}}}); !orb.Equal(good[0].Geometry, want) {
		t.Errorf("polygon %v", good[0].Geometry)
	}
	if good[3].Geometry != orb.Geometry(orb.Point{102, 12}) {
		t.Errorf("point %v", good[3].Geometry)
	}
	if want := (orb.LineString{{101, 11}, {100, 11}, {100, 10}}); !orb.Equal(good[4].Geometry, want) {
		t.Errorf("backward line %v", good[4].Geometry)
	}
	if src.Info().CRS != "" {
		t.Error("TopoJSON declares no coordinate system, yet one was assumed")
	}
}
