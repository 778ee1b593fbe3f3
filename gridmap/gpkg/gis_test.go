package gpkg

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// ogrinfo runs GDAL on the map and wants no complaint.
func ogrinfo(t *testing.T, s *Store, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("ogrinfo is not installed (Debian: gdal-bin)")
	}
	args = append([]string{"-ro"}, append(args, s.path)...)
	out, err := exec.Command("ogrinfo", args...).CombinedOutput()
	text := string(out)
	if err != nil || strings.Contains(text, "Warning") || strings.Contains(text, "ERROR") {
		t.Fatalf("ogrinfo %v: %v\n%s", args, err, text)
	}
	return text
}

func block(x, y int32) spatial.MultiPolygon {
	return spatial.MultiPolygon{{{{X: x, Y: y}, {X: x + 1e6, Y: y}, {X: x + 1e6, Y: y + 1e6}, {X: x, Y: y + 1e6}}}}
}

func TestGDALReadsTheMapWhileItIsLive(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	ctx := t.Context()
	write := func(fn func(gridmap.Writer) error) {
		t.Helper()
		if _, err := s.Update(ctx, gridmap.Commit{At: time.Unix(1e9, 0)}, fn); err != nil {
			t.Fatal(err)
		}
	}
	write(func(w gridmap.Writer) error {
		return w.PutAtoms(ctx,
			gridmap.Atom{ID: 1, Code: "A", Name: "一号楼", Shape: block(1206000000, 241000000)},
			gridmap.Atom{ID: 2, Code: "B", Name: "无形", Span: gridmap.Span{ValidFrom: time.Unix(1e9, 0)}},
			gridmap.Atom{ID: 3, Code: "C", Name: "将来", Shape: block(1216000000, 251000000), Span: gridmap.Span{ValidFrom: time.Now().AddDate(1, 0, 0)}})
	})
	write(func(w gridmap.Writer) error {
		return w.PutPlaces(ctx, gridmap.Place{ID: 4, Name: "东门", HasPoint: true, Point: spatial.Point{X: 1206000001, Y: 241000001}})
	})
	write(func(w gridmap.Writer) error {
		return w.PutLayer(ctx, gridmap.Layer{Name: "base", Kind: gridmap.OtherLayer, Title: "底图"}, []gridmap.LayerFeature{
			{Name: "三民路", Lines: [][]spatial.Point{{{X: 1206000000, Y: 241000000}, {X: 1206000005, Y: 241000003}}}},
			{Name: "大楼", Areas: block(1206000000, 241000000)},
		})
	})
	for layer, want := range map[string]string{"layer_line": "MULTILINESTRING ((120.6 24.1,120.6000005 24.1000003))", "layer_area": "大楼", "layer": "底图"} {
		if got := layerOf(t, s, layer, "-al"); !strings.Contains(got, want) || !strings.Contains(got, "Feature Count: 1") {
			t.Errorf("layer %s lacks %q:\n%s", layer, want, got)
		}
	}
	all := ogrinfo(t, s, "-al", "-so")
	for _, layer := range []string{"layer_line", "layer_area", "layer", "grids", "atoms", "places", "grid", "atom", "place", "membership", "edition"} {
		if !strings.Contains(all, "Layer name: "+layer+"\n") {
			t.Errorf("no layer %s", layer)
		}
	}
	if strings.Contains(all, "Layer name: person") || strings.Contains(all, "Layer name: head") {
		t.Error("a private or inner table is offered as a layer")
	}
	for _, want := range []string{"Feature Count: 2", `ID["EPSG",4490]`, "FID Column = OGC_FID"} {
		if got := layerOf(t, s, "atoms"); !strings.Contains(got, want) {
			t.Errorf("layer atoms lacks %q:\n%s", want, got)
		}
	}
	if got := layerOf(t, s, "atoms"); !strings.Contains(got, "一号楼") || strings.Contains(got, "将来") {
		t.Errorf("layer atoms:\n%s", got)
	}
	if got := layerOf(t, s, "atom", "-spat", "121.5", "25", "121.7", "26"); !strings.Contains(got, "Feature Count: 1") || !strings.Contains(got, "将来") {
		t.Errorf("by the R-tree:\n%s", got)
	}
}

func layerOf(t *testing.T, s *Store, layer string, args ...string) string {
	t.Helper()
	out, err := exec.Command("ogrinfo", append(append([]string{"-ro"}, args...), s.path, layer)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "Warning") {
		t.Fatalf("ogrinfo %s: %v\n%s", layer, err, out)
	}
	return string(out)
}

func TestTheRTreeHoldsEveryShape(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	ctx := t.Context()
	for i := range 3 { // the last replaces the second within its change set
		if _, err := s.Update(ctx, gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
			if err := w.PutAtoms(ctx, gridmap.Atom{ID: 1, Code: "A", Shape: block(0, int32(i)*1e7)}); err != nil {
				return err
			}
			return w.PutAtoms(ctx, gridmap.Atom{ID: 1, Code: "A", Shape: block(1e7, int32(i)*1e7)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	var rows, indexed, apart int
	err := s.db.QueryRow(`SELECT (SELECT count(*) FROM atom), (SELECT count(*) FROM rtree_atom_shape),
		(SELECT count(*) FROM atom a LEFT JOIN rtree_atom_shape r ON r.id = a.fid
			WHERE r.minx IS NULL OR r.minx > ST_MinX(a.shape) OR r.maxx < ST_MaxX(a.shape) OR r.miny > ST_MinY(a.shape) OR r.maxy < ST_MaxY(a.shape))`).
		Scan(&rows, &indexed, &apart)
	if err != nil || rows != 3 || indexed != 3 || apart != 0 {
		t.Errorf("%d rows, %d in the index, %d not where they are: %v", rows, indexed, apart, err)
	}
	var check string
	if err := s.db.QueryRow("SELECT rtreecheck('rtree_atom_shape')").Scan(&check); err != nil || check != "ok" {
		t.Errorf("rtreecheck: %s, %v", check, err)
	}
}
