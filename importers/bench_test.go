package importers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"
)

// benchCollection is 2,000 polygons of 33 points.
func benchCollection() []byte {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 2000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"code":"%06d","name":"网格%d","households":%d},"geometry":{"type":"Polygon","coordinates":[[`, i, i, i%500)
		for k := range 33 {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "[%.7f,%.7f]", 120+float64(i)*0.001+float64(k%32)*1e-5, 30+float64(k%32)*1e-5)
		}
		b.WriteString(`]]}}`)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func BenchmarkGeoJSON(b *testing.B) {
	body := benchCollection()
	b.Run("ours/polygons=2k", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for range b.N {
			src, err := openBytes("a.geojson", body, Options{})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for _, err := range src.Features() {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != 2000 {
				b.Fatal(n)
			}
		}
	})
	b.Run("rival=orb/polygons=2k", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for range b.N {
			c, err := geojson.UnmarshalFeatureCollection(body)
			if err != nil || len(c.Features) != 2000 {
				b.Fatal(err)
			}
		}
	})
}
