package ingest_test

import (
	"bytes"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

// Whatever a file holds, checking it ends in a report or an error for a person.
func FuzzCheckingAFile(f *testing.F) {
	f.Add([]byte(collection(grid("1", 120, 30, 0.01), grid("1", 30, 120, 0.01), grid("2", 120.005, 30, 0.01))), uint8(0), "")
	f.Add([]byte(collection(square(`"code":"b","households":3,"parent":"x"`, 120, 30, 0.01))), uint8(1), "gcj02")
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[1,0],[0,1],[0,0]]],[[[0,0],[1,0],[1,1]]]]}`), uint8(4), "cgcs2000")
	f.Add([]byte(`{"type":"Point","coordinates":[1,2]}`), uint8(2), "epsg:4547")
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"address":"某市某区甲路1号 张三13800000000","former":"老厂;旧厂","former_to":"1998"},"geometry":{"type":"Point","coordinates":[120,30]}},`+
		`{"type":"Feature","properties":{"address":"甲路1号","number":"15号六楼之3"},"geometry":{"type":"Point","coordinates":[-120,30]}},{"type":"Feature","properties":{"address":"甲路1号"},"geometry":null}]}`), uint8(2), "")
	limits := importers.Limits{MaxRows: 50, MaxBytes: 1 << 14, MaxDepth: 8}
	f.Fuzz(func(t *testing.T, b []byte, how uint8, crs string) {
		src, err := importers.OpenReader("a.geojson", bytes.NewReader(b), int64(len(b)), importers.Options{Limits: limits})
		if err != nil {
			return
		}
		defer src.Close()
		o := ingest.Options{Now: now, CRS: crs, MakeParents: how&4 > 0, ParentLevel: map[bool]string{true: "up"}[how&4 > 0], FixSwapped: how&8 > 0, MergeParts: how&16 > 0}
		o.As = []ingest.Kind{ingest.Grids, ingest.Atoms, ingest.Places, ingest.Staff}[how&3]
		batch, err := ingest.Prepare(ctx, src, o)
		if err != nil {
			if gridmap.CodeOf(err) != gridmap.Invalid {
				t.Fatal(err)
			}
			return
		}
		plan, err := batch.Against(ctx, nil)
		if err != nil {
			if gridmap.CodeOf(err) != gridmap.Invalid {
				t.Fatal(err)
			}
			return
		}
		r := plan.Report()
		if r.Accepted+r.Rejected+r.Merged != r.Read || r.Accepted < 0 {
			t.Fatalf("%d read, %d accepted, %d rejected", r.Read, r.Accepted, r.Rejected)
		}
		var text bytes.Buffer
		if err := r.WriteText(&text, 2); err != nil {
			t.Fatal(err)
		}
	})
}
