package api

import (
	"fmt"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// TestAPlainQueryReadsAsTheFullParserReadsIt draws query strings, well formed
// and not, and compares the quick reading with the full one.
func TestAPlainQueryReadsAsTheFullParserReadsIt(t *testing.T) {
	name := rapid.SampledFrom([]string{"lon", "lat", "crs", "accuracy", "network", "level", "out_crs", "id"})
	value := rapid.OneOf(rapid.StringMatching(`[-0-9.a-z]{1,6}`), rapid.StringMatching(`[0-9]{1,3}`), rapid.SampledFrom([]string{"%41", "a+b", "a;b", "=", "a=b", "网", ""}))
	rapid.Check(t, func(rt *rapid.T) {
		raw := ""
		for i := range rapid.IntRange(0, 5).Draw(rt, "pairs") {
			if i > 0 {
				raw += "&"
			}
			raw += name.Draw(rt, "name") + rapid.SampledFrom([]string{"", "", "", "", "", "", "x"}).Draw(rt, "more") + rapid.SampledFrom([]string{"=", "=", "=", ""}).Draw(rt, "equals") + value.Draw(rt, "value")
		}
		got, ok := plainQuery(raw)
		if !ok {
			return
		}
		values, err := url.ParseQuery(raw)
		if err != nil {
			rt.Fatalf("%q was read but is malformed: %v", raw, err)
		}
		if want, err := questionFromQuery(values); err != nil || got != want {
			rt.Fatalf("%q: %+v, want %+v (%v)", raw, got, want, err)
		}
	})
}

// TestDegreesReadStraightToTheLatticeAreThoseOfTheFullParser compares the two
// ways in which a coordinate is read.
func TestDegreesReadStraightToTheLatticeAreThoseOfTheFullParser(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		number := func(what string, limit float64) string {
			return fmt.Sprintf("%.*f", rapid.IntRange(0, 7).Draw(rt, what+" decimals"), rapid.Float64Range(-limit, limit).Draw(rt, what))
		}
		lon, lat := number("lon", 185), number("lat", 92)
		got, ok := latticePoint([]byte(lon), []byte(lat))
		if !ok {
			return
		}
		in, err := frame("wgs84")
		if err != nil {
			rt.Fatal(err)
		}
		want, err := parsePoint(lon, lat, in)
		if err != nil {
			rt.Fatalf("lon=%s lat=%s: read as %v, refused by the parser: %v", lon, lat, got, err)
		}
		if got != want {
			rt.Fatalf("lon=%s lat=%s: %v, want %v", lon, lat, got, want)
		}
	})
}
