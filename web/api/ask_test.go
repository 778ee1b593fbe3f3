package api

import (
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
